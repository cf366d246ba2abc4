"""runtime.commands.info"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assets import store
from generator import engines
from runtime.checks import appraisal
from runtime.commands.info import describe


def test_json_describes_the_model(call: Callable, tiny_path: Path) -> None:
    called = call("info", tiny_path, "--json")
    assert (called.code, called.err) == (0, "")
    told = json.loads(called.out)
    assert told == describe(tiny_path, store.load(tiny_path))
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


@pytest.mark.gl
def test_measuring_draws_and_looks(call: Callable, tiny_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Blind:
        """An engine that finds no face."""

        def __enter__(self) -> object:
            return self

        def __exit__(self, *_: object) -> None: ...

        def landmarks(self, image: object, /) -> tuple[()]:
            return ()

    opened: list[tuple[object, ...]] = []
    monkeypatch.setattr(engines, "open_engine", lambda name, **more: opened.append((name, more)) or Blind())
    told = json.loads(call("info", tiny_path, "--measure", "--engine", "opencv", "--json").out)
    assert opened == [("opencv", {"models_dir": None})]
    assert set(appraisal.GOALS) < set(told["measures"])
    assert told["measures"]["holes"] == 0.0
    assert "expression rules met             not measured" in call("info", tiny_path, "--measure").out


def test_what_goes_with_measuring_needs_it(call: Callable, tiny_path: Path, tmp_path: Path) -> None:
    for words in (("--portrait", tiny_path), ("--engine", "opencv"), ("--models", tmp_path)):
        called = call("info", tiny_path, *words)
        assert (called.code, called.out) == (2, "")
        assert "go with --measure" in called.err
    assert call("info", tiny_path, "--measure", "--portrait", tmp_path / "no.png").code == 2
