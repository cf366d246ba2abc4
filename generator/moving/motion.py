"""How this person's landmarks move, per ARKit shape: measured fields, scaled to the face, and authored ones.

The measured fields (`data/human_motion.npz`, its README tells how) are displacements of the 478 landmarks in
inter-iris distances. Shapes that occur together were shrunk by the regression; `TRAVEL` scales them up to the travel
of real people. Shapes that the recordings do not show are authored here, as gaussian bumps on the mean face.
Lids and irises are not moved here: they follow curves (`parts.eyes`).
"""

from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from generator import topology
from generator.moving import closing, drawn_mouth
from generator.moving.measures import CanvasFace
from generator.tools.curves import smoothstep

Doubles = npt.NDArray[np.float64]

TRAVEL: Final[dict[str, float]] = {
    "mouthPucker": 2.2, "mouthFunnel": 2.0, "mouthLeft": 1.2, "mouthRight": 1.2, "mouthSmileLeft": 1.1,
    "mouthSmileRight": 1.1, "mouthStretchLeft": 1.3, "mouthStretchRight": 1.3, "browDownLeft": 1.8,
    "browDownRight": 1.8, "browInnerUp": 1.7, "browOuterUpLeft": 1.2, "browOuterUpRight": 1.2, "jawOpen": 0.95,
    "eyeSquintLeft": 1.3, "eyeSquintRight": 1.3, "mouthLowerDownLeft": 1.1, "mouthLowerDownRight": 1.1,
    "mouthUpperUpLeft": 1.2, "mouthUpperUpRight": 1.2,
}  # fmt: skip
"""Factor on the measured field so that weight 1 travels as far as people do (found in drawn faces again)."""

CORRECTIVES: Final[tuple[tuple[str, ...], ...]] = (
    ("jawOpen", "mouthClose"),
    ("jawOpen", "mouthPucker"),
    ("jawOpen", "mouthSmileLeft"),
    ("jawOpen", "mouthSmileRight"),
    ("mouthPucker", "mouthFunnel"),
)
"""Products of shapes with a displacement of their own, in the order of the avatar's extra rows."""

MEAN_MOUTH_WIDTH_IOD: Final = 0.772
MEAN_NOSE_TO_CHIN_IOD: Final = 1.042
MEAN_BROW_GAP_IOD: Final = 0.28


@cache
def measured() -> tuple[dict[str, Doubles], Doubles]:
    """Displacements per name and the mean face, (478, 2) each, in IOD, y down. Not to be written to."""
    with resources.as_file(resources.files("generator") / "data" / "human_motion.npz") as path, np.load(path) as data:
        flip = np.array([1.0, -1.0])
        deltas = {str(name): field[:, :2] * flip for name, field in zip(data["names"], data["delta_iod"], strict=True)}
        return deltas, data["neutral_iod"][:, :2] * flip


def _bump(centre: int, radius_iod: float, *, stretch_y: float = 1.0) -> Doubles:
    """A gaussian over the mean face around a landmark: (478, 1)."""
    mean = measured()[1]
    offset = (mean - mean[centre]) / [1.0, stretch_y]
    return np.asarray(np.exp(-0.5 * (offset**2).sum(1, keepdims=True) / radius_iod**2))


def _jaw() -> Doubles:
    """How much a landmark belongs to the jaw: 0 at the nose, 1 at the chin, 0.2 on the upper lip: (478, 1)."""
    mean = measured()[1]
    top, bottom = mean[topology.NOSE_BASE, 1], mean[topology.CHIN, 1]
    weight = smoothstep(mean[:, 1:], top, top + 0.75 * (bottom - top))
    weight[sorted(topology.LIPS_UPPER)] *= 0.25
    return weight


def _lips(indices: frozenset[int]) -> Doubles:
    mask = np.zeros((topology.COUNT, 1))
    mask[sorted(indices)] = 1.0
    return mask


def _side(left: int, right: int, name: str) -> tuple[int, float]:
    """The landmark on the side that a shape's name says, and the sign of outward in the picture."""
    return (left, 1.0) if name.endswith("Left") else (right, -1.0)


def _jaw_sideways(name: str) -> Doubles:
    sign = 1.0 if name.endswith("Left") else -1.0
    return _jaw() * [0.16 * sign, 0.0]


def _jaw_forward(_: str) -> Doubles:
    mean = measured()[1]
    widen = np.clip(mean[:, :1], -1.0, 1.0) * 0.03
    return np.asarray(_jaw() * np.concatenate([widen, np.full_like(widen, 0.05)], axis=1))


