"""For commands that hear the network: a free port of the loopback, and somebody who sends to it."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

EVERY_S = 0.005


@pytest.fixture
def port() -> int:
    """A UDP port that was free a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def sending() -> Callable:
    """`with sending(port, datagrams):` sends what `datagrams(count)` makes, some hundred times a second."""

    @contextmanager
    def while_it_lasts(port: int, datagrams: Callable[[int], Sequence[bytes]]) -> Iterator[None]:
        stop = threading.Event()

        def send() -> None:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
                count = 0
                while not stop.wait(EVERY_S):
                    for data in datagrams(count):
                        out.sendto(data, ("127.0.0.1", port))
                    count += 1

        thread = threading.Thread(target=send)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    return while_it_lasts
