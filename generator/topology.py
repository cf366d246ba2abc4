"""Which of MediaPipe's 478 landmarks lies where. Curves run from the picture's left to its right.

Indices as published with MediaPipe's canonical face mesh. "Right" and "left" are the subject's own: the right eye is
the one on the left side of the picture.
"""

from dataclasses import dataclass
from typing import Final

COUNT: Final = 478

OVAL: Final = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
"""The face outline, closed, clockwise in the picture from the top of the forehead."""

JAW: Final = (234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454)
"""The lower half of the outline, from the right ear to the left."""

FOREHEAD, CHIN, NOSE_TIP, NOSE_BASE, NOSE_BRIDGE = 10, 152, 1, 2, 168
CHEEK_RIGHT, CHEEK_LEFT = 234, 454


@dataclass(frozen=True, slots=True)
class Eye:
    """One eye: lid curves from the picture's left corner to its right one, iris ring (centre first), and brow."""

    side: str
    upper: tuple[int, ...]
    lower: tuple[int, ...]
    iris: tuple[int, ...]
    brow: tuple[int, ...]
    brow_lower_edge: tuple[int, ...]


EYES: Final = (
    Eye(
        "Right",
        (33, 246, 161, 160, 159, 158, 157, 173, 133),
        (33, 7, 163, 144, 145, 153, 154, 155, 133),
        (468, 469, 470, 471, 472),
        (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
        (46, 53, 52, 65, 55),
    ),
    Eye(
        "Left",
        (362, 398, 384, 385, 386, 387, 388, 466, 263),
        (362, 382, 381, 380, 374, 373, 390, 249, 263),
        (473, 474, 475, 476, 477),
        (336, 296, 334, 293, 300, 276, 283, 282, 295, 285),
        (285, 295, 282, 283, 276),
    ),
)

LIP_UPPER_OUTER: Final = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
LIP_UPPER_INNER: Final = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LIP_LOWER_INNER: Final = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
LIP_LOWER_OUTER: Final = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
MOUTH_CORNERS: Final = (61, 291)

LIPS_UPPER: Final = frozenset(
    (185, 40, 39, 37, 0, 267, 269, 270, 409, 191, 80, 81, 82, 13, 312, 311, 310, 415,
     184, 74, 73, 72, 11, 302, 303, 304, 408, 183, 42, 41, 38, 12, 268, 271, 272, 407)
)  # fmt: skip
"""Every landmark on the upper lip (outer edge, two rows between, inner edge) without the corners."""
LIPS_LOWER: Final = frozenset(
    (146, 91, 181, 84, 17, 314, 405, 321, 375, 95, 88, 178, 87, 14, 317, 402, 318, 324,
     77, 90, 180, 85, 16, 315, 404, 320, 307, 96, 89, 179, 86, 15, 316, 403, 319, 325)
)  # fmt: skip
"""Every landmark on the lower lip without the corners."""

NOSE_OUTLINE: Final = (168, 417, 351, 420, 360, 278, 439, 326, 2, 97, 219, 48, 131, 198, 122, 193)
"""Around the nose, closed: bridge, left side, wing, base, right side."""

EYE_REGION: Final[dict[str, tuple[int, ...]]] = {
    "Right": (130, 247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25, *EYES[0].upper, *EYES[0].lower),
    "Left": (359, 467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255, *EYES[1].upper,
             *EYES[1].lower),
}  # fmt: skip
"""The lids and the ring of landmarks around them."""
