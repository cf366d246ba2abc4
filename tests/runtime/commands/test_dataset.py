"""runtime.commands.dataset: killed, gone on with, and the shipped network tried on what was drawn."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assets import identity
from generator.identity import dataset, network, sampling
from generator.identity.solve import Solver
from runtime import children

SEED, COUNT, SHARD = 90_210, 160, 20

KILLED = """
import os, signal, sys
from pathlib import Path
from generator.identity import dataset
from runtime.making import identity_crew

def advance(samples, total=[0]):
    total[0] += samples
    if total[0] > 60:
        os.kill(os.getpid(), signal.SIGKILL)

plan = dataset.Plan(int(sys.argv[2]), int(sys.argv[3]), dataset.template_hash())
identity_crew.make(Path(sys.argv[1]), plan, 160, jobs=2, advance=advance)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set whose making was killed."""
    path = tmp_path_factory.mktemp("identity") / "set"
    words = [sys.executable, "-P", "-c", KILLED, str(path), str(SEED), str(SHARD)]
    done = subprocess.run(words, env=children.environment(), capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_killed_set_is_gone_on_with(folder: Path, call: Callable) -> None:
    there = {path: path.read_bytes() for path in folder.glob("shard-*.npy")}
    assert 2 <= len(there) < COUNT // SHARD
    words = ("dataset", "identity", "-o", folder, "--count", COUNT, "--seed", SEED, "--shard", SHARD, "--jobs", 2)
    called = call(*words, "--json")
    assert (called.code, called.err) == (0, "")
    told = json.loads(called.out)
    assert told["drawn"] + told["kept"] == told["samples"] == COUNT
    assert told["kept"] >= SHARD * len(there)
    assert told["deviation_px"] < 0.02
    assert {path: path.read_bytes() for path in there} == there
    weights, dots = dataset.load(folder, identity.template())
    wanted = np.stack([sampling.weights(identity.template(), SEED, number) for number in range(COUNT)])
    np.testing.assert_array_equal(weights, wanted.astype(np.float32))
    np.testing.assert_allclose(dots, sampling.keypoints(identity.template(), wanted), atol=0.02)

    again = call(*words)
    assert (again.code, again.err) == (0, "")
    assert again.out.startswith(f"{folder}: {COUNT} samples, 0 of them drawn now")


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_the_shipped_network_reads_fresh_pictures(folder: Path) -> None:
    weights, dots = dataset.load(folder, identity.template())
    assert len(weights) == COUNT
    error = np.abs(network.shipped().weights(dots) - weights).mean(axis=0)
    assert error.mean() <= 0.3
    assert error.max() <= 0.3, "of any parameter"
    closed = np.abs(Solver.of(identity.template()).weights(dots) - weights).mean(axis=0)
    assert closed.max() < 0.01


def test_words_that_make_no_sense(call: Callable, tmp_path: Path) -> None:
    for words, reason in (
        (("--count", 0), "expected a whole number from 1"),
        (("--seed", -1), "--seed must not be negative, got -1"),
        (("-o", tmp_path / "no" / "where"), "the output's folder does not exist"),
    ):
        called = call("dataset", "identity", "-o", tmp_path / "set", *words)
        assert (called.code, called.out) == (2, "")
        assert reason in called.err
        assert called.err.count("\n") == 1
    assert not (tmp_path / "set").exists()
