"""A million datagrams gone wrong for every phone and tracker: nothing raises, nothing takes long."""

import numpy as np
import pytest

from tests.soak.phone_samples import wrong
from tests.soak.phone_siege import READERS, besiege

COUNT = 1_000_000


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(READERS))
def test_a_million_datagrams(name: str, rng: np.random.Generator) -> None:
    besieged = besiege(READERS[name](), *wrong(rng, name, COUNT))
    assert besieged.faces + besieged.refused == COUNT
    assert besieged.slowest_s < 0.05
    assert besieged.total_s / COUNT < 0.0005
