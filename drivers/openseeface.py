"""OpenSeeFace, a webcam tracker that runs beside us (or on another computer): pushes to UDP port 11573."""

import time
from dataclasses import dataclass, field

from assets.face import HEAD
from drivers._phone import PhoneDriver
from drivers.base import Clock
from drivers.protocols.openseeface import PORT, OpenSeeFaceReader
from drivers.protocols.openseeface_shapes import GAZE, SHAPES


@dataclass(frozen=True)
class Options:
    """Where to listen."""

    port: int = field(default=PORT, metadata={"help": "UDP port to listen on; the tracker's --port names the same"})
    lan: bool = field(default=False, metadata={"help": "let the local network in, for a tracker on another computer"})


def create(options: Options, *, clock: Clock = time.perf_counter) -> PhoneDriver:
    """A driver that isn't listening yet. clock: see `drivers.base`."""
    return PhoneDriver(
        "openseeface",
        SHAPES | GAZE | {HEAD},
        (options.port,),
        OpenSeeFaceReader,
        lan=options.lan,
        holders="VSeeFace, another receiver of OpenSeeFace",
        clock=clock,
    )
