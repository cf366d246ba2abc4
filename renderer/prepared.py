"""All of a model's preparation that needs no OpenGL, and most of the time: on any thread, so that no picture waits."""

import logging
from dataclasses import dataclass
from threading import Thread
from typing import Final

from assets.avatar import AvatarModel
from renderer import atlas
from renderer.coverage import Coverage, coverage
from renderer.deform import Deformer
from renderer.view import WHOLE, View, place

USUAL_TEXTURE_PX: Final = 16384
"""What every graphics card of the last ten years holds, and llvmpipe too."""


@dataclass(frozen=True, slots=True, eq=False)
class Pages:
    """Texture pages at one reduction, and what of them is solid or clear."""

    reduction: dict[str, int]
    max_side_px: int
    atlas: atlas.Atlas
    known: Coverage


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A model ready to be uploaded; for one renderer, whose deformer it holds."""

    model: AvatarModel
    deformer: Deformer
    densities: dict[str, float]
    pages: Pages


def prepare(
    model: AvatarModel, size_px: tuple[int, int], *, view: View = WHOLE, max_side_px: int = USUAL_TEXTURE_PX
) -> Prepared:
    """What a renderer needs that draws `model` on a surface of this size; another size or card makes its own pages."""
    densities = atlas.texel_density(model)
    scale, _ = place(model.canvas_px, (max(size_px[0], 1), max(size_px[1], 1)), view)
    return Prepared(model, Deformer(model), densities, pages(model, atlas.reductions(densities, scale), max_side_px))


class PagesBeside:
    """Pages that are being made on a thread of their own, while the old ones are shown."""

    def __init__(self, model: AvatarModel, reduction: dict[str, int], max_side_px: int) -> None:
        self.reduction = reduction
        self.pages: Pages | None = None
        """There when `done`, unless they could not be made."""
        self._thread = Thread(target=self._make, args=(model, max_side_px), name="textures", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether there is nothing more to wait for."""
        return not self._thread.is_alive()

    def wait(self) -> None:
        """Until `done`."""
        self._thread.join()

    def _make(self, model: AvatarModel, max_side_px: int) -> None:
        try:
            self.pages = pages(model, self.reduction, max_side_px)
        except Exception as error:  # the old ones serve, if less sharply
            logging.getLogger(__name__).warning("textures could not be made anew: %s", error)


def pages(model: AvatarModel, reduction: dict[str, int], max_side_px: int) -> Pages:
    """The pages of a model at one reduction."""
    made = atlas.build(model, reduction=reduction, max_side_px=max_side_px)
    return Pages(reduction, max_side_px, made, coverage(model, made))
