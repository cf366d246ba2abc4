"""One run of the webcam child: started, read, and surely ended."""

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from drivers.protocols import child

_ROOT: Final = Path(__file__).resolve().parent.parent
_NOWHERE: Final = "http://127.0.0.1:9"
"""A proxy that refuses: the child has no reason to connect anywhere, and releases of MediaPipe after the pinned one
would like to."""
_NOISE: Final = ("INFO:", "WARNING:", "W0000", "I0000", "[ WARN", "[ INFO")


def command(module: str, arguments: Sequence[str]) -> list[str]:
    """How to run one of our modules as a program, whatever the current folder holds (-P keeps it off the path)."""
    return [sys.executable, "-P", "-m", module, *arguments]


def _environment() -> dict[str, str]:
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    proxies = {
        name: _NOWHERE for upper in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY") for name in (upper, upper.lower())
    }
    return {
        **os.environ,
        **proxies,
        "NO_PROXY": "",
        "no_proxy": "",
        "PYTHONPATH": os.pathsep.join(paths),
        "OPENCV_LOG_LEVEL": "ERROR",
        "GLOG_minloglevel": "2",
        # A playlist given as a video must not make FFmpeg fetch anything.
        "OPENCV_FFMPEG_CAPTURE_OPTIONS": "protocol_whitelist;file,crypto,data",
        # Opening a camera with Media Foundation takes 4 to 20 s otherwise (opencv 17687).
        "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",
    }


class ChildProcess:
    """A child that writes `drivers.protocols.child` records to its standard output.

    It lives until its source is over, it breaks, or `kill` is called; should this process die, the child's standard
    input closes and it ends by itself.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._words: deque[str] = deque(maxlen=40)
        self._listener = threading.Thread(target=self._listen, name="webcam words", daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        """The child's process number."""
        return self._process.pid

    def records(self) -> Iterator[child.Record]:
        """The records as they come; blocks between them; ends with the child."""
        assert self._process.stdout is not None
        decoder = child.Decoder()
        descriptor = self._process.stdout.fileno()
        while data := os.read(descriptor, 1 << 16):
            yield from decoder.feed(data)

    def kill(self) -> int:
        """Ends the child if it still runs, and returns its exit status. Nobody reads on: `records` ends."""
        self._process.kill()  # nothing to save; asking politely could hang with the camera
        return self._process.wait()

    def last_words(self) -> str:
        """After the child's end: its last line of standard error that isn't chatter, to explain why it broke."""
        self._listener.join(timeout=0.5)
        return next((line for line in reversed(self._words) if not line.startswith(_NOISE)), "")

    def close(self) -> None:
        """After `kill`, and when `records` has ended: frees the pipes."""
        self._listener.join(timeout=0.5)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if words := line.decode("utf-8", "replace").strip():
                self._words.append(words[:300])
