"""A virtual camera that meetings and OBS can choose, through pyvirtualcam (an extra: it is under the GPL).

Cameras know no transparency, so pictures are laid over a background; a back-end that takes RGBA (Unity Capture) can be
given transparency with `alpha=straight`.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

import numpy as np

from assets.errors import CartoonAliveError, UsageError
from runtime import backdrop
from runtime.sinks import options, pixels
from runtime.sinks.base import Picture

ALPHAS: Final = ("opaque", "straight", "premultiplied")
DEFAULT_PX: Final = (1280, 720)
"""What every program that takes a camera takes."""
MOST_FPS: Final = 60.0
MISSING: Final = "a virtual camera needs the package pyvirtualcam: pip install pyvirtualcam, then start the show again"
BACKENDS: Final[Mapping[str, str]] = {
    "linux": "install v4l2loopback, then: sudo modprobe v4l2loopback exclusive_caps=1 card_label=CartoonAlive",
    "darwin": "install OBS 30 or newer and start and stop its virtual camera once",
    "win32": "install OBS and start and stop its virtual camera once, or install Unity Capture",
}
"""sys.platform -> how to get a camera."""


@dataclass(frozen=True)
class Options:
    """size: WIDTHxHEIGHT. fps: 0 for the show's. device, backend: names, "" for the first there is. alpha: opaque, or
    straight or premultiplied for Unity Capture. background: a colour or a picture's path, behind an opaque camera."""

    size: str = f"{DEFAULT_PX[0]}x{DEFAULT_PX[1]}"
    fps: float = 0.0
    device: str = ""
    backend: str = ""
    alpha: str = "opaque"
    background: str = "#e0e0e0"


def create(values: Mapping[str, Any], *, show_fps: float) -> "VirtualCamera":
    """An outlet that has opened nothing yet. Raises UsageError, also where pyvirtualcam is missing."""
    asked = options.parsed("camera", Options, values)
    width, _, height = asked.size.partition("x")
    sides = [int(side) if side.isdigit() else 0 for side in (width, height)]
    if not all(16 <= side <= 4096 and side % 2 == 0 for side in sides):
        raise UsageError(f"camera: size must be WIDTHxHEIGHT such as 1280x720, even, got {asked.size!r}")
    fps = asked.fps or min(show_fps, MOST_FPS)
    if not 1.0 <= fps <= 240.0:
        raise UsageError(f"camera: fps must be in 1..240, got {fps:g}")
    if asked.alpha not in ALPHAS:
        raise UsageError(f"camera: alpha must be one of {', '.join(ALPHAS)}, got {asked.alpha!r}")
    behind = backdrop.parse(asked.background)
    if asked.alpha == "opaque" and not behind.opaque:
        raise UsageError("camera: it can't be transparent; give a background: a colour or a picture's path")
    module = library()
    known = tuple(module.camera.BACKENDS)
    if asked.backend and asked.backend not in known:
        raise UsageError(f"camera: this system has the back-ends {', '.join(known)}, none named {asked.backend!r}")
    return VirtualCamera(asked, (sides[0], sides[1]), fps, behind, module)


def library() -> ModuleType:
    """pyvirtualcam. Raises UsageError in one line."""
    try:
        import pyvirtualcam
    except ImportError:
        raise UsageError(MISSING) from None
    module: ModuleType = pyvirtualcam
    return module


class VirtualCamera:
    """See `worker.Outlet`."""

    heals = True
    depth = 2

    def __init__(
        self, asked: Options, size_px: tuple[int, int], fps: float, behind: backdrop.Backdrop, module: Any
    ) -> None:
        self._asked, self._size_px, self._fps, self._behind, self._module = asked, size_px, fps, behind, module
        self._camera: Any = None
        self._canvas = np.zeros((size_px[1], size_px[0], 4), np.uint8)
        self._rgb = np.zeros((size_px[1], size_px[0], 3), np.uint8)
        self._background: Picture | None = None

    def open(self, size_px: tuple[int, int], time_s: float) -> str:
        """Opens the camera. Raises CartoonAliveError, with what to do, where there is none."""
        if self._background is None and self._asked.alpha == "opaque":
            self._background = self._behind.covering(self._size_px)
        width, height = self._size_px
        formats = self._module.PixelFormat
        try:
            self._camera = self._module.Camera(
                width, height, self._fps, fmt=formats.RGB if self._asked.alpha == "opaque" else formats.RGBA,
                device=self._asked.device or None, backend=self._asked.backend or None,
            )  # fmt: skip
        except (RuntimeError, OSError, ValueError) as error:
            why = " ".join(str(error).split()).partition(". ")[0] or type(error).__name__
            how = BACKENDS.get(sys.platform, "see pyvirtualcam's page for this system")
            raise CartoonAliveError(f"there is no virtual camera to open; {how} ({why})") from error
        return f"{self._camera.device}, {width}x{height}, {self._fps:g} a second"

    def write(self, rgba: Picture, time_s: float) -> str | None:
        """Shows one picture. Raises what the back-end raises."""
        picture = pixels.fit(rgba, self._size_px)
        match self._asked.alpha:
            case "opaque":
                assert self._background is not None
                pixels.over(picture, self._background, self._canvas)
                np.copyto(self._rgb, self._canvas[:, :, :3])
                self._camera.send(self._rgb)
            case "premultiplied":
                self._camera.send(pixels.premultiply(picture, self._canvas))
            case _:
                self._camera.send(np.ascontiguousarray(picture))
        return None

    def close(self, error: Exception | None) -> dict[str, Any]:
        """Closes the camera."""
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.close()
        return {}

    def leave(self) -> None:
        """It waits for nobody."""
