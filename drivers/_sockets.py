"""Addresses, and datagram sockets bound to them: the part of `drivers._udp` that talks to the system."""

import contextlib
import errno
import ipaddress
import socket
from typing import Final

from assets.errors import DriverError

HERE: Final = "127.0.0.1"
EVERYWHERE: Final = "0.0.0.0"

_KERNEL_BUFFER_BYTES: Final = 256 << 10
_OFFERS: Final = 20


def ip_address(text: str, /, *, what: str = "the address to listen on") -> str:
    """`text` as an IPv4 address. Raises DriverError; only numbers, so that nothing is ever looked up."""
    try:
        return str(ipaddress.IPv4Address(HERE if text == "localhost" else text))
    except ValueError as error:
        raise DriverError(f"{what} must be like 127.0.0.1 or 0.0.0.0, got {text!r}") from error


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


def bind(host: str, port: int) -> list[socket.socket]:
    """Bound sockets that never wait: one, and for all addresses also one for IPv6 where there is any.

    None when the port is taken. Raises DriverError for an impossible address or port.
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


def next_free(host: str, port: int) -> int:
    """The next port after `port` that can be had, or 0 when none of the next twenty can."""
    for offer in range(port + 1, min(port + 1 + _OFFERS, 65536)):
        try:
            _socket(socket.AF_INET, host, offer).close()
        except OSError:
            continue
        return offer
    return 0


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
