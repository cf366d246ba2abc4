import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assets.errors import PortraitError
from generator.engines import FaceLandmarks
from generator.finding import gate
from generator.portrait import Portrait

Make = Callable[..., FaceLandmarks]
PATH = Path("photos") / "me.png"


def portrait(*notes: str) -> Portrait:
    grey = np.full((900, 800, 4), 128, np.uint8)
    return Portrait(grey, False, (800, 900), notes)


def eyes_px(face: FaceLandmarks) -> float:
    return float(np.linalg.norm(face.points_px[33, :2] - face.points_px[263, :2]))


def of_size(make: Make, wanted_px: float) -> FaceLandmarks:
    """A face with that distance of the outer eye corners."""
    return make(iod_px=100.0 * wanted_px / eyes_px(make(iod_px=100.0)))


def refusal(faces: tuple[FaceLandmarks, ...], wanted: int | None = None) -> str:
    with pytest.raises(PortraitError) as caught:
        gate.choose(faces, portrait(), wanted, PATH)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("portrait: ")
    assert message.endswith(str(PATH))
    return message


def test_a_plain_face_gives_no_warning_and_is_handed_on(make_landmarks: Make) -> None:
    face = make_landmarks()
    assert gate.choose((face,), portrait(), None, PATH) == (face, ())


def test_no_face() -> None:
    assert "found none" in refusal(())
    assert "found none" in refusal((), 1)


def test_of_several_the_first_is_taken_with_a_note(make_landmarks: Make) -> None:
    faces = tuple(make_landmarks(iod_px=unit) for unit in (120.0, 100.0, 90.0))
    face, (note,) = gate.choose(faces, portrait(), None, PATH)
    assert face is faces[0]
    assert "3 faces" in note
    assert "--face" in note


@pytest.mark.parametrize("wanted", [1, 2, 3])
def test_a_face_asked_for_is_taken_without_a_note(make_landmarks: Make, wanted: int) -> None:
    faces = tuple(make_landmarks(iod_px=unit) for unit in (120.0, 100.0, 90.0))
    face, notes = gate.choose(faces, portrait(), wanted, PATH)
    assert face is faces[wanted - 1]
    assert notes == ()


@pytest.mark.parametrize("wanted", [0, -1, 3])
def test_a_face_that_is_not_there(make_landmarks: Make, wanted: int) -> None:
    message = refusal((make_landmarks(), make_landmarks()), wanted)
    assert f"--face {wanted}" in message
    assert "2" in message


def test_too_small_and_just_large_enough(make_landmarks: Make) -> None:
    message = refusal((of_size(make_landmarks, 39.0),))
    assert "39 px" in message
    assert "40" in message
    face, _ = gate.choose((of_size(make_landmarks, 41.0),), portrait(), None, PATH)
    assert eyes_px(face) == pytest.approx(41.0, abs=0.01)


def test_the_size_of_a_tilted_face_is_its_own(make_landmarks: Make) -> None:
    ratio = eyes_px(make_landmarks(iod_px=100.0)) / 100.0
    face = make_landmarks(iod_px=41.0 / ratio, roll_rad=1.0)
    assert gate.choose((face,), portrait(), None, PATH)[0] is face


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_turned_away(make_landmarks: Make, sign: float) -> None:
    message = refusal((make_landmarks(yaw_rad=sign * math.radians(26.0)),))
    assert "26 degrees" in message
    assert "25" in message
    _, (note,) = gate.choose((make_landmarks(yaw_rad=sign * math.radians(24.0)),), portrait(), None, PATH)
    assert "24 degrees" in note
    assert gate.choose((make_landmarks(yaw_rad=sign * math.radians(14.0)),), portrait(), None, PATH)[1] == ()


@pytest.mark.parametrize("roll", [0.0, 0.5])
@pytest.mark.parametrize("side", ["right", "left"])
def test_a_closed_eye_is_named(make_landmarks: Make, side: str, roll: float) -> None:
    face = make_landmarks(roll_rad=roll, **{f"{side}_eye": 0.05})
    _, (note,) = gate.choose((face,), portrait(), None, PATH)
    assert f"the {side} eye" in note
    assert "\n" not in note


def test_both_eyes_closed_and_the_mouth_open(make_landmarks: Make) -> None:
    face = make_landmarks(right_eye=0.0, left_eye=0.0, gap_iod=0.3)
    _, notes = gate.choose((face,), portrait(), None, PATH)
    assert len(notes) == 3
    assert "mouth" in notes[2]


@pytest.mark.parametrize(("gap", "said"), [(0.0, False), (0.1, False), (0.25, True)])
def test_an_open_mouth(make_landmarks: Make, gap: float, said: bool) -> None:
    _, notes = gate.choose((make_landmarks(gap_iod=gap),), portrait(), None, PATH)
    assert len(notes) == said


def test_what_reading_the_picture_had_to_say_comes_first(make_landmarks: Make) -> None:
    _, notes = gate.choose((make_landmarks(), make_landmarks()), portrait("the picture is animated"), None, PATH)
    assert notes[0] == "the picture is animated"
    assert len(notes) == 2
