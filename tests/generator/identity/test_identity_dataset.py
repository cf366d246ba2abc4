"""generator.identity.dataset"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assets import identity
from assets.errors import UsageError
from generator.identity import dataset

PLAN = dataset.Plan(5, 4, dataset.template_hash())


def write(folder: Path, number: int, samples: int) -> np.ndarray:
    rows = np.random.default_rng(number).uniform(-1.0, 1.0, (samples, 21 + 124)).astype(np.float32)
    dataset.write_shard(folder, number, rows[:, :21], rows[:, 21:].reshape(samples, 62, 2))
    return rows


def test_only_the_last_shard_is_short() -> None:
    assert PLAN.shards(10) == [(0, 4), (1, 4), (2, 2)]
    assert PLAN.shards(8) == [(0, 4), (1, 4)]


def test_what_was_written_is_loaded_in_order(tmp_path: Path) -> None:
    dataset.begin(tmp_path / "set", PLAN)
    later, first = write(tmp_path / "set", 1, 3), write(tmp_path / "set", 0, 4)
    weights, dots = dataset.load(tmp_path / "set", identity.template())
    rows = np.concatenate([first, later])
    np.testing.assert_array_equal(weights, rows[:, :21])
    np.testing.assert_array_equal(dots, rows[:, 21:].reshape(-1, 62, 2))


def test_missing_and_short_shards_are_wanted_again(tmp_path: Path) -> None:
    dataset.begin(tmp_path, PLAN)
    write(tmp_path, 0, 4)
    write(tmp_path, 2, 1)
    dataset.shard_path(tmp_path, 3).write_bytes(b"cut off")
    assert dataset.missing(tmp_path, PLAN, 14) == [(1, 4), (2, 4), (3, 2)]
    assert dataset.missing(tmp_path, PLAN, 4) == []


def test_a_folder_keeps_to_its_plan(tmp_path: Path) -> None:
    dataset.begin(tmp_path / "set", PLAN)
    dataset.begin(tmp_path / "set", PLAN)
    assert dataset.describe(tmp_path / "set") == PLAN
    for other, words in (
        (replace(PLAN, seed=6), "a data set with seed 5"),
        (replace(PLAN, shard_samples=9), "with shard_samples 4"),
        (replace(PLAN, template="x"), "with another template"),
    ):
        with pytest.raises(UsageError, match=words):
            dataset.begin(tmp_path / "set", other)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="expected an empty folder or a data set"):
        dataset.begin(tmp_path / "full", PLAN)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Expecting value"),
        ('{"format": "another", "version": 1}', "expected cartoonalive-identity 1, got another 1"),
        ('{"format": "cartoonalive-identity", "version": 1, "seed": 1}', "shard_samples is missing"),
        ("[]", "list indices"),
    ],
)
def test_a_description_of_unknown_origin(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / dataset.DESCRIPTION).write_text(text)
    with pytest.raises(UsageError, match=words):
        dataset.describe(tmp_path)


def test_shards_of_unknown_origin(tmp_path: Path) -> None:
    template = identity.template()
    with pytest.raises(UsageError, match="does not exist"):
        dataset.load(tmp_path, template)
    dataset.begin(tmp_path, PLAN)
    with pytest.raises(UsageError, match="the data set is empty"):
        dataset.load(tmp_path, template)
    np.save(dataset.shard_path(tmp_path, 0), np.zeros((2, 3), np.float32))
    with pytest.raises(UsageError, match=r"expected finite float32 \(n, 145\), got float32 \(2, 3\)"):
        dataset.load(tmp_path, template)
    np.save(dataset.shard_path(tmp_path, 0), np.array([{}]), allow_pickle=True)
    with pytest.raises(UsageError, match="a shard can't be read"):
        dataset.load(tmp_path, template)
