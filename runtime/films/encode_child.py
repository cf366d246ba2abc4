"""A child process that turns raw pictures on its standard input into an MP4: `python -m runtime.films.encode_child`.

    encode_child OUT WIDTH HEIGHT FPS      with RGB8 pictures of WIDTH x HEIGHT, one after another, on stdin

It exists because OpenCV stays out of the process that draws. It tries H.264 first, which the OpenCV of Windows and
macOS can write, then MPEG-4 Part 2, which every build can; VP9 plays in more places but takes half a second for a
picture of 1024 x 1024 (measured with opencv-contrib-python 5.0). Its only words on standard error are one line of
reason when it fails; exit code 1 then.
"""

import os
import signal
import sys
from typing import Any, Final

CODES: Final = ("avc1", "mp4v")


def main(arguments: list[str]) -> int:
    """Encode standard input. Returns the exit code."""
    out, width, height, fps = arguments[0], int(arguments[1]), int(arguments[2]), float(arguments[3])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle: it closes our input or ends us
    words = _silence()
    # Parent and child share only a pipe and a file name; import after silencing, it may print.
    import cv2
    import numpy as np

    writer = _open(cv2, out, (width, height), fps)
    if writer is None:
        words.write("OpenCV found no MP4 encoder; install ffmpeg, or write .webp or .gif instead\n")
        return 1
    size, count = width * height * 3, 0
    while True:
        data = sys.stdin.buffer.read(size)
        if len(data) < size:
            break
        count += 1
        rgb = np.frombuffer(data, np.uint8).reshape(height, width, 3)
        writer.write(np.ascontiguousarray(rgb[:, :, ::-1]))
    writer.release()
    if data:
        words.write("the last picture was cut short\n")
        return 1
    if _pictures_in(cv2, out) != count:  # OpenCV says nothing when the disk is full
        words.write("the film can't be read back; is the disk full?\n")
        return 1
    return 0


def _pictures_in(cv2: Any, path: str) -> int:
    film = cv2.VideoCapture(path)
    count = int(film.get(cv2.CAP_PROP_FRAME_COUNT)) if film.isOpened() else 0
    film.release()
    return count


def _silence() -> Any:
    """Send what OpenCV and FFmpeg print nowhere; returns the real standard error."""
    os.environ["OPENCV_LOG_LEVEL"] = "OFF"
    os.environ["OPENCV_FFMPEG_LOGLEVEL"] = "-8"
    words = os.fdopen(os.dup(2), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.dup2(nowhere, 1)
    return words


def _open(cv2: Any, out: str, size_px: tuple[int, int], fps: float) -> Any:
    for code in CODES:
        writer = cv2.VideoWriter(out, cv2.VideoWriter_fourcc(*code), fps, size_px)
        if writer.isOpened():
            return writer
        writer.release()
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
