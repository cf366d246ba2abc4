"""runtime.sources.source: frames become calibrated, calm and even; old, blind or repeated ones do not count."""

import dataclasses

import numpy as np
import pytest

from assets import arkit
from assets.face import FaceFrame, HeadPose
from runtime.calibrating.calibration import Calibration
from runtime.faces.mixer import HOLD_S, channels_of
from runtime.faces.signals import vector
from runtime.sources.source import Source


class Script:
    """A driver that says what it is told to say."""

    name = "script"

    def __init__(self) -> None:
        self.says: FaceFrame | Exception | None = None

    def latest(self) -> FaceFrame | None:
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


def heard(source: Source, frame: FaceFrame, now_s: float) -> FaceFrame:
    assert isinstance(source.driver, Script)
    source.driver.says = frame
    source.listen()
    given = source.at(now_s)
    assert given.frame is not None
    assert given.values is not None
    return dataclasses.replace(given.frame, weights=given.values[: arkit.COUNT].astype(np.float32))


def face(time_s: float, **weights: float) -> FaceFrame:
    return FaceFrame.from_mapping(weights, time_s=time_s)


def test_nothing_heard_nothing_said() -> None:
    source = Source(Script(), channels_of(["mouth"]))
    source.listen()
    assert (source.seen, source.at(1.0).frame, source.at(1.0).allowed) == (None, None, channels_of(["mouth"]))


def test_the_first_frame_passes_as_it_is() -> None:
    source = Source(Script())
    frame = FaceFrame.from_mapping({"jawOpen": 0.5}, head=HeadPose(0.2), time_s=3.0, speech=0.5)
    out = heard(source, frame, 3.01)
    assert source.seen is frame
    assert (out.weight("jawOpen"), out.time_s, out.speech, out.channels) == (0.5, 3.0, 0.5, frame.channels)


def test_frames_without_a_face_leave_the_last_one() -> None:
    source = Source(Script())
    heard(source, face(1.0, jawOpen=1.0), 1.0)
    out = heard(source, FaceFrame(time_s=2.0, face_seen=False), 2.0)
    assert (out.weight("jawOpen"), out.time_s) == (1.0, 1.0)


def test_noise_is_calmed_once_for_each_capture() -> None:
    source = Source(Script())
    heard(source, face(0.0, browInnerUp=0.5), 0.0)
    noisy = face(1 / 30, browInnerUp=0.52)
    first = [heard(source, noisy, now_s).weight("browInnerUp") for now_s in (0.034, 0.05, 0.067, 0.2)]
    assert 0.5 < first[-1] < 0.51
    assert first == sorted(first)  # asking again only lets the play head arrive
    corrected = face(1 / 30, browInnerUp=0.9)  # of the same moment: it takes the place of what was said before
    assert heard(source, corrected, 0.3).weight("browInnerUp") == pytest.approx(0.9)


@pytest.mark.parametrize("gap_s", [HOLD_S + 0.01, 5.0, -3.0])
def test_after_a_silence_the_past_means_nothing(gap_s: float) -> None:
    source = Source(Script())
    for index in range(6):
        heard(source, face(10.0 + index / 30), 10.0 + index / 30)
    then_s = source.seen.time_s if source.seen else 0.0
    out = heard(source, face(then_s + gap_s, browInnerUp=1.0), then_s + abs(gap_s))
    assert (out.weight("browInnerUp"), out.time_s) == (1.0, then_s + gap_s)


def test_a_calibration_is_applied_before_the_filter_and_may_change() -> None:
    swapped = Calibration(swap_shapes=True, head=HeadPose(pitch_rad=-0.15))
    source = Source(Script(), calibration=swapped)
    frame = FaceFrame.from_mapping({"browDownLeft": 0.5}, head=HeadPose(pitch_rad=-0.15), time_s=1.0)
    out = heard(source, frame, 1.0)
    assert (out.weight("browDownRight"), out.weight("browDownLeft")) == (0.5, 0.0)
    assert out.head.pitch_rad == pytest.approx(0.0)
    assert source.calibration is swapped
    source.calibration = Calibration()
    given = source.at(1.02)
    assert given.values is not None
    np.testing.assert_allclose(given.values, vector(frame))


def test_what_the_driver_raises_is_raised_and_the_last_face_remains() -> None:
    source = Source(Script())
    heard(source, face(1.0, jawOpen=1.0), 1.0)
    source.driver.says = ValueError("bad")  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="bad"):
        source.listen()
    given = source.at(1.1)
    assert given.frame is not None
    assert given.frame.time_s == 1.0
