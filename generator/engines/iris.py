"""What the iris network adds to the face network: finer eyelids, and irises. Pure.

iris_landmark (Ablavatski et al. 2020) sees one eye, 64 x 64 pixels, that of the subject's right side; a left eye is
shown in a mirror. It answers with 71 points around the eye and 5 of the iris.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from generator.engines import roi

Floats = npt.NDArray[np.float32]

INPUT_PX: Final = 64
RIGHT_CORNERS: Final = (33, 133)
"""Outer and inner corner of the subject's right eye."""
LEFT_CORNERS: Final = (362, 263)
"""Inner and outer corner of the left one: both pairs run from the picture's left to its right."""

AROUND_RIGHT: Final[npt.NDArray[np.intp]] = np.array((
    33, 7, 163, 144, 145, 153, 154, 155, 133,  # lower lid
    246, 161, 160, 159, 158, 157, 173,  # upper lid
    130, 25, 110, 24, 23, 22, 26, 112, 243,  # rings around them, going outward: below, above
    247, 30, 29, 27, 28, 56, 190,
    226, 31, 228, 229, 230, 231, 232, 233, 244,
    113, 225, 224, 223, 222, 221, 189,
    35, 124, 46, 53, 52, 65,  # the brow's lower edge
    143, 111, 117, 118, 119, 120, 121, 128, 245,
    156, 70, 63, 105, 66, 107, 55, 193,  # the brow's upper edge
))  # fmt: skip
"""Landmarks of the 71 points (the mapping published with MediaPipe's iris graph)."""
LID_COUNT: Final = 16
"""The first points of the 71 are the lids' edges themselves; the rings follow in the same order, 16 each."""
_RING_FOLLOWS: Final = (0.7, 0.35)
"""How much of a lid point's correction its neighbours on the first and second ring take. The network's own rings and
brows agree less with MediaPipe's attention mesh than the face network's do (0.034 against 0.019 IOD on the second
ring, 0.051 against 0.019 on the brows); its lids agree better (0.019 against 0.022)."""
_FARTHEST_EYE_WIDTHS: Final = 0.35
"""A lid corner or an iris centre that lies farther from where the face network has it is not believed: drawn eyes
larger than life lead the network astray."""
_MIRRORED_IRIS: Final = (0, 3, 2, 1, 4)
_USUAL_IRIS_EYE_WIDTHS: Final = 0.22
"""Radius of an iris in eye widths, where the network isn't believed (measured on photographs and drawings)."""


def around_left(mirror: npt.NDArray[np.integer]) -> npt.NDArray[np.intp]:
    """Landmarks of the 71 points of a left eye, by the mirror permutation (478,)."""
    return mirror[AROUND_RIGHT].astype(np.intp)


def eye_rois(points_px: Floats, /) -> tuple[roi.Roi, roi.Roi]:
    """The squares shown to the network: the subject's right eye as it is, the left one in a mirror."""
    first, second = (
        roi.around(points_px[list(pair), :2], points_px[pair[0]], points_px[pair[1]],
                   margin=roi.EYE_MARGIN, flipped=pair is LEFT_CORNERS)
        for pair in (RIGHT_CORNERS, LEFT_CORNERS)
    )  # fmt: skip
    return first, second


def refine(points_px: Floats, square: roi.Roi, lids: Floats, iris: Floats, mirror: npt.NDArray[np.integer]) -> Floats:
    """Face points (478, 3) with one eye's lids corrected and its iris put in.

    points_px: the face network's 468 points, the last ten rows free. square: what the network saw.
    lids, iris: its answers, (71, 3) and (5, 3) in input pixels. mirror: the landmark on the other side, (478,).
    """
    result = np.array(points_px, np.float32)
    rows = around_left(mirror) if square.flipped else AROUND_RIGHT
    corners = LEFT_CORNERS if square.flipped else RIGHT_CORNERS
    first_iris = 473 if square.flipped else 468
    width_px = float(np.linalg.norm(result[corners[0], :2] - result[corners[1], :2]))
    reach_px = _FARTHEST_EYE_WIDTHS * width_px
    edge = rows[:LID_COUNT]
    moved_px = square.to_picture(lids[:LID_COUNT, :2] / INPUT_PX) - result[edge, :2]
    iris_px = square.to_picture(iris[:, :2] / INPUT_PX)
    middle_px = result[list(corners), :2].mean(axis=0)
    believed = (
        np.linalg.norm(moved_px, axis=1).max() <= reach_px
        and np.linalg.norm(iris_px[0] - middle_px) <= reach_px
    )
    if believed:
        result[edge, :2] += moved_px
        for ring, follows in enumerate(_RING_FOLLOWS, start=1):
            result[rows[ring * LID_COUNT : (ring + 1) * LID_COUNT], :2] += follows * moved_px
    else:
        iris_px = _usual_iris(result[edge, :2].mean(axis=0), width_px, square)
    if square.flipped:
        iris_px = iris_px[list(_MIRRORED_IRIS)]
    result[first_iris : first_iris + 5, :2] = iris_px
    result[first_iris : first_iris + 5, 2] = result[edge, 2].mean()
    return result


def _usual_iris(middle_px: Floats, width_px: float, square: roi.Roi) -> Floats:
    """An iris (5, 2) in the middle of the lids, in the network's order: centre, then right, up, left, down as seen."""
    radius = _USUAL_IRIS_EYE_WIDTHS * width_px / square.side_px
    centre = square.from_picture(middle_px)
    cross = np.array([(0, 0), (1, 0), (0, -1), (-1, 0), (0, 1)], np.float32)
    return square.to_picture(centre + radius * cross)
