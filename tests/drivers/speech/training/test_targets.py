"""Phones with times become a mouth that anticipates, lingers and comes late by the delay."""

from math import erf, sqrt

import numpy as np

from drivers.speech.net import VISEMES
from drivers.speech.training.phones import SILENCE, from_ipa
from drivers.speech.training.targets import SPREAD_S, Timed, mouth_track

A, M = from_ipa("a")[0], from_ipa("m")[0]
AMA = (Timed(SILENCE, 0.3), Timed(A, 0.6), Timed(M, 0.7), Timed(A, 1.0), Timed(SILENCE, 1.3))


def test_visemes_change_where_phones_do() -> None:
    track = mouth_track(AMA, 130, delay_s=0.0)
    names = [VISEMES[index] for index in track.visemes]
    # hop k speaks of the time (k + 1) * 10 ms
    assert [names.index("aa"), names.index("PP")] == [29, 59]
    assert names.count("PP") == 10
    assert names[-1] == "sil"


def test_the_delay_moves_everything_later() -> None:
    at_once, late = mouth_track(AMA, 130, delay_s=0.0), mouth_track(AMA, 130, delay_s=0.04)
    assert np.array_equal(late.visemes[4:], at_once.visemes[:-4])
    assert np.allclose(late.shapes[4:], at_once.shapes[:-4], atol=1e-6)


def test_lips_are_shut_in_the_m_and_start_to_close_before_it() -> None:
    track = mouth_track(AMA, 130, delay_s=0.0)
    opening, closed = track.shapes[:, 0], track.shapes[:, 3]
    assert opening[64] < 0.05
    assert closed[64] > 0.95
    assert abs(opening[44] - A.shape[0]) < 0.01
    assert 0.05 < opening[57] < opening[54] < A.shape[0] - 0.01, "closing before the sound of m"


def test_a_step_spreads_as_a_gaussian() -> None:
    phones = (Timed(SILENCE, 0.5), Timed(SILENCE, 1.0))
    flat = mouth_track(phones, 100, delay_s=0.0).shapes
    assert np.allclose(flat, SILENCE.shape, atol=1e-6), "equal phones make no movement"
    rise = mouth_track((Timed(SILENCE, 0.5), Timed(A, 1.0)), 90, delay_s=0.0).shapes[:, 0]
    for hop in range(30, 70):
        share = 0.5 * (1 + erf(((hop + 1) * 0.01 - 0.5) / (SPREAD_S * sqrt(2))))
        pull, rest = share * A.weight[0], (1 - share) * SILENCE.weight[0]
        assert abs(rise[hop] - A.shape[0] * pull / (pull + rest)) < 0.03


def test_before_and_after_the_phones_the_mouth_is_shut() -> None:
    track = mouth_track((Timed(A, 0.2),), 100)
    assert track.visemes[-1] == 0
    assert track.shapes[-1, 0] < 1e-3
    assert VISEMES[track.visemes[10]] == "aa"
