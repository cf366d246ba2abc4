"""A walk through the control page in a browser, before a real show that draws the sample avatar in memory.

One browser and one show; the steps come in the order of the page's sections. Skipped, with the reason, where there is
no Chromium or no playwright.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from websockets.sync.client import connect

from assets import store
from tests.runtime.conftest import build_take, build_tiny
from tests.soak.phone_samples import live_link

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
if CHROMIUM is None:
    pytest.skip("there is no Chromium for the control page", allow_module_level=True)

Browser, Locator, Page, expect = sync_api.Browser, sync_api.Locator, sync_api.Page, sync_api.expect

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "assets" / "samples" / "sample.avatar"
SECTIONS = ("setup", "expressions", "sources", "phone", "calibrate", "shapes", "motion", "view", "outputs", "avatar")
READY_S = 60.0


class Program:
    """`cartoonalive run` in a process and a home of its own."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port, self.url = home, port, ""
        self.process: subprocess.Popen[str] | None = None
        self.said: list[str] = []

    def start(self) -> None:
        names = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "LOCALAPPDATA")
        environment = {**os.environ, **{name: str(self.home / name.lower()) for name in names}}
        words = [
            "run", str(SAMPLE), "--headless", "--size", "192x192", "--fps", "30", "--driver", "idle",
            "--page", "--page-port", str(self.port), "--no-browser",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "runtime", *words], env={**environment, "PYTHONPATH": str(ROOT)}, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.home,
        )  # fmt: skip
        told = threading.Event()
        threading.Thread(target=self._read, args=(self.process.stderr, told), daemon=True).start()
        assert told.wait(READY_S), f"the show never told its page's address: {self.said}"

    def _read(self, stream: Any, told: threading.Event) -> None:
        for line in stream:
            self.said.append(line.rstrip())
            if found := re.search(r"http://127\.0\.0\.1:\d+/\S+/", line):
                self.url = found[0]
                told.set()
        stream.close()

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)

    def ask(self, action: str, **values: Any) -> Any:
        """Through the plugins' door."""
        with connect(self.url.replace("http", "ws", 1) + "api") as wire:
            wire.recv(5)
            wire.send(json.dumps({"id": 1, "do": action, "with": values}))
            said = json.loads(wire.recv(20))
            assert said.get("ok"), said
            return said["result"]

    def told(self, topic: str) -> Any:
        with connect(self.url.replace("http", "ws", 1) + "api") as wire:
            wire.recv(5)
            wire.send(json.dumps({"subscribe": [topic]}))
            return json.loads(wire.recv(5))["value"]


@pytest.fixture
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    made = Program(tmp_path_factory.mktemp("home"), port)
    made.start()
    yield made
    assert made.process is not None
    assert made.process.poll() is None, "\n".join(made.said[-20:])
    assert made.stop() in (0, 130)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, program: Program) -> Iterator[Page]:
    """The page, opened once; whatever it complains about fails the walk."""
    opened = browser.new_page(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
    opened.set_default_timeout(8000)
    expect.set_options(timeout=8000)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda line: line.type == "error" and complaints.append(f"{line.text} {line.location}"))
    opened.goto(program.url)
    yield opened
    # The walk ends the show, and has its server listen elsewhere: connections break then.
    assert [line for line in complaints if not re.search("ERR_CONNECTION_(REFUSED|RESET)", line)] == []
    opened.close()


def go(page: Page, section: str) -> Locator:
    page.locator(f"#tab-{section}").click()
    return page.locator("#panel")


def until(program: Program, topic: str, true: Callable[[Any], bool]) -> Any:
    """The first news of a topic of which `true` holds."""
    with connect(program.url.replace("http", "ws", 1) + "api") as wire:
        wire.recv(5)
        wire.send(json.dumps({"subscribe": [topic]}))
        last = None
        with contextlib.suppress(TimeoutError):
            for _ in range(400):
                last = json.loads(wire.recv(8))["value"]
                if true(last):
                    return last
        raise AssertionError(f"{topic} never came to that: {json.dumps(last)[:2000]}")


def pixel(page: Page, x: float, y: float) -> list[int]:
    """Of the preview, at a share of its width and height."""
    return list(page.evaluate(
        "([x, y]) => { const c = document.querySelector('canvas');"
        " return [...c.getContext('2d').getImageData(x * (c.width - 1), y * (c.height - 1), 1, 1).data] }", [x, y]
    ))  # fmt: skip


