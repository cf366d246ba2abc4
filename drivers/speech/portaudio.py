"""The inputs of this computer through PortAudio: listed, found again by name, opened. The only door to sounddevice.

PortAudio numbers devices anew whenever its list is read, so a number means nothing after a plug was pulled; a device
is known by its name and its host API (WASAPI, Core Audio, ALSA ...). The list is read when PortAudio starts and never
again: `restart` is the only way to see what has changed, and it ends every open stream.

Everything here may block and belongs on a worker thread.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from drivers.speech.resample import RATE_HZ

BLOCK_S: Final = 0.01
MOST_CHANNELS: Final = 8
BEST_APIS: Final = ("Windows WASAPI", "Core Audio")
"""Preferred where they exist: the first host API of Windows, MME, is slow and cuts names off at 31 letters."""
CURE: Final = (
    "apt install libportaudio2" if sys.platform.startswith("linux") else "pip install --force-reinstall sounddevice"
)

Hear = Callable[[bytes], None]
"""Called on PortAudio's thread with the float32 of a block, frame after frame."""


class NoSoundError(Exception):
    """Why there is no sound now; a few words for people. It may heal."""


class NoPortAudioError(NoSoundError):
    """The library itself is missing; waiting won't mend that."""


@dataclass(frozen=True, slots=True)
class Device:
    """An input. name, api: what it is known by. rate_hz: its own rate. channels: how many it has at most.

    latency_s: what PortAudio says of it.
    """

    name: str
    api: str
    rate_hz: int
    channels: int
    default: bool
    latency_s: float = 0.0


class Stream(Protocol):
    """The part of `sounddevice.RawInputStream` that is used."""

    active: bool
    latency: float
    samplerate: float
    channels: int

    def start(self) -> None: ...
    def abort(self) -> None: ...
    def close(self) -> None: ...


def library() -> Any:
    """The module sounddevice. Raises NoPortAudioError where it or PortAudio is missing."""
    try:
        import sounddevice
    except (ImportError, OSError) as error:  # OSError: the Linux wheel comes without PortAudio
        raise NoPortAudioError(f"no sound: {error or 'PortAudio is missing'}; {CURE}") from error
    return sounddevice


def restart(sd: Any, /) -> None:
    """Reads the list of devices anew. Every open stream must have been closed."""
    try:
        sd._terminate()
    finally:
        sd._initialize()


def inputs(sd: Any, /) -> tuple[Device, ...]:
    """Every input, the one to take by default first among its host API's. Raises NoSoundError."""
    return tuple(device for _, device in _numbered(sd))


def find(devices: Sequence[Device], name: str | None, api: str | None = None) -> Device | None:
    """The input meant by `name` (the whole of it, else a part, whatever the case) and `api`; by default, the best.

    Among several of the name, the host APIs of `BEST_APIS` come first, then the one that is its API's default.
    """
    rivals = [device for device in devices if api is None or api.casefold() in device.api.casefold()]
    if name is None:
        rivals = [device for device in rivals if device.default] or rivals
    else:
        wanted = name.casefold()
        exact = [device for device in rivals if device.name.casefold() == wanted]
        rivals = exact or [device for device in rivals if wanted in device.name.casefold()]
    return min(rivals, key=lambda device: (device.api not in BEST_APIS, not device.default), default=None)


def open_stream(sd: Any, device: Device, /, *, hear: Callable[[int], Hear], finished: Callable[[], None]) -> Stream:
    """A stream from `device` that runs: mono at 16 kHz if it can, else at its own rate, else with its own channels.

    hear: makes the receiver for the number of channels that was agreed. Raises NoSoundError.
    """
    index = next((index for index, each in _numbered(sd) if each == device), None)
    if index is None:
        raise NoSoundError(f"{device.name} is gone")
    extra = sd.WasapiSettings(auto_convert=True) if device.api == "Windows WASAPI" else None
    reason = ""
    for rate_hz, channels in _ways(device):
        receive = hear(channels)

        def callback(indata: Any, frames: int, time: Any, status: Any, receive: Hear = receive) -> None:
            receive(bytes(indata))  # a copy: the buffer is only valid during the call

        stream: Stream | None = None
        try:
            stream = sd.RawInputStream(
                samplerate=rate_hz, blocksize=round(rate_hz * BLOCK_S), device=index, channels=channels,
                dtype="float32", latency="low", extra_settings=extra, callback=callback, finished_callback=finished,
            )  # fmt: skip
            stream.start()
        except (sd.PortAudioError, ValueError, OSError) as error:
            reason = " ".join(str(error).split())
            if stream is not None:
                close(sd, stream)
        else:
            return stream
    raise NoSoundError(f"{device.name} can't be opened: {reason}")


def close(sd: Any, stream: Stream, /) -> None:
    """Ends a stream, whatever state it is in."""
    for end in (stream.abort, stream.close):
        try:
            end()
        except sd.PortAudioError:
            pass  # it is broken, and that is why it is closed


def _ways(device: Device) -> tuple[tuple[int, int], ...]:
    most = min(device.channels, MOST_CHANNELS)
    own = [(device.rate_hz, channels) for channels in (1, min(2, most), most)]
    return tuple(dict.fromkeys([(RATE_HZ, 1), *own]))


def _numbered(sd: Any) -> list[tuple[int, Device]]:
    try:
        apis = sd.query_hostapis()
        found = []
        for index, facts in enumerate(sd.query_devices()):
            if facts["max_input_channels"] > 0:
                api = apis[facts["hostapi"]]
                device = Device(
                    facts["name"], api["name"], int(facts["default_samplerate"]), int(facts["max_input_channels"]),
                    api["default_input_device"] == index, float(facts["default_low_input_latency"]),
                )  # fmt: skip
                found.append((index, device))
    except sd.PortAudioError as error:
        raise NoSoundError(f"PortAudio: {' '.join(str(error).split())}") from error
    return found
