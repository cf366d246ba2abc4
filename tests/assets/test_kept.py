"""assets.kept: what is kept comes back, spoilt files are said in one line; files of earlier programs are read."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import kept
from assets.errors import CartoonAliveError, UsageError
from assets.kept import Kind
from assets.strictjson import Node

KIND = Kind("the thing", "test-thing", version=3, limit_bytes=200, advice="make it anew")


def number(root: Node) -> float:
    kept.no_others(root, {"format", "version", "x"})
    return root["x"].number(0.0, 1.0)


def test_what_is_kept_comes_back_and_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a.json"
    assert KIND.load(path, number) is None
    KIND.save({"x": 0.25}, path)
    assert KIND.load(path, number) == 0.25
    assert json.loads(path.read_text()) == {"format": "test-thing", "version": 3, "x": 0.25}
    assert os.listdir(path.parent) == ["a.json"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"format": "test-thing", "version": 3, "x": 2}', "x: expected a number from 0 to 1, got 2"),
        ('{"format": "test-thing", "version": 3}', "x: is missing"),
        ('{"format": "test-thing", "version": 4, "x": 0}', "has version 4, this program reads version 3"),
        ('{"format": "other", "version": 3, "x": 0}', "has another format: expected 'test-thing', got 'other'"),
        ('{"format": "test-thing", "version": 3, "x": 0, "y": 1}', "has unknown keys: 'y'"),
        ("[]", "value: expected an object, got []"), ("{", "is not JSON"), (" " * 201, "is 201 bytes long"),
        ('{"x": 1, "x": 2}', "the key 'x' appears twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(text: str, named: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        KIND.load(path, number)
    assert str(caught.value).startswith("the thing ")
    assert named in str(caught.value)
    assert str(caught.value).endswith(f"; make it anew: {path}")
    assert "\n" not in str(caught.value)


@settings(deadline=None, max_examples=50)
@given(data=st.binary(max_size=120))
def test_any_bytes_are_an_error(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("any") / "a.json"
    path.write_bytes(data)
    with pytest.raises(CartoonAliveError):
        KIND.load(path, number)


def test_a_kind_without_a_format_has_neither(tmp_path: Path) -> None:
    plain = Kind("the camera")
    plain.save({"x": 1.0}, tmp_path / "c.json")
    assert json.loads((tmp_path / "c.json").read_text()) == {"x": 1.0}
    assert plain.load(tmp_path / "c.json", lambda root: root["x"].number()) == 1.0


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"^can't make the folder for the thing: .*file$"):
        KIND.save({"x": 0.0}, tmp_path / "file" / "a.json")


@pytest.mark.parametrize(
    ("name", "plain"),
    [("webcam-1", "webcam-1"), ("Yeti (hw:1,0)", "Yeti-hw-1-0"), ("../../etc", "etc"), ("", "usual"), ("Ü", "usual"),
     ("a" * 99, "a" * 80)],
)  # fmt: skip
def test_any_name_is_a_file_name(name: str, plain: str) -> None:
    assert kept.plain_name(name, otherwise="usual") == plain


def test_home_is_the_users_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert kept.home().name == "cartoonalive"


FORMER = {
    "calibration": (
        "runtime.calibrating.calibration_store",
        '{"format":"cartoonalive-calibration","version":1,"rest":{"jawOpen":0.1},"full":{},"slack":{},"head":{"yaw_deg":3,'
        '"pitch_deg":0,"roll_deg":0,"x_m":0,"y_m":0,"z_m":0},"swap_shapes":true,"flip_head":false,"flip_gaze":false}',
    ),
    "voice": (
        "drivers.speech.voice",
        '{"format": "cartoonalive-voice", "version": 1, "equaliser_b": [0,0.1,0,0,0,0,0,0], "stretch": 0.05}',
    ),
}


@pytest.mark.parametrize("kind", FORMER)
def test_files_of_earlier_programs_are_read(kind: str, tmp_path: Path) -> None:
    import importlib

    module, text = FORMER[kind]
    (tmp_path / "a.json").write_text(text)
    assert importlib.import_module(module).load(tmp_path / "a.json") is not None