def sees(page: Page, condition: str) -> None:
    """Waits for a condition on the preview's pixels: `at(x, y)` gives [r, g, b, a]."""
    page.wait_for_function(
        "condition => { const c = document.querySelector('canvas'), pen = c.getContext('2d');"
        " const at = (x, y) => pen.getImageData(x * (c.width - 1), y * (c.height - 1), 1, 1).data;"
        f" return {condition} }}"
    )


def slide(page: Page, panel: Locator, label: str, key: str = "ArrowRight", times: int = 1) -> None:
    """A slider moved by the keyboard."""
    slider = panel.get_by_role("slider", name=label, exact=True)
    slider.focus()
    for _ in range(times):
        page.keyboard.press(key)


def the_first_start_asks_which_devices_there_are(page: Page, program: Program) -> None:
    expect(page.get_by_role("heading", name="Which devices do you have?")).to_be_visible()
    expect(page.locator("#linked")).to_have_text("Live")
    page.get_by_role("button", name="A microphone").click()  # the first click
    page.locator(".picks button").first.click()  # the second: the one there is, or the one to wait for
    expect(page.get_by_role("heading", name="Say something")).to_be_visible()
    until(program, "state", lambda state: [each["name"] for each in state["sources"]] == ["microphone", "idle"])
    page.get_by_role("button", name="It works").click()  # the third
    expect(page.get_by_role("heading", name="Expressions")).to_be_visible()


def the_preview_is_the_avatar(page: Page) -> None:
    sees(page, "at(0.5, 0.4)[0] > 150 && at(0.02, 0.02)[3] === 255")
    expect(page.locator("dd").first).to_contain_text("fps")


def expressions_by_button_and_by_key(page: Page, program: Program) -> None:
    panel = go(page, "expressions")
    joy = panel.get_by_role("button", name="Joy")
    joy.click()
    expect(joy).to_have_attribute("aria-pressed", "true")
    live = until(program, "live", lambda live: live["expressions"].get("joy", 0) > 0.95)
    assert live["weights"]["mouthSmileLeft"] > 0.5
    page.keyboard.press("1")
    expect(joy).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("2")
    expect(panel.get_by_role("button", name="Angry")).to_have_attribute("aria-pressed", "true")
    panel.get_by_role("button", name="All off").click()
    expect(panel.get_by_role("button", name="Angry")).to_have_attribute("aria-pressed", "false")


def an_expression_is_made_changed_and_removed(page: Page, program: Program) -> None:
    panel = go(page, "expressions")
    panel.get_by_role("button", name="New").click()
    panel.get_by_label("Name").fill("grin")
    panel.get_by_label("Key").press("g")
    panel.get_by_label("Add a shape or picture").select_option("w:mouthSmileLeft")
    slide(page, panel, "mouthSmileLeft", "End")
    panel.get_by_role("button", name="Save").click()
    grin = panel.get_by_role("button", name="Grin")
    expect(grin).to_be_visible()
    made = next(each for each in program.told("state")["expressions"] if each["name"] == "grin")
    assert (made["weights"], made["key"], made["hold_s"]) == ({"mouthSmileLeft": 1.0}, "g", None)
    panel.get_by_role("button", name="Edit").click()
    grin.click()
    panel.get_by_role("button", name="Remove").click()
    expect(grin).to_have_count(0)
    panel.get_by_role("button", name="Edit").click()
    assert program.told("state")["settings"]["expressions"] == {}


def sources_their_order_and_calm(page: Page, program: Program) -> None:
    panel = go(page, "sources")
    expect(panel.get_by_role("heading", name="Microphone")).to_be_visible()
    program.ask("source.add", driver="livelink", options={"port": 0})
    expect(panel.get_by_role("heading", name="Live Link Face")).to_be_visible()
    slide(page, panel, "Calm of Mouth", "ArrowRight", 20)
    until(program, "state", lambda state: state["settings"]["sources"]["smooth"].get("mouth", 1.0) > 1.5)
    panel.get_by_label("Who comes first for Mouth").select_option("livelink")
    state = until(program, "state", lambda state: "mouth" in state["settings"]["sources"]["order"])
    assert state["settings"]["sources"]["order"]["mouth"][0] == "livelink"


