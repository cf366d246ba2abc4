"""A transparent window on X11: the visual with 32 bits of depth that SDL is to use, found by Xlib through ctypes.

A window shows what lies behind it when its visual has an alpha channel and a compositor runs. SDL 2 never chooses such
a visual by itself, but takes the one named in SDL_VIDEO_X11_WINDOW_VISUALID. That works with EGL only: with GLX, SDL
pairs it with a buffer of another depth, which ends the program at the first frame (seen with Mesa's software
rasteriser).
"""

import ctypes
import os
from typing import Final

VISUAL_VARIABLE: Final = "SDL_VIDEO_X11_WINDOW_VISUALID"
EGL_VARIABLE: Final = "SDL_VIDEO_X11_FORCE_EGL"
OPAQUE_VARIABLE: Final = "CARTOONALIVE_OPAQUE_WINDOW"
"""Set to 1, no transparent window is tried: for drivers that can't and say so too late."""
DEPTH: Final = 32
_TRUE_COLOUR: Final = 4


class _VisualInfo(ctypes.Structure):
    """XVisualInfo of Xutil.h."""

    _fields_ = (
        ("visual", ctypes.c_void_p),
        ("visualid", ctypes.c_ulong),
        ("screen", ctypes.c_int),
        ("depth", ctypes.c_int),
        ("c_class", ctypes.c_int),
        ("red_mask", ctypes.c_ulong),
        ("green_mask", ctypes.c_ulong),
        ("blue_mask", ctypes.c_ulong),
        ("colormap_size", ctypes.c_int),
        ("bits_per_rgb", ctypes.c_int),
    )


def transparency() -> dict[str, str]:
    """What to set in the environment for a transparent window; empty where there can be none, or nobody wants it."""
    if os.environ.get(OPAQUE_VARIABLE) == "1" or os.environ.get(EGL_VARIABLE) == "0":
        return {}
    visual = transparent_visual()
    return {} if visual is None else {VISUAL_VARIABLE: hex(visual), EGL_VARIABLE: "1"}


def transparent_visual() -> int | None:
    """The id of a true-colour visual with alpha on the default screen; None without one, or without X11."""
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    x11.XOpenDisplay.restype = ctypes.c_void_p
    pointer = x11.XOpenDisplay(None)
    if not pointer:
        return None
    display, found = ctypes.c_void_p(pointer), _VisualInfo()
    try:
        screen = x11.XDefaultScreen(display)
        if not x11.XMatchVisualInfo(display, screen, DEPTH, _TRUE_COLOUR, ctypes.byref(found)):
            return None
        return int(found.visualid)
    finally:
        x11.XCloseDisplay(display)
