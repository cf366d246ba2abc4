"""Writes the sample takes: `showcase.jsonl`, a tour through all 52 shapes, and `speech.jsonl`, a few spoken words.

Run `python -m assets.samples.make_takes` after a change. Both are composed here, from nothing but the tables below: a
score is a list of `Note`s, each a movement that eases in, holds and eases out; notes of the same channel overlap by
their maximum, head angles add up.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np

from assets import arkit, takes
from assets.face import FaceFrame, HeadPose
from assets.samples import SHOWCASE, SPEECH

FPS: Final = 30
ANGLES: Final[tuple[str, ...]] = ("yaw_deg", "pitch_deg", "roll_deg")


@dataclass(frozen=True)
class Note:
    """One movement: `peaks` (ARKit names 0..1, or `ANGLES`) from `start_s`, in `rise_s`, held, out in `fall_s`."""

    start_s: float
    peaks: Mapping[str, float]
    rise_s: float = 0.16
    hold_s: float = 0.12
    fall_s: float = 0.2

    @property
    def end_s(self) -> float:
        """When everything has eased out."""
        return self.start_s + self.rise_s + self.hold_s + self.fall_s

    def strength(self, time_s: float) -> float:
        """0..1 at a moment."""
        into, out_of = (time_s - self.start_s) / self.rise_s, (self.end_s - time_s) / self.fall_s
        level = float(np.clip(min(into, out_of), 0.0, 1.0))
        return level * level * (3.0 - 2.0 * level)


def pair(name: str, peak: float = 1.0) -> dict[str, float]:
    """The same movement on both sides."""
    return {name + "Left": peak, name + "Right": peak}


def gaze(left: float = 0.0, up: float = 0.0) -> dict[str, float]:
    """Both eyes toward the subject's own left (or right, negative) and up (or down, negative)."""
    sideways = ("eyeLookOutLeft", "eyeLookInRight") if left > 0.0 else ("eyeLookInLeft", "eyeLookOutRight")
    upright = ("eyeLookUpLeft", "eyeLookUpRight") if up > 0.0 else ("eyeLookDownLeft", "eyeLookDownRight")
    return {**dict.fromkeys(sideways, abs(left)), **dict.fromkeys(upright, abs(up))}


def blink(start_s: float, peak: float = 1.0) -> Note:
    """A natural blink: down in 80 ms, up in 150 ms."""
    return Note(start_s, pair("eyeBlink", peak), 0.08, 0.03, 0.15)


SMILE: Final = {**pair("mouthSmile", 0.75), **pair("cheekSquint", 0.4), **pair("eyeSquint", 0.25)}


def greeting() -> Iterator[Note]:
    """The first four seconds: look around, blink, look at you, smile, nod."""
    yield Note(0.25, {**gaze(left=0.6, up=0.15), "yaw_deg": 9, "roll_deg": 2}, 0.35, 0.35, 0.5)
    yield blink(1.05)
    yield Note(1.35, {"browInnerUp": 0.5, **pair("browOuterUp", 0.45)}, 0.2, 0.3, 0.5)
    yield Note(1.55, {**SMILE, "roll_deg": -5}, 0.45, 1.5, 0.6)
    yield Note(2.05, {"mouthUpperUpLeft": 0.3, "mouthUpperUpRight": 0.3, "jawOpen": 0.14}, 0.3, 0.6, 0.4)
    yield Note(2.45, {"pitch_deg": -9}, 0.18, 0.02, 0.22)
    yield Note(2.85, {"pitch_deg": -6}, 0.16, 0.02, 0.22)
    yield blink(3.2)


