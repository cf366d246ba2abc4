"""runtime.sinks.mp4, decoded by OpenCV."""

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from assets.errors import CartoonAliveError
from runtime import sinks
from runtime.sinks import mp4


def decode(path: Path) -> tuple[list[np.ndarray], float]:
    capture = cv2.VideoCapture(str(path))
    frames = []
    while True:
        there, bgr = capture.read()
        if not there:
            break
        frames.append(bgr[:, :, ::-1])
    fps = capture.get(cv2.CAP_PROP_FPS)
    capture.release()
    return frames, fps


def scene(width: int, height: int, count: int) -> list[np.ndarray]:
    """A red square that walks over blue; smooth enough for any codec."""
    made = []
    for step in range(count):
        picture = np.zeros((height, width, 4), np.uint8)
        picture[:] = (30, 60, 200, 255)
        picture[8:24, 4 * step : 4 * step + 16] = (220, 40, 30, 255)
        made.append(picture)
    return made


@pytest.mark.parametrize("size", [(64, 48), (63, 47)])
def test_every_picture_arrives_in_order_and_colour(size: tuple[int, int], tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    pictures = scene(*size, 12)
    with sinks.create(sinks.Spec(out, "mp4", size, 24.0)) as sink:
        for picture in pictures:
            sink.write(picture)
        assert not out.exists()
    frames, fps = decode(out)
    assert len(frames) == 12
    assert fps == pytest.approx(24.0, abs=0.01)
    for frame, picture in zip(frames, pictures, strict=True):
        assert frame.shape == (48, 64, 3)
        assert np.abs(frame[: size[1], : size[0]].astype(int) - picture[:, :, :3]).mean() < 8.0
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


def test_an_encoder_that_dies_is_one_line_and_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dying = [sys.executable, "-c", "import sys; sys.stdin.buffer.read(10); sys.exit('codec on fire')"]
    monkeypatch.setattr(mp4, "command", lambda *_, **__: dying)

    def film() -> None:
        with sinks.create(sinks.Spec(tmp_path / "film.mp4", "mp4", (64, 48), 24.0)) as sink:
            for picture in scene(64, 48, 300):
                sink.write(picture)

    with pytest.raises(CartoonAliveError, match=r"can't write film\.mp4: the MP4 encoder stopped: codec on fire"):
        film()
    assert list(tmp_path.iterdir()) == []


def test_the_systems_ffmpeg_is_preferred_when_it_has_h264(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text('#!/bin/sh\ncase "$*" in *-encoders*) echo "V....D libx264";; *) cat > /dev/null;; esac\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    line = mp4.command(Path("a.mp4"), (64, 48), 30.0)
    assert line[0] == str(program)
    words = " ".join(line)
    assert "-c:v libx264 -preset medium -crf 18 -pix_fmt yuv420p -colorspace smpte170m" in words
    assert words.endswith("-movflags +faststart -f mp4 a.mp4")
    assert line[line.index("-s") + 1] == "64x48"
    program.write_text("#!/bin/sh\necho nothing\n")
    assert mp4.command(Path("a.mp4"), (64, 48), 30.0)[:4] == [sys.executable, "-P", "-m", "runtime.films.encode_child"]
