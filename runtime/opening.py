"""From an avatar's file to the first picture, quickly: the file is read while the window opens."""

from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from assets.avatar import AvatarModel
from runtime.arguments import Rgba
from runtime.beside import beside

if TYPE_CHECKING:
    from renderer.prepared import Prepared
    from runtime.app import Stage


class Opening:
    """An avatar on its way from its file to a stage."""

    def __init__(self, avatar: Path, size_px: tuple[int, int] | None, *, headless: bool) -> None:
        self._size_px, self._headless = size_px, headless
        self._model: Future[AvatarModel] = beside(lambda: _read(avatar), name="read avatar")
        self._prepared: Future[Prepared] = beside(self._prepare, name="prepare avatar")

    def model(self) -> AvatarModel:
        """The avatar. Raises AvatarError."""
        return self._model.result()

    def size_px(self) -> tuple[int, int]:
        """(width, height) of the picture or window."""
        from runtime import app

        canvas_px = self.model().canvas_px
        return self._size_px or (canvas_px if self._headless else app.window_size_px(canvas_px))

    def stage(self, *, background: Rgba, title: str) -> "Stage":
        """The stage with the avatar on it. Raises GraphicsError."""
        from runtime import app

        surface = app.surface(self.size_px(), title=None if self._headless else title)
        try:
            prepared = self._prepared.result()
        except BaseException:
            surface.close()
            raise
        # Waiting for the rasteriser keeps the times true; a window waits for its screen.
        return app.Stage(prepared.model, surface, background=background, profile=self._headless, prepared=prepared)

    def _prepare(self) -> "Prepared":
        from renderer.prepared import prepare
        from runtime.overlays import with_overlays

        model = with_overlays(self.model())
        return prepare(model, self.size_px())


def _read(avatar: Path) -> AvatarModel:
    from assets import store

    return store.load(avatar)
