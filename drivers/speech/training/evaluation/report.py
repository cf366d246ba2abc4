"""All figures of docs/lipsync-model.md in one run:

    python -m drivers.speech.training.evaluation.report [--model FILE] [--speech FOLDER] [--films FOLDER] [--each]

--speech: recordings of people, with phone times or words; --films: sounds and takes of films (see `people`). Voices of
festival that aren't installed are left out.
"""

import argparse
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np

from drivers.speech import net
from drivers.speech.features import RATE_HZ, Floats
from drivers.speech.listener import Listener
from drivers.speech.training import texts
from drivers.speech.training.corpus import resample
from drivers.speech.training.espeak import Espeak
from drivers.speech.training.evaluation import methods, people, probes, scores, voices, wordless
from drivers.speech.training.evaluation.methods import Heard
from drivers.speech.training.evaluation.voices import Utterance
from drivers.speech.training.recorded import VOICES, festival, flite
from drivers.speech.training.targets import mouth_track

Hear = Callable[[Floats], Heard]

HEADER = (
    "| voices | method | 15 visemes | open r | lag ms | wide r | round r | p b m noticed |\n"
    "|---|---|--:|--:|--:|--:|--:|--:|\n"
)
OPEN = 0.15


def known_voices(per_voice: int, seed: int) -> list[Utterance]:
    """Sentences that the training hasn't heard, from the recorded voices that it has."""
    found = []
    for voice in VOICES:
        rng = np.random.default_rng((seed, *voice.name.encode()))
        lines = [texts.line("en", rng) for _ in range(per_voice)]
        if voice.program == "festival":
            said = festival(voice.name, lines)
        else:
            said = [flite(voice.name, line, pitch_hz=voice.pitch_hz) for line in lines]
        for samples, rate_hz, phones in said:
            found.append(Utterance("known", voice.name, resample(samples, rate_hz, RATE_HZ), tuple(phones)))
    return found


def formula_voices(per_voice: int, seed: int) -> list[Utterance]:
    """espeak-ng with two of its speakers that the training hasn't heard."""
    library, found = Espeak(), []
    for language in ("sv", "tr", "es", "en-us"):
        for variant in ("+f5", "+m7"):
            rng = np.random.default_rng((seed, *(language + variant).encode()))
            for _ in range(per_voice):
                said = library.speak(texts.line(language[:2], rng), language + variant)
                if said is not None:
                    samples = resample(said[0], library.rate_hz, RATE_HZ)
                    found.append(Utterance("espeak", language + variant, samples, tuple(said[1])))
    return found


def voice_scores(utterances: Sequence[Utterance], hear: Hear) -> dict[str, scores.Scores]:
    """Scores of each voice."""
    found = {}
    for voice in dict.fromkeys(utterance.voice for utterance in utterances):
        own = [utterance for utterance in utterances if utterance.voice == voice]
        heard = [hear(utterance.samples) for utterance in own]
        tracks = [mouth_track(u.phones, len(h.open), delay_s=0.0) for u, h in zip(own, heard, strict=True)]
        found[voice] = scores.score(*scores.joined(tracks, heard))
    return found


