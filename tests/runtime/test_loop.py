"""runtime.loop, with a clock that is moved by hand."""

import logging
from collections.abc import Callable

import numpy as np
import pytest

from assets.face import FaceFrame, HeadPose
from runtime.clock import ManualClock
from runtime.faces.mixer import FADE_S, GONE_S, HOLD_S, Rules, channels_of
from runtime.loop import Loop, Picture
from runtime.metrics import Metrics
from runtime.preview import Preview
from runtime.sources.source import Source


class Scripted:
    """A driver that answers what a function of time says; an exception among the answers is raised."""

    def __init__(
        self, clock: ManualClock, answer: Callable[[float], FaceFrame | Exception | None], name: str = "scripted"
    ) -> None:
        self.name, self._clock, self._answer = name, clock, answer

    def latest(self) -> FaceFrame | None:
        answer = self._answer(self._clock.now_s())
        if isinstance(answer, Exception):
            raise answer
        return answer


class Notebook:
    """A stage and a sink that write down what is asked of them; drawing takes `draw_s`."""

    name = "notebook"

    def __init__(self, clock: ManualClock, *, draw_s: float = 0.001, closes_after: int = 10**9) -> None:
        self.clock, self.draw_s, self.closes_after = clock, draw_s, closes_after
        self.calls: list[str] = []
        self.faces: list[FaceFrame] = []
        self.drawn_s: list[float] = []

    def draw(self, frame: FaceFrame) -> None:
        self.calls.append("draw")
        self.faces.append(frame)
        self.drawn_s.append(self.clock.now_s())
        self.clock.advance(self.draw_s)

    def present(self) -> None:
        self.calls.append("present")

    def read_rgba(self) -> Picture:
        self.calls.append("read")
        return np.zeros((2, 2, 4), np.uint8)

    def open(self) -> bool:
        return len(self.faces) < self.closes_after

    def write(self, rgba: Picture) -> None:
        self.calls.append("write")


class Broken:
    name = "broken"

    def write(self, rgba: Picture) -> None:
        raise OSError("disk full")


def still(time_s: float, **weights: float) -> FaceFrame:
    return FaceFrame.from_mapping(weights, time_s=time_s)


def make(clock: ManualClock, stage: Notebook, *sources: Source, **options: object) -> Loop:
    return Loop(sources, stage, clock=clock, metrics=Metrics(clock, warm_up=0), **options)  # type: ignore[arg-type]


def test_a_frame_in_its_order() -> None:
    clock = ManualClock()
    stage = Notebook(clock)
    make(clock, stage, sinks=[stage]).run(2)
    assert stage.calls == ["draw", "read", "present", "write"] * 2


def test_nothing_is_read_back_without_a_sink() -> None:
    clock = ManualClock()
    stage = Notebook(clock)
    make(clock, stage).run(3)
    assert stage.calls == ["draw", "present"] * 3


@pytest.mark.parametrize(("draw_s", "looks"), [(0.002, 10), (0.015, 3)])
def test_who_looks_on_waits_where_frames_take_long(draw_s: float, looks: int) -> None:
    """A second of frames, looked at all the time: read back 12 times a second at most, 3.3 times in long frames."""
    clock = ManualClock(10.0)
    stage = Notebook(clock, draw_s=draw_s)
    loop = make(clock, stage)
    loop.preview = Preview(clock.now_s)
    loop.preview.encoded(64)
    loop.run(50)
    assert stage.calls.count("read") == looks


def test_paced_to_the_rate() -> None:
    clock = ManualClock()
    stage = Notebook(clock)
    make(clock, stage, fps=50.0).run(10)
    assert np.diff(stage.drawn_s) == pytest.approx(np.full(9, 0.020))


def test_falling_behind_is_not_caught_up() -> None:
    clock = ManualClock()
    stage = Notebook(clock, draw_s=0.100)
    loop = make(clock, stage, fps=50.0)
    loop.run(5)
    assert np.diff(stage.drawn_s) == pytest.approx(np.full(4, 0.100))
    stage.draw_s = 0.001
    loop.run(10)
    assert np.diff(stage.drawn_s[5:]) == pytest.approx(np.full(4, 0.020), abs=1e-9)


