"""JSON of unknown origin, read strictly: finite numbers, no repeated keys, bounded size and depth, typed access.

`parse` turns text into plain values; `Node` walks them and knows where it is, so that every complaint names its field:
`layers[3].opacity: expected a number from 0 to 1, got 7`. All complaints are ValueError of one line.
"""

import json
import math
import reprlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn

MAX_DEPTH: Final = 16
_MISSING: Final = object()


def shown(value: object, /) -> str:
    """A short, one-line picture of any value, for messages."""
    return reprlib.repr(value).encode("ascii", "backslashreplace").decode("ascii")


def one_line(text: object, /) -> str:
    """`str(text)` safe for a message: control characters and broken Unicode escaped, nothing cut off."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in str(text))


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {shown(repeated)} appears twice")
    return result


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {shown(text)} is too large")
    return value


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")


def parse(data: bytes, /, *, limit_bytes: int) -> Any:
    """The value in `data` (UTF-8). Raises ValueError when it isn't strict JSON or breaks a limit."""
    if len(data) > limit_bytes:
        raise ValueError(f"is {len(data)} bytes long, at most {limit_bytes} are allowed")
    try:
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_pairs, parse_float=_finite, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise ValueError(f"is nested deeper than {MAX_DEPTH} levels") from None
    _check_depth_and_text(value)
    return value


def _check_depth_and_text(root: Any) -> None:
    level = [root]
    for depth in range(MAX_DEPTH + 1):
        if depth == MAX_DEPTH and any(isinstance(value, dict | list) for value in level):
            raise ValueError(f"is nested deeper than {MAX_DEPTH} levels")
        inside: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inside += value
                inside += value.values()
            elif isinstance(value, list):
                inside += value
            elif isinstance(value, str) and not value.isascii():
                _check_text(value)
        level = inside


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(f"the text {shown(text)} has half a surrogate pair") from None


def dump(value: Any, /, *, limit_bytes: int) -> bytes:
    """`value` as UTF-8 JSON that `parse` gives back equal (tuples become lists). Raises ValueError when it can't."""
    try:
        _check_keys(value)
        data = (json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"can't be written as JSON: {' '.join(str(error).split())}") from error
    parse(data, limit_bytes=limit_bytes)
    return data


def _check_keys(value: Any) -> None:
    if isinstance(value, dict):
        for key, member in value.items():
            if not isinstance(key, str):
                raise ValueError(f"the key {shown(key)} is not text")
            _check_keys(member)
    elif isinstance(value, list | tuple):
        for member in value:
            _check_keys(member)


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value and its place in the document."""

    value: Any
    place: str

    def fail(self, expected: str) -> NoReturn:
        """Raise the ValueError for this place."""
        raise ValueError(f"{self.place or 'value'}: expected {expected}, got {shown(self.value)}")

    def __getitem__(self, key: str) -> "Node":
        """The member `key` of an object; it must be there."""
        node = self.get(key, _MISSING)
        if node.value is _MISSING:
            raise ValueError(f"{node.place}: is missing")
        return node

    def get(self, key: str, default: Any = None) -> "Node":
        """The member `key` of an object, or `default`."""
        place = f"{self.place}.{key}" if self.place else key
        return Node(self.object().get(key, default), place)

    def __iter__(self) -> Iterator["Node"]:
        for index, value in enumerate(self.array()):
            yield Node(value, f"{self.place}[{index}]")

    def object(self) -> dict[str, Any]:
        """The value, which must be an object."""
        if not isinstance(self.value, dict):
            self.fail("an object")
        return self.value

    def array(self, length: int | None = None, *, at_most: int = 1_000_000) -> list[Any]:
        """The value, which must be a list, of `length` entries if given."""
        if not isinstance(self.value, list):
            self.fail("a list")
        if length is not None and len(self.value) != length:
            raise ValueError(f"{self.place}: expected a list of {length}, got {len(self.value)} entries")
        if len(self.value) > at_most:
            raise ValueError(f"{self.place}: expected at most {at_most} entries, got {len(self.value)}")
        return self.value

    def text(self, *, at_most: int = 4096) -> str:
        """The value, which must be text without control characters other than line breaks and tabs."""
        if not isinstance(self.value, str):
            self.fail("text")
        if len(self.value) > at_most:
            raise ValueError(f"{self.place}: expected at most {at_most} characters, got {len(self.value)}")
        if any((ord(char) < 32 and char not in "\n\t") or 127 <= ord(char) < 160 for char in self.value):
            self.fail("text without control characters")
        return self.value

    def boolean(self) -> bool:
        """The value, which must be true or false."""
        if not isinstance(self.value, bool):
            self.fail("true or false")
        return self.value

    def integer(self, lowest: int = 0, highest: int = 2**32 - 1) -> int:
        """The value, which must be a whole number in lowest..highest."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not lowest <= self.value <= highest:
            self.fail(f"a whole number from {lowest} to {highest}")
        return self.value

    def number(self, lowest: float = -1e9, highest: float = 1e9) -> float:
        """The value, which must be a number in lowest..highest."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.fail("a number")
        if not lowest <= self.value <= highest:
            self.fail(f"a number from {lowest:g} to {highest:g}")
        return float(self.value)
