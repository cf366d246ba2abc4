"""iFacialMocap on an iPhone (or its version for PCs): UDP port 49983 on both sides.

Given the phone's address it is asked to send, every two seconds until it does, then every ten. Without one this driver
waits for a phone into which this computer's address was typed.
"""

import time
from dataclasses import dataclass, field

from assets.face import ALL_CHANNELS, HEAD
from drivers._phone import PhoneDriver, Question
from drivers.base import Clock
from drivers.protocols.ifacialmocap import HELLO, PORT, IFacialMocapReader


@dataclass(frozen=True)
class Options:
    """Where to listen, and whom to ask."""

    port: int = field(default=PORT, metadata={"help": "UDP port to listen on"})
    phone: str = field(default="", metadata={"help": "address of the phone, to ask it to send; empty: only listen"})
    lan: bool = field(default=False, metadata={"help": "let the local network in; phones need it"})


def create(options: Options, *, clock: Clock = time.perf_counter) -> PhoneDriver:
    """A driver that isn't listening yet. clock: see `drivers.base`."""
    return PhoneDriver(
        "ifacialmocap",
        ALL_CHANNELS | {HEAD},
        (options.port,),
        IFacialMocapReader,
        phone=options.phone,
        lan=options.lan,
        question=Question(lambda port: HELLO, PORT, copies=3),
        holders="VMagicMirror, VSeeFace, Warudo",
        clock=clock,
    )
