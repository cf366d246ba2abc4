"""generator.matting.dome: half ellipses through two points."""

import numpy as np
import pytest

from generator.matting import dome


def test_a_dome_passes_its_points_and_is_level_at_its_top() -> None:
    found = dome.through((100.0, 200.0), 50.0, (40.0, 150.0), (190.0, 120.0))
    level = found.level((300, 300))
    assert level[150, 40] == pytest.approx(1.0, abs=1e-3)
    assert level[120, 190] == pytest.approx(1.0, abs=1e-3)
    assert level[50, 100] == pytest.approx(1.0, abs=1e-3)
    assert level[200, 100] == 0.0
    inside = level <= 1.0
    assert (np.diff(inside[50:200].sum(axis=1)) >= 0).all()  # never wider above
    assert found.ends_px == (40.0, 190.0)


def test_angles_run_from_the_right_over_the_top_to_the_left() -> None:
    turn = dome.through((100.0, 200.0), 50.0, (40.0, 150.0), (190.0, 120.0)).turn((300, 300))
    assert turn[200, 150] == pytest.approx(0.0)
    assert turn[100, 100] == pytest.approx(np.pi / 2)
    assert turn[200, 50] == pytest.approx(np.pi)


def test_a_point_near_the_top_does_not_make_a_dome_endless() -> None:
    found = dome.through((100.0, 200.0), 50.0, (40.0, 50.5), (160.0, 50.5))
    assert found.left_px == found.right_px == pytest.approx(60.0 / dome.FLATTEST)
