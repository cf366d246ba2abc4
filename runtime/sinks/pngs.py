"""PNG pictures: one file, or a numbered folder 000000.png, 000001.png …

The folder is filled beside its place under a temporary name. A new folder then appears in one step; in one that is
there already, the pictures move in one by one, numbered pictures of an earlier and longer run go, and whatever else
lies in it stays.
"""

import contextlib
import glob
import os
import re
import secrets
import shutil
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from PIL import Image

from assets import files
from assets.errors import CartoonAliveError, UsageError
from runtime.sinks.base import Picture, Sink, Spec

COMPRESS_LEVEL: Final = 3
"""zlib level: a third of the time of the default 6 for files some percent larger."""
WORKERS: Final = 2
_NUMBERED: Final = re.compile(r"\d{6,}\.png")


def create(spec: Spec, /) -> Sink:
    """The sink for kinds "png" and "folder"."""
    return PngFile(spec.out) if spec.kind == "png" else PngFolder(spec.out)


class PngFile:
    """The first picture as one file; the others are passed over."""

    name = "PNG"

    def __init__(self, out: Path) -> None:
        self._out = out
        self._image: Image.Image | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        if kind is None and self._image is not None:
            with files.atomic_write(self._out) as file:
                self._image.save(file, format="PNG")

    def write(self, rgba: Picture, /) -> None:
        """Take the first picture."""
        if self._image is None:
            self._image = Image.fromarray(rgba.copy())


class PngFolder:
    """A numbered sequence. Compression runs on worker threads, a few pictures ahead at most."""

    name = "PNG folder"

    def __init__(self, out: Path) -> None:
        self._out = Path(os.path.realpath(out))
        self._temporary = self._out.with_name(f".{self._out.name}.tmp-{secrets.token_hex(6)}")
        self._pool: ThreadPoolExecutor | None = None
        self._pending: deque[Future[None]] = deque()
        self._count = 0

    def __enter__(self) -> Self:
        try:
            self._sweep()
            self._temporary.mkdir()
            self._pool = ThreadPoolExecutor(WORKERS, "png")
            return self
        except OSError as error:
            reason = error.strerror or str(error)
            raise UsageError(f"can't make the folder {self._out.name}: {reason}: {self._out.parent}") from error
        except BaseException:  # Ctrl-C in here comes before the block that would clean up
            shutil.rmtree(self._temporary, ignore_errors=True)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        assert self._pool is not None
        try:
            self._pool.shutdown(cancel_futures=kind is not None)
            if kind is None:
                while self._pending:
                    _finish(self._pending.popleft())
                self._publish()
        finally:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def write(self, rgba: Picture, /) -> None:
        """Take one picture; waits while the workers are behind."""
        assert self._pool is not None, "a sink is used inside its with block"
        while len(self._pending) >= 2 * WORKERS:
            _finish(self._pending.popleft())
        target = self._temporary / f"{self._count:06d}.png"
        self._pending.append(self._pool.submit(_save, rgba.copy(), target))
        self._count += 1

    def _sweep(self) -> None:
        """Remove what a killed process left behind long ago."""
        for old in self._out.parent.glob(f"{glob.escape(f'.{self._out.name}.tmp-')}*"):
            with contextlib.suppress(OSError):
                if time.time() - old.stat().st_mtime > files.STALE_AFTER_S:
                    shutil.rmtree(old, ignore_errors=True)

    def _publish(self) -> None:
        with contextlib.suppress(OSError):
            self._out.rmdir()  # an empty folder makes room for the new one
        if not self._out.exists():
            os.replace(self._temporary, self._out)
            return
        made = sorted(path.name for path in self._temporary.iterdir())
        for name in made:
            os.replace(self._temporary / name, self._out / name)
        for old in self._out.iterdir():
            if _NUMBERED.fullmatch(old.name) and old.name not in made:
                old.unlink()


def _save(rgba: Picture, target: Path) -> None:
    Image.fromarray(rgba).save(target, format="PNG", compress_level=COMPRESS_LEVEL)


def _finish(future: Future[None]) -> None:
    try:
        future.result()
    except OSError as error:
        reason = error.strerror or str(error)
        raise CartoonAliveError(f"can't write the pictures: {reason}; make room on the disk and try again") from error
