"""One ear for every OSC dialect of faces: VMC, Face Cap, VRCFaceTracking, Phiz, and any address that ends in a name."""

import functools
import math
from collections.abc import Callable
from typing import Final

from assets import arkit
from assets.face import FaceFrame
from drivers.protocols import osc
from drivers.protocols.facecap import FaceCapReader
from drivers.protocols.heard import Heard
from drivers.protocols.osc import Message
from drivers.protocols.phiz import PhizReader
from drivers.protocols.state import FaceState
from drivers.protocols.vmc import BLEND_VAL, VmcReader
from drivers.protocols.vrcft import VrcftReader

_NOISE, _OTHER, _FACE = Heard.NOISE, Heard.OTHER, Heard.FACE
_MAX_OWNED: Final = 1024
COMMANDS: Final = "/cartoonalive/"
"""What begins so is no face but a wish: `/cartoonalive/expression/joy 1`."""

Wish = Callable[[str, float | None], None]
"""Told the rest of the address, and the number that came with it, if any."""


@functools.lru_cache(maxsize=1024)
def _shape_at(address: str) -> str | None:
    return arkit.normalise(address.rsplit("/", 1)[-1])


class OscFace:
    """Datagrams in, faces out; no socket and no clock of its own. Nothing that arrives can raise."""

    def __init__(self, wish: Wish = lambda what, number: None) -> None:
        """wish: told of what isn't a face (`COMMANDS`)."""
        self._wish = wish
        self._state = FaceState()
        self._vmc = VmcReader(self._state)
        self._vrcft = VrcftReader(self._state)
        self._owners: dict[str, Callable[[Message, float], Heard | None]] = {BLEND_VAL: self._vmc.value}
        self._readers = (self._vmc, FaceCapReader(self._state), self._vrcft, PhizReader(self._state))

    def feed(self, datagram: bytes, now_s: float) -> Heard:
        """Takes one datagram that arrived at `now_s`."""
        found, owners = _NOISE, self._owners
        for message in osc.messages(datagram):
            owner = owners.get(message[0])
            heard = self._feed(message, now_s) if owner is None else owner(message, now_s)
            if heard is _FACE or (heard is _OTHER and found is _NOISE):
                found = heard
        return found

    def _feed(self, message: Message, now_s: float) -> Heard | None:
        """Finds out whose an address is; once, for readers tell by the address alone."""
        if len(self._owners) >= _MAX_OWNED:
            self._owners.clear()
        if message.address.startswith(COMMANDS):
            self._owners[message.address] = self._command
            return self._command(message, now_s)
        for reader in self._readers:
            if (heard := reader.feed(message, now_s)) is not None:
                self._owners[message.address] = reader.feed
                return heard
        self._owners[message.address] = self._generic
        return self._generic(message, now_s)

    def frame(self, now_s: float) -> FaceFrame | None:
        """The face as heard by `now_s`; the same object until something changes; None while nothing was heard."""
        self._vmc.settle(now_s)
        self._vrcft.settle(now_s)
        return self._state.frame()

    @property
    def vrcft_parameters(self) -> int:
        """How many different parameters VRCFaceTracking has sent."""
        return self._vrcft.heard

    def _command(self, message: Message, now_s: float) -> Heard:
        number = message.arguments[0] if message.arguments else None
        known = isinstance(number, int | float) and math.isfinite(number)
        self._wish(message.address.removeprefix(COMMANDS), float(number) if known else None)  # type: ignore[arg-type]
        return Heard.OTHER

    def _generic(self, message: Message, now_s: float) -> Heard:
        """`/anything/jawOpen 0.5`, in any spelling of the name."""
        if len(message.arguments) == 1 and (name := _shape_at(message.address)) is not None:
            if self._state.shape(name, message.arguments[0]):
                self._state.alive(now_s)
                return Heard.FACE
        return Heard.OTHER if message.address.startswith("/avatar/") else Heard.NOISE  # what else VRChat is told
