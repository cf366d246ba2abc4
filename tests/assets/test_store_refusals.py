"""Avatar files from strangers: damaged by chance or on purpose, each is refused in one line that names the field."""

import ast
import io
import json
import os
import pickle
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from assets import archive, store
from assets.avatar import AvatarModel
from assets.errors import AvatarError

ROOT: Final = Path(__file__).parents[2]
ONE_LINE: Final = re.compile(r"(?P<field>[^:\n]+)(: | must )[^\n]+ \(in (?P<file>[^\n]+)\)")

Members = dict[str, bytes]


def refusal(path: Path) -> str:
    """The message with which `path` is refused; it is one line, names a field, ends with the file."""
    with pytest.raises(AvatarError) as caught:
        store.load(path)
    assert_clear(str(caught.value), path)
    return str(caught.value)


def assert_clear(message: str, path: Path) -> None:
    match = ONE_LINE.fullmatch(message)
    assert match is not None, message
    assert match["file"] == str(path)
    assert len(message) < 400 + len(str(path)), message


def members_of(path: Path) -> Members:
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


# ---- by chance ----------------------------------------------------------------------------------


def _mutated(data: bytes, dice: random.Random, within: int) -> bytes:
    """Truncated, with flipped bits, swapped bytes, a stretch overwritten, repeated or removed."""
    changed = bytearray(data)
    place = dice.randrange(min(within, len(data)))
    length = dice.choice((1, 2, 4, 8, 64, 1000))
    match dice.randrange(6):
        case 0:
            del changed[place:]
        case 1:
            for _ in range(dice.choice((1, 1, 1, 3, 20))):
                changed[dice.randrange(min(within, len(data)))] ^= 1 << dice.randrange(8)
        case 2:
            other = dice.randrange(len(data))
            changed[place], changed[other] = changed[other], changed[place]
        case 3:
            changed[place : place + length] = dice.choice((b"\0", b"\xff", dice.randbytes(1))) * length
        case 4:
            changed[place:place] = changed[place : place + length]
        case _:
            del changed[place : place + length]
    return bytes(changed)


def _outcome(data: bytes, path: Path) -> str:
    """"loaded" or "refused"; anything else fails the test."""
    path.write_bytes(data)
    try:
        model = store.load(path)
    except AvatarError as error:
        assert_clear(str(error), path)
        return "refused"
    assert isinstance(model, AvatarModel)
    return "loaded"


def test_250_mutants_of_the_file(avatar_file: Path) -> None:
    good = avatar_file.read_bytes()
    dice = random.Random(1)
    directory = len(good) - 600
    outcomes = []
    for number in range(250):
        if number % 2:
            mutant = _mutated(good, dice, len(good))
        else:  # the directory of the zip, where a parser is easiest to fool
            mutant = good[:directory] + _mutated(good[directory:], dice, 600)
        outcomes.append(_outcome(mutant, avatar_file))
    assert outcomes.count("refused") > 200


@pytest.mark.parametrize(
    ("member", "header_bytes"), [("avatar.json", 4000), ("rig.safetensors", 1200), ("textures/skin.png", 60)]
)
def test_300_mutants_inside_the_file(avatar_file: Path, member: str, header_bytes: int) -> None:
    """The checksums of the zip are right again: what is inside has to be told by its own rules."""
    members = members_of(avatar_file)
    dice = random.Random(member)
    outcomes = []
    for number in range(100):
        within = header_bytes if number % 3 else len(members[member])
        mutant = archive.pack({**members, member: _mutated(members[member], dice, within)})
        outcomes.append(_outcome(mutant, avatar_file))
    assert outcomes.count("refused") > 20


# ---- on purpose: what is not an avatar at all ---------------------------------------------------


def _picture(mode: str, kind: str, size: tuple[int, int] = (21, 33), **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind, **options)
    return buffer.getvalue()


def _zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for name, data in members.items():
            opened.writestr(name, data)
    return buffer.getvalue()


def _npz() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, a=np.zeros(3))
    return buffer.getvalue()


