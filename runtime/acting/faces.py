"""How faces are read and what is added to them: curves, motion, expressions."""

from dataclasses import replace
from typing import Any, Final

from runtime.acting.parts import Parts
from runtime.acting.sources import SourceActions
from runtime.faces.curves import STRAIGHT, Curves
from runtime.faces.expressions import Expressions, Preset
from runtime.settings.values import Motion, Settings

_BY_OSC: Final = {"clear": "expression.clear", "rest": "source.rest", "snapshot": "output.snapshot"}


class FaceActions:
    """See the actions `shape.*`, `motion.set`, `expression.*`."""

    def __init__(self, parts: Parts, sources: SourceActions) -> None:
        self._parts, self._sources = parts, sources
        for name in ("curve", "reset"):
            parts.show.handle(f"shape.{name}", getattr(self, name))
        parts.show.handle("motion.set", self.motion)
        for name in ("trigger", "clear", "set", "remove"):
            parts.show.handle(f"expression.{name}", getattr(self, name))

    def apply(self, settings: Settings) -> None:
        """Everything as the settings say; expressions that are on fade out."""
        self._parts.shaping.curves = Curves(settings.curves)
        self._parts.shaping.expressions = Expressions(settings.presets())
        self.apply_motion(settings.motion)

    def apply_motion(self, motion: Motion) -> None:
        """What moves by itself."""
        parts = self._parts
        parts.shaping.link_eyes = motion.link_eyes
        parts.stage.swing(parts.clock.now_s, strength=motion.hair, wind=motion.wind)
        if parts.stage.bearing is not None:
            parts.stage.bearing.breath, parts.stage.bearing.body = motion.breath, motion.body
        if parts.shaping.alive is not None:
            parts.shaping.alive.blink, parts.shaping.alive.gaze = motion.blink, motion.gaze
        self._sources.apply_motion(motion)

    # ---- curves and motion ------------------------------------------------------------------------

    def curve(self, values: dict[str, Any]) -> Any:
        """What isn't said stays."""
        name = values["name"]
        before = self._parts.settings.curves.get(name, STRAIGHT)
        curve = replace(before, **{key: value for key, value in values.items() if key != "name"})
        if curve == STRAIGHT:
            self._parts.keeper.drop("curves", name)
        else:
            self._parts.keeper.put("curves", name, curve)
        self._bend()
        return {"name": name, "low": curve.low, "high": curve.high, "power": curve.power, "on": curve.on}

    def reset(self, values: dict[str, Any]) -> Any:
        """All shapes straight."""
        self._parts.keeper.reset("curves")
        self._bend()
        return {}

    def motion(self, values: dict[str, Any]) -> Any:
        """What isn't said stays."""
        self._parts.keeper.change("motion", **values)
        self.apply_motion(self._parts.settings.motion)
        return values

    def _bend(self) -> None:
        self._parts.shaping.curves = Curves(self._parts.settings.curves)

    # ---- expressions ------------------------------------------------------------------------------

    def trigger(self, values: dict[str, Any]) -> Any:
        """On, off, or over."""
        on = self._expressions.trigger(values["name"], values.get("on"), self._parts.clock.now_s())
        return {"name": values["name"], "on": on}

    def clear(self, values: dict[str, Any]) -> Any:
        """All off."""
        self._expressions.clear(self._parts.clock.now_s())
        return {}

    def set(self, values: dict[str, Any]) -> Any:
        """What isn't said of a known one stays."""
        name = values["name"]
        known = next((preset for preset in self._expressions.presets if preset.name == name), None)
        preset = Preset(**values) if known is None else replace(known, **values)
        self._expressions.set(preset, self._parts.clock.now_s())
        self._parts.keeper.put("expressions", name, preset)
        return preset.as_json()

    def remove(self, values: dict[str, Any]) -> Any:
        """A built-in one is remembered as taken away."""
        name = values["name"]
        self._expressions.remove(name, self._parts.clock.now_s())
        if any(preset.name == name for preset in Settings().presets()):
            self._parts.keeper.put("expressions", name, None)
        else:
            self._parts.keeper.drop("expressions", name)
        return {"name": name}

    def step(self, now_s: float) -> None:
        """What came by OSC: `expression/NAME`, 1 on, 0 off, without a number over; `clear`; `rest`."""
        for member in self._parts.cast.playing:
            wishes = getattr(member.driver, "wishes", None)
            for what, number in wishes() if wishes is not None else ():
                kind, _, name = what.partition("/")
                if kind == "expression" and name:
                    on = None if number is None else number >= 0.5
                    self._parts.show.post("expression.trigger", {"name": name, "on": on})
                elif what in _BY_OSC and (number is None or number >= 0.5):
                    self._parts.show.post(_BY_OSC[what])

    @property
    def _expressions(self) -> Expressions:
        return self._parts.shaping.expressions

