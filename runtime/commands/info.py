"""`info`: what is in an avatar file."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.errors import AvatarError, PortraitError, UsageError
from runtime import arguments
from runtime.console import Console, Outcome

if TYPE_CHECKING:
    from assets.avatar import AvatarModel
    from runtime.checks.appraisal import Appraisal

HELP = "tell what is in an avatar"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("avatar", metavar="NAME.avatar")
    parser.add_argument("--measure", action="store_true",
                        help="draw it, look at it with the tracker and tell how good it is (some seconds)")
    parser.add_argument("--portrait", metavar="PICTURE",
                        help="the picture that it was made from: with --measure, how like it the avatar is")
    parser.add_argument("--engine", choices=("mediapipe", "opencv"), help="who looks (default: what is there)")
    parser.add_argument("--models", type=Path, metavar="DIR", help="folder with MediaPipe's model files")  # fmt: skip


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Read the avatar, arrays and all, and describe it."""
    path = arguments.input_file(args.avatar, error=AvatarError)
    if not args.measure and (args.portrait or args.engine or args.models):
        raise UsageError("--portrait, --engine and --models go with --measure")
    portrait = arguments.input_file(args.portrait, error=PortraitError) if args.portrait else None
    models_dir = arguments.input_folder(args.models) if args.models else None

    from assets import store

    model = store.load(path)
    data = describe(path, model)
    if not args.measure:
        return Outcome(_text(data), data)
    measured = _measure(model, portrait, args.engine, models_dir, console)
    return Outcome("\n".join([_text(data), "", *measured.lines()]), {**data, "measures": measured.data()})


def _measure(
    model: "AvatarModel", portrait: Path | None, engine: str | None, models_dir: Path | None, console: Console
) -> "Appraisal":
    from generator.engines import open_engine
    from runtime.checks import appraisal

    with open_engine(engine, models_dir=models_dir) as looking, console.bar("measuring") as advance:
        return appraisal.appraise(model, looking, portrait=portrait, progress=advance)


def describe(path: Path, model: "AvatarModel") -> dict[str, Any]:
    """JSON-ready facts of the avatar `model`, read from `path`."""
    import numpy as np

    from assets import arkit

    moved = np.abs(model.deltas_px).max(axis=(1, 2)) > 0.0
    moving = {name for name, moves in zip(arkit.NAMES, moved, strict=False) if moves}
    for names, moves in zip(model.correctives, moved[arkit.COUNT :], strict=True):
        moving |= set(names) if moves else set()
    moving |= {fade.signal for layer in model.layers for fade in layer.fades}
    pictures = [layer for layer in model.layers if layer.mask is None]
    return {
        "file": str(path),
        "bytes": path.stat().st_size,
        "title": model.title,
        "author": model.author,
        "licence": model.licence,
        "canvas": list(model.canvas_px),
        "layers": [
            {
                "name": layer.name,
                "vertices": layer.vertex_range[1] - layer.vertex_range[0],
                "triangles": layer.triangle_range[1] - layer.triangle_range[0],
                "texture": layer.texture,
                "size": [model.textures[layer.texture].shape[1], model.textures[layer.texture].shape[0]],
                "clip": layer.clip,
                "mask": layer.mask,
                "blend": layer.blend,
                "opacity": layer.opacity,
                "fades": [fade.signal for fade in layer.fades],
            }
            for layer in model.layers
        ],
        "picture_layers": len(pictures),
        "vertices": model.vertex_count,
        "triangles": len(model.triangles),
        "textures": len(model.textures),
        "texture_pixels": sum(texture.shape[0] * texture.shape[1] for texture in model.textures.values()),
        "clip_groups": list(model.clip_groups),
        "correctives": [list(names) for names in model.correctives],
        "still_channels": [name for name in arkit.NAMES if name not in moving],
        "limits": list(model.facts.get("limits", ())),
        "warnings": list(model.facts.get("warnings", ())),
        "facts": dict(model.facts),
    }


def _text(data: dict[str, Any]) -> str:
    width, height = data["canvas"]
    still = data["still_channels"]
    lines = [
        f"{data['title'] or Path(data['file']).stem}   {data['file']}   {data['bytes'] / 1e6:.1f} MB",
        f"author     {data['author'] or '-'}",
        f"licence    {data['licence'] or '-'}",
        f"canvas     {width} x {height} px",
        f"mesh       {data['vertices']} vertices, {data['triangles']} triangles",
        f"textures   {data['textures']}, {data['texture_pixels'] / 1e6:.1f} Mpx",
        f"channels   {52 - len(still)} of 52 move something" + (f"; still: {', '.join(still)}" if still else ""),
        "",
        f"{'layer':<24} {'vertices':>8} {'triangles':>9}  {'texture':>11}  notes",
    ]
    for layer in data["layers"]:
        group = layer["clip"] or ""
        notes = [
            f"{layer['mask']} mask of {group}" if layer["mask"] else f"in {group}" if group else "",
            layer["blend"] if layer["blend"] != "normal" else "",
            f"fades with {', '.join(layer['fades'])}" if layer["fades"] else "",
        ]
        size = f"{layer['size'][0]} x {layer['size'][1]}"
        note = ", ".join(filter(None, notes))
        lines.append(f"{layer['name']:<24} {layer['vertices']:>8} {layer['triangles']:>9}  {size:>11}  {note}".rstrip())
    scalars = {key: value for key, value in data["facts"].items() if isinstance(value, str | int | float | bool)}
    if scalars:
        lines += ["", *(f"{key:<24} {value}" for key, value in scalars.items())]
    lines += _identity(data["facts"])
    lines += [f"limit: {limit}" for limit in data["limits"]]
    lines += [f"warning: {warning}" for warning in data["warnings"]]
    return "\n".join(lines)


def _identity(facts: Mapping[str, Any]) -> list[str]:
    """One line per component: where its weights of -30..30 put it against the template face."""
    told = facts.get("identity")
    weights = told.get("weights") if isinstance(told, dict) else None
    if not isinstance(weights, dict) or not all(isinstance(value, int | float) for value in weights.values()):
        return []
    components: dict[str, list[str]] = {}
    for name, value in weights.items():
        component, _, way = str(name).partition(".")
        components.setdefault(component, []).append(f"{way} {value:+.1f}")
    return ["", *(f"identity {name:<15} {'  '.join(ways)}" for name, ways in components.items())]
