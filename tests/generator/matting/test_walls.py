"""generator.matting.walls, cutout: wall that a net took for the person goes, clothes like the wall stay."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from generator.matting import cutout
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint

SIZE = (900, 800)
RED, SKIN, HAIR, SHIRT = (170, 40, 35), (215, 170, 140), (40, 30, 25), (60, 90, 160)


@pytest.fixture
def canvas_face(make_face: Callable[..., CanvasFace]) -> CanvasFace:
    return make_face(iod_px=100.0)


def scene(face: CanvasFace, wall: tuple[int, int, int], shirt: tuple[int, int, int]) -> tuple[np.ndarray, ...]:
    """A picture of a head on shoulders, and the true mattes of person and hair."""
    middle, chin = round(face.centre_x_px), round(face.chin_y_px)
    brow = round(face.brows_y_px)
    person, hair = np.zeros(SIZE, np.uint8), np.zeros(SIZE, np.uint8)
    cv2.ellipse(hair, (middle, brow), (150, 150), 0, 180, 360, 1, -1)
    picture = np.full((*SIZE, 3), wall, np.uint8)
    shoulders = np.zeros(SIZE, np.uint8)
    cv2.ellipse(shoulders, (middle, SIZE[0]), (330, SIZE[0] - chin - 60), 0, 180, 360, 1, -1)
    neck = np.zeros(SIZE, np.uint8)
    neck[chin - 60 : chin + 120, middle - 60 : middle + 60] = 1
    oval = repaint.polygon(face.oval_px, SIZE)
    for mask, colour in ((shoulders, shirt), (neck, SKIN), (hair, HAIR), (oval, SKIN)):
        picture[mask > 0] = colour
        person |= (mask > 0).astype(np.uint8)
    hair[oval] = 0
    noise = np.random.default_rng(0).normal(0.0, 2.0, (*SIZE, 1))
    return np.clip(picture + noise, 0, 255).astype(np.uint8), person.astype(np.float32), hair.astype(np.float32)


def taken_in(face: CanvasFace) -> np.ndarray:
    """The wall between ear and shoulder, which the net took for the person."""
    mask = np.zeros(SIZE, np.bool_)
    chin, right = round(face.chin_y_px), round(face.centre_x_px + face.half_width_px)
    mask[chin - 120 : chin + 160, right - 20 : right + 130] = True
    return mask


def test_wall_beside_the_neck_goes_and_the_person_stays(canvas_face: CanvasFace) -> None:
    picture, person, hair = scene(canvas_face, RED, SHIRT)
    wrong = np.maximum(person, taken_in(canvas_face)).astype(np.float32)
    matte = cutout.without_background(colours.lab(picture), wrong, wrong, hair, canvas_face, seed=0)
    added = (wrong > 0.5) & ~repaint.grow(person > 0.5, 4.0)
    assert added.sum() > 5000
    assert (matte[added] > 0.5).mean() < 0.01
    assert (matte[repaint.grow(person > 0.5, -3.0)] < 0.9).mean() < 0.002


@pytest.mark.parametrize("shade", [(250, 250, 248), (90, 92, 95), (12, 12, 14)])
def test_clothes_as_pale_as_the_wall_stay_whole(canvas_face: CanvasFace, shade: tuple[int, int, int]) -> None:
    wall = tuple(min(255, value + 3) for value in shade)
    picture, person, hair = scene(canvas_face, wall, shade)  # type: ignore[arg-type]
    matte = cutout.without_background(colours.lab(picture), person, person, hair, canvas_face, seed=0)
    below = np.arange(SIZE[0])[:, None] > canvas_face.chin_y_px + 0.3 * canvas_face.height_px
    assert (matte[below & (person > 0.5)] < 0.9).mean() < 0.02


def test_what_is_mirrored_above_the_picture_is_no_background(canvas_face: CanvasFace) -> None:
    """Of the jacket only a strip is seen, and above the picture's edge there is more of its colour."""
    picture, person, hair = scene(canvas_face, (170, 185, 180), SHIRT)
    edge, lower = 130, round(canvas_face.chin_y_px) + 130
    picture[:edge] = SHIRT
    picture, person, hair = picture[:lower], person[:lower].copy(), hair[:lower]
    person[:edge] = 0.0
    edge_px = np.full(SIZE[1], edge, np.intp)
    kept = cutout.without_background(colours.lab(picture), person, person, hair, canvas_face, seed=0, edge_px=edge_px)
    assert (kept[repaint.grow(person > 0.5, -3.0)] < 0.9).mean() < 0.002


