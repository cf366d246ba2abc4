"""Pictures of nobody, of five faces, and of a face that leaves by the edge: what a webcam in a room gets to see."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image

from assets.face import FaceFrame
from drivers.tracking.engines import Engine, Sight
from drivers.tracking.shots import Picture, Shot
from drivers.tracking.tracker import Tracker

SIZE_PX = (640, 360)
FPS = 30.0
PLACES_PX = ((100, 100), (320, 100), (540, 100), (210, 260), (430, 260))
"""Where five people have their faces."""


class Room:
    """Makes the pictures, and has a tracker look at them by a clock of its own, 30 a second."""

    def __init__(self, portrait: Image.Image, engine: Engine) -> None:
        self._face = portrait.crop((262, 180, 762, 680)).resize((180, 180), Image.Resampling.LANCZOS)
        self.engine = Watched(engine)
        self.tracker = Tracker(self.engine)
        self.time_s = 0.0
        self._number = 0

    def picture(self, *places_px: tuple[int, int]) -> Picture:
        """The room with a portrait around each place; some may be out of the picture."""
        room = Image.new("RGB", SIZE_PX, self._face.getpixel((0, 0)))
        for x, y in places_px:
            room.paste(self._face, (x - 90, y - 90))
        self._number += 1
        pixels = np.array(room)[:, :, ::-1].copy()
        pixels[0, 0, 0] = self._number % 251  # no two pictures of a camera are equal
        return pixels

    def sees(self, picture: Picture) -> FaceFrame:
        """What the tracker makes of one more picture."""
        self.time_s += 1.0 / FPS
        face = self.tracker(Shot(picture, 1000.0 + self.time_s, self.time_s))
        assert np.isfinite(face.frame.weights).all()
        return face.frame

    def place_px(self) -> npt.NDArray[np.float64]:
        """Where the face is that was seen last."""
        assert self.engine.sight is not None
        return np.asarray(self.engine.sight.points_px[:, :2].mean(axis=0), np.float64)

    def across(self, start: tuple[int, int], end: tuple[int, int], pictures: int) -> Iterator[tuple[int, int]]:
        """Places on the way, evenly."""
        for share in np.linspace(0.0, 1.0, pictures).tolist():
            yield tuple(round(a + share * (b - a)) for a, b in zip(start, end, strict=True))  # type: ignore[misc]


class Watched:
    """An engine, and what it saw last."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.name = engine.name
        self.sight: Sight | None = None

    def __call__(self, picture: Picture, source_s: float, /) -> Sight | None:
        self.sight = self._engine(picture, source_s)
        return self.sight


def nobody_for(room: Room, pictures: int) -> None:
    """A face, an empty room for so many pictures, and the face again."""
    assert [room.sees(room.picture(PLACES_PX[3])).face_seen for _ in range(15)][-1]
    empty = [room.picture() for _ in range(3)]
    assert not any([room.sees(empty[number % 3]).face_seen for number in range(pictures)][2:])
    seen = [room.sees(room.picture(PLACES_PX[1])).face_seen for _ in range(10)]
    assert seen[-5:] == [True] * 5
    assert np.abs(room.place_px() - PLACES_PX[1]).max() < 45


def one_of_five(room: Room, pictures: int) -> None:
    """One sits alone, four more come in: it stays the first, even as it moves, until it goes."""
    for first in (3, 0):
        while room.engine.sight is not None:
            room.sees(room.picture())
        for _ in range(8):
            room.sees(room.picture(PLACES_PX[first]))
        others = [place for number, place in enumerate(PLACES_PX) if number != first]
        x, y = PLACES_PX[first]
        for number in range(pictures):
            here = (x + round(8.0 * np.sin(number / 5.0)), y)
            assert room.sees(room.picture(*others, here)).face_seen
            assert np.abs(room.place_px() - here).max() < 45, number
    for _ in range(15):
        last = room.sees(room.picture(*others))
    assert last.face_seen  # another one


def out_by_the_edge(room: Room, pictures: int) -> None:
    """A face goes slowly out of the picture on every side, and comes back."""
    middle = (320, 180)
    for outside in ((-120, 180), (320, -120), (760, 180), (320, 480)):
        for place in room.across(middle, outside, pictures):
            room.sees(room.picture(place))
        for _ in range(3):
            last = room.sees(room.picture(outside))
        assert not last.face_seen
        for place in [*room.across(outside, middle, pictures), *[middle] * 15]:
            last = room.sees(room.picture(place))
        assert last.face_seen
        assert np.abs(room.place_px() - middle).max() < 45
