"""The house keeps its shape: who imports whom, what an import costs, what the wheel carries, a test for each module."""

import ast
import fnmatch
import importlib
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("assets", "drivers", "renderer", "generator", "runtime")

# Third-party packages and the modules that may import them, besides the standard library; `x.*` is a whole folder.
DOORS = {
    "numpy": ("assets.*", "drivers.*", "renderer.*", "generator.*", "runtime.*"),
    "PIL": ("assets.*", "generator.*", "runtime.*", "renderer.*"),
    "safetensors": ("assets.identity", "assets.rig", "drivers.speech.net", "drivers.speech.training.*"),
    "platformdirs": ("assets.weights", "assets.kept", "runtime.*"),
    "rich": ("runtime.*",),
    "OpenGL": ("renderer.context", "renderer.functions", "runtime.checks.peer_child"),
    "pygame": ("renderer.context", "renderer.gl", "renderer.surface", "renderer.window", "runtime.checks.peer_child"),
    "live2d": ("runtime.checks.peer_child",),
    "mediapipe": ("generator.engines.*", "drivers.tracking.mediapipe_engine"),
    "cv2": ("generator.*", "drivers.tracking.*", "runtime.films.encode_child"),
    "cv2_enumerate_cameras": ("drivers.tracking.cameras",),
    "pythonosc": ("runtime.sinks.vmc",),
    "tomlkit": ("runtime.settings.store",),
    "websockets": ("runtime.page.*", "runtime.sinks.vts"),
    "segno": ("runtime.page.*",),
    "pyvirtualcam": ("runtime.sinks.camera",),
    "sounddevice": ("drivers.speech.portaudio",),
    "soundfile": ("drivers.speech.recordings", "runtime.films.soundtrack"),
    "torch": ("drivers.speech.training.*", "generator.identity.training"),
}

# What the process that draws never loads, and what even the command line's help doesn't.
NEVER_LIVE = {"cv2", "mediapipe", "torch", "matplotlib", "scipy", "jax"}
HEAVY = NEVER_LIVE | {"pygame", "OpenGL", "PIL", "sounddevice", "rich"}

# Modules without a test that names them, and through what they are tested.
TESTED_THROUGH = {
    "assets.manifest": "assets.store",
    "assets.samples.palette": "assets.samples.draw_portrait",
    "assets.samples.portrait_hair": "assets.samples.draw_portrait",
    "drivers._child_process": "drivers.webcam",
    "drivers.tracking.mediapipe_engine": "drivers.webcam",
    "drivers.webcam_child": "drivers.webcam",
    "generator.engines.mediapipe_tasks": "generator.engines",
    "generator.engines.opencv_nets": "generator.engines",
    "generator.tools.colours": "generator.pipeline",
    "generator.hair.hair": "generator.pipeline",
    "generator.matting.hair_matte": "generator.pipeline",
    "generator.eyes.lashes": "generator.pipeline",
    "generator.eyes.lids": "generator.pipeline",
    "generator.lips": "generator.pipeline",
    "generator.tools.masks": "generator.pipeline",
    "generator.matting.mattes": "generator.pipeline",
    "generator.parts.*": "generator.pipeline",
    "generator.scene": "generator.pipeline",
    "runtime.acting.*": "runtime.performance",
}


