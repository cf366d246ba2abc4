"""`.avatar` files: `save`, `load`, `read_manifest`.

One zip, stored without compression: `avatar.json` (see `assets.manifest`), `textures/NAME.png` (straight RGBA8),
`rig.safetensors` (see `assets.rig`). Equal models give equal bytes. What is loaded equals what was saved, except that
deltas shorter than 0.001 px become 0 and tuples among the facts become lists.

A file may come from anywhere. It is read whole into memory, never mapped and never unpacked to the disk; sizes are
checked before anything is parsed, and nothing in it can run. Every refusal is one AvatarError of one line: the field,
what was expected, what was got, then the file.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from assets import archive, arkit, files, manifest, pictures, rig, strictjson
from assets.avatar import MAX_TEXTURE_PIXELS, AvatarModel, Texture
from assets.errors import AvatarError

MAX_FILE_BYTES: Final = 256 << 20
MAX_MANIFEST_BYTES: Final = 1 << 20
MANIFEST: Final = "avatar.json"
RIG: Final = "rig.safetensors"

_MAGIC: Final = (  # what is given by mistake, or in bad faith, as an avatar
    (b"\x89PNG", "a PNG picture; make an avatar from it with: cartoonalive generate"),
    (b"\xff\xd8\xff", "a JPEG picture; make an avatar from it with: cartoonalive generate"),
    (b"\x93NUMPY", "a numpy array"),
    (b"\x1f\x8b", "a gzip file"),
    (b"8BPS", "a PSD picture"),
    (b"MOC3", "a Live2D model"),
    (b"TRNSRTS\0", "an Inochi2D puppet"),
    (b"glTF", "a glTF or VRM model"),
    *((bytes((0x80, protocol)), "a Python pickle") for protocol in range(2, 6)),
)


def save(model: AvatarModel, path: Path, /) -> None:
    """Write `model` to `path`, all or nothing. Raises AvatarError when it can't be written as an avatar file."""
    with _naming(path):
        files.write_bytes(path, to_bytes(model))


def load(path: Path, /) -> AvatarModel:
    """The avatar in `path`. Raises AvatarError, naming the field and the file."""
    with _naming(path):
        return from_bytes(_read(path))


def read_manifest(path: Path, /) -> dict[str, Any]:
    """`avatar.json` of the avatar in `path` as JSON values; arrays and textures stay unread. Raises AvatarError."""
    with _naming(path):
        value = _manifest_json(_open(_read(path)))
        manifest.from_json(value)
        return value


def to_bytes(model: AvatarModel, /) -> bytes:
    """The avatar file of `model`. Raises ValueError naming the field that can't be written."""
    value = manifest.to_json(model)
    try:
        text = strictjson.dump(value, limit_bytes=MAX_MANIFEST_BYTES)
    except ValueError as error:
        raise ValueError(f"facts: {error}") from error  # the only field whose contents are free
    manifest.from_json(strictjson.parse(text, limit_bytes=MAX_MANIFEST_BYTES))  # what we write, we can read
    members = {MANIFEST: text, RIG: rig.pack(model)}
    for name, texture in model.textures.items():
        members[_member(name)] = pictures.png_from_rgba(texture)
    data = archive.pack(members)
    if len(data) > MAX_FILE_BYTES:
        raise ValueError(f"textures: the file would be {len(data)} bytes long, at most {MAX_FILE_BYTES} are allowed")
    return data


def from_bytes(data: bytes, /) -> AvatarModel:
    """The avatar in the bytes of a file. Raises ValueError or AvatarError, naming the field."""
    opened = _open(data)
    head = manifest.from_json(_manifest_json(opened))
    with _within(RIG):
        arrays = rig.unpack(opened.read(RIG, limit_bytes=MAX_FILE_BYTES))
        deltas_px = rig.dense_deltas(arrays, rows=arkit.COUNT + len(head.correctives))
    return AvatarModel(
        canvas_px=head.canvas_px,
        rest_px=arrays["rest_px"],
        depth_px=arrays["depth_px"],
        follow=arrays["follow"],
        uv=arrays["uv"],
        triangles=arrays["triangles"],
        deltas_px=deltas_px,
        head=head.head,
        layers=head.layers,
        textures=_textures(opened, head),
        correctives=head.correctives,
        stops=rig.stops_of(arrays),
        chains=rig.chains_of(arrays),
        facts=head.facts,
        title=head.title,
        author=head.author,
        licence=head.licence,
    )


def _read(path: Path) -> bytes:
    with _within("file"):
        return files.read_regular(path, limit_bytes=MAX_FILE_BYTES)


def _open(data: bytes) -> archive.Archive:
    if not data:
        raise ValueError("file: is empty")
    for magic, meaning in _MAGIC:
        if data.startswith(magic):
            raise ValueError(f"file: expected an avatar, this is {meaning}")
    if not data.startswith(b"PK"):
        raise ValueError("file: expected an avatar (a zip), this is something else")
    return archive.open_archive(data, limit_bytes=MAX_FILE_BYTES)


def _manifest_json(opened: archive.Archive) -> dict[str, Any]:
    if MANIFEST not in opened.members:
        raise ValueError(f"{MANIFEST}: is missing; this zip is not an avatar")
    text = opened.read(MANIFEST, limit_bytes=MAX_MANIFEST_BYTES)
    with _within(MANIFEST):
        return strictjson.Node(strictjson.parse(text, limit_bytes=MAX_MANIFEST_BYTES), "").object()


def _textures(opened: archive.Archive, head: manifest.Manifest) -> dict[str, Texture]:
    total = sum(width * height for width, height in head.texture_sizes_px.values())
    if total > MAX_TEXTURE_PIXELS:
        raise ValueError(f"textures: at most {MAX_TEXTURE_PIXELS} pixels in all, got {total}")
    textures = {}
    for name, size_px in head.texture_sizes_px.items():
        data = opened.read(_member(name), limit_bytes=MAX_FILE_BYTES)
        with _within(_member(name)):
            if (found := pictures.png_size_px(data)) != size_px:
                raise ValueError(f"expected {size_px[0]}x{size_px[1]} px as in {MANIFEST}, got {found[0]}x{found[1]}")
            textures[name] = pictures.rgba_from_png(data)
    return textures


def _member(texture: str) -> str:
    return f"textures/{texture}.png"


@contextlib.contextmanager
def _within(place: str) -> Iterator[None]:
    """Put `place` before the complaints of a part that doesn't know where it is."""
    try:
        yield
    except ValueError as error:
        message = str(error)
        raise ValueError(message if message.startswith(place) else f"{place}: {message}") from error


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Turn every complaint into an AvatarError that ends with the file."""
    try:
        yield
    except (AvatarError, ValueError) as error:
        raise AvatarError(f"{' '.join(str(error).split())} (in {strictjson.one_line(path)})") from error
