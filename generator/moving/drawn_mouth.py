"""How a mouth that a drawing shows open opens wider and grows round: by shape, and not as real jaws do it.

A drawn mouth is a patch with its corners at the top. Real lips, measured, would pull its lower edge into a wedge and
its corners together. Drawings do it otherwise: for "ah" the patch keeps its width and becomes a deep U, for "oh" and a
kiss a round. Each shape is the way from the mouth as it is to that form, so any mixture lies between the forms.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from generator import topology
from generator.moving import closing
from generator.moving.measures import CanvasFace
from generator.tools.curves import smoothstep

Doubles = npt.NDArray[np.float64]

ROUNDNESS: Final = 2.5
"""Exponent of the U: 2 is half an ellipse, more is squarer."""
UPRIGHT: Final = 0.18
"""The sides of a U stand so much farther out, in half widths; more, and a round would fold at its corners."""
WIDER: Final = 0.03
"""Of its width, a mouth that opens all the way gains so much."""
ENDS: Final = 0.96
"""Where a round ends at its corners, which lie on no curve as tight as that, in half widths."""
OH, KISS = (0.64, 1.25), (0.42, 0.85)
"""Width of the round, in widths of the mouth, and its height in widths of its own."""
ROOM: Final = 0.62
"""A lower lip goes down so much of the way to the chin at most."""
DEEPER: Final = 0.2
"""So much of the way of the jaw a round reaches down by itself."""
REACH_IOD: Final = 0.30
"""How far around the mouth the skin goes along with it."""
_CORNERS: Final = {61: -1.0, 76: -1.0, 62: -1.0, 78: -1.0, 291: 1.0, 306: 1.0, 292: 1.0, 308: 1.0}


def is_open(face: CanvasFace, /) -> bool:
    """Whether this is a drawing whose mouth stands open."""
    return face.drawn and closing.OPEN_IOD <= closing.own_gap_iod(face) <= closing.WIDEST_IOD


def redrawn(face: CanvasFace, shapes: dict[str, Doubles], /) -> dict[str, Doubles]:
    """jawOpen, mouthFunnel and mouthPucker anew for such a mouth: displacements (478, 2) in inter-iris distances.

    shapes: the measured ones, which go on holding for the rest of the face; of jawOpen also how far lips travel.
    """
    mouth = _Mouth(face)
    chin = mouth.points[topology.CHIN, 1] + shapes["jawOpen"][topology.CHIN, 1]
    drop = min(float(shapes["jawOpen"][14, 1]), ROOM * float(chin - mouth.lower.max()))
    lowest = float(mouth.lower.max()) + DEEPER * drop  # a jaw that drops as well takes it farther down
    forms = {"jawOpen": mouth.opened(drop)}
    forms |= {name: mouth.round(*form, lowest) for name, form in (("mouthFunnel", OH), ("mouthPucker", KISS))}
    return {name: mouth.with_skin(form, shapes[name]) for name, form in forms.items()}


class _Mouth:
    """A mouth in inter-iris distances; -1..1 runs from corner to corner."""

    def __init__(self, face: CanvasFace) -> None:
        self.points = face.points_px.astype(np.float64) / face.iod_px
        corners = self.points[list(topology.MOUTH_CORNERS)]
        self.middle, self.half = float(corners[:, 0].mean()), max(float(np.ptp(corners[:, 0])) / 2.0, 1e-3)
        self.across = np.clip((self.points[:, 0] - self.middle) / self.half, -1.0, 1.0)
        self.across[list(_CORNERS)] = list(_CORNERS.values())
        self.corner_y = float(corners[:, 1].mean())
        self.upper, self.lower = (self._edge(line) for line in (topology.LIP_UPPER_INNER, topology.LIP_LOWER_INNER))
        self.lips = sorted(topology.LIPS_UPPER | topology.LIPS_LOWER | set(_CORNERS))

    def _edge(self, line: tuple[int, ...]) -> Doubles:
        """The height of an inner edge at each landmark."""
        at = self.points[list(line)]
        order = np.argsort(at[:, 0])
        return np.asarray(np.interp(self.middle + self.across * self.half, at[order, 0], at[order, 1]))

    def _towards(self, half: float, top: Doubles, bottom: Doubles, corner_y: float, ends: float = 1.0) -> Doubles:
        """Lips moved so that the inner edges come to lie at `top` and `bottom` and the corners at `ends` of `half`."""
        moves = np.zeros_like(self.points)
        moves[:, 0] = self.across * (half - self.half)
        for lip, now, then in ((topology.LIPS_UPPER, self.upper, top), (topology.LIPS_LOWER, self.lower, bottom)):
            own = sorted(lip)
            moves[own, 1] = (then - now)[own]
        moves[list(_CORNERS)] = np.stack([np.array(list(_CORNERS.values())) * (ends * half - self.half),
                                          np.full(len(_CORNERS), corner_y - self.corner_y)], axis=1)  # fmt: skip
        return moves

    def opened(self, drop: float, /) -> Doubles:
        """A U below the corners: the lower edge goes down by `drop` in the middle."""
        deepest = float(self.lower.max()) + drop
        fall = np.cos(0.5 * np.pi * self.across) ** (2.0 / ROUNDNESS)
        bottom = np.maximum(self.corner_y + (deepest - self.corner_y) * fall, self.lower)
        beside = self.upper[[topology.LIP_UPPER_INNER[1], topology.LIP_UPPER_INNER[-2]]].mean()
        moves = self._towards((1.0 + WIDER) * self.half, self.upper, bottom, min(float(beside), self.corner_y))
        lower = sorted(topology.LIPS_LOWER)
        moves[lower, 0] += self.half * UPRIGHT * np.sin(np.pi * self.across)[lower]
        return moves

    def round(self, width: float, height: float, lowest: float, /) -> Doubles:
        """A round of so many mouth widths, that begins where the upper edge is or, if it is small, in the middle."""
        half, top = width * self.half, float(self.upper.min())
        radius = min(height * half, (lowest - top) / 2.0)
        middle = max(top + radius, (top + float(self.lower.max())) / 2.0)
        arc = radius * np.sqrt(1.0 - self.across**2)
        return self._towards(half, middle - arc, middle + arc, middle, ENDS)

    def with_skin(self, form: Doubles, measured: Doubles, /) -> Doubles:
        """The lips of `form`, the rest of the face as measured, and between them the skin that goes along."""
        around = np.setdiff1d(np.arange(len(self.points)), self.lips)
        away = np.linalg.norm(self.points[around, None] - self.points[None, self.lips], axis=-1)
        weight = np.exp(-0.5 * (away / 0.08) ** 2) + 1e-12
        near = weight @ form[self.lips] / weight.sum(axis=1, keepdims=True)
        share = 1.0 - smoothstep(away.min(axis=1), 0.0, REACH_IOD)[:, None]
        share[self.points[around, 1] < self.points[topology.NOSE_BASE, 1]] = 0.0
        to_jaw = np.linalg.norm(self.points[around, None] - self.points[None, list(topology.JAW)], axis=-1).min(axis=1)
        between = to_jaw / np.maximum(to_jaw + away.min(axis=1), 1e-6)  # the outline of the chin stays a smooth line
        share *= smoothstep(between, 0.1, 0.8)[:, None]
        result = measured.copy()
        result[around] += share * (near - measured[around])
        result[self.lips] = form[self.lips]
        return result
