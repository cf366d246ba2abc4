"""Where finished pictures go: a folder of PNGs, one PNG, a GIF, an animated WebP, an MP4 or a WebM.

`kind_of` tells from the name alone what is wanted, `check` says before any work what can't succeed, `create` makes
the sink. Every sink is used as `with create(...) as sink: sink.write(rgba) ...`; what it makes appears at its place
in one step when the block ends, and not at all when it ends with an error.
"""

import importlib
import os
from pathlib import Path
from typing import Final

from assets.errors import UsageError
from runtime.sinks.base import LIGHT_GREY, MAX_GIF_FPS, TRANSPARENT, Colour, Recorder, Sink, Spec

__all__ = [
    "KINDS", "LIGHT_GREY", "MAX_GIF_FPS", "TRANSPARENT", "Recorder", "Sink", "Spec", "background_for",
    "create", "kind_of",
]  # fmt: skip

KINDS: Final = {"": "folder", ".png": "png", ".gif": "gif", ".webp": "webp", ".mp4": "mp4", ".webm": "webm"}
"""File ending -> kind; every kind but "mp4" can be transparent."""

_MODULES: Final = {"folder": "pngs", "png": "pngs", "gif": "animation", "webp": "animation", "mp4": "mp4",
                   "webm": "mp4"}  # fmt: skip


def kind_of(out: str, /) -> str:
    """One of the values of `KINDS`. What is a folder, or ends like one, is one whatever its name. Raises UsageError."""
    path = Path(out)
    if out.endswith(("/", os.sep)) or path.is_dir():
        return "folder"
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise UsageError(f"can't write {path.suffix} files; choose .mp4, .webm, .gif, .webp, .png or a folder: {out}")
    return kind


def background_for(kind: str, asked: Colour | None, /) -> Colour:
    """The background asked for, else the natural one of `kind`. Raises UsageError for a transparent MP4."""
    if kind == "mp4" and asked is not None and asked[3] < 1.0:
        raise UsageError("MP4 can't be transparent; write .webp, .gif or a folder, or give another --background")
    if asked is not None:
        return asked
    return LIGHT_GREY if kind in ("mp4", "gif") else TRANSPARENT


def create(spec: Spec, /) -> Sink:
    """The sink for `spec`. Opens nothing yet."""
    module = importlib.import_module(f"runtime.sinks.{_MODULES[spec.kind]}")
    sink: Sink = module.create(spec)
    return sink
