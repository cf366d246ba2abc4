"""Pictures as they come from OpenGL -> as files and people want them: top row first, straight alpha. Pure."""

from typing import Final

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
_PLACES: Final = 23


class Reader:
    """Premultiplied -> straight alpha, in place. Only pixels that are neither clear nor opaque need work."""

    def __init__(self) -> None:
        # 255 / alpha with 23 binary places, rounded up: exact after rounding for all colours <= alpha (tested for each)
        alpha = np.maximum(np.arange(256), 1)
        self._per_alpha = (((255 << _PLACES) + alpha - 1) // alpha).astype(np.uint32)
        self._shifted = np.zeros(0, np.uint32)
        self._partial = np.zeros(0, bool)
        self._flipped = np.zeros((0, 0, 4), np.uint8)

    def upside_down(self, picture: Picture) -> Picture:
        """A copy with the rows in reverse order, in a buffer that the next call overwrites."""
        if self._flipped.shape != picture.shape:
            self._flipped = np.zeros_like(picture)
        self._flipped[:] = picture[::-1]
        return self._flipped

    def straighten(self, picture: Picture) -> None:
        pixels = picture.view("<u4").reshape(-1)  # alpha is the highest byte
        if len(self._partial) != len(pixels):
            self._shifted, self._partial = np.zeros(len(pixels), np.uint32), np.zeros(len(pixels), bool)
        # alpha in 1..254, as one unsigned comparison: both ends leave through the same door
        np.subtract(pixels, 0x01000000, out=self._shifted)
        np.less(self._shifted, 0xFE000000, out=self._partial)
        rows = np.flatnonzero(self._partial)
        if len(rows):
            pixels[rows] = self._straight(pixels[rows])

    def _straight(self, pixels: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
        alpha = pixels >> np.uint32(24)
        factor = self._per_alpha[alpha]
        result: npt.NDArray[np.uint32] = alpha << np.uint32(24)
        for shift in (0, 8, 16):
            colour = (pixels >> shift) & 255
            np.minimum(colour, alpha, out=colour)  # added light may exceed its coverage by a rounding
            colour *= factor
            colour += 1 << _PLACES - 1
            colour >>= _PLACES
            colour <<= shift
            result |= colour
        return result
