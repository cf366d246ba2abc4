"""Faces from the network by OSC over UDP: VMC, VRCFaceTracking, Face Cap, Phiz, and `/any/address/jawOpen 0.5`.

Ports: 39539 and 39540 (VMC, in its two roles), 9000 (Face Cap; VRChat's, where VRCFaceTracking sends), 41235 (Phiz).
Every port understands every dialect.
"""

import time
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from assets.face import ALL_CHANNELS, HEAD, FaceFrame
from drivers._udp import HERE, Datagram, Ear, Heard, ip_address
from drivers.base import Clock, Statistics
from drivers.protocols.osc_face import OscFace
from drivers.protocols.vrcft import ASK_FOR_ALL, ASK_PORT

PORTS: Final = (39539, 39540, 9000, 41235)
ASK_EVERY_S: Final = 5.0
"""How often VRCFaceTracking is asked for everything, while nothing is heard or its first parameters have come."""
WISHES: Final = 32
"""The newest that wait; nobody presses more keys between two pictures."""
_ALL_PARAMETERS: Final = 100
"""From so many on, VRCFaceTracking sends everything, not only what an avatar of VRChat wants."""
_HOLDERS: Final = "VSeeFace, Warudo, VRChat"


@dataclass(frozen=True)
class Options:
    """Where to listen, and to whom."""

    ports: tuple[int, ...] = field(default=PORTS, metadata={"help": "UDP ports to listen on"})
    lan: bool = field(default=False, metadata={"help": "let phones and other machines in, not only this one"})
    host: str = field(default=HERE, metadata={"help": "address of this machine to listen on, unless lan is on"})
    sender: str = field(default="", metadata={"help": "listen to this address only; another machine's lets it in"})
    vrcft: str = field(
        default=HERE, metadata={"help": "machine on which VRCFaceTracking is asked for its values; empty for none"}
    )


def create(options: Options) -> "OscDriver":
    """A driver that isn't listening yet."""
    return OscDriver(options)


class OscDriver:
    """See `drivers.base.Listener`."""

    name: Final = "osc"
    channels: Final = ALL_CHANNELS | {HEAD}

    def __init__(self, options: Options, *, clock: Clock = time.perf_counter) -> None:
        self._options = options
        self._clock = clock
        self._wishes: deque[tuple[str, float | None]] = deque(maxlen=WISHES)
        self._ear = Ear(
            self.name,
            options.ports,
            host=options.host,
            lan=options.lan or not (options.sender in ("", "localhost") or options.sender.startswith("127.")),
            only_from=options.sender,
            holders=_HOLDERS,
            clock=clock,
        )
        self._forget()

    def wishes(self) -> list[tuple[str, float | None]]:
        """What came to `/cartoonalive/...` since the last call: the rest of the address, and its number, if any."""
        came = list(self._wishes)
        self._wishes.clear()
        return came

    def _wished(self, what: str, number: float | None) -> None:
        self._wishes.append((what, number))

    def _forget(self) -> None:
        self._face = OscFace(self._wished)
        self._speaker = ""
        self._frame: FaceFrame | None = None
        self._ask_s = float("-inf")

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports that are really open; empty before entering."""
        return self._ear.ports

    def __enter__(self) -> Self:
        if not self._ear.ports:
            if self._options.vrcft:
                ip_address(self._options.vrcft, what="osc: vrcft")
            self._ear.open()
            self._forget()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self._ear.close()

    def latest(self) -> FaceFrame | None:
        """Reads what has arrived, at most 1.5 ms long, and returns the newest face."""
        now_s = self._clock()
        self._ear.poll(self._read)
        frame = self._face.frame(now_s)
        if frame is not None and frame is not self._frame:
            self._frame = frame
            self._ear.saw(frame)
        self._ask(now_s)
        return frame

    def _read(self, datagram: Datagram) -> Heard:
        heard = self._face.feed(datagram.data, datagram.time_s)
        if heard is Heard.FACE and datagram.sender != self._speaker:
            # Somebody else: what the one before said holds no longer.
            self._face, self._speaker = OscFace(self._wished), datagram.sender
            self._face.feed(datagram.data, datagram.time_s)
        return heard

    def _ask(self, now_s: float) -> None:
        """Asks VRCFaceTracking for everything: where it should be while nothing is heard, and where it is when it
        sends only what an avatar wants."""
        if not self._options.vrcft or now_s - self._ask_s < ASK_EVERY_S or not self._ear.ports:
            return
        if 0 < self._face.vrcft_parameters < _ALL_PARAMETERS:
            address = self._speaker or self._options.vrcft
        elif self._frame is None or now_s - self._frame.time_s > ASK_EVERY_S:
            address = self._options.vrcft
        else:
            return
        self._ask_s = now_s
        self._ear.send(ASK_FOR_ALL, address, ASK_PORT)

    def statistics(self) -> Statistics:
        """What it has heard."""
        return self._ear.statistics()

    def status(self) -> str:
        """Such as `osc: on 127.0.0.1 ports 39539, 39540; 60 packets/s from 127.0.0.1; 1198 faces`."""
        return self._ear.status()
