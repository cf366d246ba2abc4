"""A whole show put together: stage, loop, cast, outputs, settings, keys, page; and taken apart again, quickly."""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from assets.errors import CartoonAliveError
from drivers.base import Driver
from runtime import browser
from runtime.acting.faces import FaceActions
from runtime.acting.keeping import KeepingActions
from runtime.acting.parts import Parts
from runtime.acting.sources import SourceActions
from runtime.acting.telling import Telling
from runtime.acting.view import ViewActions
from runtime.acting.works import WorkActions
from runtime.app import Stage
from runtime.clock import Clock
from runtime.faces import rest
from runtime.faces.alive import Alive, Bearing
from runtime.faces.shaping import Shaping
from runtime.loop import FrameSink, Listener, Loop
from runtime.metrics import Metrics
from runtime.outputs import Outputs
from runtime.settings import hotkeys
from runtime.settings.keeper import Keeper
from runtime.settings.values import Start
from runtime.show import Show
from runtime.sources import choosing
from runtime.sources.cast import IDLE, Cast
from runtime.sources.choosing import Choice

LEAVE_S: Final = 2.0
PAGE_WAIT_S: Final = 2.5
"""A page that is still open from the last show finds this one within that time, and no other is opened."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a show is to be. page: serve the control page. open_page: and show it in a browser.

    folder: where recordings, pictures and takes go."""

    avatar: Path
    fps: float
    headless: bool
    folder: Path
    page: bool = False
    open_page: bool = False
    page_lan: bool = False
    page_port: int = 0
    calibrate: bool = True


