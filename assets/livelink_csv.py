"""Live Link Face CSV, the recordings of Epic's phone app, to frames and back.

Columns: `Timecode`, `BlendShapeCount`, then 61 values: the 52 ARKit shapes (`EyeBlinkLeft` ...; found by name, in any
order), `HeadYaw, HeadPitch, HeadRoll`, and yaw, pitch and roll of the left and right eye. Angles are radians.

* **Time.** `HH:MM:SS:FF.fff`, the last field in frames of a clock of 60 or 30 frames a second (a camera at 30 may well
  be stamped by a clock at 60). The file doesn't say which: a frame number of 30 or more means 60; else the clock that
  gives the more even steps, 60 if both do. Times are counted from the first row; a step back of half a day is midnight.
* **Head.** Its yaw and pitch have our signs: positive to the subject's own left, and up. Its roll is positive toward
  the subject's own *right* shoulder and changes sign here. The evidence is indirect: yaw and pitch from recordings in
  which the eyes hold the camera while the head turns, roll from the frame in which senders of this protocol compute it
  (protocols 6). No position, ever. Columns that are zero in every row mean that the app did not record the head: then
  the frames don't speak for it.
* **Eyes.** Redundant: 0.61 rad per unit of the eyeLook shapes, yaw positive toward the subject's right, pitch positive
  down. Not read; written from the shapes.
* A `BlendShapeCount` of 0 means that no face was seen.
"""

import csv
import io
import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.face import HEAD, NEUTRAL_POSE, FaceFrame, HeadPose
from assets.strictjson import shown

EYE_RAD_PER_UNIT: Final = 0.61
MAX_ROWS: Final = 1_000_000
MAX_ANGLE_RAD: Final = 6.3
VALUE_COUNT: Final = 61
DECIMALS: Final = 10

_TIMECODE: Final = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})[:;](\d{1,3}(?:\.\d{1,6})?)", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?\d{1,20}(\.\d{0,40})?([eE][+-]?\d{1,3})?", re.ASCII)
_DAY_S: Final = 86_400.0
_CLOCK_HZ: Final = 60
_TICK_S: Final = 1 / 240  # less than this, and the difference is rounding or a late frame
_USUAL_RATES_HZ: Final = (24.0, 25.0, 30.0, 50.0, 60.0, 120.0)
_HEAD_COLUMNS: Final = ("headyaw", "headpitch", "headroll")

# The app's own order differs from ours in two pairs: right comes before left.
_COLUMNS: Final[tuple[str, ...]] = tuple(
    {"jawLeft": "jawRight", "jawRight": "jawLeft", "mouthLeft": "mouthRight", "mouthRight": "mouthLeft"}.get(name, name)
    for name in arkit.NAMES
)
_ANGLES: Final = tuple(f"{part}{axis}" for part in ("Head", "LeftEye", "RightEye") for axis in ("Yaw", "Pitch", "Roll"))


def decode(data: bytes, /) -> tuple[tuple[FaceFrame, ...], float]:
    """(frames, frames per second) of a CSV. Raises ValueError naming the line."""
    try:
        rows = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)
        header = next(rows)
    except (UnicodeDecodeError, csv.Error, StopIteration) as error:
        raise ValueError(f"line 1: is not a CSV header: {error}") from error
    try:
        shape_columns, head_columns = _find_columns(header)
    except ValueError as error:
        raise ValueError(f"line 1: {error}") from error
    lines: list[int] = []
    stamps: list[tuple[int, float]] = []
    values: list[list[float]] = []
    seen: list[bool] = []
    try:
        for row in rows:
            if not any(row):
                continue
            if len(stamps) >= MAX_ROWS:
                raise ValueError(f"at most {MAX_ROWS} rows are accepted")
            face_seen = row[1:2] != ["0"]
            if len(row) != len(header) and face_seen:
                raise ValueError(f"expected {len(header)} columns, got {len(row)}")
            lines.append(rows.line_num)
            stamps.append(_stamp(row[0]))
            seen.append(face_seen)
            columns = (*shape_columns.values(), *head_columns)
            values.append([_value(row[i], header[i]) if face_seen else 0.0 for i in columns])
    except (ValueError, csv.Error) as error:
        raise ValueError(f"line {rows.line_num}: {error}") from error
    if not stamps:
        raise ValueError("line 2: no rows follow the header")
    times_s = _times_s(np.array(stamps))
    if len(fallen := np.flatnonzero(np.diff(times_s) < 0.0)):
        raise ValueError(f"line {lines[fallen[0] + 1]}: Timecode: times must not fall")
    return _frames(np.array(values), times_s, seen, tuple(shape_columns), bool(head_columns)), _rate_hz(times_s)


def _find_columns(header: Sequence[str]) -> tuple[dict[str, int], tuple[int, ...]]:
    folded = [name.strip().casefold() for name in header]
    if folded[:2] != ["timecode", "blendshapecount"]:
        raise ValueError("expected the columns Timecode,BlendShapeCount,...")
    shapes: dict[str, int] = {}
    for index, name in enumerate(header[2:], 2):
        shape = arkit.normalise(name)
        if shape in shapes or folded[index] in folded[:index]:
            raise ValueError(f"the column {shown(name)} appears twice")
        if shape is not None:
            shapes[shape] = index
    if not shapes:
        raise ValueError("expected columns named after the ARKit shapes (EyeBlinkLeft, ...)")
    complete = all(name in folded for name in _HEAD_COLUMNS)
    return shapes, tuple(folded.index(name) for name in _HEAD_COLUMNS) if complete else ()


