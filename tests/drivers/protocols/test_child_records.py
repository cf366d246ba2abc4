"""The webcam child's records: exact there and back, found again after garbage, never a number that isn't finite."""

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import arkit
from assets.face import FaceFrame, HeadPose
from drivers.protocols import child
from drivers.protocols.child import CHANNELS, SIZE, Decoder, End, Face, Fatal, News, Opened, Record, decode, encode

singles = st.floats(-50.0, 50.0, width=32, allow_subnormal=False)
weights = st.lists(st.floats(0.0, 1.0, width=32, allow_subnormal=False), min_size=52, max_size=52)
times = st.floats(0.0, 1e7)
faces = st.builds(
    lambda values, pose, time_s, source_s, seen: Face(
        FaceFrame(np.array(values, np.float32), HeadPose(*pose), time_s, CHANNELS, seen), source_s
    ),
    weights, st.tuples(*[singles] * 6), times, times, st.booleans(),
)  # fmt: skip
words = st.text(max_size=30).map(lambda text: " ".join(text.split()))
others = st.one_of(
    st.builds(Opened, times, st.integers(0, 2**32 - 1), words),
    st.builds(child.Camera, st.integers(0, 2**32 - 1), words),
    st.builds(News, words),
    st.builds(Fatal, words),
    st.just(End()),
)
records = st.one_of(faces, others)


def same(one: Record, two: Record) -> bool:
    if not isinstance(one, Face) or not isinstance(two, Face):
        return one == two
    a, b = one.frame, two.frame
    return (
        np.array_equal(a.weights, b.weights)
        and (a.head, a.time_s, a.channels, a.face_seen, one.source_s)
        == (b.head, b.time_s, b.channels, b.face_seen, two.source_s)
    )  # fmt: skip


def test_the_tracker_has_no_tongue() -> None:
    assert {*arkit.NAMES, "head"} - CHANNELS == {"tongueOut"}


def test_a_face_byte_by_byte() -> None:
    frame = FaceFrame.from_mapping({"jawOpen": 0.5}, head=HeadPose(0.25, z_m=-1.0), time_s=2.0, channels=CHANNELS)
    data = encode(Face(frame, 4.0))
    assert len(data) == SIZE == 264
    assert data[:6] == b"CAk1\x01\x01"
    assert data[6:22] == struct.pack("<dd", 2.0, 4.0)
    assert data[22 + 4 * 17 : 22 + 4 * 18] == bytes.fromhex("0000003f")  # jawOpen is the 18th of ARKit's names
    assert data[230:254] == struct.pack("<6f", 0.25, 0, 0, 0, 0, -1.0)
    assert data[260:] == zlib.crc32(data[:260]).to_bytes(4, "little")


@given(records)
def test_what_is_written_is_read(record: Record) -> None:
    data = encode(record)
    assert len(data) == SIZE
    read = decode(data)
    assert read is not None
    assert same(read, record)


@given(st.text(min_size=200, max_size=400))
def test_long_words_are_cut_between_letters(text: str) -> None:
    read = decode(encode(News(text)))
    assert isinstance(read, News)
    assert (
        " ".join(text.split())
        .encode("utf-8", "replace")
        .decode()
        .startswith(read.text.rstrip("\N{REPLACEMENT CHARACTER}"))
    )


@given(st.lists(st.one_of(records, st.binary(max_size=300)), max_size=8), st.integers(1, 400))
def test_records_are_found_in_garbage_and_pieces(parts: list[Record | bytes], piece: int) -> None:
    stream = b"".join(part if isinstance(part, bytes) else encode(part) for part in parts)
    decoder, found = Decoder(), []
    for start in range(0, len(stream), piece):
        found += decoder.feed(stream[start : start + piece])
    # What follows garbage is found once enough has come to see that the garbage was none.
    found += decoder.feed(b"\0" * SIZE)
    expected = [part for part in parts if not isinstance(part, bytes)]
    assert len(found) == len(expected)
    assert all(map(same, found, expected))


def test_garbage_never_piles_up() -> None:
    decoder = Decoder()
    for _ in range(1000):
        assert decoder.feed(b"x" * 1000 + b"CA") == []
    assert decoder.waiting_bytes < SIZE


def test_a_record_that_begins_inside_a_broken_one_is_found() -> None:
    good = encode(News("here"))
    assert Decoder().feed(good[:100] + good + b"\0" * SIZE) == [News("here")]


@given(records, st.integers(0, SIZE - 1), st.integers(1, 255))
def test_a_wrong_byte_is_noticed(record: Record, place: int, change: int) -> None:
    data = bytearray(encode(record))
    data[place] ^= change
    assert decode(bytes(data)) is None


@pytest.mark.parametrize(
    ("offset", "value"),
    [(6, struct.pack("<d", float("nan"))), (22, struct.pack("<f", float("inf"))), (230, struct.pack("<f", 1e30))],
)
def test_a_broken_child_sends_no_wild_numbers(offset: int, value: bytes) -> None:
    """Right checksum, wrong numbers."""
    data = bytearray(encode(Face(FaceFrame(channels=CHANNELS), 0.0)))
    data[offset : offset + len(value)] = value
    data[-4:] = zlib.crc32(data[:-4]).to_bytes(4, "little")
    assert decode(bytes(data)) is None


def test_an_unknown_kind_is_skipped() -> None:
    data = bytearray(encode(End()))
    data[4] = 99
    data[-4:] = zlib.crc32(data[:-4]).to_bytes(4, "little")
    assert Decoder().feed(bytes(data) + encode(End())) == [End()]


def test_kinds_have_fixed_numbers() -> None:
    frame = Face(FaceFrame(channels=CHANNELS), 0.0)
    assert [encode(each)[4] for each in (frame, Opened(30.0, 0), News(""), Fatal(""), End())] == [1, 2, 3, 4, 5]
    assert child.MAGIC == b"CAk1"
