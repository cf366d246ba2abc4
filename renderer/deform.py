"""From one `FaceFrame` to vertex positions and layer opacities: pure numpy, preallocated, the steps of `assets.avatar`.

Everything is linear until the stops, so the shapes are one matrix product: row 0 of the basis is the rest pose with
weight 1, the rows below are the deltas. That costs some tens of microseconds for 6,000 vertices and 60 shapes, less
than the calls that would set up the same sum on a graphics card (measured, also against transform feedback).

**The head turn.** (X, Y) = position - pivot, Z = depth, y down, z toward the viewer:

    yaw      X' = X cos + Z sin            Z' = Z cos - X sin          > 0: to the picture's right, the subject's left
    pitch    Y' = Y cos - Zp sin           Z" = Zp cos + Y sin         > 0: up; Zp is the flattened depth of `HeadRig`
    roll     X" = X' cos - Y' sin          Y" = X' sin + Y' cos        > 0: the top of the head moves right

Weak perspective comes before the roll and enlarges what the turn has brought nearer *than it was in the portrait*:
with t = (Z" - Zp) + (Z' - Z), everything is scaled by focal / (focal - perspective * t) about `eye_px`, the middle of
what turns with the head. So the neutral pose is left exactly as it was painted. The scaling is about the middle of
the head and not about the neck, because there it would lift the near cheek and read as a roll.
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.avatar import AvatarModel, HeadRig, Stops
from assets.face import FaceFrame, HeadPose

Floats = npt.NDArray[np.float32]

VIEWING_DISTANCE_M: Final = 0.5
"""From the eye of the camera to a face at rest: sets how much nearer means larger."""
TRAVEL_SCALE: Final = (0.8, 1.25)
"""Smallest and largest size of a head that moves away and nearer."""
_MAX_TRAVEL_PX: Final = 16384.0
_NEAREST: Final = 0.25
"""The perspective never divides by less than this part of the focal length: a guard for odd models, never reached."""


def limited_angles(head: HeadRig, pose: HeadPose, /) -> tuple[float, float, float]:
    """The avatar's own (yaw, pitch, roll) in radians: times gain, then `max * tanh(angle / max)`.

    Slope 1 at zero, never beyond the maximum, no corner on the way.
    """
    return (
        head.max_yaw_rad * math.tanh(head.yaw_gain * pose.yaw_rad / head.max_yaw_rad),
        head.max_pitch_rad * math.tanh(head.pitch_gain * pose.pitch_rad / head.max_pitch_rad),
        head.max_roll_rad * math.tanh(head.roll_gain * pose.roll_rad / head.max_roll_rad),
    )


def travel_scale(z_m: float, /) -> float:
    """How much larger a head is that came `z_m` metres toward the camera, within `TRAVEL_SCALE`."""
    smallest, largest = TRAVEL_SCALE
    nearest_m = VIEWING_DISTANCE_M - VIEWING_DISTANCE_M / largest
    farthest_m = VIEWING_DISTANCE_M - VIEWING_DISTANCE_M / smallest
    return VIEWING_DISTANCE_M / (VIEWING_DISTANCE_M - min(max(z_m, farthest_m), nearest_m))


def eye_px(model: AvatarModel, /) -> tuple[float, float]:
    """Centre of the weak perspective: the mean of the picture vertices that follow the head, or the pivot."""
    pictured = np.zeros(model.vertex_count, bool)
    for layer in model.layers:
        pictured[slice(*layer.vertex_range)] = layer.mask is None
    turning = model.rest_px[pictured & (model.follow > 0.5)]
    if not len(turning):
        return model.head.pivot_px
    x, y = turning.mean(axis=0, dtype=np.float64)
    return float(x), float(y)


class Deformer:
    """Positions and opacities of one model. Both results are buffers that the next call overwrites."""

    def __init__(self, model: AvatarModel, /) -> None:
        count = model.vertex_count
        self._model = model
        self._pose = _Shapes(model)
        self._stops = _Stops(model.stops, count)
        self._turn = _HeadTurn(model)
        self._fades = _Fades(model)
        self._positions_px = np.zeros((count, 2), np.float32)

    def deform(self, frame: FaceFrame, /) -> Floats:
        """Vertex positions on the canvas, float32 (V, 2), C-contiguous, reused."""
        planes = self._pose.apply(frame.weights)
        self._stops.apply(planes[1])
        self._turn.apply(planes, frame.head, self._positions_px)
        return self._positions_px

    def layer_opacity(self, frame: FaceFrame, /) -> Floats:
        """Opacity of each layer with all its fades, float32 (L,) in 0..1, reused.

        Fades on angles see the avatar's own angles, after gain and limit.
        """
        return self._fades.apply(frame.weights, limited_angles(self._model.head, frame.head))


class _Shapes:
    """rest + weights . deltas as one product; x and y lie in two planes so that all later steps are contiguous."""

    def __init__(self, model: AvatarModel) -> None:
        count = model.vertex_count
        used = np.flatnonzero(np.abs(model.deltas_px).max(axis=(1, 2), initial=0.0))  # a row of zeros moves nothing
        basis = np.zeros((1 + len(used), 2, count), np.float32)
        basis[0] = model.rest_px.T
        basis[1:] = model.deltas_px[used].transpose(0, 2, 1)
        self._basis = basis.reshape(1 + len(used), 2 * count)
        # Slot 0 of the weights is always 1: the weight of the rest pose, and a neutral factor for short products.
        self._weights = np.zeros(1 + arkit.COUNT + len(model.correctives), np.float32)
        self._weights[0] = 1.0
        self._rows = np.concatenate([[0], used + 1]).astype(np.intp)
        self._active = np.zeros(len(self._rows), np.float32)
        self._factors = np.zeros((len(model.correctives), 4), np.intp)
        for row, names in enumerate(model.correctives):
            self._factors[row, : len(names)] = [1 + arkit.INDEX[name] for name in names]
        self._planes = np.zeros(2 * count, np.float32)

    def apply(self, weights: Floats) -> Floats:
        shapes = 1 + arkit.COUNT
        self._weights[1:shapes] = weights
        if len(self._factors):
            np.multiply.reduce(self._weights[self._factors], axis=1, out=self._weights[shapes:])
        np.take(self._weights, self._rows, out=self._active)
        np.dot(self._active, self._basis, out=self._planes)
        return self._planes.reshape(2, -1)


class _Stops:
    """Takes back what an upper curve has passed too far. A vertex that follows several stops moves by their sum."""

    def __init__(self, stops: Stops, count: int) -> None:
        order = np.argsort(stops.follower, kind="stable")
        self._upper, self._lower = stops.upper.astype(np.intp), stops.lower.astype(np.intp)
        self._gap_px = stops.gap_px.copy()
        self._stop = stops.follower_stop[order].astype(np.intp)
        self._weight = stops.follower_weight[order].copy()
        self._vertex, self._first = np.unique(stops.follower[order].astype(np.intp), return_index=True)
        self._excess = np.zeros(len(self._upper), np.float32)
        self._below = np.zeros(len(self._upper), np.float32)
        self._pull = np.zeros(len(order), np.float32)
        self._lift = np.zeros(len(self._vertex), np.float32)

    def apply(self, y: Floats) -> None:
        if not len(self._upper):
            return
        np.take(y, self._upper, out=self._excess)
        np.take(y, self._lower, out=self._below)
        self._excess -= self._below
        self._excess += self._gap_px
        np.maximum(self._excess, 0.0, out=self._excess)
        if not self._excess.any():
            return
        np.take(self._excess, self._stop, out=self._pull)
        self._pull *= self._weight
        np.add.reduceat(self._pull, self._first, out=self._lift)
        y[self._vertex] -= self._lift


class _HeadTurn:
    """The turn of the module's docstring, blended by `follow`."""

    def __init__(self, model: AvatarModel) -> None:
        self._head = model.head
        self._depth_px = model.depth_px
        self._follow = model.follow
        eye_x, eye_y = eye_px(model)
        self._eye = eye_x - model.head.pivot_px[0], eye_y - model.head.pivot_px[1]
        self._x, self._y, self._z, self._scale, self._scratch, self._sum = np.zeros(
            (6, model.vertex_count), np.float32
        )

    def apply(self, planes: Floats, pose: HeadPose, out: Floats) -> None:
        """planes: (2, V), x and y of the deformed mesh. out: (V, 2), the result."""
        angles = limited_angles(self._head, pose)
        scale = travel_scale(pose.z_m)
        shift = self._shift_px(pose)
        if not any((*angles, *shift)) and scale == 1.0:
            out[:, 0], out[:, 1] = planes
            return
        yaw, pitch, roll = angles
        pivot_x, pivot_y = self._head.pivot_px
        np.subtract(planes[0], pivot_x, out=self._x)
        np.subtract(planes[1], pivot_y, out=self._y)
        if yaw or pitch:
            self._turn_in_depth(yaw, pitch)
        # roll, travel toward the camera and travel across the picture are one affine map about the pivot
        along, across = scale * math.cos(roll), scale * math.sin(roll)
        for axis, (of_x, of_y, offset) in enumerate(
            ((along, -across, pivot_x + shift[0]), (across, along, pivot_y + shift[1]))
        ):
            np.multiply(self._x, of_x, out=self._sum)
            np.multiply(self._y, of_y, out=self._scratch)
            self._sum += self._scratch
            self._sum += offset
            self._sum -= planes[axis]
            self._sum *= self._follow
            np.add(planes[axis], self._sum, out=out[:, axis])

    def _shift_px(self, pose: HeadPose) -> tuple[float, float]:
        x_px, y_px = pose.x_m * self._head.px_per_m, -pose.y_m * self._head.px_per_m
        reach = _MAX_TRAVEL_PX  # a source may send anything finite; float32 must still hold the sum
        return min(max(x_px, -reach), reach), min(max(y_px, -reach), reach)

    def _turn_in_depth(self, yaw: float, pitch: float) -> None:
        """Yaw, pitch and perspective of (self._x, self._y), in place."""
        head, x, y, z, scale, scratch = self._head, self._x, self._y, self._z, self._scale, self._scratch
        cos, sin = math.cos(yaw), math.sin(yaw)
        np.multiply(self._depth_px, cos, out=z)
        np.multiply(x, sin, out=scratch)
        z -= scratch
        x *= cos
        np.multiply(self._depth_px, sin, out=scratch)
        x += scratch
        np.subtract(z, self._depth_px, out=scale)  # t of the docstring: its part from the yaw

        cos, sin = math.cos(pitch), math.sin(pitch)
        z -= head.pitch_depth_px
        z *= head.pitch_depth_gain
        z += head.pitch_depth_px
        np.multiply(z, cos - 1.0, out=scratch)  # ... and from the pitch: Zp cos + Y sin - Zp
        scale += scratch
        np.multiply(y, sin, out=scratch)
        scale += scratch
        y *= cos
        z *= sin
        y -= z

        scale *= -head.perspective
        scale += head.focal_px
        np.maximum(scale, _NEAREST * head.focal_px, out=scale)
        np.divide(head.focal_px, scale, out=scale)
        for plane, centre in ((x, self._eye[0]), (y, self._eye[1])):
            plane -= centre
            plane *= scale
            plane += centre


class _Fades:
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
