"""Several children that draw an identity data set at once, each on a core of its own."""

import queue
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assets.errors import CartoonAliveError
from generator.identity import dataset
from runtime import children

Advance = Callable[[int], None]
"""`advance(samples)`: so many more are drawn."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """samples: drawn now. kept: there already. deviation_px: of the dots found, at most (0 when none was drawn)."""

    samples: int
    kept: int
    deviation_px: float


def make(folder: Path, plan: dataset.Plan, count: int, /, *, jobs: int, advance: Advance) -> Drawn:
    """Draw what is missing of `count` samples.

    Raises UsageError when the folder holds another set, CartoonAliveError when a child fails; what is written stays.
    """
    dataset.begin(folder, plan)
    wanted = dataset.missing(folder, plan, count)
    if not wanted:
        return Drawn(0, count, 0.0)
    todo = sum(samples for _, samples in wanted)
    told: queue.Queue[tuple[_Worker, str]] = queue.Queue()
    waiting = [f"{number} {number * plan.shard_samples} {samples}" for number, samples in reversed(wanted)]
    crew = [_Worker(folder, plan.seed, told) for _ in range(min(jobs, len(wanted)))]
    deviation_px, active = 0.0, len(crew)
    try:
        for worker in crew:
            worker.send(waiting.pop())
        while active:
            worker, line = told.get()
            kind, *words = line.split()
            if kind == "+":
                advance(int(words[0]))
            elif kind == "=":
                deviation_px = max(deviation_px, float(words[1]))
                worker.send(waiting.pop() if waiting else None)
            else:
                worker.check(finished=not waiting)
                active -= 1
    finally:
        for worker in crew:
            worker.close()
    return Drawn(todo, count - todo, deviation_px)


class _Worker:
    """One child, and the thread that reads it."""

    def __init__(self, folder: Path, seed: int, told: "queue.Queue[tuple[_Worker, str]]") -> None:
        self._child = subprocess.Popen(
            children.command("runtime.making.identity_child", str(folder), str(seed)),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=children.environment() | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        self._told = told
        self._done = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def send(self, order: str | None) -> None:
        """A shard to draw, or None: there is nothing more to do."""
        assert self._child.stdin is not None
        try:
            if order is None:
                self._done = True
                self._child.stdin.close()
            else:
                self._child.stdin.write(f"{order}\n")
                self._child.stdin.flush()
        except BrokenPipeError:
            pass  # it is gone; its end says why

    def check(self, *, finished: bool) -> None:
        """Its output has ended: was that right? Raises CartoonAliveError with its last words."""
        assert self._child.stderr is not None
        words = self._child.stderr.read().strip().splitlines()
        code = self._child.wait()
        if code or not (self._done and finished):
            reason = words[-1] if words else f"exit code {code}"
            raise CartoonAliveError(
                f"a drawing process ended early: {reason}; run the command again, it goes on where it stopped"
            )

    def close(self) -> None:
        """End it, whatever it does. May be called twice."""
        if self._child.poll() is None:
            self._child.kill()  # SDL turns a mere SIGTERM into an event that nobody reads; files are whole anyway
        self._child.wait()
        self._reader.join()
        for pipe in (self._child.stdin, self._child.stdout, self._child.stderr):
            if pipe is not None and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:
                    pass

    def _read(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            self._told.put((self, line))
        self._told.put((self, "end"))
