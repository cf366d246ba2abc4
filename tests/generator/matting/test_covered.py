"""generator.matting.covered: cloth under hair. The mattes as a whole are tested with `generator.pipeline`."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from generator.matting.covered import _meet, _rising

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