# What moves, one after another: (seconds until the next, movement).
TOUR: Final[tuple[tuple[float, Mapping[str, float]], ...]] = (
    # lids
    (0.36, {"eyeBlinkLeft": 1.0, "eyeSquintLeft": 0.3}), (0.42, {"eyeBlinkRight": 1.0, "eyeSquintRight": 0.3}),
    (0.42, pair("eyeWide")), (0.30, {"eyeSquintLeft": 1.0}), (0.40, {"eyeSquintRight": 1.0}),
    # gaze
    (0.34, gaze(left=0.9)), (0.34, gaze(left=-0.9)), (0.34, gaze(up=0.9)), (0.34, gaze(up=-0.9)),
    (0.44, {"eyeLookInLeft": 0.8, "eyeLookInRight": 0.8}),
    # brows
    (0.36, {"browInnerUp": 1.0}), (0.26, {"browOuterUpLeft": 1.0}), (0.36, {"browOuterUpRight": 1.0}),
    (0.26, {"browDownLeft": 1.0}), (0.40, {"browDownRight": 1.0}),
    # cheeks and nose
    (0.46, {"cheekPuff": 1.0}), (0.26, {"cheekSquintLeft": 1.0}), (0.34, {"cheekSquintRight": 1.0}),
    (0.26, {"noseSneerLeft": 1.0}), (0.40, {"noseSneerRight": 1.0}),
    # jaw
    (0.44, {"jawOpen": 0.9}), (0.36, {"jawLeft": 1.0}), (0.36, {"jawRight": 1.0}), (0.36, {"jawForward": 1.0}),
    (0.42, {"jawOpen": 0.5, "mouthClose": 0.5}),
    # lips together
    (0.40, {"mouthFunnel": 1.0, "jawOpen": 0.15}), (0.40, {"mouthPucker": 1.0}),
    (0.34, {"mouthLeft": 1.0}), (0.36, {"mouthRight": 1.0}),
    (0.28, {"mouthSmileLeft": 1.0}), (0.40, {"mouthSmileRight": 1.0}),
    (0.28, {"mouthFrownLeft": 1.0}), (0.40, {"mouthFrownRight": 1.0}),
    (0.26, {"mouthDimpleLeft": 1.0}), (0.36, {"mouthDimpleRight": 1.0}),
    (0.26, {"mouthStretchLeft": 1.0}), (0.36, {"mouthStretchRight": 1.0}),
    (0.36, {"mouthRollLower": 1.0}), (0.36, {"mouthRollUpper": 1.0}),
    (0.36, {"mouthShrugLower": 1.0}), (0.36, {"mouthShrugUpper": 1.0}),
    (0.26, {"mouthPressLeft": 1.0}), (0.36, {"mouthPressRight": 1.0}),
    (0.28, {"mouthLowerDownLeft": 1.0}), (0.36, {"mouthLowerDownRight": 1.0}),
    (0.28, {"mouthUpperUpLeft": 1.0}), (0.40, {"mouthUpperUpRight": 1.0}),
    (0.60, {"jawOpen": 0.5, "tongueOut": 1.0}),
)  # fmt: skip


def tour(start_s: float) -> Iterator[Note]:
    """All 52 shapes in turn."""
    for wait_s, peaks in TOUR:
        yield Note(start_s, peaks)
        start_s += wait_s


def turns(start_s: float) -> Iterator[Note]:
    """The head turns every way, the eyes stay with you; a smile to end."""
    yield Note(start_s, {"yaw_deg": 25, **gaze(left=-0.5)}, 0.4, 0.1, 0.4)
    yield Note(start_s + 0.8, {"yaw_deg": -25, **gaze(left=0.5)}, 0.4, 0.1, 0.4)
    yield blink(start_s + 1.5)
    yield Note(start_s + 1.6, {"pitch_deg": 15, **gaze(up=-0.4)}, 0.3, 0.08, 0.3)
    yield Note(start_s + 2.2, {"pitch_deg": -15, **gaze(up=0.4)}, 0.3, 0.08, 0.3)
    yield Note(start_s + 2.8, {"roll_deg": 15}, 0.3, 0.08, 0.3)
    yield Note(start_s + 3.4, {"roll_deg": -15, **SMILE}, 0.3, 0.08, 0.3)
    yield blink(start_s + 3.95)


# Mouth shapes of speech sounds: what the lips do, not phonetics (after the groups of the Oculus visemes).
VISEMES: Final[Mapping[str, Mapping[str, float]]] = {
    "rest": {},
    "MBP": {**pair("mouthPress", 0.35), "mouthRollLower": 0.2, "mouthRollUpper": 0.15},
    "FV": {"jawOpen": 0.06, "mouthRollLower": 0.55, **pair("mouthUpperUp", 0.2)},
    "TDNL": {"jawOpen": 0.14, **pair("mouthLowerDown", 0.15), **pair("mouthUpperUp", 0.1)},
    "KGH": {"jawOpen": 0.2, **pair("mouthStretch", 0.1)},
    "SZ": {"jawOpen": 0.05, **pair("mouthStretch", 0.25), **pair("mouthLowerDown", 0.25), **pair("mouthUpperUp", 0.12)},
    "CHSH": {"jawOpen": 0.08, "mouthFunnel": 0.5, "mouthPucker": 0.15},
    "R": {"jawOpen": 0.14, "mouthFunnel": 0.25, "mouthPucker": 0.2},
    "AA": {"jawOpen": 0.55, **pair("mouthLowerDown", 0.2), **pair("mouthUpperUp", 0.12)},
    "EH": {"jawOpen": 0.32, **pair("mouthStretch", 0.2), **pair("mouthSmile", 0.15), **pair("mouthLowerDown", 0.15)},
    "EE": {"jawOpen": 0.14, **pair("mouthSmile", 0.35), **pair("mouthStretch", 0.2), **pair("mouthUpperUp", 0.1)},
    "OH": {"jawOpen": 0.36, "mouthFunnel": 0.5, "mouthPucker": 0.2},
    "OO": {"jawOpen": 0.14, "mouthPucker": 0.7, "mouthFunnel": 0.2},
}
# "Hello! I'm so happy to meet you. Shall we make something beautiful?", each sound with its seconds.
WORDS: Final[tuple[tuple[str, float], ...]] = (
    ("rest", 0.35), ("KGH", 0.08), ("EH", 0.12), ("TDNL", 0.09), ("OH", 0.26), ("rest", 0.22),
    ("AA", 0.13), ("EE", 0.06), ("MBP", 0.10), ("SZ", 0.10), ("OH", 0.14),
    ("KGH", 0.07), ("AA", 0.15), ("MBP", 0.10), ("EE", 0.12), ("TDNL", 0.07), ("OO", 0.07),
    ("MBP", 0.10), ("EE", 0.14), ("TDNL", 0.07), ("OO", 0.26), ("rest", 0.55),
    ("CHSH", 0.10), ("AA", 0.12), ("TDNL", 0.07), ("OO", 0.06), ("EE", 0.10),
    ("MBP", 0.10), ("EH", 0.13), ("EE", 0.05), ("KGH", 0.08),
    ("SZ", 0.09), ("AA", 0.10), ("MBP", 0.09), ("FV", 0.08), ("EE", 0.07), ("TDNL", 0.08),
    ("MBP", 0.10), ("OO", 0.16), ("TDNL", 0.07), ("EH", 0.07), ("FV", 0.09), ("OO", 0.08), ("TDNL", 0.18),
    ("rest", 0.90),
)  # fmt: skip