class Performance:
    """A context manager; the stage is closed by whoever made it. Everything on the thread that draws."""

    def __init__(
        self,
        plan: Plan,
        stage: Stage,
        show: Show,
        keeper: Keeper,
        *,
        clock: Clock,
        metrics: Metrics,
        say: Callable[[str], None],
        sinks: Sequence[FrameSink] = (),
        listeners: Sequence[Listener] = (),
        each: Sequence[Callable[[float], None]] = (),
    ) -> None:
        self.plan, self.show, self.stage, self._say = plan, show, stage, say
        self._page: Any = None
        self._ended = False
        self._begun = False
        self._later: list[Callable[[], None]] = []
        self._followed: list[Driver] = []
        self.failure: BaseException | None = None
        shaping = Shaping(alive=Alive())
        outputs = Outputs(clock, fps=plan.fps, folder=plan.folder)
        stage.bearing = Bearing()
        self.loop = Loop(
            [], _Open(stage, self), clock=clock, metrics=metrics, fps=plan.fps, sinks=sinks, listeners=listeners,
            outputs=outputs, shaping=shaping, jaw_at_rest=rest.jaw_at_rest(stage.model.facts),
            before=[show.drain], each=[self._after, *each],
        )  # fmt: skip
        self.loop.preview = show.pictures
        self.cast = Cast(self.loop, show, calibrate=plan.calibrate, entered=outputs.listen_to, notice=self.notice)
        shaping.driven = self.cast.driven
        self.parts = Parts(
            show, stage, self.loop, self.cast, shaping, outputs, keeper, clock, plan.folder, plan.avatar, say, self.end
        )
        self.view = ViewActions(self.parts)
        self.sources = SourceActions(self.parts)
        self.faces = FaceActions(self.parts, self.sources)
        self.works = WorkActions(self.parts)
        KeepingActions(self.parts, self.apply)
        self.works.applied = self.apply
        telling = Telling(self.parts, self.works, headless=plan.headless)
        steps: list[Callable[[float], None]] = [self.sources.step, self.faces.step, self.works.step, telling]
        self._steps = steps
        self._revision = -1

    def __enter__(self) -> Self:
        self.apply()
        for line in self.parts.keeper.said:
            self.notice(line)
        return self

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        """All at once: a camera takes its time, and so does a page. Recordings are waited for."""
        self.show.end()
        leaving = [self.cast.leave, self.parts.keeper.close]
        if self._page is not None:
            leaving.append(lambda: self._page.__exit__(None, None, None))
        threads = [threading.Thread(target=job, daemon=True, name="leaving") for job in leaving]
        for thread in threads:
            thread.start()
        self.parts.outputs.close()
        for text, level in self.parts.outputs.notices():
            if level == "info":
                self._say(text)
        for thread in threads:
            thread.join(LEAVE_S)

    def apply(self) -> None:
        """Bring everything to what the settings say."""
        settings = self.parts.settings
        self.view.apply(settings.view)
        self.sources.apply(settings.sources)
        self.faces.apply(settings)
        self._bind()

    def run(self, frames: int | None) -> None:
        """Show `frames` frames, or until somebody ends it."""
        self.loop.run(frames)

    def end(self) -> None:
        """No other frame."""
        self._ended = True

    @property
    def ended(self) -> bool:
        """Whether somebody asked for the end."""
        return self._ended

    def after_first(self, call: Callable[[], None]) -> None:
        """Call it once the first frame is shown: what is slow waits for that."""
        self._later.append(call)

    def start(self, starts: Sequence[Start], *, told: bool = True) -> None:
        """Begin sources beside the show. One that can't be chosen is a notice."""
        for start in starts:
            try:
                choice = choosing.chosen(start.driver, start.options, start.only)
            except CartoonAliveError as error:
                self.notice(str(error), level="error")
            else:
                self.cast.add(choice, options=start.options, only=start.only)

    def start_chosen(self, chosen: Sequence[Choice], *, needed: bool) -> None:
        """Begin these beside the show. needed: one that can't start ends the show, and `failure` tells why."""
        for choice in chosen:
            if choice.name != IDLE:
                future = self.cast.add(choice)
                if needed:
                    future.add_done_callback(self._needed)

    def _needed(self, done: "Future[Any]") -> None:
        if (error := done.exception()) is not None and not self._ended:
            self.failure = error
            self.end()

    def follow(self, drivers: "list[Driver]") -> None:
        """Keeps the list of drivers that are on."""
        self._followed = drivers

    def notice(self, line: str, *, level: str = "warning") -> None:
        """For the page and the terminal."""
        self.show.notice(line, level=level)
        self._say(line)

    # ---- every frame ------------------------------------------------------------------------------

    def _after(self, now_s: float) -> None:
        if not self._begun:
            self._begun = True
            for call in self._later:
                call()
        for step in self._steps:
            step(now_s)
        self.parts.keeper.step()
        if self._revision != self.show.revision:
            self._revision = self.show.revision
            self._bind()
            self._followed[:] = [member.driver for member in self.cast.members
                                 if member.driver is not None and member.state == "on"]  # fmt: skip

    # ---- keys -------------------------------------------------------------------------------------

    def _bind(self) -> None:
        """Keys as the settings and the expressions say now."""
        keys = self.parts.settings.keys
        self.stage.closing_keys = frozenset(hotkeys.names(keys.quit))
        post = self.show.post
        actions: dict[str, Callable[[], None]] = {
            "rest": lambda: post("source.rest"),
            "transparent": self.view.transparent,
            "background": self.view.next_background,
            "mirror": lambda: post("view.mirror", {"on": not self.parts.settings.view.mirror}),
            "record": self._record,
            "snapshot": lambda: post("output.snapshot"),
            "clear": lambda: post("expression.clear"),
            "fullscreen": lambda: post("view.fullscreen"),
            "page": self.open_page,
            "help": lambda: self._say(hotkeys.as_text(keys, self.parts.shaping.expressions.presets)),
        }
        trigger = lambda name: post("expression.trigger", {"name": name})  # noqa: E731
        self.stage.keys = hotkeys.bound(keys, self.parts.shaping.expressions.presets, actions, trigger)

    def _record(self) -> None:
        running = self.parts.outputs.health().get("recording", {}).get("state") in ("starting", "on", "waiting")
        if running:
            self.show.post("output.off", {"name": "recording"})
        else:
            self.show.post("output.on", {"name": "recording"})

    # ---- the page ---------------------------------------------------------------------------------

    def serve(self) -> None:
        """The control page, beside the show; where it is, is said."""

        def begin() -> None:
            from runtime.page.server import PORT, ControlPage

            page = ControlPage(self.show, port=self.plan.page_port or PORT, lan=self.plan.page_lan)
            page.__enter__()
            self._page = page
            self._say(f"control page: {page.url}")
            if page.lan_url is not None:
                self._say(f"on a phone: {page.lan_url}")
            if self.plan.open_page:
                threading.Event().wait(PAGE_WAIT_S)
                if not self._ended and not page.connected:
                    self.open_page()

        def settled(done: Any) -> None:
            if (error := done.exception()) is not None:
                self.notice(f"there is no control page: {error}")
                if not isinstance(error, CartoonAliveError):
                    logging.getLogger("cartoonalive").error("the control page failed: %s", error, exc_info=error)

        self.show.work(begin, name="page").add_done_callback(settled)

    def open_page(self) -> None:
        """In the browser; its address is said where that can't be."""
        if self._page is None:
            self._say("this show has no control page (--page)")
        elif not browser.show(self._page.url):
            self._say(f"open this in a browser: {self._page.url}")


class _Open:
    """The stage as the loop wants it, closed when the performance has ended."""

    def __init__(self, stage: Stage, performance: Performance) -> None:
        self._stage, self._performance = stage, performance
        self.draw, self.present, self.read_rgba = stage.draw, stage.present, stage.read_rgba

    def open(self) -> bool:
        """See `runtime.loop.Stage`."""
        return self._stage.open() and not self._performance.ended
