"""An ear for datagrams, shared by every driver that listens to the network. How a driver uses it:

    self._ear = Ear(self.name, (11111,), lan=options.lan, clock=clock)   # in __init__; opens nothing
    self._ear.open()                                # in __enter__: DriverError in one clear line; __exit__: close()
    self._ear.poll(self._read)                      # in latest(): never blocks, ends within 1.5 ms
    def _read(self, datagram: Datagram) -> Heard:   # decode datagram.data, keep the face; FACE, OTHER or NOISE
    self._ear.saw(frame)                            # once for each new face; status(), statistics() tell people

There is no thread: sockets are drained right before each picture, so a face is as young as it can be, and a flood is
dropped by the kernel instead of piling up here. Once a sender has delivered a face, others are counted and ignored
until it has been silent for 5 s. `send` speaks from the same socket, for devices that want to be asked first.
"""

import contextlib
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from assets.errors import DriverError
from assets.face import FaceFrame
from drivers._sockets import EVERYWHERE, HERE, bind, ip_address, next_free, own_address
from drivers._status import status_line
from drivers._tally import Tally
from drivers.base import Clock, Statistics
from drivers.protocols.heard import Heard

__all__ = ["EVERYWHERE", "HERE", "RELEASE_S", "Datagram", "Ear", "Heard", "ip_address", "own_address"]

RELEASE_S: Final = 5.0
"""A sender that has been silent for so long has lost its privilege."""

_RECEIVE_BYTES: Final = 65535
_DATAGRAMS_PER_POLL: Final = 1024
_LOOK_EVERY: Final = 8
"""Datagrams between two looks at the clock."""
_RECEIVE_S: Final = 0.0010
_BUDGET_S: Final = 0.0015
_STALL_S: Final = 0.25
_CATCH_UP_S: Final = 0.020
_NEWS_BYTES: Final = 32768
"""When nobody has asked for a quarter of a second, that picture is late anyway: all that waits is received, and so much
of the newest is read, however long it takes. News of long ago would be shown for many pictures more."""
_WAITING: Final = 256
"""Datagrams kept unread at most; when more come, that is a flood, and only as many of the newest are kept as could be
read in one go before: of a flood the newest counts."""
_LEAST: Final = 8
_EVERYBODY: Final = "255.255.255.255"


class Datagram(NamedTuple):
    """One datagram: its bytes, who sent it (address without name, port), which port it came in by, and when."""

    data: bytes
    sender: str
    sender_port: int
    port: int
    time_s: float


_Raw = tuple[bytes, tuple[Any, ...], int, float]
"""A datagram as it waits: its bytes, the socket's address of its sender, the port it came in by, and when."""


