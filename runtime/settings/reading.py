"""Settings out of plain mappings, patiently: what can't be understood is told in one line each and keeps its default.

An unknown name is told with the nearest one that there is. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from assets import arkit
from assets.errors import CartoonAliveError, UsageError
from runtime import actions
from runtime.actions import Parameter
from runtime.faces.curves import Curve
from runtime.faces.expressions import PRESETS, Preset
from runtime.settings.values import SECTIONS, Keys, Motion, Page, Settings, Sources, Start, View

MAX_SOURCES: Final = 16
_NAMES: Final = Parameter("", "names")
_CURVE: Final = {name: part for name, part in actions.ACTIONS["shape.curve"].parameters.items() if name != "name"}
_SMOOTH: Final = actions.ACTIONS["source.smooth"].parameters["value"]
_BUILT_IN: Final = {preset.name: preset for preset in PRESETS}
_START: Final = ("driver", "options", "only")
_EXPRESSION: Final = ("weights", "overlays", "fade_s", "hold_s", "key", "removed")


def read(document: Mapping[str, Any]) -> tuple[Settings, list[str]]:
    """The settings in a mapping of sections, and one line for everything in it that could not be taken."""
    reader = _Reader()
    for name in document:
        if name not in SECTIONS:
            reader.unknown(f"[{name}]", "section", name, SECTIONS)
    return (
        Settings(
            view=reader.section("view", document, View),
            motion=reader.section("motion", document, Motion),
            sources=reader.sources(reader.table("sources", document)),
            curves=reader.curves(reader.table("curves", document)),
            expressions=reader.expressions(reader.table("expressions", document)),
            keys=reader.section("keys", document, Keys),
            outputs=reader.outputs(reader.table("outputs", document)),
            page=reader.section("page", document, Page),
        ),
        reader.complaints,
    )


class _Reader:
    def __init__(self) -> None:
        self.complaints: list[str] = []

    def unknown(self, where: str, what: str, word: Any, known: Iterable[str]) -> None:
        self.complaints.append(f"{where}: there is no such {what}{actions.nearest(str(word)[:64], known)}")

    def table(self, name: str, document: Mapping[str, Any], default: Any = None) -> Mapping[str, Any]:
        value = document.get(name, {} if default is None else default)
        if isinstance(value, Mapping):
            return value
        self.complaints.append(f"{name}: expected a table, got {value!r:.60}")
        return {}

    def section(self, name: str, document: Mapping[str, Any], kind: type[Any]) -> Any:
        parameters = {spec.name: spec.metadata["parameter"] for spec in fields(kind)}
        values = {}
        for key, value in self.table(name, document).items():
            if key not in parameters:
                self.unknown(f"[{name}] {key}", "setting", key, parameters)
            elif (checked := self.value(f"[{name}] {key}", parameters[key], value)) is not None:
                values[key] = int(checked) if kind is Page and key == "port" else checked
        return kind(**values)

    def value(self, what: str, parameter: Parameter, value: Any) -> Any:
        """The checked value; None, and a complaint, where it can't be."""
        try:
            return actions.checked(what, parameter, value)
        except UsageError as error:
            self.complaints.append(f"{error}; the usual value is taken")
            return None

    def sources(self, table: Mapping[str, Any]) -> Sources:
        for key in table:
            if key not in ("start", "order", "smooth"):
                self.unknown(f"[sources] {key}", "setting", key, ("start", "order", "smooth"))
        order, smooth = {}, {}
        for region, names in self.table("order", table).items():
            checked = self.value(f"[sources.order] {region}", _NAMES, names)
            if self._is_region("order", region) and checked is not None:
                order[region] = tuple(checked)
        for region, value in self.table("smooth", table).items():
            checked = self.value(f"[sources.smooth] {region}", _SMOOTH, value)
            if self._is_region("smooth", region) and checked is not None:
                smooth[region] = checked
        return Sources(self._starts(table), order, smooth)

    def _is_region(self, what: str, region: str) -> bool:
        known = ("all", *actions.REGIONS)
        if region in known:
            return True
        self.unknown(f"[sources.{what}] {region}", "region", region, known)
        return False

    def _starts(self, table: Mapping[str, Any]) -> tuple[Start, ...] | None:
        entries = table.get("start")
        if entries is None:
            return None
        if not isinstance(entries, Sequence) or isinstance(entries, str):
            self.complaints.append("[[sources.start]]: expected a list of sources")
            return None
        starts = []
        for entry in list(entries)[:MAX_SOURCES]:
            if not isinstance(entry, Mapping) or not isinstance(entry.get("driver"), str):
                self.complaints.append('[[sources.start]]: a source needs its driver, such as driver = "webcam"')
                continue
            if unknown := [key for key in entry if key not in _START]:
                self.unknown(f"[[sources.start]] {unknown[0]}", "setting", unknown[0], _START)
            only = self.value("[[sources.start]] only", _NAMES, entry.get("only", []))
            only = tuple(region for region in only or () if self._is_region("start", region) and region != "all")
            starts.append(Start(entry["driver"], dict(self.table("options", entry)), only))
        return tuple(starts)

    def curves(self, table: Mapping[str, Any]) -> dict[str, Curve]:
        made = {}
        for name in table:
            if name not in arkit.INDEX:
                self.unknown(f"[curves.{name}]", "shape", name, arkit.NAMES)
                continue
            known = {}
            for key, value in self.table(name, table).items():
                if key not in _CURVE:
                    self.unknown(f"[curves.{name}] {key}", "setting", key, _CURVE)
                elif (checked := self.value(f"[curves.{name}] {key}", _CURVE[key], value)) is not None:
                    known[key] = checked
            try:
                curve = Curve(**known)
            except CartoonAliveError as error:
                self.complaints.append(f"[curves.{name}]: {error}; the usual value is taken")
                continue
            if curve != Curve():
                made[name] = curve
        return made

    def expressions(self, table: Mapping[str, Any]) -> dict[str, Preset | None]:
        made: dict[str, Preset | None] = {}
        for name in table:
            values = dict(self.table(name, table))
            for key in [key for key in values if key not in _EXPRESSION]:
                self.unknown(f"[expressions.{name}] {key}", "setting", key, _EXPRESSION)
                del values[key]
            if values.pop("removed", False) is True:
                made[name] = None
                continue
            try:
                made[name] = Preset(name, **values)
            except (CartoonAliveError, TypeError, ValueError, AttributeError) as error:
                self.complaints.append(f"[expressions.{name}]: {' '.join(str(error).split())}; it is left out")
        return {name: preset for name, preset in made.items() if preset != _BUILT_IN.get(name)}

    def outputs(self, table: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        return {name: dict(self.table(name, table)) for name in table}
