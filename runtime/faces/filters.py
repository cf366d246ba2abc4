"""Calm without delay: a One-Euro filter over all channels, with parameters by region and the true time step.

The filter is a low-pass whose cut-off rises with speed: little noise at rest, little lag in motion (Casiez, Roussel
and Vogel, "1€ Filter", CHI 2012). A blink is the test: an average that halves the noise loses a sixth of the closure.
"""

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Final

import numpy as np

from assets import arkit
from assets.face import HEAD, FaceFrame
from runtime.faces.signals import COUNT, HEAD_ROWS, Floats, vector, with_vector


@dataclass(frozen=True, slots=True)
class Tuning:
    """One-Euro parameters. `beta` is Hz per (unit per second), so it belongs to the unit of the signal.

    min_cutoff_hz: cut-off at rest. derivative_cutoff_hz: cut-off of the speed estimate.
    """

    min_cutoff_hz: float
    beta: float
    derivative_cutoff_hz: float


TUNINGS: Final[Mapping[str, Tuning]] = {
    "lids": Tuning(0.8, 5.8, 3.5),
    "gaze": Tuning(1.0, 2.0, 4.0),
    "brows": Tuning(1.0, 1.0, 2.0),
    "cheeks": Tuning(1.0, 1.0, 2.0),
    "mouth": Tuning(1.6, 3.0, 7.0),
    "tongue": Tuning(1.6, 3.0, 7.0),
    HEAD: Tuning(0.7, 0.2, 2.0),
}
"""By region, for weights in 0..1 and the head in degrees and centimetres. Lids, mouth and head are tuned on a blink
that closes in 75 ms, a turn by 30 degrees in 250 ms, and noise at rest (docs/live.md); the others are plausible."""

_UNITS: Final = np.ones(COUNT)
_UNITS[HEAD_ROWS] = [math.degrees(1.0)] * 3 + [100.0] * 3
"""From radians and metres to the units of the head's tuning."""

MIN_STEP_S: Final = 1e-4
"""Shorter steps than this are none: a difference divided by them would say nothing about speed, or overflow."""


class OneEuro:
    """The filter for N signals at once. The first sample passes as it is; a step below `MIN_STEP_S` changes nothing.

    min_cutoff_hz: (N,), may be changed between steps."""

    def __init__(self, min_cutoff_hz: Floats, beta: Floats, derivative_cutoff_hz: Floats) -> None:
        self.min_cutoff_hz = min_cutoff_hz
        self._beta = beta
        self._derivative_cutoff_hz = derivative_cutoff_hz
        self._value: Floats | None = None
        self._speed: Floats = np.zeros_like(min_cutoff_hz)

    def step(self, raw: Floats, dt_s: float) -> Floats:
        """The filtered signals (N,) after `raw` (N,), `dt_s` seconds since the last step."""
        if self._value is None:
            self._value = raw.copy()
        elif dt_s < MIN_STEP_S:
            return self._value.copy()
        else:
            speed = (raw - self._value) / dt_s  # from what was shown, as the authors' own programs do
            self._speed += _alpha(self._derivative_cutoff_hz, dt_s) * (speed - self._speed)
            cutoff_hz = self.min_cutoff_hz + self._beta * np.abs(self._speed)
            self._value = self._value + _alpha(cutoff_hz, dt_s) * (raw - self._value)
        return self._value.copy()

    def reset(self) -> None:
        """Forget the past: the next sample passes as it is."""
        self._value = None
        self._speed[:] = 0.0


def _alpha(cutoff_hz: Floats, dt_s: float) -> Floats:
    turn = 2.0 * np.pi * dt_s * cutoff_hz
    return turn / (turn + 1.0)


class FaceFilter:
    """Filters whole frames of one source: 52 weights and the head.

    `lively` scales the cut-off at rest: ¼ is calm, 4 is lively. It leaves fast motion alone, so calm costs no delay
    where delay would be seen.
    """

    def __init__(self, *, lively: float = 1.0, tunings: Mapping[str, Tuning] = TUNINGS) -> None:
        region_of = {name: region for region, names in arkit.REGIONS.items() for name in names}
        rows = [tunings[region_of[name]] for name in arkit.NAMES] + [tunings[HEAD]] * (COUNT - arkit.COUNT)
        min_cutoff_hz, beta, derivative_cutoff_hz = np.array([astuple(row) for row in rows]).T
        self._regions = [region_of[name] for name in arkit.NAMES] + [HEAD] * (COUNT - arkit.COUNT)
        self._min_cutoff_hz = min_cutoff_hz
        self._filter = OneEuro(min_cutoff_hz * lively, beta, derivative_cutoff_hz)
        self._then_s: float | None = None

    def step(self, frame: FaceFrame, time_s: float) -> FaceFrame:
        """The calmed frame of a capture at `time_s`; everything but weights and head is handed on."""
        dt_s = 0.0 if self._then_s is None else time_s - self._then_s
        if self._then_s is None or dt_s >= MIN_STEP_S:
            self._then_s = time_s
        return with_vector(frame, self._filter.step(vector(frame) * _UNITS, dt_s) / _UNITS)

    def enliven(self, lively: Mapping[str, float]) -> None:
        """Another liveliness from the next frame on, by region, or "all" for those that aren't named."""
        usual = lively.get("all", 1.0)
        factors = np.array([lively.get(region, usual) for region in self._regions])
        self._filter.min_cutoff_hz = self._min_cutoff_hz * factors

    def restart(self) -> None:
        """Forget the past: the next frame passes as it is."""
        self._filter.reset()
        self._then_s = None
