"""What phones and trackers send, written from the descriptions of their protocols and not from our readers."""

import itertools
import json
import os
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from assets import arkit
from tests.soak.mutants import mutants

LIVE_LINK_ORDER = (
    "eyeBlinkLeft eyeLookDownLeft eyeLookInLeft eyeLookOutLeft eyeLookUpLeft eyeSquintLeft eyeWideLeft "
    "eyeBlinkRight eyeLookDownRight eyeLookInRight eyeLookOutRight eyeLookUpRight eyeSquintRight eyeWideRight "
    "jawForward jawLeft jawRight jawOpen mouthClose mouthFunnel mouthPucker mouthLeft mouthRight mouthSmileLeft "
    "mouthSmileRight mouthFrownLeft mouthFrownRight mouthDimpleLeft mouthDimpleRight mouthStretchLeft "
    "mouthStretchRight mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper mouthPressLeft mouthPressRight "
    "mouthLowerDownLeft mouthLowerDownRight mouthUpperUpLeft mouthUpperUpRight browDownLeft browDownRight browInnerUp "
    "browOuterUpLeft browOuterUpRight cheekPuff cheekSquintLeft cheekSquintRight noseSneerLeft noseSneerRight "
    "tongueOut headYaw headPitch headRoll leftEyeYaw leftEyePitch leftEyeRoll rightEyeYaw rightEyePitch rightEyeRoll"
).split()

DEVICE = b"DEADC0DE-1337-1337-1337-CAFEBABE"


def live_link_header(*, subject: bytes = b"iPhone", device: bytes = DEVICE) -> bytes:
    return b"\x06" + struct.pack(">i", len(device)) + device + struct.pack(">i", len(subject)) + subject


def live_link(values: Mapping[str, float], *, frame: int = 1, subject: bytes = b"iPhone") -> bytes:
    """A packet of version 6; names as in `LIVE_LINK_ORDER`, those left out are 0."""
    numbers = [values.get(name, 0.0) for name in LIVE_LINK_ORDER]
    time = struct.pack(">ifii", frame, 0.125, 60, 1)
    return live_link_header(subject=subject) + time + bytes([61]) + struct.pack(">61f", *numbers)


def underscored(name: str) -> str:
    """`eyeBlinkLeft` -> `eyeBlink_L`; directions such as `jawLeft` have no underscore."""
    if name in ("jawLeft", "jawRight", "mouthLeft", "mouthRight"):
        return name
    return (
        name.removesuffix("Left") + "_L"
        if name.endswith("Left")
        else name.removesuffix("Right") + "_R" * (name.endswith("Right"))
    )


def ifacialmocap(
    percent: Mapping[str, int], head: Sequence[float] = (), *, mark: str = "-", tracking: int | None = None
) -> bytes:
    """A frame of v1 (`mark` "-") or v2 ("&")."""
    parts = [] if tracking is None else [f"trackingStatus{mark}{tracking}"]
    parts += [f"{underscored(name)}{mark}{value}" for name, value in percent.items()]
    parts += [f"hapihapi{mark}0"]
    parts += [f"=head#{','.join(map(str, head))}"] if head else []
    return "|".join([*parts, "rightEye#6.5,2.8,0.3", "leftEye#6.6,-1.5,-0.1", ""]).encode()


def facemotion3d(percent: Mapping[str, int], head: Sequence[float] = ()) -> bytes:
    parts = [f"{name}&{value}" for name, value in percent.items()]
    parts += ["FM_SAD&0", "FM_ANGRY&12", "FM_browUpLeft&0"]
    parts += [f"=head#{','.join(map(str, head))}"] if head else []
    return "|".join([*parts, "rightEye#12.7,5.5,1.2", "leftEye#12.8,1.2,0.2", ""]).encode()


def vtubestudio(
    shapes: Mapping[str, float],
    *,
    rotation: Sequence[float] | None = (0.0, 0.0, 0.0),
    position: Sequence[float] = (0.0, 0.0, 0.0),
    face_found: bool = True,
    timestamp: int = 1_700_000_000_000,
    hotkey: int = -1,
    capital: bool = True,
) -> bytes:
    """A frame of VTube Studio (`capital` names) or MeowFace."""

    def vector(numbers: Sequence[float]) -> dict[str, float]:
        return dict(zip("xyz", numbers, strict=True))

    frame = {
        "Timestamp": timestamp,
        "Hotkey": hotkey,
        "FaceFound": face_found,
        **({"Rotation": vector(rotation)} if rotation is not None else {}),
        "Position": vector(position),
        "EyeLeft": vector((1.0, 2.0, 0.0)),
        "EyeRight": vector((1.0, 2.0, 0.0)),
        "BlendShapes": [
            {"k": name[0].upper() + name[1:] if capital else name, "v": value} for name, value in shapes.items()
        ],
    }
    return json.dumps(frame).encode()


OPEN_SEE_FEATURES = (
    "eye_l eye_r steepness_l updown_l quirk_l steepness_r updown_r quirk_r corner_updown_l corner_inout_l "
    "corner_updown_r corner_inout_r mouth_open mouth_wide"
).split()


