"""runtime.films.encode_child as a program; pictures are compared in test_mp4."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from runtime import children
from runtime.films import encode_child


def run(out: Path, data: bytes) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-P", "-m", "runtime.films.encode_child", str(out), "16", "16", "30"],
        input=data, capture_output=True, check=False, env=children.environment(),
    )  # fmt: skip


def test_h264_is_tried_first() -> None:
    assert encode_child.CODES == ("avc1", "mp4v")


def test_it_says_nothing_when_all_is_well(tmp_path: Path) -> None:
    done = run(tmp_path / "a.mp4", bytes(16 * 16 * 3 * 4))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (tmp_path / "a.mp4").stat().st_size > 0


def test_it_refuses_half_a_picture(tmp_path: Path) -> None:
    done = run(tmp_path / "a.mp4", bytes(16 * 16 * 3 + 5))
    assert (done.returncode, done.stderr) == (1, b"the last picture was cut short\n")


def test_it_reads_back_what_it_wrote(tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk."""
    resource = pytest.importorskip("resource")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "runtime.films.encode_child", str(tmp_path / "a.mp4"), "64", "64", "30"],
        input=np.random.default_rng(1).bytes(64 * 64 * 3 * 20), capture_output=True, check=False,
        env=children.environment(), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, b"the film can't be read back; is the disk full?\n")


def test_no_encoder_is_one_line(tmp_path: Path) -> None:
    done = run(tmp_path / "missing" / "a.mp4", b"")
    assert done.returncode == 1
    assert done.stderr == b"OpenCV found no MP4 encoder; install ffmpeg, or write .webp or .gif instead\n"
