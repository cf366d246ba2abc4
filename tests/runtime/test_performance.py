"""runtime.performance and runtime.acting: a whole show on a small avatar, and every action asked of it."""

import json
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pythonosc.osc_message_builder import OscMessageBuilder

from assets import arkit, store, takes
from assets.avatar import AvatarModel
from assets.errors import CartoonAliveError
from drivers.idle import IdleDriver
from drivers.replay import ReplayDriver
from runtime import actions, logs
from runtime.app import Stage, offscreen
from runtime.clock import ManualClock
from runtime.metrics import Metrics
from runtime.noticing import noticing
from runtime.performance import Performance, Plan
from runtime.settings import store as settings_store
from runtime.settings.keeper import Keeper
from runtime.show import Show

pytestmark = pytest.mark.gl

FPS = 50.0
PATIENCE_S = 20.0
"""So that what never happens fails."""


class Evening:
    """A show with a clock that only frames move, and what it said."""

    def __init__(self, performance: Performance, stage: Stage, clock: ManualClock, said: list[str]) -> None:
        self.performance, self.stage, self.clock, self.said = performance, stage, clock, said
        self.show = performance.show

    def frames(self, count: int) -> None:
        for _ in range(count):
            self.clock.advance(1.0 / FPS)
            self.performance.run(self.performance.loop.metrics.frames + 1)

    def do(self, action: str, **values: Any) -> Any:
        """Asked as a page does, from another thread, while frames go on."""
        done = self.show.work(lambda: self.show.ask(action, values, timeout_s=1e9))
        return self.wait(done)

    def wait(self, done: Any) -> Any:
        give_up_s = time.monotonic() + PATIENCE_S
        while not done.done():
            assert time.monotonic() < give_up_s, "never done"
            self.show.drain()
            time.sleep(0)
        return done.result()

    def until(self, true: Callable[[], bool]) -> None:
        give_up_s = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < give_up_s, "never came true"
            self.frames(1)
            time.sleep(0)

    def picture(self) -> np.ndarray:
        self.frames(1)
        return self.stage.read_rgba().copy()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "config"


@pytest.fixture
def begin(
    tiny: AvatarModel, tiny_path: Path, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Evening]]:
    """Starts a show; all that were started end with the test."""
    open_ones: list[Performance] = []
    clock = ManualClock(100.0)
    for driver in (IdleDriver, ReplayDriver):
        monkeypatch.setitem(driver.__init__.__kwdefaults__, "clock", clock.now_s)

    def start() -> Evening:
        said: list[str] = []
        show = Show(now_s=clock.now_s)
        stage = offscreen(tiny, (48, 48), background=(0.0, 0.0, 0.0, 0.0))
        keeper = Keeper(folder, tiny_path, work=show.work, notice=show.notice, now_s=clock.now_s)
        plan = Plan(tiny_path, FPS, True, tmp_path / "videos")
        performance = Performance(
            plan, stage, show, keeper, clock=clock, metrics=Metrics(clock, warm_up=0), say=said.append
        )
        open_ones.append(performance.__enter__())
        return Evening(performance, stage, clock, said)

    yield start
    for performance in open_ones:
        performance.__exit__(None, None, None)
        performance.stage.__exit__()


@pytest.fixture
def evening(begin: Callable[[], Evening]) -> Evening:
    return begin()


def test_every_action_has_somebody_who_does_it(evening: Evening) -> None:
    for name in actions.ACTIONS:
        assert name in evening.show._handlers, name


def test_the_view_is_what_was_asked_for(evening: Evening, tmp_path: Path) -> None:
    assert evening.picture()[0, 0].tolist() == [224, 224, 224, 255]
    evening.do("view.background", value="#00ff00")
    assert evening.picture()[0, 0].tolist() == [0, 255, 0, 255]
    evening.do("view.background", value="transparent")
    assert evening.picture()[0, 0].tolist() == [0, 0, 0, 0]
    Image.new("RGB", (96, 48), (10, 20, 30)).save(tmp_path / "wall.png")
    evening.do("view.background", value=str(tmp_path / "wall.png"))
    assert evening.picture()[0, 0].tolist() == [10, 20, 30, 255]
    evening.do("view.background", value="#000000")
    assert evening.picture()[0, 0].tolist() == [0, 0, 0, 255]
    before = (evening.picture()[:, :, 0] > 0).sum()
    evening.do("view.place", zoom=0.5)
    assert (evening.picture()[:, :, 0] > 0).sum() < 0.4 * before
    evening.do("view.place", x=0.25)
    assert evening.show.state()["settings"]["view"]["zoom"] == 0.5
    assert evening.show.state()["settings"]["view"]["x"] == 0.25
    evening.do("view.mirror", on=False)
    assert evening.performance.loop.mirror is False
    for name in ("on_top", "borderless", "fullscreen"):
        with pytest.raises(CartoonAliveError, match="no window"):
            evening.do(f"view.{name}", on=True)
    with pytest.raises(CartoonAliveError, match="expected transparent, a colour"):
        evening.do("view.background", value="nowhere.png")


