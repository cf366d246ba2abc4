import numpy as np
import pytest

from generator.engines import anchors


def outputs() -> tuple[np.ndarray, np.ndarray]:
    """Raw outputs that see nothing."""
    return np.zeros((anchors.COUNT, 16), np.float32), np.full(anchors.COUNT, -100.0, np.float32)


def test_anchors_stand_in_two_grids() -> None:
    centres = anchors.centres()
    assert centres.shape == (896, 2)
    assert centres.dtype == np.float32
    assert centres[0].tolist() == centres[1].tolist() == [1 / 32, 1 / 32]
    assert centres[2].tolist() == [3 / 32, 1 / 32]  # x runs first
    assert centres[511].tolist() == [31 / 32, 31 / 32]
    assert centres[512].tolist() == centres[517].tolist() == [1 / 16, 1 / 16]
    assert centres[895].tolist() == [15 / 16, 15 / 16]


def test_an_offset_is_in_input_pixels_from_the_anchor() -> None:
    offsets, logits = outputs()
    offsets[0, :4] = (12.0, 28.0, 32.0, 64.0)
    offsets[0, 4:6] = (4.0, -4.0)
    logits[0] = 0.0
    (found,) = anchors.decode(offsets, logits, score_floor=0.5)
    x, y = 1 / 32 + 12 / 128, 1 / 32 + 28 / 128
    assert found.box == pytest.approx([x - 0.125, y - 0.25, x + 0.125, y + 0.25])
    assert found.keypoints[anchors.RIGHT_EYE] == pytest.approx([1 / 32 + 4 / 128, 1 / 32 - 4 / 128])
    assert found.keypoints[anchors.LEFT_EYE] == pytest.approx([1 / 32, 1 / 32])
    assert found.score == 0.5


def test_nothing_below_the_floor() -> None:
    offsets, logits = outputs()
    logits[:] = -1.0
    assert anchors.decode(offsets, logits, score_floor=0.5) == ()


def test_overlapping_guesses_become_one_weighted_by_score() -> None:
    offsets, logits = outputs()
    offsets[:2, 2:4] = 64.0
    offsets[1, 0] = 8.0
    logits[0], logits[1] = np.log(3.0), 0.0  # scores 0.75 and 0.5
    (found,) = anchors.decode(offsets, logits, score_floor=0.3)
    assert found.score == pytest.approx(0.75)
    assert (found.box[0] + found.box[2]) / 2 == pytest.approx(1 / 32 + 0.4 * 8 / 128)


def test_separate_faces_stay_separate_best_first() -> None:
    offsets, logits = outputs()
    offsets[[0, 895], 2:4] = 16.0
    logits[0], logits[895] = 1.0, 2.0
    first, second = anchors.decode(offsets, logits, score_floor=0.5)
    assert first.score > second.score
    assert first.box[0] > second.box[2]


def test_a_box_without_extent_ends_the_loop_too() -> None:
    offsets, logits = outputs()
    logits[:3] = 5.0
    assert len(anchors.decode(offsets, logits, score_floor=0.5)) == 3
