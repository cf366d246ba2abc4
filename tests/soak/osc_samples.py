"""Good datagrams of every OSC dialect, made by python-osc: what the mutants are made of."""

from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from assets import arkit
from drivers.protocols import unified

Value = float | int | str | bool


def built(address: str, *values: Value) -> OscMessage:
    """A message; floats as floats, ints as ints."""
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value, "f" if isinstance(value, float) else None)
    return builder.build()


def message(address: str, *values: Value) -> bytes:
    """Its bytes."""
    return bytes(built(address, *values).dgram)


def bundle(*contents: OscMessage) -> bytes:
    """The bytes of a bundle."""
    builder = OscBundleBuilder(IMMEDIATELY)
    for content in contents:
        builder.add_content(content)
    return bytes(builder.build().dgram)


def _perfect_sync() -> list[OscMessage]:
    vals = [built("/VMC/Ext/Blend/Val", name, index / 52.0) for index, name in enumerate(arkit.NAMES)]
    return [*vals, built("/VMC/Ext/Blend/Apply")]


def _nested() -> bytes:
    inner, outer = OscBundleBuilder(IMMEDIATELY), OscBundleBuilder(IMMEDIATELY)
    for content in _perfect_sync()[-9:]:
        inner.add_content(content)
    outer.add_content(inner.build())
    return bytes(outer.build().dgram)


_SOME_PARAMETERS = sorted(unified.PARAMETERS)[::6]

GOODS: dict[str, list[bytes]] = {
    "vmc": [
        bundle(*_perfect_sync()),
        _nested(),
        message("/VMC/Ext/Bone/Pos", "Head", 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.9),
        message("/VMC/Ext/Bone/Pos", "LeftEye", 0.0, 0.0, 0.0, 0.1, 0.0, 0.0, 0.99),
        message("/VMC/Ext/OK", 1, 3, 0, 1),
        message("/VMC/Ext/Blend/Val", "A", 0.5),
        message("/VMC/Ext/Blend/Val/jawOpen", 0.5),
        message("/VMC/Ext/Blend/Apply"),
    ],
    "facecap": [
        message("/W", 24, 0.5),
        message("/HR", 1.0, -2.0, 3.0),
        message("/HRQ", 0.0, 0.0, 0.0, 1.0),
        message("/HT", 0.0, 0.1, -0.6),
        message("/ELR", 1.0, 2.0),
    ],
    "vrcft": [
        bundle(*(built(f"/avatar/parameters/FT/v2/{name}", 0.25) for name in _SOME_PARAMETERS)),
        message("/avatar/parameters/v2/JawOpen", 0.5),
        message("/avatar/parameters/v2/JawOpen4", True),
        message("/avatar/parameters/v2/JawXNegative", False),
        message("/avatar/parameters/v2/Head/Yaw", 0.5),
        message("/avatar/parameters/EyeTrackingActive", True),
        message("/tracking/eye/LeftRightPitchYaw", 1.0, 2.0, 3.0, 4.0),
        message("/tracking/eye/EyesClosedAmount", 0.5),
    ],
    "phiz": [
        message("/phiz/blendshapes", *(index / 52.0 for index in range(52))),
        message("/mpmocap/headRotation", 0.0, 0.0, 0.0, 1.0),
        message("/phiz/leftEyeRotation", 0.0, 0.0, 0.0, 1.0),
        message("/mpmocap/version", "1.0"),
    ],
    "generic": [message("/face/jawOpen", 0.5), message("/a/eyeBlink_L", 1), bundle(built("/cheek_puff", 0.5))],
}
"""Dialect -> datagrams."""
