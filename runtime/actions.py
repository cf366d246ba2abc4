"""Everything that can be asked of a running show, by its page, its keys, its plugins: names, parameters, one check.

An action is data. What it does is up to whoever takes it (`runtime.show.Show.handle`); this module only knows what may
be said, so that a wrong word is answered in one line before it reaches the thread that draws.
"""

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

from assets import arkit
from assets.errors import UsageError
from assets.face import HEAD

Kind = Literal["text", "number", "switch", "numbers", "names", "options"]
"""numbers: name -> number. names: a list of texts. options: name -> anything."""

REGIONS: Final = (*arkit.REGIONS, HEAD)
MAX_TEXT: Final = 4096
MAX_ENTRIES: Final = 256
_SPOKEN: Final[Mapping[Kind, str]] = {
    "text": "a text", "number": "a number", "switch": "true or false", "numbers": "numbers by name",
    "names": "a list of names", "options": "options by name",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of an action.

    low, high: bounds of a number, and of each number of a mapping. choices: the only texts; for "numbers" the only
    names. needed: must be there. nullable: may be null, which says "no matter" or "the other way round".
    """

    help: str
    kind: Kind
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    needed: bool = True
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """name: such as `view.mirror`. help: one line. parameters: by name."""

    name: str
    help: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For whoever lists the actions."""
        return {
            "help": self.help,
            "parameters": {
                name: {"help": part.help, "kind": part.kind, "needed": part.needed}
                | ({"low": part.low} if math.isfinite(part.low) else {})
                | ({"high": part.high} if math.isfinite(part.high) else {})
                | ({"choices": list(part.choices)} if part.choices else {})
                for name, part in self.parameters.items()
            },
        }


def nearest(word: str, known: Iterable[str], /) -> str:
    """`; did you mean X?` for the nearest known word, else the known words themselves."""
    names = list(known)
    found = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    if found:
        return f"; did you mean {found[0]!r}?"
    return f"; there {'is' if len(names) == 1 else 'are'}: {', '.join(names)}" if names else ""


def check(name: str, values: Mapping[str, Any] | None, /) -> dict[str, Any]:
    """The values of an action, checked; numbers become float. Raises UsageError, in one line."""
    action = ACTIONS.get(name)
    if action is None:
        raise UsageError(f"there is no action {_shown(name)}{nearest(str(name)[:64], ACTIONS)}")
    given = {} if values is None else values
    if not isinstance(given, Mapping):
        raise UsageError(f"{name}: expected values by name, got {_shown(given)}")
    for key in given:
        if key not in action.parameters:
            raise UsageError(f"{name}: there is no value {_shown(key)}{nearest(str(key)[:64], action.parameters)}")
    for key, parameter in action.parameters.items():
        if parameter.needed and key not in given:
            raise UsageError(f"{name}: {key} is missing: {parameter.help}")
    return {key: checked(f"{name}: {key}", action.parameters[key], value) for key, value in given.items()}


def checked(what: str, parameter: Parameter, value: Any) -> Any:
    if value is None and parameter.nullable:
        return None
    match parameter.kind:
        case "switch" if isinstance(value, bool):
            return value
        case "number" if _is_number(value):
            return _bounded(what, parameter, value)
        case "text" if isinstance(value, str) and len(value) <= MAX_TEXT and "\0" not in value:
            if parameter.choices and value not in parameter.choices:
                raise UsageError(f"{what}: there is no {_shown(value)}{nearest(value[:64], parameter.choices)}")
            return value
        case "numbers" if isinstance(value, Mapping) and len(value) <= MAX_ENTRIES:
            return _numbers(what, parameter, value)
        case "names" if _is_names(value):
            return list(value)
        case "options" if isinstance(value, Mapping) and len(value) <= MAX_ENTRIES:
            return {str(key): entry for key, entry in value.items() if entry is not None}  # null: not given
    raise UsageError(f"{what}: expected {_SPOKEN[parameter.kind]}, got {_shown(value)}")


def _numbers(what: str, parameter: Parameter, value: Mapping[Any, Any]) -> dict[str, float]:
    made = {}
    for name, number in value.items():
        if parameter.choices and name not in parameter.choices:
            raise UsageError(f"{what}: there is no {_shown(name)}{nearest(str(name)[:64], parameter.choices)}")
        if not _is_number(number):
            raise UsageError(f"{what}: {name}: expected a number, got {_shown(number)}")
        made[str(name)] = _bounded(f"{what}: {name}", parameter, number)
    return made


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def _is_names(value: Any) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str | bytes)
        and len(value) <= MAX_ENTRIES
        and all(isinstance(name, str) and len(name) <= MAX_TEXT for name in value)
    )


