"""drivers.speech.capture and drivers.speech.portaudio with a sounddevice that isn't there: plugs pulled and put back.

The worker runs its job where it is told to, so a test says what happens when; one test uses the real thread.
"""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from drivers.speech import portaudio
from drivers.speech.capture import FIRST_S, LOOK_S, RING_S, SILENT_S, ZEROS_AGAIN_S, ZEROS_S, Microphone, ThreadWorker
from drivers.speech.portaudio import Device, NoPortAudioError, NoSoundError

ALSA, PULSE, WASAPI = 0, 1, 2
APIS = ("ALSA", "PulseAudio", "Windows WASAPI")


class FakeStream:
    """What `sounddevice.RawInputStream` does for us."""

    latency = 0.02

    def __init__(self, library: "FakeSoundDevice", **asked: Any) -> None:
        facts = library.listed[asked["device"]]
        if library.holds:
            library.holds.wait()
        if asked["samplerate"] not in facts["rates"]:
            raise library.PortAudioError("Invalid sample rate")
        if asked["channels"] not in facts["takes"]:
            raise library.PortAudioError("Invalid number of channels")
        self.asked, self.name = asked, facts["name"]
        self.samplerate, self.channels = float(asked["samplerate"]), asked["channels"]
        self.active = self.closed = False
        self._library = library
        library.streams.append(self)

    def start(self) -> None:
        self.active = True

    def abort(self) -> None:
        if self._library.broken:
            raise self._library.PortAudioError("Unanticipated host error")
        self.active = False

    def close(self) -> None:
        if self._library.broken:
            raise self._library.PortAudioError("Unanticipated host error")
        self.closed = True

    def send(self, samples: np.ndarray) -> None:
        """One callback, with (N,) or (N, channels); not after the stream's end, and not after one that raised."""
        if not self.active:
            return
        frames = np.asarray(samples, np.float32).reshape(len(samples), -1)
        block = np.broadcast_to(frames, (len(samples), self.channels))
        try:
            self.asked["callback"](memoryview(block.tobytes()), len(block), None, None)
        except Exception:
            self.active = False  # sounddevice prints it, and calls no more


class FakeSoundDevice:
    """The module: `plugged` is the truth, `listed` what PortAudio saw when it last started."""

    class PortAudioError(Exception):
        pass

    class WasapiSettings:
        def __init__(self, auto_convert: bool) -> None:
            self.auto_convert = auto_convert

    def __init__(self) -> None:
        self.plugged: list[dict[str, Any]] = []
        self.default: str | None = None
        self.streams: list[FakeStream] = []
        self.restarts = 0
        self.broken = False
        self.holds: threading.Event | None = None
        self._initialize()

    def plug(self, name: str, *, api: int = ALSA, rates: tuple[int, ...] = (16000, 48000), own: int = 48000,
             takes: tuple[int, ...] = (1, 2), default: bool = False) -> None:  # fmt: skip
        self.plugged.append(
            {"name": name, "hostapi": api, "max_input_channels": max(takes), "default_samplerate": float(own),
             "rates": rates, "takes": takes, "default": default, "default_low_input_latency": 0.0087}
        )  # fmt: skip

    def pull(self, name: str) -> None:
        self.plugged = [each for each in self.plugged if each["name"] != name]
        for stream in self.streams:
            if stream.name == name:
                stream.active = False

    def _terminate(self) -> None:
        self.restarts += 1
        assert all(stream.closed or self.broken for stream in self.streams), "an open stream would be torn down"

    def _initialize(self) -> None:
        self.listed = list(self.plugged)

    def query_hostapis(self) -> tuple[dict[str, Any], ...]:
        defaults = {each["hostapi"]: index for index, each in enumerate(self.listed) if each["default"]}
        return tuple({"name": name, "default_input_device": defaults.get(i, -1)} for i, name in enumerate(APIS))

    def query_devices(self) -> list[dict[str, Any]]:
        speakers = {"name": "Speakers", "hostapi": ALSA, "max_input_channels": 0, "default_samplerate": 48000.0}
        return [*self.listed, speakers]

    def RawInputStream(self, **asked: Any) -> FakeStream:
        return FakeStream(self, **asked)


class Inline:
    """A worker that does its job when asked for the result."""

    def __init__(self) -> None:
        self.job: Callable[[], Any] | None = None

    def begin(self, job: Callable[[], Any]) -> None:
        self.job = job

    def result(self) -> Any:
        job, self.job = self.job, None
        return job() if job else None

    def wait(self, seconds: float) -> bool:
        return True


