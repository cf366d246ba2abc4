"""From one `FaceFrame` to vertex positions and layer opacities: pure numpy, preallocated, the steps of `assets.avatar`.

Everything is linear until the stops, so the shapes are one matrix product: row 0 of the basis is the rest pose with
weight 1, the rows below are the deltas. That costs about 0.1 ms for 6,000 vertices and 60 shapes, less than the same
sum costs as a vertex shader on a software rasteriser (measured, also against transform feedback). The products are
`dot`, on one thread: `runtime` says so to the BLAS before numpy is loaded. With threads and a busy second core the
same product was measured at 0.05 ms on good frames and 8 ms on bad ones.

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

from assets import arkit
from assets.avatar import AvatarModel, Chains, HeadRig, Stops
from assets.face import FaceFrame, HeadPose

Floats = npt.NDArray[np.float32]
Sway = Callable[[Floats], Floats]
"""Where the joints of all chains want to be, float32 (C, JOINTS, 2) -> how far each swings from there, the same."""

OVERLAY: Final = "overlay."
"""A layer whose name begins so is an overlay (a blush, a tear): it is shown only as far as a frame asks for it."""


class Body(NamedTuple):
    """How far the shoulders, and all above them, are moved by the body: to the right and up, in widths of the canvas.
    The lower edge of the picture stays; the chest goes along by and by."""

    aside: float = 0.0
    lift: float = 0.0


STILL: Final = Body()
VIEWING_DISTANCE_M: Final = 0.5
"""From the eye of the camera to a face at rest: sets how much nearer means larger."""
_CALL_COST: Final = 4000
"""What a product costs beside its sums, counted in vertices times shapes that could be read instead."""
_RUN: Final = 64
_MAX_RUNS: Final = 200
"""Vertices in a run, the smallest piece of a layer that gets a product of its own, and how many runs there may be."""
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
        self._pose = _Shapes(model)
        self._stops = _Stops(model.stops, count)
        self._turn = _HeadTurn(model)
        self._body = _Body(model)
        self._chains = _Chains(model.chains)
        self._fades = _Fades(model)
        self._overlays = _Overlays(model)
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


class _Shapes:
    """rest + weights . deltas, as few products; x and y lie in two planes so that all later steps are contiguous.

    A brow knows five shapes, hair none: neighbouring runs of vertices are joined into blocks, each with the rows that
    move it, such that the work is least. Blocks that nothing moves keep the rest pose.
    """

    def __init__(self, model: AvatarModel) -> None:
        # Slot 0 of the weights is always 1: the weight of the rest pose, and a neutral factor for short products.
        self._weights = np.zeros(1 + arkit.COUNT + len(model.correctives), np.float32)
        self._weights[0] = 1.0
        self._factors = np.zeros((len(model.correctives), 4), np.intp)
        for row, names in enumerate(model.correctives):
            self._factors[row, : len(names)] = [1 + arkit.INDEX[name] for name in names]
        # Below x and y lie the depth and a row of ones: what the matrix of the head turn is multiplied with.
        self._homogeneous = np.ones((4, model.vertex_count), np.float32)
        self._homogeneous[:2], self._homogeneous[2] = model.rest_px.T, model.depth_px
        self._planes = self._homogeneous[:2]
        cuts = _blocks(model)
        self._slots = np.array([slot for *_, slots in cuts for slot in slots], np.intp)
        self._active = np.zeros(len(self._slots), np.float32)
        self._blocks, first = [], 0
        for start, stop, slots in cuts:
            self._blocks.append((self._active[first : first + len(slots)], *self._block(model, start, stop, slots)))
            first += len(slots)

    def _block(self, model: AvatarModel, start: int, stop: int, slots: list[int]) -> tuple[Floats, ...]:
        """Basis of x, basis of y, and where the products of both go."""
        basis = np.zeros((2, len(slots), stop - start), np.float32)
        for row, slot in enumerate(slots):
            basis[:, row] = (model.deltas_px[slot - 1] if slot else model.rest_px)[start:stop].T
        return *basis, *self._planes[:, start:stop]

    def apply(self, weights: Floats) -> Floats:
        """(4, V): x, y, depth and ones; reused."""
        shapes = 1 + arkit.COUNT
        self._weights[1:shapes] = weights
        if len(self._factors):
            np.multiply.reduce(self._weights[self._factors], axis=1, out=self._weights[shapes:])
        np.take(self._weights, self._slots, out=self._active)
        for active, basis_x, basis_y, x, y in self._blocks:
            np.dot(active, basis_x, out=x)
            np.dot(active, basis_y, out=y)
        return self._homogeneous


def _blocks(model: AvatarModel) -> list[tuple[int, int, list[int]]]:
    """(first vertex, one past the last, weight slots) of each product: the cheapest cut of the runs, by dynamic
    programming over where the last block begins. Slots are kept as the bits of an integer."""
    moved = (np.abs(model.deltas_px).max(axis=2, initial=0.0) > 0.0).T  # (V, 52 + C)
    stopped = np.zeros(model.vertex_count, bool)
    stopped[model.stops.follower] = True
    runs, slots = _runs(model), []
    for start, stop in runs:
        bits = sum(1 << int(slot) + 1 for slot in np.flatnonzero(moved[start:stop].any(axis=0)))
        slots.append(bits | 1 if bits or stopped[start:stop].any() else 0)  # what the stops move is set anew as well
    best: list[tuple[float, int, int]] = [(0.0, 0, 0)]  # cost up to run n, where its last block begins, its slots
    for end in range(1, len(runs) + 1):
        choices, bits = [], 0
        for start in range(end - 1, -1, -1):
            bits |= slots[start]
            width = runs[end - 1][1] - runs[start][0]
            cost = bits.bit_count() * width + _CALL_COST if bits else 0
            choices.append((best[start][0] + cost, start, bits))
        best.append(min(choices))
    blocks, end = [], len(runs)
    while end:
        _, start, bits = best[end]
        if bits:
            chosen = [slot for slot in range(bits.bit_length()) if bits >> slot & 1]
            blocks.append((runs[start][0], runs[end - 1][1], chosen))
        end = start
    return blocks


def _runs(model: AvatarModel) -> list[tuple[int, int]]:
    """Vertices cut where a layer ends, and large layers into pieces: a forehead does not know what the chin knows."""
    longest = max(_RUN, model.vertex_count // _MAX_RUNS)
    borders = [(start, stop) for start, stop in (layer.vertex_range for layer in model.layers) if start < stop]
    return [(at, min(at + longest, stop)) for start, stop in borders for at in range(start, stop, longest)]


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


class _Overlays:
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
