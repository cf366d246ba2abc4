"""The OSC driver for long: a million mutants of each dialect, and floods. For `make soak`; each tells its figures."""

import faulthandler
import gc
import json
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from assets.face import FaceFrame
from assets.samples import AVATAR
from drivers.osc import Options, OscDriver
from drivers.protocols.osc_face import OscFace
from tests.soak.mutants import mutants
from tests.soak.osc_samples import GOODS, message

pytestmark = pytest.mark.soak
ROOT = Path(__file__).resolve().parents[2]
MUTANTS = 1_000_000
RATE = 20_000
FLOOD_S = 10.0
FRAME_S = 1.0 / 60.0
Tell = Callable[[str], None]


@pytest.mark.parametrize("dialect", GOODS)
def test_a_million_mutants(rng: np.random.Generator, dialect: str, tell: Tell) -> None:
    """No exception, no hang, nothing out of range, no sticky damage; the worst takes 10 ms at most."""
    face, total_s, worst_s = OscFace(), 0.0, 0.0
    faulthandler.dump_traceback_later(3000, exit=True, file=sys.__stderr__)
    gc.collect()
    gc.freeze()  # the heap of pytest isn't the reader's: looking through all of it takes 25 ms
    try:
        for number, datagram in enumerate(mutants(rng, MUTANTS, GOODS[dialect])):
            start_s = time.thread_time()
            face.feed(datagram, number / 60.0)
            took_s = time.thread_time() - start_s
            total_s += took_s
            worst_s = max(worst_s, took_s)
            if number % 100 == 0:
                value = (number // 100 % 100) / 128.0
                face.frame(number / 60.0 + 0.1)  # what waited for its Apply counts by now, and no longer later
                face.feed(message("/W", 24, value), number / 60.0)
                frame = face.frame(number / 60.0)
                assert frame is not None
                assert frame.weight("jawOpen") == value
                assert frame.weights.min() >= 0.0
                assert frame.weights.max() <= 1.0
    finally:
        gc.unfreeze()
        faulthandler.cancel_dump_traceback_later()
    tell(f"{dialect}: {MUTANTS} mutants, mean {total_s / MUTANTS * 1e6:.1f} us, worst {worst_s * 1e3:.2f} ms")
    assert worst_s <= 0.010


def test_ten_thousand_sequences_of_odd_numbers(rng: np.random.Generator) -> None:
    """NaN, infinities, huge numbers, negatives: none is ever kept, and the next good value counts at once."""
    odd = (float("nan"), float("inf"), float("-inf"), 1e38, -1e38, -5.0, 1e-45, 2.0)
    addresses = ("/jawOpen", "/VMC/Ext/Blend/Val/JawOpen", "/avatar/parameters/v2/JawOpen", "/W")
    packets = [
        message(address, *([24] if address == "/W" else []), value) for address in addresses for value in odd
    ]  # fmt: skip
    packets += [message("/HR", value, 0.0, value) for value in odd]
    packets += [message("/VMC/Ext/Bone/Pos", "Head", *[value] * 7) for value in odd]
    face = OscFace()
    for sequence in range(10_000):
        for place in rng.integers(len(packets), size=8):
            face.feed(packets[place], float(sequence))
        value = (sequence % 100) / 128.0
        face.feed(message("/W", 24, value), sequence + 0.5)
        face.frame(sequence + 0.5)  # a shape of VMC that waits for its Apply counts by now
        face.feed(message("/W", 24, value), sequence + 0.5)
        frame = face.frame(sequence + 0.5)
        assert frame is not None
        assert np.isfinite(frame.weights).all()
        assert frame.weight("jawOpen") == value


# ---- floods ---------------------------------------------------------------------------------------------------------


@contextmanager
def flooding(port: int, kind: str, duration_s: float, tell: Tell, *, rate: int = RATE) -> Iterator[float]:
    """So many packets a second from another process; gives the moment at which it began."""
    words = [sys.executable, str(ROOT / "tests/soak/flood_sender.py"), str(port), kind, str(rate), str(duration_s)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as sender:
        assert sender.stdout is not None
        yield float(sender.stdout.readline())
        sent = int(sender.communicate()[0])
        tell(f"{kind}: {sent} sent, {sent / duration_s:.0f} a second")


def age_s(frame: FaceFrame, began_s: float) -> float:
    """How old the newest value is, now."""
    return time.perf_counter() - began_s - frame.weight("jawOpen") * 2**24 / 1e6


def pictures(driver: OscDriver, duration_s: float, began_s: float | None) -> dict[str, float]:
    """A bare loop of 60 pictures a second: times of pictures, of the driver, and ages of the newest value."""
    intervals, works, ages = [], [], []
    last_s = next_s = time.perf_counter()
    last_weight = 0.0
    end_s = next_s + duration_s
    while next_s < end_s:
        next_s += FRAME_S
        time.sleep(max(0.0, next_s - time.perf_counter()))
        start_s = time.perf_counter()
        frame = driver.latest()
        works.append(time.perf_counter() - start_s)
        intervals.append(start_s - last_s)
        last_s = start_s
        if frame is not None and began_s is not None and frame.weight("jawOpen") != last_weight:
            last_weight = frame.weight("jawOpen")
            ages.append(age_s(frame, began_s))
    figures = {"interval": intervals[5:], "work": works[5:], "age": ages[5:] or [0.0]}
    return {
        f"{name} {label}": float(np.percentile(values, share)) * 1e3
        for name, values in figures.items()
        for label, share in (("p50", 50), ("p95", 95), ("p99", 99), ("max", 100))
    }


@pytest.mark.parametrize("kind", ["valid", "junk", "mixed", "vmc"])
def test_a_flood_costs_little(kind: str, tell: Tell) -> None:
    """Pictures keep their time, the newest value is at most two pictures old, memory stays."""
    with OscDriver(Options(ports=(0,))) as driver:
        calm = pictures(driver, FLOOD_S, None)
        with flooding(driver.ports[0], kind, FLOOD_S + 1.5, tell) as began_s:
            pictures(driver, 1.0, began_s)
            before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            flooded = pictures(driver, FLOOD_S, began_s)
        grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
        statistics = driver.statistics()
    for title, figures in (("calm", calm), (kind, flooded)):
        tell(f"{title:6s} {', '.join(f'{name} {value:.2f}' for name, value in figures.items())} ms")
    tell(f"read {statistics.packets - statistics.skipped} of {statistics.packets}, grown by {grown_kb} KB")
    assert flooded["interval p99"] <= calm["interval p99"] + 3.0
    assert flooded["age p99"] <= 2e3 * FRAME_S
    assert grown_kb < 2048


def test_from_the_packet_to_the_picture(tell: Tell) -> None:
    """500 steps from an uneven sender: no older than one picture when it is drawn from."""
    with OscDriver(Options(ports=(0,))) as driver, flooding(driver.ports[0], "steps", 9.0, tell, rate=60) as began_s:
        figures = pictures(driver, 8.5, began_s)
    tell(f"steps {', '.join(f'{name} {value:.2f}' for name, value in figures.items())} ms")
    assert figures["age p95"] <= 1e3 * FRAME_S + 1.0


@pytest.mark.parametrize("kind", ["valid", "vmc"])
def test_after_a_stall_of_two_seconds(kind: str, tell: Tell) -> None:
    """Nobody looked for two seconds: the first picture after that shows what came last."""
    with OscDriver(Options(ports=(0,))) as driver, flooding(driver.ports[0], kind, 4.0, tell, rate=60) as began_s:
        pictures(driver, 1.0, began_s)
        time.sleep(2.0)
        frame = driver.latest()
        assert frame is not None
        age_ms = age_s(frame, began_s) * 1e3
    tell(f"stall: {age_ms:.1f} ms old")
    assert age_ms < 2e3 / 60.0


@pytest.mark.parametrize("kind", ["valid", "vmc"])
def test_a_flood_during_the_show(kind: str, tell: Tell) -> None:
    """The whole program, drawing the sample: its frames in a calm and in a flooded run."""

    def show(flood: bool) -> dict[str, float]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        words = [
            "run",
            str(AVATAR),
            "--headless",
            "--size",
            "256x256",
            "--fps",
            "60",
            "--frames",
            str(int(60 * FLOOD_S)),
        ]
        with subprocess.Popen(
            [sys.executable, "-m", "runtime", *words, "--driver", f"osc:ports={port}", "--json"],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        ) as running:  # fmt: skip
            if flood:
                with flooding(port, kind, FLOOD_S + 5.0, tell):
                    told = json.loads(running.communicate()[0])
            else:
                told = json.loads(running.communicate()[0])
        tell(f"{'flooded' if flood else 'calm'} {told['frame_ms']} {told['stages_ms']} {told['drivers']['osc']}")
        return dict(told["frame_ms"])

    calm, flooded = show(False), show(True)
    assert flooded["p99"] <= calm["p99"] + 3.0
