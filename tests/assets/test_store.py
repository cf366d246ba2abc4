"""`.avatar` files: exact round trips, and the same bytes for the same model. Refusals are in test_store_refusals."""

import dataclasses
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from assets import store
from assets.avatar import AvatarModel, Chains, HeadRig, Layer, Stops
from assets.errors import AvatarError, UsageError

ROOT: Final = Path(__file__).parents[2]
ARRAYS: Final = ("rest_px", "depth_px", "follow", "uv", "triangles", "deltas_px")
CHAINS: Final = tuple(field.name for field in dataclasses.fields(Chains))
STOPS: Final = tuple(field.name for field in dataclasses.fields(Stops))
PLAIN: Final = ("canvas_px", "head", "layers", "correctives", "facts", "title", "author", "licence")


def assert_same(a: AvatarModel, b: AvatarModel) -> None:
    """Bit for bit."""
    for part_a, part_b, names in ((a, b, ARRAYS), (a.stops, b.stops, STOPS), (a.chains, b.chains, CHAINS)):
        for name in names:
            left, right = getattr(part_a, name), getattr(part_b, name)
            assert (left.dtype, left.shape, left.tobytes()) == (right.dtype, right.shape, right.tobytes()), name
    assert set(a.textures) == set(b.textures)
    for name in a.textures:
        np.testing.assert_array_equal(a.textures[name], b.textures[name])
    for name in PLAIN:
        assert getattr(a, name) == getattr(b, name), name


def test_what_is_loaded_is_what_was_saved(make_model: Callable[..., AvatarModel], tmp_path: Path) -> None:
    for seed in range(3):
        model = make_model(seed)
        store.save(model, tmp_path / "a.avatar")
        assert_same(store.load(tmp_path / "a.avatar"), model)


def test_equal_models_give_equal_bytes(make_model: Callable[..., AvatarModel]) -> None:
    first = make_model()
    again = dataclasses.replace(make_model(), textures=dict(reversed(list(first.textures.items()))))
    data = store.to_bytes(first)
    assert data == store.to_bytes(again)
    assert data == store.to_bytes(store.from_bytes(data))
    assert data != store.to_bytes(make_model(1))


def test_the_file_is_a_plain_stored_zip(avatar_file: Path) -> None:
    with zipfile.ZipFile(avatar_file) as opened:
        infos = opened.infolist()
        assert opened.testzip() is None
    assert [info.filename for info in infos] == [
        "avatar.json", "rig.safetensors", "textures/iris.1.png", "textures/mask.png", "textures/skin.png",
    ]  # fmt: skip
    assert {(info.compress_type, info.date_time) for info in infos} == {(zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0))}


def test_a_file_zipped_again_by_hand_is_accepted(avatar_file: Path, model: AvatarModel, tmp_path: Path) -> None:
    """Somebody unpacks an avatar, paints a texture, and zips the folder with whatever the system has."""
    again = tmp_path / "again.avatar"
    with zipfile.ZipFile(avatar_file) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("textures/", b"")
        for name in reversed(old.namelist()):
            new.writestr(name, old.read(name))
        new.writestr(".DS_Store", b"\0" * 100)
        new.writestr("__MACOSX/textures/._skin.png", b"\0" * 100)
        new.comment = b"zipped by hand"
    assert_same(store.load(again), model)


def test_only_deltas_too_short_to_see_are_left_out(make_model: Callable[..., AvatarModel]) -> None:
    deltas_px = np.zeros((54, 96, 2), np.float32)
    deltas_px[0, 0] = (0.0009, -0.0009)
    deltas_px[1, 1] = (0.0009, -0.0011)
    deltas_px[53, 95] = (np.nextafter(np.float32(1e-3), np.float32(1)), 0.0)
    kept = store.from_bytes(store.to_bytes(make_model(deltas_px=deltas_px))).deltas_px
    assert not kept[0].any()
    assert kept[1:].tobytes() == deltas_px[1:].tobytes()


def test_colours_under_alpha_zero_survive(make_model: Callable[..., AvatarModel]) -> None:
    texture = np.zeros((16, 16, 4), np.uint8)
    texture[..., :3] = np.arange(16 * 16 * 3).reshape(16, 16, 3) % 251
    model = make_model()
    model = dataclasses.replace(model, textures={**model.textures, "skin": texture})
    np.testing.assert_array_equal(store.from_bytes(store.to_bytes(model)).textures["skin"], texture)


def test_numpy_numbers_in_layers_become_plain_numbers(model: AvatarModel) -> None:
    first = dataclasses.replace(
        model.layers[0],
        vertex_range=tuple(np.array(model.layers[0].vertex_range)),
        opacity=np.float32(0.1),  # type: ignore[arg-type]
    )
    loaded = store.from_bytes(store.to_bytes(dataclasses.replace(model, layers=(first, *model.layers[1:]))))
    assert loaded.layers[0] == first
    assert type(loaded.layers[0].opacity) is float


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
numbers = st.floats(allow_nan=False, allow_infinity=False)
facts = st.dictionaries(
    texts,
    st.recursive(
        st.none() | st.booleans() | st.integers() | numbers | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=5,
    ),
    max_size=3,
)
unit = st.floats(0.0, 1.0, width=32)
coordinate = st.floats(-1200.0, 1200.0, width=32)
visible = st.just(0.0) | st.floats(1.0, 99.0, width=32) | st.floats(-99.0, -1.0, width=32)


