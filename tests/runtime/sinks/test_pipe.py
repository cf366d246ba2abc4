"""runtime.sinks.pipe: raw frames, read as another program reads them."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assets.errors import CartoonAliveError, UsageError
from runtime.sinks import pipe
from runtime.sinks.worker import NotYetError

SIZE = (5, 3)
PICTURE = np.zeros((3, 5, 4), np.uint8)
PICTURE[0] = (200, 100, 50, 128)
PICTURE[1] = (10, 20, 30, 255)
FRAME = PICTURE.nbytes

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes of this kind")


def made(path: Path, **values: Any) -> pipe.Pipe:
    return pipe.create({"path": str(path), **values}, show_fps=60.0)


class Reader(threading.Thread):
    """Reads so many bytes from a pipe, then closes it."""

    def __init__(self, path: Path, count: int) -> None:
        super().__init__()
        self._path, self._count = path, count
        self.data = b""
        self.start()

    def run(self) -> None:
        with open(self._path, "rb") as file:
            self.data = file.read(self._count)


def opened(outlet: pipe.Pipe) -> str:
    """Opens it as soon as its reader is there."""
    while True:
        try:
            return outlet.open(SIZE, 0.0)
        except NotYetError:
            os.sched_yield()


def read(path: Path, *pictures: np.ndarray, **values: Any) -> np.ndarray:
    """What a reader gets of these pictures."""
    outlet = made(path, **values)
    with pytest.raises(NotYetError, match=r"waiting for a reader: ffmpeg -f rawvideo -pix_fmt \w+ -s 5x3 -r 60 -i "):
        outlet.open(SIZE, 0.0)
    reader = Reader(path, FRAME * len(pictures))
    opened(outlet)
    for picture in pictures:
        assert outlet.write(picture, 0.0) is None
    reader.join(5.0)
    outlet.close(None)
    assert not path.exists()
    return np.frombuffer(reader.data, np.uint8).reshape(-1, 3, 5, 4)


def test_frames_come_as_they_are(tmp_path: Path) -> None:
    got = read(tmp_path / "p", PICTURE, np.ascontiguousarray(PICTURE[::-1]))
    assert np.array_equal(got[0], PICTURE)
    assert np.array_equal(got[1], PICTURE[::-1])


def test_alpha_and_order_are_chosen(tmp_path: Path) -> None:
    before = PICTURE.copy()
    assert read(tmp_path / "p", PICTURE, alpha="premultiplied")[0, 0, 0].tolist() == [100, 50, 25, 128]
    assert read(tmp_path / "p", PICTURE, format="bgra")[0, 0, 0].tolist() == [50, 100, 200, 128]
    assert read(tmp_path / "p", PICTURE, alpha="premultiplied", format="bgra")[0, 0, 0].tolist() == [25, 50, 100, 128]
    got = read(tmp_path / "p", PICTURE, alpha="opaque", background="#0000ff")[0]
    assert got[0, 0].tolist() == [100, 50, 152, 255]
    assert got[2, 0].tolist() == [0, 0, 255, 255]
    assert np.array_equal(PICTURE, before)


def test_a_resized_window_keeps_the_frame(tmp_path: Path) -> None:
    got = read(tmp_path / "p", PICTURE, np.full((6, 10, 4), 255, np.uint8))
    assert (got[1] == 255).all()


def test_a_reader_that_goes_is_one_error_and_the_next_gets_whole_frames(tmp_path: Path) -> None:
    path = tmp_path / "p"
    outlet = made(path)
    with pytest.raises(NotYetError):
        outlet.open(SIZE, 0.0)
    first = Reader(path, 7)
    opened(outlet)
    outlet.write(PICTURE, 0.0)
    first.join(5.0)
    with pytest.raises(CartoonAliveError, match="the reader has gone") as gone:
        outlet.write(PICTURE, 0.0)
    outlet.close(gone.value)
    assert path.exists()
    with pytest.raises(NotYetError):
        outlet.open(SIZE, 0.0)
    second = Reader(path, FRAME)
    opened(outlet)
    outlet.write(PICTURE, 0.0)
    second.join(5.0)
    outlet.close(None)
    assert np.array_equal(np.frombuffer(second.data, np.uint8).reshape(3, 5, 4), PICTURE)


def test_a_reader_that_does_not_read_cannot_keep_it(tmp_path: Path) -> None:
    path = tmp_path / "p"
    os.mkfifo(path)
    silent = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    outlet = made(path)
    outlet.open((512, 512), 0.0)
    large = np.zeros((512, 512, 4), np.uint8)
    writer = threading.Thread(target=outlet.write, args=(large, 0.0))
    writer.start()
    outlet.leave()
    writer.join(5.0)
    assert not writer.is_alive()
    outlet.close(None)
    os.close(silent)
    assert path.exists()  # it was there before


STDOUT = """
import sys
import numpy as np
from runtime.sinks import pipe
outlet = pipe.create({"path": "-"}, show_fps=30.0)
print("a word on standard output")
picture = np.arange(5 * 3 * 4, dtype=np.uint8).reshape(3, 5, 4)
sys.stderr.write(outlet.open((5, 3), 0.0) + "\\n")
end = None
for index in range(int(sys.argv[1])):
    end = outlet.write(picture, 0.0)
    if end: break
sys.stderr.write(f"{end}\\n")
outlet.close(None)
"""


def test_standard_output_carries_frames_and_nothing_else() -> None:
    done = subprocess.run([sys.executable, "-c", STDOUT, "3"], capture_output=True, timeout=60.0, check=True)
    assert done.stdout == bytes(range(60)) * 3
    assert b"a word on standard output" in done.stderr
    assert b"frames to standard output: -f rawvideo -pix_fmt rgba -s 5x3 -r 30" in done.stderr


def test_standard_output_that_nobody_reads_ends_it_in_good_order() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STDOUT, "100000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(60) == bytes(range(60))
        process.stdout.close()
        words = process.stderr.read()
        assert process.wait(30.0) == 0
    assert b"nobody reads standard output any more" in words
    assert b"Traceback" not in words


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"format": "yuv"}, "format must be one of rgba, bgra, got 'yuv'"),
        ({"alpha": "some"}, "alpha must be one of straight, premultiplied, opaque, got 'some'"),
        ({"alpha": "opaque", "background": "transparent"}, "an opaque picture needs a background"),
        ({"path": "/no/such/folder/p"}, "there is no such folder; create it first: /no/such/folder"),
    ],
)
def test_what_cannot_succeed_is_refused(values: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        pipe.create({"path": str(tmp_path / "p"), **values}, show_fps=60.0)
    assert words in str(refused.value)


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="is there already and no pipe"):
        made(tmp_path / "letter.txt")
    assert (tmp_path / "letter.txt").read_text() == "dear"
