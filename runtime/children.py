"""Child processes of ours: started wherever the user is, they find our packages."""

import os
from pathlib import Path


def environment() -> dict[str, str]:
    """Our environment with the folder that holds our packages on the path.

    Use `python -P -m runtime.something`: without -P the user's current folder would come first, and a stray
    `runtime` or `cv2` in it would be imported.
    """
    root = str(Path(__file__).resolve().parents[1])
    others = [path for path in (os.environ.get("PYTHONPATH"),) if path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, *others])}
