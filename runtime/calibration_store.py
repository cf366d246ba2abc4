"""Where calibrations are kept: one small JSON file for each source, in the user's own folder for settings."""

import math
import os
import re
from pathlib import Path
from typing import Any, Final

import numpy as np

from assets import arkit, files, strictjson
from assets.errors import UsageError
from assets.face import HeadPose
from assets.strictjson import Node
from runtime.calibration import MIN_FULL, Calibration, Weights

FORMAT: Final = "cartoonalive-calibration"
VERSION: Final = 1
LIMIT_BYTES: Final = 64 * 1024

_USUAL: Final = Calibration()
_WEIGHTS: Final = ("rest", "full", "slack")
_SWITCHES: Final = ("swap_shapes", "flip_head", "flip_gaze")
_ANGLES: Final = ("yaw", "pitch", "roll")
_PLACES: Final = ("x_m", "y_m", "z_m")
_KEYS: Final = {"format", "version", "head", *_WEIGHTS, *_SWITCHES}


def path_of(source: str, /, *, folder: Path | None = None) -> Path:
    """The file of a source such as `webcam`; other characters than letters, digits, - and _ become -."""
    if folder is None:
        import platformdirs

        folder = platformdirs.user_config_path("cartoonalive") / "calibration"
    plain = re.sub(r"[^A-Za-z0-9_]+", "-", source).strip("-") or "source"
    return folder / f"{plain[:80]}.json"


def save(calibration: Calibration, path: Path, /) -> None:
    """Write it, all or nothing; the folder is made. Raises CartoonAliveError."""
    try:
        os.makedirs(path.parent, exist_ok=True)
    except OSError as error:
        raise UsageError(f"can't make the folder for calibrations: {error.strerror}: {path.parent}") from error
    files.write_bytes(path, strictjson.dump(_to_json(calibration), limit_bytes=LIMIT_BYTES))


def load(path: Path, /) -> Calibration | None:
    """What `save` wrote; None where there is no file. Raises UsageError that names the field."""
    if not path.exists():
        return None
    try:
        data = files.read_regular(path, limit_bytes=LIMIT_BYTES)
        return _from_json(Node(strictjson.parse(data, limit_bytes=LIMIT_BYTES), ""))
    except ValueError as error:
        raise UsageError(f"the calibration {error}; calibrate anew or remove it: {path}") from None


def _to_json(calibration: Calibration) -> dict[str, Any]:
    data: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    for key in _WEIGHTS:
        values, usual = getattr(calibration, key), getattr(_USUAL, key)
        data[key] = {
            name: round(float(values[row]), 4)
            for row, name in enumerate(arkit.NAMES)
            if values[row] != usual[row]
        }  # fmt: skip
    head = calibration.head
    data["head"] = {f"{angle}_deg": round(math.degrees(getattr(head, f"{angle}_rad")), 3) for angle in _ANGLES}
    data["head"] |= {place: round(getattr(head, place), 5) for place in _PLACES}
    return data | dict(zip(_SWITCHES, calibration.switches, strict=True))


def _from_json(root: Node) -> Calibration:
    if root.get("format").value != FORMAT:
        raise ValueError(f"has another format: expected {FORMAT!r}, got {strictjson.shown(root.get('format').value)}")
    if (version := root["version"].integer()) != VERSION:
        raise ValueError(f"has version {version}, this program reads version {VERSION}")
    _no_others(root, _KEYS)
    head = root["head"]
    _no_others(head, {*(f"{angle}_deg" for angle in _ANGLES), *_PLACES})
    angles = [math.radians(head[f"{angle}_deg"].number(-180.0, 180.0)) for angle in _ANGLES]
    return Calibration(
        rest=_weights(root["rest"], 0.0, default=0.0),
        full=_weights(root["full"], MIN_FULL, default=1.0),
        slack=_weights(root["slack"], 0.0, default=0.0),
        head=HeadPose(*angles, *(head[place].number(-10.0, 10.0) for place in _PLACES)),
        swap_shapes=root["swap_shapes"].boolean(),
        flip_head=root["flip_head"].boolean(),
        flip_gaze=root["flip_gaze"].boolean(),
    )


def _weights(node: Node, low: float, *, default: float) -> Weights:
    _no_others(node, set(arkit.NAMES))
    return np.array([node.get(name, default).number(low, 1.0) for name in arkit.NAMES])


def _no_others(node: Node, known: set[str]) -> None:
    if others := node.object().keys() - known:
        names = ", ".join(strictjson.shown(name) for name in sorted(others))
        raise ValueError(f"has unknown keys{' in ' + node.place if node.place else ''}: {names}")
