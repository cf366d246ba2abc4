"""The Live Link Face driver on a real loopback socket: whole recordings, another sender, the avatar's movement."""

import csv
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pylivelinkface import FaceBlendShape, PyLiveLinkFace

import assets
from assets import arkit, store, takes
from assets.face import ALL_CHANNELS, HEAD, FaceFrame
from drivers._phone import PhoneDriver
from drivers.livelink import Options, create
from renderer.deform import Deformer
from tests.soak.phone_samples import live_link, live_link_header, recordings

SAMPLES = Path(assets.__file__).parent / "samples"


@pytest.fixture
def driver() -> Iterator[PhoneDriver]:
    """On a clock that stands still, so that no budget of time runs out."""
    with create(Options(port=0), clock=lambda: 100.0) as entered:
        yield entered


def send(driver: PhoneDriver, *datagrams: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for datagram in datagrams:
            sender.sendto(datagram, ("127.0.0.1", driver.ports[0]))


def face(driver: PhoneDriver) -> FaceFrame:
    frame = driver.latest()
    assert frame is not None
    return frame


def rows(path: Path) -> list[dict[str, float]]:
    """A recording of the app, by the names of the wire."""
    with path.open(newline="") as file:
        return [
            {name[0].lower() + name[1:]: float(value) for name, value in list(row.items())[2:]}
            for row in csv.DictReader(file)
        ]


def replayed(
    driver: PhoneDriver, recording: Iterable[dict[str, float]]
) -> Iterator[tuple[dict[str, float], FaceFrame]]:
    """Each row sent as a packet, and the face that came of it."""
    for number, row in enumerate(recording):
        send(driver, live_link(row, frame=number))
        yield row, face(driver)


def moves_the_avatar(frames: list[FaceFrame]) -> bool:
    deformer = Deformer(store.load(SAMPLES / "sample.avatar"))
    first = deformer.deform(frames[0]).copy()
    return any(np.abs(deformer.deform(frame) - first).max() > 3.0 for frame in frames[1:])


def test_it_listens_on_11111_of_this_machine_and_asks_nobody() -> None:
    assert Options() == Options(port=11111, phone="", lan=False)


def test_the_showcase_arrives_as_it_was_recorded(driver: PhoneDriver, tmp_path: Path) -> None:
    """Our own take, written as the app's CSV, and that sent as the app's packets."""
    take = takes.load(SAMPLES / "showcase.jsonl")
    takes.save(take, tmp_path / "showcase.csv")
    frames = []
    every_other = rows(tmp_path / "showcase.csv")[::2]
    for sent, (_, frame) in zip(take.frames[::2], replayed(driver, every_other), strict=True):
        assert frame.weights == pytest.approx(sent.weights, abs=1e-6)
        if HEAD in frame.channels:
            heads = [(each.yaw_rad, each.pitch_rad, each.roll_rad) for each in (frame.head, sent.head)]
            assert heads[0] == pytest.approx(heads[1], abs=1e-6)
        frames.append(frame)
    assert sum(HEAD in frame.channels for frame in frames) > 0.9 * len(frames)
    assert moves_the_avatar(frames[::10])


@pytest.mark.parametrize("name", ["livelinkface_MySlate_3_jason.csv", "livelinkface_alex_rom_3.csv"])
def test_real_recordings_drive_the_avatar(driver: PhoneDriver, name: str) -> None:
    recording = rows(recordings() / name)[::6]
    frames = []
    for row, frame in replayed(driver, recording):
        assert frame.weights.tolist() == [np.float32(row[shape]) for shape in arkit.NAMES]
        assert frame.channels == ALL_CHANNELS  # recorded with the head switched off
        frames.append(frame)
    assert len(driver.statistics().moved) > 35
    assert moves_the_avatar(frames[::10])


def test_pylivelinkface_drives_it(driver: PhoneDriver) -> None:
    sender = PyLiveLinkFace(name="somebody")
    sender.set_blendshape(FaceBlendShape.JawOpen, 0.5, no_filter=True)
    sender.set_blendshape(FaceBlendShape.HeadYaw, 0.25, no_filter=True)
    send(driver, sender.encode())
    frame = face(driver)
    assert (frame.weight("jawOpen"), frame.head.yaw_rad) == (0.5, 0.25)
    assert "subject 'somebody'" in driver.status()


def test_of_packets_that_overtake_each_other_the_newest_counts(driver: PhoneDriver) -> None:
    """All in one picture, or one in each."""
    send(driver, live_link({"jawOpen": 1 / 128}, frame=1))
    assert face(driver).weight("jawOpen") == 1 / 128
    send(driver, *(live_link({"jawOpen": frame / 128}, frame=frame) for frame in (3, 5, 4, 2)))
    assert face(driver).weight("jawOpen") == 5 / 128
    for frame, newest in ((7, 7), (6, 7), (9, 9), (8, 9), (9, 9)):
        send(driver, live_link({"jawOpen": frame / 128}, frame=frame))
        assert face(driver).weight("jawOpen") == newest / 128


@pytest.mark.parametrize("lie", ["", "é"], ids=["numbered", "with a broken header"])
def test_after_a_stall_the_newest_counts_at_once(driver: PhoneDriver, lie: str) -> None:
    """Two seconds of packets wait: one of them is decoded. With a broken header its number can't be read."""

    def packet(frame: int) -> bytes:
        whole = live_link({"jawOpen": frame / 256}, frame=frame, subject=b"me" + lie.encode())
        return whole.replace(b"\0\0\0\4me", b"\0\0\0\3me") if lie else whole

    send(driver, *map(packet, range(120)))
    assert face(driver).weight("jawOpen") == 119 / 256
    send(driver, *map(packet, range(120, 240)))
    assert face(driver).weight("jawOpen") == 239 / 256
    assert driver.statistics().faces == 2


def test_no_face_and_back(driver: PhoneDriver) -> None:
    send(driver, live_link({"jawOpen": 0.5}))
    assert face(driver).face_seen
    send(driver, live_link_header())
    assert not face(driver).face_seen
    assert "it sees no face" in driver.status()
    send(driver, live_link({"jawOpen": 0.5}, frame=2))
    assert face(driver).face_seen


def test_junk_is_counted_and_changes_nothing(driver: PhoneDriver) -> None:
    send(driver, live_link({"jawOpen": 0.5}))
    face(driver)
    send(driver, b"", b"\x06" * 300, bytes(320), b"x" * 65000)
    assert face(driver).weight("jawOpen") == 0.5
    assert driver.statistics().unparseable == 4
