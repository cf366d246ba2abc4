"""Files read and written so that nothing breaks halfway: bounded reads of regular files, atomic writes.

An atomic write goes to a temporary file beside the target, named `.NAME.tmp-*`, is flushed to the disk and takes the
target's place in one step (`os.replace`). A reader sees the old file or the new one, never half of it. An error, also
Ctrl-C, removes the temporary file; what a killed process left behind is swept away by a later write of that name.
"""

import contextlib
import errno
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from assets.errors import CartoonAliveError, UsageError

STALE_AFTER_S: Final = 3600.0
"""A temporary file untouched for this long belongs to nobody: its writer was killed."""

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DISK_TROUBLE: Final = _NO_ROOM | {errno.EIO, errno.EROFS}


def read_regular(path: Path, /, *, limit_bytes: int) -> bytes:
    """The bytes of a regular file. Never blocks on a pipe or device, never maps the file into memory.

    Raises ValueError in one line, without the path, when it is missing, unreadable, not a file or larger than
    `limit_bytes`.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        if os.path.isdir(path):  # said first: opening a folder is a permission error on Windows
            raise ValueError("is a folder, not a file")
        with open(os.open(path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ValueError("is not a regular file")
            if status.st_size > limit_bytes:
                raise ValueError(f"is {status.st_size} bytes long, at most {limit_bytes} are allowed")
            data = file.read(limit_bytes + 1)
    except FileNotFoundError:
        raise ValueError("does not exist") from None
    except OSError as error:
        raise ValueError(f"can't be read: {error.strerror or error}") from error
    if len(data) > limit_bytes:
        raise ValueError(f"is longer than the allowed {limit_bytes} bytes")
    return data


@contextlib.contextmanager
def atomic_write(path: Path, /) -> Iterator[BinaryIO]:
    """A binary file to write to; it becomes `path` when the block ends without an error.

    Raises UsageError when the folder is missing or can't be written to, CartoonAliveError when the disk is full.
    """
    target = _checked_target(path)
    temporary = _temporary_name(target, suffix="")
    with _cleaned_up(temporary, target):
        with open(_create(temporary, target), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
        _sync_folder(target.parent)


@contextlib.contextmanager
def atomic_path(path: Path, /) -> Iterator[Path]:
    """Like `atomic_write` for encoders that open files themselves: the path of an empty file with `path`'s suffix."""
    target = _checked_target(path)
    temporary = _temporary_name(target, suffix=target.suffix)
    with _cleaned_up(temporary, target):
        os.close(_create(temporary, target))
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, target)
        _sync_folder(target.parent)


def write_bytes(path: Path, data: bytes, /) -> None:
    """Write `data` to `path`, all or nothing. Errors as in `atomic_write`."""
    with atomic_write(path) as file:
        file.write(data)


def _checked_target(path: Path) -> Path:
    target = Path(os.path.realpath(path))  # through a link to the file it means, as a plain write would
    if not target.name or os.path.isdir(target):
        raise UsageError(f"can't write there, it is a folder; give a file name: {path}")
    if not os.path.isdir(target.parent):
        raise UsageError(f"can't write {target.name}: its folder does not exist; create it first: {target.parent}")
    if os.path.exists(target) and not os.path.isfile(target):
        raise UsageError(f"can't write {target.name}: it is there already and not a regular file: {path}")
    _sweep(target)
    return target


def _temporary_name(target: Path, *, suffix: str) -> Path:
    return target.with_name(f".{target.name}.tmp-{os.urandom(6).hex()}{suffix}")


def _create(temporary: Path, target: Path) -> int:
    # os.open with 0o666 leaves the permissions to the umask, as for any other file; mkstemp would make it private.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        return os.open(temporary, flags, 0o666)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"can't write {target.name}: {reason}; choose another folder: {target.parent}") from error


@contextlib.contextmanager
def _cleaned_up(temporary: Path, target: Path) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError) and error.errno in _DISK_TROUBLE:
            advice = "; make room on the disk and try again" if error.errno in _NO_ROOM else ""
            reason = error.strerror or str(error)
            raise CartoonAliveError(f"can't write {target.name}: {reason}{advice}: {target.parent}") from error
        raise


def _sweep(target: Path) -> None:
    prefix = f".{target.name}.tmp-"
    with contextlib.suppress(OSError):
        for entry in os.scandir(target.parent):
            if entry.name.startswith(prefix):
                with contextlib.suppress(OSError):
                    if time.time() - entry.stat(follow_symlinks=False).st_mtime > STALE_AFTER_S:
                        os.unlink(entry.path)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable where the system allows it."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
