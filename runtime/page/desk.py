"""What the page's server does by itself, beside the show: files that are dropped on the page, portraits, lists."""

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from assets.errors import CartoonAliveError, UsageError
from runtime.page.client import Client, Own, Show, Work
from runtime.page.portraits import Portraits
from runtime.page.uploads import Inbox, Offer, free_name, keep

_LOADING_S: Final = 30.0
"""A large avatar takes its time."""


class Desk:
    """Keeps what comes by the page under `home`: avatars, backgrounds, takes."""

    def __init__(self, show: Show, home: Path, work: Work, portraits: Portraits) -> None:
        self._show, self._home, self._work = show, home, work
        self.portraits = portraits
        self._inboxes: dict[Client, Inbox] = {}
        self._making: asyncio.Task[None] | None = None
        self.actions: Mapping[str, Own] = {
            "file.begin": self._begin,
            "file.use": self._use,
            "portrait.cancel": self._cancel,
            "api.actions": self._list,
        }

    def gone(self, client: Client) -> None:
        """The client has left: what it had begun to send is forgotten."""
        if (inbox := self._inboxes.pop(client, None)) is not None:
            inbox.close()

    def close(self) -> None:
        """Ends what is being made."""
        self.portraits.cancel()
        for client in list(self._inboxes):
            self.gone(client)

    async def _begin(self, client: Client, values: Mapping[str, Any]) -> Any:
        """`file.begin {use, name, bytes}`; the file follows in binary messages."""
        _check("file.begin", values, {"use": str, "name": str, "bytes": int})
        offer = Offer(values["use"], values["name"], values["bytes"])
        if offer.use == "portrait" and self.portraits.busy:
            raise UsageError("an avatar is being made already; wait for it, or cancel it")
        inbox = self._inboxes.setdefault(client, Inbox())
        inbox.begin(offer)
        client.take_bytes = inbox.add
        return {"bytes": offer.size}

    async def _use(self, client: Client, values: Mapping[str, Any]) -> Any:
        """`file.use {}`: what was sent is complete; use it."""
        _check("file.use", values, {})
        inbox = self._inboxes.pop(client, None)
        if inbox is None:
            raise UsageError("no file was announced (file.begin)")
        client.take_bytes = None
        try:
            offer, path = inbox.take()
            if offer.use == "portrait":
                return self._portrait(offer, path, inbox)
            kept = await self._work(lambda: keep(offer, path, self._home / f"{offer.use}s"))
        except BaseException:
            inbox.close()
            raise
        inbox.close()
        return await self._hand_over(offer.use, kept)

    def _portrait(self, offer: Offer, path: Path, inbox: Inbox) -> Any:
        if self.portraits.busy:
            raise UsageError("an avatar is being made already; wait for it, or cancel it")
        folder = self._home / "avatars"
        folder.mkdir(parents=True, exist_ok=True)
        out = free_name(folder, offer.stem, ".avatar")
        self._making = asyncio.create_task(self._make(path, out, inbox))
        return {"avatar": str(out)}

    async def _make(self, portrait: Path, out: Path, inbox: Inbox) -> None:
        try:
            made = await self.portraits.make(portrait, out)
        finally:
            inbox.close()
        if made is None:
            return
        try:
            await self._hand_over("avatar", made)
        except CartoonAliveError as error:
            self.portraits.tell(stage="failed", error=str(error))

    async def _hand_over(self, use: str, path: Path) -> Any:
        wanted: dict[str, tuple[str, dict[str, Any]]] = {
            "avatar": ("avatar.load", {"path": str(path)}),
            "background": ("view.background", {"value": str(path)}),
            "take": ("take.play", {"path": str(path), "loop": True}),
        }
        action, values = wanted[use]
        try:
            result = await self._work(lambda: self._show.ask(action, values, timeout_s=_LOADING_S))
        except CartoonAliveError:
            with contextlib.suppress(OSError):  # of no use to anybody
                if use != "avatar" or not self.portraits.job.get("path") == str(path):
                    path.unlink()
            raise
        return {"path": str(path), "result": result}

    async def _cancel(self, client: Client, values: Mapping[str, Any]) -> Any:
        """`portrait.cancel {}`: end the making of an avatar."""
        _check("portrait.cancel", values, {})
        return self.portraits.cancel()

    async def _list(self, client: Client, values: Mapping[str, Any]) -> Any:
        """`api.actions {}`: everything that can be asked, with its parameters."""
        _check("api.actions", values, {})
        from runtime.actions import ACTIONS

        return {
            name: {"help": action.help, "with": {key: str(each) for key, each in action.parameters.items()}}
            for name, action in ACTIONS.items()
        }


def _check(action: str, values: Mapping[str, Any], wanted: Mapping[str, type]) -> None:
    """Raises UsageError unless `values` has just these keys with these kinds of values."""
    good = values.keys() == wanted.keys()
    if not good or any(type(values[key]) is not kind for key, kind in wanted.items()):
        names = ", ".join(f"{key}: {kind.__name__}" for key, kind in wanted.items())
        raise UsageError(f"{action} takes {{{names}}}")
