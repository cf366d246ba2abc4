"""`run`: the live avatar, in a window or in memory."""

import argparse
import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assets.errors import AvatarError, CartoonAliveError
from runtime import arguments, asked, memory
from runtime.console import Console, Outcome
from runtime.sources import mixing

if TYPE_CHECKING:
    from drivers.base import Driver
    from runtime.app import Stage
    from runtime.performance import Performance
    from runtime.settings.values import View
    from runtime.show import Show
    from runtime.sources.choosing import Choice

HELP = "show an avatar live, moved by a camera, a phone, a microphone or a recording"
WATCH_FIRST_S: Final = 1.0
WATCH_EVERY_S: Final = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("avatar", metavar="NAME.avatar")
    parser.add_argument("--driver", action="append", metavar="D",
                        help="NAME or NAME:KEY=VALUE,...; the first has priority (default: as chosen on the page, "
                        "without a page the webcam)")  # fmt: skip
    arguments.add_driver_flags(parser)
    parser.add_argument("--headless", action="store_true", help="no window: draw in memory")
    parser.add_argument("--frames", type=arguments.positive, metavar="N", help="stop after N frames")
    parser.add_argument("--fps", type=arguments.fps, default=60.0, metavar="N", help="frames a second (default: 60)")
    parser.add_argument("--size", type=arguments.size, metavar="WxH", help="size of the window or picture")
    parser.add_argument("--background", type=arguments.colour, metavar="COLOUR",
                        help="a name, #rrggbb or transparent (default: light grey)")  # fmt: skip
    parser.add_argument("--window-alpha", choices=("straight", "premultiplied"),
                        help="how transparency lies in the window; see docs/obs.md")  # fmt: skip
    parser.add_argument("--mirror", action=argparse.BooleanOptionalAction, default=None,
                        help="act as a mirror: your left is the picture's left (default: yes)")  # fmt: skip
    mixing.add_arguments(parser)
    arguments.add_hair_flags(parser, default=1.0, told="1")
    parser.add_argument("--vmc-out", type=arguments.address, metavar="HOST:PORT",
                        help="also send the face to another program as VMC, such as 127.0.0.1:39539")  # fmt: skip
    parser.add_argument("--vmc-presets", action="store_true",
                        help="send VRM's presets (A, Joy, Blink_L ...) instead of the 52 shapes")  # fmt: skip
    parser.add_argument("--record", metavar="OUT", help="also write a film: .mp4, .webm, .gif, .webp or a folder")
    parser.add_argument("--output", action="append", default=[], metavar="O",
                        help="NAME or NAME:KEY=VALUE,...: camera, pipe, vmc, vts or recording")  # fmt: skip
    parser.add_argument("--page", action=argparse.BooleanOptionalAction, default=None,
                        help="the control page in your browser (default: with a window)")  # fmt: skip
    parser.add_argument("--page-lan", action="store_true", help="phones and tablets may open the page, too")
    parser.add_argument("--page-port", type=arguments.port, metavar="N", help="TCP port of the page (default: 39777)")
    parser.add_argument("--no-browser", action="store_true", help="don't open the page, only say where it is")
    parser.add_argument("--no-settings", action="store_true", help="neither read nor keep settings")
    parser.add_argument("--safe", action="store_true",
                        help="after trouble: no settings, and only the sources named here")  # fmt: skip
    parser.add_argument("--demo-loop", action="store_true", help="play the sample take again and again")
    parser.set_defaults(**dict.fromkeys(asked.SETTINGS))


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Show the avatar until it is closed."""
    return perform(args, console)


def perform(args: argparse.Namespace, console: Console, *, begun: "Callable[[Show], None] | None" = None) -> Outcome:
    """As `execute`; `begun` is called with the show after its first picture."""
    avatar = arguments.input_file(args.avatar, error=AvatarError)

    from runtime.opening import Opening

    opening = Opening(avatar, args.size, headless=args.headless)  # read while the rest is being loaded
    chosen = asked.chosen(args)

    from runtime import logs, sinks
    from runtime.clock import RealClock
    from runtime.metrics import WARM_UP_FRAMES, Metrics
    from runtime.noticing import noticing
    from runtime.show import Show

    recording = asked.recording(args, avatar)
    clock = RealClock()
    show = Show(now_s=clock.now_s)
    wanted = asked.outputs(args)
    opening.model()
    with contextlib.ExitStack() as stack:
        log_path = stack.enter_context(logs.reporting())
        stack.enter_context(noticing(show))
        if args.frames is None:
            _look_for_a_crash(stack, avatar, log_path, console, show)
        keeper = asked.keeper(args, avatar, show, clock.now_s)
        title = opening.model().title or avatar.stem
        stage = stack.enter_context(opening.stage(background=sinks.LIGHT_GREY, title=f"{title} - CartoonAlive"))
        with _breaking_is_logged():
            first_s = _first_picture(stage, keeper.now.view, clock.now_s())
        # Everything else waits for the first picture, even being imported.
        from runtime.performance import Performance

        plan = asked.plan(args, avatar, keeper.now.page)
        recorders = []
        if recording is not None and args.frames is None:  # beside the picture, with sound; a counted film is exact
            wanted.append(("recording", {"path": str(recording[1])}))
        elif recording is not None:
            kind, out = recording
            spec = sinks.Spec(out, kind, stage.size_px, args.fps)
            recorders.append(stack.enter_context(sinks.Recorder(sinks.create(spec), spec, clock)))
        listeners = []
        if args.vmc_out is not None:
            from runtime.sinks.vmc import VmcSender

            listeners.append(stack.enter_context(VmcSender(*args.vmc_out, presets=args.vmc_presets)))
        warm_up = WARM_UP_FRAMES if args.frames is None else min(WARM_UP_FRAMES, args.frames // 4)
        watched: list[Driver] = []
        performance = stack.enter_context(Performance(
            plan, stage, show, keeper, clock=clock, metrics=Metrics(clock, warm_up=warm_up), say=console.say,
            sinks=recorders, listeners=listeners, each=[_Watch(watched, console, clock.now_s())],
        ))  # fmt: skip
        _begin(args, chosen, performance, console, stack, watched)
        if begun is not None:
            performance.after_first(lambda: begun(show))
        for name, options in wanted:
            performance.works.turn_on(name, options, keep=False)
        with _breaking_is_logged():
            performance.run(args.frames)
        if performance.failure is not None:
            raise performance.failure
        data = {
            **performance.loop.metrics.summary(),
            "drivers": {driver.name: driver.status() for driver in watched},
            "mishaps": performance.loop.mishaps.counts(),
            "gl": stage.gl_info.renderer,
            "first_picture_s": round(first_s, 3),
            "log": str(log_path) if log_path else None,
        }
    if recording is not None:
        told = performance.parts.outputs.health().get("recording", {})
        if told.get("state") == "failed":
            raise CartoonAliveError(f"the recording failed and was removed: {told['words']}")
        data["record"] = str(recording[1])
    return Outcome(_text(data), data)


def _first_picture(stage: "Stage", view: "View", now_s: float) -> float:
    """The avatar as it lives by itself, as soon as it can be seen; how old the process was by then."""
    from drivers.idle import idle_frame
    from runtime import age
    from runtime.acting.view import show_view
    from runtime.faces import rest

    show_view(stage, view)  # what can't be is said once the show has begun
    stage.draw(rest.closed(idle_frame(now_s), rest.jaw_at_rest(stage.model.facts)))
    stage.present()
    return age.process_s()


@contextlib.contextmanager
def _breaking_is_logged() -> Iterator[None]:
    """What raises in drawing is a defect: it ends the show, and the log has it in full."""
    import logging

    try:
        yield
    except CartoonAliveError:
        raise
    except Exception as error:
        log = logging.getLogger("cartoonalive")
        log.critical("the show broke: %s: %s", type(error).__name__, error, exc_info=error)
        raise


# ---- the beginning ------------------------------------------------------------------------------


def _look_for_a_crash(
    stack: contextlib.ExitStack, avatar: Path, log_path: Path | None, console: Console, show: "Show"
) -> None:
    import platformdirs

    from runtime.sentinel import Sentinel

    before = stack.enter_context(Sentinel(platformdirs.user_state_path("cartoonalive"), avatar))
    if before.found is not None:
        log = f" (log: {log_path})" if log_path is not None else ""
        line = f"the last show ended in the middle{log}; should it happen again, start with --safe"
        console.say(line)
        show.notice(line, level="warning")


def _begin(
    args: argparse.Namespace, chosen: "list[Choice] | None", performance: "Performance", console: Console,
    stack: contextlib.ExitStack, watched: "list[Driver]",
) -> None:  # fmt: skip
    """Sources, outputs and the page: before the first picture where pictures are counted, else after it."""
    from runtime.settings.values import Start

    if performance.plan.page:
        performance.after_first(performance.serve)
        if not args.headless:
            performance.after_first(lambda: console.say("H in the avatar's window lists its keys, Esc closes it"))
    performance.after_first(performance.works.begin)
    performance.after_first(memory.settle)
    performance.follow(watched)
    if args.headless or args.frames is not None:
        optional = None if args.driver else asked.DEFAULT
        for choice in stack.enter_context(_started(chosen or [], console, optional=optional)):
            performance.cast.take(choice)
    elif chosen is not None:
        needed = args.driver is not None and not performance.plan.page
        performance.after_first(lambda: performance.start_chosen(chosen, needed=needed))
    if chosen is None:
        starts = performance.parts.settings.sources.start
        if starts is None:  # the page asks who is to drive; without one, whatever camera there is
            starts = () if performance.plan.page or args.safe else (Start(asked.DEFAULT),)
        performance.after_first(lambda: performance.start(() if args.demo_loop else starts))
    if args.demo_loop:
        from assets import samples

        performance.show.post("take.play", {"path": str(samples.SHOWCASE), "loop": True})


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
            if gist != self._said.get(driver.name) and driver.name != asked.FALLBACK:
                self._said[driver.name] = gist
                self._console.say(status)


def _text(data: dict[str, Any]) -> str:
    lines = [f"{data['frames']} frames in {data['seconds']:.1f} s, {data['fps']:.1f} a second, drawn by {data['gl']}"]
    rows = {"frame": data["frame_ms"], **data["stages_ms"]}
    rows |= {f"latency {name}": row for name, row in data["latency_ms"].items() if name != asked.FALLBACK}
    for name, row in rows.items():
        if row["count"]:
            lines.append(f"{name:<18} p50 {row['p50']:7.2f}   p95 {row['p95']:7.2f}   p99 {row['p99']:7.2f} ms")
    lines += data["drivers"].values()
    lines += [f"{name} failed {count} times; see {data['log']}" for name, count in data["mishaps"].items()]
    if "record" in data:
        lines.append(f"recorded {data['record']}")
    return "\n".join(lines)
