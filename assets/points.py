"""Named points on a face, set by hand where no detector finds it: the file behind `generate --landmarks`.

A points file is JSON: `{"format": "cartoonalive-points", "version": 1, "picture_px": [width, height], "points":
{"right_eye": [x, y], ...}}`. Coordinates are pixels of the picture as it is seen (EXIF rotation applied), x to the
right, y down. "Right" and "left" are the subject's own: the right eye lies on the left of the picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assets import files, strictjson
from assets.errors import PortraitError
from assets.strictjson import Node, shown

FORMAT: Final = "cartoonalive-points"
VERSION: Final = 1
MAX_BYTES: Final = 1 << 18
MAX_PX: Final = 200_000.0
"""No coordinate is farther out than that."""

NAMES: Final[Mapping[str, str]] = {
    "right_eye": "the right eye: middle of its opening",
    "left_eye": "the left eye: middle of its opening",
    "nose_tip": "the tip of the nose",
    "mouth_right": "the right corner of the mouth",
    "mouth_left": "the left corner of the mouth",
    "chin": "the lowest point of the chin",
    "right_eye_outer": "the right eye: corner toward the ear",
    "right_eye_inner": "the right eye: corner toward the nose",
    "left_eye_inner": "the left eye: corner toward the nose",
    "left_eye_outer": "the left eye: corner toward the ear",
    "right_eye_top": "the right eye: middle of the upper lid's edge",
    "right_eye_bottom": "the right eye: middle of the lower lid's edge",
    "left_eye_top": "the left eye: middle of the upper lid's edge",
    "left_eye_bottom": "the left eye: middle of the lower lid's edge",
    "right_iris": "the right iris: its centre",
    "right_iris_edge": "the right iris: any point of its rim, which gives the radius",
    "left_iris": "the left iris: its centre",
    "left_iris_edge": "the left iris: any point of its rim, which gives the radius",
    "right_brow_outer": "the right brow: end toward the ear",
    "right_brow_middle": "the right brow: its middle",
    "right_brow_inner": "the right brow: end toward the nose",
    "left_brow_inner": "the left brow: end toward the nose",
    "left_brow_middle": "the left brow: its middle",
    "left_brow_outer": "the left brow: end toward the ear",
    "nose_bridge": "the nose between the eyes",
    "nose_right": "the right side of the nose, where its wing is widest",
    "nose_left": "the left side of the nose, where its wing is widest",
    "lip_upper_top": "the middle of the upper lip: its upper edge",
    "lip_upper_bottom": "the middle of the upper lip: its lower edge",
    "lip_lower_top": "the middle of the lower lip: its upper edge",
    "lip_lower_bottom": "the middle of the lower lip: its lower edge",
    "forehead": "the top of the forehead, where hair begins or would begin",
    "temple_right": "the face's outline at the right temple, a little above the brow",
    "temple_left": "the face's outline at the left temple, a little above the brow",
    "cheek_right": "the face's outline before the right ear, at the height of the eyes",
    "cheek_left": "the face's outline before the left ear, at the height of the eyes",
    "jaw_right": "the face's outline at the right corner of the jaw, at the height of the mouth",
    "jaw_left": "the face's outline at the left corner of the jaw, at the height of the mouth",
}
"""Every name and where it lies, most important first. `needed` tells which must be there."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class FacePoints:
    """points_px: name -> (x, y) in pixels; names are those of `NAMES`, and the needed ones are there.

    picture_px: (width, height) of the picture that they were set on, if known. Raises PortraitError.
    """

    points_px: Mapping[str, Point]
    picture_px: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        unknown = [name for name in self.points_px if name not in NAMES]
        if unknown:
            raise PortraitError(f"points: {shown(unknown[0])} is no name of a point; known are {', '.join(NAMES)}")
        if absent := missing(self.points_px):
            raise PortraitError(f"points: {len(absent)} missing that every face needs: {', '.join(absent)}")
        for name, (x, y) in self.points_px.items():
            if not (abs(x) <= MAX_PX and abs(y) <= MAX_PX):
                raise PortraitError(f"points.{name}: expected x and y within {MAX_PX:g} px, got {x:g}, {y:g}")


def missing(points: Mapping[str, object], /) -> tuple[str, ...]:
    """Which points must still be set: each eye by its middle or both its corners, nose tip, mouth corners, chin."""
    absent = []
    for eye in ("right_eye", "left_eye"):
        if eye not in points and not (f"{eye}_outer" in points and f"{eye}_inner" in points):
            absent.append(f"{eye} (or {eye}_outer and {eye}_inner)")
    return (*absent, *(name for name in ("nose_tip", "mouth_right", "mouth_left", "chin") if name not in points))


def load(path: Path, /) -> FacePoints:
    """Read a points file. Raises PortraitError in one line."""
    try:
        return parse(files.read_regular(path, limit_bytes=MAX_BYTES))
    except PortraitError as error:
        raise PortraitError(f"{error}: {path}") from None
    except ValueError as error:
        raise PortraitError(f"points: the file {error}: {path}") from None


def parse(data: bytes, /) -> FacePoints:
    """The points in a file's bytes. Raises PortraitError, without a path."""
    try:
        root = Node(strictjson.parse(data, limit_bytes=MAX_BYTES), "")
    except ValueError as error:
        raise PortraitError(f"points: {error}") from None
    try:
        root.object()
        if (said := root.get("format", FORMAT)).value != FORMAT:
            said.fail(f"{FORMAT!r}")
        root.get("version", VERSION).integer(VERSION, VERSION)
        size = root.get("picture_px")
        picture_px = None
        if size.value is not None:
            size.array(2)
            width, height = (side.integer(1, int(MAX_PX)) for side in size)
            picture_px = (width, height)
        members = root["points"]
        read: dict[str, Point] = {}
        for name in members.object():
            node = members[name]
            node.array(2)
            x, y = (value.number(-MAX_PX, MAX_PX) for value in node)
            read[name] = (x, y)
    except ValueError as error:
        raise PortraitError(f"points: {error}") from None
    return FacePoints(read, picture_px)


def dump(points: FacePoints, /) -> bytes:
    """The bytes of a points file, names in the order of `NAMES`, hundredths of a pixel."""
    given = points.points_px
    value = {
        "format": FORMAT,
        "version": VERSION,
        "picture_px": list(points.picture_px) if points.picture_px else None,
        "points": {name: [round(float(side), 2) for side in given[name]] for name in NAMES if name in given},
    }
    return strictjson.dump(value, limit_bytes=MAX_BYTES)


def save(points: FacePoints, path: Path, /) -> None:
    """Write a points file, all or nothing."""
    files.write_bytes(path, dump(points))
