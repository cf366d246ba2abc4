"""renderer.gl and renderer.objects on a real OpenGL (the software rasteriser); nothing is left behind."""

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from assets.avatar import AvatarModel, HeadRig, Layer
from assets.face import FaceFrame, HeadPose
from renderer.gl import Renderer
from renderer.reader import Reader
from renderer.surface import OffscreenSurface

pytestmark = pytest.mark.gl

Picture = npt.NDArray[np.uint8]
Offscreen = Callable[..., OffscreenSurface]

GOLDEN = Path(__file__).parent / "golden"
TOLERANCE = 2
NEUTRAL = FaceFrame()
TALKING = {"jawOpen": 1.0, "tongueOut": 0.6, "eyeBlinkRight": 0.5, "browInnerUp": 1.0}
POSES = {
    # name: (frame, what the picture guards)
    "neutral": (NEUTRAL, "draw order, blend modes, soft edges and both clip groups of the face at rest"),
    "wink": (FaceFrame.from_mapping({"eyeBlinkLeft": 1.0}), "a closed eye: lid on the lower edge, no iris, stops hold"),
    "talk": (FaceFrame.from_mapping(TALKING), "an open mouth clips teeth and tongue, the tongue has faded in"),
    "gaze": (
        FaceFrame.from_mapping({"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0, "eyeSquintLeft": 1.0}),
        "irises at the corner of the eyes are cut by lids and white, to the subject's left",
    ),
    "turn": (
        FaceFrame(head=HeadPose.from_degrees(yaw_deg=30, pitch_deg=12)),
        "a turn to the subject's left and up: parallax, perspective, the far ear gone, the neck follows by halves",
    ),
    "tilt": (
        FaceFrame(head=HeadPose(roll_rad=0.3, x_m=0.02, y_m=0.03, z_m=-0.1)),
        "a tilt toward the subject's left shoulder while moving left, up and away",
    ),
}


def picture(renderer: Renderer, frame: FaceFrame = NEUTRAL) -> Picture:
    width, height = renderer._surface.size_px
    out = np.zeros((height, width, 4), np.uint8)
    renderer.draw(frame)
    renderer.read_rgba(out)
    return out


def premultiplied(image: Picture) -> npt.NDArray[np.int64]:
    colour = image.astype(np.int64)
    return np.dstack([colour[..., :3] * colour[..., 3:] // 255, colour[..., 3:]])


# ---- golden pictures --------------------------------------------------------------------------


@pytest.mark.parametrize("name", POSES)
def test_golden(name: str, face: AvatarModel, offscreen: Offscreen, request: pytest.FixtureRequest) -> None:
    with Renderer(face, offscreen()) as renderer:
        actual = picture(renderer, POSES[name][0])
        software = renderer.gl_info.software
    path = GOLDEN / f"{name}.png"
    if request.config.getoption("--regenerate-golden"):
        Image.fromarray(actual).save(path, optimize=True)
    with Image.open(path) as opened:
        expected = np.asarray(opened)
    difference = np.abs(premultiplied(actual) - premultiplied(expected))
    if software and difference.max() > TOLERANCE:
        folder = Path("out") / "golden"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(actual).save(folder / f"{name}-actual.png")
        amplified = np.clip(difference * 20, 0, 255).astype(np.uint8)
        Image.fromarray(amplified[..., :3]).save(folder / f"{name}-difference.png")
        Image.fromarray(amplified[..., 3]).save(folder / f"{name}-difference-alpha.png")
        pytest.fail(f"{name} ({POSES[name][1]}): differs by up to {difference.max()} of 255; see {folder}")


def test_each_golden_has_its_test() -> None:
    assert {path.stem for path in GOLDEN.glob("*.png")} == set(POSES)


# ---- colour and alpha -------------------------------------------------------------------------


def stack(builder: Callable[..., Any], rng: np.random.Generator, size: int = 64) -> AvatarModel:
    """Layers of noise on whole pixels, every blend mode, for comparison with numpy."""
    maker = builder((size, size))
    for index, (blend, opacity) in enumerate(
        [("normal", 1.0), ("normal", 0.5), ("multiply", 1.0), ("add", 0.7), ("normal", 0.8), ("multiply", 0.4)]
    ):
        x, y, side = 3 * index, 2 * index, size - 5 * index
        noise = rng.integers(0, 256, (side, side, 4)).astype(np.uint8)
        maker.grid(f"l{index}", (x, y, x + side, y + side), noise, cells=(3, 3), blend=blend, opacity=opacity)
    model: AvatarModel = maker.build()
    return model


def composed(model: AvatarModel, background: tuple[float, ...]) -> npt.NDArray[np.float64]:
    """The same picture by numpy in floating point, premultiplied 0..255."""
    width, height = model.canvas_px
    target = np.zeros((height, width, 4)) + np.array([*(c * background[3] for c in background[:3]), background[3]])
    for layer in model.layers:
        texture = model.textures[layer.texture] / 255.0
        x, y = model.rest_px[layer.vertex_range[0]].astype(int)
        below = target[y : y + texture.shape[0], x : x + texture.shape[1]]
        alpha = texture[..., 3:] * layer.opacity
        colour = texture[..., :3] * alpha
        if layer.blend == "normal":
            below *= 1 - alpha
            below += np.dstack([colour, alpha])
        elif layer.blend == "multiply":
            below[..., :3] *= colour + 1 - alpha
        else:
            below[..., :3] = np.minimum(below[..., :3] + colour * below[..., 3:], 1.0)
    target[..., :3] = np.minimum(target[..., :3], target[..., 3:])  # straight alpha holds no more
    return target * 255


@pytest.mark.parametrize("opaque_first", [False, True])
@pytest.mark.parametrize("background", [(0.0, 0.0, 0.0, 0.0), (0.2, 0.6, 1.0, 1.0), (1.0, 0.5, 0.0, 0.5)], ids=str)
def test_the_picture_is_what_numpy_composes(
    builder: Any, rng: np.random.Generator, offscreen: Offscreen, background: Any, opaque_first: bool
) -> None:
    model = stack(builder, rng)
    with Renderer(model, offscreen(64, 64), opaque_first=opaque_first) as renderer:
        renderer.background = background
        actual = picture(renderer)
    expected = composed(model, background)
    assert np.abs(actual[..., 3] - expected[..., 3]).max() <= 2.0
    assert np.abs(actual[..., :3] * (actual[..., 3:] / 255.0) - expected[..., :3]).max() <= 4.5  # 8 bits, 6 layers


def test_corners_are_transparent_black_and_the_background_covers(face: AvatarModel, offscreen: Offscreen) -> None:
    with Renderer(face, offscreen()) as renderer:
        clear = picture(renderer)
        assert clear[[0, 0, 100, -1], [0, -1, 0, -1]].tolist() == [[0, 0, 0, 0]] * 4
        renderer.background = (1.0, 0.0, 0.5, 1.0)
        covered = picture(renderer)
        assert covered[0, 0].tolist() == [255, 0, 128, 255]
        assert (covered[..., 3] == 255).all()
        assert np.array_equal(covered[120:140, 120:136], clear[120:140, 120:136])  # inside, nothing shines through
        renderer.background = (0.2, 0.4, 0.6, 0.5)
        assert picture(renderer)[0, 0].tolist() == pytest.approx([51, 102, 153, 128], abs=2)


def test_alpha_is_straight_at_soft_edges(builder: Any, offscreen: Offscreen) -> None:
    """A disc of one colour with a soft rim keeps that colour down to the last visible pixel."""
    y, x = np.mgrid[:64, :64] - 31.5
    texture = np.zeros((64, 64, 4), np.uint8)
    texture[..., :3] = (200, 100, 50)
    texture[..., 3] = np.clip((28 - np.hypot(x, y)) * 25, 0, 255)
    maker = builder((64, 64))
    maker.grid("disc", (0, 0, 64, 64), texture, cells=(1, 1))
    with Renderer(maker.build(), offscreen(64, 64)) as renderer:
        seen = picture(renderer)
    assert np.array_equal(seen[..., 3], texture[..., 3])
    alpha = seen[..., 3].astype(float)
    rim = (alpha > 0) & (alpha < 255)
    assert rim.sum() > 500
    error = np.abs(seen[..., :3].astype(float) - (200, 100, 50)).max(axis=2)
    assert (error[rim] <= 255 / (2 * alpha[rim]) + 0.5).all()  # what 8 bits of premultiplied colour can hold
    assert (seen[alpha == 0] == 0).all()


def test_straightening_is_exact_for_every_colour_and_alpha() -> None:
    alpha, colour = np.mgrid[:256, :256]
    pixels = np.repeat(colour[..., None], 4, axis=2).astype(np.uint8)
    pixels[..., 3] = alpha
    Reader().straighten(pixels)
    possible = (colour <= alpha) & (alpha > 0)
    expected = (2 * colour * 255 + alpha) // (2 * np.maximum(alpha, 1))
    assert np.array_equal(pixels[possible][:, :3], np.repeat(expected[possible][:, None], 3, axis=1))
    assert (pixels[(colour > alpha) & (alpha > 0) & (alpha < 255)][:, :3] == 255).all()  # never wraps around
    assert np.array_equal(pixels[..., 3], alpha)


# ---- masks ------------------------------------------------------------------------------------


def recoloured(model: AvatarModel, names: list[str], rgb: tuple[int, int, int]) -> AvatarModel:
    textures = dict(model.textures)
    for name in names:
        texture = textures[name].copy()
        texture[..., :3] = rgb
        textures[name] = texture
    return dataclasses.replace(model, textures=textures)


@pytest.mark.parametrize("extra", [{}, {"eyeSquintLeft": 1.0}, {"eyeLookDownLeft": 1.0, "jawOpen": 1.0}], ids=str)
@pytest.mark.parametrize("size", [256, 97])
def test_a_closed_eye_shows_nothing_of_what_is_inside(
    face: AvatarModel, offscreen: Offscreen, extra: dict[str, float], size: int
) -> None:
    """Whatever colour iris and white have, the picture is the same to the last bit."""
    surface, inside = offscreen(size, size), ["left-iris", "left-white", "right-iris", "right-white"]
    head = HeadPose(0.3, 0.2, 0.1) if extra else HeadPose()
    frame = FaceFrame.from_mapping({"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0, **extra}, head=head)
    seen, awake = [], []
    for rgb in ((255, 0, 0), (0, 255, 0)):
        with Renderer(recoloured(face, inside, rgb), surface) as renderer:
            seen.append(picture(renderer, frame))
            awake.append(picture(renderer))
    assert np.array_equal(*seen)
    assert (awake[0] != awake[1]).any(axis=2).sum() > 500 * (size / 256) ** 2


def masked(builder: Any, textures: dict[str, Picture], groups: tuple[str, ...]) -> AvatarModel:
    maker = builder((64, 64))
    for group in groups:
        for edge in ("upper", "lower"):
            texture = textures[f"{group}-{edge}"]
            maker.grid(f"{group}-{edge}", (0, 0, 64, 64), texture, cells=(5, 5), clip=group, mask=edge)
    for index, group in enumerate(groups):
        colour = np.full((64, 64, 4), 255, np.uint8)
        box = (0, 32 * index, 64, 32 * index + 32) if len(groups) > 1 else (8, 4, 60, 50)
        maker.grid(f"{group}-inside", box, colour, cells=(2, 2), clip=group)
    model: AvatarModel = maker.build()
    return model


@pytest.mark.parametrize("groups", [("eyes",), ("eyes", "mouth")], ids=str)
def test_coverage_is_exactly_upper_times_lower(
    builder: Any, rng: np.random.Generator, offscreen: Offscreen, groups: tuple[str, ...]
) -> None:
    textures = {
        f"{group}-{edge}": rng.integers(0, 256, (64, 64, 4)).astype(np.uint8)
        for group in groups for edge in ("upper", "lower")
    }  # fmt: skip
    with Renderer(masked(builder, textures, groups), offscreen(64, 64)) as renderer:
        alpha = picture(renderer)[..., 3]
    expected = np.zeros((64, 64))
    for index, group in enumerate(groups):
        rows, columns = (slice(32 * index, 32 * index + 32), slice(0, 64)) if len(groups) > 1 else (
            slice(4, 50), slice(8, 60))  # fmt: skip
        upper, lower = (textures[f"{group}-{edge}"][rows, columns, 3] / 255.0 for edge in ("upper", "lower"))
        expected[rows, columns] = upper * lower * 255
    assert np.abs(alpha - expected).max() <= 1.0


def test_masks_of_one_channel_are_joined(builder: Any, offscreen: Offscreen) -> None:
    """Two eyes: an upper mask on each side; where they overlap the larger coverage counts."""
    maker, solid, half = builder((30, 10)), np.full((1, 1, 4), 255, np.uint8), np.full((1, 1, 4), 128, np.uint8)
    maker.grid("a-upper", (0, 0, 20, 10), half, clip="eyes", mask="upper")
    maker.grid("b-upper", (10, 0, 30, 10), solid, clip="eyes", mask="upper")
    maker.grid("lower", (0, 0, 30, 10), solid, clip="eyes", mask="lower")
    maker.grid("white", (0, 0, 30, 10), solid, clip="eyes")
    with Renderer(maker.build(), offscreen(30, 10)) as renderer:
        assert picture(renderer)[5, :, 3].tolist() == [128] * 10 + [255] * 20


def test_a_group_without_any_coverage_shows_nothing(builder: Any, offscreen: Offscreen) -> None:
    empty = np.zeros((1, 1, 4), np.uint8)
    model = masked(builder, {"eyes-upper": empty, "eyes-lower": empty}, ("eyes",))
    with Renderer(model, offscreen(64, 64)) as renderer:
        assert not picture(renderer).any()


# ---- the opaque pass, pages, orientation ------------------------------------------------------


def some_frames(rng: np.random.Generator, count: int) -> list[FaceFrame]:
    return [
        FaceFrame(
            rng.uniform(0, 1, 52).astype(np.float32) * (rng.uniform(size=52) < 0.5),
            HeadPose(*rng.uniform(-0.6, 0.6, 3), *rng.uniform(-0.05, 0.05, 3)),
        )
        for _ in range(count)
    ]


def test_the_opaque_pass_changes_no_bit(face: AvatarModel, offscreen: Offscreen, rng: np.random.Generator) -> None:
    surface = offscreen()
    with Renderer(face, surface, opaque_first=True) as fast, Renderer(face, surface, opaque_first=False) as plain:
        assert fast.draw_list.colours[0].kind == "opaque"
        assert all(command.kind != "opaque" for command in plain.draw_list.colours)
        for frame in [NEUTRAL, *some_frames(rng, 12)]:
            assert np.array_equal(picture(fast, frame), picture(plain, frame))


class BottomRowFirst(OffscreenSurface):
    """Off-screen, but upside down as a window is."""

    top_row_first = False


def test_a_window_shows_the_same_picture(face: AvatarModel, offscreen: Offscreen, rng: np.random.Generator) -> None:
    with BottomRowFirst((200, 150)) as flipped, Renderer(face, flipped) as window:
        with Renderer(face, offscreen(200, 150)) as renderer:
            for frame in [NEUTRAL, *some_frames(rng, 4)]:
                difference = premultiplied(picture(window, frame)) - premultiplied(picture(renderer, frame))
                assert np.abs(difference).max() <= 60  # half pixels round the other way along edges...
                assert (np.abs(difference).max(axis=2) > 2).mean() < 0.002  # ...which are few


class Gl:
    """OpenGL, seen through: counts calls, and may claim a smaller texture limit."""

    def __init__(self, gl: Any, max_texture_px: int = 0) -> None:
        self._gl, self._max_texture_px, self.calls = gl, max_texture_px, 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._gl, name)
        if not callable(found) or not name.startswith("gl"):
            return found

        def call(*arguments: Any) -> Any:
            self.calls += 1
            if name == "glGetIntegerv" and arguments[0] == self._gl.GL_MAX_TEXTURE_SIZE and self._max_texture_px:
                return self._max_texture_px
            return found(*arguments)

        return call


def test_several_pages_make_the_same_picture(face: AvatarModel, offscreen: Offscreen) -> None:
    surface = offscreen()
    with Renderer(face, surface) as renderer:
        expected = picture(renderer)
    surface.gl = Gl(surface.gl, max_texture_px=256)
    with Renderer(face, surface) as renderer:
        assert len({command.page for command in renderer.draw_list.colours}) > 1
        assert np.abs(premultiplied(picture(renderer)) - premultiplied(expected)).max() <= TOLERANCE


def test_a_frame_takes_few_draws_and_calls(face: AvatarModel, offscreen: Offscreen) -> None:
    surface = offscreen()
    surface.gl = gl = Gl(surface.gl)
    with Renderer(face, surface) as renderer:
        renderer.draw(NEUTRAL)
        gl.calls = 0
        renderer.draw(NEUTRAL)
        assert renderer.draw_list.draws <= 12
        assert gl.calls <= 120


def test_an_overlay_is_drawn_as_far_as_it_is_asked_for(builder: Any, offscreen: Offscreen) -> None:
    maker = builder((8, 8))
    maker.grid("skin", (0, 0, 8, 8), np.full((8, 8, 4), (200, 200, 200, 255), np.uint8), cells=(1, 1))
    maker.grid("overlay.mark", (0, 0, 8, 8), np.full((8, 8, 4), (0, 0, 0, 255), np.uint8), cells=(1, 1))
    out = np.zeros((8, 8, 4), np.uint8)
    with Renderer(maker.build(), offscreen(8, 8)) as renderer:
        for asked, grey in ((None, 200), ({"mark": 1.0}, 0), ({"mark": 0.5}, 100), ({}, 200)):
            renderer.draw(NEUTRAL, None, asked)
            renderer.read_rgba(out)
            assert (out == (grey, grey, grey, 255)).all()


# ---- size -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(512, 512), (256, 512), (512, 200), (100, 100), (33, 57), (1, 1), (2, 300)], ids=str)
def test_the_canvas_is_fitted_and_stands_on_the_lower_edge(
    builder: Any, offscreen: Offscreen, size: tuple[int, int]
) -> None:
    maker = builder((100, 50))
    maker.grid("all", (0, 0, 100, 50), np.full((50, 100, 4), 255, np.uint8), cells=(1, 1))
    with Renderer(maker.build(), offscreen(*size)) as renderer:
        alpha = picture(renderer)[..., 3]
    width, height = size
    scale = min(width / 100, height / 50)
    x, up = np.arange(width) + 0.5 - width / 2, height - np.arange(height) - 0.5
    expected = (np.abs(x) < 50 * scale)[None] & (up < 50 * scale)[:, None]
    on_edge = (np.abs(np.abs(x) - 50 * scale) < 0.01)[None] | (np.abs(up - 50 * scale) < 0.01)[:, None]
    assert np.array_equal((alpha == 255)[~on_edge], expected[~on_edge])


def test_resizing_gives_the_picture_of_a_fresh_start(face: AvatarModel, offscreen: Offscreen) -> None:
    surface, sizes = offscreen(), [(1, 1), (300, 200), (8192, 1), (64, 64), (1, 500), (512, 512), (256, 256)]
    with Renderer(face, surface) as renderer:
        for size in sizes * 3:
            surface.resize(size)
            resized = picture(renderer, POSES["talk"][0])
            assert resized.shape == (size[1], size[0], 4)
        assert surface.gl.glGetError() == 0
    with Renderer(face, surface) as fresh:
        assert np.array_equal(resized, picture(fresh, POSES["talk"][0]))


def settled(renderer: Renderer) -> np.ndarray:
    """The picture once the textures, made beside, are as fine as the view wants them."""
    for _ in range(14):
        picture(renderer, POSES["talk"][0])
    assert renderer._making is not None
    renderer._making.wait()
    sharper = picture(renderer, POSES["talk"][0])
    assert renderer._making is None
    return sharper


def test_textures_made_for_a_view_that_is_gone_are_not_taken(face: AvatarModel, offscreen: Offscreen) -> None:
    with Renderer(face, offscreen(128, 128)) as renderer:
        whole = picture(renderer, POSES["talk"][0])
        renderer.view = (4.0, 0.0, 0.0)
        while renderer._making is None:
            picture(renderer, POSES["talk"][0])
        renderer._making.wait()
        renderer.view = (1.0, 0.0, 0.0)
        for _ in range(20):
            again = picture(renderer, POSES["talk"][0])
        assert renderer._making is None
        assert np.array_equal(whole, again)


def test_a_view_shows_what_a_larger_picture_has_there(face: AvatarModel, offscreen: Offscreen) -> None:
    """Zoom 2 is the middle quarter of a picture twice the size, to the last bit once the textures are as fine."""
    surface = offscreen(128, 128)
    with Renderer(face, surface) as renderer:
        whole = picture(renderer, POSES["talk"][0])
        renderer.view = (2.0, 0.0, 0.0)
        near = settled(renderer)
        renderer.view = (2.0, 0.125, -0.25)
        aside = picture(renderer, POSES["talk"][0])
        renderer.view = (1.0, 0.0, 0.0)
        back = settled(renderer)
        assert surface.gl.glGetError() == 0
    surface.resize((256, 256))
    with Renderer(face, surface) as large:
        twice = picture(large, POSES["talk"][0])
    assert np.array_equal(near, twice[64:192, 64:192])
    assert np.array_equal(aside, twice[96:224, 48:176])
    assert np.array_equal(back, whole)


def test_a_minimised_window_draws_nothing(
    face: AvatarModel, offscreen: Offscreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    surface = offscreen()
    with Renderer(face, surface) as renderer:
        before = picture(renderer)
        surface.gl = None  # any use of it would fail
        with monkeypatch.context() as patch:
            patch.setattr(OffscreenSurface, "size_px", (0, 0))
            renderer.draw(POSES["talk"][0])
        surface.gl = renderer._gl
        out = np.zeros_like(before)
        renderer.read_rgba(out)
        assert np.array_equal(out, before)


def test_a_small_picture_is_an_average_not_a_sample(builder: Any, offscreen: Offscreen) -> None:
    """One-pixel stripes shown at a quarter of their size are even grey: the textures were reduced."""
    stripes = np.full((256, 256, 4), 255, np.uint8)
    stripes[:, ::2, :3] = 0
    maker = builder()
    maker.grid("stripes", (0, 0, 256, 256), stripes, cells=(1, 1))
    model = maker.build()
    for size in (128, 64, 32):
        with Renderer(model, offscreen(size, size)) as renderer:
            inner = picture(renderer)[4:-4, 4:-4, :3].astype(int)
            assert {*np.unique(inner)} <= {127, 128}


# ---- life -------------------------------------------------------------------------------------


def living(gl: Any) -> dict[str, int]:
    """OpenGL objects that exist, by kind."""
    kinds = {"buffer": gl.glIsBuffer, "texture": gl.glIsTexture, "program": gl.glIsProgram, "shader": gl.glIsShader,
             "framebuffer": gl.glIsFramebuffer, "vertex array": gl.glIsVertexArray}  # fmt: skip
    return {kind: sum(bool(exists(name)) for name in range(1, 200)) for kind, exists in kinds.items()}


def test_close_leaves_no_opengl_object_behind(face: AvatarModel, offscreen: Offscreen) -> None:
    surface = offscreen()
    before = living(surface.gl)
    for size in ((256, 256), (60, 60)):
        surface.resize(size)
        renderer = Renderer(face, surface)
        picture(renderer)
        surface.resize((128, 128))
        picture(renderer)
        assert living(surface.gl)["program"] == before["program"] + 3
        renderer.close()
        renderer.close()
        assert living(surface.gl) == before
    assert surface.gl.glGetError() == 0


def test_frames_do_not_depend_on_what_was_drawn_before(face: AvatarModel, offscreen: Offscreen) -> None:
    with Renderer(face, offscreen()) as renderer:
        first = picture(renderer)
        assert np.array_equal(first, picture(renderer))
        for frame, _ in POSES.values():
            picture(renderer, frame)
        assert np.array_equal(first, picture(renderer))


def test_a_new_context_makes_the_same_picture(face: AvatarModel) -> None:
    """The answer to a lost context: throw the renderer away and make it anew from the model."""
    seen = []
    for _ in range(4):
        with OffscreenSurface((256, 256)) as surface, Renderer(face, surface) as renderer:
            seen.append(picture(renderer, POSES["turn"][0]).tobytes())
    assert len(set(seen)) == 1


def test_stages_are_timed(face: AvatarModel, offscreen: Offscreen) -> None:
    with Renderer(face, offscreen(), profile=True) as renderer:
        picture(renderer)
        times = renderer.timings
        assert min(times.deform_s, times.upload_s, times.submit_s, times.raster_s, times.readback_s) > 0.0


def test_read_rgba_names_the_shape_it_expects(face: AvatarModel, offscreen: Offscreen) -> None:
    with Renderer(face, offscreen(20, 10)) as renderer:
        renderer.draw(NEUTRAL)
        strided = np.zeros((10, 20, 8), np.uint8)[..., ::2]
        for wrong in (np.zeros((20, 10, 4), np.uint8), np.zeros((10, 20, 4)), strided):
            with pytest.raises(ValueError, match=r"expected a contiguous uint8 array of shape \(10, 20, 4\)"):
                renderer.read_rgba(wrong)  # type: ignore[arg-type]


def test_a_model_without_anything_to_draw_is_an_empty_picture(offscreen: Offscreen) -> None:
    corner = np.zeros((1, 2), np.float32)
    model = AvatarModel(
        (10, 10), corner, np.zeros(1, np.float32), np.zeros(1, np.float32), corner, np.zeros((1, 3), np.uint32),
        np.zeros((52, 1, 2), np.float32), HeadRig((0, 0), 100.0), (Layer("dot", (0, 1), (0, 1), "t", opacity=0.0),),
        {"t": np.zeros((1, 1, 4), np.uint8)},
    )  # fmt: skip
    with Renderer(model, offscreen(10, 10)) as renderer:
        assert not picture(renderer).any()


def test_the_pure_modules_load_neither_opengl_nor_pygame() -> None:
    code = (
        "import sys, renderer.deform, renderer.drawlist, renderer.atlas, renderer.coverage\n"
        "print([name for name in ('OpenGL', 'pygame', 'PIL', 'cv2', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
