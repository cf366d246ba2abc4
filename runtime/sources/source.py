"""One driver on stage: what it says becomes calibrated, calm, and even at the rate of the screen."""

from collections.abc import Mapping
from typing import Protocol

from assets.face import FaceFrame
from runtime.calibrating.calibration import Calibration, Calibrator
from runtime.faces.filters import FaceFilter
from runtime.faces.mixer import EVERYTHING, HOLD_S, Input
from runtime.faces.resampler import Resampler
from runtime.faces.signals import vector


class Face(Protocol):
    """The part of a driver that the show needs."""

    @property
    def name(self) -> str:
        """Who speaks."""
        ...

    def latest(self) -> FaceFrame | None:
        """The newest frame; never blocks."""
        ...


class Source:
    """A driver, the channels it may speak for, and the state of its filters.

    seen: the newest frame in which the driver saw a face, as it came; None before.
    """

    def __init__(
        self,
        driver: Face,
        allowed: frozenset[str] = EVERYTHING,
        *,
        calibration: Calibration | None = None,
        face_filter: FaceFilter | None = None,
    ) -> None:
        self.driver = driver
        self.allowed = allowed
        self.seen: FaceFrame | None = None
        self._calibrator = Calibrator(calibration or Calibration())
        self._filter = face_filter or FaceFilter()
        self._resampler = Resampler()
        self._calm: FaceFrame | None = None

    @property
    def calibration(self) -> Calibration:
        """How the driver's numbers are read."""
        return self._calibrator.calibration

    @calibration.setter
    def calibration(self, calibration: Calibration) -> None:
        self._calibrator = Calibrator(calibration)
        if self.seen is not None:
            self._restart(self.seen)

    def enliven(self, lively: Mapping[str, float]) -> None:
        """See `FaceFilter.enliven`."""
        self._filter.enliven(lively)

    def listen(self) -> None:
        """Take the newest frame. Raises whatever the driver raises."""
        frame = self.driver.latest()
        if frame is None or not frame.face_seen or frame is self.seen:
            return
        follows = self.seen is not None and 0.0 < frame.time_s - self.seen.time_s <= HOLD_S
        self.seen = frame
        if follows:
            self._take(frame)
        else:
            self._restart(frame)

    def at(self, now_s: float) -> Input:
        """What the source has to say at `now_s`, for the mixer."""
        if self._calm is None:
            return Input(None, self.allowed)
        return Input(self._calm, self.allowed, self._resampler.at(now_s))

    def _restart(self, frame: FaceFrame) -> None:
        """Without a past: after a silence, out of time, or under another calibration, old samples mean nothing."""
        self._filter.restart()
        self._resampler.restart()
        self._take(frame)

    def _take(self, frame: FaceFrame) -> None:
        read = self._calibrator.read(frame)
        self._calm = self._filter.step(read, read.time_s)
        self._resampler.put(vector(self._calm), frame.time_s)
