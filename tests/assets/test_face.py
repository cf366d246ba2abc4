"""Face frames: checked at construction, never changed, mirrored as a mirror does."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from assets import arkit
from assets.face import ALL_CHANNELS, HEAD, NEUTRAL_POSE, FaceFrame, HeadPose

finite = st.floats(-1e6, 1e6)
poses = st.builds(HeadPose, finite, finite, finite, finite, finite, finite)
frames = st.builds(
    FaceFrame,
    hnp.arrays(np.float32, arkit.COUNT, elements=st.floats(0.0, 1.0, width=32)),
    poses,
    st.floats(0.0, 1e6),
    st.frozensets(st.sampled_from((*arkit.NAMES, HEAD))),
    st.booleans(),
)


def test_the_neutral_frame() -> None:
    frame = FaceFrame()
    assert frame.weights.shape == (52,)
    assert frame.weights.dtype == np.float32
    assert not frame.weights.any()
    assert frame.head == NEUTRAL_POSE == HeadPose(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert frame.channels == ALL_CHANNELS | {HEAD}


def test_weights_are_a_clipped_copy_that_cannot_change() -> None:
    given_weights = np.linspace(-1.0, 2.0, 52, dtype=np.float32)
    frame = FaceFrame(given_weights)
    given_weights[:] = 0.5
    assert frame.weights[0] == 0.0
    assert frame.weights[-1] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        frame.weights[0] = 1.0


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"weights": np.zeros(51)}, r"weights .*\(52,\).*\(51,\)"),
        ({"weights": np.zeros((1, 52))}, "weights"),
        ({"weights": np.full(52, math.nan)}, "weights must be finite"),
        ({"weights": np.full(52, math.inf)}, "weights must be finite"),
        ({"time_s": math.nan}, "time_s"),
        ({"channels": frozenset({"jawOpen", "nose"})}, "channels .*nose"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        FaceFrame(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["yaw_rad", "pitch_rad", "roll_rad", "x_m", "y_m", "z_m"])
def test_a_pose_must_be_finite(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        HeadPose(**{field: math.inf})


def test_from_mapping_and_weight() -> None:
    frame = FaceFrame.from_mapping({"jawOpen": 0.25, "tongueOut": 7.0}, time_s=2.0)
    assert frame.weight("jawOpen") == 0.25
    assert frame.weight("tongueOut") == 1.0
    assert frame.weights.sum() == 1.25
    with pytest.raises(KeyError):
        FaceFrame.from_mapping({"JawOpen": 1.0})


def test_a_wink_to_the_left_in_the_mirror() -> None:
    head = HeadPose(yaw_rad=0.3, pitch_rad=0.1, roll_rad=-0.2, x_m=0.04, y_m=0.05, z_m=0.06)
    frame = FaceFrame.from_mapping(
        {"eyeBlinkLeft": 1.0, "jawRight": 0.5, "eyeLookInLeft": 0.75},
        head=head,
        channels=frozenset({"eyeBlinkLeft", HEAD}),
    )
    mirrored = frame.mirrored()
    assert mirrored.weight("eyeBlinkRight") == 1.0
    assert mirrored.weight("jawLeft") == 0.5
    assert mirrored.weight("eyeLookInRight") == 0.75
    assert mirrored.weights.sum() == 2.25
    assert mirrored.head == HeadPose(-0.3, 0.1, 0.2, -0.04, 0.05, 0.06)
    assert mirrored.channels == {"eyeBlinkRight", HEAD}


@pytest.mark.parametrize(("told", "kept"), [(None, None), (0.25, 0.25), (-1.0, 0.0), (7, 1.0)])
def test_speech_is_a_share_or_unknown(told: float | None, kept: float | None) -> None:
    assert FaceFrame(speech=told).speech == kept
    assert FaceFrame.from_mapping({}, speech=told).mirrored().speech == kept
    with pytest.raises(ValueError, match="speech"):
        FaceFrame(speech=math.nan)


@settings(deadline=None)
@given(frames)
def test_mirroring_twice_is_the_identity(frame: FaceFrame) -> None:
    twice = frame.mirrored().mirrored()
    np.testing.assert_array_equal(twice.weights, frame.weights)
    assert (twice.head, twice.time_s, twice.channels, twice.face_seen) == (
        frame.head, frame.time_s, frame.channels, frame.face_seen,
    )  # fmt: skip


def test_degrees() -> None:
    assert HeadPose.from_degrees(yaw_deg=180.0, roll_deg=-90.0) == HeadPose(math.pi, 0.0, -math.pi / 2)


def test_a_vouched_frame_is_the_frame_and_takes_its_weights_over() -> None:
    weights = np.linspace(0.0, 1.0, arkit.COUNT, dtype=np.float32)
    channels = frozenset({"jawOpen"})
    checked = FaceFrame(weights, time_s=2.0, channels=channels, speech=0.5)
    vouched = FaceFrame.vouched(weights, time_s=2.0, channels=channels, speech=0.5)
    assert vouched.weights is weights
    assert not weights.flags.writeable
    for slot in FaceFrame.__slots__:
        assert np.array_equal(getattr(vouched, slot), getattr(checked, slot)), slot