class Bench:
    """A microphone on a table, with time in hand."""

    def __init__(self, sd: FakeSoundDevice, name: str | None = None, api: str | None = None) -> None:
        self.sd, self.now_s = sd, 100.0
        self.library: Callable[[], Any] = lambda: self.sd
        self.microphone = Microphone(
            name, api, library=lambda: self.library(), worker=Inline(), clock=lambda: self.now_s
        )
        sd._initialize()
        self.microphone.start(self.now_s)

    @property
    def stream(self) -> FakeStream:
        return self.sd.streams[-1]

    def read(self) -> np.ndarray | None:
        block = self.microphone.read(self.now_s)
        return None if block is None else block.samples

    def run(self, seconds: float, value: float | None = 0.1) -> int:
        """Lets time pass in steps of 10 ms; the newest stream hears `value`. Returns how many samples came out."""
        heard = 0
        for _ in range(round(seconds * 100)):
            self.now_s += 0.01
            if value is not None and self.sd.streams:
                self.stream.send(np.full(round(self.stream.samplerate / 100), value))
            samples = self.read()
            heard += 0 if samples is None else len(samples)
        return heard


@pytest.fixture
def sd() -> FakeSoundDevice:
    fake = FakeSoundDevice()
    fake.plug("Built-in", default=True)
    fake.plug("Yeti Stereo", takes=(1, 2))
    return fake


# ---- what is opened -------------------------------------------------------------------------------------------------


def test_sound_comes_through_at_16_khz_mono_when_the_device_can(sd: FakeSoundDevice) -> None:
    bench = Bench(sd)
    assert bench.run(1.0) == 16000 - 160  # the first step opens
    asked = bench.stream.asked
    assert (asked["samplerate"], asked["channels"], asked["blocksize"]) == (16000, 1, 160)
    assert (asked["dtype"], asked["latency"], asked["extra_settings"]) == ("float32", "low", None)
    assert bench.microphone.status() == "Built-in (ALSA), 16 kHz"
    assert bench.microphone.latency_s == pytest.approx(0.03)


def test_else_at_its_own_rate_else_with_its_own_channels(sd: FakeSoundDevice) -> None:
    sd.plugged = []
    sd.plug("Interface", rates=(44100,), own=44100, takes=(8,))
    bench = Bench(sd)
    bench.run(0.02)
    block = np.zeros((441, 8), np.float32)
    block[:, 2] = 0.8
    bench.stream.send(block)
    samples = bench.read()
    assert samples is not None
    assert samples == pytest.approx(np.full(441, 0.1), abs=1e-7)
    assert (bench.stream.asked["samplerate"], bench.stream.asked["channels"]) == (44100, 8)
    assert bench.microphone.status() == "Interface (ALSA), 44.1 kHz"


def test_a_block_says_when_its_last_sample_was_caught(sd: FakeSoundDevice) -> None:
    bench = Bench(sd)
    bench.run(0.02)
    bench.now_s = 200.0
    bench.stream.send(np.ones(160))
    block = bench.microphone.read(200.3)
    assert block is not None
    assert block.end_s == pytest.approx(200.0 - 0.02)


def test_windows_prefers_wasapi_and_lets_it_convert(sd: FakeSoundDevice) -> None:
    sd.plug("Yeti Stereo", api=WASAPI)
    bench = Bench(sd, "yeti")
    bench.run(0.1)
    assert bench.microphone.status() == "Yeti Stereo (Windows WASAPI), 16 kHz"
    assert bench.stream.asked["extra_settings"].auto_convert is True


DEVICES = (
    Device("Mic A", "ALSA", 48000, 2, False), Device("Mic A (USB)", "ALSA", 48000, 2, True),
    Device("Mic A", "PulseAudio", 48000, 2, False), Device("Line", "ALSA", 44100, 2, False),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "api", "found"),
    [
        (None, None, 1), ("mic a", None, 0), ("MIC", None, 1), ("mic a", "pulse", 2), ("line", None, 3),
        ("usb", None, 1), ("phone", None, None), ("mic a", "wasapi", None), (None, "pulse", 2),
    ],
)  # fmt: skip
def test_devices_are_found_by_name_and_host_api(name: str | None, api: str | None, found: int | None) -> None:
    assert portaudio.find(DEVICES, name, api) == (None if found is None else DEVICES[found])


def test_nothing_is_found_among_nothing() -> None:
    assert portaudio.find((), None) is None


# ---- what goes wrong ------------------------------------------------------------------------------------------------


