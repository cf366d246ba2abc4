"""runtime.page.portraits: real children, which say what `generate` would."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from assets.errors import UsageError
from runtime.page.portraits import COMMAND, Portraits

SAYS = """
import json, pathlib, sys
portrait, _, out, _ = sys.argv[1:]
sys.stderr.write("@progress 0.250 eyes\\nwarning: small\\n@progress nonsense\\n@progress 7 mouth\\n")
sys.stderr.write(90_000 * "x" + "\\n")
pathlib.Path(out).write_bytes(b"avatar of " + pathlib.Path(portrait).read_bytes())
print(json.dumps({"seconds": 1.5, "warnings": ["small"], "limits": [], "other": 1}))
"""
FAILS = "import sys; sys.exit('cartoonalive: expected a face, found none')"
WAITS = "import sys, time; print('@progress 0.1 waiting', file=sys.stderr, flush=True); time.sleep(60)"


def command(script: str) -> tuple[str, ...]:
    return (sys.executable, "-c", script)


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "me.png"
    path.write_bytes(b"me")
    return path


class Watched(Portraits):
    """Keeps everything that was told."""

    def __init__(self, script: str) -> None:
        super().__init__(command(script))
        self.told: list[dict[str, Any]] = []

    def tell(self, **news: Any) -> None:
        super().tell(**news)
        self.told.append(self.job)


def test_an_avatar_is_made_and_its_progress_told(portrait: Path, tmp_path: Path) -> None:
    made, out = Watched(SAYS), tmp_path / "me.avatar"
    assert asyncio.run(made.make(portrait, out)) == out
    assert out.read_bytes() == b"avatar of me"
    steps = [(job["what"], job["done"]) for job in made.told]
    assert steps == [("starting", 0.0), ("eyes", 0.25), ("mouth", 1.0), ("", 1.0)]
    assert made.job == {
        "stage": "done", "name": "me.png", "what": "", "done": 1.0, "path": str(out), "seconds": 1.5,
        "warnings": ["small"], "limits": [],
    }  # fmt: skip
    assert made.revision == 4


def test_what_goes_wrong_is_told_in_one_line(portrait: Path, tmp_path: Path) -> None:
    made = Watched(FAILS)
    assert asyncio.run(made.make(portrait, tmp_path / "me.avatar")) is None
    assert (made.job["stage"], made.job["error"]) == ("failed", "expected a face, found none")
    missing = Portraits((str(tmp_path / "nothing"),))
    assert asyncio.run(missing.make(portrait, tmp_path / "me.avatar")) is None
    assert missing.job["error"].startswith("the maker of avatars can't be started: ")
    silent = Portraits(command("pass"))
    assert asyncio.run(silent.make(portrait, tmp_path / "me.avatar")) is None
    assert silent.job["error"] == "it ended with code 0"


def test_one_at_a_time_and_cancelled_at_once(portrait: Path, tmp_path: Path) -> None:
    made = Portraits(command(WAITS))

    async def scene() -> None:
        first = asyncio.create_task(made.make(portrait, tmp_path / "a.avatar"))
        while made.job.get("what") != "waiting":
            await asyncio.sleep(0)
        with pytest.raises(UsageError, match="already"):
            await made.make(portrait, tmp_path / "b.avatar")
        assert made.cancel()
        assert await first is None
        assert not made.cancel()

    asyncio.run(scene())
    assert (made.job["stage"], made.job["error"]) == ("failed", "cancelled")


def test_a_show_that_ends_takes_the_child_with_it(portrait: Path, tmp_path: Path) -> None:
    made = Portraits(command(WAITS))

    async def scene() -> int:
        task = asyncio.create_task(made.make(portrait, tmp_path / "a.avatar"))
        while made.job.get("what") != "waiting":
            await asyncio.sleep(0)
        child = made._child
        assert child is not None
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await child.wait()

    assert asyncio.run(scene()) != 0
    assert made.job["error"] == "interrupted"


def test_the_maker_is_our_own_command() -> None:
    assert COMMAND[0] == sys.executable
    assert COMMAND[-3:] == ("-m", "runtime", "generate")
