"""runtime.commands.doctor and runtime.checks.checkup."""

import json
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from assets import weights
from runtime.checks import checkup
from runtime.checks.finding import Check
from runtime.commands import doctor

pytestmark = pytest.mark.gl


def by_name(checks: list[Check]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def versions(monkeypatch: pytest.MonkeyPatch, **changed: str | None) -> None:
    """As if these distributions had these versions; None: not installed. `_` stands for `-`."""
    real = metadata.version
    names = {name.replace("_", "-"): version for name, version in changed.items()}

    def version(name: str) -> str:
        if name in names:
            found = names[name]
            if found is None:
                raise metadata.PackageNotFoundError(name)
            return found
        return real(name)

    monkeypatch.setattr(checkup.metadata, "version", version)


def test_a_sound_machine(call: Callable) -> None:
    called = call("doctor", "--json")
    told = json.loads(called.out)
    assert called.code == 0, told
    assert told["ok"] is True
    assert sum(told["counts"].values()) == len(told["checks"])
    names = {check["name"] for check in told["checks"]}
    assert {"Python", "packages", "OpenCV", "OpenGL", "display", "MediaPipe", "cameras", "microphone", "UDP ports",
            "network", "firewall", "disk"} <= names  # fmt: skip
    assert {f"model {file.name}" for file in weights.MODELS} <= names
    for check in told["checks"]:
        assert check["status"] in ("ok", "warn", "fail")
        assert check["detail"]
        assert bool(check["fix"]) == (check["status"] != "ok"), check


def test_text_marks_each_check(call: Callable) -> None:
    out = call("doctor").out
    assert out.startswith("ok    Python")
    assert "broken" in out.splitlines()[-1]
    assert set(doctor.MARKS) == {"ok", "warn", "fail"}


def test_something_essential_fails(call: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "CHECKS", (lambda: [Check("OpenGL", "fail", "none", "buy one")],))
    called = call("doctor", "--json")
    assert called.code == 1
    assert json.loads(called.out)["ok"] is False


def test_a_check_that_raises_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[Check]:
        raise RuntimeError("boom")

    monkeypatch.setattr(checkup, "CHECKS", (broken, checkup.python))
    first, second = checkup.run_all()
    assert (first.name, first.status) == ("broken", "warn")
    assert "boom" in first.detail
    assert second.name == "Python"


def test_packages_that_quarrel(monkeypatch: pytest.MonkeyPatch) -> None:
    versions(monkeypatch, pygame="2.6.1", opencv_python="4.12.0")
    checks = by_name(checkup.packages())
    assert checks["pygame"].status == "fail"
    assert checks["pygame"].fix == "pip uninstall -y pygame pygame-ce && pip install pygame-ce"
    assert checks["OpenCV"].status == "warn"
    assert "opencv-python 4.12.0" in checks["OpenCV"].detail


def test_packages_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as only_here:
        versions(only_here, PyOpenGL=None)
        (check,) = checkup.packages()
    assert (check.status, check.fix) == ("fail", "pip install PyOpenGL")
    versions(monkeypatch, opencv_contrib_python=None)
    assert by_name(checkup.packages())["OpenCV"].status == "warn"


@pytest.mark.parametrize(("version", "status"), [("0.10.32", "ok"), ("0.10.35", "warn"), (None, "warn")])
def test_a_mediapipe_that_sends_nothing(version: str | None, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    versions(monkeypatch, mediapipe=version)
    (check,) = checkup.mediapipe()
    assert check.status == status
    assert ("0.10.32" in check.fix) == (status == "warn")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise RuntimeError('no GL here')", "RuntimeError: no GL here"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "it crashed (signal 11)"),
        ("import time; time.sleep(60)", "no answer in 0.2 s"),
        ("import sys; sys.exit(3)", "it ended with code 3"),
    ],
)
def test_what_crashes_or_hangs_does_so_in_a_child(code: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if "sleep" in code:
        monkeypatch.setattr(checkup, "CHILD_S", 0.2)
    monkeypatch.setattr(checkup, "_GL_PROBE", code)
    (check,) = checkup.graphics()
    assert (check.name, check.status, check.detail) == ("OpenGL", "fail", reason)


def test_a_display_is_looked_for_where_sdl_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert checkup.display()[0].status == "warn"
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert checkup.display() == [Check("display", "ok", "WAYLAND_DISPLAY=wayland-0")]
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    assert checkup.display()[0].fix == "unset SDL_VIDEODRIVER"


def test_model_files_that_are_missing_or_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(weights.ENVIRONMENT, str(tmp_path))
    check = by_name(checkup.models())[f"model {weights.FACE_LANDMARKER.name}"]
    assert check.status == "warn"
    assert weights.FACE_LANDMARKER.url in check.detail
    assert f"curl --create-dirs -o {weights.cache_folder()}" in check.fix
    (tmp_path / weights.FACE_LANDMARKER.name).write_bytes(b"something else")
    check = by_name(checkup.models())[f"model {weights.FACE_LANDMARKER.name}"]
    assert check.status == "fail"


@pytest.mark.models
def test_model_files_that_are_here(models_dir: Path) -> None:
    for file in weights.MODELS:
        check = by_name(checkup.models())[f"model {file.name}"]
        if (models_dir / file.name).exists():
            assert (check.status, check.detail) == ("ok", str(models_dir / file.name))


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup.shutil, "disk_usage", lambda path: SimpleNamespace(free=1e6))
    assert checkup.disk()[0].status == "warn"


def test_cameras_are_listed_and_not_opened() -> None:
    (check,) = checkup.cameras()
    assert check.status in ("ok", "warn")


@pytest.mark.parametrize(
    ("words", "error", "status", "detail"),
    [
        ("2 | A, B | lips about 99 ms late", "", "ok", "2 inputs: A, B; lips about 99 ms late"),
        ("0 |  | None", "", "warn", "PortAudio works and finds no input"),
        ("", "drivers.speech.portaudio.NoPortAudioError: no sound: PortAudio library not found", "warn",
         "no sound: PortAudio library not found"),
        ("", "no answer in 4 s", "warn", "no answer in 4 s"),
    ],
)  # fmt: skip
def test_the_microphone_says_how_late_the_lips_are(
    words: str, error: str, status: str, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup, "_child", lambda code: (words, error))
    (check,) = checkup.microphone()
    assert (check.status, check.detail) == (status, detail)
