"""`drivers`: what every driver that listens to the network hears just now."""

import argparse
import contextlib
import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from assets.errors import DriverError, UsageError
from runtime import arguments
from runtime.console import Advance, Console, Outcome

if TYPE_CHECKING:
    from drivers.base import Statistics
    from runtime.clock import Clock
    from runtime.sources.choosing import Choice

HELP = "show what each network driver hears: packets, senders, faces, which shapes move"
POLL_S: Final = 1.0 / 240.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("driver", nargs="*", metavar="DRIVER",
                        help="NAME or NAME:KEY=VALUE,... (default: all that listen to the network)")  # fmt: skip
    parser.add_argument("--seconds", type=arguments.seconds, default=3.0, metavar="S", help="how long (default: 3)")
    arguments.add_network_flags(parser)


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Listen for a while, and tell."""
    from runtime.clock import RealClock

    chosen = _chosen(args.driver, arguments.network_flags(args))
    with contextlib.ExitStack() as stack:
        refusals = _open(chosen, stack)
        if len(refusals) == len(chosen):
            raise DriverError("; ".join(refusals.values()))
        advance = stack.enter_context(console.bar("listening"))
        _listen([choice for choice in chosen if choice.name not in refusals], args.seconds, RealClock(), advance)
        data = {choice.name: _told(choice, refusals.get(choice.name)) for choice in chosen}
    return Outcome("\n".join(_line(name, told) for name, told in data.items()), {"drivers": data})


def _chosen(words: Sequence[str], flags: Mapping[str, Any]) -> "list[Choice]":
    """The drivers named, or all that listen to the network. Raises UsageError for one that doesn't."""
    import drivers
    from drivers.base import Listener
    from runtime.sources import choosing

    if words:
        chosen = choosing.choose(words, flags)
        for choice in chosen:
            if not isinstance(choice.driver, Listener):
                raise UsageError(f"the driver {choice.name} doesn't listen to the network")
        return chosen
    if "port" in flags:
        raise UsageError("--port needs the name of the driver that is to listen there")
    modules = {name: drivers.load(name) for name in drivers.available()}
    names = [name for name, module in modules.items() if isinstance(module.create(module.Options()), Listener)]
    return choosing.choose(names, flags)


def _open(chosen: "Sequence[Choice]", stack: contextlib.ExitStack) -> dict[str, str]:
    """Starts the drivers; returns why some couldn't be."""
    refusals: dict[str, str] = {}
    ours: dict[int, str] = {}
    for choice in chosen:
        driver: Any = choice.driver
        try:
            stack.enter_context(driver)
        except DriverError as error:
            # Two drivers may share a port, and the first one holds it now.
            holder = next((ours[int(port)] for port in re.findall(r"\d+", str(error)) if int(port) in ours), None)
            refusals[choice.name] = (
                f"{choice.name}: shares its port with {holder}; ask for it alone: cartoonalive drivers {choice.name}"
                if holder
                else str(error)
            )
        else:
            ours |= dict.fromkeys(driver.statistics().ports, choice.name)
    return refusals


def _listen(chosen: "Sequence[Choice]", duration_s: float, clock: "Clock", advance: Advance) -> None:
    start_s = clock.now_s()
    while (now_s := clock.now_s()) < start_s + duration_s:
        for choice in chosen:
            choice.driver.latest()
        advance("", (now_s - start_s) / duration_s)
        clock.wait_until(now_s + POLL_S)


def _told(choice: "Choice", refusal: str | None) -> dict[str, Any]:
    if refusal is not None:
        return {"error": refusal}
    driver: Any = choice.driver
    statistics: Statistics = driver.statistics()
    told = {name: list(value) if isinstance(value, tuple) else value for name, value in _fields(statistics)}
    told["packets_per_s"] = round(statistics.packets_per_s, 1)
    told["age_s"] = None if statistics.age_s is None else round(statistics.age_s, 3)
    return {**told, "status": driver.status()}


def _fields(statistics: "Statistics") -> list[tuple[str, Any]]:
    return [(field.name, getattr(statistics, field.name)) for field in dataclasses.fields(statistics)]


def _line(name: str, told: Mapping[str, Any]) -> str:
    if "error" in told:
        return str(told["error"])
    if not told["faces"]:
        return str(told["status"])
    from assets import arkit

    still = [shape for shape in arkit.NAMES if shape not in told["moved"]]
    if not told["moved"]:
        return f"{told['status']}; no shape has moved"
    if not still:
        return f"{told['status']}; all {arkit.COUNT} shapes have moved"
    return f"{told['status']}; {len(told['moved'])} of {arkit.COUNT} shapes have moved, not: {', '.join(still)}"
