"""An avatar made of a portrait while the show goes on: by `cartoonalive generate`, in a process of its own."""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from assets.errors import UsageError
from runtime import children, console

COMMAND: Final = tuple(children.command("runtime", "generate"))


class Portraits:
    """One avatar is made at a time. `job` is JSON-ready and `revision` grows with every change of it."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = tuple(command)
        self._child: asyncio.subprocess.Process | None = None
        self.job: dict[str, Any] = {"stage": "idle"}
        self.revision = 0

    @property
    def busy(self) -> bool:
        """Whether one is being made."""
        return bool(self.job["stage"] == "making")

    def tell(self, **news: Any) -> None:
        """Change what is said about the present job."""
        self.job = {**self.job, **news}
        self.revision += 1

    async def make(self, portrait: Path, out: Path) -> Path | None:
        """The avatar's file, or None when none came of it; `job` tells why. Raises UsageError while busy."""
        if self.busy:
            raise UsageError("an avatar is being made already; wait for it, or cancel it")
        self.job = {"stage": "making"}
        self.tell(name=portrait.name, what="starting", done=0.0)
        try:
            await self._run(portrait, out)
        except OSError as error:
            self.tell(stage="failed", error=f"the maker of avatars can't be started: {error.strerror or error}")
        finally:
            if self.busy:
                self.tell(stage="failed", error="interrupted")
        return out if self.job["stage"] == "done" else None

    def cancel(self) -> bool:
        """End the making; tells whether there was any."""
        if self._child is None:
            return False
        self.tell(stage="failed", error="cancelled")
        with contextlib.suppress(ProcessLookupError):
            self._child.terminate()
        return True

    async def _run(self, portrait: Path, out: Path) -> None:
        words = [*self._command, str(portrait), "-o", str(out), "--json"]
        environment = {**children.environment(), console.PROGRESS_VARIABLE: console.PROGRESS_LINES}
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(
            *words, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe, env=environment, **children.POLITE
        )
        self._child = child
        try:
            children.yields(child.pid)
            assert child.stdout is not None
            assert child.stderr is not None
            said, result = await asyncio.gather(self._follow(child.stderr), child.stdout.read())
            code = await child.wait()
        finally:
            self._child = None
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
        if self.busy:
            self._finish(code, said, result, out)

    async def _follow(self, stream: asyncio.StreamReader) -> str:
        """Tells the progress; returns the last other line."""
        last = ""
        while True:
            try:
                raw = await stream.readline()
            except ValueError:  # a line beyond all measure; what comes after it is read again
                continue
            if not raw:
                return last
            line = raw.decode(errors="replace").strip()
            if line.startswith(console.PROGRESS_MARK):
                share, _, what = line.removeprefix(console.PROGRESS_MARK).partition(" ")
                with contextlib.suppress(ValueError):
                    if self.busy:
                        self.tell(done=min(max(float(share), 0.0), 1.0), what=what)
            elif line:
                last = line

    def _finish(self, code: int, said: str, result: bytes, out: Path) -> None:
        if code != 0 or not out.is_file():
            words = said.removeprefix("cartoonalive: ") or f"it ended with code {code}"
            self.tell(stage="failed", error=words)
            return
        data: dict[str, Any] = {}
        with contextlib.suppress(ValueError):
            data = json.loads(result)
        told = {key: data[key] for key in ("seconds", "warnings", "limits") if key in data}
        self.tell(stage="done", done=1.0, what="", path=str(out), **told)
