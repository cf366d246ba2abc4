"""MP4 and WebM through a child process: the system's ffmpeg, or for MP4 without it OpenCV in `encode_child`.

Both read raw pictures from a pipe and write to a temporary file, which takes its place when all went well. H.264 in
4:2:0 wants even sides, so an odd picture repeats its last column or row. WebM (VP9) keeps transparency; it needs
ffmpeg.

Sound: ffmpeg reads the sound file itself and writes AAC; for OpenCV, which knows no sound, it is encoded before the
first picture and added when the last one is written (`soundtrack`, `mp4_sound`). The sound of a live recording is
complete only after its last picture, so it is always added then.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

import numpy as np
import numpy.typing as npt

from assets import files
from assets.errors import CartoonAliveError
from runtime import children
from runtime.films import soundtrack
from runtime.sinks import mp4_sound
from runtime.sinks.base import Picture, Spec

_COLOURS: Final = ("-colorspace", "smpte170m", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
"""What ffmpeg makes of RGB, said in the file: players that have to guess the matrix shift reds and greens."""
GRACE_S: Final = 120.0
"""How long an encoder may take to finish after the last picture."""


def create(spec: Spec, /) -> "Film":
    """The sink for kinds "mp4", which expects opaque pictures and ignores their alpha, and "webm"."""
    return Film(spec)


class Film:
    """One encoder process fed through a pipe."""

    def __init__(self, spec: Spec) -> None:
        self.name = {"mp4": "MP4", "webm": "WebM"}[spec.kind]
        self._spec = spec
        self._stack = contextlib.ExitStack()
        self._encoder: subprocess.Popen[bytes] | None = None
        self._words: IO[bytes] | None = None
        self._sound: soundtrack.Soundtrack | None = None
        self._temporary: Path | None = None
        self._even: npt.NDArray[np.uint8] | None = None
        self._channels = 4
        self.live_sound: Path | None = None
        """A WAV, set before the block ends: the sound of a live recording."""

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            temporary = self._temporary = stack.enter_context(files.atomic_path(self._spec.out))
            line = _line(self._spec, temporary, self._even_size_px())
            self._channels = 4 if "rgba" in line else 3
            if self._spec.sound is not None and not reads_sound(line):
                self._sound = soundtrack.encode(self._spec.sound)
            self._words = stack.enter_context(tempfile.TemporaryFile())
            self._encoder = subprocess.Popen(
                line,
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._words, env=children.environment(),
                **children.APART,
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
        try:
            self._encoder.stdin.write(self._evened(rgba[:, :, : self._channels]).data)
            self._encoder.stdin.flush()
        except OSError:
            raise self._failure() from None

    def _evened(self, picture: Picture) -> Picture:
        """The picture itself when it can be sent as it is, else a copy with even sides in a reused buffer."""
        height, width = picture.shape[:2]
        if picture.flags.c_contiguous and height % 2 == width % 2 == 0:
            return picture
        shape = (height + height % 2, width + width % 2, self._channels)
        if self._even is None or self._even.shape != shape:
            self._even = np.zeros(shape, np.uint8)
        self._even[:height, :width] = picture
        self._even[:height, width:] = picture[:, width - 1 :][:, : width % 2]
        self._even[height:] = self._even[height - 1 : height][: height % 2]
        return self._even

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
                stuck = f"the {self.name} encoder did not finish; write .webp or .gif instead"
                raise CartoonAliveError(stuck) from None
            raise
        if kind is None and code != 0:
            raise self._failure()
        if kind is None and self._sound is not None and self._temporary is not None:
            mp4_sound.add(self._temporary, self._sound)
        if kind is None and self.live_sound is not None and self._temporary is not None:
            _add_live_sound(self._temporary, self.live_sound, self._spec.kind)

    def _failure(self) -> CartoonAliveError:
        assert self._encoder is not None
        assert self._words is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._encoder.wait(5.0)
        self._words.seek(0)
        lines = self._words.read().decode(errors="replace").strip().splitlines()
        reason = lines[-1] if lines else f"it ended with code {self._encoder.returncode}"
        return CartoonAliveError(f"can't write {self._spec.out.name}: the {self.name} encoder stopped: {reason}")


def reads_sound(line: list[str]) -> bool:
    """Whether this encoder reads the sound file itself."""
    return "-map" in line


def _line(spec: Spec, temporary: Path, size_px: tuple[int, int]) -> list[str]:
    if spec.kind == "webm":
        return webm_command(temporary, size_px, spec.fps)
    if spec.live:
        return command(temporary, size_px, spec.fps, None, preset="veryfast")
    return command(temporary, size_px, spec.fps, spec.sound)


def command(
    out: Path, size_px: tuple[int, int], fps: float, sound: Path | None = None, *, preset: str = "medium"
) -> list[str]:
    """The encoder's command line: ffmpeg with libx264 when it is on PATH, else our own child."""
    width, height = size_px
    if ffmpeg := _ffmpeg(b"libx264"):
        audio = ["-an"]
        if sound is not None:  # "file:" or a name such as concat:x would mean something else
            audio = ["-i", f"file:{sound}", "-map", "0:v:0", "-map", "1:a:0", "-c:a", "aac", "-b:a", "160k"]
        return [
            *_raw_pictures(ffmpeg, size_px, fps),
            *audio, "-c:v", "libx264", "-preset", preset, "-crf", "18", "-pix_fmt", "yuv420p", *_COLOURS,
            "-movflags", "+faststart", "-f", "mp4", str(out),
        ]  # fmt: skip
    return children.command("runtime.films.encode_child", str(out), str(width), str(height), f"{fps:.6f}")


