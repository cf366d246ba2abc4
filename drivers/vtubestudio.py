"""VTube Studio on an iPhone, "3rd Party PC Clients": asked on the phone's UDP port 21412, answers to ours.

The phone sends for the five seconds of a lease, which is renewed every second; when this program ends, so does the
stream. Without the phone's address nothing arrives.
"""

import time
from dataclasses import dataclass, field

from assets.face import ALL_CHANNELS, HEAD
from drivers._phone import PhoneDriver, Question
from drivers.base import Clock
from drivers.protocols.vtubestudio import PHONE_PORT, RENEW_S, VTubeStudioReader, request

PORT = 11125
"""Of this computer, as in the vendor's sample; the phone is told in each request."""


@dataclass(frozen=True)
class Options:
    """Where to listen, and whom to ask."""

    port: int = field(default=PORT, metadata={"help": "UDP port to listen on; the phone is told"})
    phone: str = field(default="", metadata={"help": "address of the phone, as VTube Studio shows it; needed"})
    lan: bool = field(default=False, metadata={"help": "let the local network in; phones need it"})


def create(options: Options, *, clock: Clock = time.perf_counter) -> PhoneDriver:
    """A driver that isn't listening yet. clock: see `drivers.base`."""
    return PhoneDriver(
        "vtubestudio",
        ALL_CHANNELS | {HEAD},
        (options.port,),
        VTubeStudioReader,
        phone=options.phone,
        lan=options.lan,
        question=Question(
            lambda port: (request(port),),
            PHONE_PORT,
            silent_s=RENEW_S,
            heartbeat_s=RENEW_S,
            unasked="it sends only when asked: name the phone with --phone ADDRESS",
        ),
        holders="another receiver of VTube Studio's tracking",
        clock=clock,
    )