def a_phone_lights_up_when_it_is_heard(page: Page, program: Program) -> None:
    panel = go(page, "phone")
    expect(panel.locator(".big")).to_have_text(program.told("page")["address"] or "No network")
    app = panel.locator(".item", has=page.get_by_role("heading", name="Live Link Face"))
    expect(app.locator(".light")).to_have_text("no packets yet")
    live = until(program, "live", lambda live: live["sources"].get("livelink", {}).get("ports"))
    address = ("127.0.0.1", live["sources"]["livelink"]["ports"][0])
    stop = threading.Event()

    def phone() -> None:
        number = 0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while not stop.wait(1 / 60):
                number += 1
                shapes = {"jawOpen": 0.5, "mouthSmileLeft": 0.01 * (number % 50)}
                sender.sendto(live_link(shapes, frame=number), address)

    thread = threading.Thread(target=phone)
    thread.start()
    try:
        expect(app.locator(".light")).to_have_text("a face")
        expect(app).to_contain_text("from 127.0.0.1")
        panel = go(page, "sources")
        expect(panel.locator("tr", has_text="Mouth").locator(".tag")).to_have_text("Live Link Face")
    finally:
        stop.set()
        thread.join()
    panel = go(page, "phone")
    app.get_by_role("button", name="Stop").click()
    expect(app.locator(".light")).to_have_text("off")


def the_page_is_opened_to_the_network_and_closed_again(page: Page, program: Program) -> None:
    panel = go(page, "phone")
    switch = panel.get_by_role("switch", name="Let phones and tablets open this page")
    switch.click()
    card = panel.locator(".card", has=page.get_by_role("switch"))
    expect(card).to_contain_text(re.compile("Point the phone|There is no network"))
    told = program.told("page")
    assert told["lan"]
    if told["lan_url"]:
        code = panel.get_by_role("img", name="QR code")
        expect(code).to_be_visible()
        page.wait_for_function("() => document.querySelector('.qr').naturalWidth > 100")
        expect(panel).to_contain_text(told["lan_url"])
    switch.click()
    expect(card).not_to_contain_text(re.compile("Point the phone|There is no network"))
    assert not program.told("page")["lan"]


def rest_and_sides_are_taught(page: Page, program: Program) -> None:
    panel = go(page, "calibrate")
    # The page counts down for people; here nobody has to be waited for.
    page.evaluate("window.real = setTimeout; window.setTimeout = (call, ms) => real(call, ms / 8); 0")
    panel.get_by_role("button", name="This is my face at rest").click()
    expect(panel.locator(".big").first).to_have_text("Hold still")
    notices = until(program, "state", lambda state: any("hold still" in each["text"] for each in state["notices"]))
    assert notices
    panel.get_by_role("button", name="Check left and right").click()
    expect(panel.locator(".big").nth(1)).to_contain_text("LEFT")
    expect(panel).to_contain_text("no source saw your face", timeout=15000)
    page.evaluate("window.setTimeout = real; 0")


def shapes_move_and_bend(page: Page, program: Program) -> None:
    panel = go(page, "shapes")
    stop = threading.Event()

    def plugin() -> None:
        with connect(program.url.replace("http", "ws", 1) + "api") as wire:
            while not stop.wait(0.05):
                wire.send(json.dumps({"do": "weights.set", "with": {"weights": {"jawOpen": 0.5}, "for_s": 5}}))

    thread = threading.Thread(target=plugin)
    thread.start()
    try:
        jaw = panel.locator(".shape", has_text="jawOpen")
        expect(jaw.locator("output").first).to_have_text(re.compile(r"0\.(49|5\d?)"))
        panel.get_by_label("Find a shape").fill("jaw")
        expect(panel.locator(".shape:visible")).to_have_count(4)
        jaw.locator("summary").click()
        slide(page, jaw, "Nothing up to", "PageUp", 3)
        state = until(program, "state", lambda state: "jawOpen" in state["settings"]["curves"])
        assert 0.02 < state["settings"]["curves"]["jawOpen"]["low"] < 0.5
        expect(jaw.locator("output").first).to_have_text(re.compile(r"0\.[1-4]"))
        jaw.get_by_role("switch", name="Used").click()
        expect(jaw.locator("output").first).to_have_text("0")
        panel.get_by_role("button", name="All as they come").click()
        until(program, "state", lambda state: state["settings"]["curves"] == {})
        expect(jaw.locator("output").first).to_have_text(re.compile(r"0\.(49|5\d?)"))
    finally:
        stop.set()
        thread.join()


def motion(page: Page, program: Program) -> None:
    panel = go(page, "motion")
    slide(page, panel, "Wind", "End")
    until(program, "state", lambda state: state["settings"]["motion"]["wind"] == 3.0)
    panel.get_by_text("stay", exact=True).click()
    until(program, "state", lambda state: state["settings"]["motion"]["lost"] == "hold")
    panel.get_by_role("button", name="As it was at first").click()
    until(program, "state", lambda state: state["settings"]["motion"]["wind"] == 1.0)
    expect(panel.get_by_role("radio", name="live on")).to_be_checked()


