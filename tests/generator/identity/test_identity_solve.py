"""generator.identity.solve"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assets import identity
from generator.identity.solve import Solver

SOLVER = Solver.of(identity.template())


@given(st.lists(st.floats(-30.0, 30.0), min_size=21, max_size=21))
def test_the_closed_form_recovers_the_weights_exactly(weights: list[float]) -> None:
    template = identity.template()
    points = template.face(np.array(weights))[template.keypoints]
    np.testing.assert_allclose(SOLVER.weights(points), weights, atol=1e-9)


def test_what_no_shape_can_make_is_left_to_the_residual(rng: np.random.Generator) -> None:
    template = identity.template()
    points = template.points_px[template.keypoints] + rng.normal(0.0, 10.0, (62, 2))
    weights = SOLVER.weights(points)
    residual = (points - template.face(weights)[template.keypoints]).ravel()
    columns = template.basis_px[:, template.keypoints].reshape(21, -1)
    np.testing.assert_allclose(columns @ residual, 0.0, atol=1e-6)


def test_many_faces_at_once(rng: np.random.Generator) -> None:
    template = identity.template()
    wanted = rng.uniform(-30.0, 30.0, (4, 5, 21))
    points = np.stack([[template.face(w)[template.keypoints] for w in row] for row in wanted])
    np.testing.assert_allclose(SOLVER.weights(points), wanted, atol=1e-9)
