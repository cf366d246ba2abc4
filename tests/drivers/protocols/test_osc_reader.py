"""Our OSC reader: literal bytes, two other libraries as oracles, and everything that kills others."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oscpy.parser import format_bundle, format_message
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from drivers.protocols import osc
from drivers.protocols.osc import Message, messages
from tests.soak.mutants import mutants
from tests.soak.osc_samples import GOODS

FACE_CAP = bytes.fromhex("2f5700002c696600000000183f000000")
"""`/W 24 0.5`: the same 16 bytes from three libraries."""


def padded(data: bytes) -> bytes:
    return data + b"\0" * (4 - len(data) % 4)


def bundle(*elements: bytes, time_tag: bytes = b"\0" * 7 + b"\1") -> bytes:
    return b"#bundle\0" + time_tag + b"".join(struct.pack(">i", len(each)) + each for each in elements)


# ---- literal bytes --------------------------------------------------------------------------------------------------


def test_a_message_with_an_index_and_a_value() -> None:
    assert messages(FACE_CAP) == [Message("/W", (24, 0.5))]


def test_three_floats() -> None:
    data = bytes.fromhex("2f485200 2c666666 00000000 3f800000 c0000000 40400000")
    assert messages(data) == [Message("/HR", (1.0, -2.0, 3.0))]


VMC_BUNDLE = bytes.fromhex(
    "2362756e646c6500 0000000000000001"
    "00000024 2f564d432f4578742f426c656e642f56616c0000 2c736600 6a61774f70656e00 3f000000"
    "0000002c 2f564d432f4578742f426c656e642f56616c0000 2c736600 657965426c696e6b4c65667400000000 3f800000"
    "0000001c 2f564d432f4578742f426c656e642f4170706c7900000000 2c000000"
)


def test_a_bundle_keeps_its_order() -> None:
    assert messages(VMC_BUNDLE) == [
        Message("/VMC/Ext/Blend/Val", ("jawOpen", 0.5)),
        Message("/VMC/Ext/Blend/Val", ("eyeBlinkLeft", 1.0)),
        Message("/VMC/Ext/Blend/Apply", ()),
    ]


def test_a_head_bone() -> None:
    data = bytes.fromhex(
        "2f564d432f4578742f426f6e652f506f73000000 2c7366666666666666000000 4865616400000000"
        + "00000000" * 6
        + "3f800000"
    )
    assert messages(data) == [Message("/VMC/Ext/Bone/Pos", ("Head", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0))]


@pytest.mark.parametrize("time_tag", ["83aa7e8000000000", "0000000000000001", "ffffffffffffffff", "0000000000000000"])
def test_time_tags_mean_nothing(time_tag: str) -> None:
    assert messages(bundle(FACE_CAP, time_tag=bytes.fromhex(time_tag))) == [Message("/W", (24, 0.5))]


def test_nested_bundles_are_read_in_order_to_a_depth_of_four() -> None:
    one, two, three = (b"/a\0\0,i\0\0" + struct.pack(">i", number) for number in (1, 2, 3))
    assert messages(bundle(one, bundle(two), three)) == [Message("/a", (1,)), Message("/a", (2,)), Message("/a", (3,))]
    assert messages(bundle(bundle(bundle(bundle(two))))) == [Message("/a", (2,))]
    assert messages(bundle(one, bundle(bundle(bundle(bundle(two)))), three)) == [
        Message("/a", (1,)),
        Message("/a", (3,)),
    ]


def test_every_type_of_argument() -> None:
    tags = b",ifdhTFNIsSbtcrm[i]\0"
    data = (
        b"/x\0\0" + padded(tags.rstrip(b"\0"))
        + struct.pack(">ifdq", -7, 0.25, 0.125, 1 << 40)
        + b"na\0\0" + b"sym\0" + struct.pack(">i", 5) + b"12345\0\0\0"
        + b"\0" * 8 + b"\0\0\0c" + b"rgba" + b"midi" + struct.pack(">i", 9)
    )  # fmt: skip
    expected = (-7, 0.25, 0.125, 1 << 40, True, False, None, None, "na", "sym", None, None, None, None, None, 9)
    assert messages(data) == [Message("/x", expected)]


def test_missing_tags_mean_no_arguments() -> None:
    assert messages(b"/VMC/Ext/Blend/Apply\0\0\0\0") == [Message("/VMC/Ext/Blend/Apply", ())]
    assert messages(b"/abc") == [Message("/abc", ())]


@pytest.mark.parametrize("bits", ["7fc00000", "7f800000", "ff800000"])
def test_a_number_that_is_not_finite_is_no_argument(bits: str) -> None:
    assert messages(b"/a\0\0,ff\0" + bytes.fromhex(bits) + b"\0\0\0\0") == [Message("/a", (None, 0.0))]


def test_text_in_any_language() -> None:
    name = "まばたき".encode()
    assert messages(padded(b"/a") + padded(b",s") + padded(name)) == [Message("/a", ("まばたき",))]


# ---- what kills others ----------------------------------------------------------------------------------------------

DEEP = b""
for _ in range(3000):
    DEEP = bundle(DEEP)[:65000]

KILLERS: dict[str, tuple[bytes, list[Message]]] = {
    "element of size -4": (b"#bundle\0" + b"\0" * 8 + struct.pack(">i", -4) + b"\0\0\0\0", []),
    "time-tag in 2036": (bundle(FACE_CAP, time_tag=b"\xff" * 8), [Message("/W", (24, 0.5))]),
    "3000 bundles deep": (DEEP, []),
    "64 KB of tiny messages": (bundle(*[b"/a\0\0"] * 8100), [Message("/a", ())] * osc.MAX_MESSAGES),
    "60,000 tags": (padded(b"/a") + padded(b"," + b"T" * 60000), [Message("/a", (True,) * osc.MAX_ARGUMENTS)]),
    "20,000 brackets": (padded(b"/a") + padded(b"," + b"[" * 20000), [Message("/a", ())]),
    "blob of length -1": (padded(b"/a") + padded(b",b") + struct.pack(">i", -1) + b"\0" * 8, []),
    "blob of length 2^31-1": (padded(b"/a") + padded(b",b") + struct.pack(">i", 2**31 - 1) + b"\0" * 8, []),
    "invalid UTF-8 in the address": (b"/\xff\xfe\0,f\0\0\0\0\0\0", []),
    "an address full of stars": (padded(b"/" + b"*a" * 60 + b"b") + padded(b","), [Message("/" + "*a" * 60 + "b", ())]),
    "empty": (b"", []),
    "65,507 bytes of nothing": (b"\0" * 65507, []),
    "an unknown tag": (padded(b"/a") + padded(b",fz") + b"\0" * 8, []),
    "five letters": (b"hello", []),
    "larger than any datagram": (FACE_CAP + b"\0" * 70000, []),
    "a bundle that ends in its head": (b"#bundle\0\0\0", []),
    "element longer than the datagram": (b"#bundle\0" + b"\0" * 8 + struct.pack(">i", 1 << 20) + FACE_CAP, []),
    "no end to the tags": (b"/a\0\0,fff", []),
    "no end to the text": (b"/a\0\0,s\0\0aaaa", []),
    "fewer bytes than tags": (b"/a\0\0,ff\0\0\0\0\0", []),
    "address of 300 letters": (padded(b"/" + b"a" * 300), []),
    "text of 300 letters": (padded(b"/a") + padded(b",sT") + padded(b"a" * 300), [Message("/a", (None, True))]),
}


@pytest.mark.parametrize("name", KILLERS)
def test_killers_are_read_for_what_they_hold(name: str) -> None:
    datagram, expected = KILLERS[name]
    assert messages(datagram) == expected


def test_a_bad_element_spoils_only_itself() -> None:
    assert messages(bundle(FACE_CAP, b"/\xff\xfe\0", b"hell", FACE_CAP)) == [Message("/W", (24, 0.5))] * 2


# ---- properties -----------------------------------------------------------------------------------------------------

addresses = st.text("abcXYZ09_-.é/", min_size=1, max_size=40).map(lambda text: "/" + text)
floats = st.floats(width=32, allow_nan=False, allow_infinity=False)
ints = st.integers(-(2**31), 2**31 - 1)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
arguments = st.lists(st.one_of(floats, ints, texts, st.booleans()), max_size=12)


def built(address: str, values: list[float | int | str | bool]) -> bytes:
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value, "f" if isinstance(value, float) else None)
    return bytes(builder.build().dgram)


@given(addresses, arguments)
def test_reads_what_python_osc_writes(address: str, values: list[float | int | str | bool]) -> None:
    assert messages(built(address, values)) == [Message(address, tuple(values))]


@given(st.lists(st.tuples(addresses, arguments), max_size=8))
def test_reads_bundles_that_python_osc_writes(contents: list[tuple[str, list[float | int | str | bool]]]) -> None:
    builder = OscBundleBuilder(IMMEDIATELY)
    for address, values in contents:
        message = OscMessageBuilder(address)
        for value in values:
            message.add_arg(value, "f" if isinstance(value, float) else None)
        builder.add_content(message.build())
    assert messages(builder.build().dgram) == [Message(address, tuple(values)) for address, values in contents]


oscpy_arguments = st.lists(st.one_of(floats, ints, texts), max_size=12)


@given(st.lists(st.tuples(addresses, oscpy_arguments), min_size=1, max_size=8))
def test_reads_what_oscpy_writes(contents: list[tuple[str, list[float | int | str]]]) -> None:
    encoded = [
        (address.encode(), [v.encode() if isinstance(v, str) else v for v in values]) for address, values in contents
    ]
    data, _ = format_message(*encoded[0])
    assert messages(data) == [Message(contents[0][0], tuple(contents[0][1]))]
    data, _ = format_bundle(encoded)
    assert messages(data) == [Message(address, tuple(values)) for address, values in contents]


@given(st.binary(max_size=400))
def test_any_bytes_are_harmless(data: bytes) -> None:
    for datagram in (data, b"#bundle\0" + data, b"/a\0\0," + data):
        assert len(messages(datagram)) <= osc.MAX_MESSAGES


# ---- what is known already ------------------------------------------------------------------------------------------


def test_what_was_read_before_is_read_the_same(rng: np.random.Generator) -> None:
    """Good datagrams teach the reader; what is made of them by damage is then read as by one that knows nothing."""
    goods = [datagram for dialect in GOODS.values() for datagram in dialect]
    osc._known.clear()
    for good in [*goods, *goods]:
        messages(good)
    known = dict(osc._known)
    assert len(known) > 80
    for datagram in [*goods, *mutants(rng, 3000, goods)]:
        warm = messages(datagram)
        osc._known.clear()
        assert warm == messages(datagram)
        osc._known.update(known)


def test_the_last_number_is_read_anew_and_checked() -> None:
    for value, expected in ((0.5, 0.5), (-3.0, -3.0), (float("nan"), None), (float("inf"), None), (0.25, 0.25)):
        data = padded(b"/a/jawOpen") + b",sf\0" + padded(b"x") + struct.pack(">f", value)
        for datagram in (data, bundle(data, data)):
            assert set(messages(datagram)) == {Message("/a/jawOpen", ("x", expected))}


def test_it_does_not_remember_more_and_more() -> None:
    known = set(osc._known)
    for number in range(2 * osc.MAX_KNOWN):
        data = padded(b"/p/%d" % number) + b",f\0\0" + b"\0" * 4
        assert messages(data) == [Message(f"/p/{number}", (0.0,))]
        assert len(osc._once) <= osc.MAX_KNOWN
        assert set(osc._known) == known, "what comes but once is noise"
    for number in range(2 * osc.MAX_KNOWN):
        data = padded(b"/p/%d" % number) + b",f\0\0" + b"\0" * 4
        for _ in range(3):
            assert messages(data) == [Message(f"/p/{number}", (0.0,))]
        assert data[:-4] in osc._known
        assert len(osc._known) <= osc.MAX_KNOWN
    long = padded(b"/" + b"x" * osc.MAX_KNOWN_BYTES) + b",f\0\0" + b"\0" * 4
    messages(long)
    messages(long)
    assert max(map(len, osc._known)) <= osc.MAX_KNOWN_BYTES


def test_many_floats_at_once_are_checked_one_by_one() -> None:
    values = [0.5, float("nan"), -2.0, float("-inf")]
    data = padded(b"/x") + padded(b",ffff") + struct.pack(">4f", *values)
    assert messages(data) == [Message("/x", (0.5, None, -2.0, None))]
    assert messages(data[:-4]) == []
    huge = padded(b"/x") + padded(b",ffff") + struct.pack(">4f", 3e38, 3e38, -3e38, 3e38)
    assert None not in messages(huge)[0].arguments
