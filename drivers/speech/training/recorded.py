"""flite and festival, run as programs: text or phones -> samples and the times of the phones. Only training needs them.

Voices made from recordings; only those listed in `VOICES` may shape the shipped weights. Their phones are those of
American English, so besides text they also read strings of phones that no English speaker would say.
"""

import re
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from assets.errors import UsageError
from drivers.speech.features import Floats
from drivers.speech.training.phones import from_arpabet
from drivers.speech.training.targets import Timed


@dataclass(frozen=True, slots=True)
class Voice:
    """program: "flite" or "festival". name: what the program calls it. pitch_hz: its own mean pitch."""

    program: str
    name: str
    pitch_hz: float


VOICES: Final = (
    Voice("flite", "rms", 95.0),
    Voice("flite", "awb", 120.0),
    Voice("flite", "slt", 170.0),
    Voice("festival", "ked_diphone", 105.0),
    Voice("festival", "cmu_us_slt_arctic_hts", 170.0),
    Voice("festival", "kal_diphone", 105.0),
)

_VOWELS: Final = ("aa", "ae", "ah", "ao", "ax", "eh", "er", "ey", "ih", "iy", "ow", "uh", "uw", "ay", "aw", "oy")
# a, e, i, o, u come more often: most languages live on these five.
_OFTEN: Final = ("aa", "aa", "eh", "eh", "ey", "iy", "iy", "ow", "ow", "uw", "uw")
_CONSONANTS: Final = (
    *("b", "ch", "d", "dh", "f", "g", "hh", "jh", "k", "l", "m", "n", "p", "r", "s", "sh", "t", "th", "v", "w", "y"),
    *("z", "b", "p", "m", "k", "t", "d", "n", "l", "r", "s", "m", "p", "v", "w"),
)

Said = tuple[Floats, int, list[Timed]]
"""float32 samples +-1, their rate in Hz, and the phones."""


def phone_string(rng: np.random.Generator, /) -> list[str]:
    """ARPABET phones without the sense or habits of English: mostly open syllables, a pause now and then."""
    phones = ["pau"]
    for _ in range(rng.integers(3, 8)):
        for _ in range(rng.integers(1, 5)):
            if rng.random() < 0.85:
                phones.append(str(rng.choice(_CONSONANTS)))
            phones.append(str(rng.choice(_OFTEN if rng.random() < 0.6 else _VOWELS)))
            if rng.random() < 0.3:
                phones.append(str(rng.choice(_CONSONANTS)))
        if rng.random() < 0.2:
            phones.append("pau")
    return phones if phones[-1] == "pau" else [*phones, "pau"]


def flite(voice: str, what: str | Sequence[str], *, stretch: float = 1.0, pitch_hz: float = 110.0) -> Said:
    """Text, or a sequence of phones, spoken by a voice of flite."""
    said = ["-t", what] if isinstance(what, str) else ["-p", " ".join(what)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        settings = ["--setf", f"duration_stretch={stretch:.3f}", "--setf", f"int_f0_target_mean={pitch_hz:.1f}"]
        printed = _run(["flite", "-voice", voice, "-psdur", *settings, *said, "-o", str(path)])
        samples, rate_hz = read_wave(path)
    timed = []
    start_s = 0.0
    for name, end in re.findall(r"(\S+):([\d.]+)", printed):
        timed += _spread(name, start_s, float(end))
        start_s = float(end)
    return samples, rate_hz, timed


def festival(voice: str, what: Sequence[str | Sequence[str]], *, stretch: float = 1.0) -> list[Said]:
    """Texts, or sequences of phones, spoken by a voice of festival in one run; what it can't say is left out."""
    with tempfile.TemporaryDirectory() as folder:
        script = [f"(voice_{voice})", f"(Parameter.set 'Duration_Stretch {stretch:.3f})"]
        for index, said in enumerate(what):
            if isinstance(said, str):
                utterance = '(Utterance Text "{}")'.format(said.replace("\\", "").replace('"', ""))
            else:
                utterance = f"(Utterance Phones ({' '.join(said)}))"
            script.append(f"(set! u (utt.synth {utterance}))")
            script.append(f'(utt.save.wave u "{folder}/{index}.wav" \'riff)')
            script.append(f'(utt.save.segs u "{folder}/{index}.seg")')
        program = Path(folder) / "say.scm"
        program.write_text("\n".join(script), encoding="latin-1", errors="replace")
        _run(["festival", "-b", str(program)])
        spoken = []
        for index in range(len(what)):
            sound, segments = Path(folder) / f"{index}.wav", Path(folder) / f"{index}.seg"
            if sound.is_file() and segments.is_file():
                spoken.append((*read_wave(sound), read_segments(segments.read_text("latin-1"))))
        return spoken


def read_segments(text: str, /) -> list[Timed]:
    """Phones from festival's segment files: lines of end time, colour, name after a line with a #."""
    timed: list[Timed] = []
    start_s = 0.0
    for line in text.partition("#")[2].splitlines():
        fields = line.split()
        if len(fields) >= 3:
            timed += _spread(fields[2], start_s, float(fields[0]))
            start_s = float(fields[0])
    return timed


def _spread(name: str, start_s: float, end_s: float) -> list[Timed]:
    phones = from_arpabet(name)
    return [Timed(p, start_s + (end_s - start_s) * n / len(phones)) for n, p in enumerate(phones, 1)]


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=120, check=False)
    except FileNotFoundError as error:
        raise UsageError(
            f"training needs {command[0]}, which is missing: "
            "apt install espeak-ng flite festival festvox-kallpc16k festvox-kdlpc16k festvox-us-slt-hts"
        ) from error
    return done.stdout


def read_wave(path: Path, /) -> tuple[Floats, int]:
    """float32 samples +-1 and the rate in Hz of a 16-bit mono file, as the programs write them."""
    with wave.open(str(path)) as file:
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return data.astype(np.float32) / np.float32(32768), file.getframerate()
