"""What a running show is made of, for those who act on it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runtime.app import Stage
from runtime.clock import Clock
from runtime.faces.shaping import Shaping
from runtime.loop import Loop
from runtime.outputs import Outputs
from runtime.settings.keeper import Keeper
from runtime.settings.values import Settings
from runtime.show import Show
from runtime.sources.cast import Cast


@dataclass(slots=True)
class Parts:
    """folder: where takes, recordings and pictures go. avatar: the file that is shown. say: one line for people at the
    terminal. end: asks the show to end."""

    show: Show
    stage: Stage
    loop: Loop
    cast: Cast
    shaping: Shaping
    outputs: Outputs
    keeper: Keeper
    clock: Clock
    folder: Path
    avatar: Path
    say: Callable[[str], None]
    end: Callable[[], None]

    @property
    def settings(self) -> Settings:
        """What counts now."""
        return self.keeper.now
