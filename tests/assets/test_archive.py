"""Zips of unknown origin: every trick is seen in the directory, before anything is unpacked."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import archive

LIMIT = 1 << 20


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as opened:
        for name, data in members:
            opened.writestr(name, data, method)
    return buffer.getvalue()


def read_all(data: bytes) -> None:
    opened = archive.open_archive(data, limit_bytes=LIMIT)
    for name in opened.members:
        opened.read(name, limit_bytes=LIMIT)


def info(name: str, mode: int = 0o644) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.create_system = 3
    made.external_attr = mode << 16
    return made


names = st.text(st.sampled_from("abcXYZ019_-. é✓"), min_size=1, max_size=20).filter(
    lambda name: name.strip() == name and name.strip(".")
)


@settings(deadline=None)
@given(st.dictionaries(names, st.binary(max_size=200)))
def test_round_trip(members: dict[str, bytes]) -> None:
    data = archive.pack(members)
    opened = archive.open_archive(data, limit_bytes=LIMIT)
    assert {name: opened.read(name, limit_bytes=LIMIT) for name in opened.members} == members
    assert archive.pack(dict(reversed(members.items()))) == data


def test_deflated_members_folders_and_a_comment_are_fine() -> None:
    data = zipped(("a/", b""), ("a/b.txt", b"text" * 20), method=zipfile.ZIP_DEFLATED)
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as opened:
        opened.comment = b"a comment"
    assert archive.open_archive(buffer.getvalue(), limit_bytes=LIMIT).read("a/b.txt", limit_bytes=80) == b"text" * 20


def test_limits_of_reading() -> None:
    opened = archive.open_archive(zipped(("a", b"12345")), limit_bytes=LIMIT)
    with pytest.raises(ValueError, match="a: is 5 bytes long, at most 4"):
        opened.read("a", limit_bytes=4)
    with pytest.raises(ValueError, match="b: is missing"):
        opened.read("b", limit_bytes=4)


def _patched(data: bytes, offset_in_entry: int, layout: str, value: int, entry: int = 0) -> bytes:
    """Overwrite a field of the `entry`-th record of the directory."""
    place = -1
    for _ in range(entry + 1):
        place = data.index(b"PK\x01\x02", place + 1)
    changed = bytearray(data)
    struct.pack_into(layout, changed, place + offset_in_entry, value)
    return bytes(changed)


def _overlapping() -> bytes:
    """Many members that share one compressed kernel: little data, much to unpack."""
    data = zipped(*((f"m{i}", bytes(range(256)) * 80) for i in range(8)), method=zipfile.ZIP_DEFLATED)
    for entry in range(1, 8):
        data = _patched(data, 42, "<I", 0, entry)
    return data


TWO = zipped(("a", b"first"), ("b", b"second"))

EVIL: dict[str, tuple[Callable[[], bytes], str]] = {
    "overlap": (_overlapping, "overlaps another one"),
    "20000 members": (lambda: zipped(*((f"m{i}", b"") for i in range(20_000))), "at most 1000 members"),
    "1001 members": (lambda: zipped(*((f"m{i}", b"") for i in range(1001))), "at most 1000 members"),
    "count lies": (lambda: _lying_count(), "at most 1000 members"),
    "ratio": (lambda: zipped(("a", b"\0" * 10**6), method=zipfile.ZIP_DEFLATED), "more than 200 times"),
    "sum": (lambda: zipped(*((f"m{i}", bytes(200_000)) for i in range(8))), "unpack to 1600000 bytes, at most 1048576"),
    "size lies upward": (lambda: _patched(TWO, 24, "<I", 900), "damaged|bytes are there"),
    "size lies downward": (lambda: _patched(TWO, 24, "<I", 2), "damaged|bytes are there"),
    "packed size lies": (lambda: _patched(TWO, 20, "<I", 10**6), "overlaps"),
    "offset lies": (lambda: _patched(TWO, 42, "<I", 3), "not where the directory says"),
    "offset beyond": (lambda: _patched(TWO, 42, "<I", 10**9), "not where the directory says"),
    "crc lies": (lambda: _patched(TWO, 16, "<I", 1), "damaged"),
    "encrypted": (lambda: _patched(TWO, 8, "<H", 1), "encrypted"),
    "bzip2": (lambda: zipped(("a", b"x" * 100), method=zipfile.ZIP_BZIP2), "compression 12"),
    "method unknown": (lambda: _patched(TWO, 10, "<H", 99), "compression 99"),
    "link": (lambda: zipped((info("a", stat.S_IFLNK | 0o777), b"/etc/passwd")), "link or device"),
    "pipe": (lambda: zipped((info("a", stat.S_IFIFO | 0o777), b"")), "link or device"),
    "twice": (lambda: _twice(), "appears twice"),
    "zip64": (lambda: TWO[:-22] + b"PK\x06\x07" + b"\0" * 16 + TWO[-22:], "zip64"),
    "no end": (lambda: TWO[:-22], "is missing"),
    "cut end": (lambda: TWO[:-1], "is missing"),
    "empty": (lambda: b"", "is missing"),
    **{
        f"name {name!r}": ((lambda name=name: zipped((info(name), b""))), "not a plain relative name")  # type: ignore[misc]
        for name in (
            "/etc/passwd", "../x", "a/../../x", "..", "./a", "a//b", "C:\\x", "C:x", "a\\b", "\\\\host\\x", "a|b",
            "a\x1bb", " a", "a ", "x" * 129, "...", "",
        )
    },
    "name with NUL": (lambda: zipped((info("aXb"), b"")).replace(b"aXb", b"a\0b"), "not a plain relative name"),
}  # fmt: skip


def _twice() -> bytes:
    return zipped(("a", b"1"), ("b", b"2")).replace(b"b2PK", b"a2PK").replace(b"bPK", b"aPK")


def _lying_count() -> bytes:
    data = bytearray(zipped(*((f"m{i}", b"") for i in range(2000))))
    struct.pack_into("<HH", data, len(data) - 14, 1, 1)
    return bytes(data)


@pytest.mark.parametrize("case", EVIL)
def test_evil_zips(case: str) -> None:
    build, said = EVIL[case]
    data = build()
    with pytest.raises(ValueError, match=said) as caught:
        read_all(data)
    assert str(caught.value).isprintable()
