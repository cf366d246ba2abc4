"""MediaPipe's networks in OpenCV: the members of face_landmarker.task, which is a zip, without mediapipe."""

import contextlib
import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from drivers.tracking.shots import Picture, UnusableError

_MEMBER_BYTES: Final = 32 << 20
_NAME: Final = "network.tflite"


class Network:
    """One network. Values of a picture are scaled to `low`..1.

    OpenCV 5 answers for one output at a time, and runs all anew for the next, unless asked for its classic engine;
    which it grants for a file only, not for bytes in memory, and on Windows only by a plain name. Hence the folder.
    """

    def __init__(self, data: bytes, *, low: float = 0.0) -> None:
        """Raises UnusableError when OpenCV can't read it."""
        self._low = low
        try:
            with _in_new_folder():
                Path(_NAME).write_bytes(data)
                classic = getattr(cv2.dnn, "ENGINE_CLASSIC", None)
                options = () if classic is None else (classic,)
                self._net: Any = cv2.dnn.readNetFromTFLite(_NAME, *options)
        except (cv2.error, OSError) as error:
            reason = str(error).strip().splitlines()[-1]
            raise UnusableError(f"OpenCV {cv2.__version__} can't read MediaPipe's network: {reason}") from error

    def __call__(self, picture: Picture, /, *outputs: str) -> list[npt.NDArray[np.float32]]:
        """The named outputs for pixels (side, side, 3), blue first as OpenCV has them."""
        scale = (1.0 - self._low) / 255.0
        blob = cv2.dnn.blobFromImage(picture, scale, swapRB=True)
        return self.run(np.asarray(blob, np.float32) + np.float32(self._low), *outputs)

    def run(self, values: npt.NDArray[np.float32], /, *outputs: str) -> list[npt.NDArray[np.float32]]:
        """The named outputs for an input as it is."""
        self._net.setInput(values)
        return [np.asarray(output, np.float32) for output in self._net.forward(list(outputs))]


def members(task: Path, *names: str) -> list[bytes]:
    """Files out of a .task archive. Raises UnusableError when it is none, or lacks one."""
    try:
        with zipfile.ZipFile(task) as archive:
            if any(archive.getinfo(name).file_size > _MEMBER_BYTES for name in names):
                raise UnusableError(f"the model file holds more than {_MEMBER_BYTES} bytes in one; delete it: {task}")
            return [archive.read(name) for name in names]
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise UnusableError(f"the model file can't be unpacked ({error}); delete it: {task}") from error


@contextlib.contextmanager
def _in_new_folder() -> Iterator[None]:
    """A folder of its own as the current one, gone afterwards. The child has but one thread when it loads networks."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory(prefix="cartoonalive-", ignore_cleanup_errors=True) as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)
