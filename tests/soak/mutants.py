"""Datagrams gone wrong, made by the hundred thousand: for the tests of every codec."""

import math
import struct
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

SIZES = np.frombuffer(struct.pack(">6i", -1, 0, -4, 2**31 - 1, 1 << 20, -(2**31)), np.uint8).reshape(6, 4)
ODD_FLOATS = np.frombuffer(struct.pack(">5f", math.nan, math.inf, -math.inf, 1e38, -5.0), np.uint8).reshape(5, 4)
TAGS = np.frombuffer(b"fisTFNIbdhtrcmS[]\0,z", np.uint8)
_BATCH = 2000


def mutants(rng: np.random.Generator, count: int, goods: Sequence[bytes], *, tags: bytes = b"") -> Iterator[bytes]:
    """`count` datagrams made of good ones: with flipped bytes, lying sizes, odd floats, exchanged tags, cut-off ends.

    tags: the bytes that mean something to the codec, strewn about; OSC's own unless given. A hundredth is only noise.
    """
    letters = np.frombuffer(tags, np.uint8) if tags else TAGS
    longest = max(map(len, goods))
    table = np.zeros((len(goods), longest), np.uint8)
    for row, good in enumerate(goods):
        table[row, : len(good)] = np.frombuffer(good, np.uint8)
    lengths = np.array([len(good) for good in goods])
    for start in range(0, count, _BATCH):
        yield from _batch(rng, min(_BATCH, count - start), table, lengths, letters)


def _batch(
    rng: np.random.Generator,
    count: int,
    table: npt.NDArray[np.uint8],
    lengths: npt.NDArray[np.intp],
    letters: npt.NDArray[np.uint8],
) -> Iterator[bytes]:
    chosen = rng.integers(len(lengths), size=count)
    data, length = table[chosen], lengths[chosen].copy()
    rows = np.arange(count)
    kind = rng.integers(5, size=count)

    def places(alignment: int) -> npt.NDArray[np.intp]:
        return np.asarray(rng.integers(0, np.maximum(1, length // alignment)) * alignment, np.intp)

    for _ in range(3):
        some = kind == 0
        data[rows[some], places(1)[some]] ^= rng.integers(1, 256, size=count).astype(np.uint8)[some]
    for wanted, words in ((1, SIZES), (2, ODD_FLOATS)):
        some = (kind == wanted) & (length >= 4)
        picked = words[rng.integers(len(words), size=count)]
        data[rows[some, None], places(4)[some, None] + np.arange(4)] = picked[some]
    some = kind == 3
    for _ in range(4):
        data[rows[some], places(1)[some]] = rng.choice(letters, size=count)[some]
    some = kind == 4
    length[some] = rng.integers(0, length)[some]
    noise = rng.random(count) < 0.01
    for row, end, is_noise in zip(data, length.tolist(), noise.tolist(), strict=True):
        yield rng.bytes(end) if is_noise else row[:end].tobytes()
