"""What the drivers for phones and trackers share: an ear, a reader of one protocol, a question asked again and again.

Such a driver's own file holds its options, and which reader, ports and question make it up.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Protocol, Self

from assets.errors import DriverError
from assets.face import FaceFrame
from drivers._udp import RELEASE_S, Datagram, Ear, Heard, ip_address
from drivers.base import Clock, Statistics

EVERYBODY: Final = "255.255.255.255"
"""A phone's address that asks the whole local network, and accepts whoever answers first."""


class Reader(Protocol):
    """Reads the datagrams of one protocol; lives in `drivers.protocols`, knows no socket and no clock."""

    @property
    def remark(self) -> str:
        """What people might want to know beside packets and faces; mostly empty."""
        ...

    @property
    def numbered(self) -> bool:
        """Whether the last face carried a number or a time, by which a late one is known."""
        ...

    def feed(self, data: bytes, time_s: float) -> FaceFrame | None:
        """The face after this datagram; the very one before when it brings nothing new, None when it is none."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What a phone wants to hear before it sends, and then again and again.

    words: from the port we listen on to the datagrams; with more than one, the next is tried while the phone is silent.
    port: the phone's own, unless the user names another.
    copies: how often each is sent; some get lost.
    silent_s, heartbeat_s: from one to the next, while nothing arrives and while faces do.
    farewell: sent once at the end.
    unasked: what to tell people while no phone is named, where none sends without having been asked.
    """

    words: Callable[[int], Sequence[bytes]]
    port: int
    copies: int = 1
    silent_s: float = 2.0
    heartbeat_s: float = 10.0
    farewell: bytes = b""
    unasked: str = ""


class PhoneDriver:
    """See `drivers.base.Driver` and `Listener`. Without a phone's address it only listens, and asks nobody."""

    def __init__(
        self,
        name: str,
        channels: frozenset[str],
        ports: Sequence[int],
        reader: Callable[[], Reader],
        *,
        phone: str = "",
        lan: bool = False,
        question: Question | None = None,
        holders: str = "",
        clock: Clock = time.perf_counter,
    ) -> None:
        """Opens nothing, checks nothing.

        phone: `ADDRESS` or `ADDRESS:PORT`; then nobody else is listened to, and the local network is let in.
        lan, holders: see `Ear`.
        """
        self.name: Final = name
        self.channels: Final = channels
        host, _, self._phone_port = phone.strip().partition(":")
        self._phone = host or phone.strip()
        self._question = question
        self._make_reader = reader
        self._clock = clock
        self._ear = Ear(
            name,
            ports,
            lan=lan or not (self._phone in ("", "localhost") or self._phone.startswith("127.")),
            only_from="" if self._phone == EVERYBODY else self._phone,
            newest_first=True,  # every datagram is a whole face
            holders=holders,
            clock=clock,
        )
        self._forget()

    def _forget(self) -> None:
        self._reader = self._make_reader()
        self._frame: FaceFrame | None = None
        self._face_s = float("-inf")
        self._asked_s = float("-inf")
        self._round = 0
        self._to = ("", 0)

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports that are really open; empty before entering."""
        return self._ear.ports

    def __enter__(self) -> Self:
        if not self._ear.ports:
            self._forget()
            if self._phone:
                self._to = self._whom_to_ask()
            self._ear.open()
        return self

    def _whom_to_ask(self) -> tuple[str, int]:
        try:
            address = ip_address(self._phone)
        except DriverError:
            raise DriverError(
                f"{self.name}: the phone's address must be like 192.168.1.20, got {self._phone!r}; "
                f"the phone's Wi-Fi settings show it"
            ) from None
        port = self._phone_port or str(self._question.port if self._question else 1)
        if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
            raise DriverError(f"{self.name}: the phone's port must be in 1..65535, got {port!r}; the app shows it")
        return address, int(port)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        if self._ear.ports and self._question and self._question.farewell and self._phone:
            self._ear.send(self._question.farewell, *self._to)
        self._ear.close()
        self._frame = None

    def latest(self) -> FaceFrame | None:
        """Asks the phone when it is time to, reads what has arrived, and returns the newest face."""
        if not self._ear.ports:
            return None
        if self._question and self._phone:
            self._ask(self._question)
        self._ear.poll(self._read)
        return self._frame

    def _ask(self, question: Question) -> None:
        now_s = self._clock()
        silent = self._frame is None or now_s - self._frame.time_s >= question.silent_s
        if now_s - self._asked_s < (question.silent_s if silent else question.heartbeat_s):
            return
        if silent and self._asked_s > float("-inf"):
            self._round += 1  # while a phone that answers goes on hearing what it has answered to
        words = question.words(self._ear.ports[0])
        for _ in range(question.copies):
            self._ear.send(words[self._round % len(words)], *self._to)
        self._asked_s = now_s

    def _read(self, datagram: Datagram) -> Heard:
        frame = self._reader.feed(datagram.data, datagram.time_s)
        if frame is None:
            return Heard.NOISE
        if frame is self._frame:
            return Heard.OTHER
        self._frame = frame
        self._ear.saw(frame)
        held, self._face_s = datagram.time_s - self._face_s <= RELEASE_S, datagram.time_s
        # FACE makes the ear hold on to the sender, and drop what came before. Where packets are numbered, one of those
        # may be newer than the one that came last, so there it is said only to a new sender.
        return Heard.OTHER if held and self._reader.numbered else Heard.FACE

    def statistics(self) -> Statistics:
        """What was heard since entering."""
        return self._ear.statistics()

    def status(self) -> str:
        """Such as `livelink: on 192.168.1.5 port 11111; 60 packets/s from 192.168.1.20; 600 faces`."""
        remarks = [self._reader.remark] if self._ear.ports else []
        if self._question and self._ear.ports and self._frame is None:
            remarks.append(f"asking {self._to[0]} port {self._to[1]}" if self._phone else self._question.unasked)
        if self._frame is not None and not self._frame.face_seen:
            remarks.append("it sees no face")
        return self._ear.status(*remarks)
