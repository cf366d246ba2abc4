"""The OpenSeeFace driver on a real loopback socket."""

import socket

from drivers.openseeface import Options, create
from tests.soak.phone_samples import openseeface


def test_the_defaults() -> None:
    assert Options() == Options(port=11573, lan=False)


def test_a_tracker_drives_it() -> None:
    with create(Options(port=0), clock=lambda: 100.0) as driver:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tracker:
            for number in range(48):
                data = openseeface({"mouth_open": number / 64}, time_s=1e9 + number / 24, left_open=0.25)
                tracker.sendto(data, ("127.0.0.1", driver.ports[0]))
                frame = driver.latest()
                assert frame is not None
                assert (frame.weight("jawOpen"), frame.weight("eyeBlinkLeft")) == (number / 64, 0.75)
                assert frame.channels <= driver.channels
            tracker.sendto(b"junk", ("127.0.0.1", driver.ports[0]))
            assert driver.latest() is frame
        assert driver.statistics().moved == ("jawOpen",)
        assert driver.statistics().unparseable == 1
