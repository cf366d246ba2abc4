"""Words of the command line turned into values, and the checks that come before any work.

Readers for argparse raise `argparse.ArgumentTypeError`; checks raise UsageError. Nothing heavy is imported.
"""

import argparse
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from assets.errors import CartoonAliveError, UsageError

MAX_SIDE_PX: Final = 8192
VMC_PORT: Final = 39539
"""Where programs that draw listen for VMC."""
Rgba = tuple[float, float, float, float]

NETWORK_FLAGS: Final = ("port", "host", "lan", "phone")
DRIVER_FLAGS: Final[Mapping[str, tuple[str, ...]]] = {
    "port": ("port", "ports"),
    "host": ("host",),
    "lan": ("lan", "host"),
    "phone": ("phone", "sender"),
    "camera": ("camera", "source"),
    "take": ("take", "path"),
    "models": ("models_dir",),
}
"""Flag -> the names under which drivers have it among their options."""


def size(text: str, /) -> tuple[int, int]:
    """`"640x480"` -> (640, 480); one number means a square."""
    match = re.fullmatch(r"([0-9]{1,5})(?:[xX×]([0-9]{1,5}))?", text.strip())
    if not match:
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT such as 640x480, got {text!r}")
    width, height = int(match[1]), int(match[2] or match[1])
    if not (1 <= width <= MAX_SIDE_PX and 1 <= height <= MAX_SIDE_PX):
        raise argparse.ArgumentTypeError(f"sides must be in 1..{MAX_SIDE_PX} px, got {text}")
    return width, height


