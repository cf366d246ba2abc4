"""What a streamer has chosen: frozen values, each with its limits. `runtime.settings.reading` reads them, patiently."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from runtime import actions
from runtime.actions import Parameter
from runtime.faces.curves import Curve
from runtime.faces.expressions import PRESETS, Preset

_VIEW: Final = actions.ACTIONS["view.place"].parameters
_MOTION: Final = actions.ACTIONS["motion.set"].parameters
_SWITCH: Final = Parameter("", "switch")
_TEXT: Final = Parameter("", "text")
_ALPHA: Final = actions.ACTIONS["view.alpha"].parameters["value"]


def _known(default: Any, parameter: Parameter) -> Any:
    return field(default=default, metadata={"parameter": parameter})


@dataclass(frozen=True, slots=True)
class View:
    """What is seen. background: "transparent", a colour, or the path of a picture."""

    background: str = _known("#e0e0e0", _TEXT)
    mirror: bool = _known(True, _SWITCH)
    zoom: float = _known(1.0, _VIEW["zoom"])
    x: float = _known(0.0, _VIEW["x"])
    y: float = _known(0.0, _VIEW["y"])
    on_top: bool = _known(False, _SWITCH)
    borderless: bool = _known(False, _SWITCH)
    fullscreen: bool = _known(False, _SWITCH)
    alpha: str = _known("natural", _ALPHA)


@dataclass(frozen=True, slots=True)
class Motion:
    """What moves by itself; see `motion.set`."""

    hair: float = _known(1.0, _MOTION["hair"])
    wind: float = _known(1.0, _MOTION["wind"])
    breath: float = _known(1.0, _MOTION["breath"])
    blink: float = _known(1.0, _MOTION["blink"])
    gaze: float = _known(1.0, _MOTION["gaze"])
    body: float = _known(1.0, _MOTION["body"])
    lost: str = _known("idle", _MOTION["lost"])
    link_eyes: float = _known(0.0, _MOTION["link_eyes"])
    voice: float = _known(1.0, _MOTION["voice"])
    voice_mode: str = _known("blend", _MOTION["voice_mode"])


@dataclass(frozen=True, slots=True)
class Start:
    """A source that a show begins with. only: the regions that it may move; empty for all."""

    driver: str
    options: Mapping[str, Any] = field(default_factory=dict)
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """start: None as long as nobody has chosen. order, smooth: by region, or "all"."""

    start: tuple[Start, ...] | None = None
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    smooth: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Keys:
    """What a key does: names as SDL spells them, several with spaces between; "" for none."""

    rest: str = _known("c n", _TEXT)
    transparent: str = _known("t", _TEXT)
    background: str = _known("b", _TEXT)
    mirror: str = _known("m", _TEXT)
    record: str = _known("r", _TEXT)
    snapshot: str = _known("p", _TEXT)
    clear: str = _known("space", _TEXT)
    fullscreen: str = _known("f f11", _TEXT)
    page: str = _known("u", _TEXT)
    help: str = _known("h f1", _TEXT)
    quit: str = _known("escape q", _TEXT)


@dataclass(frozen=True, slots=True)
class Page:
    """The control page. port: 0 for any that is free. lan: phones and tablets may come, too. browser: open it."""

    on: bool = _known(True, _SWITCH)
    port: int = _known(0, Parameter("", "number", 0, 65535))
    lan: bool = _known(False, _SWITCH)
    browser: bool = _known(True, _SWITCH)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything. curves: those that differ from a straight line. expressions: those that differ from the built-in
    ones, None for one that was taken away. outputs: options by name; `on` is among them."""

    view: View = View()
    motion: Motion = Motion()
    sources: Sources = Sources()
    curves: Mapping[str, Curve] = field(default_factory=dict)
    expressions: Mapping[str, Preset | None] = field(default_factory=dict)
    keys: Keys = Keys()
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    page: Page = Page()

    def presets(self) -> tuple[Preset, ...]:
        """The expressions of the show: built-in ones as they were changed, then the own ones."""
        built_in = {preset.name: preset for preset in PRESETS}
        every = {**built_in, **self.expressions}
        return tuple(preset for preset in every.values() if preset is not None)

    def as_json(self) -> dict[str, dict[str, Any]]:
        """Section -> name -> value, plain; what `read` takes."""
        sources: dict[str, Any] = {
            "order": {region: list(names) for region, names in self.sources.order.items()},
            "smooth": dict(self.sources.smooth),
        }
        if self.sources.start is not None:
            sources["start"] = [_start_as_json(start) for start in self.sources.start]
        return {
            "view": dataclasses.asdict(self.view),
            "motion": dataclasses.asdict(self.motion),
            "sources": sources,
            "curves": {name: dataclasses.asdict(curve) for name, curve in self.curves.items()},
            "expressions": {name: expression_as_json(preset) for name, preset in self.expressions.items()},
            "keys": dataclasses.asdict(self.keys),
            "outputs": {name: dict(options) for name, options in self.outputs.items()},
            "page": dataclasses.asdict(self.page),
        }


SECTIONS: Final = tuple(spec.name for spec in fields(Settings))
DEFAULTS: Final = Settings()


def expression_as_json(preset: Preset | None) -> dict[str, Any]:
    """As it stands in a file, where nothing can be null: no `hold_s` stays until it is switched off."""
    if preset is None:
        return {"removed": True}
    told = {name: value for name, value in preset.as_json().items() if name != "name" and value is not None}
    return told


def _start_as_json(start: Start) -> dict[str, Any]:
    told: dict[str, Any] = {"driver": start.driver}
    if start.options:
        told["options"] = dict(start.options)
    if start.only:
        told["only"] = list(start.only)
    return told


def changed(settings: Settings, section: str, /, **values: Any) -> Settings:
    """The settings with other values in one section that is a dataclass."""
    return replaced(settings, section, dataclasses.replace(getattr(settings, section), **values))


def replaced(settings: Settings, section: str, value: Any, /) -> Settings:
    """The settings with another section."""
    values = {section: value}
    return dataclasses.replace(settings, **values)
