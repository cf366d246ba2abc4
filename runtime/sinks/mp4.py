"""MP4 through a child process: the system's ffmpeg with H.264 where there is one, else OpenCV in `encode_child`.

Both read raw RGB pictures from a pipe and write to a temporary file, which takes its place when all went well.
H.264 in 4:2:0 wants even sides, so an odd picture repeats its last column or row.

Sound: ffmpeg reads the sound file itself and writes AAC; for OpenCV, which knows no sound, it is encoded before the
first picture and added when the last one is written (`soundtrack`, `mp4_sound`).
"""

import contextlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

import numpy as np

from assets import files
from assets.errors import CartoonAliveError
from runtime import children, soundtrack
from runtime.sinks import mp4_sound
from runtime.sinks.base import Picture, Sink, Spec

GRACE_S: Final = 120.0
"""How long an encoder may take to finish after the last picture."""


def create(spec: Spec, /) -> Sink:
    """The sink for kind "mp4"; expects opaque pictures and ignores their alpha."""
    return Mp4(spec)


class Mp4:
    """One encoder process fed through a pipe."""

    name = "MP4"

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._stack = contextlib.ExitStack()
        self._encoder: subprocess.Popen[bytes] | None = None
        self._words: IO[bytes] | None = None
        self._sound: soundtrack.Soundtrack | None = None
        self._temporary: Path | None = None

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            temporary = self._temporary = stack.enter_context(files.atomic_path(self._spec.out))
            line = command(temporary, self._even_size_px(), self._spec.fps, self._spec.sound)
            if self._spec.sound is not None and not reads_sound(line):
                self._sound = soundtrack.encode(self._spec.sound)
            self._words = stack.enter_context(tempfile.TemporaryFile())
            self._encoder = subprocess.Popen(
                line,
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._words, env=children.environment(),
            )  # fmt: skip
            stack.push(self._finish)  # runs before the temporary file is published or removed
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self._stack.__exit__(kind, error, traceback)

    def write(self, rgba: Picture, /) -> None:
        """Send one picture; waits while the encoder is behind."""
        assert self._encoder is not None, "a sink is used inside its with block"
        assert self._encoder.stdin is not None
        height, width = rgba.shape[:2]
        even = np.pad(rgba[:, :, :3], ((0, height % 2), (0, width % 2), (0, 0)), "edge")
        try:
            self._encoder.stdin.write(even.tobytes())
        except OSError:
            raise self._failure() from None

    def _even_size_px(self) -> tuple[int, int]:
        width, height = self._spec.size_px
        return width + width % 2, height + height % 2

    def _finish(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        assert self._encoder is not None
        assert self._encoder.stdin is not None
        if kind is not None:
            self._encoder.kill()
        with contextlib.suppress(OSError):
            self._encoder.stdin.close()
        try:
            code = self._encoder.wait(GRACE_S)
        except BaseException as trouble:
            self._encoder.kill()
            self._encoder.wait()
            if isinstance(trouble, subprocess.TimeoutExpired):
                raise CartoonAliveError("the MP4 encoder did not finish; write .webp or .gif instead") from None
            raise
        if kind is None and code != 0:
            raise self._failure()
        if kind is None and self._sound is not None and self._temporary is not None:
            mp4_sound.add(self._temporary, self._sound)

    def _failure(self) -> CartoonAliveError:
        assert self._encoder is not None
        assert self._words is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._encoder.wait(5.0)
        self._words.seek(0)
        lines = self._words.read().decode(errors="replace").strip().splitlines()
        reason = lines[-1] if lines else f"it ended with code {self._encoder.returncode}"
        return CartoonAliveError(f"can't write {self._spec.out.name}: the MP4 encoder stopped: {reason}")


def reads_sound(line: list[str]) -> bool:
    """Whether this encoder reads the sound file itself."""
    return "-map" in line


def command(out: Path, size_px: tuple[int, int], fps: float, sound: Path | None = None) -> list[str]:
    """The encoder's command line: ffmpeg with libx264 when it is on PATH, else our own child."""
    width, height = size_px
    if ffmpeg := _ffmpeg():
        audio = ["-an"]
        if sound is not None:  # "file:" or a name such as concat:x would mean something else
            audio = ["-i", f"file:{sound}", "-map", "0:v:0", "-map", "1:a:0", "-c:a", "aac", "-b:a", "160k"]
        return [
            ffmpeg, "-loglevel", "error", "-nostdin", "-y",
            "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", f"{fps:.6f}", "-i", "pipe:0",
            *audio, "-c:v", "libx264", "-preset", "medium", "-crf", "18", "-pix_fmt", "yuv420p",
            "-movflags", "+faststart", "-f", "mp4", str(out),
        ]  # fmt: skip
    return [sys.executable, "-P", "-m", "runtime.encode_child", str(out), str(width), str(height), f"{fps:.6f}"]


def _ffmpeg() -> str | None:
    found = shutil.which("ffmpeg")
    if found is None:
        return None
    try:
        listed = subprocess.run([found, "-hide_banner", "-encoders"], capture_output=True, timeout=10.0, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found if b"libx264" in listed.stdout else None

