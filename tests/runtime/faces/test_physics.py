import dataclasses
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.avatar import JOINTS, AvatarModel, Chains, HeadRig, Layer
from runtime.faces.physics import REACH, Physics

LENGTH_PX = 150.0


def model_of(chains: int = 2, canvas_px: int = 800) -> AvatarModel:
    """Locks that hang straight down, 100 px apart; every joint a vertex of its own."""
    count = chains * JOINTS
    rest = np.zeros((chains, JOINTS, 2), np.float32)
    rest[..., 0] = 100.0 * np.arange(chains)[:, None] + 200.0
    rest[..., 1] = 200.0 + LENGTH_PX * np.linspace(0.0, 1.0, JOINTS)[None]
    joints = np.arange(count, dtype=np.uint32).reshape(chains, JOINTS)
    return AvatarModel(
        (canvas_px, canvas_px), rest.reshape(-1, 2), np.zeros(count, np.float32), np.ones(count, np.float32),
        np.zeros((count, 2), np.float32), np.zeros((1, 3), np.uint32), np.zeros((52, count, 2), np.float32),
        HeadRig((0.0, 0.0), 1000.0), (Layer("hair", (0, count), (0, 1), "t"),), {"t": np.zeros((1, 1, 4), np.uint8)},
        chains=Chains(joints, joints.ravel(), joints.ravel(), np.ones(count, np.float32)),
    )  # fmt: skip


def rest_of(model: AvatarModel) -> np.ndarray:
    return model.rest_px[model.chains.joints.astype(int)]


def swung(
    fps: float, path: Callable[[float], tuple[float, float]], seconds: float = 2.0, **options: float
) -> tuple[np.ndarray, np.ndarray]:
    """Times (N,) and the tip's swing (N, 2) of the first lock, while the head moves along `path`."""
    model = model_of()
    physics, rest = Physics(model, **options), rest_of(model)
    times, tips = [], []
    for frame in range(round(seconds * fps) + 1):
        physics.advance(1.0 / fps)
        offset = physics.sway((rest + np.float32(path(frame / fps))).astype(np.float32))
        times.append(frame / fps)
        tips.append(offset[0, -1].astype(float))
    return np.array(times), np.array(tips)


def nod_aside(time_s: float) -> tuple[float, float]:
    """60 px to the right within a quarter of a second, then still."""
    share = min(max(time_s / 0.25, 0.0), 1.0)
    return 60.0 * (0.5 - 0.5 * math.cos(math.pi * share)), 0.0


def still(_: float) -> tuple[float, float]:
    return 0.0, 0.0


def test_a_still_head_without_wind_has_still_hair() -> None:
    _, tips = swung(60, still, wind=0.0)
    assert tips == pytest.approx(0.0, abs=1e-4)


def test_hair_stays_behind_swings_past_and_comes_to_rest() -> None:
    times, tips = swung(60, nod_aside, 4.0, wind=0.0)
    x = tips[:, 0]
    assert x[times < 0.3].min() < -8.0  # behind the head that moves right
    assert x[(times > 0.3) & (times < 1.0)].max() > 3.0  # and past it
    assert np.abs(x[times > 3.0]).max() < 1.0
    assert np.abs(tips).max() < REACH * LENGTH_PX


def test_the_root_stays_and_the_tip_goes_farthest() -> None:
    model = model_of()
    physics, rest = Physics(model, wind=0.0), rest_of(model)
    widest = np.zeros(JOINTS)
    for frame in range(60):
        physics.advance(1 / 60)
        offset = physics.sway((rest + np.float32(nod_aside(frame / 60))).astype(np.float32))
        widest = np.maximum(widest, np.abs(offset[0, :, 0]))
    assert widest[0] == pytest.approx(0.0, abs=1e-4)
    assert (np.diff(widest) > 1.0).all()


@pytest.mark.parametrize("fps", [30, 48, 144])
def test_the_rate_of_frames_makes_no_difference(fps: int) -> None:
    times, tips = swung(60, nod_aside)
    other_times, other = swung(fps, nod_aside)
    resampled = np.stack([np.interp(times, other_times, other[:, axis]) for axis in (0, 1)], axis=1)
    assert np.abs(resampled - tips).max() < 2.0


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.floats(0.001, 2.0), st.floats(-300, 300), st.floats(-300, 300)), min_size=1, max_size=30))
def test_it_never_explodes(steps: list[tuple[float, float, float]]) -> None:
    model = model_of()
    physics, rest = Physics(model, strength=2.0, wind=2.0), rest_of(model)
    for dt_s, x, y in steps:
        physics.advance(dt_s)
        offset = physics.sway((rest + np.float32([x, y])).astype(np.float32))
        assert np.isfinite(offset).all()
        assert np.linalg.norm(offset, axis=-1).max() <= REACH * LENGTH_PX + 1e-3


