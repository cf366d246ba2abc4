"""Memory that Python has freed goes back to the system."""

import ctypes
import sys


def give_back() -> bool:
    """Whether anything could be given back. To be called, on any thread, after something large was let go.

    The C library of Linux keeps freed memory for each thread that allocated it; an avatar that was read beside the
    show would leave its 30 MB with a thread that is gone (measured: without this, up to 50 MB after a few avatars).
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # another C library than glibc
        return False
    return bool(trim(0))
