"""What a portrait doesn't show, and what its avatar therefore can't do: facts, and the same in words.

Only what was looked at is told; nothing here changes the avatar.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.align import Alignment
from generator.hair import brows_over
from generator.matting import spectacles, sunglasses
from generator.matting.mattes import Matte, Mattes
from generator.moving.measures import CanvasFace
from generator.tools import colours
from generator.tools.repaint import Picture, polygon

OPEN_IOD: Final = 0.06
"""Lip gap from which a mouth counts as open at rest."""
TEETH_SHARE: Final = 0.18
"""Part of an open mouth that is light and almost without colour, from which teeth count as seen."""
_TOOTH_LIGHT, _TOOTH_COLOUR, _TOOTH_PALE = 0.72, 22.0, 0.75
"""Of teeth: least lightness against the cheeks', greatest colour (Lab chroma), and the same against the cheeks'."""
COVERED: Final = 0.5
"""Part of a brow under hair from which it counts as covered."""
CUT_SHARE: Final = 0.08
"""Part of a picture's edge that hair or head must touch to count as cut there."""
GUESSED, GUESSED_MUCH = 0.02, 0.30
"""Part of the head above the brows that lies above the picture, from which its top counts as cut, and is worth a
warning. In a face's height above the brows, that is a third of the hair."""
_BETTER: Final = "a picture with room above the hair gives a better avatar"


@dataclass(frozen=True, slots=True)
class Findings:
    """What was seen. ears: sides with a layer of their own. cut_at: edges of the picture that cut head or hair off.

    forehead_cut: the picture ends within the forehead. guessed: the part of the head above the brows that it doesn't
    show, 0..1. eyes_hidden: by dark glasses.
    """

    ears: tuple[str, ...]
    mouth_gap_iod: float
    teeth_seen: bool
    brows_covered: tuple[str, ...]
    cut_at: tuple[str, ...]
    glasses: bool
    glasses_layer: bool
    forehead_cut: bool = False
    guessed: float = 0.0
    eyes_hidden: bool = False

    def facts(self) -> dict[str, Any]:
        """For the manifest: values, and `limits` in words."""
        return {
            "ears_seen": list(self.ears),
            "mouth_gap_iod": round(self.mouth_gap_iod, 4),
            "teeth_seen": self.teeth_seen,
            "brows_covered": list(self.brows_covered),
            "cut_at": list(self.cut_at),
            "forehead_cut": self.forehead_cut,
            "guessed_above": round(self.guessed, 3),
            "eyes_hidden": self.eyes_hidden,
            "glasses_suspected": self.glasses,
            "limits": list(self.words()),
        }

    def warnings(self) -> tuple[str, ...]:
        """One line for each thing that another picture would do better."""
        told = []
        if self.guessed >= GUESSED_MUCH:
            where = "ends at the forehead" if self.forehead_cut else "cuts off the top of the head"
            told.append(f"the picture {where}: what is above is guessed; {_BETTER}")
        if self.eyes_hidden:
            told.append("the eyes are hidden by dark glasses: a picture without them gives a better avatar")
        return tuple(told)

    def words(self) -> tuple[str, ...]:
        """One line for each thing that this avatar can't do or show."""
        told = []
        hidden = [side for side in ("left", "right") if side not in self.ears]
        if len(hidden) == 2:
            told.append("no ear is seen in the portrait: none shows when the head turns")
        elif hidden:
            told.append(f"the {hidden[0]} ear isn't seen in the portrait: none shows when the head turns")
        if self.mouth_gap_iod > OPEN_IOD:
            told.append("the mouth is open at rest: how it closes is guessed; live, it is closed while yours is")
        if not self.teeth_seen:
            told.append("the portrait shows no teeth: those of the avatar are painted")
        told += [f"the {side} brow lies under hair: its own shape isn't seen" for side in self.brows_covered]
        if self.cut_at:
            edges = " and ".join(self.cut_at)
            rest = tuple(edge for edge in self.cut_at if edge != "top")
            shown = "a turn of the head shows the cut" if rest else "what is beyond is guessed"
            told.append(f"head or hair is cut off at the {edges} of the picture: {shown}")
        if self.eyes_hidden:
            told.append("the eyes are hidden by dark glasses: no blink and no gaze is seen")
        if self.glasses and not self.glasses_layer:
            told.append("the person seems to wear glasses: they are part of the skin and move with it")
        return tuple(told)


