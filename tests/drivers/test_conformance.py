"""What `drivers.base.Driver` asks, asked of every driver: the folder is the list, so a new file is tested by itself."""

import dataclasses
import inspect
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import drivers
from assets.errors import CartoonAliveError
from assets.face import ALL_CHANNELS, HEAD, FaceFrame
from drivers.base import Driver, DriverModule

FOLDER = Path(drivers.__file__).parent
NAMES = drivers.available()
HEAVY = ("cv2", "mediapipe", "matplotlib", "torch", "scipy", "pygame", "OpenGL", "sounddevice", "pythonosc")


@pytest.fixture(params=NAMES)
def module(request: pytest.FixtureRequest) -> DriverModule:
    return drivers.load(request.param)


@pytest.fixture
def driver(module: DriverModule, monkeypatch: pytest.MonkeyPatch) -> Driver:
    if "CARTOONALIVE_MODELS" not in os.environ:  # then nothing may be fetched either
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
    return module.create(module.Options())


def entered(driver: Driver) -> bool:
    """Enters, or shows that the refusal is one clear line; not every driver can run here with its defaults."""
    try:
        driver.__enter__()
    except CartoonAliveError as error:
        refusal = str(error)
    else:
        return True
    assert refusal.strip()
    assert "\n" not in refusal
    return False


def test_there_are_drivers() -> None:
    assert len(NAMES) >= 5


def test_options_are_frozen_have_defaults_and_say_what_they_are(module: DriverModule) -> None:
    assert dataclasses.is_dataclass(module.Options)
    options = module.Options()
    assert options == module.Options()
    hash(options)
    for spec in dataclasses.fields(module.Options):
        assert str(spec.metadata.get("help", "")).strip(), f"{spec.name} has no help"
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(options, spec.name, None)


def test_create_is_cheap_and_makes_a_driver(module: DriverModule) -> None:
    threads = threading.active_count()
    driver = module.create(module.Options())
    assert isinstance(driver, Driver)
    assert driver.name == module.__name__.removeprefix("drivers.")
    assert driver.channels
    assert driver.channels <= ALL_CHANNELS | {HEAD}
    assert driver.latest() is None
    assert threading.active_count() == threads


def test_every_public_method_is_documented(module: DriverModule) -> None:
    assert inspect.getdoc(module)
    assert inspect.getdoc(module.create)
    kind = type(module.create(module.Options()))
    for name in ("latest", "status"):
        assert inspect.getdoc(getattr(kind, name))


def test_entering_and_leaving_may_be_repeated(driver: Driver) -> None:
    threads = threading.active_count()
    driver.__exit__(None, None, None)
    if entered(driver):
        assert driver.__enter__() is driver
        driver.__exit__(None, None, None)
        driver.__exit__(None, None, None)
    assert driver.latest() is None
    assert threading.active_count() == threads
    if entered(driver):
        driver.__exit__(None, None, None)
    assert threading.active_count() == threads


def test_status_is_always_one_line_that_names_the_driver(driver: Driver) -> None:
    lines = [driver.status()]
    if entered(driver):
        driver.latest()
        lines.append(driver.status())
        driver.__exit__(None, None, None)
    lines.append(driver.status())
    for line in lines:
        assert line.startswith(f"{driver.name}")
        assert line == line.strip()
        assert len(line.splitlines()) == 1


def test_latest_never_waits_and_gives_faces_of_the_drivers_channels(driver: Driver) -> None:
    if not entered(driver):
        return
    frames: list[FaceFrame | None] = []
    caller = threading.Thread(target=lambda: frames.extend(driver.latest() for _ in range(200)), daemon=True)
    caller.start()
    caller.join(timeout=60.0)  # 200 calls take some milliseconds; a driver that waits for its device takes for ever
    try:
        assert not caller.is_alive(), "latest() blocks"
        seen = [frame for frame in frames if frame is not None]
        assert all(frame.channels <= driver.channels for frame in seen)
        times_s = [frame.time_s for frame in seen]
        assert times_s == sorted(times_s)
    finally:
        driver.__exit__(None, None, None)


def test_a_copied_stub_is_found_and_held_to_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new driver is one file: copied into the folder, renamed, nothing else."""
    copy = (FOLDER / "stub.py").read_text("utf-8").replace('"stub', '"copied')
    (tmp_path / "copied.py").write_text(copy, "utf-8")
    monkeypatch.setattr(drivers, "__path__", [*drivers.__path__, str(tmp_path)])
    assert set(drivers.available()) == {*NAMES, "copied"}
    found = drivers.load("copied")
    try:
        test_options_are_frozen_have_defaults_and_say_what_they_are(found)
        test_create_is_cheap_and_makes_a_driver(found)
        test_every_public_method_is_documented(found)
        test_entering_and_leaving_may_be_repeated(found.create(found.Options()))
        test_status_is_always_one_line_that_names_the_driver(found.create(found.Options()))
        test_latest_never_waits_and_gives_faces_of_the_drivers_channels(found.create(found.Options()))
    finally:
        del sys.modules["drivers.copied"]
        del drivers.copied  # type: ignore[attr-defined]


# ---- in processes of their own ------------------------------------------------------------------------------------


def run(script: str, *arguments: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=FOLDER.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_importing_a_driver_loads_nothing_heavy() -> None:
    script = """
import json, sys
import drivers
bare = sorted(name for name in sys.modules if name.startswith("drivers"))
loaded = {}
for name in drivers.available():
    module = drivers.load(name)
    module.create(module.Options())
    loaded[name] = sorted({each.partition(".")[0] for each in sys.modules} & set(sys.argv[1:]))
print(json.dumps([bare, loaded]))
"""
    bare, loaded = json.loads(run(script, *HEAVY))
    assert bare == ["drivers", "drivers.base"]
    assert loaded == {name: [] for name in NAMES}


def test_no_driver_reaches_out_of_this_machine(tmp_path: Path) -> None:
    """Every driver is entered with its defaults under an audit hook that sees each connection and name look-up.

    Speaking to a program on this machine is no reaching out. A missing model file is the one thing that is fetched,
    so without model files the webcam is left out.
    """
    script = """
import json, sys, threading
import drivers
from assets.errors import CartoonAliveError

events = []
def hear(event, arguments):
    if event in ("socket.sendto", "socket.connect") and arguments[1][0] == "127.0.0.1":
        return
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname",
                 "socket.gethostbyaddr", "socket.getnameinfo", "urllib.Request"):
        events.append([event, repr(arguments[1:])])
sys.addaudithook(hear)
for name in sys.argv[1:]:
    module = drivers.load(name)
    try:
        with module.create(module.Options()) as driver:
            for _ in range(20):
                driver.latest()
                threading.Event().wait(0.01)
            driver.status()
    except CartoonAliveError:
        pass
print(json.dumps(events))
"""
    names = [name for name in NAMES if name != "webcam" or "CARTOONALIVE_MODELS" in os.environ]
    assert json.loads(run(script, *names)) == []
