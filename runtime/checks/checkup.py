"""The checks of `doctor`: each looks at one thing and returns one `Check`; none raises, none takes long.

What could crash or hang (a graphics driver, PortAudio) is tried in a child process with a time limit. No camera is
opened and nothing is sent or fetched.
"""

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import Final

from runtime import children
from runtime.checks.checkup_network import firewall, network, ports
from runtime.checks.finding import Check

CHILD_S: Final = 4.0
"""Time limit of a check in a child; all run at once, so `doctor` takes little more than this at worst."""
NEEDED: Final = ("numpy", "pygame-ce", "PyOpenGL", "pillow", "safetensors", "platformdirs", "rich")
CV2_NAMES: Final = tuple(f"opencv{extra}-python{kind}" for extra in ("", "-contrib") for kind in ("", "-headless"))
QUIET_MEDIAPIPE: Final = "0.10.32"
"""The last release that sends nothing anywhere (docs/dependencies.md)."""
ROOM_BYTES: Final = 500_000_000

_GL_PROBE: Final = """
from renderer.surface import OffscreenSurface
s = OffscreenSurface((16, 16))
gl = s.gl
print(gl.glGetString(gl.GL_RENDERER).decode(), "|", gl.glGetString(gl.GL_VERSION).decode())
s.close()
"""
_AUDIO_PROBE: Final = """
from drivers.speech import latency, portaudio
devices = portaudio.inputs(portaudio.library())
best = portaudio.find(devices, None)
names = ", ".join(device.name for device in devices[:3])
print(len(devices), "|", names, "|", best and latency.advice(best.latency_s + portaudio.BLOCK_S, 1.0))
"""


def run_all() -> list[Check]:
    """Every check, in order of importance."""
    with ThreadPoolExecutor(len(CHECKS)) as pool:
        return [check for checks in pool.map(_guarded, CHECKS) for check in checks]


def _guarded(check: Callable[[], list[Check]]) -> list[Check]:
    try:
        return check()
    except Exception as error:  # a check that fails is a finding, not the end of the examination
        return [Check(check.__name__, "warn", f"could not be checked: {type(error).__name__}: {error}", "report this")]


def python() -> list[Check]:
    """The interpreter."""
    return [Check("Python", "ok", f"{platform.python_version()}, {platform.system()} {platform.machine()}")]


def packages() -> list[Check]:
    """What we stand on, and who quarrels with it."""
    versions = {name: _version(name) for name in NEEDED}
    missing = [name for name, version in versions.items() if version is None]
    listed = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    if missing:
        return [Check("packages", "fail", f"missing: {', '.join(missing)}", f"pip install {' '.join(missing)}")]
    checks = [Check("packages", "ok", listed)]
    if _version("pygame"):
        checks.append(Check("pygame", "fail", "both pygame and pygame-ce are installed; they share one folder",
                            "pip uninstall -y pygame pygame-ce && pip install pygame-ce"))  # fmt: skip
    cv2 = [f"{name} {_version(name)}" for name in CV2_NAMES if _version(name)]
    if len(cv2) > 1:
        names = " ".join(name.split()[0] for name in cv2)
        checks.append(Check("OpenCV", "warn", f"several in one folder: {', '.join(cv2)}",
                            f"pip uninstall -y {names} && pip install opencv-contrib-python"))  # fmt: skip
    elif not cv2:
        checks.append(Check("OpenCV", "warn", "not installed: no generating, no webcam, no MP4",
                            "pip install opencv-contrib-python"))  # fmt: skip
    else:
        checks.append(Check("OpenCV", "ok", cv2[0]))
    return checks


def mediapipe() -> list[Check]:
    """The tracker's package, and whether it is the quiet one."""
    version = _version("mediapipe")
    if version is None or importlib.util.find_spec("mediapipe") is None:
        return [Check("MediaPipe", "warn", "not installed: the opencv engine makes the avatars and tracks the webcam",
                      f"pip install mediapipe=={QUIET_MEDIAPIPE} (no wheel for ARM Linux and Intel Macs)")]  # fmt: skip
    if version != QUIET_MEDIAPIPE:
        return [Check("MediaPipe", "warn", f"{version}; later releases than {QUIET_MEDIAPIPE} send usage metrics",
                      f"pip install mediapipe=={QUIET_MEDIAPIPE}")]  # fmt: skip
    return [Check("MediaPipe", "ok", f"{version}, the last release that sends nothing")]


def graphics() -> list[Check]:
    """OpenGL without a display, as `render` uses it."""
    words, error = _child(_GL_PROBE)
    if error:
        return [Check("OpenGL", "fail", error, "update the graphics driver; on Linux: "
                      "apt install libgl1 libegl1 libgl1-mesa-dri")]  # fmt: skip
    renderer, _, version = words.partition(" | ")
    if any(name in renderer.lower() for name in ("llvmpipe", "softpipe", "swiftshader")):
        return [Check("OpenGL", "warn", f"{renderer}, {version}: drawn by the processor",
                      "a graphics driver makes it faster; small windows work as it is")]  # fmt: skip
    return [Check("OpenGL", "ok", f"{renderer}, {version}")]


