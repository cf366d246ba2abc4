"""runtime.actions: what may be said is checked in one place, and answered in one line."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import UsageError
from runtime import actions
from runtime.actions import ACTIONS, check

anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(sorted(ACTIONS))
keys = st.sampled_from(sorted({key for action in ACTIONS.values() for key in action.parameters}))


@pytest.mark.parametrize(
    ("action", "values", "checked"),
    [
        ("view.mirror", {"on": True}, {"on": True}),
        ("view.place", {"zoom": 2}, {"zoom": 2.0}),
        ("expression.trigger", {"name": "joy", "on": None}, {"name": "joy", "on": None}),
        ("expression.set", {"name": "a", "hold_s": None}, {"name": "a", "hold_s": None}),
        ("weights.set", {"weights": {"jawOpen": 1}}, {"weights": {"jawOpen": 1.0}}),
        ("source.order", {"region": "mouth", "names": ("a", "b")}, {"region": "mouth", "names": ["a", "b"]}),
        ("source.add", {"driver": "osc", "options": {"port": 9000}}, {"driver": "osc", "options": {"port": 9000}}),
        ("show.quit", None, {}),
    ],
)
def test_what_is_right_passes(action: str, values: Any, checked: dict[str, Any]) -> None:
    assert check(action, values) == checked


@pytest.mark.parametrize(
    ("action", "values", "message"),
    [
        ("view.miror", {}, "there is no action 'view.miror'; did you mean 'view.mirror'?"),
        ("view.mirror", {"onn": True}, "view.mirror: there is no value 'onn'; did you mean 'on'?"),
        ("view.mirror", {}, "view.mirror: on is missing: whether it is on"),
        ("view.mirror", {"on": 1}, "view.mirror: on: expected true or false, got 1"),
        ("view.mirror", [], "view.mirror: expected values by name, got []"),
        ("view.place", {"zoom": 9}, "view.place: zoom must be in 0.25..4, got 9"),
        ("view.place", {"zoom": True}, "view.place: zoom: expected a number, got True"),
        ("view.place", {"zoom": float("nan")}, "view.place: zoom: expected a number, got nan"),
        ("view.place", {"zoom": 10**400}, "view.place: zoom: expected a number, got 1000"),
        ("weights.set", {"weights": {"jawopen": 1}}, "weights.set: weights: there is no 'jawopen'; did you mean"),
        ("weights.set", {"weights": {"jawOpen": 2}}, "weights.set: weights: jawOpen must be in 0..1, got 2"),
        ("source.order", {"region": "nose", "names": []}, "source.order: region: there is no 'nose'"),
        ("source.order", {"region": "all", "names": "ab"}, "source.order: names: expected a list of names, got 'ab'"),
    ],
)
def test_what_is_wrong_is_said_with_the_nearest_name(action: str, values: Any, message: str) -> None:
    with pytest.raises(UsageError) as error:
        check(action, values)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


@given(names, st.dictionaries(keys | st.text(max_size=8), anything, max_size=4) | anything)
def test_nothing_gets_past_but_what_is_checked(name: str, values: Any) -> None:
    try:
        checked = check(name, values)
    except UsageError:
        return
    assert set(checked) <= set(ACTIONS[name].parameters)
    assert check(name, checked) == checked


def test_every_action_can_be_listed() -> None:
    listed = json.dumps({name: action.as_json() for name, action in ACTIONS.items()}, allow_nan=False)
    assert json.loads(listed)["view.place"]["parameters"]["zoom"] == {
        "help": "1 fills the picture", "kind": "number", "needed": False, "low": 0.25, "high": 4.0
    }  # fmt: skip
    assert all(action.help and not action.help.endswith(".") for action in ACTIONS.values())


def test_the_nearest_word() -> None:
    assert actions.nearest("veiw", ["view", "motion"]) == "; did you mean 'view'?"
    assert actions.nearest("zzz", ["view", "motion"]) == "; there are: view, motion"
    assert actions.nearest("zzz", []) == ""
