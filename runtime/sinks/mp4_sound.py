"""Sound added to a finished MP4 that has none: one more track, its data after the pictures'. Pure bytes.

The file must be as OpenCV's encoder leaves it: the table of contents (`moov`) last. It is taken off, the sound is
appended, and a table with one more track follows. (ISO/IEC 14496-12 and -14.)
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from assets.errors import CartoonAliveError
from runtime.films.soundtrack import DELAY_SAMPLES, FRAME_SAMPLES, Soundtrack

CHUNK_FRAMES: Final = 40
"""About a second."""
_UNITY: Final = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_MPEG1_AUDIO: Final = 0x6B
_UNDETERMINED: Final = 0x55C4
"""The language "und"."""


def add(film: Path, sound: Soundtrack, /) -> None:
    """Puts `sound` into the MP4 `film`, in step with its first picture. Raises CartoonAliveError for another layout."""
    with open(film, "r+b") as file:
        boxes = list(_top_level(file))
        if not boxes or boxes[-1][0] != b"moov":
            raise CartoonAliveError(f"can't add the sound: the film is laid out in another way: {film}")
        _, at, size = boxes[-1]
        file.seek(at)
        contents = file.read(size)[8:]
        file.seek(at)
        data = b"".join(sound.frames)
        file.write(struct.pack(">I4s", 8 + len(data), b"mdat") + data)
        file.write(box(b"moov", with_track(contents, sound, at + 8)))
        file.truncate()


def with_track(contents: bytes, sound: Soundtrack, data_at: int, /) -> bytes:
    """The contents of a `moov` with a track for `sound`, whose data lies in the file from `data_at` on."""
    parts = []
    for kind, start, size in _boxes(contents):
        body = contents[start + 8 : start + size]
        if kind == b"mvhd":
            if body[0] != 0:
                raise CartoonAliveError("can't add the sound: the film's clock has 64 bits")
            scale, length = struct.unpack_from(">II", body, 12)
            duration = round(sound.duration_s * scale)
            number = struct.unpack_from(">I", body, 96)[0]
            body = body[:16] + struct.pack(">I", max(length, duration)) + body[20:96] + struct.pack(">I", number + 1)
            parts.append(box(kind, body))
        else:
            if kind == b"udta":  # the track comes before what is only said about the film
                parts.append(_track(sound, number, duration, data_at))
            parts.append(contents[start : start + size])
    if not any(part[4:8] == b"udta" for part in parts):
        parts.append(_track(sound, number, duration, data_at))
    return b"".join(parts)


def box(kind: bytes, *bodies: bytes) -> bytes:
    """A box: its length, its name, what is in it."""
    size = 8 + sum(map(len, bodies))
    return struct.pack(">I4s", size, kind) + b"".join(bodies)


def _track(sound: Soundtrack, number: int, duration: int, data_at: int) -> bytes:
    header = struct.pack(">IIIIII8xhhhh", 3, 0, 0, number, 0, duration, 0, 0, 0x100, 0) + _UNITY + bytes(8)
    edits = struct.pack(">IIIiI", 0, 1, duration, DELAY_SAMPLES, 0x10000)
    length = len(sound.frames) * FRAME_SAMPLES
    clock = struct.pack(">IIIIIHH", 0, 0, 0, sound.rate_hz, length, _UNDETERMINED, 0)
    handler = struct.pack(">II4s12x", 0, 0, b"soun") + b"sound\0"
    here = box(b"dref", struct.pack(">II", 0, 1), box(b"url ", struct.pack(">I", 1)))
    media = box(b"minf", box(b"smhd", bytes(8)), box(b"dinf", here), _table(sound, data_at))
    return box(
        b"trak",
        box(b"tkhd", header),
        box(b"edts", box(b"elst", edits)),
        box(b"mdia", box(b"mdhd", clock), box(b"hdlr", handler), media),
    )


def _table(sound: Soundtrack, data_at: int) -> bytes:
    """Where each frame lies, how long it is and how it is coded."""
    sizes = [len(frame) for frame in sound.frames]
    chunks = [sizes[start : start + CHUNK_FRAMES] for start in range(0, len(sizes), CHUNK_FRAMES)]
    offsets, at = [], data_at
    for chunk in chunks:
        offsets.append(at)
        at += sum(chunk)
    runs = [(1, CHUNK_FRAMES, 1)]
    if len(chunks[-1]) != CHUNK_FRAMES:
        runs = [*(runs if len(chunks) > 1 else []), (len(chunks), len(chunks[-1]), 1)]
    wide = at >= 1 << 32
    places = struct.pack(f">II{len(offsets)}{'Q' if wide else 'I'}", 0, len(offsets), *offsets)
    return box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), _sample_entry(sound)),
        box(b"stts", struct.pack(">IIII", 0, 1, len(sizes), FRAME_SAMPLES)),
        box(b"stsc", struct.pack(">II", 0, len(runs)), *(struct.pack(">III", *run) for run in runs)),
        box(b"stsz", struct.pack(f">III{len(sizes)}I", 0, 0, len(sizes), *sizes)),
        box(b"co64" if wide else b"stco", places),
    )


def _sample_entry(sound: Soundtrack) -> bytes:
    bitrate = round(8 * sum(map(len, sound.frames)) / (len(sound.frames) * FRAME_SAMPLES / sound.rate_hz))
    decoder = struct.pack(">BBBBHII", 4, 13, _MPEG1_AUDIO, 0x15, 0, max(320_000, bitrate), bitrate)
    decoder = decoder[:4] + bytes(1) + decoder[4:]  # the size of the decoder's buffer has 24 bits
    packing = bytes([6, 1, 2])
    stream = struct.pack(">BBHB", 3, 3 + len(decoder) + len(packing), 0, 0) + decoder + packing
    entry = struct.pack(">6xH8xHHHHI", 1, sound.channels, 16, 0, 0, sound.rate_hz << 16)
    return box(b"mp4a", entry, box(b"esds", bytes(4), stream))


def _top_level(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """(name, where, how long) of every box of the file."""
    end = file.seek(0, os.SEEK_END)
    at = 0
    while at + 8 <= end:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        if size == 1:
            size = struct.unpack(">Q", file.read(8))[0]
        if size < 8 or at + size > end:
            return
        yield kind, at, size
        at += size


def _boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(name, where, how long) of every box in `data`."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8:
            return
        yield kind, at, size
        at += size
