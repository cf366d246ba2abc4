"""The sources on stage while the show runs: they come, go, change places and calm, and the picture never waits.

A driver is entered and left on a thread of its own: that may take seconds. In between it belongs to the thread that
draws. One that can't be started is told and stays listed as failed; the show goes on.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from assets import arkit
from assets.errors import CartoonAliveError, UsageError
from assets.face import HEAD
from drivers.base import Driver, Listener
from runtime import actions
from runtime.calibrating import calibration_live, calibration_store
from runtime.faces.filters import FaceFilter
from runtime.faces.mixer import channels_of, order_of
from runtime.faces.signals import COUNT, Bools, rows
from runtime.loop import Loop
from runtime.show import Show
from runtime.sources.choosing import Choice
from runtime.sources.source import Face, Source

IDLE: Final = "idle"
LEAVE_S: Final = 2.0
"""What a driver may take to close."""
_ROWS: Final = {region: rows(channels_of([region])) for region in (*arkit.REGIONS, HEAD)}
LEAST_SHARE: Final = 0.02
"""Who has less of a region than that doesn't drive it."""


@dataclass(slots=True, eq=False)
class Member:
    """One source. state: "starting", "on" or "failed". front: before all others, whatever order was wished for.

    path: of the file that keeps its calibration; None where it has none."""

    name: str
    options: Mapping[str, Any]
    only: tuple[str, ...] = ()
    front: bool = False
    state: str = "starting"
    error: str = ""
    driver: Driver | None = None
    source: Source | None = None
    path: Path | None = None
    told: dict[str, Any] = field(default_factory=dict)


