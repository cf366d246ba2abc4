"""Live Link Face, Epic's app for iPhones with Face ID: pushes to this computer, UDP port 11111.

On the phone: Live Link (ARKit) as capture mode, this computer's address and the port as a Live Link target.
"""

import time
from dataclasses import dataclass, field

from assets.face import ALL_CHANNELS, HEAD
from drivers._phone import PhoneDriver
from drivers.base import Clock
from drivers.protocols.livelink import PORT, LiveLinkReader


@dataclass(frozen=True)
class Options:
    """Where to listen, and to whom."""

    port: int = field(default=PORT, metadata={"help": "UDP port to listen on; the app's target names the same"})
    phone: str = field(default="", metadata={"help": "address of the phone, to accept no other; empty: the first one"})
    lan: bool = field(default=False, metadata={"help": "let the local network in; phones need it"})


def create(options: Options, *, clock: Clock = time.perf_counter) -> PhoneDriver:
    """A driver that isn't listening yet. clock: see `drivers.base`."""
    return PhoneDriver(
        "livelink",
        ALL_CHANNELS | {HEAD},
        (options.port,),
        LiveLinkReader,
        phone=options.phone,
        lan=options.lan,
        holders="Unreal Engine, a tracking bridge",
        clock=clock,
    )
