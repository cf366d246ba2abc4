"""Facemotion3D on an iPhone: asked on the phone's UDP port 49993, answers to 49983 or 49993 of this computer."""

import time
from dataclasses import dataclass, field

from assets.face import ALL_CHANNELS, HEAD
from drivers._phone import PhoneDriver, Question
from drivers.base import Clock
from drivers.protocols.facemotion3d import FAREWELL, HELLO, PHONE_PORT, PORTS, reader


@dataclass(frozen=True)
class Options:
    """Where to listen, and whom to ask."""

    port: int = field(default=PORTS[0], metadata={"help": f"UDP port to listen on, beside {PORTS[1]}"})
    phone: str = field(default="", metadata={"help": "address of the phone, to ask it to send; empty: only listen"})
    lan: bool = field(default=False, metadata={"help": "let the local network in; phones need it"})


def create(options: Options, *, clock: Clock = time.perf_counter) -> PhoneDriver:
    """A driver that isn't listening yet. clock: see `drivers.base`."""
    return PhoneDriver(
        "facemotion3d",
        ALL_CHANNELS | {HEAD},
        tuple(dict.fromkeys((options.port, PORTS[1]))),
        reader,
        phone=options.phone,
        lan=options.lan,
        question=Question(lambda port: (HELLO,), PHONE_PORT, copies=3, farewell=FAREWELL),
        holders="iFacialMocap's receivers, VMagicMirror",
        clock=clock,
    )
