"""What the words of `run` ask for: drivers, page, outputs, settings, a recording; each checked before any work."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assets.errors import UsageError
from runtime import arguments

if TYPE_CHECKING:
    from runtime.performance import Plan
    from runtime.settings.keeper import Keeper
    from runtime.settings.values import Page
    from runtime.show import Show
    from runtime.sources.choosing import Choice

FALLBACK: Final = "idle"
DEFAULT: Final = "webcam"
SETTINGS: Final = ("smooth", "lost", "link_eyes", "voice", "voice_mode", "hair", "wind")
"""Options that settings know, too; None: not given here, the settings count."""


def chosen(args: argparse.Namespace) -> "list[Choice] | None":
    """The drivers named on the command line; None where there are none."""
    from runtime.sources import choosing

    flags = arguments.driver_flags(args)
    if args.driver is None and (args.demo_loop or (not flags and (args.safe or with_page(args)))):
        return None
    words = args.driver or [DEFAULT]
    names = [word.partition(":")[0] for word in words]
    alone = FALLBACK in names or args.lost == "ease"
    return choosing.choose(words if alone else [*words, FALLBACK], flags)


def with_page(args: argparse.Namespace) -> bool:
    """Whether there is a control page: where people look on, unless they say otherwise."""
    return bool(args.page) if args.page is not None else not (args.headless or args.frames is not None)


def plan(args: argparse.Namespace, avatar: Path, page_settings: "Page") -> "Plan":
    """What the show is to be; `page_settings` where the command line says nothing of the page."""
    import platformdirs

    from runtime.performance import Plan

    page = with_page(args) and (page_settings.on or bool(args.page))
    return Plan(
        avatar=avatar,
        fps=args.fps,
        headless=args.headless,
        folder=platformdirs.user_videos_path() / "CartoonAlive",
        page=page,
        open_page=page and page_settings.browser and not (args.headless or args.no_browser),
        page_lan=args.page_lan or page_settings.lan,
        page_port=args.page_port or page_settings.port,
        calibrate=not args.no_calibration,
    )


def outputs(args: argparse.Namespace) -> list[tuple[str, dict[str, Any]]]:
    """What `--output` names, checked."""
    if not args.output:
        return []
    from runtime.outputs import asked

    return [asked(words) for words in args.output]


def keeper(args: argparse.Namespace, avatar: Path, show: "Show", now_s: Callable[[], float]) -> "Keeper":
    """The settings, with what the command line says over them."""
    from runtime.settings import store as settings_store
    from runtime.settings.keeper import Keeper

    folder = None if args.no_settings or args.safe else settings_store.user_folder()
    keeper = Keeper(folder, avatar, work=show.work, notice=show.notice, now_s=now_s)
    if args.mirror is not None:
        keeper.override("view", mirror=args.mirror)
    if args.window_alpha is not None:
        keeper.override("view", alpha=args.window_alpha)
    if args.background is not None:
        keeper.override("view", background=_colour_text(args.background))
    motion = {name: getattr(args, name) for name in SETTINGS if name != "smooth" and getattr(args, name) is not None}
    keeper.override("motion", **motion)
    if args.smooth is not None:
        keeper.override("sources", smooth={"all": args.smooth})
    return keeper


def _colour_text(colour: arguments.Rgba) -> str:
    if colour[3] == 0.0:
        return "transparent"
    red, green, blue = (round(255.0 * part) for part in colour[:3])
    return f"#{red:02x}{green:02x}{blue:02x}"


def recording(args: argparse.Namespace, avatar: Path) -> tuple[str, Path] | None:
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
    sinks.background_for(kind, sinks.LIGHT_GREY if args.background is None else args.background)
    if kind == "folder":
        return kind, arguments.output_folder(args.record)
    return kind, arguments.output_file(args.record, f".{kind}", inputs=(avatar,))
