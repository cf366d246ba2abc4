"""runtime.sinks.camera, on a fake back-end registered with the real pyvirtualcam."""

import sys
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import pytest

from assets.errors import CartoonAliveError, UsageError
from runtime.sinks import camera
from runtime.sinks.worker import Worker

pyvirtualcam = pytest.importorskip("pyvirtualcam", reason="the extra camera is missing: pip install pyvirtualcam")


class Fake:
    """A back-end, as pyvirtualcam's register_backend wants one."""

    made: ClassVar[list["Fake"]] = []
    broken = 0

    def __init__(self, *, width: int, height: int, fps: float, fourcc: int, device: str | None, **_: Any) -> None:
        if Fake.broken:
            Fake.broken -= 1
            raise RuntimeError("the device is in use. See the documentation.")
        self.size, self.fps, self.name = (width, height), fps, device or "Fake Camera"
        self.frames: list[np.ndarray] = []
        self.closed = False
        Fake.made.append(self)

    def close(self) -> None:
        self.closed = True

    def send(self, frame: np.ndarray) -> None:
        if frame[0] == 13:
            raise RuntimeError("unplugged")
        self.frames.append(frame.copy())

    def device(self) -> str:
        return self.name

    def native_fourcc(self) -> None:
        return None


@pytest.fixture(autouse=True)
def _backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only our back-end, new for each test."""
    Fake.made, Fake.broken = [], 0
    monkeypatch.setattr(pyvirtualcam.camera, "BACKENDS", {"fake": Fake})
    yield
    assert all(made.closed for made in Fake.made)


def picture(size: tuple[int, int] = (64, 32)) -> np.ndarray:
    made = np.zeros((size[1], size[0], 4), np.uint8)
    made[:, : size[0] // 2] = (200, 100, 50, 128)
    return made


def shown(values: dict[str, Any], *pictures: np.ndarray) -> Fake:
    outlet = camera.create({"size": "64x32", **values}, show_fps=60.0)
    outlet.open((1, 1), 0.0)
    for one in pictures:
        assert outlet.write(one, 0.0) is None
    outlet.close(None)
    return Fake.made[-1]


def test_pictures_are_laid_over_the_background() -> None:
    fake = shown({"background": "#0000ff"}, picture())
    assert (fake.size, fake.fps) == ((64, 32), 60.0)
    frame = fake.frames[0].reshape(32, 64, 3)
    assert frame[0, 0].tolist() == [100, 50, 152]
    assert frame[0, 63].tolist() == [0, 0, 255]


def test_an_avatar_of_another_shape_stands_in_the_middle() -> None:
    avatar = np.full((64, 64, 4), (9, 9, 9, 255), np.uint8)
    avatar[:2, :2] = 0
    frame = shown({"background": "white"}, avatar).frames[0].reshape(32, 64, 3)
    assert (frame[2:, 16:48] == 9).all()
    assert (frame[:, :16] == 255).all()


def test_alpha_may_be_sent_to_who_takes_it() -> None:
    straight = shown({"alpha": "straight"}, picture()).frames[0].reshape(32, 64, 4)
    assert straight[0, 0].tolist() == [200, 100, 50, 128]
    premultiplied = shown({"alpha": "premultiplied"}, picture()).frames[0].reshape(32, 64, 4)
    assert premultiplied[0, 0].tolist() == [100, 50, 25, 128]


def test_device_and_rate_are_passed_on_and_named() -> None:
    outlet = camera.create({"size": "64x32", "device": "/dev/video9", "backend": "fake", "fps": 30}, show_fps=60.0)
    assert outlet.open((1, 1), 0.0) == "/dev/video9, 64x32, 30 a second"
    outlet.close(None)


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_without_a_camera_one_line_says_how_to_get_one(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    Fake.broken = 1
    outlet = camera.create({"size": "64x32"}, show_fps=60.0)
    with pytest.raises(CartoonAliveError) as refused:
        outlet.open((1, 1), 0.0)
    assert camera.BACKENDS[system] in str(refused.value)
    assert str(refused.value).endswith("('fake' backend: the device is in use)")
    assert "\n" not in str(refused.value)


def test_one_that_is_unplugged_is_opened_again() -> None:
    told: list[str] = []
    outlet = camera.create({"size": "64x32", "alpha": "straight"}, show_fps=60.0)
    worker = Worker("camera", outlet, lambda text, level="info", /: told.append(text))
    bad = picture()
    bad[0, 0, 0] = 13
    for time_s, one in ((0.0, picture()), (0.1, bad), (0.2, picture()), (0.7, picture())):
        worker.offer(one, time_s)
        with worker._handover._changed:
            while worker._handover._waiting or worker._handover._out:
                worker._handover._changed.wait(0.002)
    worker.stop()
    assert worker.join(5.0)
    assert [len(made.frames) for made in Fake.made] == [1, 1]
    assert told == ["camera: RuntimeError: unplugged; trying again", "camera: works again"]


def test_without_the_package_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    with pytest.raises(UsageError, match="pip install pyvirtualcam"):
        camera.create({}, show_fps=60.0)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"size": "wide"}, "size must be WIDTHxHEIGHT such as 1280x720, even, got 'wide'"),
        ({"size": "65x32"}, "even, got '65x32'"),
        ({"size": "64x99999"}, "got '64x99999'"),
        ({"fps": 1000}, "fps must be in 1..240, got 1000"),
        ({"alpha": "no"}, "alpha must be one of opaque, straight, premultiplied, got 'no'"),
        ({"backend": "nonsense"}, "this system has the back-ends fake, none named 'nonsense'"),
        ({"background": "transparent"}, "it can't be transparent"),
    ],
)
def test_what_cannot_succeed_is_refused(values: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as refused:
        camera.create(values, show_fps=60.0)
    assert words in str(refused.value)
