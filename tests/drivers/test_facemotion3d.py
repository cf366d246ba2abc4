"""The Facemotion3D driver on real loopback sockets: asked, answered on either port, told goodbye."""

import socket

from drivers.facemotion3d import Options, create
from tests.soak.phone_samples import facemotion3d


def test_the_defaults() -> None:
    assert Options() == Options(port=49983, phone="", lan=False)


def test_it_asks_hears_and_says_goodbye() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        phone.setblocking(False)
        address = f"127.0.0.1:{phone.getsockname()[1]}"
        with create(Options(port=0, phone=address), clock=lambda: 100.0) as driver:
            assert driver.latest() is None
            asked, (host, port) = phone.recvfrom(4096)
            assert asked == b"FACEMOTION3D_OtherStreaming"
            assert (host, port) == ("127.0.0.1", driver.ports[0])
            for number, target in enumerate(driver.ports):  # 49993 is among them, where it is free
                phone.sendto(facemotion3d({"jawOpen": 10 * (number + 1)}, [0.0, 10.0, 0.0]), ("127.0.0.1", target))
                frame = driver.latest()
                assert frame is not None
                assert round(100 * frame.weight("jawOpen")) == 10 * (number + 1)
        heard = [phone.recv(4096) for _ in range(3)]
    assert heard == [b"FACEMOTION3D_OtherStreaming"] * 2 + [b"StopStreaming_FACEMOTION3D"]
