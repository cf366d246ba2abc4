"""rest + weights . deltas, as few matrix products as pay: the first step of `renderer.deform`.

Everything is linear until the stops, so the shapes are one matrix product: row 0 of the basis is the rest pose with
weight 1, the rows below are the deltas. That costs about 0.1 ms for 6,000 vertices and 60 shapes, less than the same
sum costs as a vertex shader on a software rasteriser (measured, also against transform feedback). The products are
`dot`, on one thread: `runtime` says so to the BLAS before numpy is loaded. With threads and a busy second core the
same product was measured at 0.05 ms on good frames and 8 ms on bad ones.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.avatar import UNDOING, AvatarModel

Floats = npt.NDArray[np.float32]

_UNDOES: Final = [arkit.INDEX[name] for name in sorted(UNDOING)]
_CALL_COST: Final = 4000
"""What a product costs beside its sums, counted in vertices times shapes that could be read instead."""
_RUN: Final = 64
_MAX_RUNS: Final = 200
"""Vertices in a run, the smallest piece of a layer that gets a product of its own, and how many runs there may be."""


class Shapes:
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
        self._undone = [1 + arkit.COUNT + row for row, names in enumerate(model.correctives) if set(names) == UNDOING]
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
        for slot in self._undone:
            self._weights[slot] = min(self._weights[1 + _UNDOES[0]], self._weights[1 + _UNDOES[1]])
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
