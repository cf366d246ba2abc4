"""Ten thousand datagrams gone wrong for every phone and tracker; `tests/soak` has a million."""

import numpy as np
import pytest

from tests.soak.phone_samples import wrong
from tests.soak.phone_siege import READERS, besiege


@pytest.mark.parametrize("name", sorted(READERS))
def test_no_datagram_harms_a_reader(name: str, rng: np.random.Generator) -> None:
    besieged = besiege(READERS[name](), *wrong(rng, name, 10_000))
    assert besieged.faces > 100, "mutants that are all refused test only the refusal"
    assert besieged.refused > 100
