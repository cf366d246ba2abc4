"""MeowFace on Android: VTube Studio's JSON with other names, pushed to this computer or asked for.

The names begin in lower case. Eleven of ARKit's 52 shapes are missing (`MISSING`) and are left to other sources;
`browInnerUp` may come in two halves. The rest (`headUp`, `headRollLeft` ...) repeats the rotation. Values may exceed 1.
"""

from typing import Final

from drivers.protocols.vtubestudio import Packet, VTubeStudioReader

PORT: Final = 12345
"""Where the app pushes to, when this computer's address was typed into it."""

MISSING: Final = frozenset(
    {"mouthClose", "jawForward", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight",
     "mouthPressLeft", "mouthPressRight", "mouthShrugLower", "cheekSquintLeft", "cheekSquintRight"}
)  # fmt: skip


class MeowFaceReader(VTubeStudioReader):
    """Datagrams of one phone in, frames out. Nothing that arrives can raise."""

    def _shapes(self, packet: Packet) -> dict[str, float]:
        halves = [packet.others[half] for half in ("browInnerUpLeft", "browInnerUpRight") if half in packet.others]
        if "browInnerUp" in packet.shapes or not halves:
            return packet.shapes
        return packet.shapes | {"browInnerUp": sum(halves) / len(halves)}
