import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.face import FaceFrame
from runtime.faces.rest import closed, jaw_at_rest


def shown(at_rest: float, **weights: float) -> tuple[float, float]:
    """(jawOpen, mouthClose) that the avatar is told."""
    told = closed(FaceFrame.from_mapping(weights), at_rest)
    return told.weight("jawOpen"), told.weight("mouthClose")


def test_an_avatar_with_closed_lips_is_told_what_is_so() -> None:
    frame = FaceFrame.from_mapping({"jawOpen": 0.3, "mouthClose": 0.1})
    assert closed(frame, 0.0) is frame


@pytest.mark.parametrize(("jaw", "told"), [(0.0, (0.0, 1.0)), (0.2, (0.0, 0.5)), (0.4, (0.0, 0.0)), (1.0, (0.6, 0.0))])
def test_the_mouth_opens_from_closed_lips(jaw: float, told: tuple[float, float]) -> None:
    assert shown(0.4, jawOpen=jaw) == pytest.approx(told, abs=1e-6)


def test_lips_closed_on_a_dropped_jaw_stay_closed() -> None:
    assert shown(0.2, jawOpen=0.7, mouthClose=0.7)[1] == pytest.approx(1.0)


def test_bared_teeth_stay_bare() -> None:
    bared = {f"mouth{what}{side}": 0.6 for what in ("UpperUp", "LowerDown") for side in ("Left", "Right")}
    assert shown(0.4, **bared) == (0.0, 0.0)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.05, 1.0))
def test_a_small_change_of_the_face_is_a_small_change_of_what_is_told(
    jaw: float, close: float, upper: float, at_rest: float
) -> None:
    weights = np.array([jaw, close, upper])
    one, other = (
        shown(at_rest, jawOpen=j, mouthClose=c, mouthUpperUpLeft=u)
        for j, c, u in (weights, np.clip(weights + 0.001, 0.0, 1.0))
    )
    assert np.abs(np.subtract(one, other)).max() <= 0.003 / at_rest + 0.002


@pytest.mark.parametrize("facts", [{}, {"jaw_at_rest": None}, {"jaw_at_rest": "wide"}, {"jaw_at_rest": float("nan")}])
def test_an_avatar_that_says_nothing_has_a_closed_mouth(facts: dict[str, object]) -> None:
    assert jaw_at_rest(facts) == 0.0


def test_what_it_says_is_kept_in_range() -> None:
    assert jaw_at_rest({"jaw_at_rest": 0.3}) == pytest.approx(0.3)
    assert jaw_at_rest({"jaw_at_rest": 7}) == 1.0
