"""Where calibrations are kept: one small JSON file for each source, in the user's own folder for settings."""

import math
from pathlib import Path
from typing import Any, Final

import numpy as np

from assets import arkit, kept
from assets.face import HeadPose
from assets.kept import Kind, no_others
from assets.strictjson import Node
from runtime.calibrating.calibration import MIN_FULL, Calibration, Weights

KIND: Final = Kind("the calibration", "cartoonalive-calibration", advice="calibrate anew or remove it")

_USUAL: Final = Calibration()
_WEIGHTS: Final = ("rest", "full", "slack")
_SWITCHES: Final = ("swap_shapes", "flip_head", "flip_gaze")
_ANGLES: Final = ("yaw", "pitch", "roll")
_PLACES: Final = ("x_m", "y_m", "z_m")
_KEYS: Final = {"format", "version", "head", *_WEIGHTS, *_SWITCHES}


def path_of(source: str, /, *, folder: Path | None = None) -> Path:
    """The file of a source such as `webcam`; other characters than letters, digits, - and _ become -."""
    return (folder or kept.home() / "calibration") / f"{kept.plain_name(source, otherwise='source')}.json"


def save(calibration: Calibration, path: Path, /) -> None:
    """Write it, all or nothing; the folder is made. Raises CartoonAliveError."""
    KIND.save(_to_json(calibration), path)


def load(path: Path, /) -> Calibration | None:
    """What `save` wrote; None where there is no file. Raises UsageError that names the field."""
    return KIND.load(path, _from_json)


def _to_json(calibration: Calibration) -> dict[str, Any]:
    data: dict[str, Any] = {}
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
    no_others(root, _KEYS)
    head = root["head"]
    no_others(head, {*(f"{angle}_deg" for angle in _ANGLES), *_PLACES})
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
    no_others(node, set(arkit.NAMES))
    return np.array([node.get(name, default).number(low, 1.0) for name in arkit.NAMES])
