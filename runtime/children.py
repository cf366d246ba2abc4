"""Child processes of ours: started wherever the user is, they find our packages."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

if sys.platform == "win32":
    APART: Final[dict[str, Any]] = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    POLITE: Final[dict[str, Any]] = {
        "creationflags": subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NO_WINDOW
    }
else:
    APART: Final[dict[str, Any]] = {"start_new_session": True}
    POLITE: Final[dict[str, Any]] = {}
"""For `subprocess.Popen`. APART: Ctrl-C in the terminal reaches us, not the child, which goes on until we end it.
POLITE, with `yields`: a child that works beside a show."""


def yields(pid: int, *, how_far: int = 10) -> None:
    """Lets the child yield to whoever draws, where that isn't said at its start. how_far: of 19; with 10 a show on two
    busy cores doesn't stutter."""
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, how_far)


def command(module: str, *words: str) -> list[str]:
    """How to run one of our modules as a program, whatever the current folder holds; with `environment`."""
    return [sys.executable, "-P", "-m", module, *words]


def environment() -> dict[str, str]:
    """Our environment with the folder that holds our packages on the path.

    Use `python -P -m runtime.something`: without -P the user's current folder would come first, and a stray
    `runtime` or `cv2` in it would be imported.
    """
    root = str(Path(__file__).resolve().parents[1])
    others = [path for path in (os.environ.get("PYTHONPATH"),) if path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, *others])}