def test_a_source_comes_drives_is_bent_and_goes(evening: Evening, take_path: Path) -> None:
    told = evening.do("source.add", driver="replay", options={"take": str(take_path), "loop": True})
    assert (told["name"], told["state"]) == ("replay", "on")
    assert [source["name"] for source in evening.show.state()["sources"]] == ["replay", "idle"]
    evening.until(lambda: evening.show.live()["drivers"].get("mouth") == "replay")
    evening.frames(20)
    live = evening.show.live()
    assert live["drivers"]["head"] == "replay"
    assert set(live["weights"]) == set(arkit.NAMES)
    assert live["sources"]["replay"]["status"].startswith("replay: take.jsonl")
    evening.do("shape.curve", name="jawOpen", on=False)
    evening.frames(2)
    live = evening.show.live()
    assert live["weights"]["jawOpen"] == 0.0
    evening.do("shape.curve", name="jawOpen", low=0.0, high=1.0, on=True)
    assert evening.show.state()["settings"]["curves"] == {}
    evening.do("source.remove", name="replay")
    evening.until(lambda: evening.show.live()["drivers"].get("mouth") == "")
    with pytest.raises(CartoonAliveError, match="there is no source 'idel'; did you mean 'idle'"):
        evening.do("source.remove", name="idel")


def test_a_source_that_cannot_start_is_told_and_the_show_goes_on(evening: Evening) -> None:
    with pytest.raises(CartoonAliveError, match="replay has nothing to play"):
        evening.do("source.add", driver="replay")
    (failed, idle) = evening.show.state()["sources"]
    assert (failed["state"], idle["state"]) == ("failed", "on")
    assert "nothing to play" in failed["error"]
    assert any("nothing to play" in notice["text"] for notice in evening.show.state()["notices"])
    for options, message in (
        ({"port": "x"}, "ports: expected a whole number"),
        ({"prot": 1}, "has no option 'prot'"),
        ({"only": ["moth"]}, "there is no region 'moth'"),
    ):
        with pytest.raises(CartoonAliveError, match=message):
            evening.do("source.add", driver="osc", options=options)
    evening.frames(3)


def test_chosen_sources_begin_the_next_show(begin: Callable[[], Evening], folder: Path) -> None:
    first = begin()
    first.do("source.add", driver="stub", options={"only": ["mouth"]})
    first.do("source.order", region="mouth", names=["stub"])
    first.do("source.smooth", region="mouth", value=2.0)
    first.do("motion.set", hair=2.0, lost="hold")
    first.frames(int(2 * FPS))
    first.until(lambda: "stub" in settings_store.general_path(folder).read_text())
    second = begin()
    settings = second.show.state()["settings"]
    assert settings["sources"] == {
        "start": [{"driver": "stub", "only": ["mouth"]}], "order": {"mouth": ["stub"]}, "smooth": {"mouth": 2.0}
    }  # fmt: skip
    assert settings["motion"]["hair"] == 2.0
    assert second.performance.loop.mixer.rules.hold


def test_expressions_come_stay_are_changed_and_go(evening: Evening) -> None:
    assert evening.do("expression.trigger", name="tongue") == {"name": "tongue", "on": True}
    evening.frames(30)
    live = evening.show.live()
    assert live["expressions"]["tongue"] == 1.0
    assert live["weights"]["tongueOut"] == 1.0
    evening.do("expression.clear")
    evening.frames(40)
    assert evening.show.live()["expressions"] == {}
    evening.do("expression.set", name="mine", weights={"jawOpen": 1.0}, key="g", fade_s=0.0)
    evening.frames(1)
    evening.stage.keys["g"]()
    evening.frames(3)
    assert evening.show.live()["weights"]["jawOpen"] == 1.0