def test_ends_when_the_stage_is_closed() -> None:
    clock = ManualClock()
    stage = Notebook(clock, closes_after=7)
    loop = make(clock, stage)
    loop.run()
    assert loop.metrics.frames == len(stage.faces) == 7


def test_sources_are_read_right_before_drawing() -> None:
    clock = ManualClock()
    stage = Notebook(clock)
    make(clock, stage, Source(Scripted(clock, lambda now_s: still(now_s, jawOpen=0.5)))).run(5)
    assert [face.time_s for face in stage.faces] == stage.drawn_s


def test_mirror_is_applied_once() -> None:
    turned = FaceFrame.from_mapping({"eyeBlinkLeft": 1.0}, head=HeadPose(yaw_rad=0.3))
    faces = []
    for mirror in (False, True):
        clock = ManualClock()
        stage = Notebook(clock)
        make(clock, stage, Source(Scripted(clock, lambda _: turned)), mirror=mirror).run(1)
        faces.append(stage.faces[0])
    assert (faces[0].weight("eyeBlinkLeft"), faces[0].head.yaw_rad) == (1.0, pytest.approx(0.3))
    assert (faces[1].weight("eyeBlinkRight"), faces[1].head.yaw_rad) == (1.0, pytest.approx(-0.3))


def test_a_source_may_be_kept_to_regions() -> None:
    clock = ManualClock()
    stage = Notebook(clock)
    first = Source(Scripted(clock, lambda now_s: still(now_s, jawOpen=1.0, browInnerUp=1.0)), channels_of(["mouth"]))
    second = Source(Scripted(clock, lambda now_s: still(now_s, browInnerUp=0.25), "second"))
    make(clock, stage, first, second).run(1)
    assert (stage.faces[0].weight("jawOpen"), stage.faces[0].weight("browInnerUp")) == (1.0, 0.25)


def test_a_lost_face_eases_out_and_never_freezes() -> None:
    clock = ManualClock()
    stage = Notebook(clock)
    lost = FaceFrame(time_s=1.0, face_seen=False)
    source = Source(Scripted(clock, lambda now_s: still(now_s, jawOpen=1.0) if now_s < 1.0 else lost))
    make(clock, stage, source).run(240)
    opening = np.array([face.weight("jawOpen") for face in stage.faces])
    times_s = np.array(stage.drawn_s)
    assert (opening[times_s < 1.2] == 1.0).all()
    assert opening[times_s > 1.0 + GONE_S + 1.0].max() < 0.05
    assert (np.diff(opening) <= 0.0).all()
    assert np.abs(np.diff(opening)).max() < 0.1


def test_a_driver_that_raises_is_told_once_and_the_show_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    stage = Notebook(clock)
    bad = Source(Scripted(clock, lambda now_s: still(now_s, jawOpen=1.0) if now_s < 0.5 else ValueError("bad"), "bad"))
    good = Source(Scripted(clock, lambda now_s: still(now_s, browInnerUp=0.5), "good"))
    loop = make(clock, stage, bad, good)
    with caplog.at_level(logging.ERROR):
        loop.run(240)
    assert len(stage.faces) == 240
    assert stage.faces[0].weight("jawOpen") == 1.0
    assert stage.faces[-1].weight("jawOpen") < 0.01
    assert stage.faces[-1].weight("browInnerUp") == pytest.approx(0.5, abs=0.01)
    assert loop.mishaps.counts()["bad"] > 200
    assert sum(record.exc_info is not None for record in caplog.records) == 1
    assert len(caplog.records) < 12


def test_a_sink_that_raises_does_not_stop_the_others() -> None:
    clock = ManualClock()
    stage = Notebook(clock)
    loop = make(clock, stage, sinks=[Broken(), stage])
    loop.run(5)
    assert stage.calls.count("write") == 5
    assert loop.mishaps.counts() == {"broken": 5}


def test_what_fails_in_drawing_is_raised() -> None:
    class Falling(Notebook):
        def draw(self, frame: FaceFrame) -> None:
            raise RuntimeError("context lost")

    clock = ManualClock()
    with pytest.raises(RuntimeError, match="context lost"):
        make(clock, Falling(clock)).run(1)


