"""runtime.commands.edit"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assets import samples, store
from assets.errors import UsageError
from generator.identity import edit
from runtime.commands.edit import setting


def test_a_setting_adds_or_replaces() -> None:
    assert setting("left_eye.scale=+8") == edit.Setting("left_eye.scale", 8.0, relative=True)
    assert setting("mouth.y=-3") == edit.Setting("mouth.y", -3.0, relative=True)
    assert setting("face.long=8.5") == edit.Setting("face.long", 8.5, relative=False)
    assert setting("face.long==-8") == edit.Setting("face.long", -8.0, relative=False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("left_eye.scale", "expected WHAT=VALUE such as left_eye.scale=+8"),
        ("left_eyes.scale=+8", "there is no component 'left_eyes'; did you mean left_eye?"),
        ("mout.y=1", "did you mean mouth?"),
        ("nose=3", "nose has x, y, scale and no ''"),
        ("nose.size=3", "nose has x, y, scale and no 'size'; did you mean nose.scale?"),
        ("face.length=3", "did you mean face.long?"),
        ("nose.x=big", "--set nose.x: expected a number such as +8, -3 or 8, got 'big'"),
        ("nose.x=", "expected a number"),
        ("nose.x=nan", "expected a number"),
        ("nose.x=1e5", "expected a number"),
        ("nose.x===3", "expected a number"),
    ],
)
def test_a_setting_that_means_nothing(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        setting(text)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_avatar_is_changed_and_info_tells(call: Callable, tmp_path: Path) -> None:
    out = tmp_path / "other.avatar"
    before = edit.weights(store.load(samples.AVATAR))
    called = call("edit", samples.AVATAR, "--set", "left_eye.scale=+8", "mouth.y=-3", "--set", "nose.x==-2",
                  "-o", out, "--json")  # fmt: skip
    assert (called.code, called.err) == (0, "")
    told = json.loads(called.out)
    assert set(told["changed"]) == {"left_eye.scale", "mouth.y", "nose.x"}
    assert told["folded"] == 0
    after = edit.weights(store.load(out))
    np.testing.assert_allclose((after - before)[[2, 10]], [8.0, -3.0], atol=2e-3)
    assert told["changed"]["nose.x"][1] == -2.0
    shown = call("info", out).out
    assert "identity left_eye" in shown
    assert f"scale {after[2]:+.1f}" in shown
    assert json.loads(call("info", out, "--json").out)["facts"]["identity"]["weights"]["nose.x"] == -2.0


def test_refusals_write_nothing(call: Callable, tiny_path: Path, tmp_path: Path) -> None:
    out = tmp_path / "other.avatar"
    for words, reason in (
        ((samples.AVATAR, "--set", "nose.y=+70", "-o", out), "nose.y: weights run from -45 to 45"),
        ((tiny_path, "--set", "nose.y=+7", "-o", out), "generate the avatar anew"),
        ((tiny_path, "--set", "nose.y=+7", "-o", tiny_path), "the output would overwrite the input"),
        ((tiny_path, "--set", "nase.y=+7", "-o", out), "did you mean nose?"),
        ((tmp_path / "no.avatar", "--set", "nose.y=+7", "-o", out), "there is no such file"),
        ((tiny_path, "-o", out), "--set"),
    ):
        called = call("edit", *words)
        assert (called.code, called.out) == (2, ""), words
        assert reason in called.err
        assert called.err.count("\n") == 1
    assert not out.exists()
