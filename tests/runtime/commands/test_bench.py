"""runtime.commands.bench, runtime.checks.benchmark; runtime.checks.peer_child against a stand-in for the peer."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assets import samples
from assets.avatar import AvatarModel
from assets.errors import CartoonAliveError
from runtime.checks import benchmark
from runtime.checks.peer_child import STAGES as PEER_STAGES
from runtime.clock import RealClock
from runtime.commands import bench

pytestmark = pytest.mark.gl

STAND_IN = '''
__version__ = "0.0-stand-in"
print("a banner on standard output")
def init(): pass
def glInit(): pass
def clearBuffer(*colour): pass
class Model:
    def LoadModelJson(self, path):
        open(path).close()
    def Resize(self, width, height): pass
    def GetParamIds(self): return ["ParamAngleX", "Other"]
    def GetParamMinById(self, name): return -30.0
    def GetParamMaxById(self, name): return 30.0
    def SetParamById(self, name, value): assert -30.0 <= value <= 30.0
    def Update(self, seconds): pass
    def Draw(self): pass
    def GetDrawableIds(self): return ["a", "b"]
    def GetDrawableVertexCount(self, row): return 10 + row
'''


@pytest.fixture
def peer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path with a package of the peer's name and its calls."""
    package = tmp_path / "peer" / "live2d"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(STAND_IN)
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    monkeypatch.syspath_prepend(str(package.parent))
    model = tmp_path / "a.model3.json"
    model.write_text("{}")
    return model


def test_the_motion_moves_everything_smoothly() -> None:
    weights = np.array([benchmark.motion(index / 60.0).weights for index in range(600)])
    assert (weights.max(axis=0) - weights.min(axis=0) > 0.8).all()
    assert np.abs(np.diff(weights, axis=0)).max() < 0.1


def test_every_stage_is_measured(tiny: AvatarModel) -> None:
    told = benchmark.measure(tiny, 32, clock=RealClock(), frames=10)
    assert set(told["stages_ms"]) == {*benchmark.STAGES, "frame"}
    assert all(row["count"] == 10 for row in told["stages_ms"].values())
    parts = sum(told["stages_ms"][name]["p50"] for name in benchmark.STAGES)
    assert 0.0 < parts <= told["stages_ms"]["frame"]["max"]
    assert told["draw_calls"] >= 1


def test_json(call: Callable, tiny_path: Path) -> None:
    called = call("bench", tiny_path, "--size", "16,32", "--frames", "5", "--json")
    assert called.code == 0, called.err
    told = json.loads(called.out)
    assert [size["side"] for size in told["sizes"]] == [16, 32]
    assert (told["vertices"], told["triangles"], told["layers"]) == (12, 6, 3)
    assert "OpenGL" in told["gl"]
    assert "peer" not in told


def test_text(call: Callable, tiny_path: Path) -> None:
    out = call("bench", tiny_path, "--size", "16", "--frames", "5").out
    assert "16 x 16 px" in out
    assert "raster" in out
    assert bench.HELP


def test_the_sample_avatar_by_default(call: Callable, tiny_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "AVATAR", tiny_path)
    called = call("bench", "--size", "16", "--frames", "5", "--json")
    assert json.loads(called.out)["avatar"] == str(tiny_path)


def test_the_peer_runs_beside_us(call: Callable, tiny_path: Path, peer: Path) -> None:
    called = call("bench", tiny_path, "--size", "16", "--frames", "5", "--peer", peer, "--json")
    assert called.code == 0, called.err
    told = json.loads(called.out)["peer"]
    assert told["name"] == "live2d-py 0.0-stand-in"
    assert told["sizes"][0]["vertices"] == 21
    assert set(told["sizes"][0]["stages_ms"]) == {*PEER_STAGES, "frame"}


def test_a_peer_that_fails_is_one_line(peer: Path) -> None:
    peer.unlink()
    with pytest.raises(CartoonAliveError, match="the peer could not be measured: FileNotFoundError"):
        benchmark.measure_peer(peer, (16,))


def test_a_peer_that_is_not_installed(call: Callable, tiny_path: Path, tmp_path: Path) -> None:
    called = call("bench", tiny_path, "--peer", tiny_path)
    assert called.code == 2
    assert "pip install live2d-py" in called.err
