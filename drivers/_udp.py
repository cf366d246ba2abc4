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
import errno
import ipaddress
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final, NamedTuple

import numpy as np

from assets import arkit
from assets.errors import DriverError
from assets.face import FaceFrame
from drivers.base import Clock, Statistics

HERE: Final = "127.0.0.1"
EVERYWHERE: Final = "0.0.0.0"
RELEASE_S: Final = 5.0
"""A sender that has been silent for so long has lost its privilege."""
MOVED: Final = 0.02
"""A shape has moved when its weight has covered more than this: less is noise."""

_RECEIVE_BYTES: Final = 65535
_KERNEL_BUFFER_BYTES: Final = 256 << 10
_DATAGRAMS_PER_POLL: Final = 1024
_RECEIVE_S: Final = 0.0010
_BUDGET_S: Final = 0.0015
_WAITING: Final = 256
"""Datagrams kept unread at most; when more come, the oldest go unread."""
_BUCKET_S: Final = 0.25
_BUCKETS: Final = 8
_OFFERS: Final = 20
_QUIET_S: Final = 5.0


class Heard(Enum):
    """What a datagram turned out to be."""

    FACE = "face"
    """It told of a face: its sender is the one to listen to from now on."""
    OTHER = "other"
    """Understood, but without a face: an answer, a status, a stale packet."""
    NOISE = "noise"
    """Nothing that this driver can read."""


