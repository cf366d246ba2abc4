"""generator.identity.edit in full: every parameter from end to end, and many mixtures."""

import numpy as np
import pytest

from assets import samples, store
from assets.identity import LIMIT, PARAMETERS
from generator.identity import edit

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_each_parameter_from_end_to_end(parameter: str) -> None:
    model = store.load(samples.AVATAR)
    goal = edit.weights(model)
    row = PARAMETERS.index(parameter)
    goal[row] = -LIMIT
    low = edit.apply(model, goal)
    goal[row] = LIMIT
    assert edit.flipped(model, low) == edit.flipped(model, edit.apply(model, goal)) == 0
    assert edit.flipped(low, edit.apply(low, goal)) == 0


def test_many_mixtures_of_extremes() -> None:
    model = store.load(samples.AVATAR)
    rng = np.random.default_rng(0)
    folded = [edit.flipped(model, edit.apply(model, rng.choice([-LIMIT, LIMIT], 21))) for _ in range(40)]
    assert folded == [0] * 40