def test_without_portaudio_it_says_what_to_install_and_never_tries_again(sd: FakeSoundDevice) -> None:
    calls = []

    def missing() -> Any:
        calls.append(1)
        raise NoPortAudioError("no sound: PortAudio library not found; apt install libportaudio2")

    bench = Bench(sd)
    bench.library = missing
    assert bench.run(60.0) == 0
    assert bench.microphone.status() == "no sound: PortAudio library not found; apt install libportaudio2"
    assert len(calls) == 1


def test_an_import_that_fails_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `import sounddevice` does on Linux without libportaudio2."""
    import builtins

    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(NoPortAudioError, match=r"^no sound: PortAudio library not found; (apt|pip) install"):
        portaudio.library()


def test_without_a_device_it_waits_for_one(sd: FakeSoundDevice) -> None:
    sd.plugged = []
    bench = Bench(sd)
    assert bench.run(3.0) == 0
    assert bench.microphone.status() == "no microphone is plugged in"
    sd.plug("Headset", default=True)
    assert bench.run(5.1) > 0
    assert bench.microphone.status() == "Headset (ALSA), 16 kHz"


def test_the_pauses_between_tries_grow_to_five_seconds(sd: FakeSoundDevice) -> None:
    sd.plugged = []
    bench = Bench(sd)
    tries = []
    bench.library = lambda: (tries.append(round(bench.now_s - 100.0, 2)), sd)[1]
    bench.run(20.0)
    assert np.diff(tries) == pytest.approx([1.0, 2.0, 5.0, 5.0, 5.0], abs=0.05)


def test_error_querying_device_minus_1(sd: FakeSoundDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Any:
        raise sd.PortAudioError("Error querying device -1")

    monkeypatch.setattr(sd, "query_devices", fail)
    bench = Bench(sd)
    bench.run(0.1)
    assert bench.microphone.status() == "PortAudio: Error querying device -1"
    monkeypatch.undo()
    assert bench.run(2.0) > 0


def test_a_device_that_can_not_be_opened_says_why(sd: FakeSoundDevice) -> None:
    sd.plugged = []
    sd.plug("Odd", rates=(), own=48000)
    bench = Bench(sd)
    bench.run(0.1)
    assert bench.microphone.status() == "Odd can't be opened: Invalid sample rate"
    assert sd.streams == []


def test_unplugged_is_seen_within_a_second_and_the_named_device_is_opened_again(sd: FakeSoundDevice) -> None:
    """Other devices have moved up meanwhile: the number that it had before belongs to another now."""
    bench = Bench(sd, "Yeti")
    bench.run(1.0)
    first = bench.stream
    sd.pull("Yeti Stereo")
    lost_s = bench.now_s
    while bench.microphone.status().startswith("Yeti Stereo (ALSA)"):
        bench.run(0.01)
    assert bench.now_s - lost_s <= SILENT_S + 0.03
    bench.run(0.05)
    assert first.closed
    assert bench.microphone.status() == "Yeti is not there; meanwhile Built-in (ALSA), 16 kHz"
    sd.plugged.insert(0, {**sd.plugged[0], "name": "New first", "default": False})
    sd.plug("Yeti Stereo")
    assert bench.run(LOOK_S + 2.0, value=0.0001) > 0
    assert bench.microphone.status() == "Yeti Stereo (ALSA), 16 kHz"
    assert bench.stream.asked["device"] == 2
    assert bench.run(0.5) == 8000


def test_nobody_is_interrupted_by_the_search_while_speaking(sd: FakeSoundDevice) -> None:
    bench = Bench(sd, "Tie clip")
    bench.run(LOOK_S + 10.0, value=0.2)
    assert len(sd.streams) == 1
    bench.run(1.5, value=0.0001)
    assert len(sd.streams) == 2


def test_a_callback_that_raises_stops_the_stream_and_is_noticed(
    sd: FakeSoundDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """sounddevice prints the exception and never calls again, as if nothing had happened."""
    bench = Bench(sd)
    bench.run(0.5)
    first = bench.stream
    first.asked["callback"] = None  # calling this raises
    first.send(np.ones(160))
    assert bench.run(1.0) > 0
    assert first.closed
    assert len(sd.streams) == 2
    assert bench.microphone.status() == "Built-in (ALSA), 16 kHz"


def test_a_stream_that_reports_its_end_is_opened_again_at_once(sd: FakeSoundDevice) -> None:
    bench = Bench(sd)
    bench.run(0.5)
    bench.stream.asked["finished_callback"]()
    bench.run(0.03)
    assert len(sd.streams) == 2


def test_a_device_that_never_sends_is_given_three_seconds(sd: FakeSoundDevice) -> None:
    bench = Bench(sd)
    bench.run(FIRST_S - 0.1, value=None)
    assert len(sd.streams) == 1
    bench.run(0.3, value=None)
    assert len(sd.streams) == 2


def test_digital_silence_is_opened_again_once_and_then_rarely(sd: FakeSoundDevice) -> None:
    bench = Bench(sd)
    bench.run(ZEROS_S - 0.1, value=0.0)
    assert len(sd.streams) == 1
    bench.run(0.3, value=0.0)
    assert len(sd.streams) == 2
    assert bench.microphone.status() == "Built-in (ALSA), 16 kHz: digital silence (muted?)"
    bench.run(ZEROS_AGAIN_S - 1.0, value=0.0)
    assert len(sd.streams) == 2
    bench.run(2.0, value=0.0)
    assert len(sd.streams) == 3
    bench.run(0.1)
    assert bench.microphone.status() == "Built-in (ALSA), 16 kHz"


def test_the_rate_may_change_when_it_is_opened_again(sd: FakeSoundDevice) -> None:
    bench = Bench(sd)
    bench.run(0.5)
    sd.plugged[0] |= {"rates": (44100,), "default_samplerate": 44100.0}
    bench.stream.active = False
    bench.run(1.0)
    bench.stream.send(np.ones(441))
    block = bench.microphone.read(bench.now_s)
    assert block is not None
    assert (len(block.samples), block.rate_hz) == (441, 44100)


def test_a_broken_stream_may_refuse_even_to_close(sd: FakeSoundDevice) -> None:
    bench = Bench(sd)
    bench.run(0.5)
    sd.broken = True
    bench.stream.active = False
    assert bench.run(1.0) > 0


def test_what_is_no_number_is_silence(sd: FakeSoundDevice) -> None:
    bench = Bench(sd)
    bench.run(0.1)
    bench.stream.send(np.array([np.nan, np.inf, -np.inf, 1e30, 0.5]))
    samples = bench.read()
    assert samples is not None
    assert samples.tolist() == [0.0, 0.0, 0.0, 16.0, 0.5]


@pytest.mark.parametrize("size", [1, 7, 160, 4096, 40000])
def test_blocks_of_any_size(sd: FakeSoundDevice, size: int, rng: np.random.Generator) -> None:
    bench = Bench(sd)
    bench.run(0.02)
    sound = rng.uniform(-1.0, 1.0, 3 * size).astype(np.float32)
    heard = []
    for start in range(0, len(sound), size):
        bench.stream.send(sound[start : start + size])
        block = bench.read()
        assert block is not None
        heard.append(block)
    assert (np.concatenate(heard) == sound).all()


def test_a_reader_that_was_away_gets_the_newest(sd: FakeSoundDevice) -> None:
    bench = Bench(sd)
    bench.run(0.02)
    for number in range(1000):
        bench.stream.send(np.full(160, number / 1000.0))
    samples = bench.read()
    assert samples is not None
    newest = 1000 - round(RING_S / portaudio.BLOCK_S)
    assert (samples == np.repeat(np.arange(newest, 1000) / 1000.0, 160).astype(np.float32)).all()


# ---- begin and end --------------------------------------------------------------------------------------------------


def test_stopping_closes_the_device_and_starting_anew_opens_it(sd: FakeSoundDevice) -> None:
    bench = Bench(sd)
    bench.run(0.5)
    bench.microphone.stop()
    assert sd.streams[0].closed
    assert bench.read() is None
    assert bench.microphone.status() == "not started"
    bench.microphone.stop()
    bench.microphone.start(bench.now_s)
    assert bench.run(0.5) > 0


def test_a_portaudio_that_hangs_does_not_hold_the_show(sd: FakeSoundDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real worker: reading goes on while it opens; a stop in the meantime makes it close what it opened."""
    monkeypatch.setattr("drivers.speech.capture.LEAVE_S", 0.0)
    sd.holds = threading.Event()
    worker = ThreadWorker()
    sd._initialize()
    microphone = Microphone(library=lambda: sd, worker=worker)
    microphone.start(0.0)
    assert microphone.read(0.0) is None
    assert microphone.status() == "opening the microphone"
    microphone.stop()
    sd.holds.set()
    assert worker.wait(30.0)
    assert sd.streams[0].closed


def test_whatever_portaudio_raises_is_told_and_tried_again(sd: FakeSoundDevice) -> None:
    bench = Bench(sd)

    def explode() -> Any:
        raise RuntimeError("host error\nin two lines")

    bench.library = explode
    bench.run(0.05)
    assert bench.microphone.status() == "RuntimeError: host error in two lines"
    bench.library = lambda: sd
    assert bench.run(1.5) > 0


def test_no_sound_is_no_error_of_ours() -> None:
    assert issubclass(NoPortAudioError, NoSoundError)