STRANGERS: Final[dict[str, tuple[bytes, str]]] = {
    "nothing": (b"", "file: is empty"),
    "words": (b"not an avatar", "file: expected an avatar"),
    "pickle": (pickle.dumps({"a": 1}, 2), "file: .* pickle"),
    "pickle 5": (pickle.dumps({"a": 1}, 5), "file: .* pickle"),
    "npy": (b"\x93NUMPY\x01\x00" + b"x" * 100, "file: .* numpy"),
    "npz": (_npz(), "avatar.json: is missing"),
    "pth": (_zipped(**{"archive/data.pkl": pickle.dumps(1)}), "avatar.json: is missing"),
    "empty zip": (_zipped(), "avatar.json: is missing"),
    "png": (_picture("RGBA", "PNG"), "file: .* PNG .* generate"),
    "jpeg": (_picture("RGB", "JPEG"), "file: .* JPEG .* generate"),
    "gif": (_picture("P", "GIF"), "file: expected an avatar"),
    "gzip": (b"\x1f\x8b\x08" + b"\0" * 20, "file: .* gzip"),
    "safetensors": (save_tensors({"a": np.zeros(3, np.float32)}), "file: expected an avatar"),
    "half a zip": (b"PK\x03\x04" + b"\0" * 100, "zip directory: is missing"),
    "P": (b"P", "file: expected"),
    "PK": (b"PK", "zip directory: is missing"),
    "zeros": (b"\0" * 1000, "file: expected"),
    "end record only": (b"PK\x05\x06" + b"\xff" * 18, "zip directory"),
}


@pytest.mark.parametrize("case", STRANGERS)
def test_strangers(case: str, tmp_path: Path) -> None:
    data, said = STRANGERS[case]
    (tmp_path / "evil.avatar").write_bytes(data)
    assert re.match(said, refusal(tmp_path / "evil.avatar"))


def test_things_that_are_not_files(tmp_path: Path) -> None:
    assert refusal(tmp_path / "missing.avatar").startswith("file: does not exist")
    assert refusal(tmp_path).startswith("file: is a folder")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.avatar")
        assert refusal(tmp_path / "pipe.avatar").startswith("file: is not a regular file")
    if Path("/dev/zero").exists():
        (tmp_path / "zero.avatar").symlink_to("/dev/zero")
        assert refusal(tmp_path / "zero.avatar").startswith("file: is not a regular file")


@pytest.mark.skipif(os.name != "posix", reason="sparse files")
def test_a_file_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    with open(tmp_path / "huge.avatar", "wb") as file:
        file.truncate(1 << 30)
    assert re.match("file: is 1073741824 bytes long, at most 268435456", refusal(tmp_path / "huge.avatar"))


@pytest.mark.skipif(os.name != "posix", reason="such names are not allowed elsewhere")
def test_a_strange_file_name_does_not_break_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a\nb\x1b.avatar"
    path.write_bytes(b"")
    with pytest.raises(AvatarError) as caught:
        store.load(path)
    assert str(caught.value) == f"file: is empty (in {tmp_path}/a\\nb\\x1b.avatar)"


# ---- on purpose: the manifest -------------------------------------------------------------------

Edit = Callable[[dict[str, Any]], object]


def _set(place: str, value: Any) -> Edit:
    """Replace `a.0.b` in the manifest; the value "absent" removes it."""

    def edit(document: dict[str, Any]) -> None:
        *way, last = [int(part) if part.isdigit() else part for part in place.split(".")]
        target: Any = document
        for part in way:
            target = target[part]
        if value == "absent":
            del target[last]
        else:
            target[last] = value

    return edit


