"""VMC: what applies when, which names mean what, and how Unity's bones turn our head."""

import json
import math
import struct
import subprocess
import sys

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from assets import arkit
from assets.face import HEAD, NEUTRAL_POSE, FaceFrame
from drivers.protocols.osc import Argument, Message, messages
from drivers.protocols.state import FaceState
from drivers.protocols.vmc import APPLY_AFTER_S, EYE_RAD_PER_WEIGHT, VmcReader


class Heard:
    """A reader with its state, fed by hand."""

    def __init__(self) -> None:
        self.state = FaceState()
        self.reader = VmcReader(self.state)

    def say(self, address: str, *arguments: Argument, now_s: float = 0.0) -> "Heard":
        assert self.reader.feed(Message("/VMC/Ext/" + address, arguments), now_s)
        return self

    def frame(self, now_s: float = 0.0) -> FaceFrame:
        self.reader.settle(now_s)
        frame = self.state.frame()
        assert frame is not None
        return frame

    def silent(self, now_s: float = 0.0) -> bool:
        self.reader.settle(now_s)
        return self.state.frame() is None


# ---- literal bytes --------------------------------------------------------------------------------------------------


def test_a_bundle_from_the_wire() -> None:
    datagram = bytes.fromhex(
        "2362756e646c6500 0000000000000001"
        "00000024 2f564d432f4578742f426c656e642f56616c0000 2c736600 6a61774f70656e00 3f000000"
        "0000002c 2f564d432f4578742f426c656e642f56616c0000 2c736600 657965426c696e6b4c65667400000000 3f800000"
        "0000001c 2f564d432f4578742f426c656e642f4170706c7900000000 2c000000"
    )
    heard = Heard()
    for message in messages(datagram):
        heard.reader.feed(message, 5.0)
    frame = heard.frame(5.0)
    assert (frame.weight("jawOpen"), frame.weight("eyeBlinkLeft"), frame.time_s) == (0.5, 1.0, 5.0)
    assert frame.channels == {"jawOpen", "eyeBlinkLeft"}


def test_a_value_of_one_as_javascript_sends_it() -> None:
    """An int, inside a bundle whose time-tag says 1970."""
    element = bytes.fromhex("2f564d432f4578742f426c656e642f56616c0000 2c736900 6a61774f70656e00 00000001")
    apply = b"/VMC/Ext/Blend/Apply\0\0\0\0,\0\0\0"
    datagram = b"#bundle\0" + bytes.fromhex("83aa7e8000000000")
    for each in (element, apply):
        datagram += struct.pack(">i", len(each)) + each
    heard = Heard()
    for message in messages(datagram):
        heard.reader.feed(message, 0.0)
    assert heard.frame().weight("jawOpen") == 1.0


def test_a_resting_head_bone_from_the_wire() -> None:
    data = bytes.fromhex(
        "2f564d432f4578742f426f6e652f506f73000000 2c7366666666666666000000 4865616400000000"
        + "00000000" * 6
        + "3f800000"
    )
    heard = Heard()
    (message,) = messages(data)
    heard.reader.feed(message, 0.0)
    assert (heard.frame().channels, heard.frame().head) == ({HEAD}, NEUTRAL_POSE)


def test_an_apply_without_any_type_tag() -> None:
    heard = Heard().say("Blend/Val", "jawOpen", 0.5)
    (message,) = messages(b"/VMC/Ext/Blend/Apply\0\0\0\0")
    heard.reader.feed(message, 0.0)
    assert heard.frame().weight("jawOpen") == 0.5


def test_the_last_bones_in_a_bundle_of_their_own() -> None:
    """The protocol's own sender nests the last bundle of bones in the outer one."""
    val = bytes.fromhex("2f564d432f4578742f426c656e642f56616c0000 2c736600 6a61774f70656e00 3f000000")
    apply = b"/VMC/Ext/Blend/Apply\0\0\0\0,\0\0\0"
    bone = b"/VMC/Ext/Bone/Pos\0\0\0,sfffffff\0\0\0Head\0\0\0\0" + struct.pack(">7f", 0, 0, 0, 0, -0.5, 0, 0.75**0.5)

    def bundle(*elements: bytes) -> bytes:
        return b"#bundle\0" + b"\0" * 7 + b"\1" + b"".join(struct.pack(">i", len(each)) + each for each in elements)

    heard = Heard()
    for message in messages(bundle(val, apply, bundle(bone))):
        heard.reader.feed(message, 0.0)
    frame = heard.frame()
    assert frame.weight("jawOpen") == 0.5
    assert math.degrees(frame.head.yaw_rad) == pytest.approx(60.0, abs=1e-4)


