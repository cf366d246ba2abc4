"""The figures behind the statistics: rates over two seconds, and what has moved."""

import pytest

from assets.face import FaceFrame
from drivers._tally import Tally


@pytest.mark.parametrize("start_s", [0.0, 100.0, 12345.678])
@pytest.mark.parametrize("per_s", [1, 24, 60, 240])
def test_a_steady_sender_has_its_rate(start_s: float, per_s: int) -> None:
    tally = Tally(start_s)
    for number in range(10 * per_s):
        tally.arrived(1, start_s + number / per_s)
        if number >= 2 * per_s:
            assert tally.packets_per_s(start_s + number / per_s) == pytest.approx(per_s, abs=1.2)


def test_the_first_moments_are_not_diluted() -> None:
    tally = Tally(50.0)
    for number in range(30):
        tally.arrived(2, 50.0 + number / 60.0)
    assert tally.packets_per_s(50.5) == pytest.approx(120.0, rel=0.05)


def test_after_two_seconds_of_silence_the_rate_is_zero() -> None:
    tally = Tally(0.0)
    tally.arrived(100, 10.0)
    assert tally.packets_per_s(11.0) > 0.0
    assert tally.packets_per_s(12.1) == 0.0
    assert tally.packets == 100


def test_noise_is_no_movement_and_lost_faces_do_not_count() -> None:
    tally = Tally(0.0)
    tally.face(FaceFrame.from_mapping({"jawOpen": 0.5, "cheekPuff": 0.1}))
    assert tally.moved() == ()
    tally.face(FaceFrame.from_mapping({"jawOpen": 0.51, "cheekPuff": 0.9}, face_seen=False))
    assert tally.moved() == ()
    tally.face(FaceFrame.from_mapping({"jawOpen": 0.53, "cheekPuff": 0.1, "eyeBlinkLeft": 1.0}))
    assert tally.moved() == ("eyeBlinkLeft", "jawOpen")
    assert tally.faces == 3


def test_what_is_first_spoken_of_later_has_not_moved() -> None:
    """Until then it was unknown, not zero."""
    tally = Tally(0.0)
    tally.face(FaceFrame.from_mapping({"jawOpen": 0.25}, channels=frozenset({"jawOpen"})))
    both = frozenset({"jawOpen", "cheekPuff"})
    tally.face(FaceFrame.from_mapping({"jawOpen": 0.5, "cheekPuff": 0.75}, channels=both))
    assert tally.moved() == ("jawOpen",)
