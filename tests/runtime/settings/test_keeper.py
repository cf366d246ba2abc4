"""runtime.settings.keeper: what counts, what is kept, and when it is written."""

from concurrent.futures import Future
from pathlib import Path

import pytest

from assets.errors import CartoonAliveError
from runtime.clock import ManualClock
from runtime.faces.curves import Curve
from runtime.settings import store as settings_store
from runtime.settings.keeper import SAVE_AFTER_S, Keeper
from runtime.settings.values import DEFAULTS

AVATAR = Path("me.avatar")


class Kept:
    def __init__(self, folder: Path | None) -> None:
        self.clock, self.jobs, self.notices = ManualClock(), list[object](), list[str]()
        self.keeper = Keeper(folder, AVATAR, work=self.work, notice=self.notices.append, now_s=self.clock.now_s)

    def work(self, job) -> "Future[object]":  # type: ignore[no-untyped-def]
        self.jobs.append(job)
        future: Future[object] = Future()
        try:
            future.set_result(job())
        except Exception as error:
            future.set_exception(error)
        return future


def test_changes_are_written_together_a_moment_later(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.keeper.change("motion", hair=2.0)
    kept.clock.advance(SAVE_AFTER_S / 2)
    kept.keeper.change("view", mirror=False)
    kept.clock.advance(SAVE_AFTER_S / 2)
    kept.keeper.step()
    assert kept.jobs == []
    kept.clock.advance(SAVE_AFTER_S / 2)
    for _ in range(3):
        kept.keeper.step()
    assert len(kept.jobs) == 1
    loaded = settings_store.load(tmp_path).settings
    assert (loaded.motion.hair, loaded.view.mirror) == (2.0, False)


def test_what_the_command_line_says_counts_but_is_not_kept(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.keeper.override("motion", hair=0.0)
    kept.keeper.change("motion", wind=3.0)
    assert (kept.keeper.now.motion.hair, kept.keeper.now.motion.wind) == (0.0, 3.0)
    kept.keeper.close()
    assert settings_store.load(tmp_path).settings.motion.hair == 1.0
    assert settings_store.load(tmp_path).settings.motion.wind == 3.0


def test_named_entries_come_and_go(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.keeper.put("curves", "jawOpen", Curve(0.1))
    kept.keeper.close()
    assert settings_store.load(tmp_path).settings.curves == {"jawOpen": Curve(0.1)}
    kept.keeper.drop("curves", "jawOpen")
    kept.keeper.close()
    assert settings_store.load(tmp_path).settings == DEFAULTS


def test_a_profile_takes_the_changes_from_then_on(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    assert kept.keeper.make_profile()() == tmp_path / "profiles" / "me.toml"
    kept.keeper.change("motion", hair=3.0)
    kept.keeper.close()
    assert settings_store.load(tmp_path).settings == DEFAULTS
    assert settings_store.load(tmp_path, AVATAR).settings.motion.hair == 3.0
    assert kept.keeper.load(Path("other.avatar"))
    assert kept.keeper.now == DEFAULTS
    assert kept.keeper.load(AVATAR)
    assert kept.keeper.now.motion.hair == 3.0


def test_all_is_as_at_first_after_a_reset(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.keeper.change("motion", hair=3.0)
    kept.keeper.change("view", zoom=2.0)
    kept.keeper.reset("view")
    assert (kept.keeper.now.motion.hair, kept.keeper.now.view) == (3.0, DEFAULTS.view)
    kept.keeper.reset("all")
    assert kept.keeper.now == DEFAULTS


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    kept = Kept(None)
    kept.keeper.change("motion", hair=3.0)
    kept.clock.advance(9.0)
    kept.keeper.step()
    kept.keeper.close()
    assert (kept.jobs, kept.notices, list(tmp_path.iterdir())) == ([], [], [])
    with pytest.raises(CartoonAliveError, match="keeps no settings"):
        kept.keeper.make_profile()


def test_a_folder_that_takes_nothing_is_a_notice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = Kept(tmp_path / "file")
    kept.keeper.change("motion", hair=3.0)
    kept.clock.advance(9.0)
    kept.keeper.step()
    kept.keeper.change("motion", hair=2.0)
    kept.keeper.close()
    assert len(kept.notices) == 2
    assert all(line.startswith("the settings couldn't be written: ") for line in kept.notices)