def _mouth_close(_: str) -> Doubles:
    return _lips(topology.LIPS_LOWER) * [0.0, -0.03] + _lips(topology.LIPS_UPPER) * [0.0, 0.015]


def _frown(name: str) -> Doubles:
    corner, out = _side(291, 61, name)
    return _bump(corner, 0.20) * [0.02 * out, 0.13] + _bump(17, 0.22) * [0.0, -0.015]


def _shrug_upper(_: str) -> Doubles:
    return _lips(topology.LIPS_UPPER) * _bump(0, 0.30) * [0.0, -0.06] + _bump(topology.NOSE_BASE, 0.12) * [0.0, -0.02]


def _cheek_puff(_: str) -> Doubles:
    puff = _bump(427, 0.30, stretch_y=1.2) * [0.13, 0.0] + _bump(207, 0.30, stretch_y=1.2) * [-0.13, 0.0]
    lips = _lips(topology.LIPS_UPPER | topology.LIPS_LOWER | set(topology.MOUTH_CORNERS) | {78, 308})
    mean = measured()[1]
    pull = np.clip(mean[:, :1] / 0.4, -1.0, 1.0) * -0.04
    return np.asarray(puff * (1.0 - lips) + lips * np.concatenate([pull, np.zeros_like(pull)], axis=1))


def _cheek_squint(name: str) -> Doubles:
    cheek, out = _side(280, 50, name)
    return _bump(cheek, 0.22) * [0.01 * out, -0.09]


def _nose_sneer(name: str) -> Doubles:
    wing, out = _side(278, 48, name)
    lip, _ = _side(270, 40, name)
    brow, _ = _side(285, 55, name)
    return (
        _bump(wing, 0.12) * [0.02 * out, -0.085] + _bump(lip, 0.13) * [0.0, -0.05] + _bump(brow, 0.14) * [0.0, 0.03]
    )


def _tongue_out(_: str) -> Doubles:
    return _lips(topology.LIPS_LOWER) * _bump(17, 0.3) * [0.0, 0.17] + _jaw() * [0.0, 0.08]


AUTHORED: Final[dict[str, Callable[[str], Doubles]]] = {
    "jawLeft": _jaw_sideways, "jawRight": _jaw_sideways, "jawForward": _jaw_forward, "mouthClose": _mouth_close,
    "mouthFrownLeft": _frown, "mouthFrownRight": _frown, "mouthShrugUpper": _shrug_upper, "cheekPuff": _cheek_puff,
    "cheekSquintLeft": _cheek_squint, "cheekSquintRight": _cheek_squint, "noseSneerLeft": _nose_sneer,
    "noseSneerRight": _nose_sneer, "tongueOut": _tongue_out,
}  # fmt: skip


def _territory(name: str) -> Doubles:
    """Where a measured shape may act, (478, 1): brows above the lower lids, lids around the eyes, the mouth below them.

    The recordings' people nod a little when they raise their brows; that must not move the nose.
    """
    mean = measured()[1]
    y = mean[:, 1:]
    if name.startswith("brow"):
        return smoothstep(y, 0.10, -0.14)
    if name.startswith("eye"):
        return smoothstep(y, 0.55, 0.25)
    return smoothstep(y, -0.02, 0.28)


def _corrective(names: tuple[str, ...], shapes: dict[str, Doubles], meeting: float) -> Doubles:
    if names == ("jawOpen", "mouthClose"):
        return _seal(shapes["jawOpen"], meeting)
    if names == ("jawOpen", "mouthPucker"):  # an open pucker stays a little wider than both together would be
        return -0.25 * shapes["mouthPucker"] * [1.0, 0.0]
    if names == ("mouthPucker", "mouthFunnel"):
        return -0.45 * shapes["mouthFunnel"]
    return -0.3 * shapes[names[1]]  # a smile on an open mouth: the corners do not climb as high again


def _seal(jaw_open: Doubles, share: float) -> Doubles:
    """What brings the lips together on a dropped jaw: each pair of inner landmarks meets so far down between both."""
    correction = np.zeros_like(jaw_open)
    mean = measured()[1]
    upper, lower = list(topology.LIP_UPPER_INNER), list(topology.LIP_LOWER_INNER)
    meeting = (1.0 - share) * jaw_open[upper] + share * jaw_open[lower]
    for lip, inner in ((topology.LIPS_UPPER, upper), (topology.LIPS_LOWER, lower)):
        order = np.argsort(mean[inner, 0])
        pull = (meeting - jaw_open[inner])[order]
        for landmark in lip:
            for axis in range(2):
                x = np.interp(mean[landmark, 0], mean[inner, 0][order], pull[:, axis])
                correction[landmark, axis] = x
    return correction


