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