def test_what_vmcp_builds() -> None:
    """An independent implementation, run in a process of its own."""
    script = """
import json
from enum import Enum
from vmcp.protocol import blendshape, blendshape_apply, bone_transform, root_transform, state, time
from vmcp.typing import Bone, CoordinateVector, ModelState, Quaternion
class Key(Enum):
    JAW = "JawOpen"
    EYE = "EyeBlinkLeft"
made = [root_transform(CoordinateVector.identity(), Quaternion.identity()), time(12.5), state(ModelState.LOADED)]
made += [blendshape(Key.JAW, 0.5), blendshape(Key.EYE, 1.0), blendshape_apply()]
made += [bone_transform(Bone.HEAD, CoordinateVector.identity(), Quaternion(0.0, -0.5, 0.0, 0.75**0.5))]
print(json.dumps(made))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    if "No module named 'vmcp'" in done.stderr:
        pytest.skip("vmcp is not installed")
    assert done.returncode == 0, done.stderr
    heard = Heard()
    for address, tags, values in json.loads(done.stdout):
        builder = OscMessageBuilder(address)
        for tag, value in zip(tags.removeprefix(","), values, strict=True):
            builder.add_arg(value, tag)
        (message,) = messages(builder.build().dgram)
        assert heard.reader.feed(message, 0.0) is not None
    frame = heard.frame()
    assert (frame.weight("jawOpen"), frame.weight("eyeBlinkLeft")) == (0.5, 1.0)
    assert math.degrees(frame.head.yaw_rad) == pytest.approx(60.0, abs=1e-4)


# ---- when a shape counts --------------------------------------------------------------------------------------------


def test_shapes_wait_for_apply() -> None:
    heard = Heard().say("Blend/Val", "jawOpen", 0.5)
    assert heard.silent()
    assert heard.say("Blend/Apply").frame().weight("jawOpen") == 0.5


def test_a_lost_apply_is_waited_for_no_longer_than_50_ms() -> None:
    heard = Heard().say("Blend/Val", "jawOpen", 0.5, now_s=1.0).say("Blend/Val", "browInnerUp", 0.25, now_s=1.04)
    assert heard.silent(now_s=1.0 + 0.9 * APPLY_AFTER_S)
    frame = heard.frame(now_s=1.0 + 1.1 * APPLY_AFTER_S)
    assert (frame.weight("jawOpen"), frame.weight("browInnerUp")) == (0.5, 0.25)


def test_a_batch_may_straddle_two_pictures() -> None:
    heard = Heard().say("Blend/Val", "jawOpen", 0.5).say("Blend/Apply")
    heard.say("Blend/Val", "jawOpen", 0.9, now_s=0.016)
    assert heard.frame(0.016).weight("jawOpen") == 0.5
    assert heard.say("Blend/Apply", now_s=0.02).frame(0.03).weight("jawOpen") == pytest.approx(0.9)


def test_a_shape_that_is_not_sent_again_stays() -> None:
    heard = Heard().say("Blend/Val", "jawOpen", 0.5).say("Blend/Val", "cheekPuff", 0.25).say("Blend/Apply")
    heard.say("Blend/Val", "jawOpen", 0.75).say("Blend/Apply")
    frame = heard.frame()
    assert (frame.weight("jawOpen"), frame.weight("cheekPuff")) == (0.75, 0.25)


def test_the_sender_is_alive_while_it_sends_anything() -> None:
    heard = Heard().say("Blend/Val", "jawOpen", 0.5, now_s=1.0).say("Blend/Apply", now_s=1.0)
    assert heard.say("T", 12.5, now_s=3.0).frame(3.0).time_s == 3.0


@pytest.mark.parametrize(("status", "seen"), [(0, False), (1, True), (0.0, False), (True, True)])
def test_tracking_status(status: Argument, seen: bool) -> None:
    heard = Heard().say("Blend/Val", "jawOpen", 0.5).say("Blend/Apply").say("OK", 1, 3, 0, status)
    assert heard.frame().face_seen is seen


@pytest.mark.parametrize("arguments", [(), (1,), (1, 3, 0), (1, 3, 0, "no")])
def test_ok_without_status_says_nothing(arguments: tuple[Argument, ...]) -> None:
    assert Heard().say("Blend/Val", "jawOpen", 0.5).say("Blend/Apply").say("OK", *arguments).frame().face_seen


@pytest.mark.parametrize(
    ("address", "arguments"),
    [
        ("Blend/Val", ("jawOpen",)),
        ("Blend/Val", (0.5, "jawOpen")),
        ("Blend/Val", ("jawOpen", None)),
        ("Blend/Val", ("someClipOfAnAvatar", 0.5)),
        ("Blend/Val/jawOpen", ()),
        ("Bone/Pos", ("Head", 0.0, 0.0, 0.0)),
        ("Bone/Pos", ("Head", 0, 0, 0, 0, 0, 0, 0)),
        ("Bone/Pos", ("LeftFoot", 0, 0, 0, 0, 0, 0, 1)),
        ("Bone/Pos", ()),
        ("Root/Pos", ("root", 0, 0, 0, 0, 0, 0, 1)),
        ("Set/Eye", (1, 0.0, 0.0, 1.0)),
        ("Something/New", ("x",)),
    ],
)
def test_what_is_incomplete_or_unknown_does_nothing(address: str, arguments: tuple[Argument, ...]) -> None:
    assert Heard().say(address, *arguments).say("Blend/Apply").silent(1.0)


def test_other_addresses_are_left_to_others() -> None:
    assert not Heard().reader.feed(Message("/W", (24, 0.5)), 0.0)


# ---- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["mouthSmileLeft", "MouthSmileLeft", "mouthSmile_L", "mouthsmileleft", "BlendShape.MouthSmileLeft"]
)
def test_perfect_sync_in_any_casing(name: str) -> None:
    frame = Heard().say("Blend/Val", name, 0.5).say("Blend/Apply").frame()
    assert frame.channels == {"mouthSmileLeft"}
    assert frame.weight("mouthSmileLeft") == 0.5


def test_the_name_may_stand_in_the_address() -> None:
    heard = Heard().say("Blend/Val/JawOpen", 0.5).say("Blend/Apply").say("Bone/Pos/Head", 0, 0, 0, 0, 0, 0, 1)
    assert heard.frame().channels == {"jawOpen", HEAD}


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("A", {"jawOpen": 0.7}),
        ("aa", {"jawOpen": 0.7}),
        ("I", {"jawOpen": 0.15, "mouthStretchLeft": 0.6, "mouthStretchRight": 0.6}),
        ("ou", {"jawOpen": 0.2, "mouthPucker": 1.0}),
        ("E", {"jawOpen": 0.35, "mouthStretchLeft": 0.4, "mouthStretchRight": 0.4}),
        ("O", {"jawOpen": 0.5, "mouthFunnel": 1.0}),
        ("Blink", {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}),
        ("BLINK_L", {"eyeBlinkLeft": 1.0}),
        ("blinkRight", {"eyeBlinkRight": 1.0}),
        ("Joy", {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0}),
        ("happy", {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0}),
        ("Angry", {"browDownLeft": 1.0, "browDownRight": 1.0}),
        ("Sorrow", {"mouthFrownLeft": 1.0, "mouthFrownRight": 1.0, "browInnerUp": 1.0}),
        ("LookLeft", {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0}),
        ("lookDown", {"eyeLookDownLeft": 1.0, "eyeLookDownRight": 1.0}),
    ],
)
def test_presets_become_shapes(preset: str, expected: dict[str, float]) -> None:
    frame = Heard().say("Blend/Val", preset, 1.0).say("Blend/Apply").frame()
    assert {name: frame.weight(name) for name in arkit.NAMES if frame.weight(name)} == pytest.approx(expected)
    assert expected.keys() <= frame.channels


def test_both_spellings_of_a_preset_are_one() -> None:
    """A sender that serves VRM 0 and VRM 1 says everything twice."""
    frame = Heard().say("Blend/Val", "Joy", 0.5).say("Blend/Val", "happy", 0.5).say("Blend/Apply").frame()
    assert frame.weight("mouthSmileLeft") == 0.5


def test_one_eye_shut_more_than_both() -> None:
    frame = Heard().say("Blend/Val", "Blink", 0.25).say("Blend/Val", "Blink_L", 1.0).say("Blend/Apply").frame()
    assert (frame.weight("eyeBlinkLeft"), frame.weight("eyeBlinkRight")) == (1.0, 0.25)


def test_presets_do_not_disturb_perfect_sync() -> None:
    heard = Heard()
    for name in arkit.NAMES:
        heard.say("Blend/Val", name, 0.125)
    frame = heard.say("Blend/Val", "A", 1.0).say("Blend/Val", "Joy", 1.0).say("Blend/Apply").frame()
    assert frame.weights.tolist() == [0.125] * 52


def test_a_named_shape_beats_the_preset_that_means_it() -> None:
    frame = Heard().say("Blend/Val", "A", 1.0).say("Blend/Val", "jawOpen", 0.25).say("Blend/Apply").frame()
    assert frame.weight("jawOpen") == 0.25


# ---- bones ----------------------------------------------------------------------------------------------------------


def about(axis: int, angle_deg: float) -> tuple[float, float, float, float]:
    """Unity's `Quaternion.AngleAxis`: (x, y, z, w)."""
    half = math.radians(angle_deg) / 2.0
    values = [0.0, 0.0, 0.0, math.cos(half)]
    values[axis] = math.sin(half)
    return values[0], values[1], values[2], values[3]


