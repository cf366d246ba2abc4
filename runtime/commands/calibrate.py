"""`calibrate`: a round of half a minute, after which a source knows its person."""

import argparse
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assets.errors import UsageError
from runtime import arguments
from runtime.console import Console, Outcome

if TYPE_CHECKING:
    from runtime.calibrating.calibration import Calibration

HELP = "teach a driver your face at rest, your blink, and which side is left, or your voice; kept for run"
DEFAULT: Final = "webcam"
_TURNED: Final = {"swap_shapes": "left and right shapes", "flip_head": "the head's turn", "flip_gaze": "the gaze"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--driver", default=DEFAULT, metavar="D", help="NAME or NAME:KEY=VALUE,... (default: webcam)")
    arguments.add_driver_flags(parser)
    parser.add_argument("--rest-only", action="store_true", help="only the face at rest; all else stays as it was")
    parser.add_argument("--ready", type=arguments.seconds, default=2.0, metavar="S",
                        help="time to get ready for each step (default: 2)")  # fmt: skip
    parser.add_argument("--hold", type=arguments.seconds, default=1.0, metavar="S",
                        help="how long each step is watched (default: 1)")  # fmt: skip
    parser.add_argument("--show", action="store_true", help="only tell what is kept for this driver")
    parser.add_argument("--forget", action="store_true", help="remove what is kept for this driver")


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Guide, measure, save."""
    from runtime.calibrating import calibration_store
    from runtime.calibrating.calibration import Calibration
    from runtime.calibrating.calibration_guide import Guide, Pace
    from runtime.clock import RealClock
    from runtime.sources import choosing

    if args.show and args.forget:
        raise UsageError("--show and --forget can't go together")
    (choice,) = choosing.choose([args.driver], arguments.driver_flags(args))
    if choice.name == "microphone":
        from runtime.calibrating import voice_guide

        return voice_guide.execute(args, choice.driver, console)
    path = calibration_store.path_of(choice.source)
    if args.show or args.forget:
        return _kept(choice.source, path, forget=args.forget)
    before = calibration_store.load(path) if args.rest_only else None
    steps: Mapping[str, str] = {"rest": "done"}
    with choice.driver as driver:
        guide = Guide(driver, RealClock(), console.say, Pace(args.ready, args.hold))
        if args.rest_only:
            made = guide.rest(before or Calibration())
        else:
            made, steps = guide.whole_round(Calibration())
    calibration_store.save(made, path)
    data = {"source": choice.source, "file": str(path), "steps": dict(steps), **_switches(made)}
    return Outcome(f"{_text(choice.source, made, steps)}\nkept for run: {path}", data)


def _kept(source: str, path: Path, *, forget: bool) -> Outcome:
    from runtime.calibrating import calibration_store

    if forget:
        there = path.exists()
        path.unlink(missing_ok=True)
        text = "forgotten" if there else "nothing was kept"
        return Outcome(f"{source}: {text}", {"source": source, "removed": there})
    kept = calibration_store.load(path)
    if kept is None:
        return Outcome(f"{source}: not calibrated", {"source": source, "file": None})
    data = {"source": source, "file": str(path), **_switches(kept)}
    return Outcome(f"{_text(source, kept, {})}\nkept in: {path}", data)


def _switches(made: "Calibration") -> dict[str, bool]:
    return {switch: bool(getattr(made, switch)) for switch in _TURNED}


def _text(source: str, made: "Calibration", steps: Mapping[str, str]) -> str:
    angles = (math.degrees(getattr(made.head, f"{angle}_rad")) for angle in ("yaw", "pitch", "roll"))
    yaw, pitch, roll = (f"{angle:+.1f}" for angle in angles)
    lines = [f"{source}: head at rest: yaw {yaw}, pitch {pitch}, roll {roll} degrees"]
    if wrong := [words for switch, words in _TURNED.items() if getattr(made, switch)]:
        lines.append(f"mirrored at the source, put right here: {', '.join(wrong)}")
    lines += [f"{name}: {outcome}" for name, outcome in steps.items() if outcome != "done"]
    return "\n".join(lines)