def display() -> list[Check]:
    """Somewhere to open a window."""
    driver = os.environ.get("SDL_VIDEODRIVER", "")
    if driver in ("offscreen", "dummy"):
        return [Check("display", "warn", f"SDL_VIDEODRIVER={driver}: no window can open", "unset SDL_VIDEODRIVER")]
    if sys.platform.startswith("linux"):
        found = [f"{name}={os.environ[name]}" for name in ("WAYLAND_DISPLAY", "DISPLAY") if os.environ.get(name)]
        if not found:
            return [Check("display", "warn", "none: run and demo can't open a window",
                          "start from a desktop session, or use run --headless and render")]  # fmt: skip
        return [Check("display", "ok", ", ".join(found))]
    return [Check("display", "ok", platform.system())]


def models() -> list[Check]:
    """MediaPipe's model files: here, or where to get them."""
    from assets import weights
    from assets.errors import WeightsError

    checks = []
    for file in weights.MODELS:
        name = f"model {file.name}"
        try:
            path = weights.available(file)
        except WeightsError as error:
            checks.append(Check(name, "fail", str(error), "remove the wrong file"))
            continue
        if path is not None:
            checks.append(Check(name, "ok", str(path)))
        else:
            target = weights.cache_folder() / file.name
            command = f"curl --create-dirs -o {target} {file.url}"
            detail = f"not here; fetched at first use ({file.size / 1e6:.1f} MB) from {file.url}"
            checks.append(Check(name, "warn", detail, f"without internet, put it there by hand: {command}"))
    here = sum(weights.available(file) is not None for file in weights.WHEEL_MODELS)
    count = len(weights.WHEEL_MODELS)
    detail = f"{here} of {count} files here" + ("" if here == count else "; fetched with pip when they are needed")
    checks.append(Check("models of the opencv engine", "ok", detail))
    return checks


def cameras() -> list[Check]:
    """Which cameras the system lists; none is opened."""
    if not sys.platform.startswith("linux"):
        return [Check("cameras", "ok", "not listed on this system; try: cartoonalive track 0 -o take.jsonl")]
    devices = sorted(Path("/dev").glob("video*"))
    if not devices:
        return [Check("cameras", "warn", "none found (/dev/video*)", "plug one in; a phone or a take works without")]
    named = [f"{device.name.removeprefix('video')}: {_camera_name(device)}" for device in devices]
    locked = [str(device) for device in devices if not os.access(device, os.R_OK | os.W_OK)]
    if locked:
        fix = "sudo usermod -aG video $USER, then log in again"
        return [Check("cameras", "warn", f"{', '.join(named)}; no permission for {', '.join(locked)}", fix)]
    return [Check("cameras", "ok", ", ".join(named))]


def microphone() -> list[Check]:
    """PortAudio and its inputs."""
    words, error = _child(_AUDIO_PROBE)
    if error:
        linux = sys.platform.startswith("linux")
        fix = "apt install libportaudio2" if linux else "pip install --force-reinstall sounddevice"
        return [Check("microphone", "warn", error.partition("Error: ")[2] or error, fix)]
    count, _, rest = words.partition(" | ")
    names, _, late = rest.rpartition(" | ")
    if count.strip() == "0":
        return [Check("microphone", "warn", "PortAudio works and finds no input", "plug a microphone in")]
    return [Check("microphone", "ok", f"{count} inputs: {names}; {late}")]


def disk() -> list[Check]:
    """Room for avatars, takes and films."""
    free = shutil.disk_usage(Path.cwd()).free
    if free < ROOM_BYTES:
        return [Check("disk", "warn", f"{free / 1e6:.0f} MB free here", "make room: a minute of PNGs takes 500 MB")]
    return [Check("disk", "ok", f"{free / 1e9:.1f} GB free here")]


CHECKS: Final = (
    python, packages, graphics, display, mediapipe, models, cameras, microphone, ports, network, firewall, disk
)  # fmt: skip


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _camera_name(device: Path) -> str:
    try:
        return (Path("/sys/class/video4linux") / device.name / "name").read_text().strip()
    except OSError:
        return str(device)


def _child(code: str) -> tuple[str, str]:
    """(what it printed last, "") or ("", why it failed) of `code` in a child of ours."""
    environment = {**children.environment(), "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=CHILD_S, check=False,
            env=environment, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "", f"no answer in {CHILD_S:g} s"
    lines, words = done.stdout.strip().splitlines(), done.stderr.strip().splitlines()
    if done.returncode == 0 and lines:
        return lines[-1], ""
    if done.returncode < 0:
        return "", f"it crashed (signal {-done.returncode})"
    return "", words[-1] if words else f"it ended with code {done.returncode}"
