"""The avatar of the sample portrait, made by `cartoonalive generate` while something else goes on."""

import importlib.util
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self

from assets import samples, weights
from assets.errors import CartoonAliveError
from runtime import children
from runtime.console import Console

COMMAND: Final = tuple(children.command("runtime", "generate"))
MAKING_S: Final = 16.0
"""Time limit where somebody waits for it; then the ready-made one serves."""
FETCHING_S: Final = 120.0
"""The limit where the model files must be fetched first (4 MB, or a wheel of 35 MB)."""
MAKING_PATIENT_S: Final = 300.0
"""The limit where nobody waits, or none is ready-made."""


class Maker:
    """Makes it in a process of its own: what draws never loads the trackers. A context manager: at its end nothing is
    being made any more."""

    def __init__(self, made: Path, models_dir: Path | None, console: Console) -> None:
        self.made, self._models_dir, self._console = made, models_dir, console
        self._child: subprocess.Popen[str] | None = None
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
            self._child.wait()

    def made_or_ready(self) -> Path:
        """The avatar that was made; where that can't be done, the ready-made one. Raises CartoonAliveError."""
        ready = samples.AVATAR.is_file()
        try:
            self.make(MAKING_S if ready else MAKING_PATIENT_S)
        except CartoonAliveError as error:
            if not ready:
                raise
            self._console.say(f"{error}; taking the ready-made sample avatar")
            return samples.AVATAR
        return self.made

    def make(self, limit_s: float) -> None:
        """Make it, which takes seconds. Raises CartoonAliveError, also when this takes too long."""
        if not models_here(self._models_dir):
            self._console.say("no model files here: fetching them, once (see: cartoonalive doctor)")
            limit_s = max(limit_s, FETCHING_S)
        self._console.say(f"making an avatar from {samples.PORTRAIT.name}")
        self._run(samples.PORTRAIT, limit_s)

    def _run(self, portrait: Path, limit_s: float) -> None:
        command = [*COMMAND, str(portrait), "-o", str(self.made), "--json"]
        command += ["--models", str(self._models_dir)] if self._models_dir else []
        pipe = subprocess.PIPE
        child = subprocess.Popen(
            command, stdout=pipe, stderr=pipe, text=True, env=children.environment(), **children.POLITE
        )
        self._child = child
        children.yields(child.pid, how_far=3)  # somebody waits to see it
        try:
            _, said = child.communicate(timeout=0.0 if self._ended else limit_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            raise CartoonAliveError(f"making the avatar took longer than {limit_s:g} s") from None
        if child.returncode != 0:
            words = said.strip().splitlines() or [f"it ended with code {child.returncode}"]
            raise CartoonAliveError(f"the avatar could not be made: {words[-1].removeprefix('cartoonalive: ')}")


def models_here(models_dir: Path | None) -> bool:
    """Whether nothing needs to be fetched."""

    def here(files: Iterable[weights.ModelFile]) -> bool:
        return all(weights.available(file, models_dir) for file in files)

    mediapipe = importlib.util.find_spec("mediapipe") is not None
    return here(weights.WHEEL_MODELS) or (mediapipe and here(weights.MODELS))