def test_expressions_are_switched_by_osc(evening: Evening) -> None:
    evening.do("source.add", driver="osc", options={"ports": "0", "vrcft": ""})
    evening.until(lambda: "osc" in evening.show.live()["sources"])
    (port,) = evening.show.live()["sources"]["osc"]["ports"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as pressing:
        for address, number in (("expression/tongue", 1.0), ("expression/nobody", None), ("nonsense", 1.0)):
            builder = OscMessageBuilder(f"/cartoonalive/{address}")
            if number is not None:
                builder.add_arg(number)
            pressing.sendto(builder.build().dgram, ("127.0.0.1", port))
    evening.until(lambda: evening.show.live()["expressions"].get("tongue", 0.0) == 1.0)
    assert any("there is no expression 'nobody'" in notice["text"] for notice in evening.show.state()["notices"])


def test_settings_keys_win_over_an_expressions_key(evening: Evening) -> None:
    evening.do("expression.set", name="mine", weights={"jawOpen": 1.0}, key="t", fade_s=0.0)
    evening.frames(1)
    evening.stage.keys["t"]()
    evening.until(lambda: evening.show.state()["settings"]["view"]["background"] == "transparent")
    assert evening.show.live()["weights"]["jawOpen"] == 0.0
    evening.stage.keys["t"]()
    evening.until(lambda: evening.show.state()["settings"]["view"]["background"] == "#e0e0e0")
    evening.stage.keys["h"]()
    assert "this is my face at rest" in evening.said[-1]


def test_expressions_removed_and_set_are_kept(evening: Evening) -> None:
    evening.do("expression.remove", name="joy")
    evening.do("expression.set", name="grin", weights={"mouthSmileLeft": 0.5})
    names = [preset["name"] for preset in evening.show.state()["expressions"]]
    assert "joy" not in names
    assert "grin" in names
    evening.do("settings.reset", section="expressions")
    assert "joy" in [preset["name"] for preset in evening.show.state()["expressions"]]


def test_weights_from_outside_hold_for_their_time_and_are_let_go(evening: Evening) -> None:
    evening.do("weights.set", weights={"jawOpen": 0.8}, head={"yaw_deg": 20.0}, for_s=0.5)
    evening.frames(int(0.4 * FPS))
    live = evening.show.live()
    assert live["weights"]["jawOpen"] == pytest.approx(0.8, abs=0.02)
    assert live["head"]["yaw_deg"] == pytest.approx(20.0, abs=0.5)
    assert live["drivers"]["head"] == "plugin"
    evening.frames(int(2.0 * FPS))
    assert evening.show.live()["weights"]["jawOpen"] == 0.0


def test_a_take_is_recorded_and_played_before_everybody_else(evening: Evening, take_path: Path) -> None:
    begun = evening.do("take.record", on=True)
    evening.do("weights.set", weights={"jawOpen": 0.5}, for_s=2.0)
    evening.frames(25)
    done = evening.do("take.record", on=False)
    assert done["path"] == begun["path"]
    take = takes.load(Path(done["path"]))
    assert take.frames[-1].weights[arkit.INDEX["jawOpen"]] == pytest.approx(0.5, abs=0.02)
    assert take.fps == pytest.approx(FPS)
    assert evening.show.state()["takes"] == [done["path"]]
    evening.do("take.play", path=str(take_path))
    assert evening.show.state()["take"]["playing"] == str(take_path)
    evening.until(lambda: evening.show.live()["drivers"].get("mouth") == "replay")
    evening.do("take.stop")
    assert "replay" not in [source["name"] for source in evening.show.state()["sources"]]
    for action, values in (("take.record", {"on": False}), ("take.play", {"path": "nowhere.jsonl"})):
        with pytest.raises(CartoonAliveError):
            evening.do(action, **values)


def test_another_avatar_takes_the_stage_and_a_broken_one_does_not(
    evening: Evening, tiny: AvatarModel, tmp_path: Path
) -> None:
    import dataclasses

    other = dataclasses.replace(
        tiny, textures={**tiny.textures, "head": np.full((8, 8, 4), (0, 0, 255, 255), np.uint8)}, title="Blue"
    )
    store.save(other, tmp_path / "blue.avatar")
    assert evening.do("avatar.load", path=str(tmp_path / "blue.avatar"))["title"] == "Blue"
    assert evening.picture()[40, 24].tolist() == [0, 0, 255, 255]
    assert evening.show.state()["avatar"]["title"] == "Blue"
    (tmp_path / "bad.avatar").write_bytes(b"no avatar")
    with pytest.raises(CartoonAliveError):
        evening.do("avatar.load", path=str(tmp_path / "bad.avatar"))
    assert evening.picture()[40, 24].tolist() == [0, 0, 255, 255]


def test_an_avatar_with_a_profile_brings_its_settings(begin: Callable[[], Evening], folder: Path, tiny: AvatarModel,
                                                      tiny_path: Path) -> None:  # fmt: skip
    first = begin()
    first.do("view.background", value="#102030")
    first.do("profile.save")
    assert first.show.state()["profile"] == "tiny"
    assert settings_store.load(folder).settings.view.background == "#e0e0e0"
    plain = tiny_path.with_name("plain.avatar")
    store.save(tiny, plain)
    first.do("avatar.load", path=str(plain))
    assert first.picture()[0, 0].tolist() == [224, 224, 224, 255]
    first.do("avatar.load", path=str(tiny_path))
    assert first.picture()[0, 0].tolist() == [16, 32, 48, 255]


def test_snapshots_and_outputs(evening: Evening, tmp_path: Path) -> None:
    path = evening.do("output.snapshot", path=str(tmp_path / "now.png"))["path"]
    evening.until(Path(path).is_file)
    evening.do("output.on", name="recording", options={"format": "gif", "path": str(tmp_path / "a.gif")})
    evening.frames(10)
    evening.do("output.off", name="recording")
    evening.until(lambda: evening.show.live()["outputs"]["recording"]["state"] == "done")
    with Image.open(tmp_path / "a.gif") as film:
        assert film.size == (48, 48)
    with pytest.raises(CartoonAliveError, match="there is no output"):
        evening.do("output.on", name="recoding")
    assert evening.show.state()["settings"]["outputs"] == {}


def test_the_preview_is_made_while_somebody_looks(evening: Evening) -> None:
    assert evening.show.preview(24) is None
    evening.until(lambda: evening.show.preview(24) is not None)
    evening.frames(int(3 * FPS))
    assert evening.performance.loop.preview is not None
    assert not evening.performance.loop.preview.wanted()


def test_rest_and_sides_without_a_face_say_so(evening: Evening) -> None:
    assert evening.do("source.rest")["sources"] == []
    evening.do("source.sides", step="start")
    evening.do("source.sides", step="left")
    evening.frames(int(2 * FPS))
    with pytest.raises(CartoonAliveError, match="come before"):
        evening.do("source.sides", step="finish")


def test_notices_are_dismissed_and_the_end_is_the_end(evening: Evening) -> None:
    evening.show.notice("a small thing")
    (notice,) = evening.show.state()["notices"]
    evening.do("notice.dismiss", id=notice["id"])
    assert evening.show.state()["notices"] == []
    evening.show.post("show.quit")
    evening.performance.run(10**9)
    assert evening.performance.ended


WORDS = ("joy", "mine", "osc", "stub", "idle", "replay", "plugin", "mouth", "all", "#ff0000", "transparent", "", "a/b",
         "nowhere.jsonl", "x" * 300, "é☃", "a\0b")  # fmt: skip
VALUES = (1, 0, True, "a", "0", ["mouth"], None, 2.5, {"a": 1}, {"a": None})


def anything(chance: random.Random, parameter: actions.Parameter) -> Any:
    """Something that may be a value of a parameter."""
    if parameter.choices and parameter.kind == "text":
        return chance.choice(parameter.choices)
    match parameter.kind:
        case "text":
            return chance.choice(WORDS)
        case "number":
            low, high = max(parameter.low, -9.0), min(parameter.high, 99.0)
            return chance.choice([None, low, high, chance.uniform(low, high)])
        case "switch":
            return chance.random() < 0.5
        case "numbers":
            names = chance.sample(parameter.choices or WORDS, 2)
            return {name: chance.uniform(max(parameter.low, -10.0), min(parameter.high, 10.0)) for name in names}
        case "names":
            return [chance.choice(WORDS) for _ in range(3)]
    names = ("port", "host", "lan", "only", "take", "loop", "x")
    return {chance.choice(names): chance.choice(VALUES) for _ in range(2)}


def test_whatever_is_asked_nothing_breaks_inside(
    evening: Evening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # some of it writes files
    chance = random.Random(6)
    asked = sorted(actions.ACTIONS.keys() - {"show.quit", "source.devices", "output.on"})
    for _ in range(250):
        name = chance.choice(asked)
        parameters = actions.ACTIONS[name].parameters
        values = {key: anything(chance, part) for key, part in parameters.items() if chance.random() < 0.8}
        evening.show.post(name, values)
        evening.frames(1)
        assert [notice for notice in evening.show.state()["notices"] if "failed inside" in notice["text"]] == []
        evening.show.dismiss()
    json.dumps([evening.show.state(), evening.show.live()], allow_nan=False)
    assert evening.performance.loop.mishaps.counts() == {}


def test_a_thread_that_dies_is_logged_once_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show = Show(now_s=ManualClock().now_s)

    def die() -> None:
        raise RuntimeError("pulled the plug")

    with logs.reporting(tmp_path) as log, noticing(show):
        thread = threading.Thread(target=die, name="camera")
        thread.start()
        thread.join()
    assert log is not None
    assert log.read_text().count("Traceback") == 1
    assert [(notice["text"], notice["level"]) for notice in show.state()["notices"]] == [
        ("the thread camera died: RuntimeError: pulled the plug", "error")
    ]
    assert capsys.readouterr().err == "the thread camera died: RuntimeError: pulled the plug\n"
