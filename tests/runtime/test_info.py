"""runtime.commands.info"""

import json
from collections.abc import Callable
from pathlib import Path

from runtime.commands.info import describe


def test_json_describes_the_model(call: Callable, tiny_path: Path) -> None:
    called = call("info", tiny_path, "--json")
    assert (called.code, called.err) == (0, "")
    told = json.loads(called.out)
    assert told == describe(tiny_path)
    assert (told["title"], told["author"], told["licence"]) == ("Tiny", "the tests", "CC0-1.0")
    assert (told["canvas"], told["vertices"], told["triangles"], told["textures"]) == ([48, 48], 12, 6, 3)
    assert [layer["name"] for layer in told["layers"]] == ["head", "mouth", "eye"]
    assert told["layers"][1] == {
        "name": "mouth", "vertices": 4, "triangles": 2, "texture": "mouth", "size": [8, 8], "clip": None, "mask": None,
        "blend": "normal", "opacity": 1.0, "fades": [],
    }  # fmt: skip
    assert len(told["still_channels"]) == 50
    assert {"jawOpen", "eyeBlinkLeft"} & set(told["still_channels"]) == set()
    assert told["facts"]["engine"] == "by hand"
    assert told["warnings"] == ["a small one"]


def test_the_text_says_the_same(call: Callable, tiny_path: Path) -> None:
    out = call("info", tiny_path).out
    for words in ("Tiny", "CC0-1.0", "48 x 48 px", "12 vertices, 6 triangles", "2 of 52 move something", "by hand"):
        assert words in out
    assert out.endswith("warning: a small one\n")


def test_what_is_no_avatar(call: Callable, take_path: Path, tmp_path: Path) -> None:
    for path in (take_path, tmp_path, tmp_path / "x.avatar"):
        called = call("info", path, "--json")
        assert (called.code, called.out) == (2, "")
        assert called.err.count("\n") == 1