def _bounded(what: str, parameter: Parameter, value: float) -> float:
    if not parameter.low <= value <= parameter.high:
        raise UsageError(f"{what} must be in {parameter.low:g}..{parameter.high:g}, got {value:g}")
    return float(value)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _number(told: str, low: float, high: float, *, needed: bool = False, nullable: bool = False) -> Parameter:
    return Parameter(told, "number", low, high, needed=needed, nullable=nullable)


def _text(told: str, *choices: str, needed: bool = True, nullable: bool = False) -> Parameter:
    return Parameter(told, "text", choices=choices, needed=needed, nullable=nullable)


_ON: Final = Parameter("whether it is on", "switch")
_OPTIONS: Final = Parameter("its options by name", "options", needed=False)
_REGION: Final = _text("a region of the face, or all", "all", *REGIONS)
_SHAPES: Final = Parameter("ARKit name -> 0..1", "numbers", 0.0, 1.0, choices=arkit.NAMES)
_FACTOR_MOST: Final = 3.0

_ALL: Final = (
    Action("view.background", "what stands behind the avatar",
           {"value": _text('"transparent", a colour such as "#e0e0e0", or the path of a picture')}),
    Action("view.mirror", "act as a mirror: your left is the picture's left", {"on": _ON}),
    Action("view.place", "how large the avatar is and where it stands", {
        "zoom": _number("1 fills the picture", 0.25, 4.0),
        "x": _number("to the right, in widths of the picture", -1.0, 1.0),
        "y": _number("downward, in heights of the picture", -1.0, 1.0),
    }),
    Action("view.on_top", "keep the window above all others", {"on": _ON}),
    Action("view.borderless", "a window without frame and title", {"on": _ON}),
    Action("view.alpha", "how transparency lies in the window, for programs that capture it",
           {"value": _text("what the system expects, or one of both", "natural", "straight", "premultiplied")}),
    Action("view.fullscreen", "the window fills the screen", {"on": Parameter("null: the other way round", "switch",
                                                                              needed=False, nullable=True)}),
    Action("source.add", "start a source of faces; one that runs already starts anew with these options", {
        "driver": _text("its name, such as webcam"),
        "options": _OPTIONS,
    }),
    Action("source.remove", "stop a source", {"name": _text("its name")}),
    Action("source.order", "who has priority, first to last; who isn't named comes after",
           {"region": _REGION, "names": Parameter("sources, first to last", "names")}),
    Action("source.smooth", "how calm a region is",
           {"region": _REGION, "value": _number("0.1 is lively, 10 is calm", 0.1, 10.0, needed=True)}),
    Action("source.rest", "this is my face at rest"),
    Action("source.sides", "check left and right, step by step",
           {"step": _text("what to do", "start", "left", "right", "finish", "cancel", needed=False)}),
    Action("source.devices", "cameras, microphones and the addresses of this computer"),
    Action("shape.curve", "how one shape is read: what counts as nothing, what as all, and how it bends between", {
        "name": _text("an ARKit shape", *arkit.NAMES),
        "low": _number("this and less is nothing", 0.0, 1.0),
        "high": _number("this and more is all", 0.01, 2.0),
        "power": _number("1 is straight, 2 is late, 0.5 is early", 0.2, 5.0),
        "on": Parameter("off: the shape stays at rest", "switch", needed=False),
    }),
    Action("shape.reset", "all shapes as they come"),
    Action("motion.set", "what moves by itself", {
        "hair": _number("swing of the hair", 0.0, _FACTOR_MOST),
        "wind": _number("wind in the hair", 0.0, _FACTOR_MOST),
        "breath": _number("breathing", 0.0, _FACTOR_MOST),
        "blink": _number("blinks where nobody drives the lids", 0.0, _FACTOR_MOST),
        "gaze": _number("glances where nobody drives the eyes", 0.0, _FACTOR_MOST),
        "body": _number("how far the body follows the head", 0.0, _FACTOR_MOST),
        "lost": _text("what a lost face does", "idle", "ease", "hold", needed=False),
        "link_eyes": _number("0: each lid for itself; 1: both alike", 0.0, 1.0),
        "voice": _number("how far a voice moves a mouth that is also seen", 0.0, 1.0),
        "voice_mode": _text("max: a voice only opens the jaw wider", "blend", "max", needed=False),
    }),
    Action("expression.trigger", "switch an expression", {
        "name": _text("its name"),
        "on": Parameter("null: the other way round", "switch", needed=False, nullable=True),
    }),
    Action("expression.clear", "all expressions off"),
    Action("expression.set", "a new expression, or another for one of that name", {
        "name": _text("its name"),
        "weights": Parameter("ARKit name -> 0..1", "numbers", 0.0, 1.0, choices=arkit.NAMES, needed=False),
        "overlays": Parameter("overlay -> 0..1", "numbers", 0.0, 1.0, needed=False),
        "fade_s": _number("how long it takes to come and to go", 0.0, 10.0),
        "hold_s": _number("how long it stays; null: until it is switched off", 0.0, 3600.0, nullable=True),
        "key": _text("the key that switches it", needed=False),
    }),
    Action("expression.remove", "take an expression away", {"name": _text("its name")}),
    Action("weights.set", "move shapes from outside; what isn't said again is let go", {
        "weights": _SHAPES,
        "head": Parameter("yaw_deg, pitch_deg, roll_deg, x_m, y_m, z_m", "numbers", -360.0, 360.0, needed=False,
                          choices=("yaw_deg", "pitch_deg", "roll_deg", "x_m", "y_m", "z_m")),
        "for_s": _number("how long it holds (1)", 0.05, 60.0),
    }),
    Action("output.on", "switch an output on", {"name": _text("its name"), "options": _OPTIONS}),
    Action("output.off", "switch an output off", {"name": _text("its name")}),
    Action("output.snapshot", "keep the picture as it is now", {"path": _text("a .png", needed=False, nullable=True)}),
    Action("take.record", "record what the sources say", {
        "on": _ON,
        "path": _text("a .jsonl or .csv file", needed=False, nullable=True),
    }),
    Action("take.play", "play a recorded take before all sources", {
        "path": _text("the take"),
        "loop": Parameter("again and again", "switch", needed=False),
    }),
    Action("take.stop", "stop playing"),
    Action("avatar.load", "show another avatar", {"path": _text("the .avatar file")}),
    Action("profile.save", "keep the settings for this avatar alone from now on"),
    Action("settings.reset", "a part of the settings as it was at first", {
        "section": _text("its name", "all", "view", "motion", "sources", "curves", "expressions", "keys", "outputs",
                         "page"),
    }),
    Action("notice.dismiss", "a notice has been read", {"id": _number("its number; without it, all", 0, 2**53)}),
    Action("show.quit", "end the show"),
)  # fmt: skip

ACTIONS: Final[Mapping[str, Action]] = MappingProxyType({action.name: action for action in _ALL})
"""By name."""
