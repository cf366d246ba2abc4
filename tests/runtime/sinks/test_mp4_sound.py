"""runtime.sinks.mp4_sound: an MP4 by OpenCV, its sound found again by reading the boxes as a player does."""

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile

from assets.errors import CartoonAliveError
from runtime import sinks
from runtime.films import soundtrack
from runtime.sinks import mp4, mp4_sound

FOLDERS = ("moov", "trak", "edts", "mdia", "minf", "stbl", "dinf")


def boxes(data: bytes, start: int = 0, end: int | None = None, path: str = "") -> Iterator[tuple[str, bytes]]:
    """(path, contents) of every box, as `moov/trak/tkhd`."""
    end = len(data) if end is None else end
    while start < end:
        size, kind = struct.unpack_from(">I4s", data, start)
        name = f"{path}{kind.decode('latin1')}"
        yield name, data[start + 8 : start + size]
        if kind.decode("latin1") in FOLDERS:
            yield from boxes(data, start + 8, start + size, f"{name}/")
        start += size
    assert start == end


def tracks(data: bytes) -> list[dict[str, bytes]]:
    made: list[dict[str, bytes]] = []
    for name, contents in boxes(data):
        if name == "moov/trak":
            made.append({})
        elif name.startswith("moov/trak/"):
            made[-1][name.rpartition("/")[2]] = contents
    return made


def numbers(contents: bytes, skip: int = 8) -> tuple[int, ...]:
    return struct.unpack(f">{(len(contents) - skip) // 4}I", contents[skip:])


def samples_of(track: dict[str, bytes], data: bytes) -> list[bytes]:
    """Every sample of a track, found through its tables."""
    sizes, chunks, runs = numbers(track["stsz"], 12), numbers(track["stco"]), numbers(track["stsc"])
    counts = [0] * len(chunks)
    for first, count, _ in zip(runs[::3], runs[1::3], runs[2::3], strict=True):
        counts[first - 1 :] = [count] * (len(chunks) - first + 1)
    assert sum(counts) == len(sizes)
    made, sample = [], 0
    for at, count in zip(chunks, counts, strict=True):
        for size in sizes[sample : sample + count]:
            made.append(data[at : at + size])
            at += size
        sample += count
    return made


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("speech") / "speech.wav"
    t = np.arange(2 * 44100) / 44100
    soundfile.write(path, 0.4 * np.sin(2000.0 * t * (1.0 + t)), 44100)
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, speech: Path) -> Path:
    """Two seconds of brightening grey, with sound, without ffmpeg."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mp4, "_ffmpeg", lambda _: None)
        with sinks.create(sinks.Spec(path, "mp4", (64, 48), 30.0, speech)) as sink:
            for step in range(60):
                sink.write(np.full((48, 64, 4), 4 * step, np.uint8))
    return path


def test_the_pictures_are_still_there(film: Path) -> None:
    capture = cv2.VideoCapture(str(film))
    greys = []
    while (read := capture.read())[0]:
        greys.append(float(read[1].mean()))
    assert len(greys) == 60
    assert np.abs(np.array(greys) - 4.0 * np.arange(60)).max() < 6.0


def test_the_sound_is_the_sound_that_was_given(film: Path, speech: Path) -> None:
    data = film.read_bytes()
    picture, sound = tracks(data)
    frames = samples_of(sound, data)
    assert tuple(frames) == soundtrack.encode(speech).frames
    made, _ = soundfile.read(io.BytesIO(b"".join(frames)))
    assert len(made) >= 2 * 44100
    assert len(samples_of(picture, data)) == 60


def test_the_tables_say_when_it_sounds(film: Path) -> None:
    data = film.read_bytes()
    everything = dict(boxes(data))
    picture, sound = tracks(data)
    scale, length = struct.unpack_from(">II", everything["moov/mvhd"], 12)
    assert length / scale == pytest.approx(2.0, abs=0.01)
    assert struct.unpack_from(">I", everything["moov/mvhd"], 96)[0] == 3  # the next track's number
    assert [struct.unpack_from(">I", each["tkhd"], 12)[0] for each in (picture, sound)] == [1, 2]
    assert struct.unpack_from(">h", sound["tkhd"], 36)[0] == 0x100  # full volume
    # One edit: two seconds, from behind the codec's delay.
    assert struct.unpack(">IIIiI", sound["elst"]) == (0, 1, round(2.0 * scale), 1105, 0x10000)
    assert sound["hdlr"][8:12] == b"soun"
    rate_hz, samples = struct.unpack_from(">II", sound["mdhd"], 12)
    assert (rate_hz, samples) == (44100, 1152 * len(numbers(sound["stsz"], 12)))
    entry = sound["stsd"][8:]
    assert entry[4:8] == b"mp4a"
    assert struct.unpack_from(">HHHHI", entry, 24) == (1, 16, 0, 0, 44100 << 16)
    stream = entry[36 + 12 :]
    assert stream[:5] == bytes([3, 21, 0, 0, 0])  # a stream's description of 21 bytes
    assert (stream[5], stream[6], stream[7], stream[8]) == (4, 13, 0x6B, 0x15)  # MPEG-1 sound
    assert stream[20:] == bytes([6, 1, 2])


def test_another_layout_is_refused_and_nothing_is_lost(tmp_path: Path, speech: Path) -> None:
    track = soundtrack.encode(speech)
    for content in (b"", b"no film", mp4_sound.box(b"moov") + mp4_sound.box(b"mdat", bytes(10))):
        (tmp_path / "a.mp4").write_bytes(content)
        with pytest.raises(CartoonAliveError, match="can't add the sound: the film is laid out in another way"):
            mp4_sound.add(tmp_path / "a.mp4", track)
        assert (tmp_path / "a.mp4").read_bytes() == content


def test_a_sound_that_is_none_leaves_no_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp4, "_ffmpeg", lambda _: None)
    (tmp_path / "a.wav").write_bytes(b"no sound")
    spec = sinks.Spec(tmp_path / "film.mp4", "mp4", (64, 48), 30.0, tmp_path / "a.wav")
    with pytest.raises(CartoonAliveError, match="can't read the sound file"), sinks.create(spec):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_ffmpeg_reads_the_sound_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp4, "_ffmpeg", lambda _: "/usr/bin/ffmpeg")
    line = mp4.command(Path("a.mp4"), (64, 48), 30.0, Path("concat:x.wav"))
    joined = " ".join(line)
    assert "-i pipe:0 -i file:concat:x.wav -map 0:v:0 -map 1:a:0 -c:a aac" in joined
    assert "-an" not in line
    assert mp4.reads_sound(line)
    assert "-an" in mp4.command(Path("a.mp4"), (64, 48), 30.0)
