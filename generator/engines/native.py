"""Keeping native libraries quiet and light: their logs on file descriptor 2, and imports that only drawing needs."""

import contextlib
import os
import sys
import types
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Send file descriptor 2 to the void for the duration: native code logs there past Python's `sys.stderr`."""
    sys.stderr.flush()
    saved, void = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(void, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(void)


@contextlib.contextmanager
def without_matplotlib() -> Iterator[None]:
    """Let `import matplotlib.pyplot` find an empty module, unless the real one is loaded already.

    mediapipe imports it for drawing only, at a price of about 1.4 s (measured, 0.10.32). The empty modules are
    taken away afterwards, so that anybody else still gets the real one.
    """
    if "matplotlib" in sys.modules:
        yield
        return
    package, pyplot = types.ModuleType("matplotlib"), types.ModuleType("matplotlib.pyplot")
    package.__dict__["pyplot"] = pyplot
    stand_ins = {"matplotlib": package, "matplotlib.pyplot": pyplot}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, module in stand_ins.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
