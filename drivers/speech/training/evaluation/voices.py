"""Voices to be measured with and never to be trained on: festival's of other speakers, mostly of other languages.

They are programs of the system (Debian's festvox-* packages); a voice that isn't installed is left out. The sentences
are the first article of the Universal Declaration of Human Rights and made-up words like it.
"""

import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from drivers.speech.features import RATE_HZ, Floats
from drivers.speech.training import texts
from drivers.speech.training.corpus import resample
from drivers.speech.training.phones import SILENCE, from_ipa
from drivers.speech.training.recorded import read_wave
from drivers.speech.training.targets import Timed


@dataclass(frozen=True, slots=True)
class Utterance:
    """float32 samples at 16 kHz and the phones with their ends; group and voice say who speaks."""

    group: str
    voice: str
    samples: Floats
    phones: tuple[Timed, ...]


@dataclass(frozen=True, slots=True)
class Stranger:
    """A voice of festival: its name, language and the encoding of text that it reads."""

    name: str
    language: str
    encoding: str


STRANGERS: Final = (
    Stranger("pc_diphone", "it", "latin-1"),
    Stranger("lp_diphone", "it", "latin-1"),
    Stranger("hy_fi_mv_diphone", "fi", "latin-1"),
    Stranger("suo_fi_lj_diphone", "fi", "latin-1"),
    Stranger("czech_dita", "cs", "iso8859-2"),
    Stranger("czech_krb", "cs", "iso8859-2"),
    Stranger("czech_machac", "cs", "iso8859-2"),
    Stranger("czech_ph", "cs", "iso8859-2"),
    Stranger("msu_ru_nsh_clunits", "ru", "utf-8"),
    Stranger("upc_ca_ona_hts", "ca", "latin-1"),
    Stranger("hindi_NSK_diphone", "hi", "utf-8"),
    Stranger("marathi_NSK_diphone", "mr", "utf-8"),
    Stranger("telugu_NSK_diphone", "te", "utf-8"),
)

_INDIC: Final = {
    **{"a": "ə", "aa": "a", "ih": "ɪ", "iy": "i", "uh": "ʊ", "uw": "u", "eh": "e", "ey": "e", "oh": "o", "ow": "o"},
    **{"ay": "aɪ", "aw": "aʊ", "ao": "ɔ", "ae": "æ", "th": "t", "dh": "d", "sh": "ʃ", "ch": "ʃ", "j": "ʒ", "jh": "ʒ"},
    **{"y": "j", "ng": "ŋ", "ny": "ɲ", "nj": "ɲ", "r": "r", "rr": "r", "ru": "rʊ", "rx": "r"},
}
_PHONES: Final[Mapping[str, Mapping[str, str]]] = {
    "it": {"E": "ɛ", "O": "ɔ", "S": "ʃ", "Z": "ʒ", "ts": "s", "tS": "ʃ", "dz": "z", "dZ": "ʒ", "J": "ɲ", "ng": "ŋ",
           "nf": "ɱ", "L": "ʎ"},
    "fi": {"@": "æ", "7": "ø", "&": "ə", "S": "ʃ", "Z": "ʒ", "N": "ŋ", "L": "ʎ", "T": "θ", "D": "ð", "g": "ɡ"},
    "cs": {"c": "s", "c~": "ʃ", "ch": "x", "d~": "ɟ", "dz": "z", "dz~": "ʒ", "n*": "ŋ", "n~": "ɲ", "r~": "ʒ",
           "r~*": "ʃ", "s~": "ʃ", "t~": "c", "z~": "ʒ"},
    "ru": {"ii": "i", "yy": "ɨ", "y": "ɨ", "uu": "u", "ee": "e", "oo": "o", "aa": "a", "a": "ʌ", "ae": "ɪ", "ay": "ə",
           "ur": "ʊ", "e": "ɛ", "c": "s", "ch": "ʃ", "sh": "ʃ", "sch": "ʃ", "zh": "ʒ", "h": "x", "hh": "x"},
    "ca": {"ax": "ə", "a": "a", "E": "ɛ", "O": "ɔ", "J": "ɲ", "L": "ʎ", "rr": "r", "S": "ʃ", "Z": "ʒ"},
    "hi": _INDIC, "mr": _INDIC, "te": _INDIC,
}  # fmt: skip

_SEEDS: Final = texts.read(Path(__file__).with_name("texts.txt"))


def strangers(per_voice: int = 12, seed: int = 99) -> list[Utterance]:
    """`per_voice` utterances of each installed voice, about 4 s each."""
    found = []
    for stranger in STRANGERS:
        rng = np.random.default_rng((seed, *stranger.name.encode()))
        lines = [texts.line_of(_SEEDS[stranger.language], rng) for _ in range(per_voice)]
        found += [
            Utterance(stranger.language, stranger.name, samples, phones) for samples, phones in _say(stranger, lines)
        ]
    return found


def _say(stranger: Stranger, lines: list[str]) -> list[tuple[Floats, tuple[Timed, ...]]]:
    said = []
    with tempfile.TemporaryDirectory() as folder:
        for line in lines:  # one by one: a sentence that a voice can't say ends the program
            script = "\n".join((
                f"(voice_{stranger.name})",
                '(set! u (utt.synth (Utterance Text "{}")))'.format(line.replace('"', "")),
                f'(utt.save.wave u "{folder}/said.wav" \'riff)',
                f'(utt.save.segs u "{folder}/said.seg")',
            ))  # fmt: skip
            program, sound, segments = (Path(folder) / name for name in ("say.scm", "said.wav", "said.seg"))
            program.write_text(script, encoding=stranger.encoding, errors="replace")
            segments.unlink(missing_ok=True)
            try:
                subprocess.run(["festival", "-b", str(program)], capture_output=True, timeout=60, check=False)
            except (FileNotFoundError, subprocess.TimeoutExpired):
                continue
            if segments.is_file() and sound.is_file():
                samples, rate_hz = read_wave(sound)
                phones = phones_of(segments.read_text("latin-1"), stranger.language)
                said.append((resample(samples, rate_hz, RATE_HZ), phones))
    return said


def phones_of(text: str, language: str, /) -> tuple[Timed, ...]:
    """The phones in a segment file of festival, by the names that its voices of `language` use."""
    names = _PHONES[language]
    timed: list[Timed] = []
    start_s = 0.0
    for line in text.partition("#")[2].splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        end_s, name = float(fields[0]), fields[2]
        # Digits mark stress and a colon length; doubled consonants are long or soft ones.
        plain = name if name in names else name.rstrip("0123456789:")
        single = plain[:1] if len(plain) == 2 and plain[0] == plain[1] else plain
        ipa = names.get(plain) or names.get(single) or plain[:1].lower()
        phones = (SILENCE,) if name in ("pau", "#", "##", "_", "h#") else from_ipa(ipa)
        for number, phone in enumerate(phones, 1):
            timed.append(Timed(phone, start_s + (end_s - start_s) * number / len(phones)))
        start_s = end_s
    return tuple(timed)
