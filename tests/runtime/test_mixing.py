"""runtime.mixing: words of the command line -> rules and sources."""

import argparse
from pathlib import Path

import pytest

from runtime import calibration_store, mixing
from runtime.calibration import Calibration
from runtime.choosing import choose
from runtime.mixer import Rules


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    mixing.add_arguments(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], Rules()),
        (["--lost", "ease"], Rules()),
        (["--lost", "hold"], Rules(hold=True)),
        (["--voice", "0.5", "--voice-mode", "max"], Rules(voice=0.5, voice_mode="max")),
    ],
)
def test_rules(words: list[str], expected: Rules) -> None:
    assert mixing.rules(parsed(*words)) == expected


def test_sources_come_with_what_is_kept_for_them() -> None:
    calibration_store.save(Calibration(flip_head=True), calibration_store.path_of("stub"))
    said: list[str] = []
    chosen = choose(["stub", "idle:only=head"], {})
    (stub, first, path), (idle, second, _) = mixing.sources(chosen, parsed(), said.append)
    assert (stub, idle) == ("stub", "idle")
    assert (first.driver, second.allowed) == (chosen[0].driver, frozenset({"head"}))
    assert (first.calibration.flip_head, second.calibration) == (True, Calibration())
    assert path == calibration_store.path_of("stub")
    assert said == ["stub: calibrated; --no-calibration leaves that out"]
    (_, plain, nowhere), _ = mixing.sources(chosen, parsed("--no-calibration"), said.append)
    assert (plain.calibration, nowhere) == (Calibration(), None)
    assert isinstance(path, Path)
