"""Addresses and ports, asked of the system."""

import socket

import pytest

from assets.errors import DriverError
from drivers._sockets import HERE, bind, ip_address, next_free, own_address


def test_addresses_are_numbers() -> None:
    assert ip_address("localhost") == HERE
    assert ip_address("192.168.1.20") == "192.168.1.20"
    with pytest.raises(DriverError, match=r"^the phone must be like 127\.0\.0\.1 or 0\.0\.0\.0, got 'my phone'$"):
        ip_address("my phone", what="the phone")


def test_its_own_address_is_one_of_this_machine() -> None:
    if own := own_address():
        (opened,) = bind(own, 0)
        opened.close()


def test_no_network_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unplugged(socket.socket):
        def connect(self, address: object) -> None:
            raise OSError("no route")

    monkeypatch.setattr(socket, "socket", Unplugged)
    assert own_address() == ""


def test_the_next_free_port_is_free() -> None:
    (first,) = bind(HERE, 0)
    port = first.getsockname()[1]
    free = next_free(HERE, port)
    (second,) = bind(HERE, free)
    assert port < free
    first.close()
    second.close()


def test_behind_the_last_port_there_is_none() -> None:
    assert next_free(HERE, 65535) == 0
