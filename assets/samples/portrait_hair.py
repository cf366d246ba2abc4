"""Hair and clothes of the sample portrait: their curves in tables, one function a part."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from assets.samples import palette as ink
from assets.samples.brush import Colour, Mask, Points, Sheet, area, blob, both, ellipse, ramp, soft, stroke, symmetric

# Half outlines lie on the right of the picture (x > 0) and are mirrored.
BACK_HAIR_SIDE: Final[Points] = (
    (0, 140), (120, 160), (196, 220), (234, 330), (240, 450), (240, 550), (236, 640), (206, 704), (150, 748),
)  # fmt: skip
SIDE_HAIR: Final[tuple[Points, Points]] = (
    ((120, 150), (196, 206), (236, 310), (250, 430), (260, 540), (257, 634), (226, 706), (164, 742)),
    ((164, 742), (196, 690), (202, 620), (193, 540), (182, 470), (168, 390), (120, 150)),
)
HAIR_TOP: Final[tuple[Points, Points]] = (
    ((-208, 420), (-227, 330), (-209, 226), (-136, 144), (-30, 112), (62, 118)),
    ((62, 118), (142, 146), (209, 226), (227, 330), (208, 420)),
)
FRINGE_LEFT: Final[tuple[Points, ...]] = (
    ((62, 122), (64, 150), (67, 182)),
    ((67, 182), (56, 220), (30, 268), (-32, 318)),
    ((-32, 318), (-14, 300), (0, 276)),
    ((0, 276), (-44, 318), (-118, 341)),
    ((-118, 341), (-102, 334), (-84, 321)),
    ((-84, 321), (-132, 345), (-164, 388), (-178, 424)),
    ((-178, 424), (-196, 410), (-208, 420)),
)
FRINGE_RIGHT: Final[tuple[Points, ...]] = (
    ((62, 122), (64, 150), (67, 182)),
    ((67, 182), (78, 206), (104, 250), (136, 306)),
    ((136, 306), (131, 286), (122, 266)),
    ((122, 266), (150, 322), (164, 376), (178, 424)),
    ((178, 424), (196, 410), (208, 420)),
)
PART_LEFT: Final[tuple[Points, Points]] = (
    ((62, 124), (-30, 118), (-132, 152), (-208, 236), (-228, 330), (-206, 420)),
    ((62, 124), (60, 190), (20, 262), (-60, 310), (-140, 350), (-176, 420)),
)
PART_RIGHT: Final[tuple[Points, Points]] = (
    ((62, 124), (138, 152), (206, 228), (226, 330), (206, 420)),
    ((62, 124), (84, 196), (128, 280), (162, 360), (178, 420)),
)
JACKET_SIDE: Final[tuple[Points, Points]] = (
    ((110, 746), (180, 776), (262, 808), (330, 852), (368, 930), (384, 1024)),
    ((104, 1024), (92, 960), (104, 880), (118, 800), (110, 746)),
)
HOOD_SIDE: Final[Points] = (
    (86, 762), (104, 738), (150, 728), (196, 756), (214, 800), (180, 838), (138, 862), (104, 892), (88, 850), (94, 800),
)  # fmt: skip


def back_hair(sheet: Sheet) -> None:
    """The hair behind the neck, in shadow."""
    sheet.paint(symmetric(BACK_HAIR_SIDE), ink.HAIR_DARK)


def side_hair(sheet: Sheet) -> None:
    """The hair that falls behind the ears to the shoulders."""
    mask = both(area(*SIDE_HAIR))
    sheet.paint(mask, ink.HAIR)
    shade = both(stroke(((186, 420), (204, 540), (212, 640), (176, 736)), (30, 26, 28, 18)))
    sheet.paint(mask * soft(shade, 9), ink.HAIR_DARK, 0.85)
    light = both(stroke(((226, 330), (240, 450), (246, 570), (228, 676)), (0, 16, 18, 2)))
    sheet.paint(mask * soft(light, 6), ink.HAIR_LIGHT, 0.85)
    for x in (214, 228, 240):
        line = both(stroke(((x - 18, 400), (x - 4, 520), (x + 2, 620), (x - 38, 722)), (0, 2.5, 3, 0)))
        sheet.paint(mask * soft(line, 1), ink.HAIR_DARK, 0.6)


def strands(sheet: Sheet, mask: Mask, between: tuple[Points, Points], colour: Colour, places: Sequence[float],
            widths: Sequence[float], opacity: float, blur_px: float = 1.0) -> None:
    """Strands of hair that run along, from one guide curve (place 0) to the other (place 1)."""
    first, last = (np.array(guide) for guide in between)
    if len(first) != len(last):
        raise ValueError("both guides need the same number of points")
    lines = np.max([stroke([(x, y) for x, y in first + (last - first) * at], widths) for at in places], axis=0)
    sheet.paint(mask * soft(lines, blur_px), colour, opacity)


def front_hair(sheet: Sheet, skin: Mask) -> None:
    """The hair on top, parted on one side, and the fringe that leaves the brows free."""
    left = area(HAIR_TOP[0], *FRINGE_LEFT)
    right = area(HAIR_TOP[1], *[edge[::-1] for edge in FRINGE_RIGHT[::-1]])
    mask = np.maximum(left, right)
    sheet.paint(skin * soft(np.roll(mask, 11, axis=0), 6), ink.SKIN_DEEP, 0.5)
    for part, guides in ((right, PART_RIGHT), (left, PART_LEFT)):
        sheet.paint(part, ink.HAIR)
        sheet.paint(part * (1.0 - soft(part, 14)), ink.HAIR_DARK)
        strands(sheet, part, guides, ink.HAIR_LIGHT, (0.12, 0.4, 0.7), (0, 10, 34, 20, 0), 0.8, 8)
        strands(sheet, part, guides, ink.HAIR_SHINE, (0.2, 0.27, 0.42, 0.55, 0.62, 0.78), (0, 0, 7, 0, 0), 0.75, 2)
        strands(sheet, part, guides, ink.HAIR_DARK, (0.1, 0.3, 0.48, 0.66, 0.84, 0.92), (0, 2, 3, 3, 0), 0.55)
    sheet.paint(mask * soft(stroke(((62, 118), (64, 150), (68, 200)), (6, 4, 0)), 1.5), ink.HAIR_DARK, 0.9)


def clips(sheet: Sheet) -> None:
    """Two small hair clips."""
    for shift in (0, 22):
        bar = stroke(((150 + shift * 0.3, 268 + shift), (194 + shift * 0.3, 248 + shift)), (10, 10))
        sheet.paint(soft(np.roll(bar, 4, axis=0), 2), ink.HAIR_DARK, 0.6)
        sheet.paint(bar, ink.GOLD)
        sheet.paint(bar * soft(np.roll(bar, -5, axis=0), 1), ink.WHITE, 0.5)


def hood_back(sheet: Sheet) -> None:
    """The hood behind the neck."""
    mask = area(((-150, 770), (-70, 712), (0, 704), (70, 712), (150, 770)), ((150, 860), (-150, 860)))
    sheet.paint(mask, ink.CLOTH_DARK)
    rim = stroke(((-120, 742), (-60, 718), (0, 711), (60, 718), (120, 742)), (12, 12))
    sheet.paint(mask * soft(rim, 5), ink.CLOTH, 0.8)


def clothes(sheet: Sheet) -> None:
    """T-shirt and open hoodie, its hood lying on the shoulders."""
    shirt = area(((-150, 770), (-96, 800), (0, 832), (96, 800), (150, 770)), ((220, 1024), (-220, 1024)))
    sheet.paint(soft(np.roll(shirt, -5, axis=0), 4), ink.SKIN_DEEP, 0.45)
    sheet.paint(shirt, ink.SHIRT)
    sheet.paint(stroke(((-140, 786), (-92, 812), (0, 843), (92, 812), (140, 786)), (3, 3)), (222, 214, 218))
    jacket = both(area(*JACKET_SIDE))
    sheet.paint(shirt * soft(jacket, 9), (176, 170, 192), 0.6)
    sheet.paint(jacket, ink.CLOTH)
    sheet.paint(jacket * ramp((0, 800), (0, 1060)), ink.CLOTH_DARK, 0.6)
    sheet.paint(jacket * soft(both(stroke(((250, 1024), (262, 960), (286, 900)), (16, 12, 1))), 6), ink.CLOTH_DARK, 0.8)
    sheet.paint(jacket * soft(both(stroke(((214, 806), (290, 842), (344, 910)), (4, 22, 4))), 10), ink.CLOTH_LIGHT, 0.7)
    hood = both(blob(HOOD_SIDE))
    sheet.paint(np.maximum(jacket, shirt) * soft(np.roll(hood, 9, axis=0), 7), ink.CLOTH_DARK, 0.75)
    sheet.paint(hood, ink.CLOTH)
    sheet.paint(hood * soft(both(stroke(((120, 744), (170, 760), (196, 800)), (8, 24, 6))), 9), ink.CLOTH_LIGHT, 0.8)
    sheet.paint(hood * soft(both(stroke(((96, 780), (112, 830), (104, 884)), (20, 16, 8))), 7), ink.CLOTH_DARK, 0.9)
    cord = both(stroke(((106, 868), (98, 910), (102, 962)), (6, 6)))
    sheet.paint(soft(np.roll(cord, 4, axis=0), 3), ink.CLOTH_DARK, 0.6)
    sheet.paint(cord, ink.SHIRT)
    sheet.paint(both(ellipse((102, 966), 5, 9)), ink.GOLD)