@pytest.mark.parametrize(
    ("axis", "degrees"), [(1, (-20.0, 0.0, 0.0)), (0, (0.0, -20.0, 0.0)), (2, (0.0, 0.0, 20.0))], ids="yxz"
)
def test_unitys_axes(axis: int, degrees: tuple[float, float, float]) -> None:
    """In Unity, +y turns an avatar to its own right, +x nods it down, +z tips it toward its own left."""
    head = Heard().say("Bone/Pos", "Head", 0, 1.5, 0, *about(axis, 20.0)).frame().head
    assert (head.yaw_rad, head.pitch_rad, head.roll_rad) == pytest.approx(tuple(map(math.radians, degrees)))
    assert (head.x_m, head.y_m, head.z_m) == (0.0, 0.0, 0.0)


def test_neck_and_spine_add_to_the_head() -> None:
    heard = Heard()
    for bone in ("Spine", "Chest", "UpperChest", "Neck", "Head"):
        heard.say("Bone/Pos", bone, 0, 0, 0, *about(1, 5.0))
    assert heard.frame().head.yaw_rad == pytest.approx(math.radians(-25.0))
    assert heard.say("Bone/Pos", "Hips", 0, 0, 0, *about(1, 90.0)).frame().head.yaw_rad == pytest.approx(
        math.radians(-25.0)
    )


