"""runtime.films.talking: the mouth of the take, the life of the idler, a nod on the stress."""

import numpy as np
import pytest

from assets.face import HEAD, FaceFrame
from assets.takes import Take
from drivers.idle import CHANNELS, idle_frame
from drivers.speech.mapping import BROW_INNER, BROWS, MOUTH
from runtime.films.talking import NOD_RAD, TalkingHead

TALK = Take(
    tuple(
        FaceFrame.from_mapping({"jawOpen": 0.1 * step, "browInnerUp": BROW_INNER * (step == 3)}, time_s=0.1 * step,
                               channels=MOUTH | BROWS)
        for step in range(5)
    ),
    10.0,
)  # fmt: skip


@pytest.mark.parametrize("time_s", [0.0, 0.15, 0.4, 5.0])
def test_it_has_the_mouth_of_the_take_and_the_rest_of_the_idler(time_s: float) -> None:
    face, life = TalkingHead(TALK).at(time_s), idle_frame(time_s)
    assert face.weight("jawOpen") == pytest.approx(min(time_s, 0.4))
    for name in CHANNELS - {HEAD}:
        assert face.weight(name) == life.weight(name)
    assert face.channels == MOUTH | BROWS | CHANNELS
    assert face.time_s == time_s
    assert face.head.yaw_rad == life.head.yaw_rad


def test_it_nods_on_the_stress() -> None:
    assert TalkingHead(TALK).at(0.3).head.pitch_rad == pytest.approx(idle_frame(0.3).head.pitch_rad - NOD_RAD)
    assert TalkingHead(TALK).at(0.2).head.pitch_rad == idle_frame(0.2).head.pitch_rad


def test_it_blinks_and_is_the_same_every_time() -> None:
    heads = [TalkingHead(TALK, seed=seed) for seed in (1, 1, 2)]
    lids = [[head.at(0.02 * step).weight("eyeBlinkLeft") for step in range(1000)] for head in heads]
    assert max(lids[0]) == 1.0
    assert lids[0] == lids[1] != lids[2]
    assert heads[0].duration_s == TALK.duration_s == pytest.approx(0.5)
    assert np.isfinite(heads[0].at(0.25).weights).all()
