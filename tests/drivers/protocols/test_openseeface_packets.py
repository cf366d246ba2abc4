"""OpenSeeFace's packets: where each number lies, its features as ARKit's shapes, and its pose, fitted as it does."""

import math
import struct

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.face import HEAD, FaceFrame, HeadPose
from drivers.protocols.openseeface import FACE_BYTES, PORT, OpenSeeFaceReader, decode
from drivers.protocols.openseeface_shapes import GAZE, SHAPES
from tests.soak.phone_samples import OPEN_SEE_FEATURES, openseeface


def fed(data: bytes, time_s: float = 0.0, reader: OpenSeeFaceReader | None = None) -> FaceFrame:
    frame = (reader or OpenSeeFaceReader()).feed(data, time_s)
    assert frame is not None
    return frame


def moved(features: dict[str, float]) -> dict[str, float]:
    """The shapes that aren't zero, gaze left out."""
    frame = fed(openseeface(features, pupil_confidence=0.0))
    return {name: frame.weight(name) for name in sorted(SHAPES) if frame.weight(name) > 1e-6}


# ---- where each number lies -----------------------------------------------------------------------------------------


def test_the_layout() -> None:
    """Every field by its offset, little-endian."""
    data = bytearray(FACE_BYTES)
    for offset, form, value in (
        (0, "<d", 1234.5), (8, "<i", 7), (12, "<f", 640.0), (16, "<f", 360.0), (20, "<f", 0.25), (24, "<f", 0.75),
        (28, "<B", 1), (29, "<f", 12.0), (33, "<f", 1.0), (61, "<f", 0.5), (65, "<f", -0.25), (69, "<f", -4.0),
    ):  # fmt: skip
        struct.pack_into(form, data, offset, value)
    for index in range(14):
        struct.pack_into("<f", data, 1729 + 4 * index, index + 1.0)
    faces = decode(bytes(data))
    assert faces is not None
    (face,) = faces
    assert (face.time_s, face.number, face.open_r, face.open_l) == (1234.5, 7, 0.25, 0.75)
    assert face.rotation == (1.0, 0.0, 0.0, 0.0)
    assert face.translation == (0.5, -0.25, -4.0)
    assert [getattr(face.features, name) for name in face.features.__slots__] == [index + 1.0 for index in range(14)]
    assert (FACE_BYTES, PORT) == (1785, 11573)


def test_several_faces_in_a_row() -> None:
    data = openseeface(number=3) + openseeface(number=5)
    faces = decode(data)
    assert faces is not None
    assert [face.number for face in faces] == [3, 5]


def test_it_keeps_to_the_face_it_followed() -> None:
    reader = OpenSeeFaceReader()
    fed(openseeface({"mouth_open": 0.5}, number=5), reader=reader)
    both = openseeface({"mouth_open": 0.0}, number=3) + openseeface({"mouth_open": 0.75}, number=5)
    assert fed(both, reader=reader).weight("jawOpen") == 0.75
    assert fed(openseeface({"mouth_open": 0.25}, number=3), reader=reader).weight("jawOpen") == 0.25


@pytest.mark.parametrize("size", [0, 1, FACE_BYTES - 1, FACE_BYTES + 1, 2 * FACE_BYTES + 4, 40 * FACE_BYTES])
def test_what_is_no_packet(size: int) -> None:
    assert OpenSeeFaceReader().feed(bytes(size), 0.0) is None


@pytest.mark.parametrize("at", [0, 20, 24, 1729, 1781])
def test_a_number_that_is_none_spoils_the_packet(at: int) -> None:
    data = bytearray(openseeface())
    struct.pack_into("<d" if at == 0 else "<f", data, at, math.nan)
    assert OpenSeeFaceReader().feed(bytes(data), 0.0) is None


@given(st.binary(min_size=FACE_BYTES, max_size=FACE_BYTES))
def test_any_bytes_are_harmless(data: bytes) -> None:
    reader = OpenSeeFaceReader()
    for each in (data, openseeface()[:33] + data[33:], openseeface()[:1729] + data[1729:]):
        frame = reader.feed(each, 0.0)
        assert frame is None or np.isfinite(frame.weights).all()


def test_a_late_packet_changes_nothing() -> None:
    reader = OpenSeeFaceReader()
    newest = fed(openseeface(time_s=1000.1), 1.0, reader)
    assert reader.feed(openseeface(time_s=1000.05), 1.1) is newest
    assert fed(openseeface(time_s=900.0), 1.2, reader).time_s == 1.2, "a clock set back is a new start"


# ---- features -------------------------------------------------------------------------------------------------------


def test_a_face_at_rest_moves_nothing() -> None:
    assert moved({}) == {}


