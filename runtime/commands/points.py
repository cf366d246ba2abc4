"""`points`: a page on which a face's points are set by hand, for `generate --landmarks`."""

import argparse
import shlex
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import CartoonAliveError, PortraitError, UsageError
from runtime import arguments
from runtime.console import Console, Outcome

if TYPE_CHECKING:
    from generator.engines import FaceLandmarks
    from generator.portrait import Portrait
    from runtime.making.points_page import Session

HELP = "set a face's points by hand, in the browser, where none is found or it is misplaced"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("portrait", metavar="PORTRAIT", help="a picture of one face")
    parser.add_argument("-o", "--out", required=True, metavar="POINTS.json")
    parser.add_argument("--start", metavar="POINTS.json", help="begin with these points instead of searching the face")
    parser.add_argument("--face", type=arguments.positive, metavar="N", help="begin with this face of several")
    parser.add_argument("--engine", choices=("mediapipe", "opencv"), help="who searches (default: what is there)")
    parser.add_argument("--models", type=Path, metavar="DIR", help="folder with MediaPipe's model files")
    parser.add_argument("--port", type=arguments.port, default=0, metavar="N", help="of the page (default: a free one)")
    parser.add_argument("--no-open", action="store_true", help="only print the page's address")


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Serve the page until it says that it is done."""
    portrait = arguments.input_file(args.portrait, error=PortraitError)
    start = arguments.input_file(args.start) if args.start else None
    out = arguments.output_file(args.out, ".json", inputs=(portrait,))
    models_dir = arguments.input_folder(args.models) if args.models else None
    session = _session(portrait, start, out, args, models_dir, console)

    from runtime.making.points_page import PointsServer

    try:
        server = PointsServer(session, args.port)
    except OSError as error:
        raise UsageError(f"--port {args.port}: can't be listened on ({error.strerror}); leave it out") from None
    with server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        console.say(f"set the points on this page (Ctrl-C ends without it): {server.url}")
        if not args.no_open:
            webbrowser.open(server.url)
        try:
            server.finished.wait()
        except KeyboardInterrupt:
            if not server.saved:
                raise
        finally:
            server.shutdown()
    text = f"{out}: saved\nnext: {session.follow_up}"
    return Outcome(text, {"points": str(out), "next": session.follow_up, "found": session.found})


def _session(
    path: Path, start: Path | None, out: Path, args: argparse.Namespace, models_dir: Path | None, console: Console
) -> "Session":
    import io

    from PIL import Image

    from assets import points as facepoints
    from assets.points import FacePoints, Point
    from generator import portrait
    from generator.finding import by_hand
    from runtime.making.points_page import GROUPS, Session

    source = portrait.load(path)
    given = facepoints.load(start) if start else None
    if given is not None:
        by_hand.check_size(given, source.upright_px)
        face, found = by_hand.fit(given, source.scale), True
        chosen = tuple(given.points_px)
    else:
        seen = _found(source, args, models_dir, console)
        face, found = (seen, True) if seen is not None else (by_hand.guess(source.rgba), False)
        # A found face's eyes are told by their corners; their middles would say the same once more.
        chosen = tuple(name for name in by_hand.PLACES if not name.endswith("_eye")) if found else GROUPS["needed"]
    named = by_hand.named(face, source.scale) | (dict(given.points_px) if given else {})

    def fit(points: FacePoints) -> tuple[dict[str, Point], list[list[Point]]]:
        fitted = by_hand.fit(points, source.scale)
        return by_hand.named(fitted, source.scale), by_hand.curves(fitted, source.scale)

    shown = io.BytesIO()
    Image.fromarray(source.rgba).save(shown, "PNG", compress_level=1)
    follow_up = f"cartoonalive generate {shlex.quote(str(path))} --landmarks {shlex.quote(str(out))} -o " + shlex.quote(
        f"{path.stem}.avatar"
    )
    return Session(shown.getvalue(), source.upright_px, named, chosen, found, fit, out, follow_up)


def _found(
    source: "Portrait", args: argparse.Namespace, models_dir: Path | None, console: Console
) -> "FaceLandmarks | None":
    """The face to begin with, its drawn eyes fitted; None where none is found or nobody can search."""
    from generator.engines import open_engine
    from generator.finding import eye_fit

    try:
        with open_engine(args.engine, models_dir=models_dir) as engine:
            faces = engine.landmarks(source.rgb)
    except CartoonAliveError as error:
        if args.engine or args.face:
            raise
        console.say(f"warning: no face is searched for ({error})")
        return None
    wanted = args.face or 1
    if args.face and wanted > len(faces):
        raise PortraitError(f"portrait: --face {wanted} was asked for, there are {len(faces)}: {args.portrait}")
    return eye_fit.fit(source.rgb, faces[wanted - 1]) if faces else None
