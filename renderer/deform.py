"""From one `FaceFrame` to vertex positions and layer opacities: pure numpy, preallocated, the steps of `assets.avatar`.

The shapes, one matrix product, are in `renderer.shapes`; here is what comes after them.

**The head turn.** (X, Y) = position - pivot, Z = depth, y down, z toward the viewer:

    yaw      X' = X cos + Z sin            Z' = Z cos - X sin          > 0: to the picture's right, the subject's left
    pitch    Y' = Y cos - Zp sin           Z" = Zp cos + Y sin         > 0: up; Zp is the flattened depth of `HeadRig`
    roll     X" = X' cos - Y' sin          Y" = X' sin + Y' cos        > 0: the top of the head moves right

Weak perspective comes before the roll and enlarges what the turn has brought nearer *than it was in the portrait*:
with t = (Z" - Zp) + (Z' - Z), everything is scaled by focal / (focal - perspective * t) about `eye_px`, the middle of
what turns with the head. So the neutral pose is left exactly as it was painted. The scaling is about the middle of
the head and not about the neck, because there it would lift the near cheek and read as a roll.

All but the division is linear in (x, y, depth, 1), so a turn is one 3 x 4 matrix: two rows for where a vertex goes
before the scaling, one for t.
"""

import math
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from assets.avatar import AvatarModel, Chains, HeadRig, Stops
from assets.face import FaceFrame, HeadPose
from renderer.opacity import OVERLAY, Fades, Overlays
from renderer.shapes import Shapes

Floats = npt.NDArray[np.float32]
Sway = Callable[[Floats], Floats]
"""Where the joints of all chains want to be, float32 (C, JOINTS, 2) -> how far each swings from there, the same."""


class Body(NamedTuple):
    """How far the shoulders, and all above them, are moved by the body: to the right and up, in widths of the canvas.
    The lower edge of the picture stays; the chest goes along by and by."""

    aside: float = 0.0
    lift: float = 0.0


