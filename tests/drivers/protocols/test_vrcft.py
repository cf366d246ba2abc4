"""VRCFaceTracking: addresses, bits, what is tracked and what is still, and the head."""

import math

import pytest

from assets import arkit
from assets.face import HEAD, FaceFrame
from drivers.protocols.heard import Heard
from drivers.protocols.osc import Argument, Message, messages
from drivers.protocols.state import FaceState
from drivers.protocols.vrcft import ASK_FOR_ALL, ASK_PORT, STILL_S, VrcftReader

PREFIX = "/avatar/parameters/"
EYES = {*arkit.REGIONS["lids"], *arkit.REGIONS["gaze"]}


class Listening:
    """A reader with its state, fed by hand."""

    def __init__(self) -> None:
        self.state = FaceState()
        self.reader = VrcftReader(self.state)

    def say(self, name: str, *arguments: Argument, now_s: float = 0.0) -> "Listening":
        assert self.reader.feed(Message(PREFIX + name, arguments), now_s) is not None
        return self

    def frame(self, now_s: float = 0.0) -> FaceFrame:
        self.reader.settle(now_s)
        frame = self.state.frame()
        assert frame is not None
        return frame

    def weights(self) -> dict[str, float]:
        frame = self.frame()
        return {name: frame.weight(name) for name in arkit.NAMES if frame.weight(name)}


def test_jaw_open_from_the_wire() -> None:
    data = bytes.fromhex("2f6176617461722f706172616d65746572732f76322f4a61774f70656e000000 2c660000 3f000000")
    (message,) = messages(data)
    heard = Listening()
    assert heard.reader.feed(message, 5.0) is Heard.FACE
    frame = heard.frame(5.0)
    assert (frame.weight("jawOpen"), frame.channels, frame.time_s) == (0.5, {"jawOpen"}, 5.0)


def test_the_request_for_everything() -> None:
    assert ASK_FOR_ALL == bytes.fromhex("2f76726366742f73657474696e67732f666f72636552656c6576616e74000000 2c540000")
    assert messages(ASK_FOR_ALL) == [Message("/vrcft/settings/forceRelevant", (True,))]
    assert ASK_PORT == 9001


@pytest.mark.parametrize("path", ["v2/JawOpen", "FT/v2/JawOpen", "Example/Nest/v2/JawOpen", "v2/x/v2/JawOpen"])
def test_any_path_before_v2(path: str) -> None:
    assert Listening().say(path, 0.5).weights() == {"jawOpen": 0.5}


@pytest.mark.parametrize("path", ["v2/jawopen", "v2/JAWOPEN", "v2/JawOpen/x", "v2/Something", "v2/"])
def test_names_are_case_sensitive_and_whole(path: str) -> None:
    heard = Listening()
    assert heard.reader.feed(Message(PREFIX + path, (0.5,)), 0.0) is Heard.OTHER
    heard.reader.settle(0.0)
    assert heard.state.frame() is None


@pytest.mark.parametrize(
    "address", ["/avatar/parameters/JawOpen", "/avatar/change", "/v2/JawOpen", "/tracking/vrsystem"]
)
def test_other_addresses_are_left_to_others(address: str) -> None:
    assert VrcftReader(FaceState()).feed(Message(address, (0.5,)), 0.0) is None


@pytest.mark.parametrize("arguments", [(), ("0.5",), (None,), (0.5, 0.5), (1e9,)])
def test_what_is_no_value_does_nothing(arguments: tuple[Argument, ...]) -> None:
    assert VrcftReader(FaceState()).feed(Message(PREFIX + "v2/JawOpen", arguments), 0.0) is Heard.OTHER


def test_shapes_change_once_a_picture() -> None:
    heard = Listening().say("v2/MouthCornerPullLeft", 1.0)
    heard.reader.settle(0.0)
    assert heard.state.frame() is None
    assert heard.say("v2/MouthCornerSlantLeft", 1.0).weights() == {"mouthSmileLeft": 1.0}


# ---- bits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bits", "weight"),
    [({"1": True, "2": False, "4": True}, 5 / 7), ({"1": True, "2": True, "4": True, "8": True}, 1.0),
     ({"1": False, "2": False}, 0.0), ({"1": True}, 1.0)],
)  # fmt: skip
def test_a_number_in_bits(bits: dict[str, bool], weight: float) -> None:
    heard = Listening()
    for bit, is_set in bits.items():
        heard.say(f"v2/JawOpen{bit}", is_set)
    assert heard.frame().weight("jawOpen") == pytest.approx(weight)


def test_bits_with_a_sign() -> None:
    heard = Listening().say("v2/JawX1", True).say("v2/JawX2", False).say("v2/JawXNegative", True)
    assert heard.weights() == pytest.approx({"jawLeft": 1 / 3})
    assert heard.say("v2/JawXNegative", False).weights() == pytest.approx({"jawRight": 1 / 3})


def test_a_sign_alone_is_no_number() -> None:
    heard = Listening().say("v2/JawXNegative", True)
    heard.reader.settle(0.0)
    assert heard.state.frame() is None


def test_the_whole_number_beats_its_bits() -> None:
    assert Listening().say("v2/JawOpen", 0.25).say("v2/JawOpen1", True).weights() == {"jawOpen": 0.25}


