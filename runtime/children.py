"""Child processes of ours: started wherever the user is, they find our packages."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

if sys.platform == "win32":
    APART: Final[dict[str, Any]] = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
else:
    APART: Final[dict[str, Any]] = {"start_new_session": True}
"""For `subprocess.Popen`: Ctrl-C in the terminal reaches us, not the child, which goes on until we end it."""


def environment() -> dict[str, str]:
    """Our environment with the folder that holds our packages on the path.

    Use `python -P -m runtime.something`: without -P the user's current folder would come first, and a stray
    `runtime` or `cv2` in it would be imported.
    """
    root = str(Path(__file__).resolve().parents[1])
    others = [path for path in (os.environ.get("PYTHONPATH"),) if path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, *others])}
