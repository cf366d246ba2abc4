"""One line for people, from the figures."""

from dataclasses import replace

import pytest

from drivers import _status
from drivers._status import status_line
from drivers.base import Statistics

SILENT = Statistics("127.0.0.1", (9000,), (), 0, 0.0, None, "", "", 0, 0, 0, 0, ())
HEARD = replace(SILENT, packets=300, packets_per_s=59.7, age_s=0.02, sender="192.168.1.20", faces=290)


@pytest.mark.parametrize(
    ("heard", "listening_s", "line"),
    [
        (SILENT, 0.0, "on 127.0.0.1 port 9000; nothing heard yet"),
        (SILENT, 5.0, "on 127.0.0.1 port 9000; no packets for 5 s, phones need --lan"),
        (replace(SILENT, address="10.0.0.2"), 5.0,
         "on 10.0.0.2 port 9000; no packets for 5 s, is it the firewall? See: cartoonalive doctor"),
        (HEARD, 5.0, "on 127.0.0.1 port 9000; 60 packets/s from 192.168.1.20; 290 faces"),
        (replace(HEARD, ports=(1, 2), taken=(3, 4), age_s=7.4, packets_per_s=0.0), 5.0,
         "on 127.0.0.1 ports 1, 2; taken by another program: 3, 4; "
         "0 packets/s from 192.168.1.20, silent for 7 s; 290 faces"),
        (replace(HEARD, unparseable=3, foreign=2, skipped=1), 5.0,
         "on 127.0.0.1 port 9000; 60 packets/s from 192.168.1.20; 290 faces; 3 not understood; 2 from others ignored; "
         "1 skipped, they come too fast"),
    ],
)  # fmt: skip
def test_lines(heard: Statistics, listening_s: float, line: str) -> None:
    assert status_line("osc", heard, listening_s) == f"osc: {line}"


def test_the_driver_has_the_last_word() -> None:
    assert status_line("x", SILENT, 0.0, ["", "no face"]) == "x: on 127.0.0.1 port 9000; nothing heard yet; no face"


@pytest.mark.parametrize(("own", "shown"), [("192.168.1.5", "192.168.1.5"), ("", "0.0.0.0")])
def test_on_the_whole_network_it_names_the_address_to_type(
    own: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_status, "own_address", lambda: own)
    assert status_line("x", replace(HEARD, address="0.0.0.0"), 0.0).startswith(f"x: on {shown} port 9000; ")
