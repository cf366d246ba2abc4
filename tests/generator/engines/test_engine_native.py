import os
import sys

import pytest

from generator.engines import native


def test_quiet_silences_descriptor_2_and_gives_it_back(capfd: pytest.CaptureFixture[str]) -> None:
    with native.quiet():
        os.write(2, b"from native code")
    os.write(2, b"heard again")
    assert capfd.readouterr().err == "heard again"


def test_quiet_gives_back_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with native.quiet():
            raise ValueError("within")

    with pytest.raises(ValueError, match="within"):
        fail()
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"


def test_an_empty_matplotlib_only_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    with native.without_matplotlib():
        import matplotlib.pyplot as pyplot

        assert not hasattr(pyplot, "plot")
    assert "matplotlib" not in sys.modules
    assert "matplotlib.pyplot" not in sys.modules


def test_the_real_matplotlib_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = object()
    monkeypatch.setitem(sys.modules, "matplotlib", real)
    with native.without_matplotlib():
        assert sys.modules["matplotlib"] is real
    assert sys.modules["matplotlib"] is real
