"""What is peculiar to one voice before one microphone: nine numbers, kept for each device.

An equaliser of eight points undoes the microphone's colour, and a stretch of the frequency axis brings short and long
throats to the length that the net knows best. Both act on the mel bands, so they cost one small product a hop.
"""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from assets import kept
from assets.kept import Kind
from assets.strictjson import Node
from drivers.speech.features import BANDS, HIGHEST_HZ, LOWEST_HZ, Floats

KIND: Final = Kind(
    "what is kept of your voice", "cartoonalive-voice", limit_bytes=4096, advice="calibrate anew or remove it"
)
POINTS: Final = 8
MOST_B: Final = 1.5
"""An equaliser beyond 15 dB is a broken microphone or a broken fit."""
MOST_STRETCH: Final = 0.3


@dataclass(frozen=True, slots=True)
class Voice:
    """equaliser_b: added to the bands, in bel, at `POINTS` places from the lowest to the highest.

    stretch: the logarithm by which frequencies are multiplied; above 0 for a throat longer than usual.
    Raises ValueError for another number of points, or numbers out of range.
    """

    equaliser_b: tuple[float, ...] = (0.0,) * POINTS
    stretch: float = 0.0

    def __post_init__(self) -> None:
        if len(self.equaliser_b) != POINTS:
            raise ValueError(f"equaliser_b must have {POINTS} points, got {len(self.equaliser_b)}")
        if not all(abs(point) <= MOST_B for point in self.equaliser_b):
            raise ValueError(f"equaliser_b must be in -{MOST_B}..{MOST_B}")
        if not abs(self.stretch) <= MOST_STRETCH:
            raise ValueError(f"stretch must be in -{MOST_STRETCH}..{MOST_STRETCH}, got {self.stretch}")

    def adapt(self, bands: Floats, /) -> Floats:
        """Bands (n, BANDS) as if the usual voice had spoken into the usual microphone."""
        matrix, added = _parts(self)
        adapted: Floats = bands @ matrix + added
        return adapted


@functools.lru_cache(maxsize=32)
def _parts(voice: Voice) -> tuple[Floats, Floats]:
    """The stretch as a matrix (BANDS, BANDS) and the equaliser (BANDS,)."""
    mels = np.linspace(_mel(LOWEST_HZ), _mel(HIGHEST_HZ), BANDS + 2)[1:-1]
    sources_hz = 700.0 * (10.0 ** (mels / 2595.0) - 1.0) * np.exp(-voice.stretch)
    places = np.clip((_mel(sources_hz) - mels[0]) / (mels[1] - mels[0]), 0.0, BANDS - 1.0)
    below = np.minimum(places.astype(int), BANDS - 2)
    matrix = np.zeros((BANDS, BANDS))
    matrix[below, np.arange(BANDS)] = 1.0 - (places - below)
    matrix[below + 1, np.arange(BANDS)] += places - below
    added = np.interp(np.arange(BANDS), np.linspace(0.0, BANDS - 1.0, POINTS), voice.equaliser_b)
    return matrix.astype(np.float32), added.astype(np.float32)


def _mel(hz: Any) -> Any:
    return 2595.0 * np.log10(1.0 + hz / 700.0)


# ---- kept -----------------------------------------------------------------------------------------------------------


def path_of(device: str, /, *, folder: Path | None = None) -> Path:
    """The file of a device, by its name."""
    return (folder or kept.home() / "voices") / f"{kept.plain_name(device, otherwise='microphone')}.json"


def save(voice: Voice, path: Path, /) -> None:
    """Write it, all or nothing; the folder is made. Raises CartoonAliveError."""
    KIND.save(
        {"equaliser_b": [round(point, 4) for point in voice.equaliser_b], "stretch": round(voice.stretch, 4)}, path
    )


def load(path: Path, /) -> Voice | None:
    """What `save` wrote; None where there is none. Raises UsageError that names the field."""
    return KIND.load(path, _from_json)


def _from_json(root: Node) -> Voice:
    points = tuple(point.number(-MOST_B, MOST_B) for point in root["equaliser_b"])
    return Voice(points, root["stretch"].number(-MOST_STRETCH, MOST_STRETCH))
