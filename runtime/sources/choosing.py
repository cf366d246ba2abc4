"""From the words of the command line to drivers: `NAME[:KEY=VALUE,...]`, and a few flags shared by several.

KEY is a field of the driver's `Options`, or `only`: the regions that this driver may move, such as
`microphone:only=mouth+tongue`. The flags of `arguments` are short for the
commonest keys; each driver takes those that it has.
"""

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assets import arkit
from assets.errors import UsageError
from assets.face import HEAD
from drivers.base import Driver, DriverModule
from runtime import arguments
from runtime.faces.mixer import EVERYTHING, channels_of

EVERY_ADDRESS: Final = "0.0.0.0"
"""What `--lan` means to a driver that has a host."""
_DEVICES: Final = ("camera", "source", "device", "take")
"""The options that tell one source from another of the same driver."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One driver, ready to be entered, and the channels that it may move.

    source: what it hears, as a name under which to keep what is known of it: `webcam`, or `webcam-1` for camera 1.
    """

    name: str
    driver: Driver
    allowed: frozenset[str]
    source: str


def choose(words: Sequence[str], flags: Mapping[str, Any], /) -> list[Choice]:
    """The drivers named by `words`, in that order. Raises UsageError for anything that fits no driver."""
    import drivers

    chosen: list[Choice] = []
    taken: set[str] = set()
    for word in words:
        name, _, rest = word.partition(":")
        module = drivers.load(name)
        if name in (choice.name for choice in chosen):
            raise UsageError(f"the driver {name} is named twice")
        values, allowed = _own_values(name, module, rest)
        fields = {field.name for field in dataclasses.fields(module.Options)}
        for flag, value in flags.items():
            field = next((field for field in arguments.DRIVER_FLAGS[flag] if field in fields), None)
            if field is not None:
                taken.add(flag)
                lan = flag == "lan" and field == "host"
                values.setdefault(field, _value(module, name, field, EVERY_ADDRESS if lan else value))
        source = "-".join([name, *(str(values[field]) for field in _DEVICES if field in values)])
        chosen.append(Choice(name, module.create(module.Options(**values)), allowed, source))
    for flag in flags:
        if flag not in taken:
            raise UsageError(f"--{flag} says nothing to the chosen drivers: {', '.join(words)}")
    return chosen


def chosen(name: str, options: Mapping[str, Any], only: Sequence[str] = ()) -> Choice:
    """The driver `name` with options by name; among them may be the flags of `arguments.DRIVER_FLAGS`, such as `lan`.

    only: the regions that it may move; none named, all. Raises UsageError."""
    import drivers

    module = drivers.load(name)
    fields = {field.name for field in dataclasses.fields(module.Options)}
    values: dict[str, Any] = {}
    for key, value in options.items():
        field = next((known for known in arguments.DRIVER_FLAGS.get(key, ()) if known in fields), key)
        if key == "lan" and field == "host":
            if not value:
                continue
            value = EVERY_ADDRESS
        values[field] = _value(module, name, field, value)
    source = "-".join([name, *(str(values[field]) for field in _DEVICES if field in values)])
    allowed = _regions(name, "+".join(only)) if only else EVERYTHING
    return Choice(name, module.create(module.Options(**values)), allowed, source)


def described(name: str, /) -> list[dict[str, Any]]:
    """The options of a driver, JSON-ready: name, kind ("text", "number", "switch"), help, default."""
    import drivers

    module = drivers.load(name)
    hints = typing.get_type_hints(module.Options)
    told = []
    for field in dataclasses.fields(module.Options):
        hint = hints[field.name]
        kinds = [kind for kind in typing.get_args(hint) if kind is not types.NoneType] if _is_union(hint) else [hint]
        default = field.default if isinstance(field.default, str | int | float | bool) else None
        kind = {bool: "switch", int: "number", float: "number"}.get(kinds[0], "text")
        told.append({"name": field.name, "kind": kind, "help": field.metadata.get("help", ""), "default": default})
    return told


def _own_values(name: str, module: DriverModule, rest: str) -> tuple[dict[str, Any], frozenset[str]]:
    values: dict[str, Any] = {}
    allowed = EVERYTHING
    for part in filter(None, rest.split(",")):
        key, equals, value = part.partition("=")
        if not equals:
            raise UsageError(f"driver {name}: expected KEY=VALUE, got {part!r}; {_known(module)}")
        if key == "only":
            allowed = _regions(name, value)
        else:
            values[key] = _value(module, name, key, value)
    return values, allowed


def _regions(name: str, text: str) -> frozenset[str]:
    try:
        return channels_of(text.split("+"))
    except KeyError as error:
        regions = ", ".join((*arkit.REGIONS, HEAD))
        raise UsageError(f"driver {name}: there is no region {error}; the regions are: {regions}") from None


def _value(module: DriverModule, name: str, key: str, value: Any) -> Any:
    """`value`, a word or already of its type, as the field `key` of the driver's options wants it."""
    hint = typing.get_type_hints(module.Options).get(key)
    if hint is None:
        raise UsageError(f"driver {name}: has no option {key!r}; {_known(module)}")
    kinds = [kind for kind in typing.get_args(hint) if kind is not types.NoneType] if _is_union(hint) else [hint]
    try:
        return _convert(kinds[0], value)
    except (TypeError, ValueError):
        raise UsageError(f"driver {name}: {key}: expected {_spoken(kinds[0])}, got {value!r}") from None


def _convert(kind: Any, value: Any) -> Any:
    if typing.get_origin(kind) is tuple:
        inner = typing.get_args(kind)[0]
        parts = value.split("+") if isinstance(value, str) else [value]
        return tuple(_convert(inner, part) for part in parts)
    if kind is bool and isinstance(value, str):
        if value.lower() not in _WORDS_OF_TRUTH:
            raise ValueError
        return _WORDS_OF_TRUTH[value.lower()]
    if kind in (str, int, float, Path, bool):
        return kind(value)
    return value


_WORDS_OF_TRUTH: Final = {"yes": True, "true": True, "on": True, "1": True,
                          "no": False, "false": False, "off": False, "0": False}  # fmt: skip


def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def _spoken(kind: Any) -> str:
    if typing.get_origin(kind) is tuple:
        return f"{_spoken(typing.get_args(kind)[0])}, or several with + between"
    return {int: "a whole number", float: "a number", bool: "yes or no", Path: "a path"}.get(kind, str(kind))


def _known(module: DriverModule) -> str:
    names = [field.name for field in dataclasses.fields(module.Options)]
    return f"its options are: {', '.join((*names, 'only'))}"
