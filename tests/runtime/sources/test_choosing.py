"""runtime.sources.choosing, with the real drivers."""

from pathlib import Path

import pytest

from assets.errors import UsageError
from runtime.faces.mixer import EVERYTHING, channels_of
from runtime.sources.choosing import Choice, choose


def options(choice: Choice) -> object:
    return choice.driver._options  # type: ignore[attr-defined]


def test_in_the_order_given() -> None:
    chosen = choose(["osc", "webcam", "idle"], {})
    assert [choice.name for choice in chosen] == ["osc", "webcam", "idle"]
    assert all(choice.allowed == EVERYTHING for choice in chosen)


def test_flags_reach_the_drivers_that_have_them() -> None:
    osc, webcam, replay = choose(
        ["osc", "webcam", "replay"],
        {"port": 39541, "lan": True, "camera": "2", "models": Path("m"), "take": "a.jsonl"},
    )
    assert (options(osc).ports, options(osc).lan) == ((39541,), True)  # type: ignore[attr-defined]
    assert (options(webcam).source, options(webcam).models_dir) == ("2", Path("m"))  # type: ignore[attr-defined]
    assert options(replay).take == Path("a.jsonl")  # type: ignore[attr-defined]


def test_own_values_are_read_by_their_type_and_win_over_flags() -> None:
    osc, replay, stub, webcam = choose(
        ["osc:ports=9000+9001,only=mouth+tongue", "replay:take=b.csv,loop=no", "stub:period_s=0.5", "webcam:paced=yes"],
        {"port": 1234},
    )
    assert options(osc).ports == (9000, 9001)  # type: ignore[attr-defined]
    assert osc.allowed == channels_of(["mouth", "tongue"])
    assert (options(replay).take, options(replay).loop) == (Path("b.csv"), False)  # type: ignore[attr-defined]
    assert options(stub).period_s == 0.5  # type: ignore[attr-defined]
    assert options(webcam).paced is True  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "flags", "message"),
    [
        (["camera"], {}, "there is no driver named 'camera'; the drivers are: .*webcam"),
        (["idle", "idle"], {}, "the driver idle is named twice"),
        (
            ["osc:port=9000"],
            {},
            "driver osc: has no option 'port'; its options are: ports, lan, host, sender, vrcft, only",
        ),
        (["osc:ports=many"], {}, "driver osc: ports: expected .*, got 'many'"),
        (["replay:loop=perhaps"], {}, "driver replay: loop: expected yes or no, got 'perhaps'"),
        (["stub:period_s"], {}, "driver stub: expected KEY=VALUE, got 'period_s'"),
        (["idle:only=ears"], {}, "driver idle: there is no region 'ears'; the regions are: lids, gaze"),
        (["idle"], {"port": 9000}, "--port says nothing to the chosen drivers: idle"),
        (["idle"], {"lan": True}, "--lan says nothing to the chosen drivers: idle"),
    ],
)
def test_what_fits_no_driver_is_refused(words: list[str], flags: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        choose(words, flags)


def test_the_source_tells_devices_of_one_driver_apart() -> None:
    words = ["webcam", "webcam:source=1", "osc", "replay:take=a.jsonl"]
    assert [choose([word], {})[0].source for word in words] == ["webcam", "webcam-1", "osc", "replay-a.jsonl"]
    assert choose(["webcam"], {"camera": "2"})[0].source == "webcam-2"
