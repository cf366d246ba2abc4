"""Memory that Python has freed goes back to the system; what stays for good is no longer searched for garbage."""

import ctypes
import gc
import sys


def settle() -> None:
    """To be called once everything is loaded: from now on the collector leaves that alone.

    A full collection over all modules and an avatar stops the picture for 25 to 36 ms (measured); over what a show
    makes afterwards it is not noticed.
    """
    gc.collect()
    gc.freeze()


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
