"""Sources of faces: every public module of this folder is one driver, in one file; the folder is the registry.

Nothing heavy is imported here; a driver's own needs are loaded when it is chosen.
"""

import importlib
import pkgutil
from typing import Final, cast

from assets.errors import UsageError
from drivers.base import Driver, DriverModule, LatestSlot

__all__ = ["Driver", "DriverModule", "LatestSlot", "available", "load"]

_NO_DRIVERS: Final = frozenset({"base", "webcam_child"})
"""Public modules beside the drivers: the contract, and the program that `webcam` runs as a child."""


def available() -> tuple[str, ...]:
    """The names of all drivers, sorted; read from the folder, so a new file is found by itself."""
    return tuple(
        sorted(
            module.name
            for module in pkgutil.iter_modules(__path__)
            if not module.ispkg and not module.name.startswith("_") and module.name not in _NO_DRIVERS
        )
    )


def load(name: str, /) -> DriverModule:
    """The module of one driver, imported now. Raises UsageError for a name that is none."""
    if name not in available():
        raise UsageError(f"there is no driver named {name!r}; the drivers are: {', '.join(available())}")
    return cast(DriverModule, importlib.import_module(f"{__name__}.{name}"))
