"""runtime.settings.hotkeys, runtime.browser, runtime.age."""

import webbrowser

import pytest

from runtime import age, browser
from runtime.faces.expressions import PRESETS, Preset
from runtime.settings import hotkeys
from runtime.settings.values import Keys


def test_keys_do_what_the_settings_say_and_expressions_have_their_own() -> None:
    done: list[str] = []
    keys = hotkeys.bound(
        Keys(rest="C n", transparent="", mirror="1"), [Preset("joy", key="1"), Preset("sad", key="G"), Preset("mute")],
        {"rest": lambda: done.append("rest"), "transparent": lambda: done.append("transparent"),
         "mirror": lambda: done.append("mirror")},
        done.append,
    )  # fmt: skip
    assert sorted(keys) == ["1", "c", "g", "n"]
    for key in ("c", "n", "g", "1"):
        keys[key]()
    assert done == ["rest", "rest", "sad", "mirror"]


def test_every_key_is_told_and_no_two_do_the_same() -> None:
    told = hotkeys.told(Keys(), PRESETS)
    used = [key for entry in told for key in entry["keys"]]
    assert len(used) == len(set(used))
    assert {entry["what"] for entry in told} >= set(hotkeys.HELP)
    text = hotkeys.as_text(Keys(), PRESETS)
    assert "this is my face at rest" in text
    assert "1 joy" in text


class Found:
    def __init__(self, *, works: bool) -> None:
        self.works, self.opened = works, list[str]()

    def open(self, url: str) -> bool:
        self.opened.append(url)
        if not self.works:
            raise OSError
        return True


def test_a_page_is_shown_where_there_is_a_browser_with_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":7")
    text = webbrowser.GenericBrowser("w3m")
    for found, shown in ((Found(works=True), True), (Found(works=False), False), (text, False)):
        monkeypatch.setattr(webbrowser, "get", lambda found=found: found)
        assert browser.show("http://here/") is shown
    monkeypatch.delenv("DISPLAY")
    assert not browser.show("http://here/")


def test_a_process_grows_older() -> None:
    first = age.process_s()
    assert 0.0 < first <= age.process_s()
