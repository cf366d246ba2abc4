"""What happens to a surface, as plain data. Pixels count from the window's upper left corner."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Quit:
    """The window was asked to close."""


@dataclass(frozen=True, slots=True)
class Resized:
    """The window has a new size; the surface already knows it."""

    size_px: tuple[int, int]


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key went down. key: its name as SDL spells it, such as "escape", "f", "space"."""

    key: str


@dataclass(frozen=True, slots=True)
class Zoomed:
    """The mouse wheel was turned. steps: > 0 to come nearer; parts of one on fine wheels. at_px: where the mouse is."""

    steps: float
    at_px: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Dragged:
    """The mouse was moved with a button held: the left one, or in a window without a border, which the left one moves,
    any other. by_px: right and down since the last event."""

    by_px: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file was dropped on the window."""

    path: Path


Event = Quit | Resized | KeyPressed | Zoomed | Dragged | Dropped
