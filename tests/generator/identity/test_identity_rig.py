"""generator.identity.rig"""

import numpy as np
import pytest

from assets import identity
from assets.identity import LIMIT
from generator.identity import rig
from renderer.deform import Deformer


@pytest.mark.parametrize("level", [-1.0, 0.0, 0.37, 1.0])
def test_a_frame_puts_every_dot_on_its_key_point(level: float, rng: np.random.Generator) -> None:
    template = identity.template()
    model = rig.build(template)
    weights = rng.uniform(-LIMIT, LIMIT, 21) if level == 0.37 else np.full(21, level * LIMIT)
    positions = Deformer(model).deform(rig.frame(weights))
    start, stop = model.layer("dots").vertex_range
    middles = positions[start:stop].reshape(-1, 4, 2).mean(axis=1)
    np.testing.assert_allclose(middles, template.face(weights)[template.keypoints], atol=2e-3)
    sizes = np.ptp(positions[start:stop].reshape(-1, 4, 2), axis=1)
    np.testing.assert_allclose(sizes, 2 * rig.DOT_HALF_PX + 1, atol=1e-3)


def test_the_face_is_dark_its_features_black_and_the_dots_white() -> None:
    model = rig.build(identity.template())
    assert [layer.name for layer in model.layers] == ["skin", "features", "dots"]
    assert int(model.textures["features"][..., :3].max()) == 0
    assert int(model.textures["skin"][0, 0, 0]) == rig.SKIN < 100
    dot = rig.dot()
    assert int(dot[6, 6, 0]) == 255
    assert not dot[[0, 1, -2, -1]].any(axis=0)[:, :3].any()
    assert (dot[..., 3] == 255).all()
