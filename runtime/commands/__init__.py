"""The commands, one module each: `HELP`, `add_arguments(parser)`, `execute(args, console) -> Outcome`."""

from typing import Final

NAMES: Final = (
    "generate",
    "points",
    "info",
    "edit",
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
    "dataset",
    "train",
)
"""In the order in which help lists them."""
