"""Open Sound Control, read so that no datagram can hurt: bounded, iterative, never raising.

OSC 1.0: a packet is a message (address, type tags, arguments) or a bundle of packets, everything big-endian and
padded to 4 bytes. We read what senders of faces really send, and forgive what they get wrong: numbers of any type,
a missing tag string, time-tags of any year (which we ignore: newest wins). Libraries made for servers are no help
here; one in wide use loops for ever on an element of size -4, and sleeps until a time-tag in the future.
"""

import math
import re
import struct
from typing import Final, NamedTuple

MAX_DATAGRAM_BYTES: Final = 65536
MAX_MESSAGES: Final = 256
MAX_DEPTH: Final = 4
MAX_ARGUMENTS: Final = 64
MAX_TEXT_BYTES: Final = 256

Argument = float | int | bool | str | None
"""None stands for an argument that can't be used: a blob, a colour, a number that isn't finite ..."""


class Message(NamedTuple):
    """One message: `Message("/W", (24, 0.5))`."""

    address: str
    arguments: tuple[Argument, ...]


MAX_KNOWN: Final = 1024
MAX_KNOWN_BYTES: Final = 160

_INT: Final = struct.Struct(">i")
_int_at: Final = _INT.unpack_from
_float_at: Final = struct.Struct(">f").unpack_from
_NUMBERS: Final = {
    ord("f"): struct.Struct(">f"),
    ord("i"): _INT,
    ord("d"): struct.Struct(">d"),
    ord("h"): struct.Struct(">q"),
}
_CONSTANTS: Final[dict[int, Argument]] = {ord("T"): True, ord("F"): False, ord("N"): None, ord("I"): None}
_UNUSED_BYTES: Final = {ord("t"): 8, ord("c"): 4, ord("r"): 4, ord("m"): 4}
_TEXT: Final = frozenset(b"sS")
_BLOB: Final = ord("b")
_BRACKETS: Final = frozenset(b"[]")
_KEPT: Final = re.compile(rb"[siTF]{0,3}f")
_known: Final[dict[bytes, tuple[str, tuple[Argument, ...]]]] = {}
"""Beginnings of messages that end in a float, as they came -> (address, arguments before it).

Senders of faces say the same few hundred things for ever, and only the last number changes. What has been read once,
with every check, needs no second reading. Bounded, for those who never say the same.
"""
_once: Final[set[bytes]] = set()
"""Beginnings that have come once."""
_BUNDLE: Final = b"#bundle\0"
_BUNDLE_HEAD_BYTES: Final = 16


def messages(datagram: bytes, /) -> list[Message]:
    """The messages of one datagram in their order: all that can be read, at most `MAX_MESSAGES`. Never raises."""
    found: list[Message] = []
    if len(datagram) > MAX_DATAGRAM_BYTES:
        return found
    budget = MAX_MESSAGES  # counts unreadable elements too
    open_bundles: list[tuple[int, int]] = []  # (where to go on, end), the innermost last
    if datagram.startswith(_BUNDLE):
        open_bundles.append((_BUNDLE_HEAD_BYTES, len(datagram)))
    elif (message := _message(datagram, 0, len(datagram))) is not None:
        found.append(message)
    known_at, is_finite, made = _known.get, math.isfinite, tuple.__new__  # a named tuple in half the time
    while open_bundles and budget > 0:
        position, end = open_bundles.pop()
        while position + 4 <= end and budget > 0:
            start = position + 4
            position = start + _int_at(datagram, position)[0]
            if not start < position <= end:  # a size that lies: the rest of this bundle can't be found
                break
            budget -= 1
            if (known := known_at(datagram[start : position - 4])) is not None:
                value = _float_at(datagram, position - 4)[0]
                found.append(made(Message, (known[0], (*known[1], value if is_finite(value) else None))))
            elif datagram.startswith(_BUNDLE, start, position):
                open_bundles.append((position, end))
                if len(open_bundles) < MAX_DEPTH:
                    open_bundles.append((start + _BUNDLE_HEAD_BYTES, position))
                break
            elif (message := _message(datagram, start, position)) is not None:
                found.append(message)
    return found


