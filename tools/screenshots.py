"""The pictures of the README, taken of the program itself: the control page in Chromium, and a short film of the show.

    python tools/screenshots.py [--page docs/control-page.png] [--gif docs/show.gif]

Starts a real show of the sample avatar without a window, asks it through its own interface, and ends it. Needs
playwright (a development dependency) and a Chromium.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import sync_playwright
from websockets.sync.client import ClientConnection, connect

ROOT: Final = Path(__file__).resolve().parents[1]
SAMPLES: Final = ROOT / "assets" / "samples"
PAGE_PX: Final = {"width": 1280, "height": 720}
FILM_PX: Final = "360x360"
FILM_FPS: Final = 15.0
MAX_GIF_BYTES: Final = 3_000_000
SCENES: Final = ((0.0, "joy"), (1.2, None), (1.5, "shock"), (2.7, None), (3.0, "tears"), (4.3, None))
"""Seconds into the film, and the expression from then on."""
FILM_S: Final = 5.0


@contextmanager
def show(home: Path, *words: str) -> Iterator[tuple[str, ClientConnection]]:
    """The address of a running show's page, and its plugins' door."""
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
    environment = {**os.environ, **{name: str(home) for name in names}, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", "-m", "runtime", "run", str(SAMPLES / "sample.avatar"), "--headless",
               "--driver", "idle", "--page", "--page-port", "39790", "--no-browser", *words]  # fmt: skip
    process = subprocess.Popen(command, env=environment, text=True, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stderr is not None
    try:
        url = next(found[0] for line in process.stderr if (found := re.search(r"http://127\S+/\S+/", line)))
        with connect(url.replace("http", "ws", 1) + "api") as wire:
            wire.recv(10)
            yield url, wire
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def ask(wire: ClientConnection, action: str, **values: Any) -> Any:
    """What came of an action; RuntimeError in the show's own words."""
    wire.send(json.dumps({"id": 1, "do": action, "with": values}))
    said = json.loads(wire.recv(30))
    if "error" in said:
        raise RuntimeError(said["error"])
    return said["result"]


def film(home: Path, out: Path) -> None:
    """The avatar looks about, talks, and shows some of its expressions."""
    with show(home, "--size", FILM_PX, "--background", "#cfe3f5") as (_, wire):
        ask(wire, "take.play", path=str(SAMPLES / "speech.jsonl"), loop=True)
        ask(wire, "output.on", name="recording", options={"path": str(out), "fps": FILM_FPS})
        began_s = time.monotonic()
        for at_s, expression in SCENES:
            time.sleep(max(0.0, began_s + at_s - time.monotonic()))
            ask(wire, "expression.clear")
            if expression is not None:
                ask(wire, "expression.trigger", name=expression, on=True)
        time.sleep(max(0.0, began_s + FILM_S - time.monotonic()))
        ask(wire, "output.off", name="recording")
    if not out.is_file() or out.stat().st_size > MAX_GIF_BYTES:
        raise SystemExit(f"the film is missing or larger than {MAX_GIF_BYTES} bytes: {out}")


def page(home: Path, out: Path) -> None:
    """The page with an expression on, as a streamer has it beside the window."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise SystemExit("there is no Chromium to take the picture with")
    with show(home, "--size", "400x400", "--background", "#cfe3f5") as (url, wire), sync_playwright() as playwright:
        ask(wire, "take.play", path=str(SAMPLES / "showcase.jsonl"), loop=True)
        ask(wire, "expression.trigger", name="joy", on=True)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page(viewport=PAGE_PX, color_scheme="dark")  # type: ignore[arg-type]
        opened.goto(f"{url}#expressions")
        opened.locator("#tab-expressions").click()
        opened.locator(".faces button").first.wait_for()
        opened.wait_for_function("() => document.querySelector('canvas').width > 200")
        opened.wait_for_timeout(1500)
        opened.screenshot(path=out)
        browser.close()


def main() -> None:
    """Both pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "control-page.png")
    parser.add_argument("--gif", type=Path, default=ROOT / "docs" / "show.gif")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        film(Path(home), args.gif.resolve())
        page(Path(home), args.page.resolve())


if __name__ == "__main__":
    main()
