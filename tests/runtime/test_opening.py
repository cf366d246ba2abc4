"""runtime.opening: an avatar is read and prepared while the stage opens, and shown as any other."""

from pathlib import Path

import pytest

from assets.avatar import AvatarModel
from assets.errors import AvatarError
from assets.face import FaceFrame
from runtime import app
from runtime.opening import Opening

pytestmark = pytest.mark.gl

GREEN = (0.0, 1.0, 0.0, 1.0)


def test_what_is_opened_is_what_is_drawn(tiny: AvatarModel, tiny_path: Path) -> None:
    opening = Opening(tiny_path, (32, 24), headless=True)
    assert opening.model().title == "Tiny"
    face = FaceFrame.from_mapping({"jawOpen": 0.7})
    with opening.stage(background=GREEN, title="x") as stage:
        stage.draw(face)
        picture = stage.read_rgba().copy()
    with app.offscreen(tiny, (32, 24), background=GREEN) as stage:
        stage.draw(face)
        assert (stage.read_rgba() == picture).all()


def test_without_a_size_it_is_as_large_as_the_canvas(tiny_path: Path) -> None:
    assert Opening(tiny_path, None, headless=True).size_px() == (48, 48)


def test_no_avatar_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "bad.avatar").write_bytes(b"nothing")
    opening = Opening(tmp_path / "bad.avatar", None, headless=True)
    with pytest.raises(AvatarError):
        opening.model()
    with pytest.raises(AvatarError):
        opening.stage(background=GREEN, title="x")