def test_the_chain_is_multiplied_from_the_spine_up() -> None:
    """Neck turned left, then the head nodding in the neck's own frame: the nod stays a nod."""
    heard = Heard().say("Bone/Pos", "Head", 0, 0, 0, *about(0, 30.0)).say("Bone/Pos", "Neck", 0, 0, 0, *about(1, -40.0))
    head = heard.frame().head
    assert (head.yaw_rad, head.pitch_rad, head.roll_rad) == pytest.approx(
        (math.radians(40), math.radians(-30), 0.0), abs=1e-9
    )


def test_integers_are_numbers_in_a_bone_too() -> None:
    frame = Heard().say("Bone/Pos", "Head", 0, 0, 0, 0, 0, 0, 1).frame()
    assert (frame.channels, frame.head) == ({HEAD}, NEUTRAL_POSE)


def test_eye_bones_become_gaze() -> None:
    """Both eyes turned to the avatar's own left: out for the left eye, in for the right one."""
    turned = about(1, -math.degrees(EYE_RAD_PER_WEIGHT) / 2.0)
    frame = Heard().say("Bone/Pos", "LeftEye", 0, 0, 0, *turned).say("Bone/Pos", "RightEye", 0, 0, 0, *turned).frame()
    looks = {name: frame.weight(name) for name in arkit.REGIONS["gaze"] if frame.weight(name) > 1e-6}
    assert looks == pytest.approx({"eyeLookOutLeft": 0.5, "eyeLookInRight": 0.5})
    assert frame.channels == set(arkit.REGIONS["gaze"])


def test_eye_bones_beat_clips_that_never_move() -> None:
    """VSeeFace turns the eye bones of an avatar that has both, and sends its eyeLook clips as zeros."""
    heard = Heard().say("Blend/Val", "eyeLookOutLeft", 0.0).say("Blend/Val", "LookLeft", 0.0).say("Blend/Apply")
    assert heard.frame().weight("eyeLookOutLeft") == 0.0
    heard.say("Bone/Pos", "LeftEye", 0, 0, 0, *about(1, -math.degrees(EYE_RAD_PER_WEIGHT) / 2.0))
    heard.say("Blend/Val", "eyeLookOutLeft", 0.0).say("Blend/Val", "LookLeft", 0.0).say("Blend/Apply")
    assert heard.frame().weight("eyeLookOutLeft") == pytest.approx(0.5)
    heard.say("Blend/Val", "eyeLookOutLeft", 0.25).say("Blend/Apply")  # they do move, after all
    heard.say("Bone/Pos", "LeftEye", 0, 0, 0, *about(1, 0.0))
    assert heard.frame().weight("eyeLookOutLeft") == 0.25


def test_gaze_shapes_beat_eye_bones() -> None:
    heard = Heard().say("Blend/Val", "eyeLookOutLeft", 0.25).say("Blend/Apply")
    assert heard.say("Bone/Pos", "LeftEye", 0, 0, 0, *about(1, -30.0)).frame().weight("eyeLookOutLeft") == 0.25
