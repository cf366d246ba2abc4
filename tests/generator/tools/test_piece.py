import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import arkit, store
from assets.avatar import AvatarModel, Fade, HeadRig
from assets.face import FaceFrame
from generator.tools.mesh import Mesh, grid, ribbon
from generator.tools.piece import BLEED_PX, LidRow, Piece, assemble, bleed, cut
from renderer.deform import Deformer

CORRECTIVES = (("jawOpen", "mouthClose"),)
ROWS = arkit.COUNT + len(CORRECTIVES)
HEAD = HeadRig(pivot_px=(50.0, 90.0), focal_px=500.0)


@st.composite
def pictures(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """A canvas-sized colour and alpha."""
    height, width = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    alpha = np.where(rng.random((height, width)) < draw(st.sampled_from([0.0, 0.01, 0.2, 1.0])), rng.random(), 0.0)
    return rng.uniform(-20.0, 280.0, (height, width, 3)), alpha * rng.uniform(0.01, 1.2, (height, width))


@given(pictures())
@settings(deadline=None, max_examples=40)
def test_cut_keeps_everything_opaque_at_its_place(picture: tuple[np.ndarray, np.ndarray]) -> None:
    colour, alpha = picture
    texture, (x, y) = cut(colour, alpha)
    height, width = texture.shape[:2]
    assert texture.dtype == np.uint8
    assert 0 <= x <= x + width <= alpha.shape[1]
    assert 0 <= y <= y + height <= alpha.shape[0]
    coverage = np.round(np.clip(alpha, 0.0, 1.0) * 255.0).astype(np.uint8)
    back = np.zeros_like(coverage)
    back[y : y + height, x : x + width] = texture[..., 3]
    assert np.array_equal(back, coverage)
    opaque = texture[..., 3] > 0
    wanted = np.clip(np.round(colour[y : y + height, x : x + width]), 0, 255)
    assert np.array_equal(texture[..., :3][opaque], wanted[opaque])


@given(pictures())
@settings(deadline=None, max_examples=40)
def test_cut_is_tight(picture: tuple[np.ndarray, np.ndarray]) -> None:
    texture, _ = cut(*picture)
    ys, xs = np.nonzero(texture[..., 3])
    if len(xs):
        assert xs.min() <= BLEED_PX
        assert ys.min() <= BLEED_PX
        assert texture.shape[1] - 1 - xs.max() <= BLEED_PX
        assert texture.shape[0] - 1 - ys.max() <= BLEED_PX
    else:
        assert texture.shape == (1, 1, 4)


def test_cut_of_nothing_is_one_clear_pixel() -> None:
    texture, origin = cut(np.zeros((30, 40, 3)), np.zeros((30, 40)))
    assert texture.shape == (1, 1, 4)
    assert texture[0, 0, 3] == 0
    assert origin == (0, 0)


@given(st.integers(1, 30), st.integers(1, 30), st.sampled_from([0.0, 0.02, 0.3, 1.0]), st.integers(0, 1000))
@settings(deadline=None, max_examples=40)
def test_bleed_takes_the_colour_of_the_nearest_opaque_pixel(height: int, width: int, share: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rgba = rng.integers(0, 256, (height, width, 4), dtype=np.uint8)
    rgba[..., 3] = np.where(rng.random((height, width)) < share, rng.integers(1, 256, (height, width)), 0)
    before = rgba.copy()
    bled = bleed(rgba)
    assert np.array_equal(rgba, before)
    assert np.array_equal(bled[..., 3], rgba[..., 3])
    known = rgba[..., 3] > 0
    assert np.array_equal(bled[known], rgba[known])
    if not known.any():
        assert np.array_equal(bled, rgba)
        return
    ys, xs = np.nonzero(known)
    for y, x in zip(*np.nonzero(~known), strict=True):  # one of the nearest, to the accuracy of a 3x3 distance
        distance = np.hypot(ys - y, xs - x)
        near = distance <= 1.1 * distance.min() + 0.5
        assert (rgba[ys[near], xs[near], :3] == bled[y, x, :3]).all(axis=-1).any()


def test_a_rim_has_no_foreign_colour() -> None:
    colour = np.zeros((20, 20, 3))
    colour[5:15, 5:15] = 200.0
    alpha = np.zeros((20, 20))
    alpha[5:15, 5:15] = 1.0
    texture, _ = cut(colour, alpha)
    assert (texture[..., :3] == 200).all()


# ---- assemble ---------------------------------------------------------------------------------


def still(count: int) -> np.ndarray:
    return np.zeros((ROWS, count, 2), np.float32)


def plain(name: str, **options: object) -> Piece:
    texture = np.full((20, 30, 4), 128, np.uint8)
    mesh = grid(texture[..., 3], origin_px=(10, 20), step_px=10.0)
    count = len(mesh.points_px)
    return Piece(
        name, texture, (10, 20), mesh, np.zeros(count, np.float32), np.ones(count, np.float32), still(count),
        **options,  # type: ignore[arg-type]
    )  # fmt: skip


def lid(edge: str, height: float, travel: float) -> Piece:
    """A strip of five columns whose first row (of an upper one) or last row is the edge; blinking moves it."""
    upper = edge == "upper"
    heights = [height, height + 30.0] if upper else [height - 30.0, height]
    mesh = ribbon(np.stack(np.meshgrid(np.linspace(10.0, 50.0, 5), heights), axis=-1))
    rim = np.arange(5) + (0 if upper else 5)
    deltas = still(10)
    deltas[arkit.INDEX["eyeBlinkLeft"], rim, 1] = travel
    column = np.where(np.isin(np.arange(10), rim), np.arange(10) % 5, -1)
    return Piece(
        f"mask_{edge}", np.full((4, 4, 4), 255, np.uint8), (0, 0), mesh, np.zeros(10, np.float32),
        np.full(10, 1.5 if upper else 0.5, np.float32), deltas, clip="eyes", mask=edge,  # type: ignore[arg-type]
        hangs=LidRow("eye.Left", column, np.ones(10, np.float32)) if upper else None,
        edge=("eye.Left", edge, rim),  # type: ignore[arg-type]
    )  # fmt: skip


def built(*pieces: Piece, gap_px: float = -0.5) -> AvatarModel:
    return assemble(
        pieces, canvas_px=(100, 100), head=HEAD, correctives=CORRECTIVES, stop_gap_px=gap_px, facts={"engine": "test"},
        title="three",
    )  # fmt: skip


@pytest.fixture
def model() -> AvatarModel:
    face = plain("face", fades=(Fade("jawOpen", 0.0, 1.0),), opacity=0.5)
    return built(face, lid("upper", 40.0, 60.0), lid("lower", 55.0, -3.0), plain("iris", clip="eyes", blend="add"))


def test_pieces_become_layers_in_order(model: AvatarModel) -> None:
    assert [layer.name for layer in model.layers] == ["face", "mask_upper", "mask_lower", "iris"]
    assert [layer.mask for layer in model.layers] == [None, "upper", "lower", None]
    assert model.layer("face").opacity == 0.5
    assert model.layer("face").fades == (Fade("jawOpen", 0.0, 1.0),)
    assert model.layer("iris").blend == "add"
    assert model.clip_groups == ("eyes",)
    assert set(model.textures) == {layer.texture for layer in model.layers}
    assert (model.title, model.canvas_px, dict(model.facts)) == ("three", (100, 100), {"engine": "test"})
    assert model.deltas_px.shape == (ROWS, model.vertex_count, 2)
    assert model.follow.max() <= 1.0


def test_it_survives_the_store(model: AvatarModel) -> None:
    again = store.from_bytes(store.to_bytes(model))
    assert np.array_equal(again.rest_px, model.rest_px)
    assert np.array_equal(again.stops.follower, model.stops.follower)
    assert again.layers == model.layers


def test_stops_point_at_the_edges(model: AvatarModel) -> None:
    upper, lower = model.layer("mask_upper").vertex_range[0], model.layer("mask_lower").vertex_range[0]
    stops = model.stops
    assert np.array_equal(stops.upper, upper + np.arange(5))
    assert np.array_equal(stops.lower, lower + 5 + np.arange(5))
    assert np.array_equal(stops.follower, stops.upper)
    assert np.array_equal(stops.follower_stop, np.arange(5))
    assert (stops.gap_px == -0.5).all()


def test_the_upper_lid_stops_at_the_lower_one(model: AvatarModel) -> None:
    y = Deformer(model).deform(FaceFrame.from_mapping({"eyeBlinkLeft": 1.0}))[:, 1]
    assert y[model.stops.upper] == pytest.approx(y[model.stops.lower] + 0.5, abs=1e-4)


def test_texture_coordinates_lead_back_to_the_canvas() -> None:
    piece = plain("face")
    assert piece.uv * (30, 20) + (10, 20) == pytest.approx(piece.mesh.points_px, abs=1e-4)
    moved = Mesh(piece.mesh.points_px + np.float32(7.0), piece.mesh.triangles)
    elsewhere = Piece(
        "face", piece.texture, piece.origin_px, moved, piece.depth_px, piece.follow, piece.deltas_px,
        picked_px=piece.mesh.points_px,
    )  # fmt: skip
    assert np.array_equal(elsewhere.uv, piece.uv)


def test_a_piece_of_nothing_is_left_out() -> None:
    empty = grid(np.zeros((5, 5), np.uint8), origin_px=(0, 0), step_px=2.0)
    none = np.zeros(0, np.float32)
    nothing = Piece("nothing", np.zeros((5, 5, 4), np.uint8), (0, 0), empty, none, none, still(0))
    assert [layer.name for layer in built(plain("a"), nothing, plain("b")).layers] == ["a", "b"]


def test_without_edges_there_are_no_stops() -> None:
    assert len(built(plain("a")).stops.upper) == 0


def test_two_eyes_keep_their_stops_apart() -> None:
    """Set by set, whatever the order of the pieces."""

    def named(piece: Piece, eye: str) -> Piece:
        edge = piece.edge
        assert edge is not None
        hangs = piece.hangs and LidRow(eye, piece.hangs.column, piece.hangs.weight)
        return Piece(
            f"{piece.name}.{eye}", piece.texture, piece.origin_px, piece.mesh, piece.depth_px, piece.follow,
            piece.deltas_px, clip="eyes", mask=piece.mask, hangs=hangs, edge=(eye, *edge[1:]),
        )  # fmt: skip

    upper, lower = lid("upper", 40.0, 60.0), lid("lower", 55.0, 0.0)
    both = built(named(upper, "r"), named(lower, "l"), named(lower, "r"), named(upper, "l"))
    ranges = {layer.name: layer.vertex_range for layer in both.layers}
    stops = both.stops
    for part, eye in ((slice(0, 5), "r"), (slice(5, 10), "l")):
        for index, name in ((stops.upper[part], f"mask_upper.{eye}"), (stops.lower[part], f"mask_lower.{eye}")):
            assert ((index >= ranges[name][0]) & (index < ranges[name][1])).all()
    followed = stops.upper[stops.follower_stop]
    assert np.array_equal(followed, stops.follower)


def test_what_swings_hangs_on_the_nearest_vertices() -> None:
    still_piece, hair = plain("face"), plain("hair")
    joints = np.float32([[[12, 22], [12, 28], [12, 34], [12, 41]], [[41, 20], [41, 27], [41, 33], [41, 41]]])
    sways = np.zeros((len(hair.mesh.points_px), 8), np.float32)
    sways[3, 6], sways[4, 1], sways[4, 2], sways[5, 7] = 1.0, 0.25, 0.5, 0.005
    model = assemble(
        [still_piece, dataclasses.replace(hair, sways=sways)], canvas_px=(100, 100), head=HEAD,
        correctives=CORRECTIVES, stop_gap_px=0.0, facts={}, joints_px=joints,
    )  # fmt: skip
    first = len(still_piece.mesh.points_px)
    assert model.rest_px[model.chains.joints[0]].tolist() == [[10, 20], [10, 30], [10, 30], [10, 40]]
    assert (model.chains.joints >= first).all()
    entries = zip(model.chains.vertex, model.chains.joint, model.chains.weight, strict=True)
    assert sorted(map(tuple, entries)) == [(first + 3, 6, 1.0), (first + 4, 1, 0.25), (first + 4, 2, 0.5)]
    assert len(built(still_piece, hair).chains.joints) == 0