def _with_float(known: tuple[str, tuple[Argument, ...]], data: bytes, position: int) -> Message:
    value = _float_at(data, position)[0]
    return Message(known[0], (*known[1], value if math.isfinite(value) else None))


def _message(data: bytes, start: int, end: int) -> Message | None:
    head = data[start : end - 4]
    if (known := _known.get(head)) is not None:
        return _with_float(known, data, end - 4)
    zero = data.find(b"\0", start, end)
    address_end = zero if zero >= 0 else end
    if not 1 < address_end - start <= MAX_TEXT_BYTES or data[start] != 0x2F:
        return None
    try:
        address = data[start:address_end].decode("utf-8")
    except UnicodeDecodeError:
        return None
    tags_start = _padded(start, address_end)
    if tags_start >= end or data[tags_start] != 0x2C:
        return Message(address, ())
    tags_end = data.find(b"\0", tags_start, end)
    if tags_end < 0:
        return None
    tags = data[tags_start + 1 : min(tags_end, tags_start + 1 + MAX_ARGUMENTS)]
    read = _arguments(data, tags, _padded(start, tags_end), end)
    if read is None:
        return None
    arguments, position = read
    if position == end and len(head) <= MAX_KNOWN_BYTES and _KEPT.fullmatch(tags):
        _learn(head, address, arguments[:-1])
    return Message(address, arguments)


def _learn(head: bytes, address: str, before: tuple[Argument, ...]) -> None:
    """What comes a second time is known from then on; noise never does, so it can't drive out what is useful."""
    if head not in _once:
        if len(_once) >= MAX_KNOWN:
            _once.clear()
        _once.add(head)
        return
    _once.discard(head)
    if len(_known) >= MAX_KNOWN:
        _known.clear()
    _known[head] = address, before


def _padded(start: int, zero: int) -> int:
    """Where the next thing begins, after a string whose first zero byte is at `zero`; counted from the message."""
    return start + ((zero - start) // 4 + 1) * 4


def _arguments(data: bytes, tags: bytes, position: int, end: int) -> tuple[tuple[Argument, ...], int] | None:
    """The arguments and where they end; None when a tag is unknown (its size is, too) or the data ends early."""
    count = len(tags)
    if count > 1 and tags.count(b"f") == count:  # such as all 52 shapes at once
        if position + 4 * count > end:
            return None
        values = struct.unpack_from(f">{count}f", data, position)
        if not math.isfinite(sum(values)):
            values = tuple(value if math.isfinite(value) else None for value in values)
        return values, position + 4 * count
    arguments: list[Argument] = []
    for tag in tags:
        if (number := _NUMBERS.get(tag)) is not None:
            if position + number.size > end:
                return None
            value = number.unpack_from(data, position)[0]
            arguments.append(value if math.isfinite(value) else None)
            position += number.size
        elif tag in _TEXT:
            zero = data.find(b"\0", position, end)
            if zero < 0:
                return None
            usable = zero - position <= MAX_TEXT_BYTES
            arguments.append(data[position:zero].decode("utf-8", "replace") if usable else None)
            position = _padded(position, zero)
        elif tag in _CONSTANTS:
            arguments.append(_CONSTANTS[tag])
        elif tag == _BLOB:
            if position + 4 > end:
                return None
            size = _INT.unpack_from(data, position)[0]
            if not 0 <= size <= end - position - 4:
                return None
            arguments.append(None)
            position += 4 + (size + 3) // 4 * 4
        elif tag in _UNUSED_BYTES:
            arguments.append(None)
            position += _UNUSED_BYTES[tag]
        elif tag not in _BRACKETS:
            return None
    return tuple(arguments), position