MANIFESTS: Final[dict[str, tuple[Edit, str]]] = {
    "other format": (_set("format", "other"), "format: expected 'cartoonalive-avatar'"),
    "no format": (_set("format", "absent"), "format: expected"),
    "version 2": (_set("version", 2), "version: this program reads version 1, got 2"),
    "version 0": (_set("version", 0), "version: this program reads version 1, got 0"),
    "version text": (_set("version", "1"), "version: expected a whole number"),
    "version true": (_set("version", True), "version: expected a whole number"),
    "no version": (_set("version", "absent"), "version: is missing"),
    "canvas zero": (_set("canvas_px.0", 0), r"canvas_px\[0\]: expected a whole number from 1"),
    "canvas huge": (_set("canvas_px.1", 10**9), r"canvas_px\[1\]: expected"),
    "canvas cut": (_set("canvas_px", [5]), "canvas_px: expected a list of 2"),
    "canvas fraction": (_set("canvas_px.0", 1.5), r"canvas_px\[0\]: expected a whole number"),
    "channels swapped": (lambda d: d["channels"].reverse(), "channels: expected the 52"),
    "channels cut": (lambda d: d["channels"].pop(), "channels: expected the 52"),
    "corrective unknown": (_set("correctives.0.0", "nose"), "correctives: expected 2 to 4"),
    "corrective missing": (lambda d: d["correctives"].pop(), "deltas.row|deltas_px|rig.safetensors: deltas.row"),
    "correctives 65": (_set("correctives", [["jawOpen", "mouthClose"]] * 65), "correctives: expected at most 64"),
    "no head": (_set("head", "absent"), "head: is missing"),
    "no focal length": (_set("head.focal_px", "absent"), "head.focal_px: is missing"),
    "focal length text": (_set("head.focal_px", "far"), "head.focal_px: expected a number"),
    "focal length zero": (_set("head.focal_px", 0), "head.focal_px must be positive"),
    "pivot cut": (_set("head.pivot_px", [1]), "head.pivot_px: expected a list of 2"),
    "layers absent": (_set("layers", "absent"), "layers: is missing"),
    "layers text": (_set("layers", "all"), "layers: expected a list"),
    "layers none": (_set("layers", []), "layers: 1..256 expected"),
    "layers 257": (lambda d: d["layers"].extend(d["layers"][:1] * 251), "layers: expected at most 256"),
    "layer a number": (_set("layers.2", 3), r"layers\[2\]: expected an object"),
    "layer name path": (_set("layers.0.name", "../../x"), r"layers\[0\].name: expected a plain name"),
    "layer name drive": (_set("layers.0.name", "C:\\x"), r"layers\[0\].name: expected a plain name"),
    "layer name NUL": (_set("layers.0.name", "a\0b"), r"layers\[0\].name: expected text without control"),
    "layer name look-alike": (_set("layers.0.name", "skіn"), r"layers\[0\].name: expected a plain name"),
    "layer name long": (_set("layers.0.name", "x" * 65), r"layers\[0\].name: expected at most 64"),
    "layer name line break": (_set("layers.0.name", "skin\n"), r"layers\[0\].name: expected a plain name"),
    "layer twice": (_set("layers.1.name", "skin"), "layer skin: the name appears twice"),
    "blend unknown": (_set("layers.0.blend", "screen"), "layer skin: blend"),
    "mask unknown": (_set("layers.1.mask", "left"), "layer eyes-upper: mask"),
    "opacity 7": (_set("layers.3.opacity", 7), r"layers\[3\].opacity: expected a number from 0 to 1, got 7"),
    "fade signal": (_set("layers.4.fades.0.signal", "nose"), "fade.signal"),
    "fades 18": (lambda d: d["layers"][4].update(fades=d["layers"][4]["fades"] * 9), r"layers\[4\].fades: .* most 16"),
    "range backwards": (_set("layers.0.vertex_range", [16, 0]), "layer skin: vertex_range"),
    "range negative": (_set("layers.0.vertex_range", [-1, 16]), r"layers\[0\].vertex_range\[0\]: expected"),
    "range too far": (_set("layers.5.vertex_range", [80, 10**9]), "layer glint: vertex_range"),
    "cycle of clips": (_set("layers.1.clip", "mouth"), "clip group"),
    "textures list": (_set("textures", []), "textures: expected an object"),
    "texture undeclared": (_set("textures.skin", "absent"), "layer skin: texture"),
    "texture of 65535": (_set("textures.skin.size_px", [65535, 65535]), r"textures.skin.size_px\[0\]: expected"),
    "texture size wrong": (_set("textures.skin.size_px", [33, 21]), "textures/skin.png: expected 33x21 .* got 21x33"),
    "texture not there": (_set("textures.fur", {"size_px": [4, 4]}), "textures/fur.png: is missing"),
    "texture name path": (_set("textures", {"../x": {"size_px": [4, 4]}}), "textures: name: expected a plain name"),
    "textures of 67 MP": (
        lambda d: d["textures"].update({f"t{i}": {"size_px": [4096, 4096]} for i in range(4)}),
        "textures: at most 64000000 pixels in all",
    ),
    "title in colour": (_set("title", "\x1b[31m"), "title: expected text without control"),
    "facts a list": (_set("facts", []), "facts: expected an object"),
    "deep": (lambda d: d["facts"].update(x=json.loads("[" * 20 + "]" * 20)), "avatar.json: is nested deeper than 16"),
}  # fmt: skip


