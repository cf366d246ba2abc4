"""Keys of the window: what they do is in the settings, and said in one list."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, Final

from runtime.faces.expressions import Preset
from runtime.settings.values import Keys

HELP: Final[Mapping[str, str]] = {
    "rest": "this is my face at rest",
    "transparent": "transparent background, and back",
    "background": "the next background",
    "mirror": "mirror on or off",
    "record": "start or stop recording",
    "snapshot": "keep the picture",
    "clear": "all expressions off",
    "fullscreen": "fill the screen, and back",
    "page": "open the control page",
    "help": "this list",
    "quit": "end the show",
}


def names(keys: str, /) -> tuple[str, ...]:
    """The keys in a setting, as SDL spells them."""
    return tuple(keys.lower().split())


def bound(
    keys: Keys, presets: Iterable[Preset], actions: Mapping[str, Callable[[], None]], trigger: Callable[[str], None]
) -> dict[str, Callable[[], None]]:
    """Key -> what pressing it does. What the settings say wins over an expression's own key."""
    made: dict[str, Callable[[], None]] = {}
    for preset in presets:
        if preset.key:
            made[preset.key.lower()] = _calls(trigger, preset.name)
    for field in fields(keys):
        if field.name in actions:
            made |= dict.fromkeys(names(getattr(keys, field.name)), actions[field.name])
    return made


def _calls(trigger: Callable[[str], None], name: str) -> Callable[[], None]:
    return lambda: trigger(name)


def told(keys: Keys, presets: Iterable[Preset]) -> list[dict[str, Any]]:
    """Every key, JSON-ready, in the order in which people look for them."""
    lines = [{"what": what, "keys": list(names(getattr(keys, what))), "help": HELP[what]} for what in HELP]
    lines += [
        {"what": f"expression {preset.name}", "keys": [preset.key], "help": preset.name}
        for preset in presets if preset.key
    ]  # fmt: skip
    return lines


def as_text(keys: Keys, presets: Iterable[Preset]) -> str:
    """For a terminal."""
    lines = ["keys in the avatar's window:"]
    for entry in told(keys, presets):
        if entry["keys"] and not entry["what"].startswith("expression "):
            lines.append(f"  {', '.join(entry['keys']):<12} {entry['help']}")
    shown = [f"{preset.key} {preset.name}" for preset in presets if preset.key]
    if shown:
        lines.append("  " + ", ".join(shown))
    return "\n".join(lines)