def _stamp(text: str) -> tuple[int, float]:
    match = _TIMECODE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"Timecode: expected HH:MM:SS:FF.fff, got {shown(text)}")
    hours, minutes, seconds = (int(part) for part in match.groups()[:3])
    frames = float(match[4])
    if hours > 23 or minutes > 59 or seconds > 59 or frames >= _CLOCK_HZ:
        raise ValueError(f"Timecode: {shown(text)} is not a time of day")
    return (hours * 60 + minutes) * 60 + seconds, frames


def _value(text: str, column: str) -> float:
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{shown(column)}: expected a number, got {shown(text)}")
    value = float(text)
    if abs(value) > 1e6:
        raise ValueError(f"{shown(column)}: {shown(text)} is out of range")
    return value


def _frames(
    values: npt.NDArray[np.float64],
    times_s: npt.NDArray[np.float64],
    seen: list[bool],
    names: tuple[str, ...],
    has_head: bool,
) -> tuple[FaceFrame, ...]:
    weights = np.zeros((len(values), arkit.COUNT), np.float32)
    weights[:, [arkit.INDEX[name] for name in names]] = np.clip(values[:, : len(names)], 0.0, 1.0)
    angles_rad = np.clip(values[:, len(names) :], -MAX_ANGLE_RAD, MAX_ANGLE_RAD)
    channels = frozenset(names)
    poses = [NEUTRAL_POSE] * len(values)
    if has_head and angles_rad.any():
        channels |= {HEAD}
        poses = [HeadPose(yaw, pitch, 0.0 - roll) for yaw, pitch, roll in angles_rad.tolist()]
    columns = zip(weights, poses, times_s.tolist(), seen, strict=True)
    return tuple(FaceFrame(row, pose, time_s, channels, face) for row, pose, time_s, face in columns)


def _times_s(stamps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    candidates = {hz: _unrolled(stamps[:, 0] + stamps[:, 1] / hz) for hz in (60, 30)}
    clock = 60
    if stamps[:, 1].max() < 30.0 and len(stamps) > 2:
        uneven_s = {hz: float(np.ptp(np.diff(times_s))) for hz, times_s in candidates.items()}
        if uneven_s[30] < 0.5 * uneven_s[60] - _TICK_S:
            clock = 30
    return candidates[clock]


def _unrolled(times_s: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    days = np.cumsum(np.diff(times_s, prepend=times_s[0]) < -_DAY_S / 2)
    unrolled: npt.NDArray[np.float64] = times_s - times_s[0] + days * _DAY_S
    return unrolled


def _rate_hz(times_s: npt.NDArray[np.float64]) -> float:
    steps_s = np.diff(times_s)
    steps_s = steps_s[steps_s > 0.0]
    if not len(steps_s):
        return 60.0
    rate_hz = 1.0 / float(np.median(steps_s))
    nearest = min(_USUAL_RATES_HZ, key=lambda usual: abs(usual - rate_hz))
    return nearest if abs(nearest - rate_hz) < 0.02 * nearest else min(max(rate_hz, 1.0), 1000.0)


def encode(frames: Sequence[FaceFrame], /) -> bytes:
    """The CSV of `frames`, their times as timecodes of a 60 Hz clock. Positions have no place in it."""
    lines = [",".join(("Timecode", "BlendShapeCount", *(name[0].upper() + name[1:] for name in _COLUMNS), *_ANGLES))]
    order = [arkit.INDEX[name] for name in _COLUMNS]
    for frame in frames:
        pose = frame.head if HEAD in frame.channels else NEUTRAL_POSE
        weights = [round(weight, DECIMALS) + 0.0 for weight in frame.weights.tolist()]
        angles = (pose.yaw_rad, pose.pitch_rad, -pose.roll_rad, *_eyes(weights))
        numbers = (*(weights[index] for index in order), *(round(angle, DECIMALS) + 0.0 for angle in angles))
        values = ",".join(f"{number:.{DECIMALS}f}" for number in numbers)
        lines.append(f"{_timecode(frame.time_s)},{VALUE_COUNT if frame.face_seen else 0},{values}")
    return ("\n".join(lines) + "\n").encode()


def _eyes(weights: Sequence[float]) -> tuple[float, ...]:
    look = {name: EYE_RAD_PER_UNIT * weights[arkit.INDEX[name]] for name in arkit.REGIONS["gaze"]}
    left_yaw = look["eyeLookInLeft"] - look["eyeLookOutLeft"]
    right_yaw = look["eyeLookOutRight"] - look["eyeLookInRight"]
    left_pitch = look["eyeLookDownLeft"] - look["eyeLookUpLeft"]
    right_pitch = look["eyeLookDownRight"] - look["eyeLookUpRight"]
    return left_yaw, left_pitch, 0.0, right_yaw, right_pitch, 0.0


def _timecode(time_s: float) -> str:
    thousandths = round(time_s * _CLOCK_HZ * 1000)
    seconds, within = divmod(thousandths, _CLOCK_HZ * 1000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours % 24:02d}:{minute:02d}:{second:02d}:{within // 1000:02d}.{within % 1000:03d}"
