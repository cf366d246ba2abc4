"""runtime.films.showreel"""

from collections.abc import Callable

import numpy as np
import pytest

from assets.avatar import AvatarModel
from assets.face import FaceFrame, HeadPose
from assets.takes import Take
from runtime import app
from runtime.films.showreel import CELL_PX, COLUMNS, LABEL_PX, Reel, contact_sheet, headline


def test_takes_follow_one_another(make_take: Callable[..., Take]) -> None:
    first, second = make_take(6), make_take(9)
    reel = Reel([first, second])
    assert reel.duration_s == pytest.approx(0.5, abs=1e-4)
    for time_s, face in ((0.0, first.at(0.0)), (0.1, first.at(0.1)), (0.25, second.at(0.05)), (9.0, second.frames[-1])):
        assert reel.at(time_s).weights == pytest.approx(face.weights, abs=1e-4)


@pytest.mark.parametrize(
    ("face", "words"),
    [
        (FaceFrame(), "neutral"),
        (FaceFrame.from_mapping({"jawOpen": 0.5, "tongueOut": 0.75}), "tongueOut 0.75"),
        (FaceFrame(head=HeadPose.from_degrees(yaw_deg=-12.0, roll_deg=5.0)), "yaw -12°"),
        (FaceFrame.from_mapping({"jawOpen": 1}, head=HeadPose.from_degrees(pitch_deg=9.0)), "jawOpen 1.00  pitch +9°"),
    ],
)
def test_headlines(face: FaceFrame, words: str) -> None:
    assert headline(face) == words


@pytest.mark.gl
def test_a_page_of_different_moments(tiny: AvatarModel, make_take: Callable[..., Take]) -> None:
    shares: list[float] = []
    with app.drawing(tiny) as draw:
        page = contact_sheet(Reel([make_take(30)]), draw, 8, advance=lambda _, share: shares.append(share))
    assert page.size == (COLUMNS * CELL_PX, 2 * (CELL_PX + LABEL_PX))
    cells = np.asarray(page)
    first, second = cells[:CELL_PX, :CELL_PX], cells[:CELL_PX, CELL_PX : 2 * CELL_PX]
    assert (first != second).any()
    assert shares[-1] == 1.0
