"""A training from shards that are there to the file that ships, and what it refuses."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from assets.errors import UsageError
from drivers.speech import net, training
from drivers.speech.features import BANDS
from drivers.speech.listener import Listener
from drivers.speech.training import corpus, session


class Notes:
    """Keeps what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str, /) -> None:
        self.lines.append(line)

    @contextmanager
    def bar(self, title: str) -> Iterator[Callable[[str, float], None]]:
        yield lambda what, done: self.lines.append(f"{what} {done:.2f}")


def fill(speech: Path) -> None:
    """One shard of each kind, of noise: the speech is there already, so nothing is synthesised."""
    speech.mkdir()
    rng = np.random.default_rng(0)
    for kind in corpus.KINDS:
        np.savez(
            corpus.shard_path(speech, kind, 0),
            bands=rng.normal(-4, 1, (1200, BANDS)).astype(np.float16),
            visemes=rng.integers(0, 15, 1200).astype(np.uint8),
            shapes=rng.random((1200, 4)).astype(np.float16),
            ends=np.array([600, 1200]),
        )


def test_shards_become_a_model_that_listens(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    fill(tmp_path / "speech-5")
    notes, out = Notes(), tmp_path / "model.safetensors"
    said = session.train(tmp_path, out, steps=2, minutes=1, seed=5, console=notes)
    assert said == f"speech model, {out.stat().st_size} bytes: {out}"
    assert "speech: 0 min, other sounds: 0 min" in notes.lines
    assert any(line.startswith("fit: step 2, loss") and line.endswith("1.00") for line in notes.lines)
    assert any(line.startswith("second fit: step 1, loss") for line in notes.lines)
    weights = net.load(out)
    assert weights.facts["plan_seed"] == "5"
    assert weights.facts["plan_steps"] == "2"
    assert len(Listener(weights).push(np.zeros(1600))) == 10
    again = tmp_path / "again.safetensors"
    session.train(tmp_path, again, steps=2, minutes=1, seed=5, console=Notes())
    assert again.read_bytes() == out.read_bytes(), "the checkpoint has it all"


@pytest.mark.parametrize(("steps", "minutes"), [(0, 300), (10, 0)])
def test_nothing_to_do_is_refused(steps: int, minutes: int, tmp_path: Path) -> None:
    args = argparse.Namespace(work=tmp_path, out=tmp_path / "x", steps=steps, minutes=minutes, seed=1)
    with pytest.raises(UsageError, match=f"should be 1 or more, got {steps} and {minutes}"):
        training.run(args, Notes())
