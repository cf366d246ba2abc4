"""runtime.making.identity_child, and runtime.making.identity_crew, which starts it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assets import identity
from assets.errors import CartoonAliveError, UsageError
from generator.identity import dataset, sampling
from runtime import children
from runtime.making import identity_crew

PLAN = dataset.Plan(11, 5, dataset.template_hash())


def test_it_draws_a_shard_and_says_so(tmp_path: Path) -> None:
    dataset.begin(tmp_path / "set", PLAN)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "runtime.making.identity_child", str(tmp_path / "set"), "11"],
        input="1 5 3\n", capture_output=True, text=True, env=children.environment(), check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:-1] == ["+ 3"]
    kind, number, deviation = done.stdout.splitlines()[-1].split()
    assert (kind, number) == ("=", "1")
    assert 0.0 < float(deviation) < 0.02
    weights, dots = dataset.load(tmp_path / "set", identity.template())
    for row in range(3):
        wanted = sampling.weights(identity.template(), 11, 5 + row)
        np.testing.assert_array_equal(weights[row], wanted.astype(np.float32))
        np.testing.assert_allclose(dots[row], sampling.keypoints(identity.template(), wanted), atol=0.02)


def test_a_child_that_dies_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")  # no OpenGL there
    with pytest.raises(CartoonAliveError, match=r"a drawing process ended early: .*OpenGL.*; run the command again"):
        identity_crew.make(tmp_path / "set", PLAN, 5, jobs=1, advance=lambda _: None)


def test_an_interruption_ends_the_children_in_the_middle_of_their_work(tmp_path: Path) -> None:
    children_of: list[subprocess.Popen[str]] = []
    plan = dataset.Plan(11, 500, PLAN.template)
    real = subprocess.Popen

    def started(*words: Any, **more: Any) -> "subprocess.Popen[str]":
        children_of.append(real(*words, **more))
        return children_of[-1]

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "Popen", started)
        with pytest.raises(KeyboardInterrupt):
            identity_crew.make(tmp_path / "set", plan, 1000, jobs=2, advance=interrupt)
    assert [child.poll() is not None for child in children_of] == [True, True]
    assert dataset.missing(tmp_path / "set", plan, 1000) == [(0, 500), (1, 500)]


def test_nothing_to_do_starts_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset.begin(tmp_path, PLAN)
    dataset.write_shard(tmp_path, 0, np.zeros((5, 21)), np.zeros((5, 62, 2)))
    monkeypatch.setattr(subprocess, "Popen", None)
    assert identity_crew.make(tmp_path, PLAN, 4, jobs=2, advance=lambda _: None) == identity_crew.Drawn(0, 4, 0.0)


def test_another_set_in_the_folder(tmp_path: Path) -> None:
    dataset.begin(tmp_path, PLAN)
    other = dataset.Plan(12, 5, PLAN.template)
    with pytest.raises(UsageError, match="a data set with seed 11"):
        identity_crew.make(tmp_path, other, 5, jobs=1, advance=lambda _: None)
