"""Face Cap: the order of its shapes, its angles and positions."""

import math

import pytest

from assets import arkit
from assets.face import HEAD, FaceFrame, HeadPose
from drivers.protocols.facecap import ORDER, FaceCapReader
from drivers.protocols.osc import Argument, Message, messages
from drivers.protocols.pose import quaternion_from_yxz
from drivers.protocols.state import FaceState


def heard(*spoken: Message) -> FaceFrame | None:
    state = FaceState()
    reader = FaceCapReader(state)
    for message in spoken:
        assert reader.feed(message, 1.0)
    return state.frame()


def head(*spoken: Message) -> HeadPose:
    frame = heard(*spoken)
    assert frame is not None
    assert HEAD in frame.channels
    return frame.head


def test_jaw_open_from_the_wire() -> None:
    frame = heard(*messages(bytes.fromhex("2f570000 2c696600 00000018 3f000000")))
    assert frame is not None
    assert frame.channels == {"jawOpen"}
    assert (frame.weight("jawOpen"), frame.time_s) == (0.5, 1.0)


def test_jaw_wide_open_as_whole_numbers() -> None:
    """`/W 24 1` with both arguments as ints, as some libraries send whole numbers."""
    frame = heard(*messages(bytes.fromhex("2f570000 2c696900 00000018 00000001")))
    assert frame is not None
    assert frame.weight("jawOpen") == 1.0


def test_a_turned_head_as_quaternion_from_the_wire() -> None:
    """`/HRQ 0 0.5 0 0.8660254`: 60 degrees to the subject's own left. `/HR` is only the beginning of this address."""
    data = bytes.fromhex("2f485251 00000000 2c666666 66000000 00000000 3f000000 00000000 3f5db3d7")
    pose = head(*messages(data))
    assert math.degrees(pose.yaw_rad) == pytest.approx(60.0, abs=1e-4)
    assert (pose.pitch_rad, pose.roll_rad) == pytest.approx((0.0, 0.0), abs=1e-7)


def test_head_angles_from_the_wire() -> None:
    """x = 1 degree nods down, y = -2 turns right, z = 3 tips toward the subject's own right."""
    pose = head(*messages(bytes.fromhex("2f485200 2c666666 00000000 3f800000 c0000000 40400000")))
    degrees = [math.degrees(angle) for angle in (pose.yaw_rad, pose.pitch_rad, pose.roll_rad)]
    assert degrees == pytest.approx([-2.0, -1.0, -3.0])


def test_the_order_is_a_permutation_of_arkits() -> None:
    assert sorted(ORDER) == sorted(arkit.NAMES)


@pytest.mark.parametrize(
    ("index", "name"),
    [(0, "browInnerUp"), (8, "eyeLookDownRight"), (13, "eyeBlinkLeft"), (19, "cheekPuff"), (36, "mouthClose"),
     (37, "mouthSmileLeft"), (45, "mouthLowerDownLeft"), (51, "tongueOut")],
)  # fmt: skip
def test_places_in_the_order(index: int, name: str) -> None:
    frame = heard(Message("/W", (index, 1)))
    assert frame is not None
    assert frame.weight(name) == 1.0


@pytest.mark.parametrize("arguments", [(52, 1.0), (-1, 1.0), (1.5, 1.0), ("24", 1.0), (24,), (24, "1"), (24, None), ()])
def test_what_is_no_shape_is_ignored(arguments: tuple[Argument, ...]) -> None:
    assert heard(Message("/W", arguments)) is None


def test_the_quaternion_says_the_same_as_the_angles() -> None:
    x, y, z = 10.0, -20.0, 5.0
    quaternion = quaternion_from_yxz(math.radians(y), math.radians(x), math.radians(z))
    angles, rotation = head(Message("/HR", (x, y, z))), head(Message("/HRQ", quaternion))
    assert (angles.yaw_rad, angles.pitch_rad, angles.roll_rad) == pytest.approx(
        (rotation.yaw_rad, rotation.pitch_rad, rotation.roll_rad)
    )


def test_positions_count_from_the_first() -> None:
    pose = head(Message("/HT", (0.125, 0.25, -0.5)), Message("/HT", (0.25, 0.125, -0.25)))
    assert (pose.x_m, pose.y_m, pose.z_m) == (0.125, -0.125, 0.25)


def test_turning_keeps_the_position_and_moving_keeps_the_angles() -> None:
    pose = head(
        Message("/HT", (0.0, 0.0, 0.0)), Message("/HR", (0.0, 30.0, 0.0)), Message("/HT", (0.5, 0.0, 0.0)),
        Message("/HR", (0.0, 20.0, 0.0)),
    )  # fmt: skip
    assert (pose.x_m, math.degrees(pose.yaw_rad)) == pytest.approx((0.5, 20.0))


@pytest.mark.parametrize(
    ("address", "arguments"),
    [("/HR", (1.0, 2.0)), ("/HR", (1.0, None, 2.0)), ("/HR", (1e6, 0.0, 0.0)), ("/HRQ", (0.0, 0.0, 0.0)),
     ("/HRQ", (0.0, 0.0, 0.0, 0.0)), ("/HT", (1e4, 0.0, 0.0)), ("/ELR", (1.0, 2.0)), ("/ERR", (1.0, 2.0))],
)  # fmt: skip
def test_what_is_no_pose_is_ignored(address: str, arguments: tuple[Argument, ...]) -> None:
    assert heard(Message(address, arguments)) is None


@pytest.mark.parametrize("address", ["/HRX", "/w", "/WW", "/hr", "/jawOpen"])
def test_addresses_are_matched_whole(address: str) -> None:
    assert not FaceCapReader(FaceState()).feed(Message(address, (0.0, 0.0, 0.0)), 0.0)