def webm_command(out: Path, size_px: tuple[int, int], fps: float) -> list[str]:
    """VP9 with transparency. Raises CartoonAliveError without an ffmpeg that can write it."""
    ffmpeg = _ffmpeg(b"libvpx-vp9")
    if ffmpeg is None:
        raise CartoonAliveError("WebM needs ffmpeg with VP9 (libvpx); install ffmpeg, or record .webp or .mp4 instead")
    return [
        *_raw_pictures(ffmpeg, size_px, fps), "-an", "-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", *_COLOURS,
        "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1", "-auto-alt-ref", "0", "-crf", "24", "-b:v", "0",
        "-f", "webm", str(out),
    ]  # fmt: skip


def _raw_pictures(ffmpeg: str, size_px: tuple[int, int], fps: float) -> list[str]:
    return [
        ffmpeg, "-loglevel", "error", "-nostdin", "-y",
        "-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{size_px[0]}x{size_px[1]}", "-r", f"{fps:.6f}", "-i", "pipe:0",
    ]  # fmt: skip


def _add_live_sound(film: Path, sound: Path, kind: str) -> None:
    """Puts the WAV `sound` into `film`, pictures untouched."""
    ffmpeg = _ffmpeg(b"libx264" if kind == "mp4" else b"libvpx-vp9")
    if ffmpeg is None:
        mp4_sound.add(film, soundtrack.encode(sound))
        return
    both = film.with_name(f"{film.stem}-sound{film.suffix}")  # a name that a later write sweeps away, too
    codec = ["-c:a", "aac", "-b:a", "160k", "-movflags", "+faststart"] if kind == "mp4" else ["-c:a", "libopus"]
    try:
        done = subprocess.run(
            [ffmpeg, "-loglevel", "error", "-nostdin", "-y", "-i", f"file:{film}", "-i", f"file:{sound}",
             "-map", "0:v:0", "-map", "1:a:0", "-c:v", "copy", *codec, "-f", kind, str(both)],
            capture_output=True, timeout=GRACE_S, check=False, **children.APART,
        )  # fmt: skip
        if done.returncode != 0:
            lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason told"]
            raise CartoonAliveError(f"can't add the sound: {lines[-1]}")
        os.replace(both, film)
    except subprocess.TimeoutExpired:
        raise CartoonAliveError("can't add the sound: ffmpeg took too long") from None
    finally:
        both.unlink(missing_ok=True)


def _ffmpeg(codec: bytes) -> str | None:
    found = shutil.which("ffmpeg")
    if found is None:
        return None
    try:
        listed = subprocess.run([found, "-hide_banner", "-encoders"], capture_output=True, timeout=10.0, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found if codec in listed.stdout else None