class Cast:
    """All methods are for the thread that draws, but for `tell`. notice: as `Show.notice`."""

    def __init__(
        self,
        loop: Loop,
        show: Show,
        *,
        calibrate: bool = True,
        entered: Callable[[Driver], None] = lambda driver: None,
        notice: Callable[..., None] | None = None,
    ) -> None:
        """entered: told of every driver that has come, before it speaks. notice: told what people should know."""
        self._loop, self._show = loop, show
        self._notice = notice or show.notice
        self._calibrate = calibrate
        self._entered = entered
        self._members: tuple[Member, ...] = ()
        self._order: Mapping[str, Sequence[str]] = {}
        self._calm: Mapping[str, float] = {}
        self._leaving = False
        self._threads: list[threading.Thread] = []

    @property
    def members(self) -> tuple[Member, ...]:
        """In order of priority."""
        return self._members

    @property
    def playing(self) -> list[Member]:
        """Those that are on, without the one that lives by itself."""
        return [member for member in self._members if member.source is not None and member.name != IDLE]

    # ---- who is there -----------------------------------------------------------------------------

    def take(self, choice: Choice, *, options: Mapping[str, Any] | None = None, only: Sequence[str] = (),
             front: bool = False) -> Member:  # fmt: skip
        """A driver that has been entered already speaks from the next frame on."""
        member = Member(choice.name, options or {}, tuple(only), front, driver=choice.driver)
        self._list(member)
        self._set_on(member, choice)
        return member

    def speak(self, name: str, face: Face, *, lively: float = 4.0) -> Member:
        """Something without a driver speaks before all others."""
        member = Member(name, {}, front=True, state="on", source=Source(face, face_filter=FaceFilter(lively=lively)))
        self._list(member)
        self._recast()
        return member

    def add(self, choice: Choice, *, options: Mapping[str, Any] | None = None, only: Sequence[str] = (),
            front: bool = False) -> "Future[dict[str, Any]]":  # fmt: skip
        """Start a driver beside the show; one of that name is closed first. The future: `tell()`'s entry."""
        before = self._member(choice.name)
        member = Member(choice.name, options or {}, tuple(only), front, driver=choice.driver)
        self._list(member)
        self._recast()

        def enter() -> None:
            if before is not None and before.driver is not None:
                before.driver.__exit__(None, None, None)
            choice.driver.__enter__()
            if self._leaving or member not in self._members:
                choice.driver.__exit__(None, None, None)
                raise CartoonAliveError(f"{choice.name}: was taken away before it had started")

        def finish(_: None) -> dict[str, Any]:
            if member not in self._members:
                self._close(member)
                raise CartoonAliveError(f"{choice.name}: was taken away before it had started")
            self._set_on(member, choice)
            return self._told(member)

        def settled(done: "Future[Any]") -> None:
            error = done.exception()
            if error is not None and member in self._members:
                member.state, member.error = "failed", " ".join(str(error).split())
                self._notice(
                    f"{choice.name}: {member.error}".replace(f"{choice.name}: {choice.name}: ", f"{choice.name}: ")
                )

        future = self._show.then(self._show.work(enter, name=choice.name), finish)
        future.add_done_callback(settled)
        return future

    def remove(self, name: str) -> None:
        """Take a source away; its driver is closed beside the show. Raises UsageError for a name that isn't there."""
        member = self._member(name)
        if member is None:
            known = [other.name for other in self._members]
            raise UsageError(f"there is no source {name!r}{actions.nearest(name, known)}")
        self._members = tuple(other for other in self._members if other is not member)
        self._recast()
        if member.state == "on":
            self._close(member)

    def leave(self, *, within_s: float = LEAVE_S) -> None:
        """Close all drivers, each on its own thread, and wait for them no longer than that."""
        self._leaving = True
        for member in self._members:
            if member.state == "on":
                self._close(member)
        self._members = ()
        for thread in self._threads:
            thread.join(within_s / max(1, len(self._threads)))

    # ---- who comes first, and how calm ------------------------------------------------------------

    def reorder(self, wishes: Mapping[str, Sequence[str]]) -> None:
        """Priorities by region, or "all"."""
        self._order = dict(wishes)
        self._recast()

    def soothe(self, calm: Mapping[str, float]) -> None:
        """How calm each region is, or "all": 1 is usual, 4 calm, 0.25 lively."""
        self._calm = dict(calm)
        for member in self._members:
            if member.source is not None:
                member.source.enliven(self._lively())

    # ---- what it says -----------------------------------------------------------------------------

    def tell(self) -> list[dict[str, Any]]:
        """Every source, JSON-ready. Any thread."""
        return [self._told(member) for member in self._members]

    def drivers(self) -> dict[str, str]:
        """Region -> who drives most of it; "" where nobody does. From the last frame."""
        shares = self._loop.mixer.shares
        names = [member.name for member in self._on()]
        if len(names) != len(shares) or not names:
            return dict.fromkeys(_ROWS, "")
        told = {}
        for region, mask in _ROWS.items():
            sums = shares[:, mask].max(axis=1)
            best = int(np.argmax(sums))
            told[region] = names[best] if sums[best] > LEAST_SHARE else ""
        return told

    def driven(self) -> Bools:
        """The rows (58,) that somebody drove in the last frame, besides the one who lives by itself."""
        shares = self._loop.mixer.shares
        people = [member.name != IDLE for member in self._on()]
        if len(people) != len(shares):
            return np.zeros(COUNT, np.bool_)
        return np.asarray(shares[people].sum(axis=0) > 0.5)

    def live(self, now_s: float) -> dict[str, dict[str, Any]]:
        """Source -> status, age, packets, level. On the thread that draws, as `Driver` wants it."""
        return {member.name: _live(member, now_s) for member in self._members}

    # ---- inside -----------------------------------------------------------------------------------

    def _member(self, name: str) -> Member | None:
        return next((member for member in self._members if member.name == name), None)

    def _on(self) -> list[Member]:
        return [member for member in self._members if member.source is not None]

    def _list(self, member: Member) -> None:
        """In its place: where one of that name was, else last, but before the one that lives by itself."""
        others = list(self._members)
        place = next((index for index, other in enumerate(others) if other.name == member.name), len(others))
        others[place : place + 1] = [member]
        self._members = tuple(sorted(others, key=lambda other: (other.name == IDLE) - other.front))

    def _set_on(self, member: Member, choice: Choice) -> None:
        kept = calibration_live.kept(choice.source, self._notice) if self._calibrate and member.name != IDLE else None
        if kept is not None:
            self._notice(f"{choice.source}: calibrated; --no-calibration leaves that out", level="info")
        member.path = calibration_store.path_of(choice.source) if self._calibrate else None
        member.source = Source(choice.driver, choice.allowed, calibration=kept, face_filter=FaceFilter())
        member.source.enliven(self._lively())
        member.state = "on"
        self._entered(choice.driver)
        self._recast()

    def _lively(self) -> dict[str, float]:
        return {region: 1.0 / value for region, value in self._calm.items()}

    def _recast(self) -> None:
        """Tell the loop who is on, so that it cross-fades."""
        on = self._on()
        before = [id(source) for source in self._loop.sources]
        sources = [member.source for member in on if member.source is not None]
        kept = [before.index(id(source)) if id(source) in before else None for source in sources]
        fronts = [member.name for member in on if member.front]
        wishes = {region: [*fronts, *names] for region, names in self._order.items()}
        self._loop.sources[:] = sources
        self._loop.mixer.recast(kept, order_of([member.name for member in on], wishes))
        self._show.changed()

    def _close(self, member: Member) -> None:
        driver, member.source = member.driver, None
        if driver is not None:
            thread = threading.Thread(target=driver.__exit__, args=(None, None, None), name=f"close-{member.name}")
            thread.daemon = True
            thread.start()
            self._threads = [*(other for other in self._threads if other.is_alive()), thread]

    def _told(self, member: Member) -> dict[str, Any]:
        calibrated = member.path is not None and member.path.is_file()
        return {
            "name": member.name, "driver": member.name, "options": _plain(member.options), "only": list(member.only),
            "state": member.state, "error": member.error, "calibrated": calibrated,
        }  # fmt: skip


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value if isinstance(value, str | int | float | bool | None) else str(value)
        for key, value in options.items()
    }


def _live(member: Member, now_s: float) -> dict[str, Any]:
    driver: Any = member.driver or (member.source.driver if member.source is not None else None)
    told: dict[str, Any] = {"state": member.state, "status": member.error, "age_s": None}
    if member.state != "on" or driver is None:
        return told
    told["status"] = driver.status()
    if member.source is not None and member.source.seen is not None:
        told["age_s"] = round(max(now_s - member.source.seen.time_s, 0.0), 3)
    if isinstance(driver, Listener):
        heard = driver.statistics()
        told |= {
            "address": heard.address, "ports": list(heard.ports), "taken": list(heard.taken),
            "packets": heard.packets, "packets_per_s": round(heard.packets_per_s, 1), "sender": heard.sender,
            "unparseable": heard.unparseable, "foreign": heard.foreign, "faces": heard.faces,
            "moved": list(heard.moved),
        }  # fmt: skip
    if (level := getattr(driver, "level_db", None)) is not None:
        loud = level()
        told["level_db"] = None if loud is None else round(max(loud, -120.0), 1)
    return told
