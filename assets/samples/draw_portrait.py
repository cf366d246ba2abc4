"""Draws the sample portrait, `portrait.png`: every part a few curves in a table and one function.

Run `python -m assets.samples.draw_portrait` after a change; the picture depends on nothing else. The face itself is
symmetric; hair and light are not, which keeps it from looking like a mask.
"""

from typing import Final

from assets.samples import PORTRAIT
from assets.samples import palette as ink
from assets.samples.brush import Mask, Points, Sheet, area, blob, both, ellipse, flipped, ramp, soft, stroke, symmetric
from assets.samples.portrait_hair import back_hair, clips, clothes, front_hair, hood_back, side_hair

# Half outlines lie on the right of the picture (x > 0) and are mirrored.
FACE_SIDE: Final[Points] = (
    (0, 186), (86, 200), (148, 256), (172, 340), (174, 420), (167, 486), (148, 546), (112, 598), (60, 634), (0, 646),
)  # fmt: skip
EAR: Final[Points] = ((164, 428), (182, 412), (200, 420), (204, 452), (194, 486), (184, 508), (172, 512), (160, 500))
EAR_INNER: Final[Points] = ((178, 434), (190, 432), (192, 454), (184, 480), (174, 494))
NECK_SIDE: Final[Points] = ((72, 590), (68, 660), (72, 720), (96, 770), (180, 810), (180, 880))
UPPER_LID: Final[Points] = ((38, 437), (50, 420), (77, 405), (101, 410), (118, 429))
LOWER_LID: Final[Points] = ((118, 429), (104, 442), (80, 447), (55, 444), (38, 437))
LASH_TOP: Final[Points] = ((125, 419), (116, 412), (100, 399), (77, 395), (49, 411), (37, 437))
CREASE: Final[Points] = ((50, 399), (77, 386), (103, 390), (122, 405))
IRIS_CENTRE: Final = (79.0, 425.0)
BROW_LINE: Final[Points] = ((32, 379), (64, 369), (100, 367), (138, 384))
UPPER_LIP_TOP: Final[Points] = ((-56, 564), (-32, 559), (-11, 554), (0, 557), (11, 554), (32, 559), (56, 564))
SEAM: Final[Points] = ((56, 564), (34, 570), (13, 571), (0, 573), (-13, 571), (-34, 570), (-56, 564))
LOWER_LIP_BOTTOM: Final[Points] = ((-56, 564), (-32, 586), (0, 594), (32, 586), (56, 564))
FRECKLES: Final = ((78, 482, 1.8), (92, 491, 2.2), (106, 484, 1.7), (64, 492, 1.9), (116, 494, 2.0), (83, 501, 1.6))


def backdrop(sheet: Sheet) -> None:
    """A light gradient with a soft glow behind the head."""
    sheet.paint(ramp((-300, 0), (300, 1024)), ink.BACKDROP[1])
    sheet.paint(soft(ellipse((0, 430), 300, 320), 110), ink.BACKDROP[2], 0.75)


def neck(sheet: Sheet) -> None:
    """Neck with the shadow of the chin."""
    mask = symmetric(NECK_SIDE)
    sheet.paint(mask, ink.SKIN)
    sheet.paint(mask * soft(symmetric([(x, y + 34) for x, y in FACE_SIDE]), 7), ink.SKIN_SHADE, 0.95)
    sheet.paint(mask * soft(both(stroke(((72, 650), (76, 720), (100, 775)), (20, 30, 20))), 12), ink.SKIN_SHADE, 0.6)
    sheet.paint(mask * soft(both(stroke(((14, 800), (52, 782), (100, 778)), (3, 5, 2))), 2), ink.SKIN_DEEP, 0.4)


def ears(sheet: Sheet) -> None:
    """Both ears."""
    mask = both(blob(EAR))
    sheet.paint(mask, ink.SKIN)
    sheet.paint(mask * soft(both(stroke(EAR_INNER, (3, 11, 11, 4))), 2.5), ink.SKIN_SHADE, 0.95)


def face(sheet: Sheet) -> Mask:
    """The skin of the face with its soft shading; returns the mask of the face."""
    mask = symmetric(FACE_SIDE)
    sheet.paint(mask, ink.SKIN)
    rim = 1.0 - soft(symmetric([(x * 0.93, 420 + (y - 420) * 0.955) for x, y in FACE_SIDE]), 16)
    sheet.paint(mask * rim, ink.SKIN_SHADE, 0.6)
    sheet.paint(mask * soft(ellipse((0, 330), 90, 60), 34), ink.SKIN_LIGHT, 0.8)
    sheet.paint(mask * soft(both(ellipse((104, 508), 36, 24)), 19), ink.BLUSH, 0.5)
    sheet.paint(mask * soft(ellipse((0, 624), 34, 12), 10), ink.SKIN_LIGHT, 0.7)
    for x, y, radius in FRECKLES:
        sheet.paint(soft(both(ellipse((x, y), radius, radius)), 1), ink.SKIN_DEEP, 0.5)
    sheet.paint(soft(both(stroke(FACE_SIDE[4:], (0, 2, 2.6, 2.6, 2.6))), 0.8), ink.SKIN_LINE, 0.55)
    return mask