def the_view_is_what_the_preview_shows(page: Page, program: Program, tmp_path: Path) -> None:
    panel = go(page, "view")
    panel.get_by_role("button", name="Green screen").click()
    sees(page, "at(0.02, 0.02)[1] > 240 && at(0.02, 0.02)[0] < 20")
    panel.get_by_role("button", name="Clear").click()
    sees(page, "at(0.02, 0.02)[3] === 0")
    picture = tmp_path / "beach.png"
    Image.new("RGB", (64, 64), (20, 40, 250)).save(picture)
    with page.expect_file_chooser() as chooser:
        panel.get_by_role("button", name="Picture …").click()
    chooser.value.set_files(picture)
    sees(page, "at(0.02, 0.02)[2] > 230 && at(0.02, 0.02)[0] < 40")
    expect(panel).to_contain_text("beach.png")
    slide(page, panel, "Zoom", "Home")
    sees(page, "at(0.5, 0.15)[2] > 230")  # where the hair was
    box = page.locator(".screen").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 200, steps=4)
    page.mouse.up()
    until(program, "state", lambda state: state["settings"]["view"]["x"] > 0.1)
    panel.get_by_role("button", name="Centre").click()
    state = until(program, "state", lambda state: state["settings"]["view"]["x"] == 0.0)
    assert state["settings"]["view"]["zoom"] == 1.0
    mirror = page.get_by_role("button", name="Mirror", exact=True)
    expect(mirror).to_have_attribute("aria-pressed", "true")
    panel.get_by_role("switch", name="Act as a mirror").click()
    expect(mirror).to_have_attribute("aria-pressed", "false")


def films_pictures_and_takes(page: Page, program: Program, tmp_path: Path) -> None:
    panel = go(page, "outputs")
    panel.get_by_text("GIF", exact=True).click()
    panel.get_by_role("button", name="Start recording").click()
    expect(page.locator("#onair")).to_be_visible()
    panel.get_by_role("button", name="Stop", exact=True).click()
    health = until(program, "live", lambda live: live["outputs"]["recording"]["state"] == "done")["outputs"]
    with Image.open(health["recording"]["path"]) as film:
        assert film.format == "GIF"
    expect(page.locator("#onair")).to_be_hidden()
    panel.get_by_role("button", name="Snapshot").click()
    health = until(program, "live", lambda live: live["outputs"].get("snapshot", {}).get("state") == "done")["outputs"]
    with Image.open(health["snapshot"]["path"]) as shot:
        assert (shot.format, shot.size) == ("PNG", (192, 192))
    panel.get_by_role("button", name="Record a take").click()
    panel.get_by_role("button", name="Stop", exact=True).click()
    from assets import takes

    path = tmp_path / "talk.jsonl"
    takes.save(build_take(30), path)
    with page.expect_file_chooser() as chooser:
        panel.get_by_role("button", name="Play a file").click()
    chooser.value.set_files(path)
    until(program, "live", lambda live: "replay" in live["drivers"].values())
    panel.get_by_role("button", name="Stop playing").click()
    until(program, "live", lambda live: "replay" not in live["drivers"].values())


def another_output_says_how_it_is(page: Page, program: Program) -> None:
    panel = go(page, "outputs")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(8)
        panel.get_by_label("To", exact=True).fill(f"127.0.0.1:{listener.getsockname()[1]}")
        vmc = panel.get_by_role("switch", name="VMC")
        vmc.click()
        assert b"/VMC/Ext/" in listener.recv(2000)
        expect(vmc).to_have_attribute("aria-checked", "true")
        vmc.click()
        until(program, "live", lambda live: live["outputs"]["vmc"]["state"] == "done")


def another_avatar_and_a_portrait_that_is_none(page: Page, program: Program, tmp_path: Path) -> None:
    panel = go(page, "avatar")
    tiny = tmp_path / "tiny.avatar"
    store.save(build_tiny(), tiny)

    def choose(path: Path) -> None:
        with page.expect_file_chooser() as chooser:
            panel.get_by_role("button", name="Choose a file").click()
        chooser.value.set_files(path)

    choose(tiny)
    expect(page.locator("#title")).to_have_text("Tiny")
    assert Path(program.told("state")["avatar"]["path"]).read_bytes() == tiny.read_bytes()
    wall = tmp_path / "wall.png"
    Image.new("RGB", (16, 16)).save(wall)
    choose(wall)
    expect(panel).to_contain_text("No avatar came of wall.png:", timeout=20000)
    expect(page.locator("#title")).to_have_text("Tiny")
    program.ask("avatar.load", path=str(SAMPLE))


