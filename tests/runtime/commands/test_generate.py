"""runtime.commands.generate. The pipeline has tests of its own; here a small one stands in, and once the real one."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assets import points, samples, store
from assets.avatar import AvatarModel
from assets.errors import PortraitError
from assets.face import FaceFrame
from generator import engines, pipeline, report
from runtime.commands import generate


@dataclass
class StandIn:
    """Remembers how it was called; answers with `model` or raises `error`."""

    model: AvatarModel
    error: BaseException | None = None
    settings: Any = None

    def __call__(self, portrait: Path, settings: pipeline.Settings, *, progress: Callable[[str, float], None]) -> Any:
        self.settings = settings
        progress("thinking", 0.5)
        if self.error is not None:
            raise self.error
        return pipeline.Generated(
            self.model, (("thinking", 0.25), ("painting", 1.5)), ("hair is short",), np.zeros((1, 1, 4), np.uint8)
        )


@pytest.fixture
def stand_in(tiny: AvatarModel, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    made = StandIn(tiny)
    monkeypatch.setattr(pipeline, "generate", made)
    return made


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "me.png"
    path.write_bytes(samples.PORTRAIT.read_bytes())
    return path


def test_the_avatar_is_saved_and_told(call: Callable, stand_in: StandIn, portrait: Path, tmp_path: Path) -> None:
    out = tmp_path / "me.avatar"
    called = call("generate", portrait, "-o", out, "--engine", "opencv", "--face", "2", "--seed", "7",
                  "--models", tmp_path, "--json")  # fmt: skip
    assert called.code == 0
    assert called.err == "warning: hair is short\n"
    told = json.loads(called.out)
    assert told.pop("seconds") >= 0.0
    assert told == {
        "avatar": str(out), "report": None, "steps": {"thinking": 0.25, "painting": 1.5}, "layers": 3, "vertices": 12,
        "warnings": ["hair is short"], "limits": [], "measures": None,
    }  # fmt: skip
    assert stand_in.settings == pipeline.Settings("opencv", tmp_path, 2, None, 7)
    assert store.load(out).title == "Tiny"
    assert generate.HELP in call("generate", "--help").out


def test_the_text_names_the_steps(call: Callable, stand_in: StandIn, portrait: Path, tmp_path: Path) -> None:
    called = call("generate", portrait, "-o", tmp_path / "me.avatar")
    assert "painting" in called.out
    assert "3 layers, 12 vertices" in called.out


@pytest.mark.parametrize(
    ("error", "code"), [(PortraitError("no face was found: me.png"), 2), (KeyboardInterrupt(), 130)]
)
def test_nothing_is_written_when_it_fails(
    error: BaseException, code: int, call: Callable, stand_in: StandIn, portrait: Path, tmp_path: Path
) -> None:
    stand_in.error = error
    called = call("generate", portrait, "-o", tmp_path / "me.avatar")
    assert (called.code, called.out) == (code, "")
    assert called.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["me.png"]


@pytest.mark.parametrize(
    ("portrait_name", "out", "message"),
    [
        ("x.png", "me.avatar", "there is no such file"),
        (".", "me.avatar", "expected a file, got a folder"),
        ("me.png", "me.zip", "the output's name must end in .avatar"),
        ("me.png", "missing/me.avatar", "the output's folder does not exist"),
    ],
)
def test_paths_are_checked_before_any_work(
    portrait_name: str, out: str, message: str, call: Callable, stand_in: StandIn, portrait: Path, tmp_path: Path
) -> None:
    called = call("generate", tmp_path / portrait_name, "-o", tmp_path / out)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith(f"cartoonalive: {message}")
    assert stand_in.settings is None


def test_points_set_by_hand_are_handed_on(
    call: Callable, stand_in: StandIn, portrait: Path, tmp_path: Path
) -> None:
    names = ("right_eye", "left_eye", "nose_tip", "mouth_right", "mouth_left", "chin")
    by_hand = points.FacePoints({name: (float(i), 2.0 * i) for i, name in enumerate(names)}, (7, 9))
    path = tmp_path / "points.json"
    points.save(by_hand, path)
    called = call("generate", portrait, "-o", tmp_path / "me.avatar", "--landmarks", path)
    assert called.code == 0, called.err
    assert stand_in.settings.points == by_hand
    stand_in.settings = None
    path.write_text("{}")
    for words, message in (
        (("--landmarks", path), f"points: points: is missing: {path}"),
        (("--landmarks", tmp_path / "no.json"), "there is no such file"),
        (("--landmarks", path, "--face", "1"), "--face chooses among faces that are found"),
    ):
        called = call("generate", portrait, "-o", tmp_path / "me.avatar", *words)
        assert (called.code, called.out) == (2, "")
        assert message in called.err
    assert stand_in.settings is None


def test_an_unknown_engine_names_the_known_ones(call: Callable, portrait: Path, tmp_path: Path) -> None:
    called = call("generate", portrait, "-o", tmp_path / "me.avatar", "--engine", "magic")
    assert called.code == 2
    assert "mediapipe" in called.err
    assert "opencv" in called.err


@pytest.mark.gl
def test_the_report_draws_with_our_renderer(
    call: Callable, stand_in: StandIn, portrait: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[Path, tuple[int, ...]]] = []
    written: list[Any] = []

    def write(made: pipeline.Generated, folder: Path, draw: report.Draw, measures: Any) -> None:
        drawn.append((folder, draw(FaceFrame(), (20, 10), (1.0, 1.0, 1.0, 1.0)).shape))
        written.append(measures)

    class Blind:
        """An engine that finds no face."""

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None: ...

        def landmarks(self, image: Any, /) -> tuple[()]:
            return ()

    monkeypatch.setattr(report, "write", write)
    monkeypatch.setattr(engines, "open_engine", lambda *_, **__: Blind())
    called = call("generate", portrait, "-o", tmp_path / "me.avatar", "--report", tmp_path / "report", "--json")
    assert called.code == 0, called.err
    assert json.loads(called.out)["report"] == str(tmp_path / "report")
    assert drawn == [(tmp_path / "report", (10, 20, 4))]
    told = json.loads(called.out)["measures"]
    assert written == [told]
    assert (told["holes"], told["rules_met"], told["similarity"]) == (0.0, None, None)
    assert stand_in.settings.report_dir == tmp_path / "report"


@pytest.mark.models
@pytest.mark.gl
def test_from_portrait_to_pictures(call: Callable, models_dir: Path, take_path: Path, tmp_path: Path) -> None:
    out = tmp_path / "sample.avatar"
    called = call("generate", samples.PORTRAIT, "-o", out, "--models", models_dir, "--json")
    assert called.code == 0, called.err
    told = json.loads(call("info", out, "--json").out)
    assert told["vertices"] == json.loads(called.out)["vertices"]
    called = call("render", out, "--take", take_path, "-o", tmp_path / "frames", "--size", "64x64")
    assert called.code == 0, called.err
    assert len(list((tmp_path / "frames").iterdir())) == 6
