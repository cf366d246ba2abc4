"""runtime.children: our children import our packages, wherever they are started and whatever lies there."""

import subprocess
import sys
from pathlib import Path

import runtime
from runtime import children


def test_a_stray_package_in_the_users_folder_is_not_imported(tmp_path: Path) -> None:
    decoy = tmp_path / "runtime"
    decoy.mkdir()
    (decoy / "__init__.py").write_text("raise SystemExit('the decoy')")
    done = subprocess.run(
        [sys.executable, "-P", "-c", "import runtime; print(runtime.__file__)"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env=children.environment(),
    )  # fmt: skip
    assert done.stdout.strip() == runtime.__file__
