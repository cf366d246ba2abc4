"""Small pictures of the show for whoever looks on from elsewhere: made only while somebody asks."""

import io
import threading
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

ASKED_S: Final = 1.0
"""So long after it was asked for last, a picture is still made."""
EVERY_S: Final = 1.0 / 12.0
BUSY_EVERY_S: Final = 0.3
"""No more pictures than one in that time; nor, in a frame that has taken long already, than the second."""
MAX_SIDE_PX: Final = 1024
QUALITY: Final = 80


class Preview:
    """The newest picture, handed from the thread that draws to those that ask."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._asked_s = -np.inf
        self._made_s = -np.inf
        self._side_px = 1
        self._lock = threading.Lock()
        self._picture: Picture | None = None
        self._number = 0
        self._encoded: tuple[int, int, bytes] | None = None

    def wanted(self, *, busy: bool = False) -> bool:
        """Whether the next picture is wanted. busy: whether its frame has taken long already."""
        now_s = self._now_s()
        return now_s - self._asked_s <= ASKED_S and now_s - self._made_s >= (BUSY_EVERY_S if busy else EVERY_S)

    def put(self, rgba: Picture, /) -> None:
        """Take a picture, uint8 (H, W, 4), straight alpha; it may be overwritten after the call."""
        self._made_s = self._now_s()
        step = max(1, max(rgba.shape[:2]) // (2 * self._side_px))
        small = rgba[::step, ::step].copy()
        with self._lock:
            self._picture = small
            self._number += 1

    def encoded(self, side_px: int, /) -> bytes | None:
        """The newest picture, no side longer than `side_px`; None until one is there."""
        side_px = min(max(int(side_px), 16), MAX_SIDE_PX)
        with self._lock:
            late = self._now_s() - self._asked_s > ASKED_S
            self._asked_s = self._now_s()
            self._side_px = max(side_px, 1 if late else self._side_px)
            if late:
                self._picture, self._encoded = None, None  # what was made for somebody else is old
            picture, number, known = self._picture, self._number, self._encoded
        if picture is None:
            return None
        if known is not None and known[:2] == (number, side_px):
            return known[2]
        data = encode(picture, side_px)
        with self._lock:
            self._encoded = number, side_px, data
        return data


def encode(rgba: Picture, side_px: int, /) -> bytes:
    """The picture scaled down to at most `side_px`, as JPEG, or PNG where anything is transparent."""
    from PIL import Image

    image = Image.fromarray(rgba)
    image.thumbnail((side_px, side_px), Image.Resampling.BILINEAR)
    out = io.BytesIO()
    if int(np.asarray(image)[:, :, 3].min()) == 255:
        image.convert("RGB").save(out, format="JPEG", quality=QUALITY)
    else:
        image.save(out, format="PNG", compress_level=1)
    return out.getvalue()
