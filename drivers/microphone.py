"""The mouth moves as somebody speaks: a microphone, or a recording in its place; any voice, any language.

Nothing is recorded or sent: sound becomes a handful of numbers every 10 ms (`drivers.speech`) and is forgotten. The
driver speaks for the mouth alone and tells how surely somebody speaks, so a camera can have the mouth in the pauses.
"""

import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np

from assets.errors import CartoonAliveError, DriverError
from assets.face import FaceFrame
from drivers.base import Clock
from drivers.speech import latency, voice
from drivers.speech.listener import Listener, Moment
from drivers.speech.mapping import BROWS, CLOSE, HOP_S, MOUTH, SHUT, Follower, Manner, Shaper, Stress
from drivers.speech.resample import RATE_HZ, Resampler, Samples
from drivers.speech.sources import Block, SoundFile, Source

_log = logging.getLogger(__name__)

MOST_S: Final = 0.2
"""Of sound that waited longer, as after a hitch of the show, only the newest is heard: `latest` must be quick."""
QUIET_AFTER_S: Final = 0.1
"""No sound for this long: the mouth begins to close."""
CLOSED_AFTER_S: Final = 0.3
"""And now it is; from here on the driver says nothing new."""
LEAST_DB: Final = -60.0
HEARD_FOR_S: Final = 0.25
"""A sound that was loud enough lets those that follow it so soon be heard too."""
WAIT_S: Final = 0.08
"""While nobody speaks and nothing grows louder, so much sound is heard at once: that saves half of the work."""
LOUDER: Final = 2.0
"""Times the power of the quiet before: that is heard at once, with all that waits."""
STILL: Final[Moment] = (0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Options:
    """What to listen to, and how the mouth speaks."""

    device: str = field(default="", metadata={"help": "part of the microphone's name (default: the system's choice)"})
    api: str = field(default="", metadata={"help": "part of the name of its host API, such as WASAPI or ALSA"})
    file: Path | None = field(default=None, metadata={"help": "play a sound file instead of listening"})
    sensitivity: float = field(
        default=1.0, metadata={"help": "0 to 1: less leaves out quiet speech, as of others in the room"}
    )
    openness: float = field(default=1.0, metadata={"help": "how far the mouth opens: 0.5 mumbles, 1.5 shouts"})
    smoothing: float = field(default=1.0, metadata={"help": "0 is nervous, 1 natural, 3 lazy and late"})
    expression: float = field(default=0.0, metadata={"help": "0 to 1: uneven smiles, brows that rise with the voice"})
    calibrated: bool = field(default=True, metadata={"help": "use what `cartoonalive calibrate` learnt of your voice"})


Tap = Callable[[Samples, int, float], None]
"""Called with mono float32 samples, their rate in Hz, and the time of the picture that shows the mouth at their end."""


def create(options: Options) -> "MicrophoneDriver":
    """A driver that hears nothing yet."""
    return MicrophoneDriver(options)


class MicrophoneDriver:
    """See `drivers.base.Driver`. No thread of its own: each call hears what has come since the last."""

    name: Final = "microphone"

    def __init__(self, options: Options, *, source: Source | None = None, clock: Clock = time.perf_counter) -> None:
        """source: one that is there already, instead of what `options` name."""
        self.options: Final = options
        self._given = source
        self._clock = clock
        self._source: Source | None = None
        self._frame: FaceFrame | None = None
        self.taps: Final[list[Tap]] = []
        """Who else hears all sound, such as a recording of the show."""
        self.channels: Final = MOUTH | BROWS if options.expression > 0.0 else MOUTH

    def __enter__(self) -> Self:
        if self._source is None:
            options = self.options
            _check(options)
            self._heard_from: tuple[int, str] | None = None
            self._manner = Manner(options.openness, options.smoothing, options.expression)
            self._follower, self._shaper = Follower(options.smoothing), Shaper(self._manner)
            self._stress = Stress()
            self._floor = 10.0 ** ((LEAST_DB + 40.0 * (1.0 - options.sensitivity)) / 10.0)
            self._loud_s = self._heard_s = float("-inf")
            self._loud = 0.0
            self._level: tuple[float, float] | None = None
            self._calm: float | None = None
            source = self._given or source_of(options)
            source.start(self._clock())
            self._source = source
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        if self._source is not None:
            self._source.stop()
            self._source = self._frame = None

    def latest(self) -> FaceFrame | None:
        """The mouth as it was `latency.MODEL_S` before the newest sound."""
        if self._source is not None:
            now_s = self._clock()
            block = self._source.read(now_s)
            if block is not None:
                self._hear(block, now_s)
            elif self._frame is not None and QUIET_AFTER_S < now_s - self._heard_s:
                self._fall_silent(now_s)
        return self._frame

    def level_db(self) -> float | None:
        """The loudness of the newest sound in dB of full scale (root mean square), for a meter; -inf for digital
        silence, None while nothing is heard. Callable from any thread.
        """
        level = self._level
        if self._source is None or level is None or self._clock() - level[1] > CLOSED_AFTER_S:
            return None
        return 10.0 * math.log10(level[0]) if level[0] > 0.0 else float("-inf")

    def status(self) -> str:
        """Such as `microphone: Yeti (ALSA), 16 kHz; lips about 98 ms late, so ...`."""
        if self._source is None:
            return f"{self.name}: not started"
        words = f"{self.name}: {self._source.status()}"
        if self._frame is None or not self._source.device:
            return words
        return f"{words}; {latency.advice(self._source.latency_s, self.options.smoothing)}"

    def _hear(self, block: Block, now_s: float) -> None:
        source = self._source
        assert source is not None
        if self._heard_from != (block.rate_hz, source.device):
            self._turn_to(block.rate_hz, source.device)
        samples = block.samples if len(block.samples) <= self._most else block.samples[-self._most :]
        if block.rate_hz != RATE_HZ:
            samples = self._resampler.push(samples)
        self._heard_s = now_s
        if self.taps:
            late_s = latency.total_s(source.latency_s, self.options.smoothing) - latency.SHOWING_S
            for tap in self.taps:
                tap(block.samples, block.rate_hz, block.end_s + late_s)
        power, energy = 0.0, None
        if size := len(samples):
            energy = float(np.vdot(samples, samples))
            power = energy / size
            self._level = power, now_s
            if power > self._floor:
                self._loud_s, self._loud = now_s, power
        caught_s = block.end_s - self._late_s
        waiting = self._waiting
        if self._calm is not None and power <= LOUDER * self._calm and self._may_wait(size):
            waiting.append(samples)
            self._show([], 0.0, 0.0, caught_s)
            return
        if waiting:
            waiting.append(samples)
            samples = np.concatenate(waiting)
            waiting.clear()
            energy = None
        moments = self._listener.moments(samples, energy)
        if not moments:
            return
        speech = moments[-1][-1]
        self._calm = None if speech else power if self._calm is None else 0.8 * self._calm + 0.2 * power
        if now_s - self._loud_s > HEARD_FOR_S:
            moments, speech = [STILL] * len(moments), 0.0
        accent = 0.0
        if self._manner.expression > 0.0 and self._loud > 0.0:
            accent = self._stress.step(math.log10(self._loud), speech, HOP_S * len(moments))
        self._show(moments, speech, accent, caught_s)

    def _turn_to(self, rate_hz: int, device: str) -> None:
        """Begins to listen to another device, or at another rate."""
        self._heard_from = rate_hz, device
        self._resampler = Resampler(rate_hz)
        self._most = round(MOST_S * rate_hz)
        self._late_s = self._resampler.delay_s + latency.MODEL_S
        self._listener = Listener(voice=self._voice(device))
        self._waiting: list[Samples] = []

    def _may_wait(self, size: int) -> bool:
        """Whether so many samples, as quiet as those before while nobody spoke, can be heard later.

        What is heard doesn't depend on how it is cut, so all that could come late is the very first of a soft onset.
        """
        return self._follower.at_rest() and sum(map(len, self._waiting)) + size < WAIT_S * RATE_HZ

    def _voice(self, device: str) -> voice.Voice | None:
        """What is known of this voice before this microphone."""
        if not (self.options.calibrated and device):
            return None
        try:
            return voice.load(voice.path_of(device))
        except CartoonAliveError as error:
            _log.warning("microphone: %s", error)
            return None

    def _fall_silent(self, now_s: float) -> None:
        """Closes the mouth of one who is heard no more; after that, nothing new is said and the others take over."""
        if self._frame is not None and now_s - self._heard_s < CLOSED_AFTER_S:
            hops = max(1, round((now_s - latency.MODEL_S - self._frame.time_s) / HOP_S))
            self._show([STILL] * min(hops, 30), 0.0, 0.0, now_s - latency.MODEL_S)

    def _show(self, heard: Sequence[Sequence[float]], speech: float, accent: float, time_s: float) -> None:
        """The face after these hops. Of the closures among them the firmest counts: it may be over in one picture."""
        weights = SHUT
        if heard:
            followed = self._follower.follow(heard)
            track = followed[-1]
            for earlier in followed[:-1]:
                if earlier[CLOSE] > track[CLOSE]:
                    track[CLOSE] = earlier[CLOSE]
            weights = self._shaper.shape(track, accent)
        last = self._frame
        if last is not None and time_s < last.time_s:
            time_s = last.time_s  # a device that came back may tell another delay
        self._frame = FaceFrame.vouched(weights, time_s=time_s, channels=self.channels, speech=speech)


def source_of(options: Options) -> Source:
    """What `options` ask to listen to, not yet started."""
    if options.file is not None:
        return SoundFile(options.file)
    from drivers.speech.capture import Microphone

    return Microphone(options.device or None, options.api or None)


def _check(options: Options) -> None:
    for name, low, high in (
        ("sensitivity", 0.0, 1.0), ("openness", 0.0, 3.0), ("smoothing", 0.0, 10.0), ("expression", 0.0, 1.0),
    ):  # fmt: skip
        value = getattr(options, name)
        if not low <= value <= high:
            raise DriverError(f"microphone: {name} must be in {low:g}..{high:g}, got {value}")