def rows(title: str, utterances: Sequence[Utterance], ways: dict[str, Hear], *, each: bool) -> str:
    """Lines of the table: means over the voices, and each voice of ours if asked for."""
    text = ""
    for name, hear in ways.items():
        found = voice_scores(utterances, hear)
        table = np.array([astuple(one) for one in found.values()])
        known = np.isfinite(table)
        mean = np.where(known, table, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        mean[~known.any(axis=0)] = np.nan
        text += _row(f"{title} ({len(found)})", name, mean)
        if each and name == "ours":
            text += "".join(_row(f"… {voice}", name, np.array(astuple(one))) for voice, one in found.items())
    return text


def _row(title: str, name: str, mean: Sequence[float] | np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    accuracy, opening, lag_s, wide, rounding, _, closures = (float(value) for value in mean)
    cells = [_cell(accuracy), _cell(opening), f"{1000 * lag_s:.0f}", _cell(wide), _cell(rounding), _cell(closures)]
    return f"| {title} | {name} | {' | '.join(cells)} |\n"


def _cell(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "–"


def film_rows(films: Sequence[people.Film], ways: dict[str, Hear]) -> str:
    """How well each method follows the lips of people on film, at the best lag within 0.4 s either way."""
    text = "| film | " + " | ".join(f"{name} r (lag ms)" for name in ways) + " |\n|---|" + "--:|" * len(ways) + "\n"
    for film in films:
        cells = []
        for hear in ways.values():
            heard = hear(film.samples)
            closed = np.where(np.isfinite(heard.close), heard.close, 0)
            r, lag = scores.best_lag(film.gap, heard.open * (1 - closed), range(-40, 41))
            cells.append(f"{r:.2f} ({10 * lag})")
        text += f"| {film.name} | " + " | ".join(cells) + " |\n"
    return text


def sound_rows(ways: dict[str, Hear]) -> str:
    """Share of hops that are more than 0.15 open while nobody speaks, from the first hop."""
    text = "| sound | " + " | ".join(ways) + " | ours, first 0.5 s |\n|---|" + "--:|" * (len(ways) + 1) + "\n"
    for name, sound in probes.non_speech().items():
        opened = [hear(sound).open > OPEN for hear in ways.values()]
        text += f"| {name} | " + " | ".join(f"{100 * one.mean():.1f}" for one in opened)
        text += f" | {100 * opened[-1][:50].mean():.1f} |\n"
    return text


def gain_rows(utterances: Sequence[Utterance], hear: Hear) -> str:
    """Mean opening during vowels, when speech peaks at -3 to -40 dB of full scale above a hiss of -75 dB."""
    rng = np.random.default_rng(5)
    text, found = "| peak dB | vowels open |\n|--:|--:|\n", []
    for peak_db in (-3, -12, -24, -36, -40):
        openings = []
        for utterance in utterances:
            level = 10 ** (peak_db / 20) / np.abs(utterance.samples).max()
            hiss = 10 ** (-75 / 20) * rng.standard_normal(len(utterance.samples))
            heard = hear((utterance.samples * level + hiss).astype(np.float32))
            track = mouth_track(utterance.phones, len(heard.open))
            openings.append(heard.open[track.visemes >= net.VISEMES.index("aa")])
        found.append(float(np.concatenate(openings).mean()))
        text += f"| {peak_db} | {found[-1]:.3f} |\n"
    return text + f"\nThe widest difference is {max(found) - min(found):.3f}.\n"


def cost(weights: net.Weights) -> str:
    """Time for one hop, and what ten minutes leave behind."""
    rng = np.random.default_rng(0)
    sound = (0.1 * rng.standard_normal(60 * RATE_HZ)).astype(np.float32)
    lines = []
    for hops in (1, 2, 4, 100):
        listener, size, times = Listener(weights), 160 * hops, []
        for start in range(0, 10 * RATE_HZ - size, size):
            before = time.thread_time()
            listener.moments(sound[start : start + size])
            times.append((time.thread_time() - before) / hops * 1e6)
        low, middle, high = np.percentile(times, (5, 50, 95))
        lines.append(f"{hops} hops at a time: median {middle:.0f} µs a hop (5 % {low:.0f}, 95 % {high:.0f})")
    listener = Listener(weights)
    tracemalloc.start()
    listener.push(sound)
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(10):
        listener.push(sound)
    lines.append(f"memory after ten more minutes: {tracemalloc.get_traced_memory()[0] - before:+d} bytes")
    tracemalloc.stop()
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes the tables to standard output as they come."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=net.WEIGHTS_FILE)
    parser.add_argument("--speech", type=Path)
    parser.add_argument("--films", type=Path)
    parser.add_argument("--each", action="store_true", help="a line for each voice, too")
    args = parser.parse_args(arguments)
    weights = net.load(args.model)
    profiles = methods.Profiles(known_voices(6, seed=11) + formula_voices(4, seed=11))
    ways: dict[str, Hear] = {
        "loudness": methods.loudness,
        "profiles": profiles.hear,
        "ours": lambda samples: methods.ours(samples, weights),
    }

    def tell(text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    tell(HEADER + rows("recorded, other sentences", known_voices(8, seed=12), ways, each=args.each).rstrip())
    tell(rows("espeak-ng, other speakers", formula_voices(5, seed=12), ways, each=args.each).rstrip())
    strangers = voices.strangers(10)
    tell(rows("strangers, other languages", strangers, ways, each=args.each).rstrip())
    if args.speech:
        tell(rows("people, phone times", people.with_phones(args.speech), ways, each=args.each).rstrip())
        for said in people.with_words(args.speech):
            tell(rows(said.voice, [said], ways, each=False).rstrip())
        tell("\n" + wordless.rows(people.all_of(args.speech), ways["ours"]))
    if args.films:
        tell(film_rows(people.films(args.films), ways))
    fixed = {"loudness": lambda samples: methods.loudness(samples, (-50.0, -20.0))}  # as a microphone would be set
    tell("\n" + sound_rows(ways | fixed))
    tell(gain_rows(strangers[::5], ways["ours"]))
    tell(cost(weights))


if __name__ == "__main__":
    main()
