"""One training from nothing to the file that ships, going on wherever an earlier call stopped."""

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from drivers.speech.training import corpus, export, fit

if TYPE_CHECKING:
    from drivers.speech.training import Console

MINUTES: Final = {"espeak": 11.5, "recorded": 4.9, "sounds": 6.0}
SHARES: Final = {"espeak": 0.62, "recorded": 0.245, "sounds": 0.135}
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
    console.say(f"speech: {spoken_s / 60:.0f} min, other sounds: {corpora['sounds'].seconds / 60:.0f} min")
    plan = fit.Plan(steps=steps, seed=seed)
    mean_b = fit.speech_mean_b(corpora["recorded"])
    with console.bar("fit") as advance:
        arrays = fit.fit(
            fit.Batches(corpora, plan, mean_b),
            plan,
            work / f"checkpoint-{_name(plan, shards)}.pt",
            lambda step, loss: advance(f"fit: step {step}, loss {loss:.3f}", step / steps),
        )
    facts = {
        "made_by": "cartoonalive train lipsync",
        "voices": "espeak-ng; flite rms, awb, slt; festival ked_diphone, kal_diphone, cmu_us_slt_arctic_hts",
        "speech_s": f"{spoken_s:.0f}",
        **{f"plan_{name}": str(value) for name, value in asdict(plan).items()},
    }
    size = export.write(out, arrays | {"mean_b": mean_b}, facts)
    return f"speech model, {size} bytes: {out}"


def _name(plan: fit.Plan, shards: dict[str, int]) -> str:
    """A checkpoint belongs to one plan over one corpus."""
    return hashlib.sha256(repr((plan, sorted(shards.items()))).encode()).hexdigest()[:12]
