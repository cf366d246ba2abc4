"""One connection of a page or a plugin: what it asks is done in order, and what it watches is sent as it changes.

Nothing piles up: a slow reader gets fewer updates, never older ones, and one that watches nothing costs nothing.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

from websockets.exceptions import ConnectionClosed

from assets.errors import CartoonAliveError
from runtime.page import protocol
from runtime.page.protocol import MessageError, Request, Subscription

log = logging.getLogger(__name__)

LIVE_S: Final = 1.0 / protocol.MAX_RATE_HZ
"""From one update to the next; a picture of the show comes half as often."""
STATE_EVERY: Final = 4
"""Updates between two looks at whether the state has changed."""
PICTURE_EVERY: Final = 2

USUAL_S: Final = 5.0
SLOW_S: Final[Mapping[str, float]] = {"source.add": 60.0, "source.devices": 20.0, "avatar.load": 30.0}
"""Actions that open something, and how long they may take; whoever asks for one may ask for others meanwhile."""

Own = Callable[["Client", Mapping[str, Any]], Awaitable[Any]]
"""What the server itself does, by name of the action: files, portraits, addresses."""


class Show(Protocol):
    """What is needed of `runtime.show.Show`."""

    def ask(self, action: str, values: Mapping[str, Any] | None = None, *, timeout_s: float = 5.0) -> Any:
        """Done between two frames; raises CartoonAliveError."""
        ...

    def post(self, action: str, values: Mapping[str, Any] | None = None) -> None:
        """Done between two frames; nobody waits."""
        ...

    def state(self) -> dict[str, Any]:
        """Everything that was set; grows in "revision" with every change."""
        ...

    def live(self) -> dict[str, Any]:
        """The newest frame in numbers."""
        ...

    def preview(self, side_px: int) -> bytes | None:
        """The newest picture."""
        ...


class Wire(Protocol):
    """What is needed of a WebSocket connection."""

    def __aiter__(self) -> Any:
        """Messages as they come."""
        ...

    async def send(self, message: str | bytes) -> None:
        """Waits while the reader is slow."""
        ...


Work = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Runs a function that may wait, beside the event loop."""


class Client:
    """Serves one connection until it closes.

    own: what is done by the server and not by the show. page: what the server tells of itself, which has "revision".
    """

    def __init__(
        self, wire: Wire, show: Show, *, work: Work, own: Mapping[str, Own], page: Callable[[], Mapping[str, Any]]
    ) -> None:
        self._wire, self._show, self._work, self._own, self._page = wire, show, work, own, page
        self._wanted: Subscription = Subscription(None, frozenset())
        self._watching = asyncio.Event()
        self._told: dict[str, Any] = {}
        self._turn = 0
        self._slow: set[asyncio.Task[None]] = set()
        self.take_bytes: Callable[[bytes], None] | None = None
        """Who takes binary messages: a file on its way."""

    async def serve(self) -> None:
        """Until the connection closes; whatever is wrong with a message is answered, not raised."""
        await self._wire.send(protocol.dumps({"v": protocol.VERSION, "hello": "CartoonAlive"}))
        pushing = asyncio.create_task(self._push())
        try:
            async for message in self._wire:
                reply = self._bytes(message) if isinstance(message, bytes) else await self._message(message)
                if reply is not None:
                    await self._wire.send(reply)
                if pushing.done():
                    return
        finally:
            for task in (pushing, *self._slow):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await task

    def _bytes(self, piece: bytes) -> str | None:
        if self.take_bytes is None:
            return protocol.trouble(None, "no file was announced (file.begin)")
        try:
            self.take_bytes(piece)
        except (CartoonAliveError, OSError) as error:
            self.take_bytes = None
            return protocol.trouble(None, str(error))
        return None

    async def _message(self, text: str) -> str | None:
        try:
            message = protocol.parse(text)
        except MessageError as error:
            return protocol.trouble(error.id, str(error))
        if isinstance(message, Subscription):
            return self._subscribe(message)
        if message.action in SLOW_S and message.id is not None:
            task = asyncio.create_task(self._later(message))
            self._slow.add(task)
            task.add_done_callback(self._slow.discard)
            return None
        return await self._do(message)

    async def _later(self, request: Request) -> None:
        reply = await self._do(request)
        if reply is not None:
            await self._wire.send(reply)

    def _subscribe(self, wanted: Subscription) -> str | None:
        for topic in wanted.topics - self._wanted.topics:
            self._told.pop(topic, None)  # whoever comes back is told at once
        self._wanted, self._turn = wanted, 0
        if wanted.topics:
            self._watching.set()
        else:
            self._watching.clear()
        return None if wanted.id is None else protocol.answer(wanted.id, sorted(wanted.topics))

    async def _do(self, request: Request) -> str | None:
        action, values = request.action, request.values
        try:
            if action in self._own:
                result = await self._own[action](self, values)
            elif request.id is None:
                self._show.post(action, values)
                return None
            else:
                patience_s = SLOW_S.get(action, USUAL_S)
                result = await self._work(lambda: self._show.ask(action, values, timeout_s=patience_s))
        except CartoonAliveError as error:
            return protocol.trouble(request.id, str(error))
        except Exception as error:
            log.exception("%s from the control page failed: %s", action, error)
            return protocol.trouble(request.id, f"{action} failed: {type(error).__name__}; the log tells more")
        self._turn = 0  # what it changed is told at once
        return None if request.id is None else protocol.answer(request.id, result)

    async def _push(self) -> None:
        failing = False
        while True:
            await self._watching.wait()
            try:
                await self._tell()
                failing = False
            except ConnectionClosed:
                return
            except Exception as error:  # of one update; the next may be well again
                if not failing:
                    log.exception("the control page could not be told what is going on: %s", error)
                failing = True
            await asyncio.sleep(LIVE_S)

    async def _tell(self) -> None:
        """One round of news: what this client watches and hasn't been told yet."""
        topics, turn = self._wanted.topics, self._turn
        self._turn = turn + 1
        if turn % STATE_EVERY == 0:
            if "state" in topics:
                await self._once("state", self._show.state())
            if "page" in topics:
                await self._once("page", self._page())
        if "live" in topics and turn % round(protocol.MAX_RATE_HZ / self._wanted.rate_hz) == 0:
            await self._wire.send(protocol.news("live", self._show.live()))
        if "preview" in topics and turn % PICTURE_EVERY == 0:
            side_px = self._wanted.side_px
            picture = await self._work(lambda: self._show.preview(side_px))
            if picture is not None and picture is not self._told.get("preview"):
                self._told["preview"] = picture
                await self._wire.send(picture)

    async def _once(self, topic: str, value: Mapping[str, Any]) -> None:
        if self._told.get(topic) != value["revision"]:
            self._told[topic] = value["revision"]
            await self._wire.send(protocol.news(topic, value))
