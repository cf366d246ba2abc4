"""`run`: the live avatar, in a window or in memory."""

import argparse
import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assets.errors import AvatarError, CartoonAliveError, UsageError
from runtime import arguments, mixing
from runtime.console import Console, Outcome

if TYPE_CHECKING:
    from assets.avatar import AvatarModel
    from drivers.base import Driver
    from runtime.app import Stage
    from runtime.choosing import Choice

HELP = "show an avatar live, moved by a camera, a phone, a microphone or a recording"
FALLBACK: Final = "idle"
DEFAULT: Final = "webcam"
WATCH_FIRST_S: Final = 1.0
WATCH_EVERY_S: Final = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("avatar", metavar="NAME.avatar")
    parser.add_argument("--driver", action="append", metavar="D",
                        help="NAME or NAME:KEY=VALUE,...; the first has priority (default: webcam)")  # fmt: skip
    arguments.add_driver_flags(parser)
    parser.add_argument("--headless", action="store_true", help="no window: draw in memory")
    parser.add_argument("--frames", type=arguments.positive, metavar="N", help="stop after N frames")
    parser.add_argument("--fps", type=arguments.fps, default=60.0, metavar="N", help="frames a second (default: 60)")
    parser.add_argument("--size", type=arguments.size, metavar="WxH", help="size of the window or picture")
    parser.add_argument("--background", type=arguments.colour, metavar="COLOUR",
                        help="a name, #rrggbb or transparent (default: light grey)")  # fmt: skip
    parser.add_argument("--mirror", action=argparse.BooleanOptionalAction, default=True,
                        help="act as a mirror: your left is the picture's left (default: yes)")  # fmt: skip
    mixing.add_arguments(parser)
    arguments.add_hair_flags(parser, default=1.0, told="1")
    parser.add_argument("--vmc-out", type=arguments.address, metavar="HOST:PORT",
                        help="also send the face to another program as VMC, such as 127.0.0.1:39539")  # fmt: skip
    parser.add_argument("--vmc-presets", action="store_true",
                        help="send VRM's presets (A, Joy, Blink_L ...) instead of the 52 shapes")  # fmt: skip
    parser.add_argument("--record", metavar="OUT", help="also write what is shown: .mp4, .gif, .webp or a folder")


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Show the avatar until it is closed."""
    avatar = arguments.input_file(args.avatar, error=AvatarError)
    chosen = _chosen(args)

    from assets import store
    from runtime import calibration_live, logs, rest, sinks
    from runtime.clock import RealClock
    from runtime.loop import Loop
    from runtime.metrics import WARM_UP_FRAMES, Metrics

    background = sinks.LIGHT_GREY if args.background is None else args.background
    recording = _recording(args, background, avatar)
    model = store.load(avatar)
    clock = RealClock()
    with contextlib.ExitStack() as stack:
        log_path = stack.enter_context(logs.reporting())
        stage = stack.enter_context(_stage(args, model, background, title=model.title or avatar.stem))
        stage.swing(clock.now_s, strength=args.hair, wind=args.wind)
        recorders = []
        if recording is not None:
            kind, out = recording
            spec = sinks.Spec(out, kind, stage.size_px, args.fps)
            recorders.append(stack.enter_context(sinks.Recorder(sinks.create(spec), spec, clock)))
        listeners = []
        if args.vmc_out is not None:
            from runtime.sinks.vmc import VmcSender

            listeners.append(stack.enter_context(VmcSender(*args.vmc_out, presets=args.vmc_presets)))
        started = stack.enter_context(_started(chosen, console, optional=None if args.driver else DEFAULT))
        drivers = [choice.driver for choice in started]
        warm_up = WARM_UP_FRAMES if args.frames is None else min(WARM_UP_FRAMES, args.frames // 4)
        sources = mixing.sources(started, args, console.say)
        each: list[Callable[[float], None]] = []
        loop = Loop(
            [source for _, source, _ in sources],
            stage,
            clock=clock,
            metrics=Metrics(clock, warm_up=warm_up),
            fps=args.fps,
            mirror=args.mirror,
            sinks=recorders,
            listeners=listeners,
            rules=mixing.rules(args),
            link_eyes=args.link_eyes,
            jaw_at_rest=rest.jaw_at_rest(model.facts),
            each=each,
        )
        sitting = [source for source in sources if source[0] != FALLBACK]
        rest_key = calibration_live.RestKey(sitting, loop.mixer, console.say)
        stage.keys[calibration_live.KEY] = rest_key.press
        each += [_Watch(drivers, console, clock.now_s()), rest_key]
        loop.run(args.frames)
        data = {
            **loop.metrics.summary(),
            "drivers": {driver.name: driver.status() for driver in drivers},
            "mishaps": loop.mishaps.counts(),
            "gl": stage.gl_info.renderer,
            "log": str(log_path) if log_path else None,
        }
    if recording is not None:
        data["record"] = str(recording[1])
    return Outcome(_text(data), data)


def _chosen(args: argparse.Namespace) -> "list[Choice]":
    """The drivers asked for, and behind them the one that always has something to show."""
    from runtime import choosing

    words = args.driver or [DEFAULT]
    names = [word.partition(":")[0] for word in words]
    alone = FALLBACK in names or args.lost == "ease"
    return choosing.choose(words if alone else [*words, FALLBACK], arguments.driver_flags(args))


def _stage(args: argparse.Namespace, model: "AvatarModel", background: arguments.Rgba, *, title: str) -> "Stage":
    from runtime import app

    if args.headless:
        # Waiting for the rasteriser keeps the times true; a window waits for its screen.
        return app.offscreen(model, args.size or model.canvas_px, background=background, profile=True)
    return app.window(model, args.size, background=background, title=f"{title} - CartoonAlive")


def _recording(args: argparse.Namespace, background: arguments.Rgba, avatar: Path) -> tuple[str, Path] | None:
    """Kind and path of what `--record` asks for, checked."""
    if args.record is None:
        return None
    from runtime import sinks

    if args.headless and args.frames is None:
        raise UsageError("--headless with --record needs --frames, or it would never end")
    kind = sinks.kind_of(args.record)
    if kind == "png":
        raise UsageError("--record makes a film: .mp4, .gif, .webp or a folder of PNGs")
    if kind == "gif" and args.fps > sinks.MAX_GIF_FPS:
        most = f"{sinks.MAX_GIF_FPS:g}"
        raise UsageError(f"a GIF shows at most {most} pictures a second; give --fps {most}")
    sinks.background_for(kind, background)
    if kind == "folder":
        return kind, arguments.output_folder(args.record)
    return kind, arguments.output_file(args.record, f".{kind}", inputs=(avatar,))


@contextlib.contextmanager
def _started(chosen: "Sequence[Choice]", console: Console, *, optional: str | None) -> "Iterator[list[Choice]]":
    """Starts the drivers in order. One named `optional` may fail to start: that is said, and the others go on."""
    with contextlib.ExitStack() as stack:
        started = []
        for choice in chosen:
            try:
                stack.enter_context(choice.driver)
            except CartoonAliveError as error:
                if choice.name != optional:
                    raise
                console.say(f"{choice.name}: {error}; going on without it")
            else:
                started.append(choice)
        yield started


class _Watch:
    """Says a driver's status line shortly after the start, and again whenever more than its numbers changed."""

    def __init__(self, drivers: "Sequence[Driver]", console: Console, now_s: float) -> None:
        self._drivers, self._console = drivers, console
        self._due_s = now_s + WATCH_FIRST_S
        self._said: dict[str, str] = {}

    def __call__(self, now_s: float) -> None:
        if now_s < self._due_s:
            return
        self._due_s = now_s + WATCH_EVERY_S
        for driver in self._drivers:
            status = driver.status()
            gist = re.sub(r"[\d.]+", "#", status)
            if gist != self._said.get(driver.name) and driver.name != FALLBACK:
                self._said[driver.name] = gist
                self._console.say(status)


def _text(data: dict[str, Any]) -> str:
    lines = [f"{data['frames']} frames in {data['seconds']:.1f} s, {data['fps']:.1f} a second, drawn by {data['gl']}"]
    rows = {"frame": data["frame_ms"], **data["stages_ms"]}
    rows |= {f"latency {name}": row for name, row in data["latency_ms"].items() if name != FALLBACK}
    for name, row in rows.items():
        if row["count"]:
            lines.append(f"{name:<18} p50 {row['p50']:7.2f}   p95 {row['p95']:7.2f}   p99 {row['p99']:7.2f} ms")
    lines += data["drivers"].values()
    lines += [f"{name} failed {count} times; see {data['log']}" for name, count in data["mishaps"].items()]
    if "record" in data:
        lines.append(f"recorded {data['record']}")
    return "\n".join(lines)
