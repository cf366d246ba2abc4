"""What the mouth does for each sound of speech: IPA and ARPABET symbols -> viseme and shape.

The shapes are a model of a mouth that speaks clearly, 0..1, after the articulatory descriptions of the IPA chart
(height, backness, rounding; place of articulation) and the visemes of lip-sync programs. `weight` says how much a sound
insists on each shape against its neighbours: an m on closed lips, an h on nothing (dominance functions, Cohen & Massaro
1993).
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from drivers.speech.net import VISEMES

Four = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Phone:
    """viseme: index into `net.VISEMES`. shape: open, wide, round, close. weight: how firmly, in the same order."""

    viseme: int
    shape: Four
    weight: Four


def _phone(viseme: str, shape: Four, weight: Four) -> Phone:
    return Phone(VISEMES.index(viseme), shape, weight)


def _vowel(viseme: str, opening: float, wide: float, rounding: float, *, firm: float = 1.0) -> Phone:
    return _phone(viseme, (opening, wide, rounding, 0.0), (firm, firm, firm, 1.0))


SILENCE: Final = _phone("sil", (0.0, 0.15, 0.0, 0.25), (0.7, 0.5, 0.5, 0.4))

_BILABIAL = _phone("PP", (0.0, 0.1, 0.1, 1.0), (3.0, 0.3, 0.3, 3.0))
_LABIODENTAL = _phone("FF", (0.12, 0.25, 0.0, 0.35), (1.5, 0.4, 0.5, 1.5))
_DENTAL = _phone("TH", (0.24, 0.3, 0.0, 0.0), (0.9, 0.4, 0.4, 1.0))
_ALVEOLAR = _phone("DD", (0.20, 0.35, 0.0, 0.0), (0.8, 0.3, 0.3, 1.0))
_VELAR = _phone("kk", (0.28, 0.3, 0.1, 0.0), (0.5, 0.2, 0.2, 1.0))
_POSTALVEOLAR = _phone("CH", (0.20, 0.1, 0.45, 0.0), (1.0, 0.7, 0.8, 1.0))
_SIBILANT = _phone("SS", (0.12, 0.45, 0.0, 0.0), (1.2, 0.6, 0.6, 1.0))
_NASAL = _phone("nn", (0.20, 0.3, 0.0, 0.0), (0.7, 0.25, 0.25, 1.0))
_RHOTIC = _phone("RR", (0.25, 0.1, 0.35, 0.0), (0.7, 0.5, 0.6, 1.0))
_GLOTTAL = _phone("kk", (0.40, 0.3, 0.1, 0.0), (0.15, 0.1, 0.1, 0.8))
_W = _phone("ou", (0.22, 0.0, 1.0, 0.0), (1.0, 1.0, 1.2, 1.0))
_Y = _phone("ih", (0.24, 0.9, 0.0, 0.0), (0.8, 0.8, 0.8, 1.0))

_IPA: Final[dict[str, Phone]] = {
    **dict.fromkeys("pbmʘɓ", _BILABIAL),
    **dict.fromkeys("fvɸβʋɱⱱ", _LABIODENTAL),
    **dict.fromkeys("θð", _DENTAL),
    **dict.fromkeys("tdʈɖɗǃǀɾɽ", _ALVEOLAR),
    **dict.fromkeys("kɡgqɢxɣχʁħʕcɟɠʛʄʡʢ", _VELAR),
    **dict.fromkeys("ʃʒʂʐɕʑɧ", _POSTALVEOLAR),
    **dict.fromkeys("szɬɮ", _SIBILANT),
    **dict.fromkeys("nŋɲɳɴlɭʎʟɫɺ", _NASAL),
    **dict.fromkeys("rɹɻʀɚɝ", _RHOTIC),
    **dict.fromkeys("hɦʔ", _GLOTTAL),
    **dict.fromkeys("wʍɰ", _W),
    **dict.fromkeys("jçʝ", _Y),
    "ɥ": _phone("ou", (0.24, 0.1, 0.8, 0.0), (0.8, 0.8, 1.0, 1.0)),
    **dict.fromkeys("aäɐ", _vowel("aa", 0.95, 0.35, 0.0)),
    **dict.fromkeys("ɑA", _vowel("aa", 1.0, 0.2, 0.05)),
    "ɒ": _vowel("oh", 0.85, 0.05, 0.45),
    "æ": _vowel("aa", 0.9, 0.6, 0.0),
    "ʌ": _vowel("aa", 0.75, 0.3, 0.05),
    "ə": _vowel("aa", 0.45, 0.3, 0.1, firm=0.5),
    "ɘ": _vowel("E", 0.42, 0.35, 0.05, firm=0.6),
    "ɜ": _vowel("E", 0.55, 0.3, 0.15, firm=0.8),
    "ɞ": _vowel("oh", 0.55, 0.15, 0.4),
    **dict.fromkeys("ɛε", _vowel("E", 0.65, 0.65, 0.0)),
    "e": _vowel("E", 0.5, 0.8, 0.0),
    "i": _vowel("ih", 0.28, 1.0, 0.0),
    "ɪ": _vowel("ih", 0.36, 0.8, 0.0, firm=0.9),
    "ɨ": _vowel("ih", 0.32, 0.55, 0.05, firm=0.8),
    "ɯ": _vowel("ih", 0.32, 0.45, 0.2, firm=0.8),
    "ɤ": _vowel("E", 0.5, 0.35, 0.1),
    "y": _vowel("ou", 0.26, 0.15, 0.85),
    "ʏ": _vowel("ou", 0.32, 0.15, 0.75),
    "ø": _vowel("oh", 0.42, 0.15, 0.7),
    "œ": _vowel("oh", 0.55, 0.15, 0.6),
    "ɶ": _vowel("oh", 0.8, 0.2, 0.4),
    "ɔ": _vowel("oh", 0.7, 0.0, 0.65),
    "o": _vowel("oh", 0.52, 0.0, 0.85),
    "ɵ": _vowel("oh", 0.45, 0.1, 0.55),
    "u": _vowel("ou", 0.3, 0.0, 1.0),
    "ʊ": _vowel("ou", 0.36, 0.0, 0.8),
    "ʉ": _vowel("ou", 0.3, 0.1, 0.8),
}

_ARPABET: Final[dict[str, str]] = {
    "aa": "ɑ", "ae": "æ", "ah": "ʌ", "ao": "ɔ", "aw": "aʊ", "ax": "ə", "ay": "aɪ", "axr": "ɚ", "b": "b", "ch": "ʃ",
    "d": "d", "dh": "ð", "dx": "ɾ", "eh": "ɛ", "el": "l", "em": "m", "en": "n", "er": "ɝ", "ey": "eɪ", "f": "f",
    "g": "ɡ", "hh": "h", "hv": "h", "ih": "ɪ", "ix": "ɨ", "iy": "i", "jh": "ʒ", "k": "k", "l": "l", "m": "m", "n": "n",
    "ng": "ŋ", "nx": "n", "ow": "oʊ", "oy": "ɔɪ", "p": "p", "r": "ɹ", "s": "s", "sh": "ʃ", "t": "t", "th": "θ",
    "uh": "ʊ", "uw": "u", "v": "v", "w": "w", "y": "j", "z": "z", "zh": "ʒ",
}  # fmt: skip

_SILENT: Final = frozenset({"", "pau", "sil", "h#", "#", "_", "<s>", "</s>", "+spn+", "+nsn+", "spn", "brth", "ssil"})

ARPABET_NAMES: Final = tuple(sorted(_ARPABET))


def from_arpabet(name: str, /) -> tuple[Phone, ...]:
    """One or two (diphthongs) phones of a name such as "AA1" or "oy"; silence for the names of pauses."""
    plain = name.strip().lower().rstrip("0123456789")
    if plain in _SILENT:
        return (SILENCE,)
    return tuple(_IPA[symbol] for symbol in _ARPABET[plain])


def from_ipa(name: str, /) -> tuple[Phone, ...]:
    """The phones in an IPA label such as "tʃ", "aɪ" or "oː"; () when it holds no sound that is known.

    Length, stress, tone and aspiration are passed over; an affricate sounds and looks as its second half does.
    """
    plain = unicodedata.normalize("NFD", name)
    found = [_IPA[symbol] for symbol in unicodedata.normalize("NFC", "".join(c for c in plain if c in _BASES))
             if symbol in _IPA]  # fmt: skip
    if len(found) == 2 and found[0] is _ALVEOLAR and found[1] in (_POSTALVEOLAR, _SIBILANT):
        return (found[1],)
    return tuple(found)


_BASES: Final = frozenset("".join(unicodedata.normalize("NFD", symbol) for symbol in _IPA)) - {"̈"} | {"̧"}
