"""All of a model's preparation that needs no OpenGL, and most of the time: on any thread, so that no picture waits."""

from dataclasses import dataclass
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


def pages(model: AvatarModel, reduction: dict[str, int], max_side_px: int) -> Pages:
    """The pages of a model at one reduction."""
    made = atlas.build(model, reduction=reduction, max_side_px=max_side_px)
    return Pages(reduction, max_side_px, made, coverage(model, made))
