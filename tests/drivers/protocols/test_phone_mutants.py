"""Ten thousand datagrams gone wrong for every codec of phones and trackers; `tests/soak` has a million for each.

Facemotion3D and MeowFace are read by the codecs of iFacialMocap and VTube Studio, and get fewer here.
"""

import numpy as np
import pytest

from tests.soak.phone_samples import wrong
from tests.soak.phone_siege import READERS, besiege


@pytest.mark.parametrize("name", sorted(READERS))
def test_no_datagram_harms_a_reader(name: str, rng: np.random.Generator) -> None:
    count = 2_000 if name in ("facemotion3d", "meowface") else 10_000
    besieged = besiege(READERS[name](), *wrong(rng, name, count))
    assert besieged.faces > 100, "mutants that are all refused test only the refusal"
    assert besieged.refused > 20