def test_what_is_not_finite_is_forgotten() -> None:
    model = model_of()
    physics, rest = Physics(model, wind=0.0), rest_of(model)
    physics.advance(1 / 60)
    physics.sway(rest)
    physics.advance(math.nan)
    assert physics.sway(rest) == pytest.approx(0.0)


def test_a_tilted_head_lets_its_hair_hang_toward_the_ground() -> None:
    model = model_of(1)
    physics, rest = Physics(model, wind=0.0), rest_of(model)
    root, angle = rest[0, 0], 0.35
    turned = (rest - root) @ np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]) + root
    offset = np.zeros_like(rest)
    for _ in range(240):
        physics.advance(1 / 60)
        offset = physics.sway(turned.astype(np.float32))
    upright = rest[0, -1] - root
    hanging = turned[0, -1] + offset[0, -1] - root
    tilt = abs(math.atan2(hanging[0], hanging[1]) - math.atan2(upright[0], upright[1]))
    assert 0.3 * angle < tilt < 0.6 * angle


def test_wind_moves_a_little_and_the_same_way_each_time() -> None:
    _, breath = swung(60, still, 5.0)
    _, again = swung(60, still, 5.0)
    _, storm = swung(60, still, 5.0, wind=2.0)
    assert np.array_equal(breath, again)
    assert 0.5 < np.ptp(breath[:, 0]) < 0.1 * LENGTH_PX
    assert np.ptp(storm[:, 0]) > 1.5 * np.ptp(breath[:, 0])


def test_strength_scales_the_swing() -> None:
    swings = [np.abs(swung(60, nod_aside, wind=0.0, strength=strength)[1]).max() for strength in (0.5, 1.0, 2.0)]
    assert swings[0] < 0.6 * swings[1]
    assert swings[2] > 1.3 * swings[1]


def test_a_mirrored_head_has_its_hair_swing_mirrored() -> None:
    """The two locks are each other's mirror image about x = 250."""
    model = model_of(2)
    rest = rest_of(model)
    left, right = Physics(model, wind=0.0), Physics(model, wind=0.0)
    for frame in range(90):
        x, y = nod_aside(frame / 60)[0], 12.0 * math.sin(frame / 9)
        turned = 0.3 * math.sin(frame / 13)
        root = rest[:, :1]
        lean = np.array([[math.cos(turned), math.sin(turned)], [-math.sin(turned), math.cos(turned)]])
        joints = root + (rest - root) @ lean + (x, y)
        mirrored = joints[::-1] * (-1.0, 1.0) + (500.0, 0.0)
        left.advance(1 / 60)
        right.advance(1 / 60)
        one, other = left.sway(joints.astype(np.float32)), right.sway(mirrored.astype(np.float32))
        np.testing.assert_allclose(other, one[::-1] * (-1.0, 1.0), atol=1e-3)


def test_strength_and_wind_are_taken_up_live_without_a_jump() -> None:
    model = model_of()
    physics, rest = Physics(model), rest_of(model)
    tips = []
    for frame in range(360):
        if frame == 8:
            physics.strength = 2.0
        if frame == 20:
            physics.strength = physics.wind = 0.0
        if frame == 240:
            physics.strength, physics.wind = 1.0, 2.0
        physics.advance(1 / 60)
        head = np.float32([60.0 * math.sin(frame / 8), 0.0])
        tips.append(physics.sway(rest + head)[0, -1].astype(float))
    x = np.array(tips)[:, 0]
    assert np.abs(x[:40]).max() > 20.0
    assert np.abs(x[70:240]).max() == 0.0
    assert np.abs(x[280:]).max() > 5.0
    assert np.abs(np.diff(x)).max() < 12.0


def test_an_avatar_without_chains_has_nothing_to_swing() -> None:
    model = dataclasses.replace(model_of(), chains=Chains())
    physics = Physics(model)
    physics.advance(1 / 60)
    assert physics.sway(np.zeros((0, JOINTS, 2), np.float32)).shape == (0, JOINTS, 2)
