"""One ear for every OSC dialect of faces: VMC, Face Cap, and any address that ends in an ARKit name."""

import functools

from assets import arkit
from assets.face import FaceFrame
from drivers.protocols import osc
from drivers.protocols.facecap import FaceCapReader
from drivers.protocols.osc import Message
from drivers.protocols.state import FaceState
from drivers.protocols.vmc import VmcReader


@functools.lru_cache(maxsize=1024)
def _shape_at(address: str) -> str | None:
    return arkit.normalise(address.rsplit("/", 1)[-1])


class OscFace:
    """Datagrams in, faces out; no socket and no clock of its own. Nothing that arrives can raise."""

    def __init__(self) -> None:
        self._state = FaceState()
        self._vmc = VmcReader(self._state)
        self._facecap = FaceCapReader(self._state)

    def feed(self, datagram: bytes, now_s: float) -> bool:
        """Takes one datagram that arrived at `now_s`; tells whether it held anything about a face."""
        understood = False
        for message in osc.messages(datagram):
            understood |= (
                self._vmc.feed(message, now_s) or self._facecap.feed(message, now_s) or self._generic(message, now_s)
            )
        return understood

    def frame(self, now_s: float) -> FaceFrame | None:
        """The face as heard by `now_s`; the same object until something changes; None while nothing was heard."""
        self._vmc.settle(now_s)
        return self._state.frame()

    def _generic(self, message: Message, now_s: float) -> bool:
        """`/anything/jawOpen 0.5`, in any spelling of the name."""
        if len(message.arguments) != 1 or (name := _shape_at(message.address)) is None:
            return False
        if self._state.shape(name, message.arguments[0]):
            self._state.alive(now_s)
            return True
        return False
