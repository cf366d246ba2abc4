"""Expressions at the press of a key: `presets` faded into the shown face by the rules of `blending`.

Their time is a pure function of the moments at which presets were switched: the same switches at the same times give
the same face at any frame rate, and a preset switched back half-way turns without a jump.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from assets.errors import UsageError
from assets.face import FaceFrame
from runtime.faces.blending import blend
from runtime.faces.presets import PRESETS, Preset

__all__ = ["MAX_PRESETS", "PRESETS", "Expressions", "Preset", "blend", "eased"]

MAX_PRESETS: Final = 64


@dataclass(slots=True)
class _Running:
    """A preset that is on, coming or going: where it was when it was switched last, and when that was."""

    preset: Preset
    on: bool
    since_s: float
    from_progress: float = 0.0

    def progress(self, now_s: float) -> float:
        """0..1, linear in time."""
        gone_s = max(now_s - self.since_s, 0.0)
        if not self.on:
            return self._moved(self.from_progress, -gone_s)
        coming_s = (1.0 - self.from_progress) * self.preset.fade_s
        end_s = math.inf if self.preset.hold_s is None else coming_s + self.preset.hold_s
        if gone_s <= end_s:
            return self._moved(self.from_progress, gone_s)
        return self._moved(1.0, end_s - gone_s)

    def wanted(self, now_s: float) -> bool:
        """Whether it is on: coming or there, not going."""
        hold_s = self.preset.hold_s
        coming_s = (1.0 - self.from_progress) * self.preset.fade_s
        return self.on and (hold_s is None or now_s - self.since_s <= coming_s + hold_s)

    def switch(self, on: bool, now_s: float) -> None:
        self.from_progress, self.on, self.since_s = self.progress(now_s), on, now_s

    def _moved(self, start: float, seconds: float) -> float:
        if self.preset.fade_s <= 0.0:
            return 1.0 if self.on and seconds >= 0.0 else 0.0
        return min(max(start + seconds / self.preset.fade_s, 0.0), 1.0)


def eased(progress: float, /) -> float:
    """0..1 -> 0..1, without a corner at either end."""
    return progress * progress * (3.0 - 2.0 * progress)


class Expressions:
    """The presets of a show, and which of them are on. One thread."""

    def __init__(self, presets: Iterable[Preset] = PRESETS) -> None:
        self._presets = {preset.name: preset for preset in presets}
        self._running: dict[str, _Running] = {}
        self._leaving: list[_Running] = []

    @property
    def presets(self) -> tuple[Preset, ...]:
        """All that can be triggered, in the order in which they came."""
        return tuple(self._presets.values())

    def set(self, preset: Preset, now_s: float) -> None:
        """Adds a preset, or puts it in the place of the one of that name; one that is on melts over."""
        if preset.name not in self._presets and len(self._presets) >= MAX_PRESETS:
            raise UsageError(f"expression {preset.name}: there are {MAX_PRESETS} already; remove one first")
        self._presets[preset.name] = preset
        was_on = self.wanted(preset.name, now_s)
        self._leave(preset.name, now_s)
        if was_on:
            self._running[preset.name] = _Running(preset, True, now_s)

    def remove(self, name: str, now_s: float) -> None:
        """Takes a preset away; one that is on fades out. Raises UsageError for an unknown name."""
        self._known(name)
        del self._presets[name]
        self._leave(name, now_s)

    def trigger(self, name: str, on: bool | None, now_s: float) -> bool:
        """Switches a preset on, off, or (None) over; returns whether it is on now. On again: its hold begins anew.

        Raises UsageError for an unknown name.
        """
        preset = self._known(name)
        wanted = not self.wanted(name, now_s) if on is None else on
        if name not in self._running:
            if not wanted:
                return False
            self._running[name] = _Running(preset, False, now_s)
        running = self._running[name]
        if wanted or running.wanted(now_s):  # what is already going keeps going
            running.switch(wanted, now_s)
        return wanted

    def clear(self, now_s: float) -> None:
        """Switches all off."""
        for running in self._running.values():
            if running.wanted(now_s):
                running.switch(False, now_s)

    def wanted(self, name: str, now_s: float) -> bool:
        """Whether a preset is on (coming or there)."""
        return name in self._running and self._running[name].wanted(now_s)

    def shares(self, now_s: float) -> dict[str, float]:
        """How much of each preset is shown, 0..1; those of which nothing is are left out."""
        shares = {name: eased(running.progress(now_s)) for name, running in self._running.items()}
        return {name: share for name, share in shares.items() if share > 0.0}

    def step(self, face: FaceFrame, now_s: float) -> tuple[FaceFrame, dict[str, float]]:
        """The face with all presets blended in, and the opacity 0..1 of each overlay that is shown.

        `runtime.overlays.moving` turns overlays into the layers of a moment.
        """
        if not self._running and not self._leaving:
            return face, {}
        parts = [(part.preset, eased(part.progress(now_s))) for part in (*self._running.values(), *self._leaving)]
        self._forget(now_s)
        overlays: dict[str, float] = {}
        for preset, share in parts:
            for name, opacity in preset.overlays.items():
                overlays[name] = 1.0 - (1.0 - overlays.get(name, 0.0)) * (1.0 - share * opacity)
        return blend(face, parts), {name: opacity for name, opacity in overlays.items() if opacity > 0.0}

    def _known(self, name: str) -> Preset:
        if name not in self._presets:
            raise UsageError(f"there is no expression {name!r}; there are: {', '.join(self._presets)}")
        return self._presets[name]

    def _leave(self, name: str, now_s: float) -> None:
        """What runs under that name fades out on its own."""
        running = self._running.pop(name, None)
        if running is not None and running.progress(now_s) > 0.0:
            if running.wanted(now_s):
                running.switch(False, now_s)
            self._leaving = [*self._leaving[-MAX_PRESETS:], running]

    def _forget(self, now_s: float) -> None:
        gone = [name for name, part in self._running.items() if not part.wanted(now_s) and not part.progress(now_s)]
        for name in gone:
            del self._running[name]
        self._leaving = [part for part in self._leaving if part.progress(now_s) > 0.0]
