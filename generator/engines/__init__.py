"""What looks at the portrait: landmarks, person and hair, behind one protocol with two engines.

`mediapipe` runs Google's MediaPipe tasks; `opencv` runs older networks of the same family through OpenCV alone, for
machines where the official model files or a mediapipe wheel can't be had. `open_engine` chooses by itself.
"""

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, Self

import numpy as np
import numpy.typing as npt

from assets import weights
from assets.errors import CartoonAliveError, UsageError, WeightsError

Image = npt.NDArray[np.uint8]
"""(H, W, 3) RGB."""
Mask = npt.NDArray[np.float32]
"""(H, W), 0..1."""

LANDMARK_COUNT: Final = 478


@dataclass(frozen=True, slots=True, eq=False)
class FaceLandmarks:
    """One face in a picture, in MediaPipe's refined topology.

    points_px: float32 (478, 3): picture x and y in pixels, z in pixels toward the viewer (0 at the middle of the
        head, as MediaPipe has it, sign turned). 468..472 is the iris of the eye whose corners are 33 and 133 (the
        subject's right eye), 473..477 the other; each is the centre, then four points of the limbus.
    yaw_rad, pitch_rad, roll_rad: head pose in our signs (`assets`), 0 when looking into the camera.
    shapes: ARKit name -> score 0..1 where the engine gives them, else empty.
    """

    points_px: npt.NDArray[np.float32]
    yaw_rad: float
    pitch_rad: float
    roll_rad: float
    shapes: dict[str, float]

    @property
    def inter_ocular_px(self) -> float:
        """Distance between the iris centres (468 and 473): the unit of all our measures (IOD)."""
        return float(np.linalg.norm(self.points_px[468, :2] - self.points_px[473, :2]))

    @property
    def box_px(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 around the 468 points of the face."""
        low, high = self.points_px[:468, :2].min(axis=0), self.points_px[:468, :2].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


class Landmarker(Protocol):
    """Finds faces."""

    def landmarks(self, image: Image, /) -> tuple[FaceLandmarks, ...]:
        """All faces found, largest first; empty when there is none."""
        ...


class Segmenter(Protocol):
    """Tells hair, person and background apart."""

    def person(self, image: Image, /) -> Mask:
        """Probability that a pixel belongs to a person, the size of `image`."""
        ...

    def hair(self, image: Image, face: FaceLandmarks, /) -> Mask:
        """Probability that a pixel is hair, the size of `image`."""
        ...


class Engine(Landmarker, Segmenter, Protocol):
    """Both, with the resources behind them. A context manager."""

    name: str

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...


ENGINES: Final = ("mediapipe", "opencv")


def engine_files(name: str, /) -> tuple[weights.ModelFile, ...]:
    """The model files that the engine of that name needs. Raises KeyError."""
    return {"mediapipe": weights.MODELS, "opencv": weights.WHEEL_MODELS}[name]


def open_engine(
    name: str | None = None, *, models_dir: Path | None = None, progress: weights.Progress | None = None
) -> Engine:
    """The engine of that name, or the best that this machine offers.

    Without a name: mediapipe, then opencv, among those whose model files are here already; only when neither has
    them, mediapipe's and then opencv's are fetched (`progress(done_bytes, total_bytes)`).

    Raises WeightsError when model files can't be had, UsageError for an unknown name or a library not installed.
    """
    if name is not None and name not in ENGINES:
        raise UsageError(f"engine: {name!r} is unknown; known are {', '.join(ENGINES)}")
    if name is not None:
        return _OPENERS[name](models_dir, progress)
    names = ENGINES if importlib.util.find_spec("mediapipe") else ENGINES[1:]
    for known in names:
        if all(weights.available(file, models_dir) for file in engine_files(known)):
            return _OPENERS[known](models_dir, progress)
    reasons = []
    for known in names:
        try:
            return _OPENERS[known](models_dir, progress)
        except CartoonAliveError as error:
            reasons.append(f"{known}: {error}")
    raise WeightsError(f"no engine can be opened; {'; '.join(reasons)}")


def _open_mediapipe(models_dir: Path | None, progress: weights.Progress | None) -> Engine:
    if importlib.util.find_spec("mediapipe") is None:
        raise UsageError("engine mediapipe: the package isn't installed here; install mediapipe or use engine opencv")
    files = [weights.locate(file, folder=models_dir, progress=progress) for file in engine_files("mediapipe")]
    try:
        from generator.engines.mediapipe_tasks import MediapipeEngine
    except (ImportError, OSError) as error:  # a system library that mediapipe wants, such as libGL
        raise UsageError(f"engine mediapipe: can't be loaded here ({error}); use engine opencv") from error
    return MediapipeEngine(*files)


def _open_opencv(models_dir: Path | None, progress: weights.Progress | None) -> Engine:
    files = [weights.locate(file, folder=models_dir, progress=progress) for file in engine_files("opencv")]
    from generator.engines.opencv_nets import OpencvEngine

    return OpencvEngine(*files, hair=weights.available(weights.HAIR_SEGMENTER, models_dir))


_OPENERS: Final[Mapping[str, Callable[[Path | None, weights.Progress | None], Engine]]] = {
    "mediapipe": _open_mediapipe,
    "opencv": _open_opencv,
}
