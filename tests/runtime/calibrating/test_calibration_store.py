"""runtime.calibrating.calibration_store: what is kept comes back; what is wrong in a file is named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import arkit
from assets.errors import CartoonAliveError, UsageError
from assets.face import HeadPose
from runtime.calibrating.calibration import Calibration
from runtime.calibrating.calibration_store import load, path_of, save

MADE = Calibration(
    rest=np.linspace(0.0, 0.3, arkit.COUNT).round(4),
    full=np.linspace(1.0, 0.6, arkit.COUNT).round(4),
    slack=np.linspace(0.02, 0.05, arkit.COUNT).round(4),
    head=HeadPose.from_degrees(yaw_deg=3.0, pitch_deg=-8.5, roll_deg=1.25),
    swap_shapes=True,
    flip_gaze=True,
)


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "webcam.json"
    assert load(path) is None
    save(MADE, path)
    back = load(path)
    assert back is not None
    assert back.switches == (True, False, True)
    for name in ("rest", "full", "slack"):
        np.testing.assert_array_equal(getattr(back, name), getattr(MADE, name))
    assert back.head.pitch_rad == pytest.approx(MADE.head.pitch_rad, abs=1e-5)
    assert [entry.name for entry in path.parent.iterdir()] == ["webcam.json"]
    save(Calibration(), path)
    assert load(path) == Calibration()


def test_people_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "webcam.json"
    save(Calibration(head=HeadPose.from_degrees(pitch_deg=-8.5), flip_head=True), path)
    assert json.loads(path.read_text()) == {
        "format": "cartoonalive-calibration", "version": 1, "rest": {}, "full": {}, "slack": {},
        "head": {"yaw_deg": 0.0, "pitch_deg": -8.5, "roll_deg": 0.0, "x_m": 0.0, "y_m": 0.0, "z_m": 0.0},
        "swap_shapes": False, "flip_head": True, "flip_gaze": False,
    }  # fmt: skip


def test_one_file_for_each_source(tmp_path: Path) -> None:
    names = {path_of(source, folder=tmp_path).name for source in ("webcam", "webcam-1", "webcam-/dev/video2", "osc")}
    assert names == {"webcam.json", "webcam-1.json", "webcam-dev-video2.json", "osc.json"}
    assert path_of("../../x", folder=tmp_path) == tmp_path / "x.json"
    assert path_of("a" * 300, folder=tmp_path).name == "a" * 80 + ".json"
    assert path_of("webcam").parts[-3:] == ("cartoonalive", "calibration", "webcam.json")


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda data: data.update(format="other"), "has another format: expected 'cartoonalive-calibration'"),
        (lambda data: data.update(version=2), "has version 2, this program reads version 1"),
        (lambda data: data.update(smile=1, frown=2), "has unknown keys: 'frown', 'smile'"),
        (lambda data: data["rest"].update(jawOpne=0.1), "has unknown keys in rest: 'jawOpne'"),
        (lambda data: data["head"].update(pan_deg=1.0), "has unknown keys in head: 'pan_deg'"),
        (lambda data: data["full"].update(jawOpen=0.1), "full.jawOpen: expected a number from 0.4 to 1, got 0.1"),
        (lambda data: data["head"].update(yaw_deg="3"), "head.yaw_deg: expected a number, got '3'"),
        (lambda data: data.update(flip_gaze=1), "flip_gaze: expected true or false, got 1"),
        (lambda data: data.pop("head"), "head: is missing"),
        (lambda data: data["rest"].update(jawOpen=0.95), "jawOpen has too little room"),
    ],
)
def test_what_is_wrong_is_named(spoil: Callable[[dict[str, Any]], object], named: str, tmp_path: Path) -> None:
    path = tmp_path / "webcam.json"
    save(Calibration(), path)
    data = json.loads(path.read_text())
    spoil(data)
    path.write_text(json.dumps(data))
    with pytest.raises(UsageError) as caught:
        load(path)
    assert named in str(caught.value)
    assert str(caught.value).endswith(f"calibrate anew or remove it: {path}")
    assert "\n" not in str(caught.value)


@settings(deadline=None, max_examples=50)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_calibration_or_an_error(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("any") / "webcam.json"
    path.write_bytes(data)
    with pytest.raises(CartoonAliveError):
        load(path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="can't make the folder for the calibration"):
        save(Calibration(), tmp_path / "file" / "webcam.json")
