"""generator.limits: what a portrait doesn't show is found, and said."""

import dataclasses
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from generator import limits, topology
from generator.align import Alignment
from generator.limits import Findings
from generator.matting import spectacles
from generator.matting.mattes import Mattes
from generator.moving.measures import CanvasFace

SKIN = (230.0, 190.0, 170.0)
NOTHING = Findings(("left", "right"), 0.0, True, (), (), False, False)


def canvas() -> np.ndarray:
    return np.full((700, 800, 3), SKIN, np.float32)


def mattes(**given: np.ndarray | float) -> Mattes:
    """Empty ones, but for those given."""
    names = [field.name for field in dataclasses.fields(Mattes)]
    plain = {"worn": None, "forehead_cut": False, "guessed": 0.0}
    empty = {name: np.zeros((700, 800), bool if name in ("head", "oval") else np.float32) for name in names}
    return Mattes(**{**empty, **plain, **given})


def opened(face: CanvasFace, gap_iod: float) -> CanvasFace:
    points = face.points_px.copy()
    for row, sign in ((topology.LIP_UPPER_INNER, -1.0), (topology.LIP_LOWER_INNER, 1.0)):
        middle = points[[13, 14], 1].mean()
        inner = list(row[1:-1])
        points[inner, 1] = middle + sign * gap_iod * face.iod_px / 2
    return dataclasses.replace(face, points_px=points)


def test_a_full_portrait_has_no_limits() -> None:
    assert NOTHING.words() == ()
    assert NOTHING.facts()["limits"] == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"ears": ("right",)}, "the left ear isn't seen"),
        ({"ears": ()}, "no ear is seen"),
        ({"mouth_gap_iod": 0.2}, "the mouth is open at rest"),
        ({"teeth_seen": False}, "the portrait shows no teeth"),
        ({"brows_covered": ("left",)}, "the left brow lies under hair"),
        ({"cut_at": ("top", "left side")}, "cut off at the top and left side of the picture"),
        ({"glasses": True}, "they are part of the skin"),
    ],
)
def test_each_finding_has_its_words(change: dict[str, object], word: str) -> None:
    (line,) = dataclasses.replace(NOTHING, **change).words()
    assert word in line
    assert dataclasses.replace(NOTHING, **change).facts()["limits"] == [line]


def test_glasses_with_a_layer_of_their_own_are_no_limit() -> None:
    assert dataclasses.replace(NOTHING, glasses=True, glasses_layer=True).words() == ()


def test_teeth_are_light_without_colour(make_face: Callable[..., CanvasFace]) -> None:
    face = opened(make_face(iod_px=120.0), 0.3)
    picture = canvas()
    assert limits.teeth_share(picture, make_face(iod_px=120.0)) == 0.0
    inner = np.concatenate([face.curve(topology.LIP_UPPER_INNER), face.curve(topology.LIP_LOWER_INNER)[-2:0:-1]])
    cv2.fillPoly(picture, [np.round(inner).astype(np.int32)], (90.0, 30.0, 35.0))
    assert limits.teeth_share(picture, face) == 0.0
    x, y = face.points_px[13]
    cv2.rectangle(picture, (int(x) - 30, int(y)), (int(x) + 30, int(y) + 16), (235.0, 230.0, 220.0), -1)
    assert 0.25 < limits.teeth_share(picture, face) < 0.8


def test_a_bar_over_the_nose_is_glasses_and_a_line_down_it_is_not(make_face: Callable[..., CanvasFace]) -> None:
    face = make_face(iod_px=120.0)
    x, y = (int(side) for side in face.points_px[6])
    assert spectacles.bridge_contrast(canvas(), face) == pytest.approx(0.0, abs=0.1)
    for colour in ((40.0, 40.0, 45.0), (255.0, 255.0, 255.0), (200.0, 60.0, 60.0)):
        barred = canvas()
        cv2.ellipse(barred, (x, y), (30, 8), 0, 180, 360, colour, 5)
        assert spectacles.bridge_contrast(barred, face) > spectacles.GLASSES_LAB, colour
    lined = canvas()
    cv2.line(lined, (x - 8, y - 60), (x - 8, y + 60), (60.0, 50.0, 50.0), 5)
    assert spectacles.bridge_contrast(lined, face) < 2.0
    shaded = canvas()
    shaded[y:] *= 0.7  # a shadow's edge has one side only
    assert spectacles.bridge_contrast(shaded, face) < 2.0


