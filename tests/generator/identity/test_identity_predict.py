"""generator.identity.predict"""

import numpy as np
import pytest

from assets import identity
from assets.identity import LIMIT, PARAMETERS
from generator.identity import predict


def test_the_template_itself_is_all_zero() -> None:
    found = predict.identify(identity.template().points_px)
    assert np.abs(found.weights).max() < 1.0
    np.testing.assert_allclose(found.least_squares, 0.0, atol=1e-9)
    assert found.residual_iod[1] == pytest.approx(0.0, abs=1e-12)


def test_size_and_place_in_the_picture_do_not_matter() -> None:
    template = identity.template()
    weights = np.zeros(21)
    weights[[2, 5, 10]] = 12.0, 12.0, -9.0  # eyes larger, mouth higher: the outline stays
    points = template.face(weights) * 0.37 + [140.0, -25.0]
    found = predict.identify(points)
    np.testing.assert_allclose(found.least_squares, weights, atol=1e-6)
    np.testing.assert_allclose(found.weights, weights, atol=1.5)
    np.testing.assert_allclose(predict.on_template(points), template.face(weights), atol=1e-6)


def test_a_face_that_no_weights_can_make_keeps_a_residual(rng: np.random.Generator) -> None:
    points = identity.template().points_px + rng.normal(0.0, 12.0, (478, 2))
    found = predict.identify(points)
    network, closed = found.residual_iod
    assert 0.02 < closed <= network < 0.08
    assert np.abs(found.weights).max() <= LIMIT
    # off the linear faces the network answers about what least squares do
    assert np.abs(found.weights - found.least_squares).mean() < 2.0


def test_facts_name_every_parameter() -> None:
    facts = predict.facts_of(identity.template().points_px)
    assert list(facts["weights"]) == list(facts["least_squares"]) == list(PARAMETERS)
    assert len(facts["residual_iod"]) == 2
