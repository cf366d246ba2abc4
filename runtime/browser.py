"""A page shown in the user's browser, where there is one with a window."""

import os
import sys
import webbrowser


def show(url: str, /) -> bool:
    """Whether a browser took it. Never one that fills the terminal."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return False
    if type(found) is webbrowser.GenericBrowser:  # text browsers are of this type
        return False
    try:
        return found.open(url)
    except OSError:
        return False
