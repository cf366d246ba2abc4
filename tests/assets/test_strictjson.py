"""Strict JSON: what is written comes back equal; what isn't strict is refused in one line."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import strictjson
from assets.strictjson import Node

LIMIT = 1 << 20
texts = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(texts, values))
def test_round_trip(value: dict[str, Any]) -> None:
    assert strictjson.parse(strictjson.dump(value, limit_bytes=LIMIT), limit_bytes=LIMIT) == value


@pytest.mark.parametrize(
    "text",
    [
        b"", b"nul", b"{", b"[1,]", b"{'a': 1}", b"NaN", b"[Infinity]", b"-Infinity", b"1e999", b"-1e999",
        b'{"a": 1, "a": 2}', b"\xff", b'"\xc3"', b'"\\ud800"', b'{"\\udfff": 1}', b"[" * 17 + b"]" * 17,
        b"[" * 200_000, b'{"a":' * 200_000, b"1" * 5000, b'"' + b"x" * LIMIT + b'"', b"\xef\xbb\xbf{}", b"{}{}",
        b'"\n"',
    ],
)  # fmt: skip
def test_what_is_not_strict_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]{1,200}$"):
        strictjson.parse(text, limit_bytes=LIMIT)


def test_sixteen_levels_are_accepted() -> None:
    strictjson.parse(b"[" * 16 + b"]" * 16, limit_bytes=LIMIT)


@pytest.mark.parametrize(
    "value", [{"a": float("nan")}, {1: 2}, {"a": {None: 1}}, {"a": object()}, {"a": "\ud800"}, {"a": b""}]
)
def test_what_cannot_be_written(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        strictjson.dump(value, limit_bytes=LIMIT)


def test_a_node_names_its_place() -> None:
    root = Node({"layers": [{"opacity": 0.5}, {"opacity": "full"}], "size": [1, 2, 3]}, "")
    first, second = root["layers"]
    assert first["opacity"].number() == 0.5
    for read, place in (
        (second["opacity"].number, r"layers\[1\].opacity: expected a number, got 'full'"),
        (lambda: second["name"], r"layers\[1\].name: is missing"),
        (lambda: first["opacity"].number(0.6, 1.0), r"layers\[0\].opacity: expected a number from 0.6 to 1"),
        (lambda: root["size"].array(2), "size: expected a list of 2, got 3 entries"),
        (lambda: root["size"].array(at_most=2), "size: expected at most 2 entries, got 3"),
        (root["layers"].object, "layers: expected an object"),
        (root["size"].text, "size: expected text"),
    ):
        with pytest.raises(ValueError, match=place):
            read()


@pytest.mark.parametrize("value", [True, "1", None, [], 2.0, -1, 2**32, 10**400])
def test_not_an_integer(value: Any) -> None:
    with pytest.raises(ValueError, match="whole number"):
        Node(value, "x").integer()


@pytest.mark.parametrize("value", [True, "1", None, 10**400, -(10**400), 1e300])
def test_not_a_number(value: Any) -> None:
    with pytest.raises(ValueError, match="x: expected a number"):
        Node(value, "x").number()


@pytest.mark.parametrize("value", ["a\x1b[31m", "\0", "\x7f", "\x9b", "x" * 4097])
def test_text_that_could_harm_a_terminal(value: str) -> None:
    with pytest.raises(ValueError, match="x: expected"):
        Node(value, "x").text()


def test_messages_stay_on_one_line() -> None:
    assert strictjson.one_line("a\nb\x1b\ud800é") == r"a\nb\x1b\ud800é"
    assert "\n" not in strictjson.shown({"a": "\n" * 1000, "b": list(range(1000))})
    assert len(strictjson.shown("é" * 1000)) < 250
