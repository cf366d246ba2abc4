"""runtime.commands.run and runtime.asked: the loop with real drivers, one that fails, a recording, no display."""

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import drivers
from assets.errors import DriverError
from assets.face import FaceFrame
from runtime import cli
from runtime.app import Stage
from runtime.commands import run
from runtime.outputs import KINDS
from runtime.settings import store as settings_store

pytestmark = pytest.mark.gl


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def headless(call: Callable, tiny_path: Path) -> Callable:
    """`run` with the tiny avatar, headless, as JSON."""

    def start(*words: object, frames: int = 12) -> tuple[dict, str]:
        called = call("run", tiny_path, "--headless", "--frames", frames, "--fps", 200, "--json", *words)
        assert called.code == 0, called.err
        return json.loads(called.out), called.err

    return start


@pytest.mark.parametrize("name", ["idle", "stub"])
def test_frames_are_counted_and_told(name: str, headless: Callable) -> None:
    told, _ = headless("--driver", name)
    assert told["frames"] == 12
    assert told["stages_ms"]["draw"]["count"] == 9
    assert 1 <= told["latency_ms"][name]["count"] <= 12
    assert told["mishaps"] == {}
    assert name in told["drivers"]
    assert told["gl"]


def test_replay_plays_a_take(headless: Callable, take_path: Path) -> None:
    told, _ = headless("--driver", "replay", "--take", take_path)
    assert take_path.name in told["drivers"]["replay"]
    assert told["latency_ms"]["replay"]["count"] == 12


def test_osc_listens_where_it_is_told(headless: Callable) -> None:
    port = free_port()
    told, _ = headless("--driver", "osc", "--port", port, "--driver", "idle")
    assert str(port) in told["drivers"]["osc"]


def test_text_for_people(call: Callable, tiny_path: Path) -> None:
    called = call("run", tiny_path, "--headless", "--frames", 8, "--fps", 200, "--driver", "idle")
    assert called.code == 0
    assert called.out.startswith("8 frames in ")
    assert "idle: blinking and breathing" in called.out


def test_the_default_goes_on_without_a_webcam_and_says_why(headless: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "webcam", Faulty(at_start=True))
    told, err = headless()
    assert told["frames"] == 12
    assert "webcam: the lens cap is on; going on without it\n" in err
    assert set(told["drivers"]) == {"idle"}


def test_a_driver_asked_for_must_start(call: Callable, tiny_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "webcam", Faulty(at_start=True))
    called = call("run", tiny_path, "--headless", "--frames", 3, "--driver", "webcam")
    assert (called.code, called.out, called.err) == (2, "", "cartoonalive: the lens cap is on\n")


def test_a_driver_that_fails_in_every_frame_is_told_and_counted(
    headless: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, "stub", Faulty())
    told, err = headless("--driver", "stub", frames=70)
    assert told["mishaps"] == {"stub": 70}
    assert "Traceback" not in err
    assert err.count("stub failed") == 7
    log = Path(told["log"]).read_text()
    assert log.count("Traceback") == 1
    assert "RuntimeError: no more faces" in log


def test_what_is_shown_is_recorded(headless: Callable, tmp_path: Path) -> None:
    out = tmp_path / "frames"
    told, _ = headless("--driver", "stub", "--record", out, "--size", "32x20", "--background", "#00ff00")
    assert told["record"] == str(out)
    made = sorted(path.name for path in out.iterdir())
    assert made == [f"{index:06d}.png" for index in range(len(made))]
    assert len(made) >= 12
    with Image.open(out / "000011.png") as image:
        assert image.size == (32, 20)
        assert image.getpixel((0, 0)) == (0, 255, 0, 255)


def test_the_mirror_turns_the_head(headless: Callable, tmp_path: Path) -> None:
    still = tmp_path / "turned.jsonl"
    still.write_text(
        '{"format": "cartoonalive-take", "version": 1, "fps": 30}\n{"t": 0, "weights": {}, "head": {"roll_deg": 25}}\n'
    )
    shapes = []
    for flag in ("--mirror", "--no-mirror"):
        out = tmp_path / flag
        headless("--driver", "replay", "--take", still, "--record", out, "--background", "transparent", flag, frames=2)
        with Image.open(out / "000001.png") as image:
            shapes.append(np.asarray(image)[:, :, 3] > 0)
    assert (shapes[0] != shapes[1]).any()
    assert (shapes[0] == shapes[1][:, ::-1]).mean() > 0.97


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--driver", "camera"], "there is no driver named 'camera'"),
        (["--record", "a.png"], "--record makes a film"),
        (["--record", "a.gif"], "a GIF shows at most 50 pictures a second; give --fps 50"),
        (["--record", "a.mp4", "--background", "transparent"], "MP4 can't be transparent"),
        (["--record", "missing/a.mp4"], "the output's folder does not exist"),
        (["--driver", "idle", "--port", "9000"], "--port says nothing to the chosen drivers"),
        (["--smooth", "0"], "argument --smooth"),
        (["--voice", "2"], "argument --voice"),
        (["--lost", "panic"], "argument --lost"),
        (["--vmc-out", "here:there"], "argument --vmc-out: expected HOST:PORT such as 127.0.0.1:39539"),
        (["--vmc-out", "no.such.host.invalid"], "--vmc-out: there is no computer named 'no.such.host.invalid'"),
    ],
)
def test_what_cannot_work_is_said_at_once(words: list[str], message: str, call: Callable, tiny_path: Path) -> None:
    called = call("run", tiny_path, "--headless", "--frames", 3, *words)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith(f"cartoonalive: {message}")
    assert called.err.count("\n") == 1