def find(
    picture: Picture,
    mattes: Mattes,
    face: CanvasFace,
    layers: Collection[str],
    alignment: Alignment,
    picture_px: tuple[int, int],
    /,
) -> Findings:
    """Look at the aligned portrait. layers: the names of the avatar's. picture_px: (width, height) of the portrait."""
    points = face.points_px
    gap = float(np.linalg.norm(points[13] - points[14])) / face.iod_px
    shown_over = brows_over.find(picture, mattes.hair, face).sides
    edges = cut_at(np.maximum(mattes.subject * (1.0 - mattes.torso), mattes.hair), alignment, picture_px)
    if mattes.guessed >= GUESSED and "top" not in edges:  # the canvas is higher than the picture
        edges = ("top", *edges)
    return Findings(
        ears=tuple(side for side in ("left", "right") if any(name.startswith(f"ear_{side}") for name in layers)),
        mouth_gap_iod=gap,
        teeth_seen=gap > OPEN_IOD / 2 and teeth_share(picture, face) >= TEETH_SHARE,
        brows_covered=tuple(
            eye.side.lower()
            for eye in topology.EYES
            if eye.side not in shown_over and _inside(mattes.hair, face.curve(eye.brow)) > COVERED
        ),
        cut_at=edges,
        glasses=spectacles.bridge_contrast(picture, face) >= spectacles.GLASSES_LAB,
        glasses_layer=any("glasses" in name for name in layers),
        forehead_cut=mattes.forehead_cut,
        guessed=mattes.guessed,
        eyes_hidden=sunglasses.hide_eyes(picture, face),
    )


def teeth_share(picture: Picture, face: CanvasFace, /) -> float:
    """Part of the inside of the mouth that looks like teeth, 0..1."""
    inner = np.concatenate([face.curve(topology.LIP_UPPER_INNER), face.curve(topology.LIP_LOWER_INNER)[-2:0:-1]])
    mask = polygon(inner, picture.shape[:2])
    if mask.sum() < 20:
        return 0.0
    lab = colours.lab(picture)
    cheeks = np.clip(face.points_px[[50, 280]].astype(int), 0, np.array(picture.shape[1::-1]) - 1)
    skin, inside = lab[cheeks[:, 1], cheeks[:, 0]], lab[mask]
    most = min(_TOOTH_COLOUR, _TOOTH_PALE * float(np.hypot(skin[:, 1], skin[:, 2]).mean()))
    teeth = (inside[:, 0] > _TOOTH_LIGHT * skin[:, 0].mean()) & (np.hypot(inside[:, 1], inside[:, 2]) < most)
    return float(teeth.mean())


def cut_at(mask: Matte, alignment: Alignment, picture_px: tuple[int, int], /) -> tuple[str, ...]:
    """Edges of the picture ("top", "left side" and "right side" as the viewer sees them) that the mask runs into."""
    height, width = mask.shape
    back = alignment.picture_from_canvas
    edges = {
        "top": ((width / 2, 0.0), mask[2], 1, 0.0),
        "left side": ((0.0, height / 2), mask[:, 2], 0, 0.0),
        "right side": ((width, height / 2), mask[:, -3], 0, float(picture_px[0])),
    }
    found = []
    for name, (place, line, axis, limit) in edges.items():
        at = back @ np.array([*place, 1.0])
        if abs(at[axis] - limit) <= 0.02 * max(picture_px) and float((line > 0.5).mean()) >= CUT_SHARE:
            found.append(name)
    return tuple(found)


def _inside(mask: Matte, outline: npt.NDArray[np.float32]) -> float:
    hull = cv2.convexHull(outline.astype(np.float32))[:, 0]
    region = polygon(hull, (mask.shape[0], mask.shape[1]))
    return float(mask[region].mean()) if region.any() else 0.0
