"""The settings of a running show: what counts now, what of it is kept, and when it is written.

What the command line says counts for this show only; what is changed while it runs is kept, a second after the last
change and beside the picture.
"""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final

from assets.errors import CartoonAliveError
from runtime.settings import store as settings_store
from runtime.settings.values import DEFAULTS, SECTIONS, Settings, changed, replaced

SAVE_AFTER_S: Final = 1.0

Work = Callable[[Callable[[], Any]], "Future[Any]"]


class Keeper:
    """All methods are for the thread that draws.

    now: what counts. kept: what is written. folder: where; None: nowhere.
    """

    def __init__(
        self,
        folder: Path | None,
        avatar: Path,
        *,
        work: Work,
        notice: Callable[[str], None],
        now_s: Callable[[], float],
    ) -> None:
        self.folder = folder
        self._work, self._notice, self._now_s = work, notice, now_s
        self._due_s: float | None = None
        self._saving: Future[Any] | None = None
        self.said: tuple[str, ...] = ()
        self.load(avatar)

    def load(self, avatar: Path) -> bool:
        """What is kept for an avatar; whether its settings aren't those that counted so far. `said` has complaints."""
        before = getattr(self, "kept", None)
        self.avatar = avatar
        if self.folder is None:
            self.general, self.kept, self.profile, self.said = DEFAULTS, before or DEFAULTS, None, ()
        else:
            loaded = settings_store.load(self.folder, avatar)
            self.general, self.kept, self.profile = loaded.general, loaded.settings, loaded.profile
            self.said = loaded.said
        differs = before != self.kept
        if differs:
            self.now = self.kept
        return differs

    def override(self, section: str, **values: Any) -> None:
        """For this show only."""
        self.now = changed(self.now, section, **values)

    def change(self, section: str, **values: Any) -> None:
        """From now on, and kept."""
        self.now = changed(self.now, section, **values)
        self.kept = changed(self.kept, section, **values)
        self._touch()

    def put(self, section: str, name: str, value: Any) -> None:
        """One entry of a section whose names people make: curves, expressions, outputs."""
        for which in ("now", "kept"):
            settings: Settings = getattr(self, which)
            setattr(self, which, replaced(settings, section, {**getattr(settings, section), name: value}))
        self._touch()

    def drop(self, section: str, name: str) -> None:
        """Forget one entry of such a section."""
        for which in ("now", "kept"):
            settings: Settings = getattr(self, which)
            entries = {key: value for key, value in getattr(settings, section).items() if key != name}
            setattr(self, which, replaced(settings, section, entries))
        self._touch()

    def reset(self, section: str) -> None:
        """One section, or "all", as it was at first."""
        for name in SECTIONS if section == "all" else [section]:
            self.now = replaced(self.now, name, getattr(DEFAULTS, name))
            self.kept = replaced(self.kept, name, getattr(DEFAULTS, name))
        self._touch()

    def make_profile(self) -> Callable[[], Path]:
        """From now on this avatar has settings of its own; the job, for any thread, writes them and tells where.

        Raises CartoonAliveError."""
        if self.folder is None:
            raise CartoonAliveError("this show keeps no settings (--no-settings)")
        if self.profile is None:
            self.profile = settings_store.profile_path(self.folder, self.avatar)
        self.kept = self.now
        settings, path, general = self.kept, self.profile, self.general

        def save() -> Path:
            self._save(settings, path, general)
            return path

        return save

    def step(self) -> None:
        """Write what is due, beside the picture. Call it every frame."""
        if self._due_s is None or self._now_s() < self._due_s or (self._saving and not self._saving.done()):
            return
        self._due_s = None
        job = self._job()
        if job is not None:
            self._saving = self._work(job)
            self._saving.add_done_callback(self._saved)

    def close(self) -> None:
        """Write what isn't written yet."""
        if self._saving is not None:
            self._saving.exception(timeout=5.0)
        if self._due_s is not None and (job := self._job()) is not None:
            self._due_s = None
            try:
                job()
            except (CartoonAliveError, OSError) as error:
                self._notice(f"the settings couldn't be written: {error}")

    def _touch(self) -> None:
        self._due_s = self._now_s() + SAVE_AFTER_S

    def _job(self) -> Callable[[], None] | None:
        if self.folder is None:
            return None
        settings, profile, folder, general = self.kept, self.profile, self.folder, self.general
        if profile is not None:
            return lambda: self._save(settings, profile, general)
        self.general = settings
        return lambda: self._save(settings, settings_store.general_path(folder), DEFAULTS)

    def _save(self, settings: Settings, path: Path, over: Settings) -> None:
        settings_store.save(settings, path, over=over)

    def _saved(self, done: "Future[Any]") -> None:
        if (error := done.exception()) is not None:
            self._notice(f"the settings couldn't be written: {error}")
