"""generator.matting.locks: hair of given tones."""

import numpy as np
import pytest

from generator.matting import dome, locks

SHAPE = (400, 500)
UNIT = 100.0
HAIRLINE = dome.Dome((250.0, 380.0), 200.0, 150.0, 150.0)
OUTLINE = dome.Dome((250.0, 380.0), 340.0, 220.0, 220.0)


def sampled(tones: list[tuple[int, int, int]], wide_px: int) -> tuple[np.ndarray, np.ndarray]:
    """A picture of upright strands, `wide_px` wide, of those tones in turn, and where they are seen."""
    picture = np.full((*SHAPE, 3), 255.0, np.float32)
    sample = np.zeros(SHAPE, np.bool_)
    sample[200:360, 40:120] = True
    which = (np.arange(SHAPE[1]) // wide_px) % len(tones)
    picture[sample] = np.broadcast_to(np.array(tones, np.float32)[which], picture.shape)[sample]
    return picture, sample


def hair_between(*, swept: bool = False, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    picture, sample = sampled([(40, 30, 20), (90, 70, 50), (140, 110, 80)], 2)
    drawn = locks.between(picture, sample, HAIRLINE, OUTLINE, UNIT, swept=swept, seed=seed)
    return drawn, (HAIRLINE.level(SHAPE) > 1.05) & (OUTLINE.level(SHAPE) < 0.9)


def test_hair_has_the_tones_that_are_seen_and_no_others() -> None:
    drawn, inside = hair_between()
    assert drawn[inside].min(axis=0) == pytest.approx([40, 30, 20], abs=12)
    assert drawn[inside].max(axis=0) == pytest.approx([140, 110, 80], abs=12)
    assert 60 < drawn[inside][:, 0].mean() < 120


def test_flat_hair_stays_flat() -> None:
    picture, sample = sampled([(90, 60, 40)], 2)
    drawn = locks.between(picture, sample, HAIRLINE, OUTLINE, UNIT, swept=False)
    assert drawn == pytest.approx(np.broadcast_to(np.float32([90, 60, 40]), drawn.shape), abs=1.0)


@pytest.mark.parametrize(("swept", "rougher"), [(False, 1), (True, 0)])
def test_strands_run_away_from_the_face_or_along_the_head(swept: bool, rougher: int) -> None:
    """At the top of the head: strands that run up differ from column to column, those along it from row to row."""
    drawn, _ = hair_between(swept=swept)
    light = drawn[60:160, 200:300].mean(axis=-1)
    unrest = [float(np.abs(np.diff(light, axis=axis)).mean()) for axis in (0, 1)]
    assert unrest[rougher] > 2.0 * unrest[1 - rougher]


def test_hair_is_the_same_for_the_same_seed() -> None:
    assert np.array_equal(hair_between(seed=3)[0], hair_between(seed=3)[0])
    assert not np.array_equal(hair_between(seed=3)[0], hair_between(seed=4)[0])


def test_coarse_patches_make_calm_hair_and_fine_strands_rough_hair() -> None:
    tones = [(40, 30, 20), (140, 110, 80)]
    rough, calm = (locks.roughness(*sampled(tones, wide), UNIT) for wide in (2, 40))
    assert rough == pytest.approx(locks.ROUGHEST)
    assert calm < 0.6 * rough


def test_made_hair_takes_the_colours_of_what_it_meets_and_only_there() -> None:
    made = np.full((*SHAPE, 3), 100.0, np.float32)
    picture = np.full((*SHAPE, 3), 60.0, np.float32)
    known = np.zeros(SHAPE, np.bool_)
    known[300:320, :200] = True
    met = locks.tied(made, picture, known, 10.0)
    assert met[298, 100, 0] == pytest.approx(60.0, abs=3.0)
    assert (met[298, 260:] == 100.0).all()
    assert (met[:200] == 100.0).all()


def test_single_hairs_stand_out_differently() -> None:
    out = locks.uneven(np.arange(1000, dtype=np.float32)[None], UNIT)
    assert out.std() == pytest.approx(0.66, abs=0.25)
    assert abs(float(out.mean())) < 0.4


def test_strands_at_the_edge_run_on_into_what_was_made_and_fade() -> None:
    made = np.full((*SHAPE, 3), 100.0, np.float32)
    picture = np.full((*SHAPE, 3), 60.0, np.float32)
    hair = np.zeros(SHAPE, np.float32)
    hair[:, 100:200] = 1.0
    grown = locks.grown_out(made, picture, hair, np.full(SHAPE[1], 200), UNIT)[..., 0]
    assert (np.diff(grown[180:202, 150]) <= 0.0).all()
    assert grown[201, 150] < 66.0
    assert (grown[:, 250] == 100.0).all()
    assert (grown[:180, 150] == 100.0).all()
    assert (grown[202:] == 100.0).all()
