"""How good this avatar is: it is drawn, looked at with the tracker, and measured. A few seconds; offline, no window.

The yardsticks themselves are `generator.yardsticks` (pictures) and `runtime.checks.appraisal_rules` (expressions).
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assets.avatar import AvatarModel
from assets.face import FaceFrame
from generator import portrait as portraits
from generator import yardsticks
from generator.align import Alignment
from generator.engines import FaceLandmarks, Landmarker
from runtime import app
from runtime.checks import openings
from runtime.checks.appraisal_rules import RULES, SIDES, both, opening

Picture = npt.NDArray[np.uint8]
Progress = Callable[[str, float], None]

GOALS: Final[Mapping[str, tuple[str, float]]] = {
    "landmark_error_iod": ("at most", 0.009),
    "iris_error_iod": ("at most", 0.012),
    "similarity": ("at least", 0.95),
    "lab_difference": ("at most", 2.5),
    "blink_left": ("at most", 0.30),
    "closed_eye_px": ("at most", 0),
    "half_blink_px": ("at most", 0),
    "holes": ("at most", 0.0005),
    "halo_lab": ("at most", 6.0),
    "rules_met": ("at least", 28),
}
"""What a good avatar reaches, measure by measure; the keys are the fields of `Appraisal`."""
_NAMES: Final[Mapping[str, tuple[str, float, str]]] = {
    "landmark_error_iod": ("neutral: landmarks off by", 100.0, "% of the inter-iris distance"),
    "iris_error_iod": ("neutral: irises off by", 100.0, "% of the inter-iris distance"),
    "similarity": ("neutral: SSIM in the face oval", 1.0, ""),
    "lab_difference": ("neutral: colours off by", 1.0, "Lab units"),
    "blink_left": ("blink leaves", 100.0, "% of the lid opening"),
    "closed_eye_px": ("closed eyes show", 1.0, "px of eye"),
    "half_blink_px": ("half-closed eyes show", 1.0, "px of eye out of place"),
    "holes": ("holes in nine poses, worst", 100.0, "% of the silhouette"),
    "halo_lab": ("rim brighter or greener by", 1.0, "Lab units"),
    "rules_met": ("expression rules met", 1.0, f"of {len(RULES)}"),
}
_GREY: Final = (127 / 255, 127 / 255, 127 / 255, 1.0)
_CLEAR: Final = (0.0, 0.0, 0.0, 0.0)
_HALO_BEHIND: Final = ((0, 0, 0), (255, 255, 255), (0, 255, 0))
_MAGENTA: Final = np.array([255, 0, 255], np.uint8)


@dataclass(frozen=True, slots=True)
class Appraisal:
    """Lengths in inter-iris distances (IOD), shares 0..1, colours in Lab units; None where it couldn't be measured:
    without the portrait, or where the tracker doesn't find the face.

    holes: what opens when the head turns (`yardsticks.torn`); the gaps of the head at rest are the portrait's own.
    rules: rule name -> measured value, None where no face was found; empty when the neutral one wasn't found.
    """

    landmark_error_iod: float | None
    iris_error_iod: float | None
    similarity: float | None
    lab_difference: float | None
    blink_left: float | None
    closed_eye_px: int
    half_blink_px: int
    holes: float
    halo_lab: float
    rules: Mapping[str, float | None]

    @property
    def rules_met(self) -> int | None:
        """How many of the 40 rules hold; None when the neutral face isn't found at all."""
        if not self.rules:
            return None
        return sum(rule.met(self.rules[rule.name]) for rule in RULES)

    @property
    def missed(self) -> tuple[str, ...]:
        """The rules that don't hold, with value and limit: "smile left 0.041, at least 0.05"."""
        return tuple(
            f"{rule.name} {'not seen' if value is None else f'{value:.3f}'}, {rule.sense} {rule.limit:g}"
            for rule in RULES
            if self.rules and not rule.met(value := self.rules[rule.name])
        )

    def data(self) -> dict[str, Any]:
        """JSON-ready: every measure, the rules' values, the goals and which of them are missed."""
        measures = {name: _rounded(getattr(self, name)) for name in GOALS}
        rules = {name: _rounded(value) for name, value in self.rules.items()}
        missed = [name for name in GOALS if self.good(name) is False]
        return {**measures, "rules": rules, "rules_missed": list(self.missed), "goals_missed": missed}

    def good(self, name: str, /) -> bool | None:
        """Whether a measure reaches its goal; None when it wasn't measured."""
        sense, limit = GOALS[name]
        value = getattr(self, name)
        if value is None:
            return None
        return bool(value >= limit if sense == "at least" else value <= limit)

    def lines(self) -> list[str]:
        """For people: one line a measure, then what the avatar's face can't show."""
        told = []
        for name, (words, factor, unit) in _NAMES.items():
            value, (sense, limit) = getattr(self, name), GOALS[name]
            shown = "not measured" if value is None else f"{value * factor:.4g} {unit}".rstrip()
            mark = "" if self.good(name) is not False else f"   (goal: {sense} {limit * factor:g})"
            told.append(f"{words:<32} {shown}{mark}")
        if self.rules_met is not None:
            told += [f"  missed: {line}" for line in self.missed]
        return told

    def limits(self) -> list[str]:
        """The missed rules in words: "a camera doesn't see it smile with the left corner of the mouth"."""
        if self.rules_met is None:
            return ["the tracker doesn't find this avatar's face: its expressions can't be measured"]
        return [f"a camera doesn't see it {rule.miss}" for rule in RULES if not rule.met(self.rules[rule.name])]


