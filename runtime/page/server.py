"""The control page's server: HTTP for its few files, WebSocket for everything else, in a thread of its own.

It listens on the loopback unless the network was let in. Every path begins with a token that is kept in the user's
folder, so that a plugin or an OBS dock finds the page again after a restart; see `gate` for the rest.
"""

import asyncio
import contextlib
import functools
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from assets.errors import UsageError
from drivers._sockets import own_address
from runtime.page import answers, gate, portraits, protocol
from runtime.page.client import Client, Own, Show
from runtime.page.desk import Desk
from runtime.page.gate import RefusedError

log = logging.getLogger(__name__)

PORT: Final = 39777
PORTS: Final = 10
"""So many ports are tried, one after another, before any free one is taken."""
EVERYWHERE: Final = "0.0.0.0"
MAX_CONNECTIONS: Final = 32
API_PATH: Final = "api"
_PING_S: Final = 20.0
_CLOSE_S: Final = 2.0


class ControlPage:
    """The page of one show; a context manager. `url` is what to open; `lan_url`, what a phone opens.

    port: 0 for the usual one, or another where that is taken. folder: where the token is kept. home: where avatars and
    pictures that come by the page are kept. maker: the command that makes an avatar. Raises UsageError when no port can
    be had.
    """

    def __init__(
        self,
        show: Show,
        *,
        port: int = 0,
        lan: bool = False,
        folder: Path | None = None,
        home: Path | None = None,
        maker: Sequence[str] = portraits.COMMAND,
    ) -> None:
        self._show, self._port, self._lan = show, port, lan
        self._folder, self._home, self._maker = folder, home, maker
        self._token = ""
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._trouble: Exception | None = None
        self._server: Server | None = None
        self._connections: set[ServerConnection] = set()
        self._revision = 0

    # ---- from outside --------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        import platformdirs

        folder = self._folder or platformdirs.user_config_path("cartoonalive")
        self._home = self._home or platformdirs.user_data_path("cartoonalive")
        self._token = gate.kept_token(folder / "page-token")
        self._thread = threading.Thread(target=self._run, name="control page", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._trouble is not None:
            self._thread.join()
            reason = getattr(self._trouble, "strerror", None) or self._trouble
            raise UsageError(f"the control page can't have port {self._port or PORT}: {reason}; choose another port")
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop is not None and self._thread is not None and self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # it has just ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(2.0 * _CLOSE_S)

    @property
    def connected(self) -> bool:
        """Whether a page or a plugin is here."""
        return bool(self._connections)

    @property
    def port(self) -> int:
        """The one that is open."""
        return self._port

    @property
    def url(self) -> str:
        """What to open on this computer; a WebSocket is at the same address with `ws` and `api` at its end."""
        return f"http://{gate.LOOPBACK}:{self._port}/{self._token}/"

    @property
    def lan_url(self) -> str | None:
        """What to open on a phone or tablet; None while the network isn't let in, or there is none."""
        return self._lan_url(own_address())

    def _lan_url(self, address: str) -> str | None:
        return f"http://{address}:{self._port}/{self._token}/" if self._lan and address else None

    # ---- the thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception as error:
            self._trouble = error
            if self._ready.is_set():
                log.exception("the control page has ended: %s", error)
        finally:
            self._ready.set()

    async def _main(self) -> None:
        assert self._home is not None
        self._loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(8, thread_name_prefix="page") as pool:
            work = functools.partial(_beside, self._loop, pool)
            self._desk = Desk(self._show, self._home, work, portraits.Portraits(self._maker))
            self._own: Mapping[str, Own] = {**self._desk.actions, "page.lan": self._let_in}
            self._work = work
            usual = self._port in (0, PORT)
            ports = [*range(PORT, PORT + PORTS), 0] if usual else [self._port]
            self._server = await self._listen(EVERYWHERE if self._lan else gate.LOOPBACK, ports)
            self._ready.set()
            await self._stop.wait()
            self._desk.close()
            self._server.server.close()
            closing = [asyncio.create_task(connection.close(1001)) for connection in self._connections]
            if closing:
                await asyncio.wait(closing, timeout=_CLOSE_S)

    async def _listen(self, host: str, ports: Sequence[int]) -> Server:
        """On the first of these ports that can be had. Raises OSError."""
        for number in ports:
            try:
                server = await serve(
                    self._serve, host, number, process_request=self._request, compression=None, server_header=None,
                    max_size=protocol.MAX_MESSAGE_BYTES, ping_interval=_PING_S, ping_timeout=_PING_S,
                    close_timeout=_CLOSE_S, logger=_quiet(),
                )  # fmt: skip
            except OSError:
                if number == ports[-1]:
                    raise
                continue
            self._port = int(next(iter(server.sockets)).getsockname()[1])
            return server
        raise AssertionError("the last port raises")

    async def _let_in(self, client: Client, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """`page.lan {on}`: listen to the network too, or no longer; those who are here stay."""
        on = values.get("on")
        if not isinstance(on, bool) or len(values) != 1:
            raise UsageError("page.lan takes {on: true or false}")
        if on != self._lan and self._server is not None:
            self._server.close(close_connections=False)
            self._server.server.close()
            try:
                self._server = await self._listen(EVERYWHERE if on else gate.LOOPBACK, [self._port])
            except OSError as error:
                self._server = await self._listen(gate.LOOPBACK, [self._port])
                raise UsageError(f"the network can't be let in: {error.strerror or error}") from error
            self._lan = on
            self._revision += 1
        return self._page()

    def _page(self) -> Mapping[str, Any]:
        """The topic `page`: what the server says of itself."""
        address = own_address()
        return {
            "revision": f"{self._revision} {self._desk.portraits.revision} {address}",
            "address": address,
            "url": self.url,
            "api": f"{self.url.replace('http', 'ws', 1)}{API_PATH}",
            "lan": self._lan,
            "lan_url": self._lan_url(address),
            "portrait": self._desk.portraits.job,
        }

    # ---- one connection ------------------------------------------------------------------------------------------

    def _request(self, connection: ServerConnection, request: Request) -> Response | None:
        """A file of the page, or None to go on to the WebSocket."""
        try:
            address, port = connection.local_address[:2]
            host = request.headers.get("Host", "")
            gate.check(host, request.headers.get("Origin"), gate.own_hosts(address, port))
            path = gate.inside(request.path, self._token)
            if path == API_PATH:
                if len(self._connections) >= MAX_CONNECTIONS:
                    raise RefusedError(503, f"at most {MAX_CONNECTIONS} pages and plugins at a time")
                return None
            return answers.page_file(path, host, self.lan_url)
        except RefusedError as refused:
            return answers.refusal(refused.status, str(refused))
        except Exception as error:
            log.exception("the control page failed: %s", error)
            return answers.refusal(500, "the log tells more")

    async def _serve(self, connection: ServerConnection) -> None:
        client = Client(connection, self._show, work=self._work, own=self._own, page=self._page)
        self._connections.add(connection)
        try:
            await client.serve()
        except ConnectionClosed:
            pass
        except Exception as error:
            log.exception("a connection of the control page failed: %s", error)
        finally:
            self._connections.discard(connection)
            self._desk.gone(client)


async def _beside(loop: asyncio.AbstractEventLoop, pool: ThreadPoolExecutor, call: Callable[[], Any]) -> Any:
    return await loop.run_in_executor(pool, call)


def _quiet() -> logging.Logger:
    """Strangers who knock wrongly are no news."""
    logger = logging.getLogger(f"{__name__}.wire")
    logger.setLevel(logging.CRITICAL)
    return logger