def nose(sheet: Sheet) -> None:
    """A small nose: light on the ridge, shade beneath the tip, two soft nostrils."""
    sheet.paint(soft(stroke(((0, 426), (0, 466), (0, 506)), (6, 10, 18)), 6), ink.SKIN_LIGHT, 0.9)
    sheet.paint(soft(both(stroke(((16, 476), (24, 502), (20, 519)), (3, 9, 5))), 6), ink.SKIN_SHADE, 0.55)
    sheet.paint(soft(blob(((-26, 517), (0, 523), (26, 517), (14, 531), (-14, 531))), 4), ink.SKIN_SHADE, 0.9)
    sheet.paint(soft(both(stroke(((6, 524), (13, 519), (20, 521)), (2, 5, 2))), 1), ink.SKIN_DEEP, 0.95)
    sheet.paint(soft(ellipse((-3, 504), 6, 5), 3), ink.WHITE, 0.6)


def mouth(sheet: Sheet) -> None:
    """Closed lips in two tones, a clear seam that turns up at its ends."""
    sheet.paint(soft(ellipse((0, 603), 30, 5), 5), ink.SKIN_SHADE, 0.75)
    upper = area(UPPER_LIP_TOP, SEAM)
    lower = area(SEAM[::-1], LOWER_LIP_BOTTOM[::-1])
    sheet.paint(lower, ink.LIP_LOWER)
    sheet.paint(upper, ink.LIP_UPPER)
    sheet.paint(lower * soft(ellipse((0, 581), 20, 4), 3), (255, 196, 184), 0.85)
    sheet.paint(stroke([(-60, 559), *SEAM[::-1], (60, 559)], (1, 2.5, 3.2, 3.2, 2.5, 1)), ink.LIP_SEAM)
    sheet.paint(soft(both(ellipse((63, 561), 5, 6)), 3), ink.SKIN_DEEP, 0.45)


def eye(sheet: Sheet, side: int) -> None:
    """One eye; `side` +1 lies on the right of the picture."""

    def placed(points: Points) -> Points:
        return points if side > 0 else flipped(points)

    opening = area(placed(UPPER_LID), placed(LOWER_LID))
    centre = (side * IRIS_CENTRE[0], IRIS_CENTRE[1])
    sheet.paint(soft(opening, 9), ink.SKIN_SHADE, 0.5)
    sheet.paint(opening, ink.SCLERA)
    iris = opening * ellipse(centre, 22.5, 23)
    sheet.paint(iris, ink.IRIS[0])
    sheet.paint(opening * soft(ellipse(centre, 18.8, 19.3), 1.5), ink.IRIS[1])
    sheet.paint(iris * soft(ellipse((centre[0], centre[1] + 11.5), 14, 9), 4), ink.IRIS[2], 0.9)
    sheet.paint(opening * ellipse((centre[0], centre[1] - 1), 10, 10.5), ink.PUPIL)
    sheet.paint(opening * soft(stroke(placed([(x, y - 2) for x, y in UPPER_LID]), (16, 18, 16)), 4), (70, 60, 90), 0.45)
    sheet.paint(opening * ellipse((centre[0] - 8, centre[1] - 9), 6.2, 6.6), ink.WHITE)
    sheet.paint(opening * ellipse((centre[0] + 8, centre[1] + 9), 3, 3), ink.WHITE, 0.9)
    sheet.paint(area(placed(UPPER_LID), placed(LASH_TOP)), ink.LASH)
    sheet.paint(stroke(placed(LOWER_LID), (3.6, 3.0, 2.6, 2.0, 1.0)), ink.SKIN_LINE, 0.95)
    sheet.paint(soft(stroke(placed(CREASE), (1, 3, 3, 1)), 0.8), ink.SKIN_DEEP, 0.65)


def brows(sheet: Sheet) -> None:
    """Both eyebrows, thick toward the nose."""
    sheet.paint(both(soft(stroke(BROW_LINE, (5, 11, 12.5, 12, 9, 2)), 0.8)), ink.BROW)


def draw() -> Sheet:
    """The whole portrait, back to front."""
    sheet = Sheet(ink.BACKDROP[0])
    backdrop(sheet)
    back_hair(sheet)
    hood_back(sheet)
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
