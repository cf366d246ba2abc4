"""runtime.checks.appraisal_rules: the rules told from landmarks."""

import numpy as np
import pytest

from assets import arkit
from generator.engines import pose
from runtime.checks.appraisal_rules import RULES, opening

NEUTRAL = pose.mean_face()[0][:, :2] * [1.0, -1.0]
BY_NAME = {rule.name: rule for rule in RULES}


def moved(*moves: tuple[int | tuple[int, ...], float, float]) -> np.ndarray:
    """The mean face with landmarks moved: (which, right, down) in IOD."""
    points = NEUTRAL.copy()
    for which, right, down in moves:
        points[[which] if isinstance(which, int) else list(which)] += (right, down)
    return points


def test_there_are_forty_of_known_shapes() -> None:
    assert len(RULES) == len(BY_NAME) == 40
    assert {name for rule in RULES for name in rule.weights} <= set(arkit.NAMES)
    assert len({rule.miss for rule in RULES}) == 40


def test_a_still_face_keeps_no_rule_but_that_of_sealed_lips() -> None:
    kept = [rule.name for rule in RULES if rule.met(rule.measure(NEUTRAL, NEUTRAL))]
    assert kept == ["lips close on an open jaw"]


@pytest.mark.parametrize(
    ("name", "seen", "value"),
    [
        ("look left, left eye", moved((473, 0.05, 0.0)), 0.05),
        ("look right, left eye", moved((473, -0.05, 0.0)), 0.05),
        ("look up, right eye", moved((468, 0.0, -0.03)), 0.03),
        ("smile left", moved((291, 0.1, -0.08)), 0.08),
        ("frown right", moved((61, 0.0, 0.04)), 0.04),
        ("jaw left", moved((152, 0.06, 0.0)), 0.06),
        ("jaw right", moved((152, -0.06, 0.0)), 0.06),
        ("mouth right", moved(((13, 14, 61, 291), -0.05, 0.0)), 0.05),
        ("brow down left", moved(((296, 336, 300, 293, 334), 0.0, 0.06)), 0.06),
        ("brow inner up right", moved(((66, 107), 0.0, -0.07)), 0.07),
        ("lower lip down left", moved(((314, 405), 0.0, 0.05)), 0.05),
        ("jaw drops the chin", moved((152, 0.0, 0.2)), 0.2),
        ("jaw opens the lips", moved((14, 0.0, 0.4)), 0.4 + float(np.linalg.norm(NEUTRAL[14] - NEUTRAL[13]))),
        ("pucker narrows", moved((61, 0.1, 0.0), (291, -0.1, 0.0)), 1.0 - 0.2 / 0.771),
    ],
)
def test_measures_have_the_right_sign(name: str, seen: np.ndarray, value: float) -> None:
    rule = BY_NAME[name]
    assert rule.measure(NEUTRAL, seen) == pytest.approx(value, abs=0.003)
    assert rule.met(value)


def closed(*sides: str, share: float) -> np.ndarray:
    points = NEUTRAL.copy()
    for side in sides:
        for upper, lower in {"Right": ((159, 145), (158, 153), (160, 144)),
                             "Left": ((386, 374), (385, 380), (387, 373))}[side]:  # fmt: skip
            points[upper] = points[lower] + share * (points[upper] - points[lower])
    return points


def test_lids() -> None:
    shut = closed("Left", "Right", share=0.1)
    assert opening(shut, "Left") == pytest.approx(0.1 * opening(NEUTRAL, "Left"))
    assert BY_NAME["blink left"].measure(NEUTRAL, shut) == pytest.approx(0.1)
    assert not BY_NAME["wink left"].met(BY_NAME["wink left"].measure(NEUTRAL, shut))
    wink = closed("Left", share=0.3)
    assert BY_NAME["wink left"].measure(NEUTRAL, wink) == pytest.approx(0.7)
    assert BY_NAME["wink right"].measure(NEUTRAL, wink) == pytest.approx(-0.7)
    assert BY_NAME["wide right"].measure(NEUTRAL, closed("Right", share=1.2)) == pytest.approx(1.2)


def test_what_was_not_seen_is_not_met() -> None:
    for rule in RULES:
        assert not rule.met(None)
        assert not rule.met(float("nan"))
