"""Atomic writes and bounded reads: the old file or the new one, whatever happens in between."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from assets import files
from assets.errors import CartoonAliveError, UsageError

ROOT = Path(__file__).parents[2]


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def run_python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_a_write_is_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    with files.atomic_write(target) as file:
        file.write(b"new")
        file.flush()
        assert target.read_bytes() == b"old"
        (temporary,) = set(names(tmp_path)) - {"a.bin"}
        assert temporary.startswith(".a.bin.tmp-")
    assert target.read_bytes() == b"new"
    assert names(tmp_path) == ["a.bin"]


def _half_a_file(target: Path, error: type[BaseException]) -> None:
    with files.atomic_write(target) as file:
        file.write(b"half")
        raise error


def _half_a_path(target: Path, error: type[BaseException]) -> None:
    with files.atomic_path(target) as path:
        path.write_bytes(b"half")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_keeps_the_old_file_and_removes_the_temporary(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    for write in (_half_a_file, _half_a_path):
        with pytest.raises(error):
            write(target, error)
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


def test_a_path_for_encoders_keeps_the_suffix(tmp_path: Path) -> None:
    with files.atomic_path(tmp_path / "clip.webp") as path:
        assert path.suffix == ".webp"
        assert path.parent == tmp_path
        path.write_bytes(b"picture")
    assert names(tmp_path) == ["clip.webp"]
    assert (tmp_path / "clip.webp").read_bytes() == b"picture"


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_permissions_are_those_of_an_ordinary_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    files.write_bytes(tmp_path / "ours", b"")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.skipif(os.name != "posix", reason="links need no rights on POSIX")
def test_a_link_is_followed_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    files.write_bytes(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


KILL_POINTS = {
    "in the middle of writing": "file.write(b'n' * 5000); file.flush(); die()",
    "before the data are on the disk": "file.write(b'n' * 5000); os.fsync = die",
    "before the new file takes its place": "file.write(b'n' * 5000); os.replace = die",
}


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
@pytest.mark.parametrize("point", KILL_POINTS)
def test_killed_while_writing_the_old_file_stays(tmp_path: Path, point: str) -> None:
    target = tmp_path / "settings.toml"
    target.write_bytes(b"old" * 1000)
    code = f"""
        import os, signal, sys
        from pathlib import Path
        from assets import files
        die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        with files.atomic_write(Path(sys.argv[1])) as file:
            {KILL_POINTS[point]}
    """
    assert run_python(code, target).returncode == -9
    assert target.read_bytes() == b"old" * 1000
    assert len(names(tmp_path)) == 2
    files.write_bytes(target, b"new")  # the temporary file may still belong to somebody: it stays
    assert len(names(tmp_path)) == 2
    (temporary,) = set(names(tmp_path)) - {"settings.toml"}
    os.utime(tmp_path / temporary, (0, 0))
    files.write_bytes(target, b"newer")
    assert names(tmp_path) == ["settings.toml"]
    assert target.read_bytes() == b"newer"


@pytest.mark.skipif(os.name != "posix", reason="file size limits of POSIX")
def test_no_room_on_the_disk_is_one_clear_line(tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    code = """
        import resource, sys
        from pathlib import Path
        from assets import errors, files
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            files.write_bytes(Path(sys.argv[1]), b"n" * 100_000)
        except errors.CartoonAliveError as error:
            print(error)
    """
    result = run_python(code, target)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("\n") == 1
    assert result.stdout.startswith("can't write a.bin: ")
    assert "make room" in result.stdout
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("missing/a.bin", "its folder does not exist"), ("folder", "it is a folder"), ("n" * 300, "can't write nnn")],
)
def test_where_nothing_can_be_written(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match=said) as caught:
        files.write_bytes(tmp_path / name, b"")
    assert "\n" not in str(caught.value)
    assert names(tmp_path) == ["folder"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="folder permissions bind ordinary POSIX users")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(CartoonAliveError, match="choose another folder"):
            files.write_bytes(tmp_path / "a.bin", b"")
    finally:
        tmp_path.chmod(0o700)


def test_reading(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert files.read_regular(tmp_path / "a", limit_bytes=5) == b"12345"
    with pytest.raises(ValueError, match="5 bytes long, at most 4"):
        files.read_regular(tmp_path / "a", limit_bytes=4)
    with pytest.raises(ValueError, match="does not exist"):
        files.read_regular(tmp_path / "b", limit_bytes=4)
    with pytest.raises(ValueError, match="folder"):
        files.read_regular(tmp_path, limit_bytes=4)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="not a regular file"):
        files.read_regular(tmp_path / "pipe", limit_bytes=4)
    with pytest.raises(UsageError, match="not a regular file"):
        files.write_bytes(tmp_path / "pipe", b"")
