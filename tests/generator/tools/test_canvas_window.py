"""What is worked out in a window is what the whole canvas gives there."""

import cv2
import numpy as np
import pytest

from generator.tools import curves, repaint
from generator.tools.window import Window

SHAPE = (90, 140)
WHOLE = Window.whole(SHAPE)
CURVE = np.array([[31.3, 40.2], [50.1, 33.7], [74.9, 41.8]])


@pytest.fixture
def window() -> Window:
    return WHOLE.around(CURVE, 12)


def test_a_window_lies_around_its_points(window: Window) -> None:
    assert window == Window(19, 21, 86, 53)
    assert window.origin_px == (window.x[0], window.y[0])
    assert window.shape == (len(window.y), len(window.x))


@pytest.mark.parametrize("at", [(-40.0, 30.0), (300.0, 30.0), (60.0, -200.0), (60.0, 500.0)])
def test_no_window_leaves_the_canvas_or_is_empty(at: tuple[float, float]) -> None:
    window = WHOLE.around(np.array([at]), 5)
    assert 0 <= window.left < window.right <= SHAPE[1]
    assert 0 <= window.top < window.bottom <= SHAPE[0]


def test_pictures_are_cut_and_pasted(window: Window, rng: np.random.Generator) -> None:
    canvas = rng.random((*SHAPE, 3), np.float32)
    before = canvas.copy()
    part = window.of(canvas)
    part += 1.0
    assert np.array_equal(canvas, before)
    changed = window.pasted(canvas, part) - canvas
    assert np.array_equal(canvas, before)
    assert changed[window.within(WHOLE)] == pytest.approx(1.0, abs=1e-6)
    assert np.count_nonzero(changed) == part.size


def test_a_window_in_a_window(window: Window, rng: np.random.Generator) -> None:
    canvas = rng.random(SHAPE, np.float32)
    inner = window.around(CURVE[1:2], 6)
    assert np.array_equal(window.of(canvas)[inner.within(window)], inner.of(canvas))


def test_distances_outlines_and_values_are_the_canvas_s_own(window: Window, rng: np.random.Generator) -> None:
    assert np.array_equal(window.below(CURVE), window.of(curves.below(CURVE, SHAPE)))
    outline = np.concatenate([CURVE, curves.lowered(CURVE, 9.4)[::-1]])
    assert np.array_equal(window.polygon(outline), window.of(repaint.polygon(outline, SHAPE)))
    canvas = rng.random(SHAPE, np.float32)
    x, y = (CURVE + rng.uniform(-3.0, 3.0, CURVE.shape)).T.astype(np.float32)
    whole = cv2.remap(canvas, x[None], y[None], cv2.INTER_LINEAR)
    assert np.array_equal(window.remap(window.of(canvas), x[None], y[None]), whole)
