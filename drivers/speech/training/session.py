"""One training from nothing to the file that ships, going on wherever an earlier call stopped."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from drivers.speech.features import Floats
from drivers.speech.training import batches, corpus, export, fit

if TYPE_CHECKING:
    from drivers.speech.training import Console

Advance = Callable[[str, float], None]

MINUTES: Final = {"espeak": 11.5, "recorded": 4.9, "sounds": 6.0, "music": 6.0}
SHARES: Final = {"espeak": 0.59, "recorded": 0.233, "sounds": 0.128, "music": 0.049}
"""Minutes of one shard of a kind, and the kind's share of all minutes."""


def train(work: Path, out: Path, *, steps: int, minutes: int, seed: int, console: "Console") -> str:
    """Speech, fit, file; gives a line for people."""
    speech = work / f"speech-{seed}"
    speech.mkdir(parents=True, exist_ok=True)
    shards = {kind: max(round(minutes * SHARES[kind] / MINUTES[kind]), 1) for kind in corpus.KINDS}
    with console.bar("speech") as advance:
        wanted = [(kind, number) for kind in corpus.KINDS for number in range(shards[kind])]
        for done, (kind, number) in enumerate(wanted):
            advance(f"speech: {kind} {number + 1} of {shards[kind]}", done / len(wanted))
            corpus.make_shard(speech, kind, number, seed)
    corpora = {kind: corpus.load(speech, kind, range(shards[kind])) for kind in corpus.KINDS}
    spoken_s = corpora["espeak"].seconds + corpora["recorded"].seconds
    other_s = corpora["sounds"].seconds + corpora["music"].seconds
    console.say(f"speech: {spoken_s / 60:.0f} min, other sounds: {other_s / 60:.0f} min")
    mean_b = batches.speech_mean_b(corpora["recorded"])
    plan = batches.Plan(steps=steps, seed=seed)
    # Second, with vowels drawn out as in singing, and more weight on what doesn't speak.
    second = replace(
        plan,
        steps=max(steps // 3, 1),
        rate=plan.rate / 2,
        speech=0.74,
        held=0.35,
        calm=2.0,
        music=0.35,
        cold=0.5,
        seed=seed + 1000,
    )
    start: Path | None = None
    arrays: dict[str, Floats] = {}
    for part, title in ((plan, "fit"), (second, "second fit")):
        checkpoint = work / f"checkpoint-{_name(part, shards)}.pt"
        with console.bar(title) as advance:

            def report(
                step: int, loss: float, part: batches.Plan = part, title: str = title, bar: Advance = advance
            ) -> None:
                bar(f"{title}: step {step}, loss {loss:.3f}", step / part.steps)

            arrays = fit.fit(batches.Batches(corpora, part, mean_b), part, checkpoint, report, start=start)
        start = checkpoint
    arrays = fit.balanced(arrays, plan, corpora["espeak"], corpora["recorded"])
    facts = {
        "made_by": "cartoonalive train lipsync",
        "voices": "espeak-ng; flite rms, awb, slt; festival ked_diphone, kal_diphone, cmu_us_slt_arctic_hts",
        "speech_s": f"{spoken_s:.0f}",
        **{f"plan_{name}": str(value) for name, value in asdict(plan).items()},
        **{
            f"second_{name}": str(getattr(second, name))
            for name in ("steps", "rate", "speech", "held", "calm", "music", "cold")
        },
    }
    size = export.write(out, arrays | {"mean_b": mean_b}, facts)
    return f"speech model, {size} bytes: {out}"


def _name(plan: batches.Plan, shards: dict[str, int]) -> str:
    """A checkpoint belongs to one plan over one corpus."""
    return hashlib.sha256(repr((plan, sorted(shards.items()))).encode()).hexdigest()[:12]