class Ear:
    """Bounded, non-blocking sockets on one or several ports, and the count of what they heard."""

    def __init__(
        self,
        name: str,
        ports: Sequence[int],
        *,
        host: str = HERE,
        lan: bool = False,
        only_from: str = "",
        newest_first: bool = False,
        holders: str = "",
        clock: Clock = time.perf_counter,
    ) -> None:
        """Opens nothing, checks nothing.

        name: the driver's, for messages. ports: 0 means any free one.
        host: the address to listen on; `lan` means all addresses of this machine.
        only_from: an address; whatever comes from others is ignored from the start.
        newest_first: every datagram is a whole face; then the newest is read first, and those before it not at all.
        holders: programs known to hold these ports, such as `VSeeFace, Warudo`, for the message that one is taken.
        """
        self._name = name
        self._wanted = tuple(ports)
        self._host = EVERYWHERE if lan else host
        self._only_from = only_from
        self._newest_first = newest_first
        self._holders = holders
        self._clock = clock
        self._sockets: list[tuple[socket.socket, int]] = []
        self._taken: tuple[int, ...] = ()
        self._forget()

    def _forget(self) -> None:
        self._waiting: deque[_Raw] = deque(maxlen=_WAITING)
        self._locked_to = self._only_from
        self._locked_s = float("-inf")
        self._tally = Tally(self._clock())
        self._polled_s = self._tally.start_s
        self._readable = _WAITING

    # ---- opening and closing -------------------------------------------------------------------------------------

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports that are really open; empty before `open`."""
        return tuple(dict.fromkeys(port for _, port in self._sockets))

    def open(self) -> None:
        """Binds the ports; forgets everything heard before. Opening twice is the same as once.

        Raises DriverError when no port could be had, or the address or a port is impossible. Where several ports are
        asked for, one is enough; `status` names those that are taken.
        """
        if self._sockets:
            return
        host = ip_address(self._host)
        if self._only_from:
            self._only_from = ip_address(self._only_from, what="the sender's address")
        self._forget()
        taken: list[int] = []
        try:
            for port in self._wanted:
                opened = [(each, int(each.getsockname()[1])) for each in bind(host, port)]
                self._sockets += opened
                if not opened:
                    taken.append(port)
        except DriverError:
            self.close()
            raise
        self._taken = tuple(taken)
        if not self._sockets:
            raise DriverError(self._refusal(host))

    def _refusal(self, host: str) -> str:
        if not self._taken:
            return f"{self._name}: no UDP port to listen on was given"
        several = len(self._taken) > 1
        ports = f"ports {', '.join(map(str, self._taken))}" if several else f"port {self._taken[0]}"
        holders = f"{self._holders}, or a second CartoonAlive" if self._holders else "or a second CartoonAlive"
        free = next_free(host, self._taken[0])
        offer = f"listen on the next free one with --port {free} and send there" if free else "choose another port"
        return (
            f"{self._name}: UDP {ports} of {host} {'are' if several else 'is'} taken by another program ({holders}); "
            f"close it, or {offer}"
        )

    def close(self) -> None:
        """Closes the sockets. Closing twice is harmless."""
        for each, _ in self._sockets:
            each.close()
        self._sockets.clear()
        self._waiting.clear()

    # ---- hearing and speaking ------------------------------------------------------------------------------------

    def poll(self, read: Callable[[Datagram], Heard], /) -> None:
        """Hands what has arrived to `read`, in the order of arrival (or see `newest_first`), for at most 1.5 ms, but
        after a stall."""
        start_s = self._clock()
        stalled = start_s - self._polled_s > _STALL_S
        if start_s - self._locked_s > RELEASE_S:
            self.release()
        flooded = self._receive(start_s, start_s + (_CATCH_UP_S if stalled else _RECEIVE_S))
        if stalled:
            self._drop_old()
        elif flooded:
            self._drop(len(self._waiting) - self._readable)
        number = 0
        while self._waiting and (stalled or self._clock() - start_s < _BUDGET_S):
            number += 1
            self._take(self._waiting.pop() if self._newest_first else self._waiting.popleft(), read)
        self._readable = max(_LEAST, number) if self._waiting else min(_WAITING, self._readable * 9 // 8 + 1)
        self._polled_s = self._clock()

    def _take(self, raw: _Raw, read: Callable[[Datagram], Heard]) -> None:
        data, (sender, sender_port, *_), port, time_s = raw
        if self._locked_to not in ("", sender):
            self._tally.foreign += 1
            return
        heard = read(Datagram(data, sender, sender_port, port, time_s))
        if heard is Heard.NOISE:
            self._tally.unparseable += 1
        elif heard is Heard.FACE:
            if not self._locked_to:
                self._locked_to, self._locked_s = sender, time_s
            if self._newest_first:
                self._waiting.clear()

    def _receive(self, start_s: float, end_s: float) -> bool:
        """Takes what has arrived out of the sockets; tells whether it was too much to keep. As quick as can be: what
        a flood leaves behind in a socket is older than what comes next."""
        waiting, clock, locked_to = self._waiting, self._clock, self._locked_to
        before, arrived, foreign = len(waiting), 0, 0
        for each, port in self._sockets:
            receive = each.recvfrom
            for _ in range(_DATAGRAMS_PER_POLL):
                try:
                    data, address = receive(_RECEIVE_BYTES)
                except ConnectionResetError:
                    continue  # Windows (10054): something we sent found nobody; the socket is fine
                except OSError:
                    break  # nothing more, or the network is down for now
                arrived += 1
                if locked_to and address[0] != locked_to:
                    foreign += 1
                else:
                    waiting.append((data, address, port, start_s))
                if not arrived % _LOOK_EVERY and clock() > end_s:
                    break
        if not arrived:
            return False
        self._tally.arrived(arrived, start_s)
        self._tally.foreign += foreign
        if arrived > foreign:
            self._tally.sender, self._tally.last_s = waiting[-1][1][0], start_s
            if locked_to:
                self._locked_s = start_s
        too_many = before + arrived - foreign - len(waiting)
        self._tally.skipped += too_many
        return too_many > 0

    def _drop_old(self) -> None:
        size = sum(len(data) for data, *_ in self._waiting)
        while size > _NEWS_BYTES:
            size -= len(self._waiting[0][0])
            self._drop(1)

    def _drop(self, count: int) -> None:
        for _ in range(count):
            self._waiting.popleft()
            self._tally.skipped += 1

    def release(self) -> None:
        """Listens to anybody again (or to `only_from`), until the next face."""
        self._locked_to = self._only_from

    def send(self, data: bytes, address: str, port: int) -> bool:
        """Sends one datagram from the first socket that can; tells whether the system took it. Never raises.

        address: numbers, no name; 255.255.255.255 asks the whole local network.
        """
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        for each, _ in self._sockets:
            if each.family == family:
                with contextlib.suppress(OSError):
                    if address == _EVERYBODY:
                        each.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                    return each.sendto(data, (address, port)) == len(data)
        return False

    # ---- telling people ------------------------------------------------------------------------------------------

    def saw(self, frame: FaceFrame, /) -> None:
        """Counts a new face. Call it once for each."""
        self._tally.face(frame)

    def statistics(self) -> Statistics:
        """What was heard since `open`."""
        now_s, tally = self._clock(), self._tally
        return Statistics(
            address=self._host,
            ports=self.ports,
            taken=self._taken,
            packets=tally.packets,
            packets_per_s=tally.packets_per_s(now_s),
            age_s=None if tally.last_s is None else max(0.0, now_s - tally.last_s),
            sender=tally.sender,
            locked_to=self._locked_to,
            unparseable=tally.unparseable,
            foreign=tally.foreign,
            skipped=tally.skipped,
            faces=tally.faces,
            moved=tally.moved(),
        )

    def status(self, *more: str) -> str:
        """One line for people, such as `osc: on 127.0.0.1 port 9000; 60 packets/s from 127.0.0.1; 120 faces`.

        more: what else the driver has to say, last.
        """
        if not self._sockets:
            return f"{self._name}: not listening"
        quiet_s = self._clock() - self._tally.start_s
        return status_line(self._name, self.statistics(), quiet_s, more)
