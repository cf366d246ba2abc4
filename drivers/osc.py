"""Faces from the network by OSC over UDP: VMC (39539, 39540), Face Cap (9000), and `/any/address/jawOpen 0.5`.

There is no thread: the sockets are drained right before each picture, so the face is as fresh as it can be, and a
flood is dropped by the kernel instead of piling up here.
"""

import errno
import ipaddress
import socket
import time
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from assets.errors import DriverError
from assets.face import ALL_CHANNELS, HEAD, FaceFrame
from drivers.base import Clock
from drivers.protocols.osc_face import OscFace

_RECEIVE_BYTES: Final = 65535
_KERNEL_BUFFER_BYTES: Final = 256 << 10
_DATAGRAMS_PER_CALL: Final = 1024
_RECEIVE_S: Final = 0.0010
_BUDGET_S: Final = 0.0015
_WAITING: Final = 256
"""Datagrams kept unread at most; when more come, the oldest go unread."""


@dataclass(frozen=True)
class Options:
    """Where to listen."""

    host: str = field(
        default="127.0.0.1",
        metadata={"help": "address to listen on; 0.0.0.0 lets phones and other machines in"},
    )
    ports: tuple[int, ...] = field(default=(39539, 39540, 9000), metadata={"help": "UDP ports to listen on"})


def create(options: Options) -> "OscDriver":
    """A driver that isn't listening yet."""
    return OscDriver(options)


def _ip_address(host: str) -> str:
    """Only numbers, so that nothing is ever looked up in the network."""
    try:
        return str(ipaddress.IPv4Address("127.0.0.1" if host == "localhost" else host))
    except ValueError as error:
        raise DriverError(f"the address to listen on must be like 127.0.0.1 or 0.0.0.0, got {host!r}") from error


class OscDriver:
    """See `drivers.base.Driver`."""

    name: Final = "osc"
    channels: Final = ALL_CHANNELS | {HEAD}

    def __init__(self, options: Options, *, clock: Clock = time.perf_counter) -> None:
        self._options = options
        self._clock = clock
        self._sockets: list[socket.socket] = []
        self._taken: list[int] = []
        self._reset()

    def _reset(self) -> None:
        self._face = OscFace()
        self._frame: FaceFrame | None = None
        self._waiting: deque[bytes] = deque(maxlen=_WAITING)
        self._packets = 0
        self._unparseable = 0
        self._skipped = 0
        self._faces = 0
        self._last_sender = ""
        self._last_packet_s = 0.0

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports that are really open; empty before entering."""
        return tuple(int(each.getsockname()[1]) for each in self._sockets)

    def __enter__(self) -> Self:
        if self._sockets:
            return self
        self._reset()
        self._taken = []
        for port in self._options.ports:
            if (opened := self._open(port)) is not None:
                self._sockets.append(opened)
            else:
                self._taken.append(port)
        if not self._sockets:
            ports = ", ".join(map(str, self._taken)) or "none given"
            raise DriverError(
                f"can't listen for OSC on {self._options.host}: no UDP port is free (taken: {ports}); close the "
                f"program that holds it (VSeeFace, Warudo, VRChat, a second CartoonAlive) or choose another port"
            )
        return self

    def _open(self, port: int) -> socket.socket | None:
        """A bound socket, or None when the port is taken. Raises DriverError for an impossible address."""
        host = _ip_address(self._options.host)
        if not 0 <= port <= 65535:
            raise DriverError(f"a UDP port is a number from 1 to 65535, got {port}")
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            # Never SO_REUSEADDR: on Linux a second listener would silently take every packet.
            if (exclusive := getattr(socket, "SO_EXCLUSIVEADDRUSE", None)) is not None:
                opened.setsockopt(socket.SOL_SOCKET, exclusive, 1)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KERNEL_BUFFER_BYTES)
            opened.setblocking(False)
            opened.bind((host, port))
        except OSError as error:
            opened.close()
            if error.errno == errno.EADDRINUSE or (error.errno == errno.EACCES and port >= 1024):
                return None  # EACCES: how Windows says that another program holds the port for itself
            self._close()
            reason = error.strerror or error
            raise DriverError(
                f"can't listen on UDP port {port} of {host}: {reason}; choose an address of this machine "
                f"(127.0.0.1, or 0.0.0.0 for all) and a port from 1024 on"
            ) from error
        return opened

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self._close()

    def _close(self) -> None:
        for each in self._sockets:
            each.close()
        self._sockets.clear()

    def latest(self) -> FaceFrame | None:
        """Reads what has arrived, at most 1.5 ms long, and returns the newest face."""
        start_s = self._clock()
        self._receive(start_s)
        while self._waiting and self._clock() - start_s < _BUDGET_S:
            if not self._face.feed(self._waiting.popleft(), self._last_packet_s):
                self._unparseable += 1
        frame = self._face.frame(start_s)
        if frame is not self._frame:
            self._faces += 1
            self._frame = frame
        return frame

    def _receive(self, start_s: float) -> None:
        for each in self._sockets:
            for _ in range(_DATAGRAMS_PER_CALL):
                try:
                    datagram, sender = each.recvfrom(_RECEIVE_BYTES)
                except ConnectionResetError:
                    continue  # Windows: something we sent found nobody; the socket is fine
                except OSError:
                    break  # nothing more, or the network is down for now
                self._packets += 1
                self._skipped += len(self._waiting) == _WAITING
                self._waiting.append(datagram)
                self._last_sender, self._last_packet_s = sender[0], start_s
                if self._clock() - start_s > _RECEIVE_S:
                    break

    def status(self) -> str:
        """Such as `osc: on 127.0.0.1 ports 39539, 39540; 1200 packets, the last from 127.0.0.1; 1198 faces`."""
        if not self._sockets:
            return "osc: not listening"
        parts = [f"on {self._options.host} ports {', '.join(map(str, self.ports))}"]
        if self._taken:
            parts.append(f"taken by another program: {', '.join(map(str, self._taken))}")
        if self._packets:
            age_s = max(0.0, self._clock() - self._last_packet_s)
            ago = f", {age_s:.0f} s ago" if age_s >= 2.0 else ""
            parts.append(f"{self._packets} packets, the last from {self._last_sender}{ago}")
            parts.append(f"{self._faces} faces")
        else:
            parts.append("nothing heard yet")
        if self._unparseable:
            parts.append(f"{self._unparseable} not understood")
        if self._skipped:
            parts.append(f"{self._skipped} skipped, they come too fast")
        return f"osc: {'; '.join(parts)}"
