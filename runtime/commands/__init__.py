"""The commands, one module each: `HELP`, `add_arguments(parser)`, `execute(args, console) -> Outcome`."""

from typing import Final

NAMES: Final = (
    "generate",
    "info",
    "render",
    "track",
    "lipsync",
    "listen",
    "drivers",
    "calibrate",
    "run",
    "demo",
    "doctor",
    "bench",
)
"""In the order in which help lists them."""