@pytest.mark.parametrize("case", MANIFESTS)
def test_manifests(case: str, avatar_file: Path) -> None:
    edit, said = MANIFESTS[case]
    members = members_of(avatar_file)
    document = json.loads(members["avatar.json"])
    edit(document)
    avatar_file.write_bytes(archive.pack({**members, "avatar.json": json.dumps(document).encode()}))
    assert re.match(said, refusal(avatar_file))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is not JSON"),
        (b"[]", "value: expected an object"),
        (b'{"version": NaN}', "NaN is not a JSON number"),
        (b'{"version": 1e999}', "the number '1e999' is too large"),
        (b"[" * 200_000, "is nested deeper"),
        (b'{"a":' * 100_000, "is nested deeper"),
        (b'{"version": 1, "version": 2}', "the key 'version' appears twice"),
        (b'{"title": "\xff"}', "is not UTF-8"),
        (b'{"title": "\\ud800"}', "half a surrogate pair"),
        (b" " * (1 << 20) + b"{}", "1048578 bytes long, at most 1048576"),
    ],
)
def test_texts_that_are_not_manifests(text: bytes, said: str, avatar_file: Path) -> None:
    avatar_file.write_bytes(archive.pack({**members_of(avatar_file), "avatar.json": text}))
    assert re.match(f"avatar.json: .*{said}", refusal(avatar_file))


def test_unknown_keys_are_ignored_and_optional_ones_have_defaults(avatar_file: Path) -> None:
    members = members_of(avatar_file)
    document = json.loads(members["avatar.json"])
    document["weather"] = {"wind": 3}
    document["layers"][0]["sparkle"] = True
    document["head"]["hat"] = 1
    for name in ("title", "author", "licence", "facts"):
        del document[name]
    for name in ("clip", "mask", "blend", "opacity", "fades"):
        del document["layers"][0][name]
    del document["head"]["perspective"]
    members["physics.json"] = b"{}"
    avatar_file.write_bytes(archive.pack({**members, "avatar.json": json.dumps(document).encode()}))
    model = store.load(avatar_file)
    assert (model.title, model.facts, model.layers[0].blend, model.head.perspective) == ("", {}, "normal", 0.6)


# ---- on purpose: the rig ------------------------------------------------------------------------

Tensors = dict[str, Any]


def _tensor(name: str, change: Callable[[Any], Any]) -> Callable[[Tensors], object]:
    return lambda tensors: tensors.update({name: np.ascontiguousarray(change(tensors[name].copy()))})


def _put(name: str, index: Any, value: float) -> Callable[[Tensors], object]:
    def change(array: Any) -> Any:
        array[index] = value
        return array

    return _tensor(name, change)