def speech() -> Iterator[Note]:
    """The words, with the small movements that make them alive."""
    at_s = 0.0
    for sound, length_s in WORDS:
        # Neighbouring sounds overlap, as in real speech; closed lips keep to themselves.
        lead_s = 0.0 if sound == "MBP" else 0.03
        yield Note(max(at_s - lead_s, 0.0), VISEMES[sound], 0.07, max(length_s + 2 * lead_s - 0.14, 0.02), 0.07)
        at_s += length_s
    for start_s in (0.15, 2.75, 3.95, 5.55):
        yield blink(start_s)
    yield Note(0.3, {"browInnerUp": 0.5, **pair("browOuterUp", 0.5), **pair("eyeWide", 0.2)}, 0.15, 0.3, 0.4)
    yield Note(0.5, {"pitch_deg": -6, "roll_deg": 3}, 0.2, 0.1, 0.35)
    yield Note(1.2, {"yaw_deg": 6, "pitch_deg": 2}, 0.4, 0.6, 0.5)
    yield Note(1.75, {"pitch_deg": -5}, 0.15, 0.05, 0.25)
    yield Note(2.3, {**SMILE, "roll_deg": -4}, 0.35, 0.45, 0.5)
    yield Note(3.2, {**gaze(left=-0.5, up=0.3), "yaw_deg": -7}, 0.25, 0.5, 0.4)
    yield Note(3.3, pair("browOuterUp", 0.35), 0.2, 0.3, 0.4)
    yield Note(4.35, {"pitch_deg": -5, "yaw_deg": 3}, 0.18, 0.05, 0.3)
    yield Note(4.65, {"roll_deg": 4, **SMILE}, 0.5, 0.6, 0.5)


def sway(time_s: float, length_s: float) -> dict[str, float]:
    """The head is never quite still: slow waves in degrees that begin and end at rest."""
    fade = float(np.clip(min(time_s, length_s - time_s), 0.0, 1.0))
    waves = {"yaw_deg": (1.2, 0.31), "pitch_deg": (0.8, 0.43), "roll_deg": (0.9, 0.23)}
    turn = 2.0 * np.pi * time_s
    return {name: fade * size * float(np.sin(turn * rate_hz)) for name, (size, rate_hz) in waves.items()}


def played(notes: Iterable[Note], length_s: float) -> takes.Take:
    """The take of a score."""
    score = tuple(notes)
    frames = []
    for index in range(round(length_s * FPS)):
        time_s = index / FPS
        angles, shapes = sway(time_s, length_s), dict.fromkeys(arkit.NAMES, 0.0)
        for note in score:
            if strength := note.strength(time_s):
                for name, peak in note.peaks.items():
                    if name in angles:
                        angles[name] += strength * peak
                    else:
                        shapes[name] = max(shapes[name], strength * peak)
        head = HeadPose.from_degrees(**{name: round(angle, 2) for name, angle in angles.items()})
        frames.append(FaceFrame.from_mapping({n: round(w, 3) for n, w in shapes.items()}, head=head, time_s=time_s))
    return takes.Take(tuple(frames), FPS)


def showcase() -> takes.Take:
    """The greeting, the tour, the turns: about 24 seconds that begin and end at rest."""
    tour_start_s = 3.75
    turns_start_s = tour_start_s + sum(wait_s for wait_s, _ in TOUR)
    return played(chain(greeting(), tour(tour_start_s), turns(turns_start_s)), turns_start_s + 4.5)


def spoken() -> takes.Take:
    """The words: about six seconds."""
    return played(speech(), sum(length_s for _, length_s in WORDS))


if __name__ == "__main__":
    takes.save(showcase(), SHOWCASE)
    takes.save(spoken(), SPEECH)
