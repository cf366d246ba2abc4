"""runtime.sinks.pixels, against floating point."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from runtime.sinks import pixels

PICTURES = arrays(np.uint8, st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(4)))


@settings(max_examples=40)
@given(PICTURES)
def test_premultiplied_is_colour_times_alpha_rounded(rgba: np.ndarray) -> None:
    got = pixels.premultiply(rgba, np.zeros_like(rgba))
    share = rgba[..., 3:] / 255.0
    assert np.array_equal(got[..., 3], rgba[..., 3])
    assert np.abs(got[..., :3] - rgba[..., :3] * share).max() <= 0.5 + 1e-9


@settings(max_examples=40)
@given(PICTURES)
def test_premultiplying_in_place_is_the_same(rgba: np.ndarray) -> None:
    expected = pixels.premultiply(rgba, np.zeros_like(rgba))
    assert np.array_equal(pixels.premultiply(rgba, rgba), expected)


@settings(max_examples=40)
@given(PICTURES, st.tuples(*[st.integers(0, 255)] * 3))
def test_over_a_colour(rgba: np.ndarray, colour: tuple[int, int, int]) -> None:
    behind = np.array([[[*colour, 255]]], np.uint8)
    before = rgba.copy()
    got = pixels.over(rgba, behind, np.zeros_like(rgba))
    share = rgba[..., 3:] / 255.0
    assert (got[..., 3] == 255).all()
    assert np.abs(got[..., :3] - (rgba[..., :3] * share + behind[..., :3] * (1 - share))).max() <= 0.5 + 1e-9
    assert np.array_equal(rgba, before)


@settings(max_examples=40)
@given(PICTURES, st.integers(0, 2**32))
def test_over_a_picture(rgba: np.ndarray, seed: int) -> None:
    behind = np.random.default_rng(seed).integers(0, 256, rgba.shape).astype(np.uint8)
    behind[..., 3] = 255
    got = pixels.over(rgba, behind, np.zeros_like(rgba))
    share = rgba[..., 3:] / 255.0
    assert np.abs(got[..., :3] - (rgba[..., :3] * share + behind[..., :3] * (1 - share))).max() <= 0.5 + 1e-9


def test_fitting_keeps_the_shape_and_stands_on_the_lower_edge() -> None:
    picture = np.full((20, 10, 4), 255, np.uint8)
    picture[0, 0] = 0
    assert pixels.fit(picture, (10, 20)) is picture
    wide = pixels.fit(picture, (40, 20))
    assert wide.shape == (20, 40, 4)
    assert (wide[2:, 15:25] == 255).all()
    assert not wide[:, :15].any()
    assert not wide[:, 25:].any()
    high = pixels.fit(picture, (5, 40))
    assert (high[32:] == 255).all()
    assert not high[:30].any()


def test_an_opaque_background_goes_on_beside_the_picture() -> None:
    picture = np.full((20, 10, 4), (10, 200, 30, 255), np.uint8)
    picture[10:, 3:7] = (255, 0, 0, 255)
    wide = pixels.fit(picture, (40, 20))
    assert (wide[:, :15] == (10, 200, 30, 255)).all()
    assert (wide[:, 25:] == (10, 200, 30, 255)).all()
    assert (wide[10:, 18:22] == (255, 0, 0, 255)).all()


def test_fitting_bleeds_nothing_of_what_is_clear() -> None:
    picture = np.zeros((8, 8, 4), np.uint8)
    picture[:, :4] = (255, 0, 0, 255)
    picture[:, 4:] = (0, 255, 0, 0)
    small = pixels.fit(picture, (3, 3))
    assert small[..., 1].max() <= 1
    assert 0 < small[1, 1, 3] < 255
