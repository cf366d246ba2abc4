"""runtime.calibrating.sides: which side is left, found out in two moments."""

from dataclasses import replace
from pathlib import Path

import pytest

from assets.errors import UsageError
from assets.face import FaceFrame, HeadPose
from runtime.calibrating import calibration_store
from runtime.calibrating.sides import WATCH_S, Sides
from runtime.faces.mixer import Mixer
from runtime.sources.cast import Member
from runtime.sources.source import Source


class Sitting:
    """A source whose face is set by hand."""

    name = "webcam"

    def __init__(self) -> None:
        self.face = FaceFrame()

    def latest(self) -> FaceFrame:
        return self.face


class Round:
    def __init__(self, path: Path) -> None:
        self.sitting = Sitting()
        self.source = Source(self.sitting)
        self.member = Member("webcam", {}, state="on", source=self.source, path=path)
        self.sides = Sides(lambda: [self.member], Mixer())
        self.now_s = 0.0

    def hold(self, step: str, face: FaceFrame) -> None:
        self.sides.begin(step, self.now_s)
        for _ in range(40):
            self.now_s += WATCH_S / 40.0
            self.sitting.face = replace(face, time_s=self.now_s)
            self.source.listen()
            self.sides(self.now_s)


def face(yaw_deg: float, **weights: float) -> FaceFrame:
    return FaceFrame.from_mapping(weights, head=HeadPose.from_degrees(yaw_deg=yaw_deg))


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_source_that_mirrors_is_put_right_and_remembered(mirrored: bool, tmp_path: Path) -> None:
    way = -1.0 if mirrored else 1.0
    left, right = ("Right", "Left") if mirrored else ("Left", "Right")
    there = Round(tmp_path / "webcam.json")
    there.sides.begin("start", 0.0)
    there.hold("left", face(20.0 * way, **{f"eyeBlink{left}": 0.9}))
    there.hold("right", face(-20.0 * way, **{f"eyeBlink{right}": 0.9}))
    words = there.sides.begin("finish", there.now_s)["words"]
    assert there.source.calibration.flip_head is mirrored
    assert there.source.calibration.swap_shapes is mirrored
    kept = calibration_store.load(tmp_path / "webcam.json")
    assert kept is not None
    assert kept.flip_head is mirrored
    if mirrored:
        assert words == "webcam: left and right of the face was the wrong way round; " \
                        "webcam: the head's turn was the wrong way round"  # fmt: skip
    else:
        assert words == "webcam: left and right are as they should be"


def test_the_same_face_twice_changes_nothing(tmp_path: Path) -> None:
    there = Round(tmp_path / "webcam.json")
    there.sides.begin("start", 0.0)
    before = there.source.calibration
    there.hold("left", face(0.0))
    there.hold("right", face(0.0))
    assert "looked the same" in there.sides.begin("finish", there.now_s)["words"]
    assert there.source.calibration is before
    assert not (tmp_path / "webcam.json").exists()


def test_out_of_turn_is_refused(tmp_path: Path) -> None:
    there = Round(tmp_path / "webcam.json")
    with pytest.raises(UsageError, match="begin with the step 'start'"):
        there.sides.begin("left", 0.0)
    there.sides.begin("start", 0.0)
    with pytest.raises(UsageError, match="come before 'finish'"):
        there.sides.begin("finish", 0.0)
    there.sides.begin("left", 0.0)
    there.sides.begin("cancel", 0.0)
    assert there.sides.step == ""
    there.sides.begin("start", 0.0)
    there.sides.begin("left", 0.0)
    there.sides.begin("right", 0.0)
    with pytest.raises(UsageError, match="no source saw your face"):
        there.sides.begin("finish", 9.0)
