"""The microphone, kept alive: opened by name, watched, and opened anew when it goes.

PortAudio tells nobody when a plug is pulled: callbacks stop, or go on with zeros. So the time of the last callback is
watched, and what it brought. All that may block (importing, opening, closing, reading the list of devices anew) runs
on a worker; the thread that draws only looks whether it has come back.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np

from drivers.base import Clock
from drivers.speech import portaudio, recordings
from drivers.speech.portaudio import Device, NoPortAudioError, NoSoundError, Stream
from drivers.speech.resample import Samples
from drivers.speech.ring import Ring
from drivers.speech.sources import Block

SILENT_S: Final = 0.5
"""No callback for this long: the device is gone. They come every 10 ms."""
FIRST_S: Final = 3.0
"""The same for the first callback; a Bluetooth headset switches its mode first."""
ZEROS_S: Final = 5.0
"""Exact zeros for this long: PipeWire and PulseAudio feed them in place of a device that went."""
ZEROS_AGAIN_S: Final = 30.0
"""After the first time; a microphone may be muted for an hour."""
RETRY_S: Final = (1.0, 2.0, 5.0)
"""Pauses after tries to open it that failed; the last is repeated."""
LOOK_S: Final = 10.0
"""While another device stands in, how often the one that was asked for is looked for, in a pause of speech."""
LOOK_ANYWAY_S: Final = 60.0
QUIET: Final = 0.002
"""Level (root mean square) below which sound counts as a pause, -54 dBFS."""
RING_S: Final = 1.0
LEAVE_S: Final = 1.8
"""How long leaving waits for a worker that PortAudio holds."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Opened:
    """A running stream with what fills up behind it. asked: it is the device that was asked for."""

    stream: Stream
    ring: Ring
    device: Device
    rate_hz: int
    asked: bool
    opened_s: float
    heard_s: float | None = None
    finished: bool = False


class Worker(Protocol):
    """Runs one job at a time somewhere else."""

    def begin(self, job: Callable[[], Opened | NoSoundError]) -> None: ...
    def result(self) -> Opened | NoSoundError | None: ...
    def wait(self, seconds: float) -> bool: ...


class ThreadWorker:
    """A thread per job; jobs are rare."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._result: Opened | NoSoundError | None = None

    def begin(self, job: Callable[[], Opened | NoSoundError]) -> None:
        """Runs `job`; its result waits for `result`."""

        def run() -> None:
            self._result = job()

        self._result = None
        self._thread = threading.Thread(target=run, name="microphone", daemon=True)
        self._thread.start()

    def result(self) -> Opened | NoSoundError | None:
        """The result of the last job, once; None while there is none."""
        if self._thread is None or self._thread.is_alive():
            return None
        self._thread.join()
        self._thread, made = None, self._result
        return made

    def wait(self, seconds: float) -> bool:
        """Waits for the job; whether it is over."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()