def test_cuts_are_where_the_canvas_ends_with_the_picture() -> None:
    mask = np.zeros((700, 800), np.float32)
    mask[:300, 300:500] = 1.0
    whole = Alignment(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), (800, 700), 0.0)
    assert limits.cut_at(mask, whole, (800, 700)) == ("top",)
    inner = Alignment(np.array([[1.0, 0.0, -200.0], [0.0, 1.0, -200.0]]), (800, 700), 0.0)
    assert limits.cut_at(mask, inner, (1200, 1100)) == ()
    assert limits.cut_at(np.ones((700, 800), np.float32), whole, (800, 700)) == ("top", "left side", "right side")
    assert limits.cut_at(np.ones((700, 800), np.float32), whole, (1600, 700)) == ("top", "left side")


def test_findings_of_a_drawn_face(make_face: Callable[..., CanvasFace]) -> None:
    face = make_face(iod_px=120.0)
    hair = np.zeros((700, 800), np.float32)
    x, y = face.curve(topology.EYES[1].brow).mean(axis=0).astype(int)
    hair[y - 60 : y + 60, x - 90 : x + 90] = 1.0
    whole = Alignment(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), (800, 700), 0.0)
    found = limits.find(canvas(), mattes(hair=hair, subject=hair), face, ["face", "ear_right"], whole, (800, 700))
    assert (found.ears, found.brows_covered, found.cut_at, found.teeth_seen) == (("right",), ("left",), (), False)
    assert not found.glasses
    assert len(found.words()) == 3


def found_on(face: CanvasFace, **given: np.ndarray | float) -> Findings:
    whole = Alignment(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 200.0]]), (800, 700), 0.0)
    return limits.find(canvas(), mattes(**given), face, ["ear_left", "ear_right"], whole, (800, 500))


@pytest.mark.parametrize(
    ("forehead_cut", "guessed", "warned", "told"),
    [
        (False, 0.0, "", False),
        (False, 0.17, "", True),
        (False, 0.4, "cuts off the top of the head", True),
        (True, 0.7, "ends at the forehead", True),
        (True, 0.2, "", True),
    ],
)
def test_a_head_cut_off_is_told_and_much_of_it_a_warning(
    make_face: Callable[..., CanvasFace], forehead_cut: bool, guessed: float, warned: str, told: bool
) -> None:
    """The canvas begins above the picture, so that nothing touches its own edge."""
    found = found_on(make_face(iod_px=120.0), forehead_cut=forehead_cut, guessed=guessed)
    assert (found.cut_at == ("top",)) == told
    assert any("cut off at the top of the picture" in line for line in found.words()) == told
    assert [warned in line and "room above the hair" in line for line in found.warnings()] == [True] * bool(warned)


def test_a_drawn_brow_that_shows_over_the_bangs_is_not_covered(make_face: Callable[..., CanvasFace]) -> None:
    face = dataclasses.replace(make_face(iod_px=120.0), drawn=True)
    hair = np.ones((700, 800), np.float32)
    whole = Alignment(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), (800, 700), 0.0)
    picture = canvas()
    line = np.round(face.brow_line(topology.EYES[0])).astype(np.int32)
    cv2.polylines(picture, [line], False, (60.0, 40.0, 30.0), 4)
    found = limits.find(picture, mattes(hair=hair), face, [], whole, (800, 700))
    assert found.brows_covered == (topology.EYES[1].side.lower(),)


def test_hidden_eyes_are_warned_of() -> None:
    hidden = dataclasses.replace(NOTHING, eyes_hidden=True)
    assert hidden.warnings() == ("the eyes are hidden by dark glasses: a picture without them gives a better avatar",)
    assert "hidden by dark glasses" in hidden.words()[0]
    assert NOTHING.warnings() == ()
