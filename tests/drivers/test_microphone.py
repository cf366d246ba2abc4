"""drivers.microphone and drivers.speech.latency: from blocks of sound to faces (devices: speech/test_capture)."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from assets import arkit
from assets.errors import DriverError
from assets.face import FaceFrame
from drivers import microphone
from drivers.microphone import MicrophoneDriver, Options
from drivers.speech import latency, listener, mapping, voice
from drivers.speech.resample import Resampler
from drivers.speech.sources import Block
from drivers.speech.training.evaluation.probes import tube

JAW = arkit.INDEX["jawOpen"]


class Tape:
    """A source that gives what it is told to, and the clock it runs by."""

    latency_s = 0.03
    device = "Tape"

    def __init__(self, sound: np.ndarray, rate_hz: int = 16000, picture_s: float = 1.0 / 60.0) -> None:
        self.sound, self.rate_hz, self.picture_s = sound, rate_hz, picture_s
        self.now_s, self.given, self.started, self.broken = 50.0, 0, 0, False

    def clock(self) -> float:
        return self.now_s

    def start(self, now_s: float) -> None:
        self.started += 1

    def stop(self) -> None:
        self.started -= 1

    def status(self) -> str:
        return "a tape"

    def read(self, now_s: float) -> Block | None:
        end = round((now_s - 50.0) * self.rate_hz)
        block = self.sound[self.given : end]
        self.given = max(end, self.given)
        return None if self.broken or not len(block) else Block(block, self.rate_hz, now_s - 0.02)


def driver(tape: Tape, **options: object) -> MicrophoneDriver:
    return MicrophoneDriver(Options(**options), source=tape, clock=tape.clock)  # type: ignore[arg-type]


def show(tape: Tape, seconds: float, hearing: MicrophoneDriver) -> list[FaceFrame]:
    frames = []
    for _ in range(round(seconds / tape.picture_s)):
        tape.now_s += tape.picture_s
        frame = hearing.latest()
        if frame is not None:
            frames.append(frame)
    return frames


@pytest.fixture(scope="module")
def phrase() -> np.ndarray:
    return tube([("", 0.5), ("a", 0.5), ("", 0.5), ("i", 0.5), ("", 1.0)])


def test_the_mouth_follows_the_voice_and_says_so(phrase: np.ndarray) -> None:
    tape = Tape(phrase)
    with driver(tape) as hearing:
        assert hearing.latest() is None
        frames = show(tape, 3.0, hearing)
        assert hearing.status() == (
            "microphone: a tape; lips about 128 ms late, so in OBS set the microphone's Sync Offset to 128 ms"
        )
    assert hearing.latest() is None
    assert tape.started == 0
    jaw = np.array([frame.weights[JAW] for frame in frames])
    speech = np.array([frame.speech for frame in frames])
    assert jaw[:28].max() < 0.02
    assert jaw[40:58].min() > 0.2
    assert speech[40:58].min() > 0.9
    assert jaw[70:88].max() < 0.05
    assert speech[72:88].max() < 0.1
    assert jaw[-20:].max() < 0.01
    assert {frame.channels for frame in frames} == {mapping.MOUTH}
    times_s = [frame.time_s for frame in frames]
    assert times_s == sorted(times_s)
    assert frames[-1].time_s == pytest.approx(tape.now_s - 0.02 - listener.DELAY_S)


@pytest.mark.parametrize("rate_hz", [22050, 44100, 48000, 96000])
def test_the_rate_of_the_device_makes_no_difference(rate_hz: int, phrase: np.ndarray) -> None:
    up = Resampler(16000, rate_hz)
    other = np.concatenate([up.push(phrase), up.flush()])
    jaws = []
    for tape in (Tape(phrase), Tape(other, rate_hz)):
        with driver(tape) as hearing:
            jaws.append([frame.weights[JAW] for frame in show(tape, 3.0, hearing)][-178:])
    assert np.abs(np.subtract(*jaws)).mean() < 0.02


def test_a_rate_that_changes_in_flight(phrase: np.ndarray) -> None:
    tape = Tape(phrase)
    with driver(tape) as hearing:
        show(tape, 0.75, hearing)
        tape.rate_hz, tape.sound = 48000, np.repeat(phrase, 3)
        tape.given = round(0.75 * 48000)
        frames = show(tape, 2.0, hearing)
    jaw = [frame.weights[JAW] for frame in frames]
    assert np.isfinite(jaw).all()
    assert max(jaw[50:75]) > 0.05  # the "i"
    assert jaw[-1] < 0.01


def test_without_sound_the_mouth_closes_within_300_ms_and_then_the_driver_is_silent(phrase: np.ndarray) -> None:
    tape = Tape(phrase)
    with driver(tape) as hearing:
        show(tape, 0.8, hearing)
        tape.broken = True
        frames = show(tape, 1.0, hearing)
        assert frames[0].weights[JAW] > 0.2
        closed = next(i for i, frame in enumerate(frames) if frame.weights[JAW] < 0.02)
        assert closed / 60.0 <= 0.3
        assert frames[17].speech == 0.0
        assert frames[20] is frames[-1]  # nothing new: the mixer lets it go
        tape.broken = False
        assert show(tape, 0.1, hearing)[-1].time_s > frames[-1].time_s


def test_after_a_hitch_only_the_newest_sound_is_heard(phrase: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    real = listener.Listener.moments

    def count(self: listener.Listener, samples: np.ndarray, energy: float | None) -> list[listener.Moment]:
        heard.append(len(samples))
        return real(self, samples, energy)

    monkeypatch.setattr(listener.Listener, "moments", count)
    tape = Tape(phrase)
    with driver(tape) as hearing:
        tape.now_s += 2.5
        hearing.latest()
    assert heard == [round(0.2 * 16000)]


@pytest.mark.parametrize("room", [0.0, 0.002])
def test_quiet_sound_is_heard_at_once_with_what_follows_and_nothing_comes_late(
    room: float, phrase: np.ndarray, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator
) -> None:
    sound = phrase + (room * rng.standard_normal(len(phrase))).astype(np.float32)
    calls: list[int] = []
    real = listener.Listener.moments

    def count(self: listener.Listener, samples: np.ndarray, energy: float | None) -> list[listener.Moment]:
        calls[-1] += 1
        return real(self, samples, energy)

    monkeypatch.setattr(listener.Listener, "moments", count)
    shown = []
    for wait_s in (0.0, microphone.WAIT_S):
        monkeypatch.setattr(microphone, "WAIT_S", wait_s)
        calls.append(0)
        tape = Tape(sound)
        with driver(tape) as hearing:
            shown.append(show(tape, 3.0, hearing))
    assert calls[0] == 180
    assert calls[1] < 115
    jaws = [np.array([frame.weights[JAW] for frame in frames]) for frames in shown]
    assert np.abs(jaws[0] - jaws[1]).max() < 0.02
    assert [frame.time_s for frame in shown[0]] == [frame.time_s for frame in shown[1]]


def test_a_meter_reads_the_level(phrase: np.ndarray) -> None:
    tone = 0.1 * np.sqrt(2.0) * np.sin(np.arange(16000) * 0.4)
    tape = Tape(np.concatenate([tone, np.zeros(16000)]).astype(np.float32))
    with driver(tape) as hearing:
        assert hearing.level_db() is None
        show(tape, 0.5, hearing)
        assert hearing.level_db() == pytest.approx(-20.0, abs=0.2)
        show(tape, 1.0, hearing)
        assert hearing.level_db() == float("-inf")
        tape.broken = True
        show(tape, 0.5, hearing)
        assert hearing.level_db() is None
    assert hearing.level_db() is None


def test_quiet_speech_can_be_left_out(phrase: np.ndarray) -> None:
    """At half sensitivity what is below -40 dBFS is not heard; a loud voice still is."""
    for gain, sensitivity, opens in ((0.02, 1.0, True), (0.02, 0.5, False), (1.0, 0.5, True)):
        tape = Tape(phrase * np.float32(gain))
        with driver(tape, sensitivity=sensitivity) as hearing:
            jaw = max(frame.weights[JAW] for frame in show(tape, 1.2, hearing))
        assert bool(jaw > 0.2) is opens, (gain, sensitivity)


def test_openness_and_expression_are_obeyed(phrase: np.ndarray) -> None:
    jaws, brows = [], []
    for openness in (0.5, 1.0):
        tape = Tape(np.concatenate([phrase * np.float32(0.1), phrase]))
        with driver(tape, openness=openness, expression=1.0) as hearing:
            frames = show(tape, 5.0, hearing)
        assert frames[0].channels == mapping.MOUTH | mapping.BROWS
        jaws.append(max(frame.weights[JAW] for frame in frames))
        brows.append(max(frame.weight("browInnerUp") for frame in frames))
    assert jaws[0] == pytest.approx(0.5 * jaws[1], rel=1e-4)
    assert brows[0] == brows[1] > 0.1


@pytest.mark.parametrize("size", [1, 50, 333, 4000])
def test_blocks_of_any_size_and_kind_never_raise(size: int, rng: np.random.Generator) -> None:
    sound = rng.uniform(-3.0, 3.0, 6000).astype(np.float32)
    sound[::7], sound[5::11] = np.nan, np.inf
    tape = Tape(np.nan_to_num(sound, posinf=16.0), picture_s=size / 16000)
    with driver(tape) as hearing:
        for frame in show(tape, 0.35, hearing):
            assert np.isfinite(frame.weights).all()


def test_it_begins_anew(phrase: np.ndarray) -> None:
    hearing = driver(Tape(phrase))
    runs = []
    for _ in range(2):
        tape = Tape(phrase)
        hearing = driver(tape)
        with hearing, hearing:
            runs.append([frame.weights[JAW] for frame in show(tape, 1.0, hearing)])
            assert tape.started == 1
    assert runs[0] == runs[1]


def test_a_recording_instead_of_a_microphone(phrase: np.ndarray, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "speech.wav", phrase, 16000)
    now_s = 7.0
    hearing = MicrophoneDriver(Options(file=tmp_path / "speech.wav"), clock=lambda: now_s)
    with hearing:
        for _ in range(50):
            now_s += 1.0 / 60.0
            frame = hearing.latest()
        assert frame is not None
        assert frame.weights[JAW] > 0.2
        assert hearing.status() == "microphone: speech.wav, 0.8 of 3.0 s"
    missing = MicrophoneDriver(Options(file=tmp_path / "x"))
    with pytest.raises(DriverError, match="No such file"):
        missing.__enter__()


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("sensitivity", 1.5, "0..1"), ("openness", -0.1, "0..3"), ("smoothing", 11.0, "0..10"),
        ("expression", 2.0, "0..1"),
    ],
)  # fmt: skip
def test_options_out_of_range_are_refused(name: str, value: float, allowed: str) -> None:
    with (
        pytest.raises(DriverError, match=rf"^microphone: {name} must be in {allowed}, got {value}$"),
        driver(Tape(np.zeros(10, np.float32)), **{name: value}),
    ):
        pass


def test_without_a_microphone_it_runs_on_and_says_why() -> None:
    """As here: no sound hardware, or no PortAudio; waiting may mend the one, and a line of help the other."""
    with microphone.create(Options(device="no such microphone")) as hearing:
        assert hearing.latest() is None
        assert hearing.status().startswith("microphone: ")


def test_the_sum_of_the_delays() -> None:
    assert latency.MODEL_S == listener.DELAY_S
    assert latency.SMOOTHING_S == pytest.approx(2.0 * mapping.ATTACK_S[mapping.OPEN])
    assert latency.total_s(0.02, 1.0) == pytest.approx(0.118)
    assert latency.total_s(0.02, 0.0) == pytest.approx(0.094)


def test_what_was_learnt_of_a_voice_is_used_with_that_microphone(
    phrase: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    voice.save(voice.Voice((0.5,) * 4 + (-0.5,) * 4), voice.path_of("Yeti"))
    jaws = {}
    for device, calibrated in (("Yeti", True), ("Yeti", False), ("Other", True)):
        tape = Tape(phrase)
        tape.device = device
        with driver(tape, calibrated=calibrated) as hearing:
            jaws[device, calibrated] = [float(frame.weights[JAW]) for frame in show(tape, 1.0, hearing)]
    assert jaws["Yeti", True] != jaws["Yeti", False] == jaws["Other", True]
    voice.path_of("Yeti").write_text("spoilt")
    tape = Tape(phrase)
    tape.device = "Yeti"
    with driver(tape) as hearing:
        assert [float(frame.weights[JAW]) for frame in show(tape, 1.0, hearing)] == jaws["Other", True]
