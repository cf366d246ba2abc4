"""A million datagrams gone wrong for every phone and tracker: nothing raises, nothing hangs."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.soak.phone_samples import wrong
from tests.soak.phone_siege import READERS, besiege

COUNT = 1_000_000


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(READERS))
def test_a_million_datagrams(
    name: str, rng: np.random.Generator, record_property: Callable[[str, object], None]
) -> None:
    besieged = besiege(READERS[name](), *wrong(rng, name, COUNT))
    assert besieged.faces + besieged.refused == COUNT
    assert besieged.slowest_s < 1.0, "that is a hang"
    record_property("mean_us", round(1e6 * besieged.total_s / COUNT, 1))
    record_property("slowest_ms", round(1e3 * besieged.slowest_s, 1))
