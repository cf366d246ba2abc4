"""One tflite network in OpenCV: pixels in, named outputs out."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from assets.errors import WeightsError
from generator.engines import Image


class Network:
    """A network that takes one picture of `side_px` x `side_px` pixels, with values from `low` to 1,
    and `extra_channels` of zeros behind them.

    Works with OpenCV 4.11 to 5.0. Read from memory, because OpenCV on Windows can't open a path that has letters
    beyond ASCII. Outputs are fetched by name, one at a time: OpenCV 5's new engine offers only the last of them as an
    "output" and refuses two at once, and its classic engine can't be asked for when reading from memory.
    Raises WeightsError when OpenCV can't read the file.
    """

    def __init__(self, path: Path, side_px: int, *, low: float = 0.0, extra_channels: int = 0) -> None:
        self.side_px = side_px
        self._low = low
        self._extra_channels = extra_channels
        try:
            self._net: Any = cv2.dnn.readNetFromTFLite(np.frombuffer(path.read_bytes(), np.uint8))
        except (cv2.error, OSError) as error:
            reason = str(error).strip().splitlines()[0]
            raise WeightsError(f"model file can't be read by OpenCV {cv2.__version__} ({reason}): {path}") from error

    def __call__(self, image: Image, /, *outputs: str) -> list[npt.NDArray[np.float32]]:
        """The named outputs for pixels (side, side, 3)."""
        values = image.astype(np.float32) * ((1.0 - self._low) / 255.0) + self._low
        planes = np.pad(values.transpose(2, 0, 1), ((0, self._extra_channels), (0, 0), (0, 0)))
        self._net.setInput(np.ascontiguousarray(planes[None]))
        return [np.array(self._net.forward(name), np.float32) for name in outputs]