def every_section_is_named_and_fits_a_narrow_dock(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for section in SECTIONS:
        go(page, section)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{section} is {wide} px too wide"
        nameless = page.evaluate(
            "[...document.querySelectorAll('button, input, select, summary, [role=meter], canvas, img')]"
            ".filter(e => e.offsetParent && !(e.ariaLabel || e.getAttribute('aria-labelledby') || e.labels?.length"
            " || e.textContent.trim() || e.alt)).map(e => e.outerHTML.slice(0, 120))"
        )
        assert nameless == [], section
    page.set_viewport_size({"width": 1280, "height": 860})


def the_tabs_obey_the_arrow_keys(page: Page) -> None:
    go(page, "expressions")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("tab", name="Sources")).to_be_focused()
    expect(page.get_by_role("tab", name="Sources")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("heading", name="Sources", level=2)).to_be_visible()
    page.keyboard.press("Home")
    expect(page.get_by_role("tab", name="Set up")).to_be_focused()
    assert page.locator("[role=tab][tabindex='0']").count() == 1


def a_hidden_page_is_told_nothing(page: Page, browser: Browser, program: Program) -> None:
    other = browser.new_page()
    frames: list[Any] = []
    other.on("websocket", lambda wire: wire.on("framereceived", lambda frame: frames.append(frame)))
    other.goto(program.url)
    expect(other.locator("#linked")).to_have_text("Live")
    other.wait_for_function("() => document.querySelector('canvas').width > 100")
    mirror = other.get_by_role("button", name="Mirror", exact=True)
    program.ask("view.mirror", on=False)
    expect(mirror).to_have_attribute("aria-pressed", "false")
    other.evaluate(
        "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    for _ in range(20):  # what is on its way comes; then nothing, while ten pictures and changes go by
        frames.clear()
        for turn in range(10):
            program.ask("view.mirror", on=turn % 2 == 1)
        other.evaluate("0")  # so that the browser's news have been read
        if not frames:
            break
    assert frames == []
    other.evaluate("delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))")
    expect(mirror).to_have_attribute("aria-pressed", "true")
    assert frames
    other.close()


def strangers_see_nothing(browser: Browser, program: Program) -> None:
    other = browser.new_page()
    root = program.url.rsplit("/", 2)[0]
    answer = other.goto(f"{root}/wrong/")
    assert answer is not None
    assert answer.status == 404
    other.goto("about:blank")
    address = program.url.replace("http", "ws", 1) + "api"
    refused = other.evaluate("url => new Promise(done => { const w = new WebSocket(url); w.onopen = () => done('open');"
                             " w.onerror = () => done('refused'); })", address)  # fmt: skip
    assert refused == "refused"  # another page's origin
    other.close()


def the_page_outlives_the_show_and_the_show_the_page(page: Page, program: Program) -> None:
    panel = go(page, "view")
    url = program.url
    assert program.stop() in (0, 130), "\n".join(program.said[-20:])
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#linked")).to_have_text("Not connected")
    program.start()
    assert program.url == url
    expect(page.locator("#linked")).to_have_text("Live", timeout=20000)
    expect(page.get_by_role("alert")).to_be_hidden()
    panel.get_by_role("button", name="Green screen").click()
    until(program, "state", lambda state: state["settings"]["view"]["background"] == "#00ff00")
    page.reload()
    expect(page.locator("#linked")).to_have_text("Live")
    expect(page.get_by_role("heading", name="View")).to_be_visible()  # where it was
    assert program.process is not None
    assert program.process.poll() is None


def test_a_walk_through_the_control_page(page: Page, browser: Browser, program: Program, tmp_path: Path) -> None:
    """In one test, because each step goes on where the last one ended, and tests are shared out among processes."""
    the_first_start_asks_which_devices_there_are(page, program)
    the_preview_is_the_avatar(page)
    expressions_by_button_and_by_key(page, program)
    an_expression_is_made_changed_and_removed(page, program)
    sources_their_order_and_calm(page, program)
    a_phone_lights_up_when_it_is_heard(page, program)
    the_page_is_opened_to_the_network_and_closed_again(page, program)
    rest_and_sides_are_taught(page, program)
    shapes_move_and_bend(page, program)
    motion(page, program)
    the_view_is_what_the_preview_shows(page, program, tmp_path)
    films_pictures_and_takes(page, program, tmp_path)
    another_output_says_how_it_is(page, program)
    another_avatar_and_a_portrait_that_is_none(page, program, tmp_path)
    every_section_is_named_and_fits_a_narrow_dock(page)
    the_tabs_obey_the_arrow_keys(page)
    a_hidden_page_is_told_nothing(page, browser, program)
    strangers_see_nothing(browser, program)
    the_page_outlives_the_show_and_the_show_the_page(page, program)
