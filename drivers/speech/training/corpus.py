"""The training speech: spoken, bent into other speakers and rooms, turned into bands and targets, kept in shards.

A shard is one .npz of some hundred utterances; it depends on nothing but its number and the seed, so an interrupted run
goes on where it stopped, and shards may be made in any order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from assets.files import atomic_write
from drivers.speech.features import RATE_HZ, Floats
from drivers.speech.spectrum import Spectrum
from drivers.speech.training import sounds, texts
from drivers.speech.training.espeak import Espeak
from drivers.speech.training.recorded import VOICES, Said, Voice, festival, flite, phone_string
from drivers.speech.training.targets import Timed, mouth_track

KINDS: Final = ("espeak", "recorded", "sounds", "music")
UTTERANCES: Final = {"espeak": 200, "recorded": 100, "sounds": 60, "music": 60}

VARIANTS: Final = (
    *("", "+m1", "+m2", "+m3", "+m4", "+m6", "+m8", "+f1", "+f2", "+f3", "+f4", "+klatt", "+klatt2", "+klatt3"),
    *("+klatt4", "+klatt5", "+klatt6", "+croak", "+grandma", "+grandpa", "+whisper", "+whisperf", "+adam", "+Alex"),
    *("+Alicia", "+Andrea", "+Andy", "+Annie", "+anika", "+antonio", "+aunty", "+belinda", "+benjamin", "+boris"),
    *("+caleb", "+david", "+Denis", "+Diogo", "+edward", "+Gene"),
    *("+Henrique", "+Hugo", "+iven", "+Jacky", "+john", "+kaukovalta", "+Lee"),
    *("+linda", "+Marco", "+Mario", "+max", "+Michael", "+Mike", "+norbert", "+pablo", "+paul", "+pedro", "+quincy"),
    *("+rob", "+robert", "+sandro", "+shelby", "+steph", "+steph2", "+travis", "+victor", "+zac"),
)
"""Speakers of espeak-ng; f5 and m7 are kept out, for measuring."""

_MORE_ENGLISH: Final = ("en-us", "en-gb-scotland")


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Many utterances one after another.

    bands float16 (hops, BANDS)   visemes uint8 (hops,)   shapes float16 (hops, 4)   ends int (utterances,)
    """

    bands: npt.NDArray[np.float16]
    visemes: npt.NDArray[np.uint8]
    shapes: npt.NDArray[np.float16]
    ends: npt.NDArray[np.int64]

    @property
    def seconds(self) -> float:
        """Length of the whole."""
        return len(self.bands) / 100.0


def shard_path(folder: Path, kind: str, number: int) -> Path:
    """Where a shard lies."""
    return folder / f"{kind}-{number:03d}.npz"


def make_shard(folder: Path, kind: str, number: int, seed: int) -> None:
    """Makes one shard unless it is there."""
    path = shard_path(folder, kind, number)
    if path.is_file():
        return
    rng = np.random.default_rng((seed, KINDS.index(kind), number))
    parts = [_labelled(samples, phones) for samples, phones in _MAKERS[kind](UTTERANCES[kind], rng)]
    bands, visemes, shapes = (np.concatenate(column) for column in zip(*parts, strict=True))
    ends = np.cumsum([len(part[0]) for part in parts])
    with atomic_write(path) as file:
        np.savez(file, bands=bands, visemes=visemes, shapes=shapes, ends=ends)


def load(folder: Path, kind: str, numbers: Sequence[int]) -> Corpus:
    """Shards as one."""
    columns: dict[str, list[npt.NDArray[np.float16]]] = {"bands": [], "visemes": [], "shapes": [], "ends": []}
    before = 0
    for number in numbers:
        with np.load(shard_path(folder, kind, number)) as shard:
            for name, column in columns.items():
                column.append(shard[name] + before if name == "ends" else shard[name])
        before += len(columns["bands"][-1])
    return Corpus(**{name: np.concatenate(column) for name, column in columns.items()})  # type: ignore[arg-type]


