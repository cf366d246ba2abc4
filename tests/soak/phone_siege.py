"""Datagrams upon datagrams for one reader, and what must hold after each."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from assets.face import FaceFrame
from drivers._phone import Reader
from drivers.protocols import facemotion3d
from drivers.protocols.ifacialmocap import IFacialMocapReader
from drivers.protocols.livelink import LiveLinkReader
from drivers.protocols.meowface import MeowFaceReader
from drivers.protocols.openseeface import OpenSeeFaceReader
from drivers.protocols.vtubestudio import VTubeStudioReader

READERS: dict[str, Callable[[], Reader]] = {
    "livelink": LiveLinkReader,
    "ifacialmocap": IFacialMocapReader,
    "facemotion3d": facemotion3d.reader,
    "vtubestudio": VTubeStudioReader,
    "meowface": MeowFaceReader,
    "openseeface": OpenSeeFaceReader,
}
_RATE_HZ = 60.0
_EVERY = 997


@dataclass
class Besieged:
    """What came of it. slowest_s: of a single datagram, by the clock of the thread."""

    faces: int = 0
    refused: int = 0
    total_s: float = 0.0
    slowest_s: float = 0.0


def besiege(reader: Reader, datagrams: Iterable[bytes], good: bytes) -> Besieged:
    """Feeds them all. Now and then a good one follows, and must be understood.

    Whatever becomes a face is one: `FaceFrame` itself refuses numbers that aren't finite. Nothing may raise.
    """
    told = Besieged()
    for number, data in enumerate(datagrams):
        start_s = time.thread_time()
        frame = reader.feed(data, number / _RATE_HZ)
        spent_s = time.thread_time() - start_s
        told.total_s += spent_s
        told.slowest_s = max(told.slowest_s, spent_s)
        if frame is None:
            told.refused += 1
        else:
            told.faces += 1
        if number % _EVERY == 0:
            again = reader.feed(good, number / _RATE_HZ)
            assert again is not None
            _is_sound(again)
            _is_sound(frame or again)
    return told


def _is_sound(frame: FaceFrame) -> None:
    assert not np.isnan(frame.weights).any()
    assert frame.weights.min() >= 0.0
    assert frame.weights.max() <= 1.0
