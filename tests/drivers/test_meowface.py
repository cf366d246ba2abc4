"""The MeowFace driver on real loopback sockets: a phone that pushes, and one that is asked."""

import json
import socket

from assets.face import HEAD
from drivers.meowface import Options, create
from drivers.protocols.meowface import MISSING
from tests.soak.phone_samples import vtubestudio

FRAME = vtubestudio({"jawOpen": 0.5, "browInnerUpLeft": 0.25, "headUp": 0.125}, capital=False, rotation=(1, 2, 3))


def test_the_defaults() -> None:
    assert Options() == Options(port=12345, phone="", lan=False)


def test_a_phone_pushes() -> None:
    with create(Options(port=0), clock=lambda: 100.0) as driver:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
            phone.sendto(FRAME, ("127.0.0.1", driver.ports[0]))
        frame = driver.latest()
        assert frame is not None
        assert frame.channels == {"jawOpen", "browInnerUp", HEAD}
        assert (frame.weight("jawOpen"), frame.weight("browInnerUp")) == (0.5, 0.25)
        assert not driver.channels & MISSING


def test_a_phone_is_asked() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        phone.setblocking(False)
        address = f"127.0.0.1:{phone.getsockname()[1]}"
        with create(Options(port=0, phone=address), clock=lambda: 100.0) as driver:
            driver.latest()
            request = json.loads(phone.recv(4096))
            assert request["messageType"] == "iOSTrackingDataRequest"
            (port,) = request["ports"]
            phone.sendto(FRAME, ("127.0.0.1", port))
            assert driver.latest() is not None
