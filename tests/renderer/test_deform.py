"""Weights and head pose -> positions and opacities, on numbers that can be checked by hand."""

import dataclasses
import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import arkit
from assets.avatar import AvatarModel, Chains, Fade, HeadRig, Layer, Stops
from assets.face import FaceFrame, HeadPose
from renderer import deform, shapes
from renderer.deform import Deformer

TINY = 1e-9
PIVOT = (100.0, 200.0)
ANGLE = st.floats(-1.5, 1.5)


@st.composite
def some_weights(draw: st.DrawFn) -> npt.NDArray[np.float32]:
    """52 weights: few or many of them active, some at full strength."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    weights = rng.uniform(0, 1.5, arkit.COUNT).clip(0, 1) * (rng.uniform(size=arkit.COUNT) < draw(st.floats(0, 1)))
    return weights.astype(np.float32)


def small_model(
    points: list[tuple[float, float]], *, depth: Any = 0.0, follow: Any = 1.0, deltas: dict[str, Any] | None = None,
    correctives: dict[tuple[str, ...], Any] | None = None, layer: dict[str, Any] | None = None, **fields: Any,
) -> AvatarModel:  # fmt: skip
    """A model of one layer with the given vertices."""
    count = len(points)
    table = np.zeros((arkit.COUNT + len(correctives or {}), count, 2), np.float32)
    for name, offset in (deltas or {}).items():
        table[arkit.INDEX[name]] = offset
    for row, offset in enumerate((correctives or {}).values()):
        table[arkit.COUNT + row] = offset
    head = HeadRig(PIVOT, 1000.0, perspective=0.0, pitch_depth_gain=1.0, px_per_m=1000.0)
    fields = {"head": head, **fields}
    return AvatarModel(
        (400, 400), np.array(points, np.float32), np.broadcast_to(np.float32(depth), count).copy(),
        np.broadcast_to(np.float32(follow), count).copy(), np.zeros((count, 2), np.float32),
        np.zeros((1, 3), np.uint32), table, layers=(Layer("only", (0, count), (0, 1), "t", **(layer or {})),),
        textures={"t": np.zeros((1, 1, 4), np.uint8)}, correctives=tuple(correctives or {}), **fields,
    )  # fmt: skip


def source_angle(avatar_rad: float, limit_rad: float) -> float:
    """The source's angle that the soft limit turns into `avatar_rad`."""
    return limit_rad * math.atanh(avatar_rad / limit_rad)


# ---- shapes -----------------------------------------------------------------------------------


def test_neutral_is_the_rest_pose_to_the_last_bit(face: AvatarModel) -> None:
    assert np.array_equal(Deformer(face).deform(FaceFrame()), face.rest_px)


def test_a_shape_moves_by_weight_times_delta() -> None:
    model = small_model([(10, 20), (30, 40)], deltas={"jawOpen": [(0, 8), (4, 0)], "jawLeft": [(2, 0), (0, 0)]})
    frame = FaceFrame.from_mapping({"jawOpen": 0.5, "jawLeft": 1.0})
    assert Deformer(model).deform(frame).tolist() == [[12, 24], [32, 40]]


def test_a_corrective_is_the_product_of_its_channels() -> None:
    pair, triple = ("jawOpen", "mouthPucker"), ("jawOpen", "mouthPucker", "jawLeft")
    model = small_model([(0, 0)], correctives={pair: (16, 0), triple: (0, 64)})
    frame = FaceFrame.from_mapping({"jawOpen": 0.5, "mouthPucker": 0.5, "jawLeft": 0.25})
    assert Deformer(model).deform(frame).tolist() == [[4, 4]]
    assert Deformer(model).deform(FaceFrame.from_mapping({"jawOpen": 1.0, "jawLeft": 1.0})).tolist() == [[0, 0]]


@pytest.mark.parametrize("pair", [("jawOpen", "mouthClose"), ("mouthClose", "jawOpen")])
@given(st.floats(0, 1, width=32), st.floats(0, 1, width=32))
@settings(max_examples=25, deadline=None)
def test_mouth_close_takes_back_that_much_of_jaw_open(pair: tuple[str, str], opened: float, closed: float) -> None:
    """Lips closed on a jaw a third open stay closed; half of it taken back leaves the other half."""
    model = small_model([(0, 0)], deltas={"jawOpen": [(0, 16)]}, correctives={pair: (0, -16)})
    y = Deformer(model).deform(FaceFrame.from_mapping({"jawOpen": opened, "mouthClose": closed}))[0, 1]
    assert y == pytest.approx(16.0 * max(opened - closed, 0.0), abs=1e-4)


