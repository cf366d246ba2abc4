"""Files dropped on the page. A browser tells no paths, so their bytes come here, in pieces of at most one message."""

import contextlib
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from assets.errors import UsageError
from assets.files import atomic_write

MAX_BYTES: Final = 64 << 20
_MAX_STEM: Final = 60

SUFFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    "portrait": (".png", ".jpg", ".jpeg", ".webp"),
    "background": (".png", ".jpg", ".jpeg", ".webp"),
    "avatar": (".avatar",),
    "take": (".jsonl", ".csv"),
}
"""What a file may be used for, and how its name ends."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A file about to come. Raises UsageError for one that isn't wanted."""

    use: str
    name: str
    size: int

    def __post_init__(self) -> None:
        if self.use not in SUFFIXES:
            raise UsageError(f"a file is used as one of {', '.join(SUFFIXES)}, not {self.use!r}")
        if self.suffix not in SUFFIXES[self.use]:
            raise UsageError(f"a {self.use} is a file that ends in {', '.join(SUFFIXES[self.use])}, not {self.name!r}")
        if not 0 < self.size <= MAX_BYTES:
            raise UsageError(f"a {self.use} has 1 to {MAX_BYTES >> 20} million bytes, not {self.size}")

    @property
    def suffix(self) -> str:
        """How the name ends, in small letters."""
        return Path(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        """The name without its end and without anything that a file's name had better not have."""
        plain = re.sub(r"[^\w -]+", "-", Path(self.name.replace("\\", "/")).stem).strip(" -.")
        return plain[:_MAX_STEM].strip(" -") or self.use


class Inbox:
    """Takes in one file at a time, into a folder of its own. A context manager: leaving removes what is left."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._offer: Offer | None = None
        self._file: BinaryIO | None = None
        self._got = 0

    def begin(self, offer: Offer) -> None:
        """From now on, `add` belongs to this file; an earlier one is forgotten."""
        self.close()
        self._folder = Path(tempfile.mkdtemp(prefix="cartoonalive-"))
        self._file = open(self._folder / f"{offer.stem}{offer.suffix}", "wb")
        self._offer, self._got = offer, 0

    def add(self, piece: bytes) -> None:
        """The next bytes. Raises UsageError where none are expected, or too many."""
        if self._offer is None or self._file is None:
            raise UsageError("no file was announced (file.begin)")
        self._got += len(piece)
        if self._got > self._offer.size:
            size = self._offer.size
            self.close()
            raise UsageError(f"more than the {size} bytes that were announced")
        self._file.write(piece)

    def take(self) -> tuple[Offer, Path]:
        """The whole file; it is gone when the next one begins. Raises UsageError while something is missing."""
        if self._offer is None or self._file is None or self._folder is None:
            raise UsageError("no file was announced (file.begin)")
        if self._got < self._offer.size:
            raise UsageError(f"{self._got} of {self._offer.size} bytes have come")
        self._file.close()
        return self._offer, self._folder / f"{self._offer.stem}{self._offer.suffix}"

    def close(self) -> None:
        """Forget what is here."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = self._offer = self._file = None


def keep(offer: Offer, path: Path, folder: Path) -> Path:
    """A copy that stays, under a name that isn't taken. Raises UsageError, CartoonAliveError (see `atomic_write`)."""
    folder.mkdir(parents=True, exist_ok=True)
    target = free_name(folder, offer.stem, offer.suffix)
    with atomic_write(target) as file, open(path, "rb") as source:
        shutil.copyfileobj(source, file)
    return target


def free_name(folder: Path, stem: str, suffix: str) -> Path:
    """A file of that name that isn't there yet: `me.avatar`, `me-2.avatar` ..."""
    path, number = folder / f"{stem}{suffix}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path
