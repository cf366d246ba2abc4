"""What a show says of itself: `state` when something has changed, `live` for the newest frame."""

import functools
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from assets import arkit
from assets.face import FaceFrame
from runtime.acting.parts import Parts
from runtime.acting.works import WorkActions
from runtime.overlays import NAMES as OVERLAYS
from runtime.settings import hotkeys

ASKED_S: Final = 2.0
EVERY_S: Final = 0.1
SELDOM_S: Final = 1.0
"""How often sources are looked at: so long after somebody asked, and otherwise."""
NEVER_DRIVERS: Final = ("stub", "idle", "replay")
"""Not to be added by hand."""


class Telling:
    """Call it with the time after every frame."""

    def __init__(self, parts: Parts, works: WorkActions, *, headless: bool) -> None:
        self._parts, self._works, self._headless = parts, works, headless
        self._asked_s = self._looked_s = -np.inf
        self._sources: dict[str, Any] = {}
        self._times: list[float] = []
        self._latency: dict[str, float] = {}
        self._captured: dict[str, float] = {}
        show = parts.show
        tellers: dict[str, Callable[[], Any]] = {
            "settings": lambda: parts.settings.as_json(),
            "settings_file": lambda: parts.keeper.folder and str(parts.keeper.folder / "settings.toml"),
            "profile": lambda: parts.keeper.profile and parts.keeper.profile.stem,
            "sources": parts.cast.tell,
            "drivers": drivers,
            "expressions": lambda: [preset.as_json() for preset in parts.shaping.expressions.presets],
            "overlays": lambda: list(OVERLAYS),
            "outputs": parts.outputs.health,
            "keys": lambda: hotkeys.told(parts.settings.keys, parts.shaping.expressions.presets),
            "avatar": self._avatar,
            "take": lambda: {
                "recording": None if works.recorder.path is None else str(works.recorder.path),
                "playing": works.playing or None,
            },
            "takes": works.recorder.recent,
            "headless": lambda: headless,
        }
        for name, teller in tellers.items():
            show.tell(name, teller)
        show.tell_live(self.live)

    def __call__(self, now_s: float) -> None:
        """Look at what is only to be looked at on this thread, while anybody asks."""
        self._times = [*self._times[-120:], now_s]
        for source in self._parts.loop.sources:
            name = source.driver.name
            if source.seen is not None and self._captured.get(name) != source.seen.time_s:
                late_ms = max(now_s - source.seen.time_s, 0.0) * 1000.0
                before = self._latency.get(name, late_ms)
                self._captured[name] = source.seen.time_s
                self._latency[name] = before + 0.1 * (late_ms - before)
        for text, level in self._parts.outputs.notices():
            self._parts.show.notice(text, level=level, about="outputs")
            if level == "info":  # warnings have been logged, so the terminal has them
                self._parts.say(text)
        if now_s - self._looked_s < (EVERY_S if now_s - self._asked_s < ASKED_S else SELDOM_S):
            return
        self._looked_s = now_s
        self._sources = self._parts.cast.live(now_s)

    def live(self) -> dict[str, Any]:
        """The newest frame. Any thread."""
        parts = self._parts
        now_s = parts.clock.now_s()
        self._asked_s = now_s
        shown, times = parts.loop.shown, self._times
        told: dict[str, Any] = {
            "time_s": round(now_s, 3),
            "fps": 0.0,
            "frame_ms": None,
            "drivers": parts.cast.drivers(),
            "sources": self._sources,
            "latency_ms": {name: round(value, 1) for name, value in self._latency.items() if name in self._sources},
            "expressions": {name: round(share, 3) for name, share in
                            parts.shaping.expressions.shares(now_s).items()},
            "outputs": parts.outputs.health(),
        }  # fmt: skip
        recent = [time_s for time_s in times if now_s - time_s <= 1.0]
        if len(recent) > 1 and recent[-1] > recent[0]:
            told["fps"] = round((len(recent) - 1) / (recent[-1] - recent[0]), 1)
        told["frame_ms"] = parts.loop.metrics.newest_ms()
        if shown is not None:
            told |= {"weights": weights(shown.face), "raw": weights(shown.mixed), "head": head(shown.face)}
        return told

    def _avatar(self) -> dict[str, Any]:
        model = self._parts.stage.model
        return {
            "path": str(self._parts.avatar), "title": model.title or self._parts.avatar.stem, "author": model.author,
            "licence": model.licence, "canvas_px": list(model.canvas_px), "headless": self._headless,
            "limits": [str(line) for line in _list(model.facts.get("limits"))],
            "warnings": [str(line) for line in _list(model.facts.get("warnings"))],
        }  # fmt: skip


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


@functools.cache
def drivers() -> tuple[dict[str, Any], ...]:
    """The drivers that can be added, with their options."""
    from drivers import available
    from runtime.sources.choosing import described

    return tuple({"name": name, "options": described(name)} for name in available() if name not in NEVER_DRIVERS)


def weights(face: FaceFrame, /) -> dict[str, float]:
    """By name, three decimals."""
    return dict(zip(arkit.NAMES, np.round(face.weights.astype(np.float64), 3).tolist(), strict=True))


def head(face: FaceFrame, /) -> dict[str, float]:
    """In degrees and metres."""
    pose = face.head
    degrees = np.degrees([pose.yaw_rad, pose.pitch_rad, pose.roll_rad]).round(2).tolist()
    return dict(zip(("yaw_deg", "pitch_deg", "roll_deg"), degrees, strict=True)) | {
        "x_m": round(pose.x_m, 4), "y_m": round(pose.y_m, 4), "z_m": round(pose.z_m, 4)
    }  # fmt: skip
