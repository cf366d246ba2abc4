"""The colours of the sample portrait, red green blue 0..255."""

from typing import Final

from assets.samples.brush import Colour

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
LIP_UPPER: Final[Colour] = (212, 110, 106)
LIP_LOWER: Final[Colour] = (232, 138, 130)
LIP_SEAM: Final[Colour] = (128, 52, 58)
CLOTH: Final[Colour] = (92, 158, 164)
CLOTH_DARK: Final[Colour] = (58, 112, 124)
CLOTH_LIGHT: Final[Colour] = (138, 196, 196)
SHIRT: Final[Colour] = (252, 248, 242)
WHITE: Final[Colour] = (255, 255, 255)
GOLD: Final[Colour] = (255, 206, 110)