class Datagram(NamedTuple):
    """One datagram: its bytes, who sent it (address without name, port), which port it came in by, and when."""

    data: bytes
    sender: str
    sender_port: int
    port: int
    time_s: float


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
        self._sockets: list[socket.socket] = []
        self._taken: tuple[int, ...] = ()
        self._forget()

    def _forget(self) -> None:
        self._waiting: deque[Datagram] = deque(maxlen=_WAITING)
        self._locked_to = self._only_from
        self._locked_s = float("-inf")
        self._packets = self._unparseable = self._skipped = self._foreign = self._faces = 0
        self._sender = ""
        self._last_s: float | None = None
        self._opened_s = self._clock()
        self._buckets: deque[tuple[int, int]] = deque(maxlen=_BUCKETS + 1)
        self._least = np.full(arkit.COUNT, np.inf, np.float32)
        self._most = np.full(arkit.COUNT, -np.inf, np.float32)

    # ---- opening and closing -------------------------------------------------------------------------------------

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports that are really open; empty before `open`."""
        return tuple(dict.fromkeys(int(each.getsockname()[1]) for each in self._sockets))

    def open(self) -> None:
        """Binds the ports; forgets everything heard before. Opening twice is the same as once.

        Raises DriverError when no port could be had, or the address or a port is impossible. Where several ports are
        asked for, one is enough; `status` names those that are taken.
        """
        if self._sockets:
            return
        self._forget()
        host = ip_address(self._host)
        only_from = self._only_from and ip_address(self._only_from, what="the sender's address")
        self._only_from = self._locked_to = only_from
        taken: list[int] = []
        try:
            for port in self._wanted:
                opened = _bind(host, port)
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
        ports = ", ".join(map(str, self._taken))
        holder = f" ({self._holders}, a second CartoonAlive)" if self._holders else " (perhaps a second CartoonAlive)"
        free = next(
            (port for port in range(self._taken[0] + 1, self._taken[0] + 1 + _OFFERS) if _is_free(host, port)), 0
        )
        offer = f"listen on the next free one with --port {free}, and send there" if free else "choose another port"
        return (
            f"{self._name}: UDP port{'s' * (len(self._taken) > 1)} {ports} of {host} {_are(self._taken)} taken by "
            f"another program{holder}; close it, or {offer}"
        )

    def close(self) -> None:
        """Closes the sockets. Closing twice is harmless."""
        for each in self._sockets:
            each.close()
        self._sockets.clear()
        self._waiting.clear()

    # ---- hearing and speaking ------------------------------------------------------------------------------------

    def poll(self, read: Callable[[Datagram], Heard], /) -> None:
        """Hands what has arrived to `read`, in the order of arrival (or see `newest_first`), for at most 1.5 ms."""
        start_s = self._clock()
        if self._locked_to and not self._only_from and start_s - self._locked_s > RELEASE_S:
            self.release()
        self._receive(start_s)
        while self._waiting and self._clock() - start_s < _BUDGET_S:
            datagram = self._waiting.pop() if self._newest_first else self._waiting.popleft()
            if self._is_foreign(datagram.sender):
                self._foreign += 1
                continue
            heard = read(datagram)
            if heard is Heard.NOISE:
                self._unparseable += 1
            elif heard is Heard.FACE:
                if not self._locked_to:
                    self._locked_to, self._locked_s = datagram.sender, datagram.time_s
                if self._newest_first:
                    self._waiting.clear()

    def _receive(self, start_s: float) -> None:
        arrived = 0
        for each in self._sockets:
            port = each.getsockname()[1]
            for _ in range(_DATAGRAMS_PER_POLL):
                try:
                    data, address = each.recvfrom(_RECEIVE_BYTES)
                except ConnectionResetError:
                    continue  # Windows (10054): something we sent found nobody; the socket is fine
                except OSError:
                    break  # nothing more, or the network is down for now
                arrived += 1
                if self._is_foreign(address[0]):
                    self._foreign += 1
                else:
                    if self._locked_to:
                        self._locked_s = start_s
                    self._skipped += len(self._waiting) == _WAITING
                    self._sender, self._last_s = address[0], start_s
                    self._waiting.append(Datagram(data, address[0], address[1], port, start_s))
                if self._clock() - start_s > _RECEIVE_S:
                    break
        if arrived:
            self._packets += arrived
            self._count(start_s, arrived)

    def _is_foreign(self, sender: str) -> bool:
        return self._locked_to not in ("", sender)

    def release(self) -> None:
        """Listens to anybody again, until the next face."""
        self._locked_to = self._only_from

    def send(self, data: bytes, address: str, port: int) -> bool:
        """Sends one datagram from the first socket that can; tells whether the system took it. Never raises.

        address: numbers, no name; 255.255.255.255 asks the whole local network.
        """
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        for each in self._sockets:
            if each.family == family:
                with contextlib.suppress(OSError):
                    if address == "255.255.255.255":
                        each.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                    return each.sendto(data, (address, port)) == len(data)
        return False

    # ---- counting ------------------------------------------------------------------------------------------------

    def saw(self, frame: FaceFrame, /) -> None:
        """Counts a new face. Call it once for each."""
        self._faces += 1
        if frame.face_seen:
            np.minimum(self._least, frame.weights, out=self._least)
            np.maximum(self._most, frame.weights, out=self._most)

    def _count(self, now_s: float, arrived: int) -> None:
        bucket = int(now_s // _BUCKET_S)
        if self._buckets and self._buckets[-1][0] == bucket:
            arrived += self._buckets.pop()[1]
        self._buckets.append((bucket, arrived))

    def _rate(self, now_s: float) -> float:
        """Packets a second over the last two seconds, or since opening when that is less."""
        current = int(now_s // _BUCKET_S)
        recent = sum(count for bucket, count in self._buckets if bucket > current - _BUCKETS)
        window_s = now_s - (current - _BUCKETS + 1) * _BUCKET_S
        return recent / max(_BUCKET_S, min(window_s, now_s - self._opened_s))

    def statistics(self) -> Statistics:
        """What was heard since `open`."""
        now_s = self._clock()
        moved = self._most - self._least > MOVED if self._faces else np.zeros(arkit.COUNT, bool)
        return Statistics(
            address=self._host,
            ports=self.ports,
            taken=self._taken,
            packets=self._packets,
            packets_per_s=self._rate(now_s),
            age_s=None if self._last_s is None else max(0.0, now_s - self._last_s),
            sender=self._sender,
            locked_to=self._locked_to,
            unparseable=self._unparseable,
            foreign=self._foreign,
            skipped=self._skipped,
            faces=self._faces,
            moved=tuple(name for name, has in zip(arkit.NAMES, moved, strict=True) if has),
        )

    def status(self, *more: str) -> str:
        """One line for people, such as `osc: on 127.0.0.1 port 9000; 60 packets/s from 127.0.0.1; 120 faces`.

        more: what else the driver has to say, last.
        """
        if not self._sockets:
            return f"{self._name}: not listening"
        heard = self.statistics()
        where = (own_address() or EVERYWHERE) if self._host == EVERYWHERE else self._host
        parts = [f"on {where} port{'s' * (len(heard.ports) > 1)} {', '.join(map(str, heard.ports))}"]
        if heard.taken:
            parts.append(f"taken by another program: {', '.join(map(str, heard.taken))}")
        if heard.age_s is None:
            quiet = self._clock() - self._opened_s >= _QUIET_S
            hint = ", does the firewall let it through?" if self._host != HERE else ", phones need --lan"
            parts.append(f"nothing heard yet{hint if quiet else ''}")
        else:
            ago = f", silent for {heard.age_s:.0f} s" if heard.age_s >= 2.0 else ""
            parts.append(f"{heard.packets_per_s:.0f} packets/s from {heard.sender}{ago}")
            parts.append(f"{heard.faces} faces")
        for count, words in (
            (heard.unparseable, "not understood"),
            (heard.foreign, "from others ignored"),
            (heard.skipped, "skipped, they come too fast"),
        ):
            if count:
                parts.append(f"{count} {words}")
        return f"{self._name}: {'; '.join((*parts, *filter(None, more)))}"


def _are(things: Sequence[object]) -> str:
    return "are" if len(things) > 1 else "is"


def ip_address(text: str, /, *, what: str = "the address to listen on") -> str:
    """`text` as an IPv4 address. Raises DriverError; only numbers, so that nothing is ever looked up."""
    try:
        return str(ipaddress.IPv4Address(HERE if text == "localhost" else text))
    except ValueError as error:
        raise DriverError(f"{what} must be like 127.0.0.1 or 192.168.1.20, got {text!r}") from error


def own_address() -> str:
    """This machine's address in its network, for people to type into a phone; empty without a network.

    Nothing is sent: connecting a datagram socket only asks the system which way it would go.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return ""


