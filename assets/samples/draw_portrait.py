"""Draws the sample portrait, `portrait.png`: every part a few curves in a table and one function.

Run `python -m assets.samples.draw_portrait` after a change; the picture depends on nothing else. The face itself is
symmetric; hair and light are not, which keeps it from looking like a mask.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from assets.samples import PORTRAIT
from assets.samples.brush import (
    Colour, Mask, Points, Sheet, area, blob, both, ellipse, flipped, ramp, soft, stroke,
)  # fmt: skip

BACKDROP: Final[tuple[Colour, Colour, Colour]] = ((255, 244, 232), (225, 226, 246), (255, 255, 255))
SKIN: Final[Colour] = (253, 222, 201)
SKIN_LIGHT: Final[Colour] = (255, 239, 225)
SKIN_SHADE: Final[Colour] = (238, 176, 152)
SKIN_DEEP: Final[Colour] = (206, 128, 112)
SKIN_LINE: Final[Colour] = (164, 92, 80)
BLUSH: Final[Colour] = (247, 148, 138)
HAIR: Final[Colour] = (134, 72, 60)
HAIR_DARK: Final[Colour] = (88, 44, 46)
HAIR_LIGHT: Final[Colour] = (190, 112, 82)
HAIR_SHINE: Final[Colour] = (240, 176, 132)
BROW: Final[Colour] = (96, 50, 46)
LASH: Final[Colour] = (58, 30, 36)
SCLERA: Final[Colour] = (255, 253, 250)
IRIS: Final[tuple[Colour, Colour, Colour]] = ((28, 74, 84), (58, 142, 140), (168, 226, 196))
PUPIL: Final[Colour] = (20, 32, 44)
LIP_UPPER: Final[Colour] = (206, 100, 98)
LIP_LOWER: Final[Colour] = (228, 128, 122)
LIP_SEAM: Final[Colour] = (128, 52, 58)
CLOTH: Final[Colour] = (92, 158, 164)
CLOTH_DARK: Final[Colour] = (58, 112, 124)
CLOTH_LIGHT: Final[Colour] = (138, 196, 196)
SHIRT: Final[Colour] = (252, 248, 242)
WHITE: Final[Colour] = (255, 255, 255)

# Half outlines lie on the right of the picture (x > 0) and are mirrored.
FACE_SIDE: Final[Points] = (
    (0, 186), (86, 200), (148, 256), (172, 340), (174, 420), (166, 490), (148, 552), (112, 606), (62, 643), (0, 657),
)  # fmt: skip
EAR: Final[Points] = ((164, 424), (186, 408), (207, 420), (209, 456), (196, 496), (179, 520), (163, 512))
EAR_INNER: Final[Points] = ((180, 430), (194, 430), (197, 454), (188, 484), (178, 498))
NECK_SIDE: Final[Points] = ((72, 590), (68, 660), (72, 720), (96, 770), (180, 810), (180, 880))
UPPER_LID: Final[Points] = ((38, 439), (50, 420), (77, 404), (102, 409), (121, 432))
LOWER_LID: Final[Points] = ((121, 432), (105, 448), (80, 454), (54, 450), (38, 439))
LASH_TOP: Final[Points] = ((129, 421), (119, 414), (102, 400), (77, 395), (49, 413), (37, 439))
CREASE: Final[Points] = ((50, 398), (77, 384), (104, 388), (124, 404))
IRIS_CENTRE: Final = (79.5, 428.5)
BROW_LINE: Final[Points] = ((31, 379), (62, 369), (100, 364), (139, 379))
UPPER_LIP_TOP: Final[Points] = ((-55, 573), (-32, 567), (-11, 561), (0, 565), (11, 561), (32, 567), (55, 573))
SEAM: Final[Points] = ((55, 573), (34, 578), (13, 578), (0, 581), (-13, 578), (-34, 578), (-55, 573))
LOWER_LIP_BOTTOM: Final[Points] = ((-55, 573), (-32, 594), (0, 602), (32, 594), (55, 573))
FRECKLES: Final = ((78, 486, 1.8), (92, 496, 2.2), (106, 488, 1.7), (64, 497, 1.9), (116, 500, 2.0), (83, 507, 1.6))
JACKET_SIDE: Final[tuple[Points, Points]] = (
    ((110, 746), (180, 776), (262, 808), (330, 852), (368, 930), (384, 1024)),
    ((104, 1024), (92, 960), (104, 880), (118, 800), (110, 746)),
)
HOOD_SIDE: Final[Points] = (
    (86, 762), (104, 738), (150, 728), (196, 756), (214, 800), (180, 838), (138, 862), (104, 892), (88, 850), (94, 800),
)  # fmt: skip
BACK_HAIR_SIDE: Final[Points] = (
    (0, 116), (120, 136), (200, 210), (234, 330), (240, 450), (236, 570), (228, 700), (190, 790),
)  # fmt: skip
SIDE_HAIR: Final[tuple[Points, Points]] = (
    ((120, 150), (196, 206), (236, 310), (250, 430), (259, 560), (256, 680), (228, 764), (172, 806)),
    ((172, 806), (204, 740), (208, 660), (194, 560), (182, 470), (168, 390), (120, 150)),
)
HAIR_TOP: Final[tuple[Points, Points]] = (
    ((-212, 420), (-234, 330), (-214, 226), (-136, 144), (-30, 112), (62, 122)),
    ((62, 122), (142, 148), (212, 226), (232, 330), (212, 420)),
)
FRINGE_LEFT: Final[tuple[Points, ...]] = (
    ((62, 122), (64, 190), (34, 262), (-32, 318)),
    ((-32, 318), (-16, 296), (-6, 280)),
    ((-6, 280), (-40, 316), (-116, 342)),
    ((-116, 342), (-100, 330), (-86, 320)),
    ((-86, 320), (-132, 346), (-164, 388), (-178, 424)),
    ((-178, 424), (-196, 410), (-212, 420)),
)
FRINGE_RIGHT: Final[tuple[Points, ...]] = (
    ((62, 122), (76, 190), (104, 250), (132, 306)),
    ((132, 306), (128, 288), (124, 270)),
    ((124, 270), (150, 322), (164, 376), (178, 424)),
    ((178, 424), (196, 410), (212, 420)),
)
PART_LEFT: Final[tuple[Points, Points]] = (
    ((62, 124), (-30, 118), (-132, 152), (-208, 236), (-228, 330), (-206, 420)),
    ((62, 124), (60, 190), (20, 262), (-60, 310), (-140, 350), (-176, 420)),
)
PART_RIGHT: Final[tuple[Points, Points]] = (
    ((62, 124), (138, 152), (206, 228), (226, 330), (206, 420)),
    ((62, 124), (84, 196), (128, 280), (162, 360), (178, 420)),
)



def symmetric(half: Points) -> Mask:
    """The area between a half outline, given from top to bottom, and its mirror image."""
    return area([*flipped(half)[::-1], *half[1:]]) if half[0][0] == 0 else area(half, flipped(half)[::-1])


def backdrop(sheet: Sheet) -> None:
    """A light gradient with a soft glow behind the head."""
    sheet.paint(ramp((-300, 0), (300, 1024)), BACKDROP[1])
    sheet.paint(soft(ellipse((0, 430), 300, 320), 110), BACKDROP[2], 0.75)


def back_hair(sheet: Sheet) -> None:
    """The hair behind the neck, in shadow."""
    sheet.paint(symmetric(BACK_HAIR_SIDE), HAIR_DARK)


def neck(sheet: Sheet) -> None:
    """Neck with the shadow of the chin."""
    mask = symmetric(NECK_SIDE)
    sheet.paint(mask, SKIN)
    sheet.paint(mask * soft(symmetric([(x, y + 34) for x, y in FACE_SIDE]), 7), SKIN_SHADE, 0.95)
    sheet.paint(mask * soft(both(stroke(((72, 650), (76, 720), (100, 775)), (20, 30, 20))), 12), SKIN_SHADE, 0.6)
    sheet.paint(mask * soft(both(stroke(((14, 800), (52, 782), (100, 778)), (3, 5, 2))), 2), SKIN_DEEP, 0.4)


def clothes(sheet: Sheet) -> None:
    """T-shirt and open hoodie, its hood lying on the shoulders."""
    shirt = area(((-150, 770), (-96, 800), (0, 832), (96, 800), (150, 770)), ((220, 1024), (-220, 1024)))
    sheet.paint(soft(np.roll(shirt, -5, axis=0), 4), SKIN_DEEP, 0.45)
    sheet.paint(shirt, SHIRT)
    sheet.paint(stroke(((-140, 786), (-92, 812), (0, 843), (92, 812), (140, 786)), (3, 3)), (222, 214, 218))
    jacket = both(area(*JACKET_SIDE))
    sheet.paint(shirt * soft(jacket, 9), (176, 170, 192), 0.6)
    sheet.paint(jacket, CLOTH)
    sheet.paint(jacket * ramp((0, 800), (0, 1060)), CLOTH_DARK, 0.6)
    sheet.paint(jacket * soft(both(stroke(((250, 1024), (262, 960), (286, 900)), (16, 12, 1))), 6), CLOTH_DARK, 0.8)
    sheet.paint(jacket * soft(both(stroke(((214, 806), (290, 842), (344, 910)), (4, 22, 4))), 10), CLOTH_LIGHT, 0.7)
    hood = both(blob(HOOD_SIDE))
    sheet.paint(np.maximum(jacket, shirt) * soft(np.roll(hood, 9, axis=0), 7), CLOTH_DARK, 0.75)
    sheet.paint(hood, CLOTH)
    sheet.paint(hood * soft(both(stroke(((120, 744), (170, 760), (196, 800)), (8, 24, 6))), 9), CLOTH_LIGHT, 0.8)
    sheet.paint(hood * soft(both(stroke(((96, 780), (112, 830), (104, 884)), (20, 16, 8))), 7), CLOTH_DARK, 0.9)
    cord = both(stroke(((106, 868), (98, 910), (102, 962)), (6, 6)))
    sheet.paint(soft(np.roll(cord, 4, axis=0), 3), CLOTH_DARK, 0.6)
    sheet.paint(cord, SHIRT)
    sheet.paint(both(ellipse((102, 966), 5, 9)), (255, 206, 110))


def ears(sheet: Sheet) -> None:
    """Both ears."""
    mask = both(blob(EAR))
    sheet.paint(mask, SKIN)
    sheet.paint(mask * soft(both(stroke(EAR_INNER, (3, 12, 12, 4))), 3), SKIN_SHADE, 0.9)


def face(sheet: Sheet) -> Mask:
    """The skin of the face with its soft shading; returns the mask of the face."""
    mask = symmetric(FACE_SIDE)
    sheet.paint(mask, SKIN)
    rim = 1.0 - soft(symmetric([(x * 0.93, 420 + (y - 420) * 0.955) for x, y in FACE_SIDE]), 16)
    sheet.paint(mask * rim, SKIN_SHADE, 0.6)
    sheet.paint(mask * soft(ellipse((0, 330), 90, 60), 34), SKIN_LIGHT, 0.8)
    sheet.paint(mask * soft(both(ellipse((104, 508), 36, 24)), 19), BLUSH, 0.5)
    sheet.paint(mask * soft(ellipse((0, 634), 34, 12), 10), SKIN_LIGHT, 0.7)
    for x, y, radius in FRECKLES:
        sheet.paint(soft(both(ellipse((x, y), radius, radius)), 1), SKIN_DEEP, 0.5)
    sheet.paint(soft(both(stroke(FACE_SIDE[4:], (0, 2, 2.6, 2.6, 2.6))), 0.8), SKIN_LINE, 0.55)
    return mask


def nose(sheet: Sheet) -> None:
    """A small nose: light on the ridge, shade beneath the tip, two soft nostrils."""
    sheet.paint(soft(stroke(((0, 430), (0, 470), (0, 512)), (6, 10, 18)), 6), SKIN_LIGHT, 0.9)
    sheet.paint(soft(both(stroke(((16, 480), (24, 508), (20, 526)), (3, 9, 5))), 6), SKIN_SHADE, 0.55)
    sheet.paint(soft(blob(((-26, 524), (0, 530), (26, 524), (14, 538), (-14, 538))), 4), SKIN_SHADE, 0.9)
    sheet.paint(soft(both(stroke(((6, 531), (13, 526), (20, 528)), (2, 5, 2))), 1), SKIN_DEEP, 0.95)
    sheet.paint(soft(ellipse((-3, 510), 6, 5), 3), WHITE, 0.6)


def mouth(sheet: Sheet) -> None:
    """Closed lips in two tones, a clear seam that turns up at its ends."""
    sheet.paint(soft(ellipse((0, 611), 30, 5), 5), SKIN_SHADE, 0.75)
    upper = area(UPPER_LIP_TOP, SEAM)
    lower = area(SEAM[::-1], LOWER_LIP_BOTTOM[::-1])
    sheet.paint(lower, LIP_LOWER)
    sheet.paint(upper, LIP_UPPER)
    sheet.paint(lower * soft(ellipse((0, 589), 20, 4), 3), (255, 196, 184), 0.85)
    sheet.paint(stroke([(-60, 569), *SEAM[::-1], (60, 569)], (1, 2.5, 3.2, 3.2, 2.5, 1)), LIP_SEAM)
    sheet.paint(soft(both(ellipse((62, 571), 5, 6)), 3), SKIN_DEEP, 0.45)


def eye(sheet: Sheet, side: int) -> None:
    """One eye; `side` +1 lies on the right of the picture."""

    def placed(points: Points) -> Points:
        return points if side > 0 else flipped(points)

    opening = area(placed(UPPER_LID), placed(LOWER_LID))
    centre = (side * IRIS_CENTRE[0], IRIS_CENTRE[1])
    sheet.paint(soft(opening, 9), SKIN_SHADE, 0.5)
    sheet.paint(opening, SCLERA)
    iris = opening * ellipse(centre, 25.5, 26.5)
    sheet.paint(iris, IRIS[0])
    sheet.paint(opening * soft(ellipse(centre, 21.5, 22.5), 1.5), IRIS[1])
    sheet.paint(iris * soft(ellipse((centre[0], centre[1] + 14), 17, 10), 4), IRIS[2], 0.9)
    sheet.paint(opening * ellipse((centre[0], centre[1] - 1), 11.5, 12.5), PUPIL)
    sheet.paint(opening * soft(stroke(placed([(x, y - 2) for x, y in UPPER_LID]), (16, 18, 16)), 4), (70, 60, 90), 0.45)
    sheet.paint(opening * ellipse((centre[0] - 9, centre[1] - 11), 7, 7.5), WHITE)
    sheet.paint(opening * ellipse((centre[0] + 9, centre[1] + 11), 3.4, 3.4), WHITE, 0.9)
    sheet.paint(area(placed(UPPER_LID), placed(LASH_TOP)), LASH)
    sheet.paint(stroke(placed(LOWER_LID), (4.0, 3.2, 2.6, 2.0, 1.0)), LASH, 0.62)
    sheet.paint(soft(stroke(placed(CREASE), (1, 3.5, 3.5, 1)), 0.8), SKIN_DEEP, 0.8)


def brows(sheet: Sheet) -> None:
    """Both eyebrows, thick toward the nose."""
    sheet.paint(both(soft(stroke(BROW_LINE, (3, 11, 13, 13, 10, 2)), 0.8)), BROW)


def strands(sheet: Sheet, mask: Mask, between: tuple[Points, Points], colour: Colour, places: Sequence[float],
            widths: Sequence[float], opacity: float, blur_px: float = 1.0) -> None:
    """Strands of hair that run along, from one guide curve (place 0) to the other (place 1)."""
    first, last = (np.array(guide) for guide in between)
    if len(first) != len(last):
        raise ValueError("both guides need the same number of points")
    lines = np.max([stroke([(x, y) for x, y in first + (last - first) * at], widths) for at in places], axis=0)
    sheet.paint(mask * soft(lines, blur_px), colour, opacity)


def side_hair(sheet: Sheet) -> None:
    """The hair that falls behind the ears to the shoulders."""
    mask = both(area(*SIDE_HAIR))
    sheet.paint(mask, HAIR)
    sheet.paint(mask * soft(both(stroke(((186, 420), (204, 560), (216, 700), (190, 800)), (30, 26, 30, 20))), 9), HAIR_DARK, 0.85)
    sheet.paint(mask * soft(both(stroke(((226, 330), (240, 460), (246, 600), (230, 730)), (0, 16, 18, 2))), 6), HAIR_LIGHT, 0.85)
    for x in (214, 228, 240):
        line = both(stroke(((x - 18, 400), (x - 4, 540), (x + 2, 660), (x - 30, 780)), (0, 2.5, 3, 0)))
        sheet.paint(mask * soft(line, 1), HAIR_DARK, 0.6)


def front_hair(sheet: Sheet, skin: Mask) -> None:
    """The hair on top, parted on one side, and the fringe that leaves the brows free."""
    left = area(HAIR_TOP[0], *FRINGE_LEFT)
    right = area(HAIR_TOP[1], *[edge[::-1] for edge in FRINGE_RIGHT[::-1]])
    mask = np.maximum(left, right)
    sheet.paint(skin * soft(np.roll(mask, 11, axis=0), 6), SKIN_DEEP, 0.5)
    for part, guides in ((right, PART_RIGHT), (left, PART_LEFT)):
        sheet.paint(part, HAIR)
        sheet.paint(part * (1.0 - soft(part, 14)) * 2.0, HAIR_DARK, 0.5)
        strands(sheet, part, guides, HAIR_LIGHT, (0.12, 0.4, 0.7), (0, 10, 34, 20, 0), 0.8, 8)
        strands(sheet, part, guides, HAIR_SHINE, (0.2, 0.27, 0.42, 0.55, 0.62, 0.78), (0, 0, 7, 0, 0), 0.75, 2)
        strands(sheet, part, guides, HAIR_DARK, (0.1, 0.3, 0.48, 0.66, 0.84, 0.92), (0, 2, 3, 3, 0), 0.55)
    sheet.paint(mask * soft(stroke(((62, 118), (64, 150), (68, 200)), (6, 4, 0)), 1.5), HAIR_DARK, 0.9)


def clips(sheet: Sheet) -> None:
    """Two small hair clips."""
    for shift in (0, 22):
        bar = stroke(((150 + shift * 0.3, 268 + shift), (194 + shift * 0.3, 248 + shift)), (10, 10))
        sheet.paint(soft(np.roll(bar, 4, axis=0), 2), HAIR_DARK, 0.6)
        sheet.paint(bar, (255, 206, 110))
        sheet.paint(bar * soft(np.roll(bar, -5, axis=0), 1), WHITE, 0.5)


def draw() -> Sheet:
    """The whole portrait, back to front."""
    sheet = Sheet(BACKDROP[0])
    backdrop(sheet)
    back_hair(sheet)
    neck(sheet)
    side_hair(sheet)
    clothes(sheet)
    ears(sheet)
    skin = face(sheet)
    nose(sheet)
    mouth(sheet)
    for side in (-1, 1):
        eye(sheet, side)
    brows(sheet)
    front_hair(sheet, skin)
    clips(sheet)
    return sheet


if __name__ == "__main__":
    draw().image().save(PORTRAIT, optimize=True)
