"""generator.matting.covered: cloth under hair. The mattes as a whole are tested with `generator.pipeline`."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from generator.matting.covered import _meet, _rising, _shoulder_line

FACE: Any = SimpleNamespace(centre_x_px=50.0, iod_px=20.0)


def test_hair_meets_clothes_where_no_wall_lies_between() -> None:
    hair = np.zeros((40, 100), np.float32)
    hair[:20, 10:90] = 1.0  # its lower end hangs free at both sides
    start = np.full(100, 30)
    start[30:70] = 20
    assert np.flatnonzero(_meet(hair, start, FACE)).tolist() == list(range(30, 70))


def test_cloth_under_hair_begins_at_nothing_on_both_sides() -> None:
    meet = np.zeros(100, np.bool_)
    meet[30:70] = True
    rise = _rising(meet, FACE)
    assert not rise[~meet].any()
    assert rise[[30, 69]] == pytest.approx(np.sqrt(0.19), abs=1e-6)  # one pixel of ten, in a round
    assert (np.diff(rise[30:40]) > 0).all()
    assert rise[40:60] == pytest.approx(1.0)
    assert rise == pytest.approx(rise[::-1], abs=0.2)


def test_without_a_place_to_meet_nothing_rises() -> None:
    assert not _rising(np.zeros(100, np.bool_), FACE).any()


@pytest.mark.parametrize(("slope", "goes_on"), [(0.5, 0.5), (3.0, 0.8), (0.0, 0.3)])
def test_a_shoulder_goes_on_under_hair_as_it_is_seen_beside_it(slope: float, goes_on: float) -> None:
    columns = np.arange(100)
    start = np.round(60.0 + slope * np.maximum(np.abs(columns - 50.0) - 25.0, 0.0)).astype(int)
    start[[0, 99]] = 150  # no clothes at all
    meet = np.abs(columns - 50) <= 25
    line = _shoulder_line(meet, start, FACE)
    assert line[[25, 75]] == pytest.approx([60.0, 60.0])
    assert line[[35, 65]] == pytest.approx([60.0 - 10.0 * goes_on] * 2, abs=0.6)


def test_where_hair_hangs_past_all_clothes_a_usual_shoulder_is_taken() -> None:
    start = np.full(100, 90)
    start[30:70] = 60
    meet = (np.arange(100) >= 30) & (np.arange(100) < 70)
    line = _shoulder_line(meet, start, FACE)
    assert line[40] == pytest.approx(60.0 - 0.6 * 10)
    assert not np.isfinite(_shoulder_line(np.zeros(100, np.bool_), start, FACE)).any()