def landmark_deltas(face: CanvasFace, /) -> npt.NDArray[np.float32]:
    """Displacement of all landmarks at weight 1, for the 52 shapes and then `CORRECTIVES`.

    Returns float32 (52 + C, 478, 2) in canvas pixels. Mouth and jaw are scaled by the person's own mouth width and
    nose-to-chin distance, brows by the gap between brow and eye, all within 0.75..1.35 of the mean face.
    """
    fields, _ = measured()
    shapes = {
        name: AUTHORED[name](name) if name in AUTHORED else fields[name] * TRAVEL.get(name, 1.0) * _territory(name)
        for name in arkit.NAMES
    }
    shapes |= _one_sided(shapes)
    if face.drawn:
        shapes["jawOpen"] = shapes["jawOpen"] * _drawn_jaw()
    points, iod = face.points_px, face.iod_px
    wide = _ratio(face.mouth_width_px / iod, MEAN_MOUTH_WIDTH_IOD)
    tall = _ratio(float(points[topology.CHIN, 1] - points[topology.NOSE_BASE, 1]) / iod, MEAN_NOSE_TO_CHIN_IOD)
    gaps = [points[list(eye.upper), 1].mean() - points[list(eye.brow), 1].mean() for eye in topology.EYES]
    brow = _ratio(float(np.mean(gaps)) / iod, MEAN_BROW_GAP_IOD)
    rows = [shapes[name] * _scale(name, wide, tall, brow) for name in arkit.NAMES]
    scaled = dict(zip(arkit.NAMES, rows, strict=True))
    open_drawing = drawn_mouth.is_open(face)
    if open_drawing:
        scaled |= drawn_mouth.redrawn(face, scaled)
        rows = [scaled[name] for name in arkit.NAMES]
    together = closing.closing(face, scaled["jawOpen"])
    for name, share in (("mouthClose", 1.0), ("mouthPucker", 0.0 if open_drawing else CLOSED_BY_PUCKER)):
        rows[arkit.INDEX[name]] = scaled[name] + share * together
    meeting = DRAWN_MEETING if open_drawing else MEETING
    rows += [_corrective(names, scaled, meeting) for names in CORRECTIVES]
    return np.asarray(np.stack(rows) * iod, np.float32)


def _drawn_jaw() -> Doubles:
    """How far a drawn jaw goes along: drawn mouths open within the face, whose small chin hardly drops: (478, 1)."""
    mean = measured()[1]
    lip, chin = mean[17, 1], mean[topology.CHIN, 1]
    share = DRAWN_LIP - (DRAWN_LIP - DRAWN_CHIN) * smoothstep(mean[:, 1:], lip, chin)
    share[list(topology.JAW)] = DRAWN_CHIN
    return np.asarray(share)


def _one_sided(shapes: dict[str, Doubles]) -> dict[str, Doubles]:
    """Left and right of the measured pairs, each on its own side; both together move as measured.

    People rarely move one side alone, so the regression shared the movement between both. Brows are left as they are:
    their inner ends do move together.
    """
    x = measured()[1][:, :1]
    result: dict[str, Doubles] = {}
    for left in arkit.NAMES:
        right = arkit.mirror_name(left)
        paired = left.endswith("Left") and left not in AUTHORED and left != "mouthLeft"
        if paired and not left.startswith("brow"):
            reach = 0.12 if left.startswith("eye") else 0.30
            share = smoothstep(x, -reach, reach)
            both = shapes[left] + shapes[right]
            result |= {left: both * share, right: both * (1.0 - share)}
    return result


DRAWN_LIP, DRAWN_CHIN = 0.7, 0.4
"""The parts of jawOpen that lips and chin of a face with eyes larger than life make."""
MEETING, DRAWN_MEETING = 0.55, 0.12
"""Where lips meet on a dropped jaw: 0 at the upper lip, 1 at the lower one. A drawn mouth is a line in its place."""
CLOSED_BY_PUCKER: Final = 0.7
"""How much of a portrait's open mouth a kiss closes."""
WIDENING: Final = ("mouthSmile", "mouthStretch", "mouthDimple")


def _ratio(own: float, mean: float) -> float:
    return float(np.clip(own / mean, 0.75, 1.35))


def _scale(name: str, wide: float, tall: float, brow: float) -> tuple[float, float]:
    if name.startswith("brow"):
        return 1.0, brow
    if name.startswith(WIDENING):  # a mouth that is wide already, as in a smile, has less way to go
        return min(wide, 1.0 / wide), min(tall, 1.0 / wide)
    if name.startswith(("mouth", "jaw", "tongue")):
        return wide, tall
    return 1.0, 1.0
