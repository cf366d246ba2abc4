"""Messages of the control page and of plugins, as pure functions; docs/api.md describes them for people.

    {"v": 1, "id": 7, "do": "expression.trigger", "with": {"name": "joy"}}  ->  {"id": 7, "ok": true, "result": ...}
                                                                            or  {"id": 7, "error": "one line"}
    {"subscribe": ["state", "live"], "side_px": 320}                        ->  {"topic": "state", "value": {...}} ...
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, NoReturn

VERSION: Final = 1
TOPICS: Final = ("state", "live", "preview", "page")
MAX_MESSAGE_BYTES: Final = 1 << 20
MIN_SIDE_PX: Final = 64
MAX_SIDE_PX: Final = 1024
DEFAULT_SIDE_PX: Final = 320
MAX_RATE_HZ: Final = 20
MAX_NAME: Final = 64
MAX_DEPTH: Final = 8
"""So deep lists and objects may lie in each other."""
DIGITS: Final = 4
"""Of a number that is sent; finer than any eye."""

Id = int | str | None


class MessageError(Exception):
    """A message that says nothing we know, in one line; `id` is its number where it had one."""

    def __init__(self, words: str, number: Id = None) -> None:
        super().__init__(words)
        self.id = number


@dataclass(frozen=True, slots=True)
class Request:
    """Something to do. id: repeated in the answer; None: nobody waits for one."""

    id: Id
    action: str
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Subscription:
    """What to be told from now on. side_px: the longer side of the preview's pictures. rate_hz: of `live`, at most."""

    id: Id
    topics: frozenset[str]
    side_px: int = DEFAULT_SIDE_PX
    rate_hz: int = MAX_RATE_HZ


def parse(text: str | bytes) -> Request | Subscription:
    """One message. Raises MessageError."""
    try:
        message = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise MessageError("a message is one JSON object") from None
    if not isinstance(message, dict):
        raise MessageError("a message is one JSON object")
    number = _id(message)
    if message.get("v", VERSION) != VERSION:
        raise MessageError(f"this show speaks version {VERSION} of the protocol, not {_short(message['v'])}", number)
    if "subscribe" in message:
        return _subscription(message, number)
    _only(message, ("v", "id", "do", "with"), number)
    action = message.get("do")
    if not isinstance(action, str) or not 0 < len(action) <= MAX_NAME:
        raise MessageError('a message says what to do, as in {"do": "view.mirror", "with": {"on": true}}', number)
    values = message.get("with", {})
    if not isinstance(values, dict):
        raise MessageError(f"{action}: 'with' is an object of names and values", number)
    if _depth(values) > MAX_DEPTH:
        raise MessageError(f"{action}: its values lie too deep in each other", number)
    return Request(number, action, values)


def answer(number: Id, result: Any) -> str:
    """What was done."""
    return dumps({"id": number, "ok": True, "result": result})


def trouble(number: Id, words: str) -> str:
    """What could not be done, and why, in one line."""
    return dumps({"id": number, "error": " ".join(words.split())})


def news(topic: str, value: Any) -> str:
    """What a subscriber is told."""
    return dumps({"topic": topic, "value": value})


def dumps(value: Any) -> str:
    """JSON, short: few digits, no spaces, nothing that isn't a number where one is expected."""
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, str | int):
        return value
    return str(value)


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _id(message: Mapping[str, Any]) -> Id:
    number = message.get("id")
    if isinstance(number, bool) or not (number is None or isinstance(number, int | str)):
        raise MessageError("an id is a number or a text")
    if len(str(number)) > MAX_NAME:
        raise MessageError(f"an id has at most {MAX_NAME} characters")
    return number


def _subscription(message: Mapping[str, Any], number: Id) -> Subscription:
    _only(message, ("v", "id", "subscribe", "side_px", "rate_hz"), number)
    topics = message["subscribe"]
    if not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
        raise MessageError(f"'subscribe' is a list of: {', '.join(TOPICS)}", number)
    for topic in topics:
        if topic not in TOPICS:
            raise MessageError(f"there is no topic {_short(topic)}; there are: {', '.join(TOPICS)}", number)
    side_px = _whole(message, "side_px", DEFAULT_SIDE_PX, MIN_SIDE_PX, MAX_SIDE_PX, number)
    rate_hz = _whole(message, "rate_hz", MAX_RATE_HZ, 1, MAX_RATE_HZ, number)
    return Subscription(number, frozenset(topics), side_px, rate_hz)


def _whole(message: Mapping[str, Any], key: str, usual: int, low: int, high: int, number: Id) -> int:
    value = message.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise MessageError(f"{key} is a whole number from {low} to {high}", number)
    return value


def _only(message: Mapping[str, Any], known: tuple[str, ...], number: Id) -> None:
    for key in message:
        if key not in known:
            raise MessageError(f"a message has no key {_short(key)}; it has: {', '.join(known)}", number)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= MAX_NAME else f"{text[:MAX_NAME]}..."


def _depth(value: Any) -> int:
    """How deep lists and objects lie in each other; stops counting one beyond what is allowed."""
    layer, depth = [value], 0
    while depth <= MAX_DEPTH:
        inner: list[Any] = []
        for each in layer:
            if isinstance(each, dict):
                inner += each.values()
            elif isinstance(each, list):
                inner += each
        if not any(isinstance(each, dict | list) for each in layer):
            return depth
        layer, depth = inner, depth + 1
    return depth
