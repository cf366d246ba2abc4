"""How late the lips are, and what to tell OBS.

A sound ahead of its picture is noticed from 45 ms and disturbs from 90 (ITU-R BT.1359-1), so a streamer delays the
sound by as much as the lips are late.
"""

from typing import Final

MODEL_S: Final = 0.04
"""`drivers.speech.listener.DELAY_S`: how long the net listens on before it decides."""
SMOOTHING_S: Final = 0.024
"""What the attack of the jaw costs, at the default smoothing."""
FILTER_S: Final = 0.010
"""What the show's own filter costs a moving jaw: 0.6 pictures at 60 a second, measured."""
SAMPLING_S: Final = 0.008
"""Half a picture at 60 a second: how old a mouth is on average when the picture is begun."""
SHOWING_S: Final = 0.016
"""One picture from drawing to the screen or the capture."""


def total_s(source_s: float, smoothing: float) -> float:
    """From the lips of the speaker to the screen, when the source's sound is `source_s` old as it comes."""
    return source_s + MODEL_S + SMOOTHING_S * smoothing + FILTER_S + SAMPLING_S + SHOWING_S


def advice(source_s: float, smoothing: float) -> str:
    """The number, and where to set it."""
    late_ms = round(1000.0 * total_s(source_s, smoothing))
    return f"lips about {late_ms} ms late, so in OBS set the microphone's Sync Offset to {late_ms} ms"
