"""runtime.page.protocol"""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.page import protocol
from runtime.page.protocol import MessageError, Request, Subscription

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e300, 1e300) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def test_a_request() -> None:
    got = protocol.parse('{"v": 1, "id": 7, "do": "expression.trigger", "with": {"name": "joy"}}')
    assert got == Request(7, "expression.trigger", {"name": "joy"})
    assert protocol.parse('{"do": "show.quit"}') == Request(None, "show.quit", {})


def test_a_subscription() -> None:
    assert protocol.parse('{"subscribe": []}') == Subscription(None, frozenset())
    got = protocol.parse('{"id": "a", "subscribe": ["live", "preview"], "side_px": 200}')
    assert got == Subscription("a", frozenset({"live", "preview"}), 200)
    assert protocol.parse('{"subscribe": ["live"], "rate_hz": 4}') == Subscription(None, frozenset({"live"}), rate_hz=4)


@pytest.mark.parametrize(
    ("text", "words", "number"),
    [
        ("", "one JSON object", None),
        ("[]", "one JSON object", None),
        ("[" * 100_000, "one JSON object", None),
        ('{"id": 1, "do": "x", "with": {"a": NaN}}', "one JSON object", None),
        ('{"id": true, "do": "x"}', "number or a text", None),
        ('{"id": "' + 65 * "x" + '", "do": "x"}', "64", None),
        ('{"id": 1, "v": 2, "do": "x"}', "version 1", 1),
        ('{"id": 1}', "what to do", 1),
        ('{"id": 1, "do": 5}', "what to do", 1),
        ('{"id": 1, "do": "x", "with": []}', "object", 1),
        ('{"id": 1, "do": "x", "wiht": {}}', "'wiht'", 1),
        ('{"id": 1, "do": "x", "with": {"a": [[[[[[[[[1]]]]]]]]]}}', "deep", 1),
        ('{"id": 1, "subscribe": ["weather"]}', "no topic 'weather'", 1),
        ('{"id": 1, "subscribe": "live"}', "list", 1),
        ('{"id": 1, "subscribe": ["live"], "side_px": 4000}', "64 to 1024", 1),
        ('{"id": 1, "subscribe": ["live"], "side_px": true}', "64 to 1024", 1),
        ('{"id": 1, "subscribe": ["live"], "rate_hz": 0}', "1 to 20", 1),
    ],
)
def test_what_says_nothing_is_answered_in_one_line(text: str, words: str, number: int | None) -> None:
    with pytest.raises(MessageError, match=words) as caught:
        protocol.parse(text)
    assert caught.value.id == number
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)


@given(st.text() | st.binary())
def test_any_text_is_a_message_or_an_error(text: str | bytes) -> None:
    try:
        protocol.parse(text)
    except MessageError:
        pass


@given(st.integers() | st.text(max_size=20), st.dictionaries(st.text(), VALUES, max_size=3))
def test_what_was_written_is_read(number: int | str, values: dict[str, object]) -> None:
    if len(str(number)) <= protocol.MAX_NAME:
        got = protocol.parse(json.dumps({"v": 1, "id": number, "do": "a.b", "with": values}))
        assert got == Request(number, "a.b", values)


def test_answers_are_short_and_always_json() -> None:
    assert protocol.answer(3, {"a": 0.123456789, "b": (1, 2), "c": math.inf, "d": math.nan}) == (
        '{"id":3,"ok":true,"result":{"a":0.1235,"b":[1,2],"c":null,"d":null}}'
    )
    assert json.loads(protocol.trouble("x", "two\nlines  here")) == {"id": "x", "error": "two lines here"}
    assert json.loads(protocol.news("live", {1: None})) == {"topic": "live", "value": {"1": None}}
