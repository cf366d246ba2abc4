"""What VRCFaceTracking's parameters mean for the 52 shapes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import arkit
from drivers.protocols.unified import ABSURD, PARAMETERS, WAYS, shapes


def test_there_is_a_way_to_every_shape() -> None:
    assert WAYS.keys() == set(arkit.NAMES)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"EyeClosedLeft": 0.75}, {"eyeBlinkLeft": 0.75}),
        ({"EyeOpenRight": 0.25}, {"eyeBlinkRight": 0.75}),
        ({"EyeLidLeft": 0.0}, {"eyeBlinkLeft": 1.0, "eyeWideLeft": 0.0}),
        ({"EyeLidLeft": 0.375}, {"eyeBlinkLeft": 0.5, "eyeWideLeft": 0.0}),
        ({"EyeLidLeft": 0.75}, {"eyeBlinkLeft": 0.0, "eyeWideLeft": 0.0}),
        ({"EyeLidLeft": 0.875}, {"eyeBlinkLeft": 0.0, "eyeWideLeft": 0.5}),
        ({"EyeLid": 1.0}, {"eyeBlinkLeft": 0.0, "eyeWideLeft": 1.0, "eyeBlinkRight": 0.0, "eyeWideRight": 1.0}),
        ({"EyeClosed": 1.0}, {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}),
        ({"EyeSquintLeft": 0.5}, {"eyeSquintLeft": 0.5}),
        # +X is the subject's own right: inward for the left eye.
        ({"EyeLeftX": 0.5}, {"eyeLookInLeft": 0.5, "eyeLookOutLeft": 0.0}),
        ({"EyeLeftX": -0.5}, {"eyeLookInLeft": 0.0, "eyeLookOutLeft": 0.5}),
        ({"EyeRightX": 0.5}, {"eyeLookInRight": 0.0, "eyeLookOutRight": 0.5}),
        ({"EyeRightX": -0.5}, {"eyeLookInRight": 0.5, "eyeLookOutRight": 0.0}),
        ({"EyeX": 0.5}, {"eyeLookInLeft": 0.5, "eyeLookOutLeft": 0.0, "eyeLookInRight": 0.0, "eyeLookOutRight": 0.5}),
        ({"EyeLeftY": 0.5}, {"eyeLookUpLeft": 0.5, "eyeLookDownLeft": 0.0}),
        ({"EyeY": -0.5}, {"eyeLookUpLeft": 0.0, "eyeLookDownLeft": 0.5, "eyeLookUpRight": 0.0,
                          "eyeLookDownRight": 0.5}),
        ({"BrowDownLeft": 0.5}, {"browDownLeft": 0.5}),
        ({"BrowLowererLeft": 0.5, "BrowPinchLeft": 1.0}, {"browDownLeft": 0.625}),
        ({"BrowInnerUpLeft": 0.5, "BrowInnerUpRight": 1.0}, {"browInnerUp": 0.75}),
        ({"BrowExpressionLeft": -0.5}, {"browDownLeft": 0.5, "browOuterUpLeft": 0.0}),
        ({"BrowExpressionLeft": 0.5}, {"browDownLeft": 0.0, "browOuterUpLeft": 0.5}),
        ({"CheekPuffLeft": 0.5, "CheekPuffRight": 0.0}, {"cheekPuff": 0.25}),
        ({"CheekPuffSuck": -0.5}, {"cheekPuff": 0.0}),
        ({"CheekPuffSuckLeft": 1.0, "CheekPuffSuckRight": 0.5}, {"cheekPuff": 0.75}),
        ({"NoseSneer": 0.5}, {"noseSneerLeft": 0.5, "noseSneerRight": 0.5}),
        ({"JawX": 0.5}, {"jawLeft": 0.0, "jawRight": 0.5}),
        ({"JawX": -0.5}, {"jawLeft": 0.5, "jawRight": 0.0}),
        ({"JawZ": 0.5}, {"jawForward": 0.5}),
        ({"JawZ": -0.5}, {"jawForward": 0.0}),
        ({"MouthClosed": 0.5}, {"mouthClose": 0.5}),
        ({"MouthX": -0.5}, {"mouthLeft": 0.5, "mouthRight": 0.0}),
        ({"MouthUpperLeft": 0.5, "MouthLowerLeft": 1.0}, {"mouthLeft": 0.75}),
        ({"MouthUpperX": 0.5, "MouthLowerX": 0.5}, {"mouthLeft": 0.0, "mouthRight": 0.5}),
        ({"LipFunnelUpperLeft": 1.0, "LipFunnelUpperRight": 1.0, "LipFunnelLowerLeft": 0.0,
          "LipFunnelLowerRight": 0.0}, {"mouthFunnel": 0.5}),
        ({"LipPucker": 0.5}, {"mouthPucker": 0.5}),
        ({"LipSuckUpperLeft": 1.0, "LipSuckUpperRight": 0.0}, {"mouthRollUpper": 0.5}),
        ({"LipSuckFunnelLower": 0.5}, {"mouthRollLower": 0.5}),
        ({"MouthCornerPullLeft": 1.0, "MouthCornerSlantLeft": 0.5}, {"mouthSmileLeft": 0.9}),
        ({"SmileFrownLeft": -0.5}, {"mouthSmileLeft": 0.0, "mouthFrownLeft": 0.5}),
        ({"SmileSadRight": 0.5}, {"mouthSmileRight": 0.5, "mouthFrownRight": 0.0}),
        ({"MouthStretch": 0.5}, {"mouthStretchLeft": 0.5, "mouthStretchRight": 0.5}),
        ({"MouthUpperUpLeft": 0.5}, {"mouthUpperUpLeft": 0.5}),
        ({"MouthRaiserUpper": 0.25, "MouthRaiserLower": 0.5}, {"mouthShrugUpper": 0.25, "mouthShrugLower": 0.5}),
        ({"TongueOut": 1.5}, {"tongueOut": 1.0}),
        ({"CheekPuffLeft": 0.5}, {}),
        ({"MouthTightenerLeft": 0.5}, {}),
    ],
)  # fmt: skip
def test_meanings(parameters: dict[str, float], expected: dict[str, float]) -> None:
    assert shapes(parameters) == pytest.approx(expected)


def test_the_best_way_is_taken() -> None:
    assert shapes({"JawX": -1.0, "JawLeft": 0.25})["jawLeft"] == 0.25
    assert shapes({"EyeLidLeft": 0.0, "EyeOpenLeft": 0.5, "EyeClosedLeft": 0.25})["eyeBlinkLeft"] == 0.25


@given(st.dictionaries(st.sampled_from(sorted(PARAMETERS)), st.floats(-ABSURD, ABSURD)))
def test_weights_are_always_in_range(values: dict[str, float]) -> None:
    assert all(0.0 <= weight <= 1.0 for weight in shapes(values).values())


def test_with_every_parameter_every_shape_is_known() -> None:
    assert shapes(dict.fromkeys(PARAMETERS, 0.5)).keys() == set(arkit.NAMES)
