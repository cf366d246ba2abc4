"""What comics draw onto a face: blush, tears, sweat, the shade and lines of a shock, the mark of anger, hearts or
stars for eyes.

`with_overlays` adds them to an avatar as layers named "overlay.*", made for this face: placed by its landmarks
(`places`), moved as the skin beneath (`riding`), drawn by formulas in its own size and skin colour (`pictures`). They
are never saved, and a renderer shows each only as far as a frame asks for it. An avatar that brings layers "overlay.*"
of its own keeps those and gets no others.

`moving` turns what expressions ask for ("tears": 1.0) into layers at a moment: tears run, the drop of sweat slides.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from assets.avatar import MAX_LAYERS, MAX_VERTICES, AvatarModel, Fade
from runtime.overlays import joining, pictures, places, skin
from runtime.overlays.joining import PREFIX, Piece

NAMES: Final = ("blush", "tears", "sweat", "shock", "anger", "hearts", "stars")
"""What an expression can ask for."""
TEAR_S: Final = 1.7
SWEAT_S: Final = 3.2
"""How long a tear runs, and how long a drop of sweat slides."""
_SIDES: Final = ("right", "left")
_FRINGE: Final = "hair_front"
_STILL: Final = {
    "blush": ("blush.right", "blush.left"),
    "tears": ("tears.stream", "tears.pool"),
    "shock": ("shock.gloom", "shock.lines"),
    "sweat": (),
    "hearts": ("hearts.right", "hearts.left"),
    "stars": ("stars.right", "stars.left"),
}
"""The layers of an overlay that are shown as long as it is asked for; one that isn't named here is its own layer."""
_NEEDED: Final = frozenset({*places.SKIN, *(f"eye_{side}_mask_lower" for side in _SIDES)})
_MOST_VERTICES: Final = 2000


def with_overlays(model: AvatarModel, /) -> AvatarModel:
    """The avatar with the layers of all overlays. One whose landmarks or skin aren't known is returned as it is."""
    face = places.face_of(model.facts, 2.0 * max(model.canvas_px))
    names = {layer.name for layer in model.layers if layer.triangle_range[0] < layer.triangle_range[1]}
    if face is None or not names >= _NEEDED or any(layer.name.startswith(PREFIX) for layer in model.layers):
        return model
    pieces = list(_pieces(face))
    if len(model.layers) + len(pieces) > MAX_LAYERS or model.vertex_count + _MOST_VERTICES > MAX_VERTICES:
        return model
    return joining.joined(model, pieces, _textures(model, face))


def moving(overlays: Mapping[str, float], now_s: float, /) -> dict[str, float]:
    """Opacity 0..1 of each layer, without its prefix, at one moment."""
    shown: dict[str, float] = {}
    for name, opacity in overlays.items():
        shown |= dict.fromkeys(_STILL.get(name, (name,)), opacity)
    if "tears" in overlays:
        for side, delay_s in zip(_SIDES, (0.0, 0.55 * TEAR_S), strict=True):
            steps = _sliding((now_s + delay_s) / TEAR_S, places.TEAR_STEPS)
            shown |= {f"tears.{side}.{step}": overlays["tears"] * share for step, share in steps}
    if "sweat" in overlays:
        steps = _sliding(now_s / SWEAT_S, places.SWEAT_STEPS)
        shown |= {f"sweat.{step}": overlays["sweat"] * share for step, share in steps}
    return shown


def _sliding(turns: float, steps: int) -> Iterator[tuple[int, float]]:
    """(step, opacity) of a thing that slides once a turn, fading in where it begins and out where it ends.

    The step ahead appears over the one before, then that one vanishes beneath it: there is never less than one.
    """
    phase = turns % 1.0
    at = phase * (steps - 1)
    here, part = int(at), at % 1.0
    shown = min(phase / 0.12, (1.0 - phase) / 0.15, 1.0)
    yield here, shown * min(2.0 - 2.0 * part, 1.0)
    if here + 1 < steps:
        yield here + 1, shown * min(2.0 * part, 1.0)


def _pieces(face: places.Face) -> Iterator[Piece]:
    """In the order in which they are drawn."""
    eyes = []
    for side in _SIDES:
        name = f"eyeBlink{side.capitalize()}"
        fades = (Fade(name, hidden_at=0.9, shown_at=0.5),)  # a closed eye is seen to close
        for overlay, texture, size in (("hearts", "heart", 1.2), ("stars", "star", 1.45)):
            eyes.append(Piece(f"{overlay}.{side}", texture, (places.eye(face, side, size),), _FRINGE, fades))
    for side in _SIDES:
        yield Piece(f"blush.{side}", f"blush.{side}", (places.blush(face, side),), below=_FRINGE)
    yield Piece("shock.gloom", "gloom", (places.gloom(face),), below=_FRINGE)
    yield from eyes
    yield Piece("tears.stream", "stream", tuple(places.stream(face, side) for side in _SIDES), below=_FRINGE)
    yield Piece("tears.pool", "pool", tuple(places.pool(face, side) for side in _SIDES), below=_FRINGE)
    for side in _SIDES:
        for step in range(places.TEAR_STEPS):
            yield Piece(f"tears.{side}.{step}", "drop", (places.tear(face, side, step),), below=_FRINGE)
    yield Piece("shock.lines", "lines", (places.lines(face),))
    for step in range(places.SWEAT_STEPS):
        yield Piece(f"sweat.{step}", "drop", (places.sweat(face, step),))
    yield Piece("anger", "anger", (places.anger(face),))


def _textures(model: AvatarModel, face: places.Face) -> dict[str, pictures.Picture]:
    """All pictures, about as large as they are on the canvas; soft ones half as large."""
    left = {name: make(face, "left") for name, make in (("stream", places.stream), ("pool", places.pool))}
    textures = {
        "stream": pictures.stream(places.size_px(left["stream"])),
        "pool": pictures.pool(places.size_px(left["pool"])),
        "drop": pictures.drop(places.size_px(places.sweat(face, 0))),
        "lines": pictures.lines(places.size_px(places.lines(face))),
        "anger": pictures.anger(places.size_px(places.anger(face))),
        "heart": pictures.heart(places.size_px(places.eye(face, "left"))),
        "star": pictures.star(places.size_px(places.eye(face, "left", 1.45))),
    }
    shade = places.gloom(face)
    textures["gloom"] = skin.kept_on(model, shade, pictures.gloom(places.size_px(shade, 0.5)))
    for side in _SIDES:
        cheek = places.blush(face, side)
        glow = pictures.blush(places.size_px(cheek, 0.5), skin.colour(model, cheek))
        textures[f"blush.{side}"] = skin.kept_on(model, cheek, glow)
    return textures
