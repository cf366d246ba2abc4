"""runtime.checks.appraisal: a whole avatar measured, with a tracker that sees what it is told to see."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets import samples, store
from assets.avatar import AvatarModel
from assets.face import FaceFrame
from generator.engines import FaceLandmarks, pose
from runtime import app
from runtime.checks import appraisal
from runtime.checks.appraisal_rules import RULES

pytestmark = pytest.mark.gl
IOD_PX = 16.0


class Colours:
    """A tracker for the tiny avatar: the mean face, its lips where the red begins and ends."""

    def __init__(self, *, blind_after: int = 10**6) -> None:
        self.looks, self._blind_after = 0, blind_after

    def landmarks(self, image: np.ndarray, /) -> tuple[FaceLandmarks, ...]:
        self.looks += 1
        if self.looks > self._blind_after:
            return ()
        mean, _ = pose.mean_face()
        points = mean * (IOD_PX, -IOD_PX, IOD_PX) + (24.0, 16.0, 0.0)
        red = np.nonzero((image[..., 0] > 100) & (image[..., 1] < 80))[0]
        points[[13, 14], 1] = (red.min(), red.max() + 1)
        return (FaceLandmarks(points.astype(np.float32), 0.0, 0.0, 0.0, {}),)


def test_rules_are_measured_on_drawings(tiny: AvatarModel) -> None:
    tracker = Colours()
    told: list[float] = []
    got = appraisal.appraise(tiny, tracker, progress=lambda what, done: told.append(done))
    assert got.rules["jaw opens the lips"] == pytest.approx(14 / 16, abs=0.13)
    assert got.rules["jaw drops the chin"] == pytest.approx(0.0, abs=0.01)
    assert got.rules["pucker narrows"] == pytest.approx(1.0, abs=0.01)
    assert got.rules_met == 1
    assert got.blink_left == pytest.approx(1.0, abs=0.05)
    assert (got.closed_eye_px, got.half_blink_px, got.holes) == (0, 0, 0.0)
    assert (got.landmark_error_iod, got.similarity) == (None, None)
    assert tracker.looks == 1 + len({tuple(sorted(rule.weights.items())) for rule in RULES})
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)


def test_a_face_that_is_lost_is_said(tiny: AvatarModel) -> None:
    got = appraisal.appraise(tiny, Colours(blind_after=0))
    assert got.rules_met is None
    assert got.blink_left is None
    assert got.limits() == ["the tracker doesn't find this avatar's face: its expressions can't be measured"]
    assert "not measured" in got.lines()[0]
    assert got.data()["rules_met"] is None
    assert "rules_met" not in got.data()["goals_missed"]
    lost_later = appraisal.appraise(tiny, Colours(blind_after=1))
    assert lost_later.rules_met == 0
    assert all("not seen" in line for line in lost_later.missed)


def test_the_neutral_is_compared_with_its_portrait(tiny: AvatarModel, tmp_path: Path) -> None:
    """A portrait twice as large as the canvas: once the avatar's own neutral, once with another colour."""
    mean, _ = pose.mean_face()
    facts = {
        "landmarks_px": (mean[:, :2] * (IOD_PX, -IOD_PX) + (24.0, 16.0)).tolist(),
        "canvas_from_picture": [[0.5, 0.0, 0.0], [0.0, 0.5, 0.0]],
    }
    model = dataclasses.replace(tiny, facts=facts)
    with app.drawing(model) as draw:
        neutral = draw(FaceFrame(), model.canvas_px, (127 / 255, 127 / 255, 127 / 255, 1.0))[..., :3]
    same, other = tmp_path / "same.png", tmp_path / "other.png"
    Image.fromarray(neutral.repeat(2, 0).repeat(2, 1)).save(same)
    Image.fromarray((neutral.repeat(2, 0).repeat(2, 1) * 0.8).astype(np.uint8)).save(other)

    class Twice(Colours):
        def landmarks(self, image: np.ndarray, /) -> tuple[FaceLandmarks, ...]:
            scale = image.shape[0] / 48
            (face,) = super().landmarks(image[:: round(scale), :: round(scale)])
            return (dataclasses.replace(face, points_px=face.points_px * np.float32(scale)),)

    got = appraisal.appraise(model, Twice(), portrait=same)
    assert got.similarity == pytest.approx(1.0, abs=0.08)
    assert got.lab_difference == pytest.approx(0.0, abs=1.5)
    assert got.landmark_error_iod == pytest.approx(0.0, abs=0.001)
    darker = appraisal.appraise(model, Twice(), portrait=other)
    assert darker.lab_difference is not None
    assert darker.lab_difference > got.lab_difference + 5.0
    assert "lab_difference" in darker.data()["goals_missed"]


def test_an_eye_that_stays_open_is_counted() -> None:
    model = store.load(samples.AVATAR)
    lazy = model.deltas_px.copy()
    for layer in model.layers:
        if "eye_left" in layer.name:
            lazy[:, slice(*layer.vertex_range)] *= 0.6
    broken = dataclasses.replace(model, deltas_px=lazy)
    with app.drawing(broken) as draw:
        closed, ghosts = appraisal._eyes_left(broken, draw)
    assert closed > 100
    assert ghosts == 0
