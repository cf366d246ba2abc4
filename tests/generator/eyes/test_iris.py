"""Drawn eyes whose iris is known exactly."""

from dataclasses import dataclass

import numpy as np
import pytest

from generator.eyes.iris import Iris, complete, fit
from generator.tools.window import Window

SHAPE = (160, 200)
WINDOW = Window.whole(SHAPE)
WHITE, RIM, COLOUR, PUPIL = (236.0, 232.0, 228.0), (40.0, 50.0, 60.0), (70.0, 120.0, 150.0), 20.0
SKIN = (225.0, 180.0, 160.0)


@dataclass(frozen=True)
class Eye:
    """picture: with lids over it. whole: without. aperture: where it is seen. ring_px: what a tracker would say."""

    picture: np.ndarray
    whole: np.ndarray
    aperture: np.ndarray
    ring_px: np.ndarray
    centre_px: tuple[float, float]
    radius_px: float


def draw(
    *, centre: tuple[float, float] = (100.3, 80.6), radius: float = 22.0, said: float = 1.0,
    hidden: float = 1.0 / 3.0, half_width: float = 60.0, shape: tuple[int, int] = SHAPE,
) -> Eye:  # fmt: skip
    """An iris, four times supersampled, with a dark limbus and a pupil; the upper lid hides `hidden` of its height.

    said: the tracker's radius over the true one.
    """
    fine = (np.mgrid[0 : 4 * shape[0], 0 : 4 * shape[1]] + 0.5) / 4.0 - 0.5
    y, x = fine[0], fine[1]
    distance = np.hypot(x - centre[0], y - centre[1]) / radius
    colours = np.where(distance[..., None] < 1.0, COLOUR, WHITE)
    colours[(distance > 0.85) & (distance < 1.0)] = RIM
    colours[distance < 0.4] = PUPIL
    whole = colours.reshape(shape[0], 4, shape[1], 4, 3).mean(axis=(1, 3)).astype(np.float32)
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]]
    top, bottom = centre[1] - radius + 2.0 * radius * hidden, centre[1] + 1.1 * radius
    aperture = (rows >= top) & (rows <= bottom) & (np.abs(columns - centre[0]) <= half_width)
    picture = np.where(aperture[..., None], whole, np.float32(SKIN)).astype(np.float32)
    turns = np.array([[0, 0], [1, 0], [0, -1], [-1, 0], [0, 1]], np.float64)
    return Eye(picture, whole, aperture, (centre + radius * said * turns).astype(np.float32), centre, radius)


@pytest.mark.parametrize("radius", [9.0, 14.0, 22.0, 30.0])
@pytest.mark.parametrize("said", [0.8, 0.9, 1.0, 1.15])
def test_the_radius_is_found(radius: float, said: float) -> None:
    eye = draw(radius=radius, said=said, half_width=2.6 * radius)
    found = fit(WINDOW, eye.picture, eye.aperture, eye.ring_px)
    assert found.radius_px[0] == pytest.approx(radius, rel=0.08)
    assert found.radius_px[1] == pytest.approx(radius, rel=0.16)
    assert found.centre_px == pytest.approx(eye.centre_px, abs=0.08 * radius)


@pytest.mark.parametrize("said", [1.0 / 1.5, 1.0 / 1.7])
def test_a_huge_drawn_iris_is_found(said: float) -> None:
    """Trackers give drawn eyes the iris of a person."""
    eye = draw(radius=36.0, said=said, half_width=70.0)
    found = fit(WINDOW, eye.picture, eye.aperture, eye.ring_px)
    assert found.radius_px[0] == pytest.approx(36.0, rel=0.08)
    assert found.radius_px[1] >= found.radius_px[0]


def test_brightness_and_noise_do_not_move_it() -> None:
    eye = draw(said=0.9)
    noisy = eye.picture * 0.5 + np.random.default_rng(2).normal(0.0, 4.0, eye.picture.shape)
    found = fit(WINDOW, noisy.astype(np.float32), eye.aperture, eye.ring_px)
    assert found.radius_px[0] == pytest.approx(22.0, rel=0.08)


def test_where_nothing_is_seen_the_tracker_is_believed() -> None:
    eye = draw(said=1.1)
    flat = np.full_like(eye.picture, 128.0)
    for picture, aperture in ((flat, eye.aperture), (eye.picture, np.zeros(SHAPE, bool))):
        found = fit(WINDOW, picture, aperture, eye.ring_px)
        assert found.centre_px == pytest.approx(eye.centre_px, abs=1e-3)
        assert found.radius_px == pytest.approx((24.2, 24.2), rel=1e-4)


def test_an_iris_of_no_size_becomes_a_small_one() -> None:
    eye = draw()
    found = fit(WINDOW, eye.picture, eye.aperture, np.repeat(eye.ring_px[:1], 5, axis=0))
    assert min(found.radius_px) >= 2.0


