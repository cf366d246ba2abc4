"""The live loop with a real network driver and the real renderer: newest wins, nothing piles up."""

import gc
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from assets.avatar import AvatarModel
from runtime import app
from runtime.clock import ManualClock, RealClock
from runtime.loop import Loop
from runtime.metrics import Metrics
from runtime.sinks.base import LIGHT_GREY
from runtime.sources import choosing
from runtime.sources.source import Source

pytestmark = pytest.mark.gl


def datagram(value: float) -> bytes:
    message = OscMessageBuilder(address="/jawOpen")
    message.add_arg(value, "f")
    return bytes(message.build().dgram)


def test_a_burst_is_shown_by_its_last_word(tiny: AvatarModel) -> None:
    """While the picture stood still 200 packets came: a few frames later the newest is on stage, and stays."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (choice,) = choosing.choose([f"osc:ports={port}"], {})
    clock = RealClock()
    with (
        app.offscreen(tiny, (16, 16), background=LIGHT_GREY) as stage,
        choice.driver as driver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        source = Source(driver)
        loop = Loop([source], stage, clock=clock, metrics=Metrics(clock))
        for burst in range(3):
            for count in range(200):
                sender.sendto(datagram((count + burst) / 1000.0), ("127.0.0.1", port))
            newest = pytest.approx((199 + burst) / 1000.0)
            for _ in range(40):  # the driver has a time budget per frame, which a busy machine may eat up
                loop.frame()
                if source.seen is not None and source.seen.weight("jawOpen") == newest:
                    break
            loop.frame()
            assert source.seen is not None
            assert source.seen.weight("jawOpen") == newest


def test_nothing_grows_while_it_runs(tiny: AvatarModel, make_take: Callable, tmp_path: Path) -> None:
    """Threads, open files and Python objects are as many after 1500 frames as after 300."""

    def census() -> tuple[int, int]:
        gc.collect()
        return threading.active_count(), len(gc.get_objects())

    clock = ManualClock()
    chosen = choosing.choose(["idle", "stub"], {})
    with app.offscreen(tiny, (16, 16), background=LIGHT_GREY) as stage, chosen[0].driver, chosen[1].driver:
        sources = [Source(choice.driver, choice.allowed) for choice in chosen]
        loop = Loop(sources, stage, clock=clock, metrics=Metrics(clock), fps=60.0)
        loop.run(300)
        threads, objects = census()
        loop.run(1500)
        threads_then, objects_then = census()
    assert threads_then == threads
    assert objects_then <= objects * 1.01
