"""generator.identity.template"""

import numpy as np

from assets import identity
from assets.identity import COMPONENTS, LIMIT, PARAMETERS
from generator.identity import template as maker
from generator.identity.windows import LANDMARKS


def test_the_shipped_file_is_what_the_script_makes() -> None:
    made, shipped = maker.make(), identity.template()
    np.testing.assert_allclose(made.points_px, shipped.points_px, atol=1e-9)
    np.testing.assert_allclose(made.basis_px, shipped.basis_px, atol=1e-9)
    assert made.keypoints.tolist() == shipped.keypoints.tolist()


def test_each_shape_moves_its_own_key_points_and_no_others() -> None:
    template = identity.template()
    moved = np.abs(template.basis_px).max(axis=2) * LIMIT
    for row, parameter in enumerate(PARAMETERS):
        component = parameter.split(".")[0]
        mine = np.isin(template.keypoints, LANDMARKS[component])
        on_keypoints = moved[row, template.keypoints]
        assert on_keypoints[mine].max() > 25.0, parameter
        assert on_keypoints[~mine].max() < 1.5, parameter
    assert {name.split(".")[0] for name in PARAMETERS} == set(COMPONENTS)


def test_key_points_belong_to_components_and_differ() -> None:
    used = {landmark for landmarks in LANDMARKS.values() for landmark in landmarks}
    assert set(maker.KEYPOINTS) <= used
    assert len(set(maker.KEYPOINTS)) == len(maker.KEYPOINTS) == 62
