"""Recorded faces: `Take`, and its two files.

**Take file** (`.jsonl`). The first line says what it is, then one line a frame:

    {"format": "cartoonalive-take", "version": 1, "fps": 30}
    {"t": 0.0, "face": true, "weights": {"jawOpen": 0.5}, "head": {"yaw_deg": 0, "pitch_deg": 0, "roll_deg": 0,
     "x": 0, "y": 0, "z": 0}}

`t` in seconds from the start, never falling; angles in degrees, positions in metres, signs as in `assets`. Weights that
are missing are 0; a missing `head` means that the source does not speak for the head. A source that speaks for some
shapes only names them in the first line, `"channels": ["jawOpen", ...]` (or in a frame, for that frame). Numbers are
written with five decimals: what is loaded and saved again gives the same bytes. Unknown keys are ignored, unknown shape
names refused.

**Live Link Face CSV**: see `assets.livelink_csv`.
"""

import bisect
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from assets import arkit, files, livelink_csv, strictjson
from assets.errors import TakeError
from assets.face import ALL_CHANNELS, HEAD, NEUTRAL_POSE, FaceFrame, HeadPose
from assets.strictjson import Node

FORMAT: Final = "cartoonalive-take"
VERSION: Final = 1
MAX_FILE_BYTES: Final = 512 << 20
MAX_LINE_BYTES: Final = 1 << 16
MAX_DEG: Final = 360.0
MAX_M: Final = 100.0


@dataclass(frozen=True)
class Take:
    """A recording: frames whose `time_s` counts from the start of the take and never falls.

    fps: nominal rate, 1..1000; the frames' own times rule.
    Raises ValueError for an empty take, times that fall or are negative, or an impossible rate.
    """

    frames: tuple[FaceFrame, ...]
    fps: float
    _times_s: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.frames:
            raise ValueError("a take needs at least one frame")
        if not 1.0 <= self.fps <= 1000.0:
            raise ValueError(f"fps must be in 1..1000, got {self.fps}")
        times_s = tuple(frame.time_s for frame in self.frames)
        if times_s[0] < 0.0:
            raise ValueError(f"times must not be negative, got {times_s[0]}")
        for index in range(1, len(times_s)):
            if times_s[index] < times_s[index - 1]:
                raise ValueError(f"times must not fall: {times_s[index]} follows {times_s[index - 1]} at frame {index}")
        object.__setattr__(self, "_times_s", times_s)

    @property
    def duration_s(self) -> float:
        """Seconds from the start until the last frame has been shown for one frame's time."""
        return self._times_s[-1] + 1.0 / self.fps

    def at(self, time_s: float, /) -> FaceFrame:
        """The face at `time_s` from the start: straight lines between frames, the first and last frame beyond them.

        Between a frame with a face and one without, the earlier one holds. O(log n), allocates one frame.
        """
        after = bisect.bisect_right(self._times_s, time_s)
        if after == 0:
            return self.frames[0]
        before = self.frames[after - 1]
        if after == len(self.frames) or time_s == before.time_s:
            return before
        then = self.frames[after]
        if not (before.face_seen and then.face_seen):
            return FaceFrame(before.weights, before.head, time_s, before.channels, before.face_seen)
        share = (time_s - before.time_s) / (then.time_s - before.time_s)
        with np.errstate(under="ignore"):
            weights = before.weights + np.float32(share) * (then.weights - before.weights)
        a, b = before.head, then.head
        head = HeadPose(
            a.yaw_rad + share * (b.yaw_rad - a.yaw_rad),
            a.pitch_rad + share * (b.pitch_rad - a.pitch_rad),
            a.roll_rad + share * (b.roll_rad - a.roll_rad),
            a.x_m + share * (b.x_m - a.x_m),
            a.y_m + share * (b.y_m - a.y_m),
            a.z_m + share * (b.z_m - a.z_m),
        )
        return FaceFrame(weights, head, time_s, before.channels & then.channels)


def load(path: Path, /) -> Take:
    """The take in `path`, a take file or a Live Link Face CSV, told apart by their first characters.

    Raises TakeError, naming the line and the file.
    """
    try:
        data = files.read_regular(path, limit_bytes=MAX_FILE_BYTES).removeprefix(b"\xef\xbb\xbf")
        start = data[:4096].lstrip()
        if not start:
            raise ValueError("is empty")
        if start[:1] == b"{":
            return _from_lines(data)
        if start[:8].lower() == b"timecode":
            return Take(*livelink_csv.decode(data))
        raise ValueError(f"line 1: expected a take file or a Live Link Face CSV, got {strictjson.shown(start[:40])}")
    except ValueError as error:
        raise TakeError(f"{' '.join(str(error).split())} (in {strictjson.one_line(path)})") from error


