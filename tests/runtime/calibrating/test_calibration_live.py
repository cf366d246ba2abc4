"""runtime.calibrating.calibration_live: what is kept is applied; the key makes the present face the rest."""

import itertools
from pathlib import Path

import pytest

from assets.face import FaceFrame, HeadPose
from runtime.calibrating import calibration_store
from runtime.calibrating.calibration import Calibration
from runtime.calibrating.calibration_live import WATCH_S, RestKey, kept
from runtime.clock import ManualClock
from runtime.faces.mixer import Mixer
from runtime.sources.source import Source

STEP_S = 1.0 / 60.0


class Sitter:
    """A driver whose head hangs by eight degrees, and moves by `sway_deg`."""

    name = "webcam"

    def __init__(self, clock: ManualClock, sway_deg: float = 0.0, speech: float | None = None) -> None:
        self._clock, self._sway_deg, self._speech = clock, sway_deg, speech

    def latest(self) -> FaceFrame:
        now_s = self._clock.now_s()
        head = HeadPose.from_degrees(pitch_deg=-8.0, yaw_deg=self._sway_deg * (now_s % 1.0))
        return FaceFrame(head=head, time_s=now_s, speech=self._speech)


def show(clock: ManualClock, sources: list[Source], mixer: Mixer, key: RestKey, seconds: float) -> list[FaceFrame]:
    shown = []
    for _ in range(round(seconds / STEP_S)):
        for source in sources:
            source.listen()
        shown.append(mixer.step([source.at(clock.now_s()) for source in sources], clock.now_s()))
        key(clock.now_s())
        clock.advance(STEP_S)
    return shown


def test_the_key_makes_the_present_face_the_rest_softly_and_for_next_time(tmp_path: Path) -> None:
    clock, mixer, said = ManualClock(), Mixer(), list[str]()
    source = Source(Sitter(clock))
    path = tmp_path / "webcam.json"
    key = RestKey([("webcam", source, path)], mixer, said.append)
    assert show(clock, [source], mixer, key, 0.5)[-1].head.pitch_rad == pytest.approx(-0.1396, abs=1e-3)
    assert said == []
    key.press()
    pitches = [frame.head.pitch_rad for frame in show(clock, [source], mixer, key, WATCH_S + 0.5)]
    assert pitches[-1] == pytest.approx(0.0, abs=1e-6)
    assert max(b - a for a, b in itertools.pairwise(pitches)) < 0.04  # eight degrees, but not at once
    assert said[1:] == ["webcam: this is your face at rest, also next time"]
    again = kept("webcam", said.append, folder=tmp_path)
    assert again is not None
    assert again.head.pitch_rad == pytest.approx(source.calibration.head.pitch_rad, abs=1e-4)


def test_who_moves_stays_as_it_was_and_voices_have_no_rest(tmp_path: Path) -> None:
    clock, mixer, said = ManualClock(), Mixer(), list[str]()
    sources = [Source(Sitter(clock, sway_deg=20.0)), Source(Sitter(clock, speech=0.5))]
    path = tmp_path / "webcam.json"
    key = RestKey([("webcam", sources[0], path), ("microphone", sources[1], path)], mixer, said.append)
    key.press()
    show(clock, sources, mixer, key, WATCH_S + 0.1)
    assert len(said) == 2
    assert said[1].startswith("webcam: the head moved by")
    assert [source.calibration for source in sources] == [Calibration()] * 2
    assert not path.exists()


def test_for_this_time_only(tmp_path: Path) -> None:
    clock, mixer, said = ManualClock(), Mixer(), list[str]()
    sources = [Source(Sitter(clock)), Source(Sitter(clock))]
    (tmp_path / "file").write_text("")
    nowhere = tmp_path / "file" / "webcam.json"
    key = RestKey([("webcam", sources[0], None), ("osc", sources[1], nowhere)], mixer, said.append)
    key.press()
    show(clock, sources, mixer, key, WATCH_S + 0.1)
    assert said[1] == "webcam: this is your face at rest"
    assert said[2].startswith("osc: your face at rest, this time only: can't make the folder")
    assert all(source.calibration.head.pitch_rad < -0.1 for source in sources)


def test_a_broken_file_is_said_and_left_out(tmp_path: Path) -> None:
    said: list[str] = []
    assert kept("webcam", said.append, folder=tmp_path) is None
    assert said == []
    calibration_store.path_of("webcam", folder=tmp_path).write_text("{}")
    assert kept("webcam", said.append, folder=tmp_path) is None
    assert len(said) == 1
    assert said[0].startswith("webcam: the calibration has another format")
