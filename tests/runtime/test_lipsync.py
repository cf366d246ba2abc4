"""runtime.commands.lipsync: not there yet, and says so."""

from collections.abc import Callable
from pathlib import Path

from runtime.commands import lipsync


def test_it_says_so(call: Callable, tmp_path: Path) -> None:
    called = call("lipsync", "speech.wav", "-o", tmp_path / "a.jsonl")
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("cartoonalive: lipsync comes in a later version")
    assert "later version" in lipsync.HELP
    assert not (tmp_path / "a.jsonl").exists()