STILL: Final = Body()
VIEWING_DISTANCE_M: Final = 0.5
"""From the eye of the camera to a face at rest: sets how much nearer means larger."""
TRAVEL_SCALE: Final = (0.8, 1.25)
"""Smallest and largest size of a head that moves away and nearer."""
_BODY_HEIGHT: Final = 0.15
"""A body is at least so high, in heights of the canvas: what moves above the lower edge must not tear."""
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
    """Centre of the weak perspective: the mean of the picture vertices that follow the head, overlays aside,
    or the pivot."""
    pictured = np.zeros(model.vertex_count, bool)
    for layer in model.layers:
        pictured[slice(*layer.vertex_range)] = layer.mask is None and not layer.name.startswith(OVERLAY)
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
        self._pose = Shapes(model)
        self._stops = _Stops(model.stops, count)
        self._turn = _HeadTurn(model)
        self._body = _Body(model)
        self._chains = _Chains(model.chains)
        self._fades = Fades(model)
        self._overlays = Overlays(model)
        self._positions_px = np.zeros((count, 2), np.float32)

    def deform(self, frame: FaceFrame, /, sway: Sway | None = None, body: Body = STILL) -> Floats:
        """Vertex positions on the canvas, float32 (V, 2), C-contiguous, reused.

        sway: lets the chains swing; without it hair turns with the head as if it were stiff. body: breath and the like.
        """
        homogeneous = self._pose.apply(frame.weights)
        self._stops.apply(homogeneous[1])
        self._turn.apply(homogeneous, frame.head, self._positions_px)
        if body != STILL:
            self._body.apply(self._positions_px, body)
        if sway is not None:
            self._chains.apply(self._positions_px, sway)
        return self._positions_px

    def layer_opacity(self, frame: FaceFrame, /, overlays: Mapping[str, float] | None = None) -> Floats:
        """Opacity of each layer with all its fades, float32 (L,) in 0..1, reused.

        Fades on angles see the avatar's own angles, after gain and limit. overlays: name of an overlay, without
        `OVERLAY`, -> 0..1; those not named are hidden, names that the model hasn't are ignored.
        """
        opacity = self._fades.apply(frame.weights, limited_angles(self._model.head, frame.head))
        return self._overlays.apply(opacity, overlays) if self._overlays else opacity


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
        count = model.vertex_count
        self._head = model.head
        self._follow = model.follow
        self._pivot, eye = model.head.pivot_px, eye_px(model)
        self._eye = eye[0] - self._pivot[0], eye[1] - self._pivot[1]
        self._matrix = np.zeros((3, 4), np.float32)
        self._centre = np.zeros((2, 1), np.float32)
        self._turned = np.zeros((3, count), np.float32)

    def apply(self, homogeneous: Floats, pose: HeadPose, out: Floats) -> None:
        """homogeneous: (4, V), x, y, depth and ones of the deformed mesh. out: (V, 2), the result."""
        planes, turned = homogeneous[:2], self._turned
        angles_rad = limited_angles(self._head, pose)
        scale, shift_px = travel_scale(pose.z_m), self._shift_px(pose)
        if not any((*angles_rad, *shift_px)) and scale == 1.0:
            out[:, 0], out[:, 1] = planes
            return
        centre_px = self._fill(*angles_rad, scale)
        self._centre[:, 0] = centre_px[0] + shift_px[0], centre_px[1] + shift_px[1]
        np.dot(self._matrix, homogeneous, out=turned)
        moved, nearer = turned[:2], turned[2]  # `nearer` holds focal - perspective * t
        np.maximum(nearer, _NEAREST * self._head.focal_px, out=nearer)
        np.divide(self._head.focal_px, nearer, out=nearer)
        moved *= nearer
        moved += self._centre
        moved -= planes
        moved *= self._follow
        moved += planes
        out[:, 0], out[:, 1] = moved  # two strided copies are faster than one transposed sum

    def _fill(self, yaw: float, pitch: float, roll: float, scale: float) -> tuple[float, float]:
        """Sets the matrix: x and y before the perspective, about its centre, and focal - perspective * t. Returns that
        centre, turned, on the canvas. Roll and travel are linear and come after the perspective, so they are in.

        In plain numbers: for twelve of them numpy would take five times as long."""
        head, (pivot_x, pivot_y), (eye_x, eye_y) = self._head, self._pivot, self._eye
        cos, sin = math.cos(yaw), math.sin(yaw)
        x = (cos, 0.0, sin, -cos * pivot_x - eye_x)
        z = (-sin, 0.0, cos, sin * pivot_x)
        gain, flat = head.pitch_depth_gain, (1.0 - head.pitch_depth_gain) * head.pitch_depth_px
        zp = (gain * z[0], 0.0, gain * z[2], gain * z[3] + flat)
        cos, sin = math.cos(pitch), math.sin(pitch)
        y = (-sin * zp[0], cos, -sin * zp[2], -cos * pivot_y - sin * zp[3] - eye_y)
        t = ((cos - 1.0) * zp[0] + z[0], sin, (cos - 1.0) * zp[2] + z[2] - 1.0,
             (cos - 1.0) * zp[3] - sin * pivot_y + z[3])  # fmt: skip
        along, across = scale * math.cos(roll), scale * math.sin(roll)
        self._matrix[0] = [along * a - across * b for a, b in zip(x, y, strict=True)]
        self._matrix[1] = [across * a + along * b for a, b in zip(x, y, strict=True)]
        self._matrix[2] = [-head.perspective * a for a in t]
        self._matrix[2, 3] += head.focal_px
        return along * eye_x - across * eye_y + pivot_x, across * eye_x + along * eye_y + pivot_y

    def _shift_px(self, pose: HeadPose) -> tuple[float, float]:
        x_px, y_px = pose.x_m * self._head.px_per_m, -pose.y_m * self._head.px_per_m
        reach = _MAX_TRAVEL_PX  # a source may send anything finite; float32 must still hold the sum
        return min(max(x_px, -reach), reach), min(max(y_px, -reach), reach)


class _Body:
    """Everything from the base of the neck upward moves as one, what is below the less the lower it lies."""

    def __init__(self, model: AvatarModel) -> None:
        width, height = model.canvas_px
        high_px = max(height - model.head.pivot_px[1], _BODY_HEIGHT * height)
        share = np.clip((height - model.rest_px[:, 1]) / high_px, 0.0, 1.0)
        self._share = (share * share * (3.0 - 2.0 * share) * width).astype(np.float32)
        self._moved = np.zeros(len(share), np.float32)

    def apply(self, positions_px: Floats, body: Body) -> None:
        for axis, far in enumerate((body.aside, -body.lift)):
            np.multiply(self._share, np.float32(far), out=self._moved)
            positions_px[:, axis] += self._moved


class _Chains:
    """Moves what hangs on the chains: one small product, (hanging vertices, joints) by (joints, 2)."""

    def __init__(self, chains: Chains) -> None:
        self._joints = chains.joints.astype(np.intp)
        self._vertex, row = np.unique(chains.vertex.astype(np.intp), return_inverse=True)
        self._share = np.zeros((len(self._vertex), chains.joints.size), np.float32)
        np.add.at(self._share, (row, chains.joint.astype(np.intp)), chains.weight)
        self._moved = np.zeros((len(self._vertex), 2), np.float32)

    def apply(self, positions_px: Floats, sway: Sway) -> None:
        if len(self._vertex):
            offsets_px = sway(positions_px[self._joints])
            np.dot(self._share, offsets_px.reshape(-1, 2), out=self._moved)
            positions_px[self._vertex] += self._moved
