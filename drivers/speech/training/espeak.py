"""espeak-ng through its C library: text -> samples and the times of its phones. Only training needs it.

The times come as events (`espeakEVENT_PHONEME`) with IPA names; they run about 15 ms late against the sound, measured
by the best match of loudness and vowels, and are moved back here. One synthesis at a time: its state is global.
"""

import ctypes
import ctypes.util
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assets.errors import UsageError
from drivers.speech.features import Floats
from drivers.speech.training.phones import SILENCE, from_ipa
from drivers.speech.training.targets import Timed

EVENTS_LATE_S: Final = 0.015
SHORTEST_PAUSE_S: Final = 0.06

_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4  # espeak_PARAMETER
_END_OF_LIST, _PHONEME = 0, 7  # espeak_EVENT_TYPE
_SYNCHRONOUS = 2  # espeak_AUDIO_OUTPUT
_PHONEME_EVENTS_IPA = 0x0003  # espeakINITIALIZE_PHONEME_EVENTS | PHONEME_IPA
_UTF8 = 1


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """The library, loaded and ready. Raises UsageError when it isn't installed."""

    def __init__(self) -> None:
        name = ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1"
        try:
            self._library = ctypes.CDLL(name)
        except OSError as error:
            raise UsageError("training needs the library of espeak-ng: apt install libespeak-ng1") from error
        self.rate_hz: int = self._library.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS_IPA)
        if self.rate_hz <= 0:
            raise UsageError("espeak-ng does not start; are its voices installed? (apt install espeak-ng-data)")
        self._blocks: list[npt.NDArray[np.int16]] = []
        self._events: list[tuple[int, str]] = []
        self._callback = _Callback(self._receive)  # kept: the library holds only the address
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(
        self, text: str, voice: str, *, rate: int = 160, pitch: int = 50, pitch_range: int = 50
    ) -> tuple[Floats, list[Timed]] | None:
        """float32 samples at `rate_hz`, +-1, and the phones with their ends; None when the voice has no word for it."""
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            return None
        for parameter, value in ((_RATE, rate), (_VOLUME, 80), (_PITCH, pitch), (_RANGE, pitch_range)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._blocks, self._events = [], []
        data = text.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8, None, None)
        if not self._blocks:
            return None
        samples = np.concatenate(self._blocks).astype(np.float32) / np.float32(32768)
        return samples, self._timed(len(samples))

    def _timed(self, length: int) -> list[Timed]:
        timed: list[Timed] = []
        events = [(sample / self.rate_hz - EVENTS_LATE_S, name) for sample, name in self._events if "(" not in name]
        starts = [start_s for start_s, _ in events] + [length / self.rate_hz]
        if starts[0] > 0:
            timed.append(Timed(SILENCE, starts[0]))
        for (_, name), start_s, end_s in zip(events, starts, starts[1:], strict=False):
            phones = from_ipa(name) or (SILENCE,)
            if phones == (SILENCE,) and timed and end_s - start_s < SHORTEST_PAUSE_S:
                phones = (timed[-1].phone,)  # a nameless instant inside a word: the mouth does not close for it
            for part, phone in enumerate(phones, 1):
                timed.append(Timed(phone, start_s + (end_s - start_s) * part / len(phones)))
        return timed

    def _receive(self, wave: Any, count: int, events: Any) -> int:
        if count > 0 and wave:
            self._blocks.append(np.ctypeslib.as_array(wave, (count,)).copy())
        index = 0
        while events[index].type != _END_OF_LIST:
            if events[index].type == _PHONEME:
                self._events.append((events[index].sample, events[index].id.string.decode("utf-8", "replace")))
            index += 1
        return 0