@pytest.mark.parametrize("grown", [1.0, 1.04, 1.5])
def test_alpha_is_a_soft_disc(grown: float) -> None:
    iris = Iris((100.3, 80.6), (20.0, 24.0))
    alpha = iris.alpha(WINDOW, grown=grown)
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    distance = np.hypot((columns - 100.3) / (20.0 * grown), (rows - 80.6) / (24.0 * grown))
    assert alpha.dtype == np.float32
    assert (alpha[distance <= 1.0] == 1.0).all()
    assert (alpha[distance >= 1.3] == 0.0).all()
    assert ((alpha > 0.0) & (alpha < 1.0)).any()
    order = np.argsort(distance.ravel())
    assert (np.diff(alpha.ravel()[order]) <= 1e-5).all()


@pytest.mark.parametrize("centre", [(-3.0, 40.0), (5.0, 2.0), (198.0, 158.0), (500.0, 500.0)])
def test_alpha_at_the_picture_s_edge(centre: tuple[float, float]) -> None:
    alpha = Iris(centre, (12.0, 12.0)).alpha(WINDOW)
    assert alpha.shape == SHAPE
    if centre[0] < 200:
        assert alpha.max() == 1.0


@pytest.mark.parametrize("hidden", [0.2, 1.0 / 3.0, 0.45])
def test_the_hidden_part_is_completed(hidden: float) -> None:
    eye = draw(hidden=hidden)
    iris = fit(WINDOW, eye.picture, eye.aperture, eye.ring_px)
    painted = complete(WINDOW, eye.picture, eye.aperture, iris)
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    disc = np.hypot(columns - eye.centre_px[0], rows - eye.centre_px[1]) <= eye.radius_px
    behind = disc & ~eye.aperture
    assert behind.sum() > 100
    error = np.abs(painted - eye.whole).mean(axis=-1)
    before = np.abs(eye.picture - eye.whole).mean(axis=-1)
    assert error[behind].mean() < 6.0
    assert error[behind].mean() < 0.1 * before[behind].mean()
    assert np.percentile(error[behind], 95) < 40.0  # the limbus is half a pixel off somewhere


def test_what_is_seen_stays() -> None:
    eye = draw()
    before = eye.picture.copy()
    painted = complete(WINDOW, eye.picture, eye.aperture, Iris(eye.centre_px, (22.0, 22.0)))
    assert np.array_equal(eye.picture, before)
    assert np.array_equal(painted[eye.aperture], eye.picture[eye.aperture])
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    away = (np.abs(columns - eye.centre_px[0]) > 30.0) | (np.abs(rows - eye.centre_px[1]) > 30.0)
    assert np.array_equal(painted[away], eye.picture[away])


def test_hidden_above_and_below_at_once() -> None:
    """What no mirror image shows takes the mean of its ring: never the colour of the lids."""
    eye = draw()
    rows = np.arange(SHAPE[0])[:, None]
    slit = eye.aperture & (np.abs(rows - eye.centre_px[1]) < 9.0)
    picture = np.where(slit[..., None], eye.whole, np.float32(SKIN)).astype(np.float32)
    painted = complete(WINDOW, picture, slit, Iris(eye.centre_px, (22.0, 22.0)))
    columns = np.arange(SHAPE[1])[None, :]
    disc = np.hypot(columns - eye.centre_px[0], rows - eye.centre_px[1]) <= 0.9 * eye.radius_px
    assert np.abs(painted - eye.whole).mean(axis=-1)[disc].mean() < 12.0
    assert (painted[disc][:, 0] < 150.0).all()


def test_highlights_on_most_of_a_slit_are_not_carried_on() -> None:
    """A narrow eye before two lamps: its rings are seen at both sides only, and more than half of that is light."""
    eye = draw()
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    slit = eye.aperture & (np.abs(rows - eye.centre_px[1]) < 8.0)
    across = np.abs(columns - eye.centre_px[0]) / eye.radius_px
    lamps = slit & (across > 0.45) & (across < 0.8) & (rows < eye.centre_px[1] + 1.5)
    picture = np.where(slit[..., None], eye.whole, np.float32(SKIN)).astype(np.float32)
    picture[lamps] = (225.0, 232.0, 240.0)
    painted = complete(WINDOW, picture, slit, Iris(eye.centre_px, (22.0, 22.0)))
    disc = np.hypot(columns - eye.centre_px[0], rows - eye.centre_px[1]) <= 0.78 * eye.radius_px
    hidden = disc & (rows < eye.centre_px[1] - 10.0)
    assert painted[hidden].mean(axis=-1).max() < 150.0


def test_a_shut_eye_is_left_alone() -> None:
    eye = draw()
    painted = complete(WINDOW, eye.picture, np.zeros(SHAPE, bool), Iris(eye.centre_px, (22.0, 22.0)))
    assert np.array_equal(painted, eye.picture)


@pytest.mark.parametrize("centre", [(4.0, 5.0), (196.0, 156.0)])
def test_an_iris_on_the_picture_s_edge(centre: tuple[float, float]) -> None:
    eye = draw(centre=centre)
    iris = fit(WINDOW, eye.picture, eye.aperture, eye.ring_px)
    painted = complete(WINDOW, eye.picture, eye.aperture, iris)
    assert painted.shape == eye.picture.shape
    assert np.isfinite(painted).all()
