"""runtime.arguments"""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.errors import AvatarError, UsageError
from runtime import arguments


@pytest.mark.parametrize(
    ("reader", "text", "value"),
    [
        (arguments.size, "640x480", (640, 480)),
        (arguments.size, "64X32", (64, 32)),
        (arguments.size, "512", (512, 512)),
        (arguments.sizes, "512,1024", (512, 1024)),
        (arguments.fps, "29.97", 29.97),
        (arguments.seconds, "0.5", 0.5),
        (arguments.positive, "7", 7),
        (arguments.port, "39539", 39539),
        (arguments.calmness, "2", 2.0),
        (arguments.colour, "transparent", (0.0, 0.0, 0.0, 0.0)),
        (arguments.colour, " White ", (1.0, 1.0, 1.0, 1.0)),
        (arguments.colour, "#ff0000", (1.0, 0.0, 0.0, 1.0)),
        (arguments.colour, "#0f0", (0.0, 1.0, 0.0, 1.0)),
    ],
)
def test_words_become_values(reader: Callable[[str], Any], text: str, value: Any) -> None:
    assert reader(text) == value


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        *((arguments.size, text) for text in ("", "0x5", "5x0", "9000x1", "-5x5", "axb", "640x", "1e3", "٣x٣")),
        *((arguments.sizes, text) for text in ("", "0", "a", "512,", "9999")),
        *((arguments.fps, text) for text in ("0", "-1", "nan", "inf", "241", "x")),
        *((arguments.seconds, text) for text in ("0", "-1", "nan", "1e9")),
        *((arguments.positive, text) for text in ("0", "-1", "1.5", "x", "9" * 30)),
        *((arguments.port, text) for text in ("0", "65536", "x", "-1")),
        *((arguments.calmness, text) for text in ("0", "11", "nan")),
        *((arguments.colour, text) for text in ("", "reddish", "#12345", "rgb(")),
    ],
)
def test_wrong_words_are_refused_in_one_line(reader: Callable[[str], Any], text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as refused:
        reader(text)
    assert "\n" not in str(refused.value)


def test_inputs(tmp_path: Path) -> None:
    file = tmp_path / "a.avatar"
    file.touch()
    assert arguments.input_file(str(file)) == file
    assert arguments.input_folder(str(tmp_path)) == tmp_path
    with pytest.raises(AvatarError, match="there is no such file"):
        arguments.input_file(tmp_path / "b", error=AvatarError)
    with pytest.raises(UsageError, match="expected a file, got a folder"):
        arguments.input_file(tmp_path)
    with pytest.raises(UsageError, match="there is no such folder"):
        arguments.input_folder(file)


def test_outputs(tmp_path: Path) -> None:
    file = tmp_path / "a.avatar"
    assert arguments.output_file(str(file), ".avatar") == file
    assert arguments.output_folder(tmp_path / "new") == tmp_path / "new"
    assert arguments.output_folder(tmp_path) == tmp_path
    with pytest.raises(UsageError, match=r"must end in \.jsonl or \.csv"):
        arguments.output_file(file, ".jsonl", ".csv")
    with pytest.raises(UsageError, match="folder does not exist; create it first"):
        arguments.output_file(tmp_path / "missing" / "a.avatar", ".avatar")
    file.touch()
    with pytest.raises(UsageError, match="would overwrite the input"):
        arguments.output_file(file, ".avatar", inputs=[file])
    with pytest.raises(UsageError, match="there is a file of that name"):
        arguments.output_folder(file)
    folder = tmp_path / "b.avatar"
    folder.mkdir()
    with pytest.raises(UsageError, match="is a folder; give a file name"):
        arguments.output_file(folder, ".avatar")


def test_an_input_is_recognised_through_links(tmp_path: Path) -> None:
    file, link, hard = tmp_path / "a.jsonl", tmp_path / "b.jsonl", tmp_path / "c.jsonl"
    file.touch()
    link.symlink_to(file)
    os.link(file, hard)
    for other in (link, hard):
        with pytest.raises(UsageError, match="would overwrite the input"):
            arguments.output_file(other, ".jsonl", inputs=[file])


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_locked_folder_is_said_before_any_work(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(UsageError, match="can't be written to, permission denied"):
        arguments.output_file(locked / "a.avatar", ".avatar")


def test_driver_flags_are_those_given() -> None:
    parser = argparse.ArgumentParser()
    arguments.add_driver_flags(parser)
    assert arguments.driver_flags(parser.parse_args([])) == {}
    given = arguments.driver_flags(parser.parse_args(["--port", "9001", "--lan", "--models", "m"]))
    assert given == {"port": 9001, "lan": True, "models": Path("m")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:39540", ("127.0.0.1", 39540)),
        ("studio.local", ("studio.local", 39539)),
        ("[::1]:9000", ("::1", 9000)),
        ("[fe80::1]", ("fe80::1", 39539)),
    ],
)
def test_addresses(text: str, expected: tuple[str, int]) -> None:
    assert arguments.address(text) == expected


@pytest.mark.parametrize("text", ["", ":39539", "::1", "host:", "host:x", "host:0", "host:70000", "a:1:2"])
def test_no_addresses(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        arguments.address(text)