def save(take: Take, path: Path, /) -> None:
    """Write `take`, all or nothing: as Live Link Face CSV when `path` ends in .csv, else as a take file."""
    data = livelink_csv.encode(take.frames) if path.suffix.lower() == ".csv" else to_lines(take)
    files.write_bytes(path, data)


def to_lines(take: Take, /) -> bytes:
    """The take file of `take`."""
    usual = take.frames[0].channels - {HEAD}
    head: dict[str, Any] = {"format": FORMAT, "version": VERSION, "fps": _plain(take.fps)}
    if usual != ALL_CHANNELS:
        head["channels"] = _in_order(usual)
    lines = [head, *(_frame_to_json(frame, usual) for frame in take.frames)]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def _frame_to_json(frame: FaceFrame, usual: frozenset[str]) -> dict[str, Any]:
    line: dict[str, Any] = {"t": _plain(frame.time_s), "face": frame.face_seen}
    if (shapes := frame.channels - {HEAD}) != usual:
        line["channels"] = _in_order(shapes)
    rounded = ((name, _plain(weight)) for name, weight in zip(arkit.NAMES, frame.weights.tolist(), strict=True))
    line["weights"] = {name: weight for name, weight in rounded if weight != 0.0}
    if HEAD in frame.channels:
        pose = frame.head
        line["head"] = {
            "yaw_deg": _plain(math.degrees(pose.yaw_rad)),
            "pitch_deg": _plain(math.degrees(pose.pitch_rad)),
            "roll_deg": _plain(math.degrees(pose.roll_rad)),
            "x": _plain(pose.x_m),
            "y": _plain(pose.y_m),
            "z": _plain(pose.z_m),
        }
    return line


def _plain(value: float) -> float | int:
    rounded = round(value, 5) + 0.0  # + 0.0 turns -0.0 into 0.0
    return int(rounded) if rounded.is_integer() else rounded


def _in_order(shapes: frozenset[str]) -> list[str]:
    return [name for name in arkit.NAMES if name in shapes]


def _numbered_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    start, number = 0, 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        number += 1
        if line := data[start:end].strip():
            yield number, line
        start = end + 1


def _from_lines(data: bytes) -> Take:
    lines = _numbered_lines(data)
    number, line = next(lines)
    frames: list[FaceFrame] = []
    try:
        head = Node(strictjson.parse(line, limit_bytes=MAX_LINE_BYTES), "")
        if head.get("format").value != FORMAT:
            raise ValueError(f"format: expected {FORMAT!r}, got {strictjson.shown(head.get('format').value)}")
        version = head["version"].integer()
        if version != VERSION:
            raise ValueError(f"version: this program reads version {VERSION}, got {version}; a newer program is needed")
        fps = head.get("fps", 30).number(1.0, 1000.0)
        usual = _shapes(head.get("channels"), ALL_CHANNELS)
        for number, line in lines:  # noqa: B007, the handler below names the line
            frame = _frame_from_json(Node(strictjson.parse(line, limit_bytes=MAX_LINE_BYTES), ""), usual)
            if frames and frame.time_s < frames[-1].time_s:
                raise ValueError(f"t: times must not fall, got {frame.time_s:g} after {frames[-1].time_s:g}")
            frames.append(frame)
        if not frames:
            raise ValueError("no frames follow")
    except ValueError as error:
        raise ValueError(f"line {number}: {error}") from error
    return Take(tuple(frames), fps)


def _frame_from_json(node: Node, usual: frozenset[str]) -> FaceFrame:
    weights = np.zeros(arkit.COUNT, np.float32)
    shapes = node.get("weights", {})
    for name, value in shapes.object().items():
        index = arkit.INDEX.get(name)
        if index is None:
            raise ValueError(f"weights: {strictjson.shown(name)} is not an ARKit shape name")
        weights[index] = min(max(Node(value, f"weights.{name}").number(), 0.0), 1.0)
    channels = _shapes(node.get("channels"), usual)
    head = node.get("head")
    return FaceFrame(
        weights,
        NEUTRAL_POSE if head.value is None else _pose(head),
        node["t"].number(0.0, 1e7),
        channels if head.value is None else channels | {HEAD},
        node.get("face", True).boolean(),
    )


def _shapes(node: Node, usual: frozenset[str]) -> frozenset[str]:
    if node.value is None:
        return usual
    shapes = frozenset(name.text(at_most=64) for name in node)
    if unknown := sorted(shapes - ALL_CHANNELS):
        raise ValueError(f"channels: {strictjson.shown(unknown[0])} is not an ARKit shape name")
    return shapes


def _pose(node: Node) -> HeadPose:
    yaw, pitch, roll = (
        math.radians(node.get(name, 0).number(-MAX_DEG, MAX_DEG)) for name in ("yaw_deg", "pitch_deg", "roll_deg")
    )
    x_m, y_m, z_m = (node.get(name, 0).number(-MAX_M, MAX_M) for name in ("x", "y", "z"))
    return HeadPose(yaw, pitch, roll, x_m, y_m, z_m)
