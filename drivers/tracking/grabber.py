"""The newest picture of a camera, however slow whoever looks at it, and the moment when it was taken."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, Protocol

import cv2
import numpy as np

from drivers._freeze import FreezeWatch
from drivers.tracking.shots import LostError, Picture, Shot


class Capture(Protocol):
    """What OpenCV's VideoCapture offers, as far as it is used once open."""

    def read(self) -> tuple[bool, Picture | None]: ...

    def get(self, what: int, /) -> float: ...


class Stamps:
    """When a picture was taken: the camera's own time where that can be true, else the time when it was read.

    On Linux the driver stamps each picture as its exposure ends, on the clock of `perf_counter`, and OpenCV hands that
    on; elsewhere its number means something else, or nothing. Times never stand still or turn back, whatever the
    camera says.
    """

    _OLDEST_S: Final = 0.5
    """A stamp older than this when read is on another clock."""
    _STEP_S: Final = 1e-4

    def __init__(self) -> None:
        self._last_s = float("-inf")

    def __call__(self, camera_ms: float, now_s: float) -> float:
        """The moment of capture, in `perf_counter` seconds. camera_ms: OpenCV's CAP_PROP_POS_MSEC."""
        camera_s = camera_ms / 1000.0
        taken_s = camera_s if now_s - self._OLDEST_S <= camera_s <= now_s else now_s
        self._last_s = max(taken_s, self._last_s + self._STEP_S)
        return self._last_s


class Grabber:
    """Reads a camera on a thread of its own and keeps only the newest picture: a slow tracker never queues."""

    _FAILURES: Final = 10
    _SMALLEST_PX: Final = 32
    _LARGEST_PX: Final = 1280
    """A larger picture is shrunk: the networks look at 256 pixels of it."""

    def __init__(
        self,
        capture: Capture,
        name: str,
        *,
        first_s: float = 10.0,
        flowing_s: float = 1.0,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """first_s, flowing_s: how long to wait for the first picture, and for each one after it."""
        self._capture = capture
        self._name = name
        self._first_s = first_s
        self._flowing_s = flowing_s
        self._clock = clock
        self._fresh = threading.Condition()
        self._shot: Shot | None = None
        self._trouble = ""
        threading.Thread(target=self._read, name="grabber", daemon=True).start()

    def shots(self) -> Iterator[Shot]:
        """The newest picture, each at most once. Raises LostError when the camera has stopped or doesn't answer."""
        patience_s = self._first_s
        while True:
            with self._fresh:
                answered = self._fresh.wait_for(lambda: self._shot or self._trouble, patience_s)
                shot, self._shot = self._shot, None
            if shot is None:
                raise LostError(self._trouble if answered else f"{self._name} doesn't answer")
            yield shot
            patience_s = self._flowing_s

    def _read(self) -> None:
        failures, watch, stamps = 0, FreezeWatch(), Stamps()
        start_s: float | None = None
        while failures < self._FAILURES:
            found, picture = self._capture.read()
            now_s = self._clock()
            if not found or picture is None or not _is_picture(picture, self._SMALLEST_PX):
                failures += 1
                time.sleep(0.02)
                continue
            failures = 0
            if watch.frozen(picture, now_s):
                return self._stop(f"{self._name} repeats one picture: frozen or unplugged")
            taken_s = stamps(self._capture.get(cv2.CAP_PROP_POS_MSEC), now_s)
            start_s = taken_s if start_s is None else start_s
            with self._fresh:
                self._shot = Shot(_shrunk(picture, self._LARGEST_PX), taken_s, taken_s - start_s)
                self._fresh.notify()
        return self._stop(f"{self._name} gives no more pictures")

    def _stop(self, trouble: str) -> None:
        with self._fresh:
            self._trouble = trouble
            self._fresh.notify()


def _is_picture(picture: Picture, smallest_px: int) -> bool:
    """Some cameras give grey, raw or empty arrays and say that they read well."""
    return picture.dtype == np.uint8 and picture.shape[2:] == (3,) and min(picture.shape[:2]) >= smallest_px


def _shrunk(picture: Picture, side_px: int) -> Picture:
    scale = side_px / max(picture.shape[:2])
    if scale >= 1.0:
        return picture
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
