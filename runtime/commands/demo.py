"""`demo`: an avatar made from the sample portrait, moved by the sample takes. No camera, no download."""

import argparse
import contextlib
import importlib.util
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assets.errors import CartoonAliveError, GraphicsError
from runtime import arguments
from runtime.console import Console, Outcome

if TYPE_CHECKING:
    from assets.avatar import AvatarModel
    from runtime.films.showreel import Reel

HELP = "see it move at once: sample portrait, sample takes, no camera, no download"
MAKING_S: Final = 16.0
"""Time limit for making the avatar; then the ready-made one serves, and the first picture is there within 20 s."""
FETCHING_S: Final = 120.0
"""The limit where the model files must be fetched first (4 MB, or a wheel of 35 MB)."""
MAKING_PATIENT_S: Final = 300.0
"""The limit where there is none ready-made."""
GIF_SIDE_PX: Final = 320
GIF_FPS: Final = 12.5
CELLS: Final = 24


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--models", type=Path, metavar="DIR", help="folder with MediaPipe's model files")
    parser.add_argument("--out", metavar="DIR",
                        help="write a GIF and a contact sheet there, without a window (without a display: "
                        "cartoonalive-demo)")  # fmt: skip
    parser.add_argument("--size", type=arguments.size, metavar="WxH", help="size of the window or the GIF")


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Make the avatar, then show it."""
    times = _Times(console)
    out = arguments.output_folder(args.out) if args.out else None
    models_dir = arguments.input_folder(args.models) if args.models else None

    from assets import samples, store, takes
    from runtime.films.showreel import Reel

    with _home(out) as folder:
        avatar = _avatar(models_dir, folder / "sample.avatar", console)
        times.note("avatar")
        model = store.load(avatar)
        reel = Reel([takes.load(samples.SHOWCASE), takes.load(samples.SPEECH)])
        data: dict[str, Any] = {"generated": avatar != samples.AVATAR}
        if out is None:
            try:
                data |= {"window": True, **_show(avatar, args.size, console)}
                return Outcome(f"shown: {data['frames']} frames", data | {"seconds": times.taken})
            except GraphicsError as error:
                reason = str(error).partition(";")[0]
                console.say(f"{reason}; writing pictures instead of opening a window")
                out = arguments.output_folder("cartoonalive-demo")
                out.mkdir(exist_ok=True)
        data |= {"window": False, **_film(model, reel, args.size, out, times, console)}
    text = f"{data['gif']}: the avatar in motion\n{data['contact_sheet']}: {CELLS} moments"
    return Outcome(text, data | {"seconds": times.taken})


class _Times:
    """Says how long each step took."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._start_s = self._last_s = time.perf_counter()
        self.taken: dict[str, float] = {}

    def note(self, step: str) -> None:
        now_s = time.perf_counter()
        self.taken[step] = round(now_s - self._last_s, 3)
        self._console.say(f"{step:<14} {now_s - self._last_s:6.2f} s   ({now_s - self._start_s:.2f} s from the start)")
        self._last_s = now_s


@contextlib.contextmanager
def _home(out: Path | None) -> Iterator[Path]:
    """The folder for what is made: the one asked for, else one that goes at the end."""
    if out is not None:
        out.mkdir(exist_ok=True)
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="cartoonalive-") as folder:
        yield Path(folder)


def _avatar(models_dir: Path | None, made: Path, console: Console) -> Path:
    """An avatar made from the sample portrait; where that can't be done, the ready-made one."""
    from assets import samples

    ready = samples.AVATAR.is_file()
    limit_s = MAKING_S
    if not _models_here(models_dir):
        console.say("no model files here: fetching them, once (see: cartoonalive doctor)")
        limit_s = FETCHING_S
    console.say(f"making an avatar from {samples.PORTRAIT.name}")
    try:
        _generate(samples.PORTRAIT, made, models_dir, limit_s if ready else MAKING_PATIENT_S)
    except CartoonAliveError as error:
        if not ready:
            raise
        console.say(f"{error}; taking the ready-made sample avatar")
        return samples.AVATAR
    return made


def _models_here(models_dir: Path | None) -> bool:
    from assets import weights

    def here(files: Iterable[weights.ModelFile]) -> bool:
        return all(weights.available(file, models_dir) for file in files)

    mediapipe = importlib.util.find_spec("mediapipe") is not None
    return here(weights.WHEEL_MODELS) or (mediapipe and here(weights.MODELS))


def _generate(portrait: Path, out: Path, models_dir: Path | None, limit_s: float) -> None:
    """`cartoonalive generate` in a process of its own: what draws never loads the trackers."""
    from runtime import children

    command = [sys.executable, "-P", "-m", "runtime", "generate", str(portrait), "-o", str(out), "--json"]
    command += ["--models", str(models_dir)] if models_dir else []
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=limit_s, check=False, env=children.environment()
        )
    except subprocess.TimeoutExpired:
        raise CartoonAliveError(f"making the avatar took longer than {limit_s:g} s") from None
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or [f"it ended with code {done.returncode}"]
        raise CartoonAliveError(f"the avatar could not be made: {words[-1].removeprefix('cartoonalive: ')}")


def _show(avatar: Path, size_px: tuple[int, int] | None, console: Console) -> dict[str, Any]:
    """The whole show, with its control page, played by the sample take. What is changed in it is not kept."""
    from runtime.commands import run

    parser = argparse.ArgumentParser()
    run.add_arguments(parser)
    words = [str(avatar), "--demo-loop", "--no-settings"]
    words += ["--size", f"{size_px[0]}x{size_px[1]}"] if size_px is not None else []
    return dict(run.execute(parser.parse_args(words), console).data)


def _film(
    model: "AvatarModel", reel: "Reel", size_px: tuple[int, int] | None, out: Path, times: _Times, console: Console
) -> dict[str, Any]:
    from assets import files
    from runtime import app, sinks
    from runtime.films import film, showreel

    size_px = size_px or (GIF_SIDE_PX, GIF_SIDE_PX)
    gif, page = out / "demo.gif", out / "contact-sheet.png"
    times_s = film.moments_s(reel.duration_s, GIF_FPS)
    spec = sinks.Spec(gif, "gif", size_px, GIF_FPS)
    with app.drawing(model) as draw, console.bar("drawing moments") as advance:
        draw(reel.at(0.0), size_px, sinks.LIGHT_GREY)
        times.note("first frame")
        sheet = showreel.contact_sheet(reel, draw, CELLS, advance=advance)
    with files.atomic_write(page) as file:
        sheet.save(file, format="PNG")
    times.note("contact sheet")
    with (
        app.offscreen(model, size_px, background=sinks.LIGHT_GREY) as stage,
        console.bar("drawing the film") as advance,
        sinks.create(spec) as sink,
    ):
        played = film.PlayHead(reel)
        stage.swing(played.now_s)
        film.shoot(played, times_s, stage, sink, advance=advance)
    times.note("film")
    return {"gif": str(gif), "contact_sheet": str(page), "frames": len(times_s), "size": list(size_px)}
