"""Facemotion3D: the grammar of iFacialMocap's v2, with other names and another question.

    eyeLookOutLeft&3|mouthPressRight&14| ... |FM_browUpLeft&0|=head#rx,ry,rz,px,py,pz|rightEye#...|leftEye#...|

Shapes are spelled out (`Left`, `Right`); `FM_*` are the app's own. Left, right, angles and positions are those of
`drivers.protocols.ifacialmocap`. What the app streams to Unity (`faceObjGrp!`, a name for each bone of one model) is
another format and not read.

The phone answers to `PORTS`: the vendor's words and the vendor's sample name different ones.
"""

from typing import Final

from drivers.protocols import ifacialmocap
from drivers.protocols.ifacialmocap import IFacialMocapReader, Packet

PHONE_PORT: Final = 49993
PORTS: Final = (49983, 49993)
HELLO: Final = b"FACEMOTION3D_OtherStreaming"
FAREWELL: Final = b"StopStreaming_FACEMOTION3D"

_UNITY: Final = b"faceObjGrp!"


def decode(data: bytes, /) -> Packet | None:
    """The frame in a datagram; None when it holds neither a shape nor a head, or is meant for Unity."""
    return None if _UNITY in data else ifacialmocap.decode(data)


def reader() -> IFacialMocapReader:
    """A reader of this app's datagrams."""
    return IFacialMocapReader(decode)