def test_each_eye_blinks_for_itself() -> None:
    frame = fed(openseeface(right_open=0.25, left_open=0.75))
    assert (frame.weight("eyeBlinkRight"), frame.weight("eyeBlinkLeft")) == (0.75, 0.25)


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ({"eye_l": 0.5}, {"eyeWideLeft": 0.5}),
        ({"eye_r": 0.5, "eye_l": -1.0}, {"eyeWideRight": 0.5}),
        ({"mouth_open": 0.5}, {"jawOpen": 0.5}),
        ({"mouth_open": -0.5}, {}),
        ({"corner_updown_l": -0.5}, {"mouthSmileLeft": 0.5}),  # the corner's distance *below* the upper lip
        ({"corner_updown_r": 0.5}, {"mouthFrownRight": 0.5}),
        ({"mouth_wide": 0.5}, {"mouthStretchLeft": 0.5, "mouthStretchRight": 0.5}),
        ({"mouth_wide": -0.5}, {"mouthPucker": 0.5}),
        ({"mouth_wide": -0.5, "mouth_open": 1.0}, {"mouthFunnel": 0.5, "jawOpen": 1.0}),
        (
            {"mouth_wide": 0.5, "corner_updown_l": -0.75, "corner_updown_r": -0.25},
            {"mouthSmileLeft": 0.75, "mouthSmileRight": 0.25, "mouthStretchRight": 0.25},
        ),
        ({"corner_inout_l": 0.75, "corner_inout_r": -0.25}, {"mouthLeft": 0.5}),
        ({"corner_inout_l": 0.75, "corner_inout_r": 0.75}, {}),
        (
            {"updown_l": 0.5, "updown_r": 0.5},
            {"browInnerUp": 0.5, "browOuterUpLeft": 0.5, "browOuterUpRight": 0.5},
        ),
        ({"updown_l": -0.5}, {"browDownLeft": 0.5}),
        ({"steepness_l": 1.0, "steepness_r": 1.0}, {"browInnerUp": 0.5}),  # sad
        (
            {"steepness_l": -1.0, "steepness_r": -1.0},  # angry
            {"browDownLeft": 0.5, "browDownRight": 0.5, "browOuterUpLeft": 0.5, "browOuterUpRight": 0.5},
        ),
        ({"quirk_l": 1.0, "quirk_r": -1.0}, {}),
    ],
)
def test_features_become_shapes(features: dict[str, float], expected: dict[str, float]) -> None:
    assert moved(features) == pytest.approx(expected)


@given(st.fixed_dictionaries({name: st.floats(-50, 50, width=16) for name in OPEN_SEE_FEATURES}))
def test_whatever_the_features_shapes_stay_in_range(features: dict[str, float]) -> None:
    frame = fed(openseeface(features))
    assert frame.weights.min() >= 0.0
    assert frame.weights.max() <= 1.0


def test_what_this_tracker_can_not_see_is_not_spoken_for() -> None:
    frame = fed(openseeface(pupil_confidence=0.0))
    assert frame.channels == SHAPES | {HEAD}
    assert not {"tongueOut", "cheekPuff", "eyeSquintLeft"} & (SHAPES | GAZE)


# ---- gaze -----------------------------------------------------------------------------------------------------------


def gazing(right: tuple[float, float], left: tuple[float, float], **more: float) -> dict[str, float]:
    """Eyes turned by (to the subject's left, up) in degrees; a pupil lies 0.1 before the middle of its eyeball."""
    points: dict[int, tuple[float, float, float]] = {}
    for pupil, eyeball, x, (yaw_deg, pitch_deg) in ((66, 68, 0.25, right), (67, 69, -0.25, left)):
        # In the tracker's face x grows to the subject's right, y up, z to the camera; the wire has (x, -y, -z).
        tip = (x - 0.1 * math.tan(math.radians(yaw_deg)), 0.28 + 0.1 * math.tan(math.radians(pitch_deg)), -0.22)
        points[pupil] = (tip[0], -tip[1], -tip[2])
        points[eyeball] = (x, -0.28, 0.32)
    frame = fed(openseeface(points=points, **more))
    assert frame.channels >= GAZE
    return {name: frame.weight(name) for name in sorted(GAZE) if frame.weight(name) > 1e-5}


def test_gaze_to_the_own_left_and_up() -> None:
    assert gazing((17.5, 0.0), (17.5, 0.0)) == pytest.approx({"eyeLookInRight": 0.5, "eyeLookOutLeft": 0.5}, abs=1e-5)
    assert gazing((-7.0, 0.0), (-7.0, 0.0)) == pytest.approx({"eyeLookOutRight": 0.2, "eyeLookInLeft": 0.2}, abs=1e-5)
    assert gazing((0.0, 14.0), (0.0, 14.0)) == pytest.approx({"eyeLookUpRight": 0.4, "eyeLookUpLeft": 0.4}, abs=1e-5)
    assert gazing((0.0, -14.0), (0.0, 0.0)) == pytest.approx({"eyeLookDownRight": 0.4}, abs=1e-5)


@pytest.mark.parametrize("data", [openseeface(pupil_confidence=0.1), openseeface(success=0, error=99999.0)])
def test_pupils_that_are_not_found_say_nothing(data: bytes) -> None:
    assert not fed(data).channels & GAZE


# ---- the head, fitted as the tracker fits it ------------------------------------------------------------------------