def test_latency_counts_each_capture_once() -> None:
    clock = ManualClock()
    stage = Notebook(clock)
    captured = Source(Scripted(clock, lambda now_s: still(np.floor(now_s * 10) / 10 - 0.03), "camera"))
    loop = make(clock, stage, captured, fps=50.0)
    loop.run(50)
    latency = loop.metrics.summary()["latency_ms"]["camera"]
    assert latency["count"] == 10
    assert latency["p50"] == pytest.approx(31.0)


def test_each_is_called_after_every_frame() -> None:
    clock = ManualClock()
    stage = Notebook(clock)
    told: list[float] = []
    make(clock, stage, each=[told.append]).run(4)
    assert len(told) == 4


FRAME_S = 1.0 / 60.0


def out_and_back(rules: Rules) -> tuple[np.ndarray, np.ndarray]:
    """When, and how far the jaw was open, while a 30 Hz source fell silent from second 1 to 3; idle opens by 0.2."""
    clock = ManualClock()
    stage = Notebook(clock, draw_s=0.0)

    def captured(now_s: float) -> FaceFrame:
        newest_s = np.floor(now_s * 30.0 + 1e-6) / 30.0
        return still(float(min(newest_s, 1.0) if newest_s < 3.0 else newest_s), jawOpen=0.9)

    sources = (
        Source(Scripted(clock, captured, "phone")),
        Source(Scripted(clock, lambda now_s: still(now_s, jawOpen=0.2), "idle")),
    )
    make(clock, stage, *sources, rules=rules).run(270)
    return np.array(stage.drawn_s), np.array([face.weight("jawOpen") for face in stage.faces])


def test_silence_is_held_eased_and_left_within_two_pictures_without_a_jump() -> None:
    drawn_s, opening = out_and_back(Rules())
    silent = drawn_s < 3.0 - 1e-6
    assert (np.abs(opening[drawn_s <= 1.0 + HOLD_S] - 0.9) <= 1e-3).all()
    assert (np.abs(opening[silent & (drawn_s >= 1.0 + GONE_S)] - 0.2) <= 1e-3).all()
    back = int(np.argmin(silent))
    assert opening[back + 1] > opening[back] > 0.2 + 1e-3
    assert opening[back + int(FADE_S / FRAME_S) + 1] == pytest.approx(0.9, abs=1e-3)
    assert np.abs(np.diff(opening)).max() <= 1.5 * 0.7 * FRAME_S / FADE_S + 1e-3


def test_a_held_face_stays_for_ever() -> None:
    _, opening = out_and_back(Rules(hold=True))
    assert np.abs(opening - 0.9).max() <= 1e-3


def test_listeners_are_told_the_face_before_the_mirror_and_may_fail() -> None:
    told: list[tuple[FaceFrame, float]] = []

    class Network:
        name = "network"

        def send(self, face: FaceFrame, now_s: float) -> None:
            told.append((face, now_s))
            raise OSError("unplugged")

    clock = ManualClock()
    stage = Notebook(clock)
    wink = FaceFrame.from_mapping({"eyeBlinkLeft": 1.0})
    loop = make(clock, stage, Source(Scripted(clock, lambda _: wink)), mirror=True, listeners=[Network()])
    loop.run(3)
    assert [face.weight("eyeBlinkLeft") for face, _ in told] == [1.0] * 3
    assert [face.weight("eyeBlinkRight") for face in stage.faces] == [1.0] * 3
    assert [now_s for _, now_s in told] == stage.drawn_s
    assert loop.mishaps.counts() == {"network": 3}


def test_the_face_is_corrected_and_eyes_may_be_linked() -> None:
    clock = ManualClock()
    stage = Notebook(clock)
    odd = FaceFrame.from_mapping({"mouthClose": 1.0, "eyeBlinkLeft": 1.0})
    make(clock, stage, Source(Scripted(clock, lambda _: odd)), link_eyes=1.0).run(1)
    assert (stage.faces[0].weight("mouthClose"), stage.faces[0].weight("eyeBlinkRight")) == (0.0, 0.5)
