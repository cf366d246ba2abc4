"""Changes the identity of a finished avatar: bigger eyes, a higher mouth. Textures follow, since the mesh does.

A layer has one owner (`warp`): a component, when most of it lies there; the skin, when shapes move it; else it lies
over the head (hair, ears, clothes, glasses) and goes along with the face's outline only: eyes grow behind a fringe.
Displacements are turned and stretched as the plane below them is: an eye of double size closes twice as far.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assets.avatar import AvatarModel, Floats, Indices
from assets.errors import AvatarError
from assets.identity import LIMIT, PARAMETERS
from generator.identity import predict, warp
from generator.identity.warp import Bent, Face
from generator.identity.windows import LANDMARKS

Doubles = npt.NDArray[np.float64]
_IRISES = (468, 473)
FURTHEST: Final = 1.5 * LIMIT
"""How far an edit may go: drawn eyes are at the end of the published range before anybody makes them bigger."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter made `value`, or changed by it."""

    parameter: str
    value: float
    relative: bool


def weights(model: AvatarModel, /) -> Doubles:
    """The avatar's identity (P,): from its facts, or for an older avatar from its landmarks.

    Raises AvatarError where it has neither.
    """
    told = model.facts.get("identity")
    if told is None:
        return np.array(list(predict.named(predict.identify(_landmarks(model)).weights).values()))
    try:
        found = np.array([float(told["weights"][name]) for name in PARAMETERS])
    except (KeyError, TypeError, ValueError):
        raise AvatarError("facts.identity.weights: expected a number for each identity parameter") from None
    if not (np.abs(found) <= FURTHEST).all():
        raise AvatarError(f"facts.identity.weights: must be within -{FURTHEST:g}..{FURTHEST:g}")
    return found


def changed(before: Doubles, settings: list[Setting], /) -> Doubles:
    """The weights after `settings`, one after another. Raises ValueError when one leaves the range."""
    result = before.copy()
    for setting in settings:
        row = PARAMETERS.index(setting.parameter)
        value = result[row] + setting.value if setting.relative else setting.value
        if not abs(value) <= FURTHEST + 1e-9:
            how = f"{result[row]:+.1f} {setting.value:+g} gives {value:+.1f}" if setting.relative else f"got {value:+g}"
            raise ValueError(f"{setting.parameter}: weights run from -{FURTHEST:g} to {FURTHEST:g}, {how}")
        result[row] = np.clip(value, -FURTHEST, FURTHEST)
    return result


def apply(model: AvatarModel, after: Doubles, /) -> AvatarModel:
    """The avatar with identity `after` (P,). Weights that stay leave every array as it is, bit for bit."""
    before = weights(model)
    told = {**model.facts, "identity": {**_told(model), "weights": predict.named(after)}}
    if (after == before).all():
        return replace(model, facts=told)
    landmarks = _landmarks(model)
    face = Face(landmarks, _unit_px(landmarks), model.canvas_px)
    rest, deltas, gap = model.rest_px.copy(), model.deltas_px.copy(), model.stops.gap_px.copy()
    gradient = np.tile(np.eye(2), (model.vertex_count, 1, 1))
    owned = owners(model)
    groups: dict[tuple[str, bool], list[npt.NDArray[np.intp]]] = {}
    for layer in model.layers:
        key = owned[layer.name], layer.clip is not None
        groups.setdefault(key, []).append(np.arange(*layer.vertex_range))
    for (owner, whole), parts in groups.items():
        rows = np.concatenate(parts)
        bent = face.bend(model.rest_px[rows], before, after, owner, whole=whole)
        gradient[rows] = bent.gradient
        _take(rest, deltas, model, rows, bent)
    rest = untangled(model.rest_px, rest, model.triangles)
    gap *= gradient[model.stops.upper, 1, 1].astype(np.float32)
    moved = _moved_landmarks(face, before, after)
    told["landmarks_px"] = np.round(moved, 2).tolist()
    told["inter_iris_px"] = round(_unit_px(moved), 3)
    return replace(model, rest_px=rest, deltas_px=deltas, stops=replace(model.stops, gap_px=gap), facts=told)


