"""What is told of a recording without words, by a method whose answers are known."""

import numpy as np

from drivers.speech.features import Floats
from drivers.speech.training.evaluation import wordless
from drivers.speech.training.evaluation.methods import Heard
from drivers.speech.training.evaluation.probes import tube

SOUND = tube([("a", 0.5), ("", 0.5), ("a", 0.5)])


def ajar(samples: Floats) -> Heard:
    """Half open always, lips together for a moment twice."""
    hops = len(samples) // 160
    half, lips = np.full(hops, 0.5, np.float32), np.zeros(hops, np.float32)
    lips[10:14] = lips[120:124] = 0.9
    return Heard(half, 0 * half, 0 * half, lips, None)


def test_a_row_tells_how_the_mouth_moves_and_that_it_does_not_rest() -> None:
    row = wordless.rows({"tube": SOUND}, ajar).splitlines()[-1]
    name, seconds, opening, closures, rest = (cell.strip() for cell in row.strip("|").split("|"))
    assert (name, opening, rest) == ("tube", "0.50 (0.50)", "100.0 %")
    assert 0.8 < float(seconds) < 1.1
    assert closures == f"{2 / float(seconds):.1f}"


def test_without_a_pause_there_is_none_to_rest_in() -> None:
    assert wordless.rows({"a": tube([("a", 0.5)])}, ajar).splitlines()[-1].endswith("| – |")
