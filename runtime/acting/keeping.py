"""Settings and profiles, notices, and the end of a show."""

from collections.abc import Callable
from typing import Any

from runtime.acting.parts import Parts


class KeepingActions:
    """See `profile.save`, `settings.reset`, `notice.dismiss`, `show.quit`. apply: brings all settings to the parts."""

    def __init__(self, parts: Parts, apply: Callable[[], None]) -> None:
        self._parts, self._apply = parts, apply
        parts.show.handle("profile.save", self.save)
        parts.show.handle("settings.reset", self.reset)
        parts.show.handle("notice.dismiss", self.dismiss)
        parts.show.handle("show.quit", self.quit)

    def save(self, values: dict[str, Any]) -> Any:
        """This avatar's own settings from now on."""
        show = self._parts.show
        written = show.work(self._parts.keeper.make_profile(), name="profile")
        return show.then(written, lambda path: {"path": str(path)})

    def reset(self, values: dict[str, Any]) -> Any:
        """As it was at first. Sources that run go on running."""
        self._parts.keeper.reset(values.get("section", "all"))
        self._apply()
        return {}

    def dismiss(self, values: dict[str, Any]) -> Any:
        """One notice, or all."""
        number = values.get("id")
        self._parts.show.dismiss(None if number is None else int(number))
        return {}

    def quit(self, values: dict[str, Any]) -> Any:
        """After this frame."""
        self._parts.end()
        return {}
