"""runtime.sources.mixing: the words that say how sources are read and mixed, and what is refused."""

import argparse
from typing import Any

import pytest

from runtime.sources import mixing


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    mixing.add_arguments(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], {"smooth": 1.0, "no_calibration": False, "lost": "idle", "link_eyes": 0.0, "voice": 1.0,
              "voice_mode": "blend"}),
        (["--lost", "hold", "--link-eyes", "0.5"], {"lost": "hold", "link_eyes": 0.5}),
        (["--voice", "0.5", "--voice-mode", "max"], {"voice": 0.5, "voice_mode": "max"}),
        (["--smooth", "4", "--no-calibration"], {"smooth": 4.0, "no_calibration": True}),
    ],
)  # fmt: skip
def test_words_become_values(words: list[str], expected: dict[str, Any]) -> None:
    assert vars(parsed(*words)) | expected == vars(parsed(*words))


@pytest.mark.parametrize(
    "words", [["--smooth", "0"], ["--smooth", "nan"], ["--link-eyes", "1.5"], ["--voice", "-1"], ["--lost", "gone"]]
)
def test_what_is_out_of_range_is_refused(words: list[str]) -> None:
    with pytest.raises(argparse.ArgumentError):
        parsed(*words)
