"""The plane bent by a change of identity parameters, smoothly and without folds.

A change is done in many small steps. In each, every component moves its share of the plane (`windows`), and the windows
go along with it. A small step of smooth fields can't fold the plane, so neither can all of them together.

There is a field for each owner. What belongs to a component moves with it alone: its own plateau gets exactly the
change that was asked for, and a brow stays where it is while the eye below grows. What is seen through an opening (and
the opening's own edges) moves as one piece. The skin follows all components at once. What lies over the head (hair,
ears, clothes) follows the outline of the face.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from assets.identity import COMPONENTS, PARAMETERS
from generator.identity import shapes, windows
from generator.identity.shapes import Frame
from generator.identity.windows import Window, smootherstep

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.floating]

SKIN: Final = "skin"
OVER: Final = "over"
"""The owners that are no component."""
STEP_IOD: Final = 0.02
"""Farthest travel of a plateau in one step, in inter-iris distances."""
EDGE_IOD: Final = 0.3
"""Over this distance from the canvas's edge a change of the outline fades out: nothing tears off there."""
_PROBE_PX: Final = 0.25


@dataclass(frozen=True, eq=False)
class Bent:
    """points_px: float64 (Q, 2), where they went. gradient: float64 (Q, 2, 2), how small displacements there turn:
    entry (i, j) is the change of coordinate i per change of coordinate j."""

    points_px: Doubles
    gradient: Doubles


@dataclass(frozen=True, eq=False)
class Face:
    """A face on a canvas: landmarks float64 (478, 2), inter-iris distance, (width, height)."""

    landmarks_px: Doubles
    unit_px: float
    canvas_px: tuple[int, int]

    def bend(
        self, points_px: Floats, before: Doubles, after: Doubles, /, owner: str, *, whole: bool = False
    ) -> Bent:
        """Points (Q, 2) of one owner under the change from weights `before` (P,) to `after` (P,).

        whole: the component's change holds however far from it a point lies.
        """
        start = np.asarray(points_px, np.float64)
        offsets = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]) * _PROBE_PX
        probes = (start + offsets[:, None]).reshape(-1, 2)
        moved = (self.move(probes, before, after, owner, whole=whole) - probes).reshape(3, -1, 2)
        gradient = np.stack([moved[1] - moved[0], moved[2] - moved[0]], axis=-1) / _PROBE_PX
        return Bent(start + moved[0], gradient + np.eye(2))

    def move(
        self, points_px: Doubles, before: Doubles, after: Doubles, /, owner: str, *, whole: bool = False
    ) -> Doubles:
        """Where the points of `bend` go."""
        listening = {SKIN: COMPONENTS, OVER: ("face",)}.get(owner, (owner,))
        result = np.array(points_px, np.float64)
        if not any(self._acts(name, before, after) for name in listening):
            return result
        for steps, around in self._steps(before, after):
            acting = {name: steps[name] for name in listening if name in steps}
            if whole:
                share = np.ones((1, len(result)))
            elif owner == OVER:
                share = windows.over_share(result, around["face"])
            else:
                share = windows.soft_shares(result, [around[name] for name in listening])
            travel = np.zeros_like(result)
            for name, step in acting.items():
                own = share[listening.index(name)]
                rows = np.flatnonzero(own)
                part = step.displacement(result[rows]) * own[rows, None]
                travel[rows] += part * self._inside(result[rows])[:, None] if name == "face" else part
            result += travel
        return result

    def _steps(self, before: Doubles, after: Doubles) -> Iterator[tuple[dict[str, shapes.Step], dict[str, Window]]]:
        """Small steps one after another, each with the windows as they are then."""
        frames = shapes.frames(self.landmarks_px, self.unit_px)
        around = windows.of_face(self.landmarks_px, self.unit_px)
        whole = _changes(frames, before, after)
        travel = [np.abs(step.displacement(around[name].polygon)).max() for name, step in whole.items()]
        count = int(np.ceil(max(travel, default=0.0) / (STEP_IOD * self.unit_px)))
        for number in range(count):
            first = before + (after - before) * (number / count)
            then = before + (after - before) * ((number + 1) / count)
            steps = _changes(frames, first, then)
            yield steps, around
            for component, step in steps.items():
                frames[component] = step.after()
                around[component] = _along(around[component], step)

    @staticmethod
    def _acts(component: str, before: Doubles, after: Doubles) -> bool:
        rows = _rows(component)
        return bool((before[rows] != after[rows]).any())

    def _inside(self, points: Doubles) -> Doubles:
        gap = np.minimum(points, np.array(self.canvas_px, np.float64) - points).min(axis=1)
        return smootherstep(gap / (EDGE_IOD * self.unit_px))


def owner_of(
    points_px: npt.NDArray[np.floating], landmarks_px: Doubles, unit_px: float, /, *, inside: bool
) -> str:
    """Whom points (Q, 2) of one layer belong to: the component that holds most of them well inside, else the skin.

    inside: the layer shows through an opening, so it must belong to a component: to the likeliest.
    """
    points = np.asarray(points_px, np.float64)
    around = windows.of_face(landmarks_px, unit_px)
    level = {name: float(window.level(points).mean()) for name, window in around.items() if name != "face"}
    best = max(level, key=lambda name: level[name])
    return best if inside or level[best] >= OWNED else SKIN


OWNED: Final = 0.5
"""Mean level of a layer's vertices from which it counts as a component's own."""


def _rows(component: str) -> list[int]:
    return [row for row, name in enumerate(PARAMETERS) if name.split(".")[0] == component]


def _changes(frames: Mapping[str, Frame], before: Doubles, after: Doubles) -> dict[str, shapes.Step]:
    """The steps of the components that change at all."""
    result = {}
    for component in COMPONENTS:
        rows = _rows(component)
        step = frames[component].step(before[rows], after[rows])
        if not step.nothing:
            result[component] = step
    return result


def _along(window: Window, step: shapes.Step) -> Window:
    """The window after the step: it goes with its component and keeps its margins in proportion."""
    polygon = window.polygon + step.displacement(window.polygon)
    if window.component == "face":
        return replace(window, polygon=windows.hull(polygon))
    return replace(window, polygon=polygon, unit=window.unit * float(step.ratio.mean()))
