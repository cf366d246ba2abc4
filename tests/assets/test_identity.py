"""assets.identity"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import identity


def test_six_features_with_three_weights_each_and_the_outline() -> None:
    assert len(identity.PARAMETERS) == len(set(identity.PARAMETERS)) == 21
    for component in identity.FEATURES:
        assert [name for name in identity.PARAMETERS if name.startswith(f"{component}.")] == [
            f"{component}.x", f"{component}.y", f"{component}.scale",
        ]  # fmt: skip
    assert identity.PARAMETERS[-3:] == ("face.long", "face.broad", "face.round")
    assert identity.COMPONENTS[-1] == "face"


def test_the_shipped_template_is_a_symmetric_face_in_the_middle_of_its_canvas() -> None:
    template = identity.template()
    assert (template.side_px, template.points_px.shape, template.basis_px.shape) == (1024, (478, 2), (21, 478, 2))
    assert np.linalg.norm(template.points_px[468] - template.points_px[473]) == pytest.approx(template.unit_px)
    right, left = template.points_px[[33, 468, 61, 234]], template.points_px[[263, 473, 291, 454]]
    np.testing.assert_allclose((right + left)[:, 0] / 2.0, 512.0, atol=1e-9)
    np.testing.assert_allclose(right[:, 1], left[:, 1], atol=1e-9)
    assert identity.template() is template
    assert not template.basis_px.flags.writeable


@given(st.lists(st.floats(-30.0, 30.0), min_size=21, max_size=21))
def test_faces_are_linear_in_their_weights(weights: list[float]) -> None:
    template = identity.template()
    moved = sum((w * basis for w, basis in zip(weights, template.basis_px, strict=True)), np.zeros((478, 2)))
    np.testing.assert_allclose(template.face(np.array(weights)), template.points_px + moved, atol=1e-9)


def test_every_key_point_stays_on_the_canvas_under_the_largest_weights() -> None:
    template = identity.template()
    reach = identity.LIMIT * np.abs(template.basis_px[:, template.keypoints]).sum(axis=0)
    points = template.points_px[template.keypoints]
    assert (points - reach).min() > 8.0
    assert (points + reach).max() < template.side_px - 8.0


def test_arrays_and_facts_come_back(tmp_path: Path) -> None:
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3)[:, ::2], "b": np.array([1, 2])}
    path = tmp_path / "x.safetensors"
    path.write_bytes(identity.to_bytes(arrays, {"error": 0.25, "names": ["left", "right"]}))
    back, facts = identity.read(path)
    assert facts == {"error": 0.25, "names": ["left", "right"]}
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array)
    assert path.read_bytes() == identity.to_bytes(arrays, facts)


def test_the_template_file_says_everything(tmp_path: Path) -> None:
    template = identity.template()
    with identity.shipped(identity.TEMPLATE) as path:
        assert path.read_bytes() == identity.template_to_bytes(template)
