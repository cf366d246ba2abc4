"""What a frame costs by stage, with the rasteriser waited for, and the same for a peer in a process of its own."""

import json
import math
import subprocess
from pathlib import Path
from typing import Any, Final

from assets import arkit
from assets.avatar import AvatarModel
from assets.errors import CartoonAliveError
from assets.face import FaceFrame, HeadPose
from runtime import app, children
from runtime.clock import Clock
from runtime.metrics import Series
from runtime.sinks.base import TRANSPARENT

WARM_UP: Final = 30
FRAMES: Final = 300
BUDGET_S: Final = 20.0
"""Per size; a slow machine measures fewer frames."""
PEER_S: Final = 120.0
STAGES: Final = ("deform", "upload", "submit", "raster", "readback")


def motion(time_s: float) -> FaceFrame:
    """A face that moves everything: each shape at its own pace, the head turning."""
    weights = {name: 0.5 - 0.5 * math.cos(time_s * (1.0 + 0.13 * row)) for row, name in enumerate(arkit.NAMES)}
    head = HeadPose.from_degrees(
        yaw_deg=25.0 * math.sin(1.1 * time_s), pitch_deg=12.0 * math.sin(1.7 * time_s), roll_deg=10.0 * math.sin(time_s)
    )
    return FaceFrame.from_mapping(weights, head=head, time_s=time_s)


def measure(model: AvatarModel, side_px: int, *, clock: Clock, frames: int = FRAMES) -> dict[str, Any]:
    """Stages of drawing `model` at `side_px` squared: times in ms, draw calls, and what draws."""
    series = {name: Series(WARM_UP) for name in (*STAGES, "frame")}
    with app.offscreen(model, (side_px, side_px), background=TRANSPARENT, profile=True) as stage:
        start_s = clock.now_s()
        for index in range(WARM_UP + frames):
            face = motion(index / 60.0)
            before_s = clock.now_s()
            stage.draw(face)
            stage.read_rgba()
            after_s = clock.now_s()
            times = stage.timings
            for name in STAGES:
                series[name].add(getattr(times, f"{name}_s"))
            series["frame"].add(after_s - before_s)
            if after_s - start_s > BUDGET_S and index > WARM_UP:
                break
        return {
            "side": side_px,
            "draw_calls": stage.draw_calls,
            "gl": f"{stage.gl_info.renderer}, OpenGL {stage.gl_info.version}",
            "stages_ms": {name: each.summary_ms() for name, each in series.items()},
        }


def measure_peer(model_json: Path, sides_px: tuple[int, ...]) -> dict[str, Any]:
    """The same of live2d-py with a Cubism model, in its own process. Raises CartoonAliveError with its last words."""
    command = children.command("runtime.checks.peer_child", str(model_json.resolve()), *map(str, sides_px))
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PEER_S, check=False, env=children.environment()
        )
    except subprocess.TimeoutExpired:
        raise CartoonAliveError(f"the peer did not finish in {PEER_S:g} s: {model_json}") from None
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        words = done.stderr.strip().splitlines() or [f"it ended with code {done.returncode}"]
        raise CartoonAliveError(f"the peer could not be measured: {words[-1]}: {model_json}")
    result: dict[str, Any] = json.loads(lines[-1])
    return result
