"""Takes: interpolation, files that stay the same when saved again, refusals with line numbers."""

import json
import math
import random
import re
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from assets import arkit, takes
from assets.errors import TakeError, UsageError
from assets.face import ALL_CHANNELS, HEAD, FaceFrame, HeadPose
from assets.takes import Take

SAMPLE: Final = (
    b'{"format": "cartoonalive-take", "version": 1, "fps": 30}\n'
    b'{"t": 0, "face": true, "weights": {"jawOpen": 0.5}, '
    b'"head": {"yaw_deg": 10, "pitch_deg": -5, "roll_deg": 2.5, "x": 0.01, "y": 0, "z": -0.02}}\n'
    b'{"t": 0.03333, "face": false, "weights": {}, '
    b'"head": {"yaw_deg": 0, "pitch_deg": 0, "roll_deg": 0, "x": 0, "y": 0, "z": 0}}\n'
)


def load(data: bytes, path: Path, name: str = "a.jsonl") -> Take:
    (path / name).write_bytes(data)
    return takes.load(path / name)


# ---- the take file ------------------------------------------------------------------------------


def test_the_sample_of_the_documentation(tmp_path: Path) -> None:
    take = load(SAMPLE, tmp_path)
    first, second = take.frames
    assert take.fps == 30.0
    assert first.weight("jawOpen") == first.weights.sum() == 0.5
    assert first.head == HeadPose(math.radians(10), math.radians(-5), math.radians(2.5), 0.01, 0.0, -0.02)
    assert first.face_seen
    assert not second.face_seen
    assert second.time_s == 0.03333
    assert first.channels == second.channels == ALL_CHANNELS | {HEAD}
    assert takes.to_lines(take) == SAMPLE


def test_what_may_be_left_out(tmp_path: Path) -> None:
    header = b'\xef\xbb\xbf\n{"format":"cartoonalive-take","version":1,"note":[]}\r\n'
    take = load(header + b'\r\n{"t":1,"x":2}\r\n', tmp_path)
    (frame,) = take.frames
    assert take.fps == 30.0
    assert frame.face_seen
    assert not frame.weights.any()
    assert frame.channels == ALL_CHANNELS  # no head: the source doesn't speak for it


def test_channels_of_a_source_that_does_not_know_everything(tmp_path: Path) -> None:
    mouth = frozenset({"jawOpen", "mouthClose"})
    frames = (
        FaceFrame(channels=mouth),
        FaceFrame(channels=mouth | {HEAD}, head=HeadPose(yaw_rad=math.radians(45)), time_s=0.5),
        FaceFrame(channels=frozenset({"tongueOut"}), time_s=1.0),
    )
    takes.save(Take(frames, 2.0), tmp_path / "a.jsonl")
    header, first, second, third = (json.loads(line) for line in (tmp_path / "a.jsonl").read_bytes().splitlines())
    assert header["channels"] == ["jawOpen", "mouthClose"]
    assert ("channels" in first, "channels" in second, third["channels"]) == (False, False, ["tongueOut"])
    loaded = takes.load(tmp_path / "a.jsonl")
    assert [frame.channels for frame in loaded.frames] == [frame.channels for frame in frames]
    assert loaded.frames[1].head == frames[1].head


weights = hnp.arrays(np.float32, 52, elements=st.floats(0.0, 1.0, width=32))
degrees = st.floats(-180.0, 180.0).map(math.radians)
metres = st.floats(-3.0, 3.0)
poses = st.builds(HeadPose, degrees, degrees, degrees, metres, metres, metres)
channels = st.just(ALL_CHANNELS | {HEAD}) | st.frozensets(st.sampled_from((*arkit.NAMES, HEAD)))


@st.composite
def recordings(draw: st.DrawFn) -> Take:
    times_s = sorted(draw(st.lists(st.floats(0.0, 1000.0), min_size=1, max_size=6)))
    frames = [FaceFrame(draw(weights), draw(poses), t, draw(channels), draw(st.booleans())) for t in times_s]
    return Take(tuple(frames), draw(st.floats(1.0, 1000.0)))


@settings(deadline=None, max_examples=30)
@given(recordings())
def test_saved_again_it_is_the_same_file(tmp_path_factory: pytest.TempPathFactory, take: Take) -> None:
    path = tmp_path_factory.getbasetemp() / "round.jsonl"
    takes.save(take, path)
    saved = path.read_bytes()
    loaded = takes.load(path)
    takes.save(loaded, path)
    assert path.read_bytes() == saved
    assert abs(loaded.fps - take.fps) <= 5.1e-6
    for before, after in zip(take.frames, loaded.frames, strict=True):
        assert (after.face_seen, after.channels) == (before.face_seen, before.channels)
        assert abs(after.time_s - before.time_s) <= 5.1e-6
        np.testing.assert_allclose(after.weights, before.weights, rtol=0, atol=5.1e-6)
        if HEAD in before.channels:
            assert abs(after.head.yaw_rad - before.head.yaw_rad) <= 1e-7
            assert abs(after.head.z_m - before.head.z_m) <= 5.1e-6