def sizes(text: str, /) -> tuple[int, ...]:
    """`"512,1024"` -> (512, 1024)."""
    try:
        sides = tuple(int(side) for side in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected sides in px such as 512,1024, got {text!r}") from None
    if not all(1 <= side <= MAX_SIDE_PX for side in sides):
        raise argparse.ArgumentTypeError(f"sides must be in 1..{MAX_SIDE_PX} px, got {text}")
    return sides


def fps(text: str, /) -> float:
    """Frames a second, 1..240."""
    return _number(text, low=1.0, high=240.0, what="frames a second")


def seconds(text: str, /) -> float:
    """A duration, above 0 and up to a day."""
    return _number(text, low=0.001, high=86_400.0, what="seconds")


def calmness(text: str, /) -> float:
    """How much to smooth: 0.25 is lively, 4 is calm."""
    return _number(text, low=0.1, high=10.0, what="smoothing")


def address(text: str, /) -> tuple[str, int]:
    """`"127.0.0.1:39539"` -> ("127.0.0.1", 39539); `[::1]:39539` for IPv6. The port may be left out, and is 39539."""
    match = re.fullmatch(r"(?:\[([^\[\]]+)\]|([^:\[\]]+))(?::([0-9]{1,5}))?", text.strip())
    if not match:
        raise argparse.ArgumentTypeError(f"expected HOST:PORT such as 127.0.0.1:{VMC_PORT}, got {text!r}")
    return match[1] or match[2], port(match[3]) if match[3] else VMC_PORT


def share(text: str, /) -> float:
    """A part of a whole, 0..1."""
    return _number(text, low=0.0, high=1.0, what="a share")


def factor(text: str, /) -> float:
    """How much of something: 0 is none, 1 is usual, 3 is most."""
    return _number(text, low=0.0, high=3.0, what="a factor")


def add_hair_flags(parser: argparse.ArgumentParser, *, default: float | None, told: str) -> None:
    """How hair swings: `--hair`, `--wind`. told: what the default is, in words."""
    parser.add_argument("--hair", type=factor, default=default, metavar="0..3",
                        help=f"how far hair swings: 0 stiff, 1 natural, 3 wild (default: {told})")  # fmt: skip
    parser.add_argument("--wind", type=factor, default=1.0, metavar="0..3",
                        help="wind in the hair: 0 none, 1 a breath (default: 1)")  # fmt: skip


def positive(text: str, /) -> int:
    """A whole number from 1."""
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, got {text!r}")
    return int(text)


def port(text: str, /) -> int:
    """A UDP port, 1..65535."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"expected a port in 1..65535, got {text!r}")
    return int(text)


def colour(text: str, /) -> Rgba:
    """`transparent`, a CSS name, `#rgb` or `#rrggbb` -> straight (r, g, b, a), each 0..1."""
    if text.strip().lower() == "transparent":
        return (0.0, 0.0, 0.0, 0.0)
    from PIL import ImageColor

    try:
        red, green, blue = ImageColor.getrgb(text.strip())[:3]
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected a colour such as white or #e0e0e0, or transparent, got {text!r}"
        ) from None
    return (red / 255.0, green / 255.0, blue / 255.0, 1.0)


def _number(text: str, *, low: float, high: float, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected {what}, got {text!r}") from None
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(f"{what} must be in {low:g}..{high:g}, got {text}")
    return value


def add_driver_flags(parser: argparse.ArgumentParser) -> None:
    """The flags that drivers share."""
    add_network_flags(parser)
    parser.add_argument("--camera", metavar="SOURCE", help="webcam: camera number or name, video or picture")
    parser.add_argument("--take", metavar="TAKE", help="recording for the replay driver")
    parser.add_argument("--models", type=Path, metavar="DIR", help="folder with MediaPipe's model files")


def add_network_flags(parser: argparse.ArgumentParser) -> None:
    """Those of them that say where to listen, and to whom."""
    parser.add_argument("--port", type=port, metavar="N", help="UDP port to listen on")
    parser.add_argument("--host", metavar="ADDRESS", help="address to listen on (default: this computer only)")
    parser.add_argument("--lan", action="store_true", default=None, help="listen to the whole local network: phones")
    parser.add_argument("--phone", metavar="ADDRESS", help="the phone's address: ask it to send, listen to no other")


def driver_flags(args: argparse.Namespace) -> dict[str, Any]:
    """The drivers' flags that were given."""
    return {flag: getattr(args, flag) for flag in DRIVER_FLAGS if getattr(args, flag) is not None}


def network_flags(args: argparse.Namespace) -> dict[str, Any]:
    """Those of them that say where to listen, and to whom."""
    return {flag: getattr(args, flag) for flag in NETWORK_FLAGS if getattr(args, flag) is not None}


def input_file(text: str | Path, /, *, error: type[CartoonAliveError] = UsageError) -> Path:
    """The path of a file that exists and can be read. Raises `error`."""
    path = Path(text)
    if path.is_dir():
        raise error(f"expected a file, got a folder: {path}")
    if not path.exists():
        raise error(f"there is no such file: {path}")
    if not os.access(path, os.R_OK):
        raise error(f"the file can't be read, permission denied: {path}")
    return path


def input_folder(text: str | Path, /) -> Path:
    """The path of a folder that exists. Raises UsageError."""
    path = Path(text)
    if not path.is_dir():
        raise UsageError(f"there is no such folder: {path}")
    return path


def output_file(text: str | Path, /, *endings: str, inputs: Iterable[Path] = ()) -> Path:
    """The path of a file that can be written: its ending is one of `endings`, its folder is there, it is no input."""
    path = Path(text)
    if path.suffix.lower() not in endings:
        raise UsageError(f"the output's name must end in {' or '.join(endings)}: {path}")
    if path.is_dir():
        raise UsageError(f"the output is a folder; give a file name: {path}")
    _check_folder_of(path)
    check_no_input(path, inputs)
    return path


def output_folder(text: str | Path, /, *, inputs: Iterable[Path] = ()) -> Path:
    """The path of a folder that is there or can be made."""
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise UsageError(f"expected a folder, there is a file of that name: {path}")
    if path.is_dir() and not os.access(path, os.W_OK | os.X_OK):
        raise UsageError(f"the output folder can't be written to, permission denied: {path}")
    _check_folder_of(path)
    check_no_input(path, inputs)
    return path


def _check_folder_of(path: Path) -> None:
    folder = Path(os.path.realpath(path)).parent
    if not folder.is_dir():
        raise UsageError(f"the output's folder does not exist; create it first: {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"the output's folder can't be written to, permission denied: {folder}")


def check_no_input(path: Path, inputs: Iterable[Path]) -> None:
    """Raises UsageError when `path` is one of `inputs`."""
    for other in inputs:
        if os.path.realpath(path) == os.path.realpath(other) or (path.exists() and os.path.samefile(path, other)):
            raise UsageError(f"the output would overwrite the input; choose another name: {path}")
