"""runtime.films.film"""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.face import FaceFrame
from assets.takes import Take
from runtime.films.film import moments_s, shoot


@given(st.integers(1, 2000), st.sampled_from([1.0, 12.5, 23.976, 24.0, 30.0, 59.94, 60.0, 120.0]))
def test_a_take_at_its_own_rate_shows_its_own_frames(count: int, fps: float) -> None:
    times_s = [round(index / fps, 5) for index in range(count)]
    assert moments_s(times_s[-1] + 1.0 / fps, fps) == times_s


@pytest.mark.parametrize(
    ("duration_s", "fps", "count"), [(1.0, 10.0, 10), (0.01, 1.0, 1), (2.0, 12.5, 25), (1.0, 0.5, 1)]
)
def test_other_rates(duration_s: float, fps: float, count: int) -> None:
    assert len(moments_s(duration_s, fps)) == count


def test_every_moment_is_drawn_and_handed_on(make_take: Callable[..., Take]) -> None:
    class Both:
        name = "both"

        def __init__(self) -> None:
            self.drawn: list[FaceFrame] = []
            self.written: list[int] = []

        def draw(self, frame: FaceFrame) -> None:
            self.drawn.append(frame)

        def read_rgba(self) -> np.ndarray:
            return np.full((1, 1, 4), len(self.drawn), np.uint8)

        def write(self, rgba: np.ndarray) -> None:
            self.written.append(int(rgba[0, 0, 0]))

    take, both, shares = make_take(5), Both(), []
    shoot(take, moments_s(take.duration_s, take.fps), both, both, advance=lambda _, share: shares.append(share))  # type: ignore[arg-type]
    assert both.written == [1, 2, 3, 4, 5]
    assert shares == [0.2, 0.4, 0.6, 0.8, 1.0]
    for drawn, recorded in zip(both.drawn, take.frames, strict=True):
        assert (drawn.weights == recorded.weights).all()
        assert drawn.head == recorded.head