def owners(model: AvatarModel, /) -> dict[str, str]:
    """Layer name -> who moves it."""
    landmarks = _landmarks(model)
    unit_px = _unit_px(landmarks)
    moved = (model.deltas_px != 0.0).any(axis=(0, 2))
    result = {}
    for layer in model.layers:
        rows = slice(*layer.vertex_range)
        inside = layer.clip is not None
        own = inside or moved[rows].any()
        result[layer.name] = (
            warp.owner_of(model.rest_px[rows], landmarks, unit_px, inside=inside) if own else warp.OVER
        )
    return result


def _moved_landmarks(face: Face, before: Doubles, after: Doubles) -> Doubles:
    """Each landmark goes with its component, the others with the skin."""
    result = face.move(face.landmarks_px, before, after, warp.SKIN)
    irises = {"right_eye": range(468, 473), "left_eye": range(473, 478)}
    for component, used in LANDMARKS.items():
        rows = [*used, *irises.get(component, ())]
        if component != "face":
            result[rows] = face.move(face.landmarks_px[rows], before, after, component)
    return result


def flipped(before: AvatarModel, after: AvatarModel, /) -> int:
    """How many triangles lie the other way round, or have no area left."""
    return int(_turned(before.rest_px, after.rest_px, before.triangles, 0.0).sum())


def untangled(before_px: Floats, after_px: Floats, triangles: Indices, /) -> Floats:
    """`after_px` (V, 2) without triangles that turned over since `before_px`.

    The field itself never folds, but a triangle that spans a steep part of it may. The vertices of such triangles take
    over more and more of their neighbours' travel: what travels together can't fold.
    """
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    start, end = np.concatenate([edges, edges[:, ::-1]]).astype(np.intp).T
    degree = np.maximum(np.bincount(start, minlength=len(before_px)), 1)[:, None]
    result = after_px
    for _ in range(UNTANGLING):
        turned = _turned(before_px, result, triangles, LEAST_AREA)
        if not turned.any():
            break
        travel = (result - before_px).astype(np.float64)
        around = np.stack([np.bincount(start, travel[end, axis], len(travel)) for axis in (0, 1)], axis=1) / degree
        rows = np.unique(triangles[turned])
        travel[rows] = (travel[rows] + around[rows]) / 2.0
        result = result.copy()
        result[rows] = (before_px[rows] + travel[rows]).astype(np.float32)
    return result


UNTANGLING: Final = 200
LEAST_AREA: Final = 0.01
"""A triangle keeps at least this part of its area."""


def _turned(before_px: Floats, after_px: Floats, triangles: Indices, least: float) -> npt.NDArray[np.bool_]:
    """bool (T,): triangles that lie the other way round or keep no more than this part of their area."""

    def area(points: Floats) -> Doubles:
        corner = points.astype(np.float64)[triangles]
        first, second = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
        return np.asarray(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0])

    old, new = area(before_px), area(after_px)
    return np.asarray((old * new <= least * old * old) & (np.abs(old) > 1e-3))


def _take(
    rest: npt.NDArray[np.float32], deltas: npt.NDArray[np.float32], model: AvatarModel, rows: npt.NDArray[np.intp],
    bent: Bent,
) -> None:  # fmt: skip
    """Writes the bent places and displacements; what the field leaves alone keeps its bits."""
    touched = (bent.gradient != np.eye(2)).any(axis=(1, 2)) | (bent.points_px != model.rest_px[rows]).any(axis=1)
    rows = rows[touched]
    rest[rows] = bent.points_px[touched]
    deltas[:, rows] = np.einsum("vij,rvj->rvi", bent.gradient[touched], model.deltas_px[:, rows])


def _told(model: AvatarModel) -> Mapping[str, Any]:
    told = model.facts.get("identity")
    return told if isinstance(told, Mapping) else predict.identify(_landmarks(model)).facts()


def _landmarks(model: AvatarModel) -> Doubles:
    try:
        points = np.array(model.facts["landmarks_px"], np.float64)
    except (KeyError, TypeError, ValueError):
        points = np.zeros(0)
    if points.shape != (478, 2) or not np.isfinite(points).all() or _unit_px(points) < 1.0:
        raise AvatarError("facts.landmarks_px: expected the 478 landmarks of the face; generate the avatar anew")
    return points


def _unit_px(landmarks: Doubles) -> float:
    return float(np.linalg.norm(landmarks[_IRISES[0]] - landmarks[_IRISES[1]]))
