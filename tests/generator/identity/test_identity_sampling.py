"""generator.identity.sampling"""

import numpy as np

from assets import identity
from assets.identity import LIMIT
from generator.identity import sampling
from generator.identity.rig import APART_PX


def test_a_sample_is_a_function_of_seed_and_number() -> None:
    template = identity.template()
    first = [sampling.weights(template, 3, number) for number in (5, 6, 5)]
    np.testing.assert_array_equal(first[0], first[2])
    assert not np.array_equal(first[0], first[1])
    assert not np.array_equal(first[0], sampling.weights(template, 4, 5))


def test_samples_fill_the_range_and_no_dots_touch() -> None:
    template = identity.template()
    thrown = np.stack([sampling.weights(template, 0, number) for number in range(120)])
    assert np.abs(thrown).max() <= LIMIT
    assert thrown.min(axis=0).max() < -0.7 * LIMIT
    assert thrown.max(axis=0).min() > 0.7 * LIMIT
    assert sampling.apart(sampling.keypoints(template, thrown)).all()


def test_apart_looks_along_the_axes() -> None:
    near, far = APART_PX - 0.1, APART_PX + 0.1
    pairs = np.array([[[0, 0], [near, near]], [[0, 0], [far, 0]], [[0, 0], [near, -far]]])
    assert sampling.apart(pairs).tolist() == [False, True, True]
