"""What a driver that listens to the network says of itself, in one line for people."""

from collections.abc import Iterable
from typing import Final

from drivers._sockets import EVERYWHERE, HERE, own_address
from drivers.base import Statistics

HINT_AFTER_S: Final = 5.0
SILENT_FROM_S: Final = 2.0


def status_line(name: str, heard: Statistics, listening_s: float, more: Iterable[str] = ()) -> str:
    """Such as `osc: on 127.0.0.1 port 9000; 60 packets/s from 127.0.0.1; 120 faces`.

    listening_s: for how long it has been. more: what else the driver has to say, last; empty parts are left out.
    """
    where = (own_address() or EVERYWHERE) if heard.address == EVERYWHERE else heard.address
    parts = [f"on {where} port{'s' * (len(heard.ports) > 1)} {', '.join(map(str, heard.ports))}"]
    if heard.taken:
        parts.append(f"taken by another program: {', '.join(map(str, heard.taken))}")
    if heard.age_s is None:
        hint = "phones need --lan" if heard.address == HERE else "is it the firewall? See: cartoonalive doctor"
        parts.append(f"no packets for 5 s, {hint}" if listening_s >= HINT_AFTER_S else "nothing heard yet")
    else:
        silence = f", silent for {heard.age_s:.0f} s" if heard.age_s >= SILENT_FROM_S else ""
        parts.append(f"{heard.packets_per_s:.0f} packets/s from {heard.sender}{silence}")
        parts.append(f"{heard.faces} faces")
    for count, words in (
        (heard.unparseable, "not understood"),
        (heard.foreign, "from others ignored"),
        (heard.skipped, "skipped, they come too fast"),
    ):
        if count:
            parts.append(f"{count} {words}")
    return f"{name}: {'; '.join((*parts, *filter(None, more)))}"
