"""A data set of weights and dots in a folder: `dataset.json` and one file per shard, each written whole or not at all.

    dataset.json           what it is a set of; asked before anything is added
    shard-000000.npy       float32 (n, P + 2 K): weights, then x and y of the dots in px

A shard is a function of seed and number alone. So a set that was cut off is gone on with, and a larger count extends
it: only the shards that are missing are made.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

import assets.identity
from assets import files
from assets.errors import UsageError
from assets.identity import PARAMETERS, Template

FORMAT: Final = "cartoonalive-identity"
VERSION: Final = 1
DESCRIPTION: Final = "dataset.json"
_MAX_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Plan:
    """seed: of all randomness. shard_samples: samples in a file. template: sha256 of the template's file."""

    seed: int
    shard_samples: int
    template: str

    def shards(self, count: int, /) -> list[tuple[int, int]]:
        """(number, samples) of the shards that `count` samples take; only the last one may be short."""
        size = self.shard_samples
        return [(number, min(size, count - number * size)) for number in range(-(-count // size))]


def template_hash() -> str:
    """sha256 of the shipped template."""
    with assets.identity.shipped(assets.identity.TEMPLATE) as path:
        return hashlib.sha256(path.read_bytes()).hexdigest()


def begin(folder: Path, plan: Plan, /) -> None:
    """Make the folder and its description, or find there the same one.

    Raises UsageError when the folder holds something else, or another set.
    """
    folder.mkdir(exist_ok=True)
    if (folder / DESCRIPTION).exists():
        found = describe(folder)
        for name, value in asdict(plan).items():
            if (other := getattr(found, name)) != value:
                told = f"{name} {other}" if name != "template" else "another template"
                raise UsageError(f"this folder holds a data set with {told}; choose an empty folder: {folder}")
    elif any(folder.iterdir()):
        raise UsageError(f"expected an empty folder or a data set, this one holds other files: {folder}")
    else:
        text = json.dumps({"format": FORMAT, "version": VERSION, **asdict(plan), "parameters": list(PARAMETERS)})
        files.write_bytes(folder / DESCRIPTION, text.encode() + b"\n")


def describe(folder: Path, /) -> Plan:
    """The plan of the set in a folder. Raises UsageError when there is none."""
    path = folder / DESCRIPTION
    try:
        value = json.loads(files.read_regular(path, limit_bytes=_MAX_BYTES))
        if (value["format"], value["version"]) != (FORMAT, VERSION):
            raise ValueError(f"expected {FORMAT} {VERSION}, got {value['format']} {value['version']}")
        return Plan(int(value["seed"]), int(value["shard_samples"]), str(value["template"]))
    except (ValueError, KeyError, TypeError) as error:
        reason = f"{error.args[0]} is missing" if isinstance(error, KeyError) else " ".join(str(error).split())
        raise UsageError(f"expected a data set made by `cartoonalive dataset identity`: {reason}: {path}") from None


def shard_path(folder: Path, number: int, /) -> Path:
    """The file of a shard."""
    return folder / f"shard-{number:06d}.npy"


def missing(folder: Path, plan: Plan, count: int, /) -> list[tuple[int, int]]:
    """The shards of `plan.shards(count)` that are not there yet, or shorter than wanted."""
    wanted = plan.shards(count)
    return [(number, samples) for number, samples in wanted if _samples_in(shard_path(folder, number)) < samples]


def write_shard(
    folder: Path, number: int, weights: npt.NDArray[np.floating], dots_px: npt.NDArray[np.floating], /
) -> None:
    """weights: (n, P). dots_px: (n, K, 2)."""
    rows = np.concatenate([weights, dots_px.reshape(len(weights), -1)], axis=1).astype(np.float32)
    with files.atomic_write(shard_path(folder, number)) as file:
        np.save(file, rows, allow_pickle=False)


def load(folder: Path, template: Template, /) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """All samples in a folder, in order: weights (N, P) and dots (N, K, 2). Raises UsageError."""
    plan = describe(folder)
    if plan.template != template_hash():
        raise UsageError(f"this data set was made with another template; make it anew: {folder}")
    width = len(PARAMETERS) + 2 * len(template.keypoints)
    parts = []
    for path in sorted(folder.glob("shard-*.npy")):
        try:
            rows = np.load(path, allow_pickle=False)
            if rows.ndim != 2 or rows.shape[1] != width or rows.dtype != np.float32 or not np.isfinite(rows).all():
                raise ValueError(f"expected finite float32 (n, {width}), got {rows.dtype} {rows.shape}")
        except (OSError, ValueError, EOFError) as error:
            reason = " ".join(str(error).split())
            raise UsageError(f"a shard can't be read ({reason}); delete it and run dataset again: {path}") from None
        parts.append(rows)
    if not parts:
        raise UsageError(f"the data set is empty; run `cartoonalive dataset identity` first: {folder}")
    rows = np.concatenate(parts)
    return rows[:, : len(PARAMETERS)], rows[:, len(PARAMETERS) :].reshape(len(rows), -1, 2)


def _samples_in(path: Path) -> int:
    try:
        return int(np.load(path, mmap_mode="r", allow_pickle=False).shape[0])
    except (OSError, ValueError, EOFError, IndexError):
        return 0
