"""Recordings of which the words aren't known: all that can be told is how the mouth moves, and that it rests."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from drivers.speech.features import Floats
from drivers.speech.listener import DELAY_S, HOP_S
from drivers.speech.spectrum import Spectrum
from drivers.speech.training.evaluation.methods import Heard

OPEN: Final = 0.15
CLOSED: Final = 0.4
SPEECH_B: Final = -2.0
PAUSE_B: Final = -3.5
_LATE: Final = round(DELAY_S / HOP_S)


def rows(recorded: Mapping[str, Floats], hear: Callable[[Floats], Heard]) -> str:
    """What can be said of recordings without their words: how the mouth moves in speech, and that it rests in pauses.

    Speech is within 20 dB of the level that is exceeded in 5 % of the hops; a pause is 35 dB below it, for 50 ms.
    """
    text = "| recording | speech, s | open in speech, mean (95 %) | closures a second | open in pauses |\n"
    text += "|---|--:|--:|--:|--:|\n"
    for name, samples in recorded.items():
        heard, (_, levels) = hear(samples), Spectrum().hear(samples)
        loud = levels - np.percentile(levels, 95)
        speech = np.roll(loud > SPEECH_B, _LATE)  # bel
        pause = np.roll(np.convolve(loud < PAUSE_B, np.ones(5), "same") > 4.5, _LATE)
        lips = (heard.close > CLOSED) & (heard.open > 0.0)
        closures = int((np.diff(lips.astype(int)) == 1).sum())
        opening = heard.open[speech]
        text += f"| {name} | {0.01 * speech.sum():.1f} | {opening.mean():.2f} ({np.percentile(opening, 95):.2f}) | "
        text += f"{closures / max(0.01 * speech.sum(), 0.1):.1f} | "
        text += f"{100 * (heard.open[pause] > OPEN).mean():.1f} % |\n" if pause.any() else "– |\n"
    return text
