"""`edit`: an avatar's identity changed: bigger eyes, a higher mouth."""

import argparse
import difflib
import math
import re
import time
from typing import TYPE_CHECKING

from assets.errors import AvatarError, UsageError
from runtime import arguments
from runtime.console import Console, Outcome

if TYPE_CHECKING:
    from generator.identity.edit import Setting

HELP = "change an avatar's features: bigger eyes, a higher mouth"
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,6}\.?[0-9]{0,6}|\.[0-9]{1,6})")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("avatar", metavar="NAME.avatar")
    parser.add_argument("--set", required=True, nargs="+", action="extend", metavar="WHAT=VALUE", dest="settings",
                        help="left_eye.scale=+8 adds to the weight, mouth.y=-3 takes from it, nose.scale=8 sets it "
                        "(==-8 below zero); weights run from -45 to 45, `cartoonalive info` shows them")  # fmt: skip
    parser.add_argument("-o", "--out", required=True, metavar="NAME.avatar")


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Change and save the avatar."""
    started_s = time.perf_counter()
    path = arguments.input_file(args.avatar, error=AvatarError)
    out = arguments.output_file(args.out, ".avatar", inputs=(path,))
    settings = [setting(text) for text in args.settings]

    from assets import identity, store
    from generator.identity import edit

    model = store.load(path)
    before = edit.weights(model)
    try:
        after = edit.changed(before, settings)
    except ValueError as error:
        raise UsageError(str(error)) from None
    edited = edit.apply(model, after)
    store.save(edited, out)
    folded = edit.flipped(model, edited)
    if folded:
        console.say(f"warning: {folded} of {len(model.triangles)} triangles fold over; try a smaller change")
    changes = {
        name: (round(float(old), 3), round(float(new), 3))
        for name, old, new in zip(identity.PARAMETERS, before, after, strict=True)
        if new != old
    }
    lines = [f"{name:<18} {old:+7.1f} -> {new:+7.1f}" for name, (old, new) in changes.items()] or ["nothing changes"]
    seconds = round(time.perf_counter() - started_s, 3)
    lines.append(f"{out}: {seconds:.1f} s")
    data = {
        "avatar": str(out), "changed": {name: list(pair) for name, pair in changes.items()}, "folded": folded,
        "seconds": seconds,
    }  # fmt: skip
    return Outcome("\n".join(lines), data)


def setting(text: str, /) -> "Setting":
    """`left_eye.scale=+8` (relative), `=8` and `==-8` (absolute). Raises UsageError."""
    from generator.identity.edit import Setting

    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--set: expected WHAT=VALUE such as left_eye.scale=+8, got {text!r}")
    _check_name(name)
    absolute = value.startswith("=")
    number = value[1:] if absolute else value
    if not _NUMBER.fullmatch(number) or not math.isfinite(float(number)):
        raise UsageError(f"--set {name}: expected a number such as +8, -3 or 8, got {value!r}")
    return Setting(name, float(number), relative=not absolute and number[0] in "+-")


def _check_name(name: str) -> None:
    """Refuses what is no parameter, in one line that names the nearest one."""
    from assets import identity

    if name in identity.PARAMETERS:
        return
    component, _, way = name.partition(".")
    if component in identity.COMPONENTS:
        ways = [known.partition(".")[2] for known in identity.PARAMETERS if known.startswith(f"{component}.")]
        near = difflib.get_close_matches(way, ways, 1, 0.0)
        told = f"{component} has {', '.join(ways)} and no {way!r}"
        raise UsageError(f"--set: {told}; did you mean {component}.{near[0]}?")
    near = difflib.get_close_matches(component, identity.COMPONENTS, 1, 0.0)
    known = ", ".join(identity.COMPONENTS)
    raise UsageError(f"--set: there is no component {component!r}; did you mean {near[0]}? There are {known}")
