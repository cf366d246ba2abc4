"""Zip files of unknown origin, read with limits, and our own, written so that equal contents give equal bytes.

Everything is checked on the directory before any member is unpacked: size of the directory, number of members, names,
encryption, links, overlaps (the trick by which 25 KB unpack to 500 MB), sum and ratio of sizes. Members are read by
name into memory; nothing is ever extracted to the disk. All complaints are ValueError of one line that starts with the
place.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assets.strictjson import shown

MAX_MEMBERS: Final = 1000
MAX_RATIO: Final = 200
MAX_DIRECTORY_BYTES: Final = 1 << 20
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_ZIP64_LOCATOR: Final = b"PK\x06\x07"
_LOCAL: Final = b"PK\x03\x04"
_LOCAL_BYTES: Final = 30
_PLAIN_PART: Final = re.compile(r"[^\x00-\x1f\x7f\\/:*?\"<>|]{1,128}")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_UNREADABLE: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, IndexError, OverflowError,
    NotImplementedError, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Archive:
    """The members of a checked zip, by name."""

    data: bytes
    members: Mapping[str, zipfile.ZipInfo]

    def read(self, name: str, /, *, limit_bytes: int) -> bytes:
        """The contents of member `name`. Raises ValueError when it is missing, too large or damaged."""
        info = self.members.get(name)
        if info is None:
            raise ValueError(f"{name}: is missing from the file")
        if info.file_size > limit_bytes:
            raise ValueError(f"{name}: is {info.file_size} bytes long, at most {limit_bytes} are allowed")
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                contents = archive.read(info)
        except _UNREADABLE as error:
            raise ValueError(f"{name}: is damaged: {_one_line(error)}") from error
        if len(contents) != info.file_size:
            raise ValueError(f"{name}: is damaged: {len(contents)} of {info.file_size} bytes are there")
        return contents


def open_archive(data: bytes, /, *, limit_bytes: int) -> Archive:
    """Check the zip in `data`, whose members may have `limit_bytes` in all when unpacked. Raises ValueError."""
    _check_end(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            directory_start = archive.start_dir
    except _UNREADABLE as error:
        raise ValueError(f"zip directory: is damaged: {_one_line(error)}") from error
    if len(infos) > MAX_MEMBERS:
        raise ValueError(f"zip directory: at most {MAX_MEMBERS} members are allowed, got {len(infos)}")
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        _check_name(info.orig_filename)
        if info.filename in members:
            raise ValueError(f"{info.filename}: appears twice in the file")
        _check_kind(info)
        members[info.filename] = info
    total = sum(info.file_size for info in infos)
    if total > limit_bytes:
        raise ValueError(f"zip directory: members unpack to {total} bytes, at most {limit_bytes} are allowed")
    _check_overlap(data, infos, directory_start)
    return Archive(data, members)


def pack(members: Mapping[str, bytes], /) -> bytes:
    """A stored (not deflated) zip of `members`, sorted by name, without dates: equal members give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3  # Unix, whatever we run on: the bytes must not depend on it
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, members[name])
    return buffer.getvalue()


def _check_end(data: bytes) -> None:
    # The same search as zipfile's: the end record without a comment, else the last one in reach of a comment.
    start = len(data) - _END_BYTES
    if start < 0 or not (data.startswith(_END, start) and data.endswith(b"\0\0")):
        start = data.rfind(_END, max(0, len(data) - _END_BYTES - 0xFFFF))
    if start < 0 or start + _END_BYTES > len(data):
        raise ValueError("zip directory: is missing; the file is cut off or not a zip")
    if start >= 20 and data.startswith(_ZIP64_LOCATOR, start - 20):
        raise ValueError("zip directory: is of the kind for huge files (zip64), which is not accepted")
    entries, size = struct.unpack_from("<HI", data, start + 10)
    if entries > MAX_MEMBERS:
        raise ValueError(f"zip directory: at most {MAX_MEMBERS} members are allowed, got {entries}")
    if size > MAX_DIRECTORY_BYTES:
        raise ValueError(f"zip directory: is {size} bytes long, at most {MAX_DIRECTORY_BYTES} are allowed")


def _check_name(name: str) -> None:
    parts = name.removesuffix("/").split("/")
    if not all(_PLAIN_PART.fullmatch(part) and part.strip(".") for part in parts) or name != name.strip():
        raise ValueError(f"zip directory: the member name {shown(name)} is not a plain relative name")


def _check_kind(info: zipfile.ZipInfo) -> None:
    name = shown(info.filename)
    if info.flag_bits & 0x2041:  # encrypted, strongly encrypted, masked headers
        raise ValueError(f"zip directory: the member {name} is encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"zip directory: the member {name} has compression {info.compress_type}; 0 and 8 are accepted")
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ValueError(f"zip directory: the member {name} is a link or device")
    if info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise ValueError(
            f"zip directory: the member {name} unpacks from {info.compress_size} to {info.file_size} bytes, "
            f"more than {MAX_RATIO} times"
        )


def _check_overlap(data: bytes, infos: list[zipfile.ZipInfo], directory_start: int) -> None:
    reached = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        start = info.header_offset
        if start < reached:
            raise ValueError(f"zip directory: the member {shown(info.filename)} overlaps another one")
        if not data.startswith(_LOCAL, start) or start + _LOCAL_BYTES > directory_start:
            raise ValueError(f"zip directory: the member {shown(info.filename)} is not where the directory says")
        name_bytes, extra_bytes = struct.unpack_from("<HH", data, start + 26)
        reached = start + _LOCAL_BYTES + name_bytes + extra_bytes + info.compress_size
        if reached > directory_start:
            raise ValueError(f"zip directory: the member {shown(info.filename)} overlaps the directory")


def _one_line(error: BaseException) -> str:
    return shown(" ".join(str(error).split()) or type(error).__name__)
