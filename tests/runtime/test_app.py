"""runtime.app"""

from collections.abc import Iterator

import numpy as np
import pytest

from assets.avatar import AvatarModel
from assets.errors import GraphicsError
from assets.face import FaceFrame
from renderer.surface import Event, KeyPressed, OffscreenSurface, Quit, Resized
from runtime import app

pytestmark = pytest.mark.gl

GREEN = (0.0, 1.0, 0.0, 1.0)


def test_a_stage_draws_over_its_background(tiny: AvatarModel) -> None:
    with app.offscreen(tiny, (48, 48), background=GREEN) as stage:
        stage.draw(FaceFrame())
        picture = stage.read_rgba().copy()
        assert (picture[0, 0] == (0, 255, 0, 255)).all()
        assert (picture[40, 24] == (230, 180, 150, 255)).all()
        stage.draw(FaceFrame.from_mapping({"jawOpen": 1.0}))
        assert (stage.read_rgba() != picture).any()
        assert stage.draw_calls >= 1
        assert stage.size_px == (48, 48)
        assert stage.gl_info.renderer
        assert stage.open()


def test_a_closed_stage_frees_the_context(tiny: AvatarModel) -> None:
    for _ in range(3):
        with app.offscreen(tiny, (16, 16), background=GREEN) as stage:
            stage.draw(FaceFrame())


@pytest.mark.parametrize(
    ("events", "stays"),
    [([], True), ([KeyPressed("a"), Resized((9, 9))], True), ([Quit()], False), ([KeyPressed("escape")], False),
     ([KeyPressed("a"), KeyPressed("q")], False)],
)  # fmt: skip
def test_what_closes_the_show(events: list[Event], stays: bool, tiny: AvatarModel) -> None:
    class Telling(OffscreenSurface):
        def events(self) -> Iterator[Event]:
            return iter(events)

    with app.Stage(tiny, Telling((16, 16))) as stage:
        assert stage.open() is stays


def test_a_key_does_what_it_was_given_to_do(tiny: AvatarModel) -> None:
    class Telling(OffscreenSurface):
        def events(self) -> Iterator[Event]:
            return iter([KeyPressed("n"), KeyPressed("x"), KeyPressed("n")])

    pressed: list[str] = []
    with app.Stage(tiny, Telling((16, 16))) as stage:
        stage.keys["n"] = lambda: pressed.append("n")
        assert stage.open()
    assert pressed == ["n", "n"]


def test_drawing_single_pictures_of_any_size(tiny: AvatarModel) -> None:
    with app.drawing(tiny) as draw:
        small = draw(FaceFrame(), (24, 16), (0.0, 0.0, 0.0, 0.0))
        large = draw(FaceFrame(), (96, 96), GREEN)
        again = draw(FaceFrame(), (24, 16), (0.0, 0.0, 0.0, 0.0))
    assert (small.shape, large.shape) == ((16, 24, 4), (96, 96, 4))
    assert (small == again).all()
    assert small is not again
    assert small[0, 0, 3] == 0
    assert np.asarray(large[0, 0]).tolist() == [0, 255, 0, 255]


def test_windows_are_as_large_as_the_canvas_up_to_a_limit() -> None:
    assert app.window_size_px((400, 300)) == (400, 300)
    assert app.window_size_px((1800, 900)) == (900, 450)
    assert app.window_size_px((8000, 1)) == (900, 1)


def test_no_display_is_said_before_sdl_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(GraphicsError, match="there is no display for a window; use --headless"):
        app.surface((32, 32), title="x")
    monkeypatch.setenv("DISPLAY", ":0")
    app.check_display()


def test_a_minimised_window_keeps_its_last_picture(tiny: AvatarModel) -> None:
    class Shrinking(OffscreenSurface):
        minimised = False

        @property
        def size_px(self) -> tuple[int, int]:
            return (0, 0) if self.minimised else super().size_px

    surface = Shrinking((16, 16))
    with app.Stage(tiny, surface, background=GREEN) as stage:
        stage.draw(FaceFrame())
        shown = stage.read_rgba().copy()
        surface.minimised = True
        stage.draw(FaceFrame.from_mapping({"jawOpen": 1.0}))
        assert (stage.read_rgba() == shown).all()
