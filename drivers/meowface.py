"""MeowFace on an Android phone: pushes to UDP port 12345 of this computer, or is asked on its own port 21412."""

import time
from dataclasses import dataclass, field

from assets.face import ALL_CHANNELS, HEAD
from drivers._phone import PhoneDriver, Question
from drivers.base import Clock
from drivers.protocols.meowface import MISSING, PORT, MeowFaceReader
from drivers.protocols.vtubestudio import PHONE_PORT, RENEW_S, request


@dataclass(frozen=True)
class Options:
    """Where to listen, and whom to ask."""

    port: int = field(default=PORT, metadata={"help": "UDP port to listen on; the app pushes to the same"})
    phone: str = field(default="", metadata={"help": "address of the phone, to ask it to send; empty: only listen"})
    lan: bool = field(default=False, metadata={"help": "let the local network in; phones need it"})


def create(options: Options, *, clock: Clock = time.perf_counter) -> PhoneDriver:
    """A driver that isn't listening yet. clock: see `drivers.base`."""
    return PhoneDriver(
        "meowface",
        ALL_CHANNELS - MISSING | {HEAD},
        (options.port,),
        MeowFaceReader,
        phone=options.phone,
        lan=options.lan,
        question=Question(lambda port: (request(port),), PHONE_PORT, silent_s=RENEW_S, heartbeat_s=RENEW_S),
        holders="VRCFaceTracking",
        clock=clock,
    )