RIGS: Final[dict[str, tuple[Callable[[Tensors], object], str]]] = {
    "array missing": (lambda t: t.pop("uv"), "rig.safetensors: uv: is missing"),
    "array unknown": (lambda t: t.update(code=np.zeros(3, np.uint8)), "rig.safetensors: 'code': is not a known array"),
    "9999 arrays": (lambda t: t.update({f"x{i}": np.zeros(0) for i in range(9999)}), "rig.safetensors: header"),
    "double": (_tensor("rest_px", lambda a: a.astype(np.float64)), "rig.safetensors: rest_px: expected F32, got 'F64'"),
    "signed": (_tensor("triangles", lambda a: a.astype(np.int32)), "rig.safetensors: triangles: expected U32"),
    "flat": (_tensor("rest_px", lambda a: a.ravel()), r"rig.safetensors: rest_px: expected shape \(any, 2\)"),
    "3 columns": (_tensor("uv", lambda a: np.zeros((96, 3), np.float32)), "rig.safetensors: uv: expected shape"),
    "short": (_tensor("follow", lambda a: a[:-1]), "follow: expected shape"),
    "no vertices": (
        lambda t: t.update({n: a[:0] for n, a in t.items() if n[:5] not in ("stops", "chain")}), "rest_px: 1..200000",
    ),
    "NaN": (_put("rest_px", (0, 0), np.nan), "rest_px: has a value that is not finite"),
    "infinite": (_put("depth_px", 3, -np.inf), "depth_px: has a value that is not finite"),
    "NaN uv": (_put("uv", (3, 1), np.nan), "uv: has a value that is not finite"),
    "NaN stop": (_put("stops.gap_px", 0, np.nan), "stops.gap_px: has a value that is not finite"),
    "far": (_put("rest_px", (0, 0), 1e30), "rest_px: a value is larger"),
    "triangle = V": (_put("triangles", (0, 0), 96), "layer skin: triangles: an index"),
    "triangle = -1": (_put("triangles", (0, 0), 2**32 - 1), "layer skin: triangles: an index"),
    "stop = V": (_put("stops.upper", 0, 96), "stops.upper: an index"),
    "chain half": (lambda t: t.pop("chains.joint"), "rig.safetensors: chains.joint: is missing"),
    "chain = V": (_put("chains.vertex", 0, 96), "chains.vertex: an index"),
    "chain NaN": (_put("chains.weight", 0, np.nan), "chains.weight: has a value that is not finite"),
    "delta NaN": (_put("deltas.offset_px", (0, 0), np.nan), "rig.safetensors: deltas.offset_px: .* not finite"),
    "delta infinite": (_put("deltas.offset_px", (9, 1), np.inf), "rig.safetensors: deltas.offset_px: .* not finite"),
    "delta far": (_put("deltas.offset_px", (9, 1), 1e30), "deltas_px: a value is larger"),
    "delta row": (_put("deltas.row", -1, 54), "rig.safetensors: deltas.row: an index of 54 .* 54 channels"),
    "delta vertex": (_put("deltas.vertex", 0, 96), "rig.safetensors: deltas.vertex: an index of 96 .* 96 vertices"),
    "delta twice": (_put("deltas.vertex", slice(0, 2), 5), "rig.safetensors: deltas: entries must ascend"),
    "deltas turned": (_tensor("deltas.row", lambda a: a[::-1]), "rig.safetensors: deltas: entries must ascend"),
    "deltas uneven": (_tensor("deltas.row", lambda a: a[:-1]), "rig.safetensors: deltas: row, vertex and offset_px"),
}  # fmt: skip


@pytest.mark.parametrize("case", RIGS)
def test_rigs(case: str, avatar_file: Path) -> None:
    edit, said = RIGS[case]
    members = members_of(avatar_file)
    tensors = dict(load_tensors(members["rig.safetensors"]))
    edit(tensors)
    avatar_file.write_bytes(archive.pack({**members, "rig.safetensors": save_tensors(tensors)}))
    assert re.match(said, refusal(avatar_file))


def _with_header(data: bytes, change: Callable[[str], str]) -> bytes:
    (size,) = struct.unpack_from("<Q", data)
    text = change(data[8 : 8 + size].decode()).encode()
    return struct.pack("<Q", len(text)) + text + data[8 + size :]


def _edited(name: str, **fields: Any) -> Callable[[str], str]:
    def change(text: str) -> str:
        header = json.loads(text)
        header[name].update(fields)
        return json.dumps(header)

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: struct.pack("<Q", 2**63) + data[8:], "header: is 9223372036854775808 bytes long"),
        (lambda data: struct.pack("<Q", 200 << 20) + data[8:], "header: is 209715200 bytes long"),
        (lambda data: data[:4], "header: is cut off"),
        (lambda data: data[:-1], "header: "),
        (lambda data: data + b"\0", "header: "),
        (lambda data: _with_header(data, lambda text: "[" * 10_000), "header: is nested deeper"),
        (lambda data: _with_header(data, lambda text: text.replace("{", '{"uv":{},', 1)), "header: the key 'uv'"),
        (lambda data: _with_header(data, _edited("uv", data_offsets=[0, 768])), "header: "),
        (lambda data: _with_header(data, _edited("uv", data_offsets=[0, 2**70])), "header: "),
        (lambda data: _with_header(data, _edited("uv", shape=[2**31, 2])), "header: "),
        (lambda data: _with_header(data, _edited("uv", shape=[-1, 2])), "uv.shape.0.: expected a whole number"),
        (lambda data: _with_header(data, _edited("uv", shape="big")), "uv.shape: expected a list"),
        (lambda data: _with_header(data, lambda text: text.replace('"uv":{', '"uv":[{', 1)), "header: "),
    ],
)
def test_rig_headers(change: Callable[[bytes], bytes], said: str, avatar_file: Path) -> None:
    members = members_of(avatar_file)
    avatar_file.write_bytes(archive.pack({**members, "rig.safetensors": change(members["rig.safetensors"])}))
    assert re.match(f"rig.safetensors: {said}", refusal(avatar_file))


