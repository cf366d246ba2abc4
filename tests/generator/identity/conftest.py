"""For the identity tests: the sample avatar, with its identity among its facts."""

from dataclasses import replace

import pytest

from assets import samples, store
from assets.avatar import AvatarModel
from generator.identity import edit, predict


@pytest.fixture(scope="session")
def sample() -> AvatarModel:
    """The sample avatar."""
    model = store.load(samples.AVATAR)
    return replace(model, facts={**model.facts, "identity": {"weights": predict.named(edit.weights(model))}})