def test_the_face_goes_out_to_another_program(headless: Callable, take_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(5.0)
        port = listening.getsockname()[1]
        told, _ = headless("--driver", "replay", "--take", take_path, "--vmc-out", f"127.0.0.1:{port}")
        first = listening.recv(2048)
    assert told["mishaps"] == {}
    assert first.startswith(b"#bundle\0")
    assert b"/VMC/Ext/OK" in first


def test_without_the_fallback_a_lost_face_eases_to_rest(headless: Callable) -> None:
    told, _ = headless("--driver", "stub", "--lost", "ease")
    assert set(told["drivers"]) == {"stub"}
    told, _ = headless("--driver", "stub", "--lost", "hold", "--link-eyes", "0.5", "--voice-mode", "max")
    assert set(told["drivers"]) == {"stub", "idle"}


def test_an_endless_recording_is_refused(call: Callable, tiny_path: Path) -> None:
    called = call("run", tiny_path, "--headless", "--record", "a.mp4")
    assert called.code == 2
    assert "needs --frames" in called.err


def test_no_display_names_the_way_out(call: Callable, tiny_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called = call("run", tiny_path, "--driver", "idle")  # SDL_VIDEODRIVER is "offscreen" in tests
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("cartoonalive: ")
    assert "--headless" in called.err
    assert called.err.count("\n") == 1
    monkeypatch.delenv("SDL_VIDEODRIVER")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    called = call("run", tiny_path, "--driver", "idle")
    assert (called.code, called.out) == (2, "")
    assert "--headless" in called.err


def test_status_lines_are_said_when_they_change_in_more_than_numbers() -> None:
    said: list[str] = []
    driver = SimpleNamespace(name="osc", status=lambda: next(lines))
    lines = iter(["osc: 3 packets", "osc: 250 packets", "osc: nothing heard"])
    watch = run._Watch([driver], SimpleNamespace(say=said.append), 100.0)  # type: ignore[arg-type, list-item]
    for now_s in (100.5, 101.1, 102.0, 106.2, 111.3):
        watch(now_s)
    assert said == ["osc: 3 packets", "osc: nothing heard"]


def test_what_breaks_in_drawing_ends_the_show_and_is_in_the_log(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(stage: Stage, *_: object) -> None:
        raise RuntimeError("no more paint")

    monkeypatch.setattr(Stage, "draw", broken)
    with pytest.raises(RuntimeError, match="no more paint"):
        cli.main(["run", str(tiny_path), "--headless", "--frames", "3", "--driver", "idle"])
    (record,) = [record for record in caplog.records if record.levelname == "CRITICAL"]
    assert record.getMessage() == "the show broke: RuntimeError: no more paint"
    assert record.exc_info


def test_settings_count_and_the_command_line_wins(headless: Callable, tmp_path: Path) -> None:
    folder = settings_store.user_folder()
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text('[view]\nbackground = "#ff0000"\nmiror = true\n')
    colours = {}
    for name, words in (("kept", []), ("said", ["--background", "#0000ff"]), ("none", ["--no-settings"])):
        out = tmp_path / name
        _, err = headless("--driver", "stub", "--record", out, "--size", "32x20", *words)
        with Image.open(out / "000000.png") as image:
            colours[name] = image.getpixel((0, 0))[:3]
        assert ("[view] miror: there is no such setting; did you mean 'mirror'?" in err) == (name != "none")
    assert colours == {"kept": (255, 0, 0), "said": (0, 0, 255), "none": (224, 224, 224)}
    assert (folder / "settings.toml").read_text() == '[view]\nbackground = "#ff0000"\nmiror = true\n'


def test_the_sources_that_were_chosen_begin_the_next_show(call: Callable, tiny_path: Path) -> None:
    folder = settings_store.user_folder()
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text('[[sources.start]]\ndriver = "stub"\n[[sources.start]]\ndriver = "sutb"\n')
    called = call("run", tiny_path, "--headless", "--frames", 40, "--page", "--no-browser", "--json")
    assert called.code == 0, called.err
    assert "stub" in json.loads(called.out)["drivers"]
    assert "there is no driver named 'sutb'" in called.err


def test_the_demo_loop_plays_and_outputs_begin(call: Callable, tiny_path: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.gif"
    called = call("run", tiny_path, "--headless", "--frames", 60, "--demo-loop", "--json",
                  "--output", f"recording:format=gif,path={out}")  # fmt: skip
    assert called.code == 0, called.err
    assert json.loads(called.out)["latency_ms"]["replay"]["count"] > 0
    assert out.is_file()
    called = call("run", tiny_path, "--headless", "--frames", 3, "--output", "camra")
    kinds = ", ".join(KINDS)
    assert (called.code, called.err) == (2, f"cartoonalive: there is no output 'camra'; choose one of {kinds}\n")


class Faulty:
    """A driver that fails to start, or at every call."""

    channels: frozenset[str] = frozenset()

    def __init__(self, *, at_start: bool = False) -> None:
        self._at_start = at_start
        self.name = ""

    def __enter__(self) -> "Faulty":
        if self._at_start:
            raise DriverError("the lens cap is on")
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def latest(self) -> FaceFrame | None:
        raise RuntimeError("no more faces")

    def status(self) -> str:
        return f"{self.name}: broken since {time.strftime('%Y')}"


def install(monkeypatch: pytest.MonkeyPatch, name: str, driver: Faulty) -> None:
    """Let `drivers.load(name)` give a module that makes `driver`."""
    driver.name = name
    real = drivers.load

    def load(wanted: str) -> object:
        module = real(wanted)
        if wanted != name:
            return module
        return SimpleNamespace(Options=module.Options, create=lambda options: driver, __name__=name)

    monkeypatch.setattr(drivers, "load", load)
