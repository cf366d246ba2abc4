"""generator.identity.dots"""

import numpy as np
import pytest

from generator.identity import dots, rig


def picture(centres_px: np.ndarray, side: int = 128) -> np.ndarray:
    """Dots as a rasteriser with bilinear sampling draws them."""
    image = np.zeros((side, side))
    tile = np.pad(rig.dot()[..., 0].astype(float), 1)
    for x, y in centres_px:
        left, top = x - 0.5 - rig.DOT_HALF_PX - 1, y - 0.5 - rig.DOT_HALF_PX - 1
        column, row = int(np.floor(left)), int(np.floor(top))
        fx, fy = left - column, top - row
        for dy, wy in ((0, 1.0 - fy), (1, fy)):
            for dx, wx in ((0, 1.0 - fx), (1, fx)):
                image[row + dy : row + dy + 15, column + dx : column + dx + 15] += wx * wy * tile
    return np.repeat(np.round(image).astype(np.uint8)[..., None], 4, axis=2)


def test_places_to_a_hundredth_of_a_pixel(rng: np.random.Generator) -> None:
    centres = np.array([[30.0, 40.0], [60.5, 90.5], [99.3, 20.7]]) + rng.uniform(-0.5, 0.5, (3, 2))
    found = dots.find(picture(centres), centres + rng.uniform(-1.0, 1.0, (3, 2)))
    np.testing.assert_allclose(found, centres, atol=0.01)


def test_a_dot_that_is_not_there() -> None:
    centres = np.array([[30.0, 40.0], [60.0, 90.0]])
    with pytest.raises(ValueError, match="1 of 2 dots are hidden"):
        dots.find(picture(centres[:1]), centres)


def test_two_dots_in_one() -> None:
    near = np.array([[40.0, 40.0], [44.0, 40.0]])
    with pytest.raises(ValueError, match="dots are hidden, missing or not alone"):
        dots.find(picture(near), near)


def test_grey_around_a_tile_does_not_pull() -> None:
    image = picture(np.array([[40.25, 40.75]]))
    image[:, 48:] = rig.SKIN
    np.testing.assert_allclose(dots.find(image, np.array([[40.0, 41.0]])), [[40.25, 40.75]], atol=0.01)