def brushed(picture: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Uneven as a painted wall."""
    strokes = np.round(6.0 * np.sin(np.arange(SIZE[1]) / 3.0)).astype(np.int16)[None, :, None]
    return np.where(where[..., None], picture + strokes, picture).astype(np.uint8)


def test_beside_the_face_the_net_is_believed_sooner_than_on_pale_clothes_and_elsewhere_not_at_all() -> None:
    person = np.array([0.4, 0.6, 0.9], np.float32)
    no, yes = np.zeros(3, np.bool_), np.ones(3, np.bool_)
    assert cutout.doubtful(person, pale=no, beside=no).tolist() == [True, True, True]
    assert cutout.doubtful(person, pale=no, beside=yes).tolist() == [True, False, False]
    assert cutout.doubtful(person, pale=yes, beside=yes).tolist() == [True, True, False]


def test_doubtful_wall_shut_in_by_a_lock_goes_and_sure_clothes_of_its_colour_stay(canvas_face: CanvasFace) -> None:
    wall = (150, 175, 150)
    picture, person, hair = scene(canvas_face, wall, SHIRT)
    chin, left = round(canvas_face.chin_y_px), round(canvas_face.centre_x_px - canvas_face.half_width_px)
    lock, gap = np.zeros(SIZE, np.uint8), np.zeros(SIZE, np.bool_)
    lock[chin - 220 : chin + 60, left - 110 : left + 10] = 1
    gap[chin - 180 : chin + 20, left - 70 : left - 30] = True
    badge = np.zeros(SIZE, np.bool_)
    badge[chin + 180 : chin + 230, 350:400] = True
    picture[lock > 0], picture[gap | badge] = HAIR, wall
    picture = brushed(picture, (person < 0.5) & (lock == 0) | gap)
    person = np.maximum(person, lock).astype(np.float32)
    hair = np.maximum(hair, lock & ~gap).astype(np.float32)
    person[gap] = 0.65
    matte = cutout.without_background(colours.lab(picture), person, person, hair, canvas_face, seed=0)
    assert (matte[repaint.grow(gap, -2.0)] > 0.1).mean() < 0.01
    assert (matte[badge] < 0.9).mean() < 0.01
    assert (matte[repaint.grow((lock > 0) & ~gap, -4.0)] < 0.9).mean() < 0.01


@pytest.mark.parametrize(("net", "wall", "whole"), [(0.3, RED, True), (0.0, RED, False), (0.3, SKIN, False)])
def test_an_ear_of_which_the_net_has_an_idea_is_kept_whole(
    canvas_face: CanvasFace, net: float, wall: tuple[int, int, int], whole: bool
) -> None:
    picture, person, hair = scene(canvas_face, wall, SHIRT)
    middle, side = round(canvas_face.centre_x_px), round(canvas_face.half_width_px)
    ear = np.zeros(SIZE, np.uint8)
    level = round((canvas_face.brows_y_px + canvas_face.lobes_y_px) / 2) + 10
    cv2.ellipse(ear, (middle + side + 2, level), (28, 45), 0, 0, 360, 1, -1)
    ear[person > 0.5] = 0
    picture[ear > 0] = SKIN
    picture[level - 10 : level + 10, middle + side + 12 : middle + side + 40][
        ear[level - 10 : level + 10, middle + side + 12 : middle + side + 40] > 0
    ] = (185, 90, 75)  # its inside is redder
    person[ear > 0] = net
    matte = cutout.without_background(colours.lab(picture), person, person, hair, canvas_face, seed=0)
    seen = (matte[repaint.grow(ear > 0, -2.0)] > 0.9).mean()
    assert seen > 0.95 if whole else seen < 0.05
