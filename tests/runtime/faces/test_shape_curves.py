"""runtime.faces.curves and runtime.faces.shaping."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import arkit
from assets.errors import UsageError
from assets.face import FaceFrame
from runtime.faces.curves import Curve, Curves
from runtime.faces.expressions import Expressions, Preset
from runtime.faces.shaping import Shaping, named
from runtime.faces.signals import COUNT, rows

curves = st.builds(
    Curve, low=st.floats(0.0, 0.6), high=st.floats(0.62, 2.0), power=st.floats(0.2, 5.0), on=st.booleans()
)


def bent(curve: Curve, value: float) -> float:
    face = FaceFrame.from_mapping({"jawOpen": value})
    return float(Curves({"jawOpen": curve}).apply(face).weights[arkit.INDEX["jawOpen"]])


@pytest.mark.parametrize(
    ("curve", "value", "expected"),
    [
        (Curve(0.2, 0.8), 0.5, 0.5), (Curve(0.2, 0.8), 0.2, 0.0), (Curve(0.2, 0.8), 0.9, 1.0),
        (Curve(power=2.0), 0.5, 0.25), (Curve(power=0.5), 0.25, 0.5), (Curve(high=2.0), 1.0, 0.5),
        (Curve(on=False), 1.0, 0.0),
    ],
)  # fmt: skip
def test_ends_bend_and_switch(curve: Curve, value: float, expected: float) -> None:
    assert bent(curve, value) == pytest.approx(expected, abs=1e-6)


@given(curves, st.lists(st.floats(0.0, 1.0, width=32), min_size=52, max_size=52))
def test_weights_stay_in_range_and_more_in_is_never_less_out(curve: Curve, values: list[float]) -> None:
    weights = np.sort(np.array(values, np.float32))
    out = Curves(dict.fromkeys(arkit.NAMES, curve)).bent(weights)
    assert out.dtype == np.float32
    assert (out >= 0.0).all()
    assert (out <= 1.0).all()
    assert (np.diff(out) >= 0.0).all()


def test_other_shapes_are_left_alone_and_straight_costs_nothing() -> None:
    face = FaceFrame.from_mapping({"jawOpen": 0.5, "cheekPuff": 0.25})
    assert Curves().apply(face) is face
    out = Curves({"jawOpen": Curve(on=False)}).apply(face).weights
    assert out[arkit.INDEX["cheekPuff"]] == 0.25


def test_a_range_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="low must lie below high"):
        Curve(0.5, 0.5)


def test_a_face_is_bent_then_corrected_then_expressed() -> None:
    expressions = Expressions([Preset("o", {"jawOpen": 1.0}, fade_s=0.0)])
    expressions.trigger("o", True, 0.0)
    shaping = Shaping(curves=Curves({"eyeBlinkLeft": Curve(high=0.5)}), expressions=expressions)
    face, overlays = shaping.step(FaceFrame.from_mapping({"eyeBlinkLeft": 0.5, "eyeWideLeft": 1.0}), 1.0)
    shown = dict(zip(arkit.NAMES, face.weights.tolist(), strict=True))
    assert (shown["eyeBlinkLeft"], shown["eyeWideLeft"], shown["jawOpen"]) == (1.0, 0.0, 1.0)
    assert overlays == {}


def test_rows_have_names() -> None:
    for channels in (frozenset({"jawOpen", "head"}), frozenset[str](), frozenset(arkit.REGIONS["gaze"])):
        assert named(rows(channels)) == channels
    assert rows(frozenset({"head"})).sum() == COUNT - arkit.COUNT
