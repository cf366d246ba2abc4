"""`bench`: what a frame costs, stage by stage."""

import argparse
import importlib.util
from pathlib import Path
from typing import Any

from assets.errors import AvatarError, UsageError
from runtime import arguments
from runtime.console import Console, Outcome

HELP = "measure what drawing a frame costs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("avatar", nargs="?", metavar="NAME.avatar", help="default: the sample avatar")
    parser.add_argument("--size", type=arguments.sizes, default=(512, 1024), metavar="A,B",
                        help="sides of the square pictures in px (default: 512,1024)")  # fmt: skip
    parser.add_argument("--frames", type=arguments.positive, default=300, metavar="N",
                        help="frames measured at each size (default: 300)")  # fmt: skip
    parser.add_argument("--peer", metavar="MODEL3.json", help="also measure live2d-py with this Cubism model")


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Measure."""
    peer_model = arguments.input_file(args.peer, error=UsageError) if args.peer else None
    if peer_model is not None and importlib.util.find_spec("live2d") is None:
        raise UsageError("--peer needs the package live2d-py; install it with: pip install live2d-py")

    from assets import samples, store
    from runtime.checks import benchmark
    from runtime.clock import RealClock

    path = arguments.input_file(args.avatar or samples.AVATAR, error=AvatarError)
    model = store.load(path)
    sizes = []
    for side_px in args.size:
        console.say(f"drawing at {side_px} x {side_px} px")
        sizes.append(benchmark.measure(model, side_px, clock=RealClock(), frames=args.frames))
    data: dict[str, Any] = {
        "avatar": str(path), "layers": len(model.layers), "vertices": model.vertex_count,
        "triangles": len(model.triangles), "gl": sizes[0]["gl"], "sizes": sizes,
    }  # fmt: skip
    if peer_model is not None:
        console.say("measuring the peer")
        data["peer"] = benchmark.measure_peer(Path(peer_model), args.size)
    return Outcome(_text(data), data)


def _text(data: dict[str, Any]) -> str:
    lines = [f"{data['avatar']}: {data['layers']} layers, {data['vertices']} vertices, {data['triangles']} triangles"]
    lines.append(f"drawn by {data['gl']}")
    for size in data["sizes"]:
        lines += ["", f"{size['side']} x {size['side']} px, {size['draw_calls']} draw calls", *_rows(size["stages_ms"])]
    if "peer" in data:
        lines += ["", f"{data['peer']['name']} with {data['peer']['model']}, drawn by {data['peer']['gl']}"]
        for size in data["peer"]["sizes"]:
            lines += ["", f"{size['side']} x {size['side']} px, {size['vertices']} vertices", *_rows(size["stages_ms"])]
    return "\n".join(lines)


def _rows(stages_ms: dict[str, dict[str, float]]) -> list[str]:
    return [
        f"  {name:<10} p50 {row['p50']:8.3f}   p95 {row['p95']:8.3f}   p99 {row['p99']:8.3f} ms"
        for name, row in stages_ms.items()
        if row["count"]
    ]