def _line(**fields: Any) -> bytes:
    return SAMPLE + json.dumps({"t": 1, **fields}).encode() + b"\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"hello", "line 1: expected a take file or a Live Link Face CSV, got b'hello'"),
        (b"\x89PNG\r\n\x1a\n", "line 1: expected a take file"),
        (b"{", "line 1: is not JSON"),
        (b"{}", "line 1: format: expected 'cartoonalive-take', got None"),
        (b'{"format": "cartoonalive-take"}', "line 1: version: is missing"),
        (b'{"format": "cartoonalive-take", "version": 2}', "line 1: version: this program reads version 1, got 2"),
        (b'{"format": "cartoonalive-take", "version": 1, "fps": 0}', "line 1: fps: expected a number from 1 to 1000"),
        (b'{"format": "cartoonalive-take", "version": 1, "fps": NaN}', "line 1: NaN"),
        (b'{"format": "cartoonalive-take", "version": 1, "channels": ["x"]}', "line 1: channels: 'x' is not an ARKit"),
        (b'{"format": "cartoonalive-take", "version": 1}\n', "line 1: no frames follow"),
        (SAMPLE + b"\n[]\n", "line 5: value: expected an object"),
        (SAMPLE + b"{}\n", "line 4: t: is missing"),
        (SAMPLE[:-9], "line 3: is not JSON"),
        (_line(t="0"), "line 4: t: expected a number"),
        (_line(t=-1), "line 4: t: expected a number from 0"),
        (_line(t=0.01), "line 4: t: times must not fall, got 0.01 after 0.03333"),
        (_line(t=True), "line 4: t: expected a number"),
        (_line(face=1), "line 4: face: expected true or false, got 1"),
        (_line(weights=[]), "line 4: weights: expected an object"),
        (_line(weights={"jaw": 1}), "line 4: weights: 'jaw' is not an ARKit shape name"),
        (_line(weights={"jawOpen": "1"}), "line 4: weights.jawOpen: expected a number"),
        (_line(weights={"jawOpen": math.nan}), "line 4: NaN"),
        (_line(weights={"jawOpen": 10**400}), "line 4: weights.jawOpen: expected a number"),
        (_line(head=[]), "line 4: head: expected an object"),
        (_line(head={"yaw_deg": 1000}), "line 4: head.yaw_deg: expected a number from -360 to 360"),
        (_line(head={"x": 1e9}), "line 4: head.x: expected a number from -100 to 100"),
        (_line(channels="all"), "line 4: channels: expected a list"),
        (SAMPLE + b"[" * 60_000, "line 4: is nested deeper"),
        (SAMPLE + b'{"t": 1, "note": "' + b"x" * 70_000 + b'"}', "line 4: is 70020 bytes long, at most 65536"),
        (SAMPLE + b'{"t": 1, "t": 2}', "line 4: the key 't' appears twice"),
        (SAMPLE + b"\xff", "line 4: is not UTF-8"),
        (b"Timecode,BlendShapeCount,JawOpen\n0:0:0:0,61,x\n", "line 2: 'JawOpen'"),
    ],
)  # fmt: skip
def test_refusals_name_line_and_file(data: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(TakeError, match="^" + re.escape(said)) as caught:
        load(data, tmp_path)
    message = str(caught.value)
    assert message.endswith(f"(in {tmp_path}/a.jsonl)")
    assert message.isprintable()


def test_things_that_are_not_files(tmp_path: Path) -> None:
    with pytest.raises(TakeError, match="does not exist"):
        takes.load(tmp_path / "missing.jsonl")
    with pytest.raises(TakeError, match="is a folder"):
        takes.load(tmp_path)
    with pytest.raises(UsageError, match="folder does not exist"):
        takes.save(Take((FaceFrame(),), 30.0), tmp_path / "missing" / "a.jsonl")


def test_300_mutants(tmp_path: Path) -> None:
    """Each is a take or one clear line."""
    dice = random.Random(3)
    frames = tuple(FaceFrame(np.linspace(0, i / 4, 52, dtype=np.float32), HeadPose(i / 9), i / 30) for i in range(4))
    takes.save(Take(frames, 30.0), tmp_path / "good.jsonl")
    takes.save(Take(frames, 30.0), tmp_path / "good.csv")
    outcomes: list[Take | TakeError] = []
    for number in range(300):
        data = bytearray((tmp_path / ("good.jsonl", "good.csv")[number % 2]).read_bytes())
        place = dice.randrange(len(data))
        match dice.randrange(4):
            case 0:
                del data[place:]
            case 1:
                data[place] ^= 1 << dice.randrange(8)
            case 2:
                del data[place : place + dice.randrange(1, 50)]
            case _:
                data[place:place] = dice.choice((b"-", b"9" * 400, b"\n", b",", b'"', b"{", b"\0", b"e99", b"nan"))
        try:
            outcomes.append(load(bytes(data), tmp_path))
        except TakeError as error:
            outcomes.append(error)
    refusals = [str(outcome) for outcome in outcomes if not isinstance(outcome, Take)]
    assert 50 < len(refusals) < 270
    assert all(message.isprintable() and message.endswith("a.jsonl)") for message in refusals)


# ---- Live Link Face CSV -------------------------------------------------------------------------


def test_csv_by_content_and_by_suffix(tmp_path: Path) -> None:
    frames = tuple(FaceFrame.from_mapping({"jawOpen": i / 8}, time_s=i / 60, head=HeadPose(0.1)) for i in range(8))
    takes.save(Take(frames, 60.0), tmp_path / "a.CSV")
    assert (tmp_path / "a.CSV").read_bytes().startswith(b"Timecode,BlendShapeCount,EyeBlinkLeft,")
    take = load((tmp_path / "a.CSV").read_bytes(), tmp_path, "renamed.jsonl")
    assert take.fps == 60.0
    assert [frame.weight("jawOpen") for frame in take.frames] == [i / 8 for i in range(8)]


# ---- a take in time -----------------------------------------------------------------------------

TAKE: Final = Take(
    (
        FaceFrame.from_mapping({"jawOpen": 0.0, "tongueOut": 1.0}, head=HeadPose(0.0, 1.0, x_m=1.0), time_s=1.0),
        FaceFrame.from_mapping({"jawOpen": 0.5}, head=HeadPose(0.4, -1.0, x_m=3.0), time_s=2.0, channels=ALL_CHANNELS),
        FaceFrame(time_s=3.0, face_seen=False),
        FaceFrame.from_mapping({"jawOpen": 1.0}, time_s=4.0),
        FaceFrame.from_mapping({"jawOpen": 0.25}, time_s=4.0),
    ),
    fps=1.0,
)


@pytest.mark.parametrize(
    ("time_s", "jaw_open", "yaw_rad", "seen"),
    [
        (-1.0, 0.0, 0.0, True),
        (1.0, 0.0, 0.0, True),
        (1.25, 0.125, 0.1, True),
        (2.0, 0.5, 0.4, True),
        (2.5, 0.5, 0.4, True),  # the face is lost at 3: until then the last one seen holds
        (3.0, 0.0, 0.0, False),
        (3.9, 0.0, 0.0, False),
        (4.0, 0.25, 0.0, True),  # two frames at one time: the later one rules
        (99.0, 0.25, 0.0, True),
        (math.inf, 0.25, 0.0, True),
    ],
)
def test_the_face_at_a_time(time_s: float, jaw_open: float, yaw_rad: float, seen: bool) -> None:
    frame = TAKE.at(time_s)
    assert frame.weight("jawOpen") == pytest.approx(jaw_open, abs=1e-6)
    assert frame.head.yaw_rad == pytest.approx(yaw_rad)
    assert frame.face_seen == seen


def test_between_two_frames() -> None:
    frame = TAKE.at(1.25)
    assert frame.time_s == 1.25
    assert frame.weight("tongueOut") == 0.75
    assert frame.head == HeadPose(0.1, 0.5, x_m=1.5)
    assert frame.channels == ALL_CHANNELS  # what both know


def test_duration_counts_the_showing_of_the_last_frame() -> None:
    assert TAKE.duration_s == 5.0
    assert Take(tuple(FaceFrame(time_s=i / 30) for i in range(30)), 30.0).duration_s == pytest.approx(1.0)


@settings(deadline=None, max_examples=30)
@given(recordings(), st.floats(-1.0, 1001.0))
def test_every_moment_is_a_face_within_its_neighbours(take: Take, time_s: float) -> None:
    frame = take.at(time_s)
    low = np.min([f.weights for f in take.frames], axis=0)
    high = np.max([f.weights for f in take.frames], axis=0)
    assert (frame.weights >= low - 1e-6).all()
    assert (frame.weights <= high + 1e-6).all()
    for recorded in take.frames:
        later_twin = any(f is not recorded and f.time_s == recorded.time_s for f in take.frames)
        assert later_twin or take.at(recorded.time_s) is recorded


@pytest.mark.parametrize(
    ("frames", "fps", "said"),
    [
        ((), 30.0, "at least one frame"),
        ((FaceFrame(),), 0.0, "fps"),
        ((FaceFrame(),), math.nan, "fps"),
        ((FaceFrame(time_s=-1.0),), 30.0, "negative"),
        ((FaceFrame(time_s=2.0), FaceFrame(time_s=1.0)), 30.0, "must not fall"),
    ],
)
def test_a_take_checks_itself(frames: tuple[FaceFrame, ...], fps: float, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Take(frames, fps)
