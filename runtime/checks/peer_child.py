"""A child process that measures live2d-py, the peer of `bench --peer`.

    python -m runtime.checks.peer_child MODEL3.json SIDE...

Prints one JSON line. The peer wants an OpenGL context of the compatibility profile, so it can't share our surface; it
draws into a framebuffer of its own at each size, with the rasteriser waited for, as `benchmark` does for us.
Its stages: update (parameters, physics, deforming), submit, raster, readback.
"""

import itertools
import json
import math
import os
import sys
import time
from typing import Any, Final

WARM_UP: Final = 30
FRAMES: Final = 300
BUDGET_S: Final = 20.0
STAGES: Final = ("update", "submit", "raster", "readback")
SWAYING: Final = ("ParamAngleX", "ParamAngleY", "ParamAngleZ", "ParamEyeLOpen", "ParamEyeROpen", "ParamMouthOpenY")


def main(arguments: list[str]) -> int:
    """Measure the model at each size. Returns the exit code."""
    path, sides = arguments[0], [int(side) for side in arguments[1:]]
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    if sys.platform.startswith("linux"):
        os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
        os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
    import live2d  # type: ignore[import-not-found, unused-ignore]
    import pygame
    from OpenGL import GL

    pygame.display.init()
    pygame.display.set_mode((max(sides), max(sides)), pygame.OPENGL | pygame.DOUBLEBUF | pygame.HIDDEN)
    live2d.init()
    live2d.glInit()
    model = live2d.Model()
    model.LoadModelJson(path)
    renderer = GL.glGetString(GL.GL_RENDERER).decode()
    sizes = [_measure(live2d, GL, model, side) for side in sides]
    result = {"name": f"live2d-py {live2d.__version__}", "gl": renderer, "model": path, "sizes": sizes}
    sys.stdout.write("\n" + json.dumps(result) + "\n")
    sys.stdout.flush()
    os._exit(0)  # its own clean-up is not what is measured


def _measure(live2d: Any, gl: Any, model: Any, side: int) -> dict[str, Any]:
    from runtime.metrics import Series

    framebuffer, colour = gl.glGenFramebuffers(1), gl.glGenRenderbuffers(1)
    gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, framebuffer)
    gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, colour)
    gl.glRenderbufferStorage(gl.GL_RENDERBUFFER, gl.GL_RGBA8, side, side)
    gl.glFramebufferRenderbuffer(gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_RENDERBUFFER, colour)
    gl.glViewport(0, 0, side, side)
    model.Resize(side, side)
    series = {name: Series(WARM_UP) for name in (*STAGES, "frame")}
    known = [name for name in SWAYING if name in model.GetParamIds()]
    start_s = time.perf_counter()
    for index in range(WARM_UP + FRAMES):
        times_s = [time.perf_counter()]
        for row, name in enumerate(known):
            low, high = model.GetParamMinById(name), model.GetParamMaxById(name)
            model.SetParamById(name, low + (high - low) * (0.5 - 0.5 * math.cos(index / 60.0 * (1.0 + 0.3 * row))))
        model.Update(1.0 / 60.0)
        times_s.append(time.perf_counter())
        live2d.clearBuffer()
        model.Draw()
        times_s.append(time.perf_counter())
        gl.glFinish()
        times_s.append(time.perf_counter())
        gl.glReadPixels(0, 0, side, side, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE)
        times_s.append(time.perf_counter())
        for name, (before_s, after_s) in zip(STAGES, itertools.pairwise(times_s), strict=True):
            series[name].add(after_s - before_s)
        series["frame"].add(times_s[-1] - times_s[0])
        if times_s[-1] - start_s > BUDGET_S and index > WARM_UP:
            break
    vertices = sum(model.GetDrawableVertexCount(row) for row in range(len(model.GetDrawableIds())))
    return {"side": side, "vertices": vertices, "stages_ms": {name: each.summary_ms() for name, each in series.items()}}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
