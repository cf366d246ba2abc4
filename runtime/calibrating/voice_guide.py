"""The round in which a microphone learns a voice: two seconds of silence, five vowels."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assets.errors import DriverError, UsageError
from drivers.speech import net, voice, voice_fit
from drivers.speech.resample import RATE_HZ, Resampler, Samples
from drivers.speech.sources import Source
from runtime.clock import Clock, RealClock
from runtime.console import Console, Outcome

if TYPE_CHECKING:
    from drivers.speech.voice_fit import Fitted

ASKED: Final[Mapping[str, str]] = {
    "": "be silent", "a": 'say "aaa", as in father', "i": 'say "eee", as in see', "u": 'say "ooo", as in soon',
    "e": 'say "ehh", as in bed', "o": 'say "ohh", as in law',
}  # fmt: skip
HOLD_S: Final = 2.0
PATIENCE_S: Final = 5.0
_STEP_S: Final = 0.02


def execute(args: argparse.Namespace, driver: Any, console: Console) -> Outcome:
    """`calibrate --driver microphone`: guide, fit, save; or show or forget what is kept."""
    from drivers import microphone

    if args.show or args.forget:
        return _kept(voice.path_of("").parent, forget=args.forget)
    if args.rest_only:
        raise UsageError("--rest-only is for faces; a voice is learnt in one round")
    if driver.options.file is not None:
        raise UsageError("a voice is learnt from a microphone, not from a file")
    clock = RealClock()
    source = microphone.source_of(driver.options)
    source.start(clock.now_s())
    try:
        sounds = record(source, clock, console.say, ready_s=args.ready)
        device = source.device
    finally:
        source.stop()
    return learnt(sounds, device, console)


def learnt(sounds: Mapping[str, Samples], device: str, console: Console) -> Outcome:
    """Fits the voice and keeps it where it helps. Raises DriverError for a vowel that can't be used."""
    title = "learning your voice"
    try:
        with console.bar(title) as advance:
            fitted = voice_fit.fit(sounds, net.shipped(), progress=lambda share: advance(title, share))
    except voice_fit.TooQuietError as error:
        raise DriverError(f"{error}; nearer to the microphone, and try again") from error
    path = voice.path_of(device)
    if fitted.helps:
        voice.save(fitted.voice, path)
    before, after = (f"{100.0 * share:.0f} %" for share in fitted.right)
    data = {"device": device, "file": str(path) if fitted.helps else None, "kept": fitted.helps,
            "right": [round(share, 3) for share in fitted.right]}  # fmt: skip
    return Outcome(_verdict(fitted, device, before, after, path), data)


def _verdict(fitted: "Fitted", device: str, before: str, after: str, path: Path) -> str:
    if not fitted.helps:
        return f"{device}: your voice is understood as well without ({before} of your vowels); nothing is kept"
    return f"{device}: {after} of your vowels told right, {before} before\nkept for run: {path}"


def _kept(folder: Path, *, forget: bool) -> Outcome:
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    if forget:
        for path in files:
            path.unlink(missing_ok=True)
        text = f"forgotten: {', '.join(path.stem for path in files)}" if files else "nothing was kept"
        return Outcome(f"microphone: {text}", {"source": "microphone", "removed": bool(files)})
    lines = [f"microphone: no voice is kept in {folder}"]
    if files:
        lines = [f"{path.stem}: stretch {kept.stretch:+.2f}" for path in files if (kept := voice.load(path))]
    return Outcome("\n".join(lines), {"source": "microphone", "files": [str(path) for path in files]})


def record(
    source: Source, clock: Clock, say: Callable[[str], None], *, ready_s: float, hold_s: float = HOLD_S
) -> dict[str, Samples]:
    """What was said at each of `ASKED`, float32 at 16 kHz. Raises DriverError when the source stays silent."""
    _first(source, clock)
    heard = {}
    for name, words in ASKED.items():
        say(f"{words} ... in {ready_s:g} s")
        _listened(source, clock, ready_s)
        say("now")
        heard[name] = _listened(source, clock, hold_s)
        if len(heard[name]) < 0.5 * hold_s * RATE_HZ:
            raise DriverError(f"the microphone fell silent: {source.status()}")
    return heard


def _first(source: Source, clock: Clock) -> None:
    until_s = clock.now_s() + PATIENCE_S
    while source.read(clock.now_s()) is None:
        if clock.now_s() > until_s:
            raise DriverError(f"no sound arrives: {source.status()}")
        clock.wait_until(clock.now_s() + _STEP_S)


def _listened(source: Source, clock: Clock, seconds: float) -> Samples:
    until_s = clock.now_s() + seconds
    resampler: Resampler | None = None
    parts = [np.zeros(0, np.float32)]
    while clock.now_s() < until_s:
        clock.wait_until(clock.now_s() + _STEP_S)
        block = source.read(clock.now_s())
        if block is not None:
            if resampler is None or resampler.rate_hz != block.rate_hz:
                resampler = Resampler(block.rate_hz)
            parts.append(resampler.push(block.samples))
    return np.concatenate(parts)