@given(some_weights(), some_weights(), st.floats(0, 1, width=32))
@settings(max_examples=25, deadline=None)
def test_shapes_are_linear_in_the_weights(
    first: npt.NDArray[np.float32], second: npt.NDArray[np.float32], share: float
) -> None:
    model = _random_model()
    deformer = Deformer(model)
    ends = [deformer.deform(FaceFrame(weights)).astype(float) for weights in (first, second)]
    between = deformer.deform(FaceFrame(share * first + (1 - share) * second))
    assert between == pytest.approx(share * ends[0] + (1 - share) * ends[1], abs=2e-2)


def _random_model(layers: int = 5) -> AvatarModel:
    """Layers of 4 vertices; some rows of deltas move only some layers, so that the product is cut into blocks."""
    rng = np.random.default_rng(1)
    count = 4 * layers
    deltas = rng.normal(0, 4, (arkit.COUNT, count, 2)).astype(np.float32)
    for layer in range(layers):
        deltas[rng.uniform(size=arkit.COUNT) < 0.6, 4 * layer : 4 * layer + 4] = 0.0
    deltas[:, 4:8] = 0.0
    base = small_model([(0, 0)])
    return dataclasses.replace(
        base, rest_px=rng.uniform(0, 400, (count, 2)).astype(np.float32), depth_px=np.zeros(count, np.float32),
        follow=np.ones(count, np.float32), uv=np.zeros((count, 2), np.float32), deltas_px=deltas,
        triangles=np.repeat(np.arange(0, count, 4, dtype=np.uint32)[:, None], 3, axis=1),
        layers=tuple(Layer(f"l{i}", (4 * i, 4 * i + 4), (i, i + 1), "t") for i in range(layers)),
    )  # fmt: skip


@pytest.mark.parametrize("call_cost", [0, 10**9], ids=["many blocks", "one block"])
def test_however_the_product_is_cut_the_sum_is_the_same(
    monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator, call_cost: int
) -> None:
    monkeypatch.setattr(shapes, "_CALL_COST", call_cost)
    model, weights = _random_model(), rng.uniform(0, 1, 52).astype(np.float32)
    expected = model.rest_px + np.einsum("i,ijk->jk", weights.astype(float), model.deltas_px)
    assert Deformer(model).deform(FaceFrame(weights)) == pytest.approx(expected, abs=1e-3)
    blocks = shapes._blocks(model)
    assert len(blocks) == (1 if call_cost else 4)  # the layer that nothing moves is in no block of its own
    covered = sorted(vertex for start, stop, _ in blocks for vertex in range(start, stop))
    assert set(covered) >= {*range(4), *range(8, 20)}
    assert len(covered) == len(set(covered))