WIDTH, HEIGHT = 640, 360
OWN_FACE = np.array(
    # jaw corners, chin, bridge and tip of the nose, nostrils: x to the subject's right, y up, z to the camera
    [(0.45, 0.30, -0.76), (0.45, 0.17, -0.76), (0.0, -0.62, -0.29), (-0.45, 0.17, -0.76), (-0.45, 0.30, -0.76),
     (0.0, 0.29, -0.14), (0.0, 0.19, -0.07), (0.0, 0.10, -0.01), (0.0, 0.0, 0.0), (0.08, -0.04, -0.13),
     (0.05, -0.06, -0.10), (0.0, -0.07, -0.09), (-0.05, -0.06, -0.10), (-0.08, -0.04, -0.13)]
)  # fmt: skip


def turned(axis: int, angle_rad: float) -> npt.NDArray[np.float64]:
    """Right-handed rotation about an axis of: x to the subject's left, y up, z to the camera."""
    matrix, (a, b) = np.eye(3), ((axis + 1) % 3, (axis + 2) % 3)
    matrix[a, a] = matrix[b, b] = math.cos(angle_rad)
    matrix[b, a], matrix[a, b] = math.sin(angle_rad), -math.sin(angle_rad)
    return matrix


class Tracker:
    """Fits a pose to landmarks like OpenSeeFace: rows and columns, the camera's middles swapped, guess from nothing."""

    camera = np.array([[WIDTH, 0.0, WIDTH / 2], [0.0, WIDTH, HEIGHT / 2], [0.0, 0.0, 1.0]])

    def __init__(self) -> None:
        self.rotation, self.translation = np.zeros((3, 1)), np.zeros((3, 1))

    def see(self, *, left: float = 0.0, up: float = 0.0, tilt: float = 0.0, at: tuple[float, float, float]) -> bytes:
        """A packet for a head turned to its own left, up, and toward its own left shoulder (radians), at x, y, z."""
        world = OWN_FACE * [-1, 1, 1] @ (turned(1, left) @ turned(0, -up) @ turned(2, -tilt)).T + np.array(at)
        column = WIDTH / 2 + WIDTH * world[:, 0] / -world[:, 2]
        row = HEIGHT / 2 - WIDTH * world[:, 1] / -world[:, 2]
        landmarks = np.stack([row, column], 1)
        for _ in range(3):  # as over some frames
            _, self.rotation, self.translation = cv2.solvePnP(
                OWN_FACE, landmarks, self.camera, np.zeros((4, 1)), useExtrinsicGuess=True,
                rvec=self.rotation.copy(), tvec=self.translation.copy(), flags=cv2.SOLVEPNP_ITERATIVE,
            )  # fmt: skip
        angle = float(np.linalg.norm(self.rotation))
        axis = (self.rotation / angle).ravel()
        inverse = (*(-axis * math.sin(angle / 2)).tolist(), math.cos(angle / 2))  # it writes the inverse rotation
        return openseeface(quaternion=inverse, translation=self.translation.ravel().tolist())


def seen(*, at: tuple[float, float, float] = (0.1, 0.2, -2.5), **turn: float) -> HeadPose:
    """What comes out for a head that first looked straight ahead for a second."""
    tracker, reader = Tracker(), OpenSeeFaceReader()
    straight = tracker.see(at=(0.1, 0.2, -2.5))
    for _ in range(24):
        fed(straight, reader=reader)
    return fed(tracker.see(at=at, **turn), reader=reader).head


@pytest.mark.parametrize("angle", [0.3, -0.3])
def test_turning(angle: float) -> None:
    assert seen(left=angle).yaw_rad == pytest.approx(angle, abs=0.1)


@pytest.mark.parametrize("angle", [0.25, -0.25])
def test_nodding(angle: float) -> None:
    pitch = seen(up=angle).pitch_rad
    assert 0.4 * abs(angle) < abs(pitch) < 1.5 * abs(angle)
    assert pitch * angle > 0.0


@pytest.mark.parametrize("angle", [0.3, -0.3])
def test_tilting(angle: float) -> None:
    assert seen(tilt=angle).roll_rad == pytest.approx(angle, abs=0.1)


def test_a_head_looking_straight_ahead_is_at_rest() -> None:
    """Although the tracker's own angles are 15 degrees off."""
    head = seen()
    assert (head.yaw_rad, head.pitch_rad, head.roll_rad) == pytest.approx((0.0, 0.0, 0.0), abs=1e-4)


def test_moving() -> None:
    """In metres: to the own left, up, and toward the camera."""
    aside, above, near = seen(at=(0.6, 0.2, -2.5)), seen(at=(0.1, 0.6, -2.5)), seen(at=(0.1, 0.2, -2.0))
    assert aside.x_m > 0.04
    assert above.y_m > 0.03
    assert near.z_m > 0.04


@pytest.mark.parametrize("data", [openseeface(success=0), openseeface(error=150.0), openseeface(error=math.nan)])
def test_a_bad_fit_is_no_pose(data: bytes) -> None:
    assert HEAD not in fed(data).channels