def appraise(
    model: AvatarModel,
    landmarker: Landmarker,
    /,
    *,
    portrait: Path | None = None,
    progress: Progress = lambda what, done: None,
) -> Appraisal:
    """Measure an avatar. portrait: the picture it was made from, for what compares the two.

    Raises PortraitError, GraphicsError.
    """
    looks = _Looks(model, landmarker)
    source = None if portrait is None or "canvas_from_picture" not in model.facts else portraits.load(portrait)
    with app.drawing(model) as draw:
        progress("the neutral face", 0.0)
        neutral_picture = draw(FaceFrame(), model.canvas_px, _GREY)[..., :3]
        neutral = looks.face(neutral_picture)
        likeness = _likeness(model, looks, neutral_picture, neutral, source)
        rules: dict[str, float | None] = {}
        blink = None
        if neutral is not None:
            seen: dict[tuple[tuple[str, float], ...], npt.NDArray[np.float64] | None] = {}
            base = _points_iod(neutral, neutral)

            def expression(weights: Mapping[str, float]) -> npt.NDArray[np.float64] | None:
                key = tuple(sorted(weights.items()))
                if key not in seen:
                    progress("expressions", 0.05 + 0.75 * len(seen) / 28)
                    picture = draw(FaceFrame.from_mapping(weights), model.canvas_px, _GREY)[..., :3]
                    face = looks.face(picture)
                    seen[key] = None if face is None else yardsticks.steadied(_points_iod(face, neutral), base)
                return seen[key]

            for rule in RULES:
                points = expression(rule.weights)
                rules[rule.name] = None if points is None else rule.measure(base, points)
            if (points := expression(both("eyeBlink"))) is not None:
                blink = float(np.mean([opening(points, side) / max(opening(base, side), 1e-6) for side in SIDES]))
        progress("head turns", 0.85)
        rest = draw(FaceFrame(), model.canvas_px, _CLEAR)
        holes = openings.worst(model, draw)
        residue, ghosts = _eyes_left(model, draw)
    progress("done", 1.0)
    halo = yardsticks.halo(rest, _HALO_BEHIND)
    return Appraisal(*likeness, blink, residue, ghosts, holes, halo, rules)


class _Looks:
    """Finds the avatar's own face in pictures of its canvas."""

    def __init__(self, model: AvatarModel, landmarker: Landmarker) -> None:
        self._landmarker = landmarker
        self.landmarks_px = np.array(model.facts.get("landmarks_px", np.zeros((0, 2))), np.float64)

    def face(self, picture: Picture) -> FaceLandmarks | None:
        return self.nearest(picture, np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))

    def nearest(self, picture: Picture, canvas_from_picture: npt.NDArray[np.float64]) -> FaceLandmarks | None:
        """The face found in the picture that lies nearest to where the avatar's is, none farther than half of it."""
        found = self._landmarker.landmarks(np.ascontiguousarray(picture))
        if len(self.landmarks_px) < 468:  # not one of our generator's
            return found[0] if found else None
        own = self.landmarks_px[:468]
        reach = 0.5 * float(np.ptp(own[:, 0]))
        middles = [canvas_from_picture @ (*face.points_px[:468, :2].mean(axis=0), 1.0) for face in found]
        offs = [float(np.linalg.norm(middle - own.mean(axis=0))) for middle in middles]
        return found[int(np.argmin(offs))] if offs and min(offs) < reach else None


def _likeness(
    model: AvatarModel, looks: _Looks, neutral_picture: Picture, neutral: FaceLandmarks | None,
    source: portraits.Portrait | None,
) -> tuple[float | None, float | None, float | None, float | None]:
    """Landmark error, iris error, similarity and colour difference of the neutral avatar and its portrait."""
    if source is None or len(looks.landmarks_px) < 468:
        return None, None, None, None
    matrix = np.array(model.facts["canvas_from_picture"], np.float64)
    face = looks.nearest(source.rgb, matrix)
    errors = (None, None) if face is None or neutral is None else yardsticks.landmark_errors(face, neutral)
    own = Alignment(matrix, model.canvas_px, 0.0).warp(source.rgb)
    oval = yardsticks.oval_mask(looks.landmarks_px, own.shape[:2])
    return (*errors, yardsticks.similarity(own, neutral_picture, oval),
            yardsticks.lab_difference(own, neutral_picture, oval))  # fmt: skip


def _points_iod(face: FaceLandmarks, neutral: FaceLandmarks) -> npt.NDArray[np.float64]:
    return np.asarray(face.points_px[:, :2].astype(np.float64) / neutral.inter_ocular_px)


def _eyes_left(model: AvatarModel, draw: app.Draw) -> tuple[int, int]:
    """Pixels of eye that closed eyes show, and that half-closed eyes show where open ones don't.

    The eyes' contents are painted magenta; wherever that changes the drawing, they are seen.
    """
    inside = {layer.texture for layer in model.layers if layer.clip == "eyes" and layer.mask is None}
    if not inside:
        return 0, 0
    textures = dict(model.textures)
    for name in inside:
        painted = textures[name].copy()
        painted[..., :3] = _MAGENTA
        textures[name] = painted
    marked = dataclasses.replace(model, textures=textures)
    seen = []
    with app.drawing(marked) as draw_marked:
        for weight in (0.0, 0.5, 1.0):
            frame = FaceFrame.from_mapping({name: weight for name in both("eyeBlink")})
            pictures = [one(frame, model.canvas_px, _GREY) for one in (draw, draw_marked)]
            seen.append(yardsticks.changed(*pictures))
    rest, half, closed = seen
    return int(closed.sum()), yardsticks.ghosts(rest, half)


def _rounded(value: float | None) -> float | None:
    if value is None or isinstance(value, int):
        return value
    return round(value, 5)