# ---- what is tracked, and what is still -----------------------------------------------------------------------------


def test_eyes_that_are_not_tracked_are_unknown() -> None:
    heard = Listening().say("v2/EyeClosedLeft", 0.5).say("v2/JawOpen", 0.5).say("ExpressionTrackingActive", True)
    assert heard.frame().channels == {"eyeBlinkLeft", "jawOpen"}
    frame = heard.say("EyeTrackingActive", False).say("v2/EyeClosedLeft", 0.75).frame()
    assert (frame.channels, frame.face_seen) == ({"jawOpen"}, True)
    frame = heard.say("EyeTrackingActive", True).frame()
    assert frame.channels == {"eyeBlinkLeft", "jawOpen"}
    assert frame.weight("eyeBlinkLeft") == 0.75


@pytest.mark.parametrize("name", ["ExpressionTrackingActive", "LipTrackingActive"])
def test_a_mouth_that_is_not_tracked_is_unknown(name: str) -> None:
    heard = Listening().say("v2/EyeClosedLeft", 0.5).say("v2/JawOpen", 0.5).say("EyeTrackingActive", True)
    assert heard.say(name, False).frame().channels == {"eyeBlinkLeft"}


def test_nothing_tracked_is_a_lost_face() -> None:
    heard = Listening().say("v2/Head/Yaw", 0.5).say("EyeTrackingActive", False).say("ExpressionTrackingActive", False)
    assert not heard.frame().face_seen
    assert heard.say("EyeTrackingActive", True).frame().face_seen


def test_a_still_face_stays_alive_for_a_while() -> None:
    """Unchanged values are never sent again."""
    heard = Listening().say("ExpressionTrackingActive", True).say("v2/JawOpen", 0.5, now_s=10.0)
    assert heard.frame(10.0 + 0.5 * STILL_S).time_s == 10.0 + 0.5 * STILL_S
    assert heard.frame(10.0 + STILL_S).time_s == 10.0 + STILL_S
    assert heard.frame(10.1 + STILL_S).time_s == 10.0 + STILL_S


def test_without_a_status_silence_is_silence() -> None:
    heard = Listening().say("v2/JawOpen", 0.5, now_s=10.0)
    assert heard.frame(11.0).time_s == 10.0


# ---- the head -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "degrees"),
    [("Yaw", (-45.0, 0.0, 0.0)), ("Pitch", (0.0, -45.0, 0.0)), ("Roll", (0.0, 0.0, 45.0))],
)  # fmt: skip
def test_quarter_turns(name: str, degrees: tuple[float, float, float]) -> None:
    """Half of a quarter turn: to the subject's own right, down, and tilted to the own left."""
    frame = Listening().say(f"v2/Head/{name}", 0.5).frame()
    assert frame.channels == {HEAD}
    head = frame.head
    assert tuple(map(math.degrees, (head.yaw_rad, head.pitch_rad, head.roll_rad))) == pytest.approx(degrees)


def test_half_metres() -> None:
    """To the subject's own right, up, forward."""
    head = Listening().say("v2/Head/PosX", 1.0).say("v2/Head/PosY", 0.5).say("v2/Head/PosZ", 0.25).frame().head
    assert (head.x_m, head.y_m, head.z_m) == (-0.5, 0.25, 0.125)


def test_radians_of_a_forwarded_iphone() -> None:
    head = Listening().say("v2/HeadYaw", 0.25).say("v2/HeadPitch", 0.5).say("v2/HeadRoll", 0.125).frame().head
    assert (head.yaw_rad, head.pitch_rad, head.roll_rad) == (0.25, 0.5, -0.125)


# ---- VRChat's own eyes ----------------------------------------------------------------------------------------------


def native(name: str, *values: float) -> dict[str, float]:
    heard = Listening()
    assert heard.reader.feed(Message(f"/tracking/eye/{name}", values), 0.0) is Heard.FACE
    return heard.weights()


def test_eyes_closed() -> None:
    assert native("EyesClosedAmount", 0.75) == {"eyeBlinkLeft": 0.75, "eyeBlinkRight": 0.75}


def test_each_eyes_angles() -> None:
    """Left eye 17.5 degrees down, right eye 35 degrees to the subject's own right."""
    assert native("LeftRightPitchYaw", 17.5, 0.0, 0.0, 35.0) == {"eyeLookDownLeft": 0.5, "eyeLookOutRight": 1.0}


def test_both_eyes_angles() -> None:
    looks = native("CenterPitchYaw", -7.0, -3.5)
    assert looks == pytest.approx(
        {"eyeLookUpLeft": 0.2, "eyeLookUpRight": 0.2, "eyeLookOutLeft": 0.1, "eyeLookInRight": 0.1}
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [("EyesClosedAmount", ()), ("LeftRightPitchYaw", (1.0, 2.0)), ("CenterPitchYaw", (None, 1.0)),
     ("CenterPitchYaw", (500.0, 1.0)), ("CenterVec", (0.0, 0.0, 1.0))],
)  # fmt: skip
def test_what_is_no_eye_does_nothing(name: str, values: tuple[Argument, ...]) -> None:
    assert VrcftReader(FaceState()).feed(Message(f"/tracking/eye/{name}", values), 0.0) is Heard.OTHER
