"""runtime.sinks.options"""

from dataclasses import dataclass
from typing import Any

import pytest

from assets.errors import UsageError
from runtime.sinks import options


@dataclass(frozen=True)
class Wishes:
    path: str = "-"
    fps: float = 30.0
    sound: bool = True


def test_values_become_a_dataclass() -> None:
    assert options.parsed("x", Wishes, {}) == Wishes()
    assert options.parsed("x", Wishes, {"fps": 25, "sound": False}) == Wishes("-", 25.0, False)
    assert isinstance(options.parsed("x", Wishes, {"fps": 25}).fps, float)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"fsp": 30}, "recording: there is no option 'fsp'; did you mean 'fps'?"),
        ({"fps": "30"}, "recording: fps must be a number, got '30'"),
        ({"fps": True}, "recording: fps must be a number, got True"),
        ({"fps": float("nan")}, "recording: fps must be a number, got nan"),
        ({"path": 3}, "recording: path must be text, got 3"),
        ({"sound": 1}, "recording: sound must be true or false, got 1"),
    ],
)
def test_wrong_ones_are_named(values: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as refused:
        options.parsed("recording", Wishes, values)
    assert str(refused.value) == words


def test_words_of_the_command_line_become_values_of_their_type() -> None:
    assert options.spoken("x", Wishes, "") == {}
    got = options.spoken("x", Wishes, "path=/a:b,fps=25,sound=no")
    assert got == {"path": "/a:b", "fps": 25.0, "sound": False}
    assert type(got["fps"]) is float
    for words, told in (
        ("fps", "x: expected KEY=VALUE, got 'fps'; its options are: path, fps, sound"),
        ("fps=fast", "x: fps must be a number, got 'fast'"),
        ("sound=loud", "x: sound must be true or false, got 'loud'"),
        ("pth=a", "x: there is no option 'pth'; did you mean 'path'?"),
    ):
        with pytest.raises(UsageError) as refused:
            options.spoken("x", Wishes, words)
        assert str(refused.value) == told