def resample(samples: Floats, from_hz: float, to_hz: float) -> Floats:
    """The whole signal at another rate, exactly band-limited (by its Fourier transform)."""
    count = max(round(len(samples) * to_hz / from_hz), 1)
    spectrum = np.fft.rfft(samples)
    sized = np.zeros(count // 2 + 1, np.complex128)
    kept = min(len(spectrum), len(sized))
    sized[:kept] = spectrum[:kept]
    return (np.fft.irfft(sized, count) * (count / len(samples))).astype(np.float32)


def _labelled(samples: Floats, phones: Sequence[Timed]) -> tuple[npt.NDArray[np.generic], ...]:
    bands = Spectrum().push(samples)
    track = mouth_track(phones, len(bands))
    return bands.astype(np.float16), track.visemes, track.shapes.astype(np.float16)


def _espeak(count: int, rng: np.random.Generator) -> Iterator[tuple[Floats, list[Timed]]]:
    library = Espeak()
    made = 0
    while made < count:
        language = str(rng.choice(texts.LANGUAGES if rng.random() < 0.85 else _MORE_ENGLISH))
        text = texts.line("en" if language in _MORE_ENGLISH else language, rng)
        said = library.speak(
            text,
            language + str(rng.choice(VARIANTS)),
            rate=int(rng.integers(60, 100) if rng.random() < 0.08 else rng.integers(115, 260)),
            pitch=int(rng.integers(10, 95)),
            pitch_range=int(rng.integers(10, 100)),
        )
        if said is None or len(said[0]) > 14 * library.rate_hz:
            continue
        made += 1
        yield _another_speaker((said[0], library.rate_hz, said[1]), float(np.exp(rng.uniform(-0.18, 0.18))), rng)


def _recorded(count: int, rng: np.random.Generator) -> Iterator[tuple[Floats, list[Timed]]]:
    for voice in VOICES:
        share = count // len(VOICES) + 1
        says = [phone_string(rng) if rng.random() < 0.5 else texts.line("en", rng) for _ in range(share)]
        for said in _say(voice, says, rng):
            # A low voice is raised more often than lowered: five men and a woman are to stand for everybody.
            middle = 0.06 if voice.pitch_hz < 130 else -0.04
            yield _another_speaker(said, float(np.exp(rng.normal(middle, 0.09))), rng)


def _say(voice: Voice, says: Sequence[str | list[str]], rng: np.random.Generator) -> Iterator[Said]:
    if voice.program == "festival":
        for start in range(0, len(says), 5):
            yield from festival(voice.name, says[start : start + 5], stretch=float(np.exp(rng.normal(0.05, 0.2))))
        return
    for text in says:
        stretch = float(np.exp(rng.normal(0.05, 0.2))) * (2.2 if rng.random() < 0.05 else 1.0)
        yield flite(voice.name, text, stretch=stretch, pitch_hz=voice.pitch_hz * float(np.exp(rng.normal(0.1, 0.25))))


def _another_speaker(said: Said, faster: float, rng: np.random.Generator) -> tuple[Floats, list[Timed]]:
    """Played `faster`, which shifts formants and pitch by as much; then a room around it, half of the time."""
    samples, rate_hz, phones = said
    sound = resample(samples, rate_hz * faster, RATE_HZ)
    if rng.random() < 0.5:
        sound = _in_a_room(sound, rng)
    sound = sound / max(float(np.abs(sound).max()), 1e-6) * np.float32(0.5)
    return sound, [Timed(timed.phone, timed.end_s / faster) for timed in phones]


def _in_a_room(sound: Floats, rng: np.random.Generator) -> Floats:
    """Reverberation: noise that dies away within 0.1 to 0.6 s behind the direct sound."""
    decay_s = rng.uniform(0.1, 0.6)
    t = np.arange(int(decay_s * RATE_HZ)) / RATE_HZ
    tail = rng.standard_normal(len(t)) * np.exp(-6.9 * t / decay_s)
    tail *= 10 ** rng.uniform(-1.0, 0.1) / np.sqrt(np.sum(tail**2))
    tail[: int(rng.uniform(0.001, 0.01) * RATE_HZ)] = 0
    tail[0] = 1.0
    size = len(sound) + len(tail)
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)
    return wet[: len(sound)].astype(np.float32)


def _sounds(count: int, rng: np.random.Generator) -> Iterator[tuple[Floats, list[Timed]]]:
    for _ in range(count):
        yield np.float32(0.5) * sounds.non_speech(6.0, rng), []


def _music(count: int, rng: np.random.Generator) -> Iterator[tuple[Floats, list[Timed]]]:
    for _ in range(count):
        yield np.float32(0.5) * sounds.melody_or_breath(6.0, rng), []


_MAKERS: Final = {"espeak": _espeak, "recorded": _recorded, "sounds": _sounds, "music": _music}
