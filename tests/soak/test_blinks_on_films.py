"""Blinks counted on real films against labels, for the network's scores alone and for our solver.

The films don't ship with us. CARTOONALIVE_FILMS names the folder that holds those of the labels file.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assets import arkit
from drivers.tracking.engines import Engine
from drivers.tracking.film import open_file
from drivers.tracking.opencv_engine import OpencvEngine
from drivers.tracking.solver import Solver

LABELS = Path(__file__).resolve().parents[1] / "drivers" / "data" / "blink_labels.json"
SIDES = ("left", "right")
ROWS = [arkit.INDEX["eyeBlinkLeft"], arkit.INDEX["eyeBlinkRight"]]

pytestmark = [pytest.mark.soak, pytest.mark.models]


def states(labels: dict[str, dict[str, list[list[int]]]], frames: int) -> np.ndarray:
    """(2, frames): 0 open, 1 closed, 2 neither."""
    result = np.zeros((2, frames), int)
    for row, side in enumerate(SIDES):
        for value, name in ((1, "closed"), (2, "unsure")):
            for first, last in labels[side][name]:
                result[row, first : last + 1] = value
    return result


def engine_of(name: str, models_dir: Path) -> Engine:
    task = models_dir / "face_landmarker.task"
    if name == "opencv":
        return OpencvEngine(task)
    pytest.importorskip("mediapipe")
    from drivers.tracking.mediapipe_engine import MediapipeEngine

    return MediapipeEngine(task)


@pytest.mark.parametrize(("name", "recall", "precision"), [("mediapipe", 0.98, 0.95), ("opencv", 0.96, 0.92)])
def test_more_blinks_are_found_than_in_the_scores(
    name: str, recall: float, precision: float, models_dir: Path, record_property: Callable[[str, object], None]
) -> None:
    folder = os.environ.get("CARTOONALIVE_FILMS")
    if not folder:
        pytest.skip("CARTOONALIVE_FILMS is not set: no films to count on")
    counts = {"scores": np.zeros(3), "ours": np.zeros(3)}  # closed and found, closed, found though open
    for film, labels in json.loads(LABELS.read_text("utf-8"))["videos"].items():
        engine, solver = engine_of(name, models_dir), Solver()
        labelled = states(labels, labels["frames"])
        for number, shot in enumerate(open_file(Path(folder) / film, every_frame=True).shots):
            sight = engine(shot.picture, shot.source_s)
            if sight is None:
                continue
            ours = solver(sight.points_px, sight.rotation, sight.scores, time_s=shot.source_s)
            state = labelled[:, number]
            for kind, weights in (("scores", sight.scores), ("ours", ours)):
                found = weights[ROWS] > 0.5
                counts[kind] += (found & (state == 1)).sum(), (state == 1).sum(), (found & (state == 0)).sum()
    figures = {kind: (hit / closed, hit / (hit + false)) for kind, (hit, closed, false) in counts.items()}
    record_property("recall and precision", str(figures))
    assert figures["ours"][0] >= max(recall, figures["scores"][0])
    assert figures["ours"][1] >= precision