def openseeface(
    features: Mapping[str, float] | None = None,
    *,
    time_s: float = 1_700_000_000.0,
    number: int = 0,
    right_open: float = 1.0,
    left_open: float = 1.0,
    success: int = 1,
    error: float = 5.0,
    quaternion: Sequence[float] = (0.70710678, 0.70710678, 0.0, 0.0),
    translation: Sequence[float] = (0.0, 0.0, -4.0),
    points: Mapping[int, Sequence[float]] | None = None,
    pupil_confidence: float = 0.9,
) -> bytes:
    """One face. points: by number, as the wire has them (x, -y, -z)."""
    packet = bytearray(1785)
    struct.pack_into("<di", packet, 0, time_s, number)
    struct.pack_into("<2f", packet, 12, 640.0, 360.0)
    struct.pack_into("<2f", packet, 20, right_open, left_open)
    struct.pack_into("<Bf", packet, 28, success, error)
    struct.pack_into("<4f", packet, 33, *quaternion)
    struct.pack_into("<3f", packet, 49, 178.0, 0.0, 90.0)
    struct.pack_into("<3f", packet, 61, *translation)
    struct.pack_into("<68f", packet, 73, *[0.9] * 66, pupil_confidence, pupil_confidence)
    for index, point in (points or {}).items():
        struct.pack_into("<3f", packet, 889 + 12 * index, *point)
    values = [(features or {}).get(name, 0.0) for name in OPEN_SEE_FEATURES]
    struct.pack_into("<14f", packet, 1729, *values)
    return bytes(packet)


def good(rng: np.random.Generator) -> dict[str, list[bytes]]:
    """Good datagrams of every protocol, some of each: what mutants are made of."""
    weights = {name: round(float(value), 3) for name, value in zip(arkit.NAMES, rng.random(52), strict=True)}
    percent = {name: round(100 * value) for name, value in weights.items()}
    head = [round(float(value), 4) for value in rng.uniform(-20, 20, 3)] + [0.01, -0.02, -0.5]
    angles = {"headYaw": 0.1, "headPitch": -0.1, "headRoll": 0.2, "leftEyePitch": 0.1}
    text = [ifacialmocap(percent, head, mark=mark, tracking=status) for mark in "-&" for status in (None, 0, 1)]
    faces = openseeface({name: float(rng.uniform(-1, 1)) for name in OPEN_SEE_FEATURES}, points={66: (0.1, 0, -0.2)})
    return {
        "livelink": [live_link(weights | angles, frame=frame) for frame in (1, 2, 90)]
        + [live_link_header(), live_link_header() + struct.pack(">ifii", 3, 0.0, 60, 1)],
        "ifacialmocap": text,
        "facemotion3d": [facemotion3d(percent, head)],
        "vtubestudio": [vtubestudio(weights), vtubestudio({}, face_found=False), vtubestudio(weights, hotkey=3)],
        "meowface": [vtubestudio(weights | {"browInnerUpLeft": 0.5, "headUp": 0.1}, capital=False)],
        "openseeface": [faces, faces + openseeface(number=1), openseeface(success=0, error=99999.0)],
    }


_NUMBER = re.compile(rb"-?\d+(\.\d+)?|true|false")
_ODD_JSON = [b"1e999", b"-5", b"null", b'"x"', b"[]", b"{}", b"true", b"0.5", b"9" * 400, b"-0", b"1e-320", b"NaN"]


def json_mutants(rng: np.random.Generator, count: int, goods: Sequence[bytes]) -> Iterator[bytes]:
    """`count` frames that are still JSON, with up to three values replaced by odd ones."""
    places = [[match.span() for match in _NUMBER.finditer(good)] for good in goods]
    for _ in range(count):
        chosen = int(rng.integers(len(goods)))
        data = goods[chosen]
        picked = rng.integers(len(places[chosen]), size=3).tolist()
        for index in sorted(set(picked), reverse=True):
            start, end = places[chosen][index]
            data = data[:start] + _ODD_JSON[int(rng.integers(len(_ODD_JSON)))] + data[end:]
        yield data


def wrong(rng: np.random.Generator, name: str, count: int) -> tuple[Iterator[bytes], bytes]:
    """`count` datagrams gone wrong for the protocol `name`, and a good one."""
    goods = good(rng)[name]
    if name not in ("vtubestudio", "meowface"):
        return mutants(rng, count, goods, tags=TAGS[name]), goods[0]
    half = count // 2
    return itertools.chain(mutants(rng, half, goods, tags=TAGS[name]), json_mutants(rng, count - half, goods)), goods[0]


TAGS = {
    "livelink": bytes([0, 1, 6, 36, 61, 127, 128, 255]),
    "ifacialmocap": b"|-&#=,.0159e+ _LR\xff",
    "facemotion3d": b"|-&#=,.0159e+ _LR\xff",
    "vtubestudio": b'{}[]":,.-0159eE+ktv\\u\xff',
    "meowface": b'{}[]":,.-0159eE+ktv\\u\xff',
    "openseeface": bytes([0, 1, 63, 127, 128, 255]),
}
"""The bytes that mean something to each protocol."""


def recordings() -> Path:
    """The folder of real recordings: CARTOONALIVE_ARKIT, or `arkit` beside CARTOONALIVE_MODELS; skips without."""
    folder = os.environ.get("CARTOONALIVE_ARKIT")
    models = os.environ.get("CARTOONALIVE_MODELS")
    path = Path(folder) if folder else Path(models).parent / "arkit" if models else None
    if path is None or not path.is_dir():
        pytest.skip("no recordings of real phones: neither CARTOONALIVE_ARKIT nor CARTOONALIVE_MODELS/../arkit")
    return path
