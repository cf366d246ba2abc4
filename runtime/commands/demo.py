"""`demo`: an avatar made from the sample portrait, moved by the sample takes. No camera, no download."""

import argparse
import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assets.errors import CartoonAliveError, GraphicsError
from runtime import arguments
from runtime.console import Console, Outcome

if TYPE_CHECKING:
    from runtime.making.sample_avatar import Maker
    from runtime.show import Show

HELP = "see it move at once: sample portrait, sample takes, no camera, no download"
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
    """Show the ready-made avatar at once, and the one that is made meanwhile as soon as it is there; or draw films."""
    from assets import samples
    from runtime.making.sample_avatar import Maker

    out = arguments.output_folder(args.out) if args.out else None
    models_dir = arguments.input_folder(args.models) if args.models else None
    times = _Times(console)
    with _home(out) as folder, Maker(folder / "sample.avatar", models_dir, console) as maker:
        if out is None and samples.AVATAR.is_file():
            try:
                data = _show(maker, args.size, console)
                return Outcome(f"shown: {data['frames']} frames", data)
            except GraphicsError as error:
                reason = str(error).partition(";")[0]
                console.say(f"{reason}; writing pictures instead of opening a window")
        if out is None:
            out = arguments.output_folder("cartoonalive-demo")
            out.mkdir(exist_ok=True)
        avatar = maker.made_or_ready()
        times.note("avatar")
        data = {"generated": avatar != samples.AVATAR, "window": False, **_film(avatar, args.size, out, times, console)}
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


def _show(maker: "Maker", size_px: tuple[int, int] | None, console: Console) -> dict[str, Any]:
    """The whole show, with its control page, played by the sample take; the avatar that is being made takes the stage
    when it is done. What is changed in this show is not kept."""
    from assets import samples
    from runtime.commands import run
    from runtime.making import sample_avatar

    parser = argparse.ArgumentParser()
    run.add_arguments(parser)
    words = [str(samples.AVATAR), "--demo-loop", "--no-settings"]
    words += ["--size", f"{size_px[0]}x{size_px[1]}"] if size_px is not None else []
    generated = False

    def replace(show: "Show") -> None:
        nonlocal generated
        start_s = time.perf_counter()
        try:
            maker.make(sample_avatar.MAKING_PATIENT_S)
            show.ask("avatar.load", {"path": str(maker.made)})
        except CartoonAliveError as error:
            show.notice(f"{error}; this is the ready-made sample avatar", level="warning")
            return
        generated = True
        line = f"this avatar was made from {samples.PORTRAIT.name} in {time.perf_counter() - start_s:.0f} s"
        console.say(line)
        show.notice(line)

    def begin(show: "Show") -> None:
        show.work(lambda: replace(show), name="avatar")

    told = run.perform(parser.parse_args(words), console, begun=begin)
    return {"generated": generated, "window": True, **dict(told.data)}


def _film(
    avatar: Path, size_px: tuple[int, int] | None, out: Path, times: _Times, console: Console
) -> dict[str, Any]:
    """A GIF and a contact sheet of the sample takes."""
    from assets import files, samples, store, takes
    from runtime import app, sinks
    from runtime.films import film, showreel

    model = store.load(avatar)
    reel = showreel.Reel([takes.load(samples.SHOWCASE), takes.load(samples.SPEECH)])
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
