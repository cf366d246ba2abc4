"""Options of an output, as a page, a settings file or a program sends them: names and JSON values -> a dataclass."""

import difflib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

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


def _value(name: str, key: str, wanted: Any, value: Any) -> Any:
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        words = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}[wanted]
        raise UsageError(f"{name}: {key} must be {words}, got {value!r}")
    if wanted is float and not abs(value) < 1e9:
        raise UsageError(f"{name}: {key} must be a number, got {value!r}")
    return value