# ---- on purpose: the textures -------------------------------------------------------------------


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _header(width: int, height: int) -> bytes:
    return _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))


SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
GOOD: Final = _picture("RGBA", "PNG")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is not a PNG"),
        (_picture("RGB", "JPEG"), "is not a PNG"),
        (_picture("RGB", "PNG"), "must be an 8-bit RGBA PNG"),
        (_picture("P", "PNG"), "must be an 8-bit RGBA PNG"),
        (_picture("RGBA", "PNG", (22, 33)), "expected 21x33 px as in avatar.json, got 22x33"),
        (_picture("RGBA", "PNG", (5000, 1)), "sides must be in 1..4096 px, got 5000x1"),
        (SIGNATURE + _header(65535, 65535) + GOOD[33:], "sides must be in 1..4096 px, got 65535x65535"),
        (SIGNATURE + _header(9000, 9000) + _chunk(b"IDAT", zlib.compress(b"\0" * 10**6)), "sides must be"),
        (SIGNATURE + _header(0, 0) + GOOD[33:], "sides must be in 1..4096 px"),
        (SIGNATURE + _header(21, 33) + _header(4096, 4096) + GOOD[33:], "is a damaged PNG: a second header"),
        (SIGNATURE + _header(21, 33) + _chunk(b"EVIL", b"") + GOOD[33:], "is a damaged PNG: .* unknown critical chunk"),
        (GOOD[:-20], "is a damaged PNG: cut off"),
        (GOOD[:33] + _chunk(b"IDAT", b"junk") + _chunk(b"IEND", b""), "is a damaged PNG"),
        (GOOD[:33] + _chunk(b"IDAT", zlib.compress(b"\0" * 100)) + _chunk(b"IEND", b""), "is a damaged PNG"),
        (GOOD[:33] + _chunk(b"IEND", b""), "is a damaged PNG"),
        (GOOD[:33] + _chunk(b"tEXt", b"") * 100_000 + GOOD[33:], "is a damaged PNG: more than 100000 chunks"),
    ],
)
def test_textures(data: bytes, said: str, avatar_file: Path) -> None:
    avatar_file.write_bytes(archive.pack({**members_of(avatar_file), "textures/skin.png": data}))
    assert re.match(f"textures/skin.png: {said}", refusal(avatar_file))


# ---- nothing in a model can run -----------------------------------------------------------------


def test_the_loader_reaches_nothing_that_runs_code() -> None:
    """pickle, marshal, eval, exec, numpy.load and extractall appear nowhere in the modules that read avatars."""
    names = ("archive", "avatar", "files", "manifest", "pictures", "rig", "store", "strictjson")
    forbidden = {"pickle", "marshal", "eval", "exec", "compile", "__import__", "extract", "extractall", "mmap"}
    for name in names:
        tree = ast.parse((ROOT / "assets" / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                assert not {alias.name for alias in node.names} & forbidden, name
            elif isinstance(node, ast.ImportFrom):
                assert node.module not in forbidden, name
            elif isinstance(node, ast.Name):
                assert node.id not in forbidden, f"{name}: {node.id}"
            elif isinstance(node, ast.Attribute):
                called_by_re = isinstance(node.value, ast.Name) and node.value.id == "re"
                assert node.attr not in forbidden or called_by_re, f"{name}: {node.attr}"
                of_numpy = isinstance(node.value, ast.Name) and node.value.id == "np"
                assert not (of_numpy and node.attr in ("load", "memmap", "fromfile")), name