@st.composite
def models(draw: st.DrawFn) -> AvatarModel:
    """One layer of a few vertices; arbitrary values everywhere."""
    count, triangles, stops = draw(st.integers(1, 6)), draw(st.integers(1, 4)), draw(st.integers(0, 2))
    chains = draw(st.integers(0, 2))
    hung = draw(st.integers(0, 4 * count)) if chains else 0

    def floats(shape: int | tuple[int, ...], elements: st.SearchStrategy[float]) -> Any:
        return draw(hnp.arrays(np.float32, shape, elements=elements))

    def rows(shape: int | tuple[int, ...]) -> Any:
        return draw(hnp.arrays(np.uint32, shape, elements=st.integers(0, count - 1)))

    return AvatarModel(
        canvas_px=(draw(st.integers(300, 8192)), draw(st.integers(300, 8192))),
        rest_px=floats((count, 2), coordinate),
        depth_px=floats(count, coordinate),
        follow=floats(count, unit),
        uv=floats((count, 2), unit),
        triangles=rows((triangles, 3)),
        deltas_px=floats((52, count, 2), visible),
        head=HeadRig(
            (draw(st.floats(-1e6, 1e6)), 0.0),
            draw(st.floats(1e-3, 1e6)),
            roll_gain=draw(st.floats(-10.0, 10.0)),
        ),
        layers=(Layer("all", (0, count), (0, triangles), "t", opacity=draw(unit)),),
        textures={"t": draw(hnp.arrays(np.uint8, (draw(st.integers(1, 9)), draw(st.integers(1, 9)), 4)))},
        stops=Stops(
            rows(stops), rows(stops), floats(stops, coordinate),
            rows(stops), np.zeros(stops, np.uint32), floats(stops, unit),
        ),
        chains=Chains(
            rows((chains, 4)), rows(hung), np.full(hung, draw(st.integers(0, max(4 * chains - 1, 0))), np.uint32),
            floats(hung, unit),
        ),
        facts=draw(facts),
        title=draw(texts),
        licence=draw(texts),
    )  # fmt: skip


@settings(deadline=None, max_examples=30)
@given(models())
def test_round_trip_of_any_model(model: AvatarModel) -> None:
    data = store.to_bytes(model)
    loaded = store.from_bytes(data)
    assert_same(loaded, model)
    assert store.to_bytes(loaded) == data


def test_the_manifest_alone(avatar_file: Path, model: AvatarModel) -> None:
    manifest = store.read_manifest(avatar_file)
    assert manifest["format"] == "cartoonalive-avatar"
    assert manifest["version"] == 1
    assert manifest["canvas_px"] == [320, 400]
    assert manifest["textures"]["skin"] == {"size_px": [21, 33]}
    assert [layer["name"] for layer in manifest["layers"]] == [layer.name for layer in model.layers]
    assert manifest["facts"] == model.facts
    assert manifest["licence"] == "CC0-1.0"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"facts": {"x": float("nan")}}, "facts"),
        ({"facts": {"x": np.float32(1)}}, "facts"),
        ({"facts": {1: 2}}, "facts"),
        ({"facts": {"x": "y" * (1 << 20)}}, "facts"),
        ({"facts": {"x": [[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]}}, "facts"),
        ({"title": "\x1b]0;owned\x07"}, "title"),
        ({"licence": "x" * 5000}, "licence"),
    ],
)
def test_what_could_not_be_loaded_is_not_saved(
    make_model: Callable[..., AvatarModel], avatar_file: Path, fields: dict[str, Any], named: str
) -> None:
    before = avatar_file.read_bytes()
    with pytest.raises(AvatarError, match=rf"^{named}: [^\n]+ \(in [^\n]*small.avatar\)$"):
        store.save(make_model(**fields), avatar_file)
    assert avatar_file.read_bytes() == before
    assert len(list(avatar_file.parent.iterdir())) == 1


def test_a_missing_folder_is_said_plainly(model: AvatarModel, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="its folder does not exist"):
        store.save(model, tmp_path / "missing" / "a.avatar")


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_while_saving_the_old_avatar_stays(avatar_file: Path, model: AvatarModel) -> None:
    code = """
        import dataclasses, os, signal, sys
        from pathlib import Path
        from assets import store
        path = Path(sys.argv[1])
        os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
        store.save(dataclasses.replace(store.load(path), title="new"), path)
    """
    command = [sys.executable, "-c", "\n".join(line.strip() for line in code.splitlines()), str(avatar_file)]
    assert subprocess.run(command, cwd=ROOT, check=False, timeout=60).returncode == -9
    assert_same(store.load(avatar_file), model)
