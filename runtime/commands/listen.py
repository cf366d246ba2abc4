"""`listen`: whatever a driver hears becomes a take."""

import argparse
from typing import Final

from assets.errors import DriverError
from runtime import arguments
from runtime.console import Console, Outcome

HELP = "record a driver (a phone, another tracker, a microphone) to a take"
POLL_S: Final = 1.0 / 240.0
"""How often the driver is asked: faster than any source speaks."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("driver", metavar="DRIVER", help="NAME or NAME:KEY=VALUE,...")
    parser.add_argument("-o", "--out", required=True, metavar="TAKE", help="a .jsonl or Live Link Face .csv file")
    parser.add_argument("--seconds", type=arguments.seconds, default=10.0, metavar="S", help="how long (default: 10)")
    arguments.add_driver_flags(parser)


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Record and save."""
    out = arguments.output_file(args.out, ".jsonl", ".csv")

    from assets import takes
    from runtime.clock import RealClock
    from runtime.sources import choosing
    from runtime.sources.recorder import nominal_fps, record

    (choice,) = choosing.choose([args.driver], arguments.driver_flags(args))
    with choice.driver as driver, console.bar(f"listening to {choice.name}") as advance:
        frames = record(driver, args.seconds, clock=RealClock(), poll_s=POLL_S, advance=advance)
        status = driver.status()
    if not frames:
        raise DriverError(f"{choice.name}: nothing arrived in {args.seconds:g} s: {status}")
    take = takes.Take(frames, nominal_fps(frames))
    takes.save(take, out)
    seen = sum(frame.face_seen for frame in frames)
    data = {
        "out": str(out), "driver": choice.name, "frames": len(frames), "faces": seen, "fps": take.fps,
        "duration": round(take.duration_s, 3), "status": status,
    }  # fmt: skip
    return Outcome(f"{out}: {len(frames)} frames, a face in {seen}, {take.duration_s:.1f} s\n{status}", data)