def sources(package: str) -> Iterator[tuple[str, Path]]:
    """(dotted name, file) of every module of a package."""
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imported_names(path: Path) -> set[str]:
    """All module names that a file imports, at its top or inside functions; `from a import b` gives a and a.b."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write the full name"
            assert node.module is not None
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def loaded_after(code: str) -> set[str]:
    """Top-level modules in `sys.modules` after running `code` in a fresh interpreter."""
    tail = "\nimport sys, json; sys.stdout.write('\\n' + json.dumps(sorted({n.split('.')[0] for n in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code + tail], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_import_contracts_hold() -> None:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_third_party_packages_come_in_by_their_doors(package: str) -> None:
    ours = {*PACKAGES, *sys.stdlib_module_names}
    strangers = []
    for name, path in sources(package):
        for root in {imported.split(".")[0] for imported in imported_names(path)} - ours:
            doors = DOORS.get(root, ())
            if not any(name == door or (door.endswith(".*") and f"{name}.".startswith(door[:-1])) for door in doors):
                strangers.append(f"{name} imports {root}")
    assert strangers == []


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_come_from_this_repository(package: str) -> None:
    module = importlib.import_module(package)
    assert module.__file__ is not None
    assert Path(module.__file__).resolve() == ROOT / package / "__init__.py"


@pytest.mark.parametrize(
    "code",
    [
        "import assets, assets.arkit, assets.face, assets.avatar, assets.errors, assets.takes",
        "import renderer.deform, renderer.drawlist",
        "import drivers, drivers.base",
        "import runtime, runtime.faces.mixer, runtime.faces.filters",
        "import runtime.cli\ntry: runtime.cli.main(['--help'])\nexcept SystemExit: pass",
        "import runtime.cli\ntry: runtime.cli.main(['--version'])\nexcept SystemExit: pass",
    ],
)
def test_light_imports_stay_light(code: str) -> None:
    assert loaded_after(code) & HEAVY == set()


@pytest.mark.parametrize(
    "code",
    [
        "import runtime.app, runtime.loop",
        "import drivers\nfor name in drivers.available(): drivers.load(name)",
        "import runtime.commands.run, runtime.commands.demo, runtime.commands.render",
    ],
)
def test_the_drawing_process_stays_clear_of_trackers(code: str) -> None:
    assert loaded_after(code) & NEVER_LIVE == set()


def test_every_module_has_a_test() -> None:
    named: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        named |= imported_names(path)
        named |= set(re.findall(r"\b(?:assets|drivers|renderer|generator|runtime)(?:\.\w+)+", path.read_text("utf-8")))
    modules = {name for package in PACKAGES for name, path in sources(package) if path.name != "__init__.py"}
    through = {name for name in modules if any(fnmatch.fnmatch(name, pattern) for pattern in TESTED_THROUGH)}
    assert sorted(modules - named - through) == []
    assert sorted(set(TESTED_THROUGH.values()) - named) == [], "what others are tested through needs a test"


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for package in PACKAGES for _, path in sources(package)}
    assert sorted(str(folder) for folder in folders if not (folder / "__init__.py").is_file()) == []


def test_tests_are_no_packages_and_their_names_differ() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_the_wheel_carries_code_samples_and_shaders_but_no_tests(tmp_path: Path) -> None:
    code = "import sys; from hatchling.build import build_wheel; sys.stdout.write('\\n' + build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / done.stdout.splitlines()[-1]) as wheel:
        carried = set(wheel.namelist())
        entry_points = next(wheel.read(name).decode() for name in carried if name.endswith("entry_points.txt"))
    wanted = {path.relative_to(ROOT).as_posix() for package in PACKAGES for _, path in sources(package)}
    shaders = [path for path in (ROOT / "renderer" / "shaders").iterdir() if path.is_file()]
    assert shaders
    wanted |= {path.relative_to(ROOT).as_posix() for path in shaders}
    wanted |= {path.relative_to(ROOT).as_posix() for path in (ROOT / "runtime" / "page" / "static").iterdir()}
    wanted |= {f"assets/samples/{name}" for name in ("portrait.png", "showcase.jsonl", "speech.jsonl")}
    assert sorted(wanted - carried) == []
    assert {name.split("/")[0] for name in carried} - set(PACKAGES) == {
        next(name.split("/")[0] for name in carried if name.endswith(".dist-info/METADATA"))
    }
    assert not [name for name in carried if re.search(r"(^|/)(tests?|test_|__pycache__)", name)]
    assert "cartoonalive = runtime.cli:main" in entry_points


def requirements() -> set[str]:
    """The distributions of the default install, everything that they bring along included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    waiting, found = list(project["dependencies"]), set[str]()
    while waiting:
        need = waiting.pop()
        name = re.split(r"[^A-Za-z0-9._-]", need, maxsplit=1)[0].lower()
        if "extra ==" in need or name in found:
            continue
        try:
            waiting += metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # not for this platform
            continue
        found.add(name)
    return found


def test_default_install_needs_neither_torch_nor_scipy() -> None:
    names = requirements()
    assert names & {"torch", "scipy", "jax", "jaxlib", "pyvirtualcam", "live2d-py"} == set()
    assert {"numpy", "pygame-ce", "opencv-contrib-python"} <= names


def test_default_install_has_no_gpl_package() -> None:
    restricted = []
    for name in requirements():
        facts = metadata.metadata(name)
        words = [facts.get("License-Expression") or "", (facts.get("License") or "")[:80]]
        words += [line for line in facts.get_all("Classifier") or [] if line.startswith("License ::")]
        text = " ".join(words)
        if re.search(r"\bA?GPL|Affero|(?<!Lesser )(?<!Library or Lesser )General Public License", text):
            restricted.append(f"{name}: {text}")
    assert restricted == []