def test_a_large_layer_is_cut_where_its_halves_know_different_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "_CALL_COST", 0)
    count = 4 * shapes._RUN
    points = [(float(i), 0.0) for i in range(count)]
    still, moved = [(0.0, 0.0)] * (count // 2), [(0.0, 3.0)] * (count // 2)
    model = small_model(points, deltas={"browInnerUp": moved + still, "jawOpen": still + moved})
    cuts = {cut[:2]: [arkit.NAMES[slot - 1] for slot in cut[2] if slot] for cut in shapes._blocks(model)}
    assert cuts == {(0, count // 2): ["browInnerUp"], (count // 2, count): ["jawOpen"]}


def test_the_result_is_one_contiguous_buffer_used_again(face: AvatarModel) -> None:
    deformer = Deformer(face)
    first = deformer.deform(FaceFrame.from_mapping({"jawOpen": 1.0}))
    assert (first.dtype, first.shape) == (np.float32, (face.vertex_count, 2))
    assert first.flags.c_contiguous
    assert deformer.deform(FaceFrame()) is first
    assert np.array_equal(first, face.rest_px)  # no trace of the frame before


# ---- stops ------------------------------------------------------------------------------------


def test_a_stop_takes_back_the_excess_with_all_that_hangs_on_it() -> None:
    stops = Stops(np.uint32([0]), np.uint32([1]), np.float32([2.0]), np.uint32([2, 0]), np.uint32([0, 0]),
                  np.float32([0.5, 1.0]))  # fmt: skip
    model = small_model([(0, 10), (0, 30), (0, 5), (0, 7)], stops=stops,
                        deltas={"eyeBlinkLeft": [(0, 40), (0, 0), (0, 40), (0, 40)]})  # fmt: skip
    y = Deformer(model).deform(FaceFrame.from_mapping({"eyeBlinkLeft": 1.0}))[:, 1]
    assert y.tolist() == [28.0, 30.0, 45.0 - 11.0, 47.0]  # 50 is 22 below 28; the follower gives half of that
    y = Deformer(model).deform(FaceFrame.from_mapping({"eyeBlinkLeft": 0.25}))[:, 1]
    assert y.tolist() == [20.0, 30.0, 15.0, 17.0]  # above the stop nothing happens


def test_a_vertex_between_two_stops_moves_by_their_weighted_sum() -> None:
    stops = Stops(np.uint32([0, 1]), np.uint32([2, 2]), np.float32([0, 0]), np.uint32([3, 0, 1, 3]),
                  np.uint32([0, 0, 1, 1]), np.float32([0.25, 1.0, 1.0, 0.75]))  # fmt: skip
    model = small_model([(0, 0), (0, 0), (0, 10), (0, 0)], stops=stops,
                        deltas={"eyeBlinkLeft": [(0, 14), (0, 18), (0, 0), (0, 0)]})  # fmt: skip
    y = Deformer(model).deform(FaceFrame.from_mapping({"eyeBlinkLeft": 1.0}))[:, 1]
    assert y.tolist() == [10.0, 10.0, 10.0, -0.25 * 4 - 0.75 * 8]


@given(some_weights())
@settings(max_examples=50, deadline=None)
def test_no_mixture_of_shapes_crosses_a_stop(weights: npt.NDArray[np.float32]) -> None:
    model = _model_with_stops()
    positions = Deformer(model).deform(FaceFrame(weights))
    stops = model.stops
    passed = positions[stops.upper, 1] + stops.gap_px - positions[stops.lower, 1]
    assert passed.max() <= 2e-3  # a few units in the last place of float32


def _model_with_stops() -> AvatarModel:
    rng = np.random.default_rng(5)
    model, k = _random_model(), 6
    upper, lower = np.arange(k, dtype=np.uint32), np.arange(k, 2 * k, dtype=np.uint32)
    follower = np.concatenate([upper, rng.choice(np.arange(2 * k, 20), 8).astype(np.uint32)])
    stop = np.concatenate([upper, rng.integers(0, k, 8).astype(np.uint32)])
    weight = np.concatenate([np.ones(k), rng.uniform(0, 1, 8)]).astype(np.float32)
    return dataclasses.replace(model, stops=Stops(upper, lower, np.full(k, -3.0, np.float32), follower, stop, weight))


def test_stopped_vertices_come_back_to_rest() -> None:
    model = _model_with_stops()
    model = dataclasses.replace(model, rest_px=np.float32([0, 1]) * np.arange(20, dtype=np.float32)[:, None])
    deformer = Deformer(model)
    for name in ("jawOpen", "eyeBlinkLeft", "mouthFunnel"):
        deformer.deform(FaceFrame.from_mapping({name: 1.0}))
    assert np.array_equal(deformer.deform(FaceFrame()), Deformer(model).deform(FaceFrame()))


# ---- head -------------------------------------------------------------------------------------


def turned(model: AvatarModel, **pose: float) -> list[list[float]]:
    """Positions with the avatar's own angles (the soft limit undone)."""
    limits = {"yaw_rad": model.head.max_yaw_rad, "pitch_rad": model.head.max_pitch_rad,
              "roll_rad": model.head.max_roll_rad}  # fmt: skip
    undone = {name: source_angle(value, limits[name]) if name in limits else value for name, value in pose.items()}
    return [[float(x), float(y)] for x, y in Deformer(model).deform(FaceFrame(head=HeadPose(**undone)))]


def test_yaw_to_the_subjects_left_carries_the_near_to_the_right_of_the_picture() -> None:
    nose = small_model([PIVOT, (130, 200)], depth=[40.0, 0.0])
    (x0, y0), (x1, y1) = turned(nose, yaw_rad=0.3)
    assert (x0, y0) == pytest.approx((100 + 40 * math.sin(0.3), 200), abs=1e-4)
    assert (x1, y1) == pytest.approx((100 + 30 * math.cos(0.3), 200), abs=1e-4)


def test_pitch_up_carries_the_near_up() -> None:
    nose = small_model([PIVOT, (100, 150)], depth=[40.0, 0.0])
    (_, y0), (_, y1) = turned(nose, pitch_rad=0.3)
    assert y0 == pytest.approx(200 - 40 * math.sin(0.3), abs=1e-4)
    assert y1 == pytest.approx(200 - 50 * math.cos(0.3), abs=1e-4)


def test_roll_to_the_subjects_left_shoulder_carries_the_top_to_the_right() -> None:
    top = small_model([(100, 150)])
    assert turned(top, roll_rad=0.3) == [
        pytest.approx([100 + 50 * math.sin(0.3), 200 - 50 * math.cos(0.3)], abs=1e-4)
    ]


def test_a_nod_uses_the_flattened_depth() -> None:
    head = HeadRig(PIVOT, 1000.0, perspective=0.0, pitch_depth_px=10.0, pitch_depth_gain=0.5)
    (_, y), = turned(small_model([PIVOT], depth=40.0, head=head), pitch_rad=0.3)
    assert y == pytest.approx(200 - (10 + 0.5 * 30) * math.sin(0.3), abs=1e-4)


def test_perspective_enlarges_what_has_come_nearer() -> None:
    head = HeadRig(PIVOT, 1000.0, perspective=0.5, pitch_depth_gain=1.0)
    model = small_model([(50, 200), (150, 200)], head=head)  # the eye point is the pivot: the mean of both
    (x0, _), (x1, _) = turned(model, yaw_rad=0.3)
    nearer = 50 * math.sin(0.3)
    assert x0 == pytest.approx(100 - 50 * math.cos(0.3) * 1000 / (1000 - 0.5 * nearer), abs=1e-3)
    assert x1 == pytest.approx(100 + 50 * math.cos(0.3) * 1000 / (1000 + 0.5 * nearer), abs=1e-3)


def test_perspective_keeps_a_level_head_level() -> None:
    """The middle of the face stays at its height in a yaw, though the neck is far below."""
    head = HeadRig((100.0, 380.0), 1000.0, perspective=1.0)
    model = small_model([(50, 100), (150, 100)], head=head)
    assert [y for _, y in turned(model, yaw_rad=0.5)] == pytest.approx([100, 100], abs=1e-3)


def test_the_eye_point_ignores_masks_and_what_stays_with_the_body(builder: Any) -> None:
    maker = builder()
    texture = np.zeros((1, 1, 4), np.uint8)
    for edge in ("upper", "lower"):
        maker.grid(edge, (0, 0, 900, 900), texture, cells=(1, 1), clip="eyes", mask=edge)
    maker.grid("face", (40, 20, 60, 60), texture, cells=(2, 2))
    maker.grid("body", (0, 100, 100, 200), texture, cells=(2, 2), follow=0.0)
    assert deform.eye_px(maker.build()) == (50.0, 40.0)
    assert deform.eye_px(small_model([(7, 8)], follow=0.2)) == PIVOT


def test_travel_right_up_and_nearer() -> None:
    model = small_model([(100, 150), (140, 200)])
    assert turned(model, x_m=0.01) == [[110, 150], [150, 200]]
    assert turned(model, y_m=0.01) == [[100, 140], [140, 190]]
    assert turned(model, z_m=0.1) == [pytest.approx([100, 200 - 50 * 1.25]), pytest.approx([100 + 40 * 1.25, 200])]


@pytest.mark.parametrize(("z_m", "scale"), [(0, 1), (0.1, 1.25), (5, 1.25), (0.5, 1.25), (-0.125, 0.8), (-9, 0.8)])
def test_travel_scale_stays_within_its_bounds(z_m: float, scale: float) -> None:
    assert deform.travel_scale(z_m) == pytest.approx(scale, abs=TINY)


def test_follow_blends_between_body_and_head() -> None:
    points = [(100.0, 150.0)] * 3
    body, half, head = turned(small_model(points, follow=[0.0, 0.5, 1.0]), yaw_rad=0.2, roll_rad=0.4, x_m=0.02)
    assert body == [100, 150]
    assert half == pytest.approx([(100 + head[0]) / 2, (150 + head[1]) / 2], abs=1e-4)


@given(ANGLE, ANGLE, ANGLE)
@settings(deadline=None)
def test_angles_are_limited_softly_with_slope_one_at_zero(yaw: float, pitch: float, roll: float) -> None:
    rig = HeadRig(PIVOT, 1000.0, yaw_gain=1.5, max_yaw_rad=0.5)
    limited = deform.limited_angles(rig, HeadPose(yaw, pitch, roll))
    assert all(abs(angle) <= limit for angle, limit in zip(limited, (0.5, 0.42, 0.61), strict=True))
    mirrored = deform.limited_angles(rig, HeadPose(-yaw, -pitch, -roll))
    assert mirrored == tuple(-angle for angle in limited)
    small, _, _ = deform.limited_angles(rig, HeadPose(yaw * 1e-6))
    assert small == pytest.approx(1.5e-6 * yaw, rel=1e-6, abs=1e-15)


@given(st.lists(st.floats(-1e308, 1e308), min_size=6, max_size=6), some_weights())
@settings(max_examples=50, deadline=None)
def test_whatever_a_source_sends_positions_are_finite(pose: list[float], weights: npt.NDArray[np.float32]) -> None:
    model = _random_model()
    head = HeadRig(PIVOT, 0.5, perspective=1.0, px_per_m=1e6)
    model = dataclasses.replace(model, depth_px=np.linspace(-800, 800, 20, dtype=np.float32), head=head)
    frame = FaceFrame(weights, HeadPose(*pose))
    assert np.isfinite(Deformer(model).deform(frame)).all()


@given(ANGLE, ANGLE, ANGLE)
@settings(max_examples=25, deadline=None)
def test_a_mirrored_pose_mirrors_a_symmetric_head(yaw: float, pitch: float, roll: float) -> None:
    head = HeadRig(PIVOT, 700.0, perspective=0.8, pitch_depth_px=20.0)
    model = small_model([(60, 120), (140, 120)], depth=[25.0, 25.0], head=head)
    pose = HeadPose(yaw, pitch, roll, 0.01, 0.02, 0.03)
    deformer = Deformer(model)
    left = deformer.deform(FaceFrame(head=pose)).copy()
    right = deformer.deform(FaceFrame(head=pose.mirrored()))[::-1]
    assert right[:, 0] == pytest.approx(200 - left[:, 0], abs=1e-3)
    assert right[:, 1] == pytest.approx(left[:, 1], abs=1e-3)


# ---- fades ------------------------------------------------------------------------------------


def opacity(frame: FaceFrame, **layer: Any) -> float:
    (result,) = Deformer(small_model([(0, 0)], layer=layer)).layer_opacity(frame)
    return float(result)


@pytest.mark.parametrize(("weight", "expected"), [(0.0, 0.0), (0.25, 0.0), (0.375, 0.5), (0.5, 1.0), (1.0, 1.0)])
def test_a_fade_is_a_ramp_between_hidden_and_shown(weight: float, expected: float) -> None:
    frame = FaceFrame.from_mapping({"tongueOut": weight})
    assert opacity(frame, fades=(Fade("tongueOut", 0.25, 0.5),)) == expected
    assert opacity(frame, fades=(Fade("tongueOut", 0.5, 0.25),)) == 1.0 - expected


def test_opacity_and_fades_multiply() -> None:
    frame = FaceFrame.from_mapping({"tongueOut": 0.5, "jawOpen": 0.25})
    assert opacity(frame, opacity=0.5) == 0.5
    assert opacity(frame, opacity=0.5, fades=(Fade("tongueOut", 0.0, 1.0), Fade("jawOpen", 0.0, 1.0))) == 0.0625


@pytest.mark.parametrize("signal", ["yaw_rad", "pitch_rad", "roll_rad"])
def test_fades_on_angles_see_the_limited_angle(signal: str) -> None:
    limit = getattr(small_model([(0, 0)]).head, f"max_{signal}")
    frame = FaceFrame(head=HeadPose(**{signal: 100.0}))
    assert opacity(frame, fades=(Fade(signal, 0.0, 2 * limit),)) == pytest.approx(0.5, abs=1e-6)


def test_the_far_ear_fades(face: AvatarModel) -> None:
    deformer, names = Deformer(face), [layer.name for layer in face.layers]
    ears = [names.index("ear-left"), names.index("ear-right")]
    assert deformer.layer_opacity(FaceFrame())[ears].tolist() == [1.0, 1.0]
    to_left = deformer.layer_opacity(FaceFrame(head=HeadPose.from_degrees(yaw_deg=35)))
    assert to_left[ears].tolist() == [0.0, 1.0]
    assert to_left[names.index("head")] == 1.0


# ---- body ---


def test_a_body_carries_all_above_the_neck_and_leaves_the_lower_edge() -> None:
    model = small_model([(100, 0), (100, 200), (100, 300), (100, 400)], follow=[1, 1, 0, 0])
    deformer = Deformer(model)
    rest = deformer.deform(FaceFrame()).copy()
    moved = deformer.deform(FaceFrame(), None, deform.Body(aside=0.05, lift=0.01)) - rest
    assert moved.tolist() == [[20.0, -4.0], [20.0, -4.0], [10.0, -2.0], [0.0, 0.0]]
    assert np.array_equal(deformer.deform(FaceFrame(), None, deform.STILL), rest)


def test_a_portrait_cut_at_the_neck_keeps_its_lower_edge_too() -> None:
    model = small_model([(100, 0), (100, 400)], head=HeadRig((100.0, 900.0), 1000.0))
    moved = Deformer(model).deform(FaceFrame(), None, deform.Body(lift=0.01)) - model.rest_px
    assert moved.tolist() == [[0.0, -4.0], [0.0, 0.0]]


def test_chains_feel_the_body() -> None:
    last = np.array([3], np.uint32)
    chains = Chains(np.array([[0, 1, 2, 3]], np.uint32), last, last, np.ones(1, np.float32))
    model = small_model([(100, 10 * row) for row in range(4)], chains=chains)
    seen = []

    def sway(joints_px: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        seen.append(joints_px.copy())
        return np.zeros_like(joints_px)

    Deformer(model).deform(FaceFrame(), sway, deform.Body(aside=0.01))
    assert seen[0][0, :, 0].tolist() == [104.0] * 4


# ---- chains -----------------------------------------------------------------------------------


def test_chains_swing_what_hangs_on_them_after_the_turn_of_the_head() -> None:
    points = [(0.0, 10.0 * row) for row in range(6)]
    hang, on, weight = np.uint32([1, 2, 2, 4]), np.uint32([1, 1, 3, 2]), np.float32([1, 0.5, 0.5, 0.25])
    chains = Chains(np.uint32([[0, 1, 2, 3]]), hang, on, weight)
    model = small_model(points, chains=chains)
    frame = FaceFrame(head=HeadPose(yaw_rad=0.4, roll_rad=0.2))
    still = Deformer(model).deform(frame).copy()
    asked = []

    def sway(joints_px: np.ndarray) -> np.ndarray:
        asked.append(joints_px.copy())
        return np.float32([[[0, 0], [8, 0], [0, 4], [2, 6]]])

    moved = Deformer(model).deform(frame, sway)
    assert asked[0] == pytest.approx(still[[[0, 1, 2, 3]]])
    assert moved - still == pytest.approx(np.array([[0, 0], [8, 0], [5, 3], [0, 0], [0, 1], [0, 0]]), abs=1e-4)
    assert Deformer(small_model(points)).deform(frame, sway) == pytest.approx(still)
    assert len(asked) == 1  # nothing to ask for without chains


def test_overlays_show_only_what_a_frame_asks_for() -> None:
    fade = (Fade("jawOpen", 1.0, 0.0),)
    parts = (("overlay.blush", ()), ("overlay.tears", fade), ("skin", ()))
    model = dataclasses.replace(
        small_model([(0.0, 0.0)] * 3),
        triangles=np.repeat(np.arange(3, dtype=np.uint32)[:, None], 3, axis=1),
        layers=tuple(Layer(name, (i, i + 1), (i, i + 1), "t", fades=fades) for i, (name, fades) in enumerate(parts)),
    )
    deformer = Deformer(model)
    half = FaceFrame.from_mapping({"jawOpen": 0.5})
    assert deformer.layer_opacity(half).tolist() == [0.0, 0.0, 1.0]
    assert deformer.layer_opacity(half, {"blush": 0.25, "tears": 1.0, "horns": 1.0}).tolist() == [0.25, 0.5, 1.0]
    assert deformer.layer_opacity(half, {"tears": 7.0}).tolist() == [0.0, 0.5, 1.0]
    assert deformer.layer_opacity(FaceFrame(), {"tears": 1.0}).tolist() == [0.0, 1.0, 1.0]
    assert deformer.layer_opacity(FaceFrame(), {}).tolist() == [0.0, 0.0, 1.0]
