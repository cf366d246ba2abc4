"""runtime.overlays.pictures"""

from collections.abc import Callable

import numpy as np
import pytest

from runtime.overlays import pictures
from runtime.overlays.pictures import Picture

SKIN = (90.0, 60.0, 45.0)
DRAWN: dict[str, Callable[[tuple[int, int]], Picture]] = {
    "blush": lambda size_px: pictures.blush(size_px, SKIN),
    **{name: getattr(pictures, name) for name in ("drop", "stream", "pool", "gloom", "lines")},
    **{name: getattr(pictures, name) for name in ("anger", "heart", "star")},
}


@pytest.mark.parametrize("size", [(1, 1), (4, 9), (61, 40), (200, 300)], ids=str)
@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_of_any_size(name: str, size: tuple[int, int]) -> None:
    picture = DRAWN[name](size)
    assert picture.shape == (size[1], size[0], 4)
    assert picture.dtype == np.uint8
    assert np.array_equal(picture, DRAWN[name](size))
    if min(size) > 30:
        assert 90 <= picture[..., 3].max() <= 255


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_is_cut_off_at_the_edges(name: str) -> None:
    """What a picture shows ends within it: but for the water that meets the lid's edge."""
    alpha = DRAWN[name]((120, 120))[..., 3]
    sides = [alpha[0], alpha[:, 0], alpha[:, -1]]
    assert max(int(side.max()) for side in (*sides, alpha[-1])[: 3 if name == "pool" else 4]) <= 12


@pytest.mark.parametrize("name", ["blush", "gloom", "anger"])
def test_both_sides_are_alike(name: str) -> None:
    picture = DRAWN[name]((80, 60)).astype(int)
    assert np.abs(picture - picture[:, ::-1]).max() <= 1


def test_transparent_texels_have_the_colour_of_the_shape() -> None:
    """Or a dark fringe would show where the picture is enlarged."""
    picture = pictures.drop((40, 60))
    assert (picture[0, 0, :3] > 150).all()


def test_a_blush_is_redder_than_the_skin_and_keeps_its_tone() -> None:
    pale, dark = (pictures.blush((40, 40), skin)[20, 20, :3].astype(int) for skin in ((240.0, 200.0, 180.0), SKIN))
    assert dark.sum() < pale.sum()
    for rose, (red, green, blue) in ((pale, (240, 200, 180)), (dark, SKIN)):
        assert rose[0] - rose[1] > red - green + 15
        assert rose[0] - rose[2] > red - blue + 5
