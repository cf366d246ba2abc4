"""runtime.faces.signals"""

from dataclasses import astuple

import numpy as np

from assets import arkit
from assets.face import ALL_CHANNELS, HEAD, FaceFrame, HeadPose
from runtime.faces.signals import COUNT, HEAD_ROWS, rows, vector, with_vector


def test_a_frame_and_its_numbers() -> None:
    head = HeadPose(0.1, -0.2, 0.3, 0.01, 0.02, -0.03)
    frame = FaceFrame.from_mapping({"jawOpen": 0.5}, head=head, time_s=3.0, speech=0.25)
    values = vector(frame)
    assert values.shape == (COUNT,) == (58,)
    assert (values[arkit.INDEX["jawOpen"]], values[: arkit.COUNT].sum()) == (0.5, 0.5)
    assert tuple(values[HEAD_ROWS]) == astuple(head)
    back = with_vector(FaceFrame(time_s=3.0, speech=0.25), values)
    assert (back.weights == frame.weights).all()
    assert (back.head, back.time_s, back.speech) == (head, 3.0, 0.25)


def test_numbers_are_the_readers_own() -> None:
    frame = FaceFrame()
    vector(frame)[:] = 7.0
    assert not vector(frame).any()


def test_rows_of_channels() -> None:
    assert rows(ALL_CHANNELS | {HEAD}).all()
    assert not rows(frozenset()).any()
    assert np.flatnonzero(rows(frozenset({"tongueOut", HEAD}))).tolist() == list(range(51, 58))
