"""The camera used last."""

from pathlib import Path

import pytest

from drivers.tracking.lastcamera import recall, remember


def test_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "camera.json"
    assert recall(path) == ""
    remember(path, "usb-Кáмера-index0")
    assert recall(path) == "usb-Кáмера-index0"
    remember(path, "")
    assert recall(path) == "usb-Кáмера-index0"
    assert [entry.name for entry in path.parent.iterdir()] == ["camera.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"camera": 3}', "[" * 5000, '{"Camera": "x"}', "\0\0"])
def test_what_makes_no_sense_is_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "camera.json"
    path.write_text(text)
    assert recall(path) == ""
    remember(path, "key")
    assert recall(path) == "key"
