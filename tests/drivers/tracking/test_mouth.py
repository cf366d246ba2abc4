"""mouthClose, the corrective."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.tracking.headframe import to_head
from drivers.tracking.mouth import lip_gap, mouth_close


@settings(max_examples=30, deadline=None)
@given(st.floats(0.0, 2.0), st.floats(0.0, 1.0))
def test_it_never_exceeds_what_the_jaw_parts(gap: float, jaw_open: float) -> None:
    assert 0.0 <= mouth_close(gap, jaw_open) <= jaw_open


def test_shut_lips_on_an_open_jaw_are_closed_again() -> None:
    assert mouth_close(0.0, 0.58) == pytest.approx(0.5)
    assert mouth_close(0.0, 0.05) == 0.0


def test_lips_that_part_with_the_jaw_need_nothing() -> None:
    """In the films the gap is 0.33 to 0.7 for each unit of jawOpen."""
    assert mouth_close(0.33 * 0.6, 0.6) == 0.0
    assert 0.0 < mouth_close(0.1, 0.6) < mouth_close(0.05, 0.6)


def test_the_gap_grows_with_the_jaw(head: Any) -> None:
    gaps = [lip_gap(to_head(head.moved(jawOpen=weight) * (1.0, -1.0, 1.0), np.eye(3))) for weight in (0.0, 0.5, 1.0)]
    assert gaps == sorted(gaps)
    assert gaps[2] - gaps[0] > 0.2
