"""How far each layer is shown: its own opacity, its fades, and for an overlay what a frame asks for."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.avatar import AvatarModel

Floats = npt.NDArray[np.float32]

OVERLAY: Final = "overlay."
"""A layer whose name begins so is an overlay (a blush, a tear): it is shown only as far as a frame asks for it."""


class Fades:
    """Opacity of every layer: its own, times a ramp for each of its fades."""

    def __init__(self, model: AvatarModel) -> None:
        signals = {**{name: slot for slot, name in enumerate(arkit.NAMES)}, "yaw_rad": arkit.COUNT,
                   "pitch_rad": arkit.COUNT + 1, "roll_rad": arkit.COUNT + 2}  # fmt: skip
        fades = [(row, fade) for row, layer in enumerate(model.layers) for fade in layer.fades]
        self._base = np.array([layer.opacity for layer in model.layers], np.float32)
        self._opacity = self._base.copy()
        self._signals = np.zeros(arkit.COUNT + 3, np.float32)
        self._slot = np.array([signals[fade.signal] for _, fade in fades], np.intp)
        self._hidden_at = np.array([fade.hidden_at for _, fade in fades], np.float32)
        self._per_signal = np.array([1.0 / (fade.shown_at - fade.hidden_at) for _, fade in fades], np.float32)
        self._layer, self._first = np.unique(np.array([row for row, _ in fades], np.intp), return_index=True)

    def apply(self, weights: Floats, angles_rad: tuple[float, float, float]) -> Floats:
        if len(self._layer):
            self._signals[: arkit.COUNT] = weights
            self._signals[arkit.COUNT :] = angles_rad
            shown = (self._signals[self._slot] - self._hidden_at) * self._per_signal
            np.clip(shown, 0.0, 1.0, out=shown)
            self._opacity[self._layer] = self._base[self._layer] * np.multiply.reduceat(shown, self._first)
        return self._opacity


class Overlays:
    """Opacity of the layers that a frame asks for by name, times what their fades say."""

    def __init__(self, model: AvatarModel) -> None:
        overlays = [(row, layer.name) for row, layer in enumerate(model.layers) if layer.name.startswith(OVERLAY)]
        self._rows = np.array([row for row, _ in overlays], np.intp)
        self._number = {name.removeprefix(OVERLAY): number for number, (_, name) in enumerate(overlays)}
        self._asked = np.zeros(len(overlays), np.float32)
        self._opacity = np.zeros(len(model.layers), np.float32)

    def __bool__(self) -> bool:
        return len(self._rows) > 0

    def apply(self, opacity: Floats, overlays: Mapping[str, float] | None) -> Floats:
        """In a buffer of its own: the fades keep theirs from frame to frame."""
        self._asked[:] = 0.0
        for name, share in (overlays or {}).items():
            if name in self._number:
                self._asked[self._number[name]] = min(max(share, 0.0), 1.0)
        self._opacity[:] = opacity
        self._opacity[self._rows] *= self._asked
        return self._opacity