def _bind(host: str, port: int) -> list[socket.socket]:
    """Bound sockets (for all addresses also one for IPv6, where there is any), or none when the port is taken.

    Raises DriverError for an impossible address or port.
    """
    if not 0 <= port <= 65535:
        raise DriverError(f"a UDP port is a number from 1 to 65535, got {port}")
    try:
        first = _socket(socket.AF_INET, host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE or (error.errno == errno.EACCES and port >= 1024):
            return []  # EACCES: how Windows says that another program holds the port for itself
        reason = error.strerror or error
        raise DriverError(
            f"can't listen on UDP port {port} of {host}: {reason}; choose an address of this machine "
            f"(127.0.0.1, or 0.0.0.0 for all) and a port from 1024 on"
        ) from error
    opened = [first]
    if host == EVERYWHERE and socket.has_ipv6:
        with contextlib.suppress(OSError):  # some phones prefer IPv6; without it there is still IPv4
            opened.append(_socket(socket.AF_INET6, "::", int(first.getsockname()[1])))
    return opened


def _socket(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_DGRAM)
    try:
        # Never SO_REUSEADDR: on Linux a second listener would silently take every packet.
        if (exclusive := getattr(socket, "SO_EXCLUSIVEADDRUSE", None)) is not None:
            opened.setsockopt(socket.SOL_SOCKET, exclusive, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KERNEL_BUFFER_BYTES)
        opened.setblocking(False)
        opened.bind((host, port))
    except OSError:
        opened.close()
        raise
    return opened


def _is_free(host: str, port: int) -> bool:
    if port > 65535:
        return False
    try:
        _socket(socket.AF_INET, host, port).close()
    except OSError:
        return False
    return True