class Microphone:
    """See `drivers.speech.sources.Source`.

    device, api: a part of the names, None for the system's choice. library: gives sounddevice.
    """

    def __init__(
        self, device: str | None = None, api: str | None = None, *, library: Callable[[], Any] = portaudio.library,
        worker: Worker | None = None, clock: Clock = time.perf_counter,
    ) -> None:  # fmt: skip
        self._name, self._api = device, api
        self._library = library
        self._worker = worker or ThreadWorker()
        self._clock = clock
        self._opened: Opened | None = None
        self._started = self._busy = False
        self._leaving = threading.Event()
        self._due_s: float | None = None
        """When to try to open again."""
        self._tries = 0
        self._stale = False
        """PortAudio's list of devices has been read before."""
        self._zeros_since_s: float | None = None
        self._muted = False
        """It sent nothing but zeros for so long that it was opened again."""
        self._loud_s = self._looked_s = float("-inf")
        self._words = "not started"

    # ---- the source -------------------------------------------------------------------------------------------------

    @property
    def latency_s(self) -> float:
        """What PortAudio says of the open stream, and one block."""
        return portaudio.BLOCK_S + (float(self._opened.stream.latency) if self._opened else 0.0)

    @property
    def device(self) -> str:
        """The name of the open device."""
        return self._opened.device.name if self._opened else ""

    def start(self, now_s: float) -> None:
        """Begins to open the device; whatever is wrong is told by `status` and tried again."""
        if not self._started:
            self._started = True
            self._leaving.clear()
            self._tries = 0
            self._say("opening the microphone")
            self._begin(None)

    def read(self, now_s: float) -> Block | None:
        """What the microphone has heard since the last call; looks after it as well."""
        if not self._started:
            return None
        self._collect(now_s)
        opened = self._opened
        if opened is None:
            if not self._busy and self._due_s is not None and now_s >= self._due_s:
                self._begin(None)
            return None
        frames = opened.ring.take()
        block = self._block(opened, frames, now_s) if len(frames) else None
        if (trouble := self._trouble(opened, now_s)) is not None:
            self._renew(trouble)
        elif not opened.asked and self._may_look(now_s):
            self._looked_s = now_s
            self._renew(None)
        return block

    def stop(self) -> None:
        """Closes the device, or leaves that to the worker when PortAudio holds it."""
        if not self._started:
            return
        self._started = False
        self._leaving.set()
        if self._worker.wait(LEAVE_S):
            self._collect(self._clock())
            if self._opened is not None:
                self._begin(self._opened, open_again=False)
                self._worker.wait(LEAVE_S)
                self._worker.result()
        self._opened, self._busy = None, False
        self._words = "not started"

    def status(self) -> str:
        """What it hears, or why not."""
        return self._words

    # ---- what the worker does ---------------------------------------------------------------------------------------

    def _begin(self, old: Opened | None, *, open_again: bool = True) -> None:
        self._busy, self._due_s, self._opened = True, None, None
        self._worker.begin(lambda: self._reopen(old, open_again))

    def _reopen(self, old: Opened | None, open_again: bool) -> Opened | NoSoundError:
        """On the worker: closes the old stream, has the list read anew, opens the best device that is there."""
        try:
            sd = self._library()
            if old is not None:
                portaudio.close(sd, old.stream)
            if not open_again:
                return NoSoundError("closed")
            if self._stale:
                portaudio.restart(sd)
            self._stale = True
            opened = self._open(sd)
            if self._leaving.is_set():
                portaudio.close(sd, opened.stream)
                return NoSoundError("closed")
            return opened
        except NoSoundError as error:
            return error
        except Exception as error:  # whatever PortAudio does, the show goes on
            return NoSoundError(f"{type(error).__name__}: {' '.join(str(error).split())}")

    def _open(self, sd: Any) -> Opened:
        devices = portaudio.inputs(sd)
        device = portaudio.find(devices, self._name, self._api)
        asked = device is not None
        device = device or portaudio.find(devices, None) if devices else None
        if device is None:
            raise NoSoundError("no microphone is plugged in")
        holder: list[Opened] = []

        def hear(channels: int) -> portaudio.Hear:
            ring = Ring(round(RING_S / portaudio.BLOCK_S), channels)
            rings[channels] = ring

            def receive(block: bytes) -> None:
                ring.write(block)
                if holder:
                    holder[0].heard_s = self._clock()

            return receive

        def finished() -> None:
            for opened in holder:
                opened.finished = True

        rings: dict[int, Ring] = {}
        stream = portaudio.open_stream(sd, device, hear=hear, finished=finished)
        opened = Opened(
            stream, rings[int(stream.channels)], device, round(stream.samplerate), asked, opened_s=self._clock()
        )
        holder.append(opened)
        return opened

    # ---- what the reader sees ---------------------------------------------------------------------------------------

    def _collect(self, now_s: float) -> None:
        """Takes over what the worker has made."""
        made = self._worker.result() if self._busy else None
        if made is None:
            return
        self._busy = False
        if isinstance(made, NoSoundError):
            if not isinstance(made, NoPortAudioError):
                self._due_s = now_s + RETRY_S[min(self._tries, len(RETRY_S) - 1)]
            self._tries += 1
            self._say(str(made))
            return
        self._opened, self._zeros_since_s = made, None
        self._looked_s = now_s
        self._say(self._described(made))

    def _described(self, opened: Opened) -> str:
        device = opened.device
        words = f"{device.name} ({device.api}), {opened.rate_hz / 1000:g} kHz"
        if not opened.asked:
            words = f"{self._name} is not there; meanwhile {words}"
        return f"{words}: digital silence (muted?)" if self._muted else words

    def _block(self, opened: Opened, frames: Samples, now_s: float) -> Block:
        samples = recordings.mono(frames)
        energy = float(np.vdot(samples, samples))
        if energy > 0.0:
            if self._zeros_since_s is not None or self._muted or self._tries:
                self._zeros_since_s, self._muted, self._tries = None, False, 0
                self._say(self._described(opened))
            if energy > QUIET * QUIET * len(samples):
                self._loud_s = now_s
        elif self._zeros_since_s is None:
            self._zeros_since_s = now_s
        heard_s = opened.heard_s if opened.heard_s is not None else now_s
        return Block(samples, opened.rate_hz, heard_s - float(opened.stream.latency))

    def _trouble(self, opened: Opened, now_s: float) -> str | None:
        """What is wrong with the stream, if anything; empty words for nothing but zeros."""
        if opened.finished:
            return "has stopped"
        since_s = now_s - (opened.opened_s if opened.heard_s is None else opened.heard_s)
        if since_s > (FIRST_S if opened.heard_s is None else SILENT_S):
            return "sends nothing any more"
        patience_s = ZEROS_AGAIN_S if self._muted else ZEROS_S
        if self._zeros_since_s is not None and now_s - self._zeros_since_s > patience_s:
            self._muted = True
            return ""
        return None

    def _renew(self, trouble: str | None) -> None:
        opened = self._opened
        assert opened is not None
        self._say(f"{opened.device.name} {trouble}; opening it again" if trouble else self._described(opened))
        self._begin(opened)

    def _may_look(self, now_s: float) -> bool:
        since_s = now_s - self._looked_s
        return since_s > LOOK_ANYWAY_S or (since_s > LOOK_S and now_s - self._loud_s > 1.0)

    def _say(self, words: str) -> None:
        if words != self._words:
            self._words = words
            _log.info("microphone: %s", words)
