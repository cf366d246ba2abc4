"""Options of an output, as a page, a settings file or a program sends them: names and JSON values -> a dataclass."""

import difflib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final, TypeVar

from assets.errors import UsageError

T = TypeVar("T")


def parsed(name: str, kind: type[T], values: Mapping[str, Any], /) -> T:
    """An instance of the dataclass `kind`, whose fields are all str, int, float or bool. Raises UsageError."""
    known = {field.name: field.type for field in fields(kind)}  # type: ignore[arg-type]
    made = {}
    for key, value in values.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, 1, 0.0)[0]
            raise UsageError(f"{name}: there is no option {key!r}; did you mean {near!r}?")
        made[key] = _value(name, key, known[key], value)
    return kind(**made)


def spoken(name: str, kind: type[T], words: str, /) -> dict[str, Any]:
    """`KEY=VALUE,...` as values for `parsed`, each of the type of its field. Raises UsageError."""
    known = {field.name: field.type for field in fields(kind)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for part in filter(None, words.split(",")):
        key, equals, text = part.partition("=")
        if not equals:
            raise UsageError(f"{name}: expected KEY=VALUE, got {part!r}; its options are: {', '.join(known)}")
        wanted = known.get(key, str)
        try:
            values[key] = _TRUTH[text.lower()] if wanted is bool else wanted(text)  # type: ignore[operator]
        except (KeyError, ValueError):
            values[key] = text  # said in one way, by `parsed`
    parsed(name, kind, values)
    return values


_TRUTH: Final = {"yes": True, "true": True, "on": True, "1": True,
                 "no": False, "false": False, "off": False, "0": False}  # fmt: skip


def _value(name: str, key: str, wanted: Any, value: Any) -> Any:
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        words = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}[wanted]
        raise UsageError(f"{name}: {key} must be {words}, got {value!r}")
    if wanted is float and not abs(value) < 1e9:
        raise UsageError(f"{name}: {key} must be a number, got {value!r}")
    return value
