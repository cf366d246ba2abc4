import cv2
import numpy as np
import pytest

from generator.engines import FaceLandmarks, Image, Mask, hair_model, hair_places, pose

Colour = tuple[int, int, int]
SIDE_PX = 480
SKIN, HAIR, SHIRT, WALL, EYE = (236, 196, 172), (96, 56, 32), (70, 120, 200), (200, 215, 190), (60, 34, 20)


def drawn(hair_length: float = 0.0, hair: Colour = HAIR) -> tuple[Image, FaceLandmarks, Mask, Mask]:
    """A drawn bust: picture, face, person mask, and where its hair is. `hair_length` in face heights below the chin."""
    mean, _ = pose.mean_face()
    points = 52.0 * mean * (1.0, -1.0, 1.0)
    points[:, :2] += (240.0, 190.0)
    face = FaceLandmarks(points.astype(np.float32), 0.0, 0.0, 0.0, {})
    x0, y0, x1, y1 = face.box_px
    middle, width, height = round((x0 + x1) / 2), x1 - x0, y1 - y0
    image = np.full((SIDE_PX, SIDE_PX, 3), WALL, np.uint8)
    person = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    truth = np.zeros((SIDE_PX, SIDE_PX), np.uint8)

    def ellipse(centre_y: float, half_width: float, half_height: float, colour: Colour, is_hair: int) -> None:
        centre, axes = (middle, round(centre_y)), (round(half_width), round(half_height))
        for canvas, value in ((image, colour), (person, 1), (truth, is_hair)):
            cv2.ellipse(canvas, centre, axes, 0, 0, 360, value, -1)

    head_y = (y0 + y1) / 2
    ellipse(y1 + 1.3 * height, 1.5 * width, 0.9 * height, SHIRT, 0)
    if hair_length:
        ellipse(head_y + 0.5 * hair_length * height, 0.72 * width, (0.66 + 0.5 * hair_length) * height, hair, 1)
    ellipse(y1 + 0.1 * height, 0.22 * width, 0.4 * height, SKIN, 0)
    ellipse(head_y - 0.12 * height, 0.66 * width, 0.66 * height, hair, 1)
    ellipse(head_y + 0.05 * height, 0.5 * width, 0.53 * height, SKIN, 0)
    for eye in (33, 133), (362, 263):
        at = points[list(eye), :2].mean(axis=0)
        cv2.circle(image, (round(at[0]), round(at[1])), 8, EYE, -1)
    rng = np.random.default_rng(3)
    image = np.clip(image + rng.normal(0.0, 5.0, image.shape), 0, 255).astype(np.uint8)
    soft = cv2.GaussianBlur(person.astype(np.float32), (0, 0), 4.0)
    return image, face, np.asarray(soft, np.float32), truth.astype(np.float32)


def iou(mask: Mask, truth: Mask) -> float:
    one, two = mask > 0.5, truth > 0.5
    return float((one & two).sum() / (one | two).sum())


@pytest.mark.parametrize("length", [0.0, 0.9])
@pytest.mark.parametrize("colour", [HAIR, (232, 208, 120), (130, 70, 150)], ids=["brown", "blond", "violet"])
def test_hair_is_where_it_was_drawn(length: float, colour: Colour) -> None:
    image, face, person, truth = drawn(length, colour)
    mask = hair_model.hair_mask(image, face, person)
    assert mask.shape == image.shape[:2]
    assert mask.dtype == np.float32
    assert mask.min() >= 0.0
    assert mask.max() <= 1.0
    assert iou(mask, truth) > 0.95


def test_dark_irises_are_not_hair() -> None:
    image, face, person, _ = drawn()
    mask = hair_model.hair_mask(image, face, person)
    for eye in (33, 133), (362, 263):
        x, y = np.round(face.points_px[list(eye), :2].mean(axis=0)).astype(int)
        assert mask[y - 6 : y + 7, x - 6 : x + 7].max() < 0.3


def test_a_half_right_hint_is_completed() -> None:
    image, face, person, truth = drawn(0.9)
    hint = truth.copy()
    hint[:, : SIDE_PX // 2] = 0.0
    assert iou(hint, truth) < 0.6
    assert iou(hair_model.hair_mask(image, face, person, hint), truth) > 0.85


def test_a_hint_helps_where_colours_cannot() -> None:
    image, face, person, _ = drawn(0.9, hair=SHIRT)
    truth = drawn(0.9)[3]
    without, helped = hair_model.hair_mask(image, face, person), hair_model.hair_mask(image, face, person, truth)
    assert iou(helped, truth) > max(0.7, iou(without, truth) + 0.1)


def test_the_same_picture_gives_the_same_hair() -> None:
    image, face, person, _ = drawn()
    assert np.array_equal(hair_model.hair_mask(image, face, person), hair_model.hair_mask(image, face, person))


def test_priors_add_up_to_one() -> None:
    _, face, person, _ = drawn()
    places = hair_places.priors(face.points_px[:, :2], person)
    assert places.shape == (4, SIDE_PX, SIDE_PX)
    assert places.min() >= 0.0
    assert places.sum(axis=0) == pytest.approx(np.ones((SIDE_PX, SIDE_PX)), abs=1e-5)
    assert (places[hair_places.BACKGROUND][person < 0.01] > 0.9).all()


def test_face_coordinates_stand_upright_with_the_face() -> None:
    _, face, _, _ = drawn()
    points = face.points_px[:, :2]
    u, v = hair_places.face_coordinates(points, SIDE_PX)

    def at(landmark: int) -> tuple[float, float]:
        column, row = np.floor(points[landmark]).astype(int)
        return float(u[row, column]), float(v[row, column])

    assert at(152) == pytest.approx((0.0, 1.0), abs=0.05)
    assert at(10) == pytest.approx((0.0, -1.0), abs=0.05)
    assert at(454)[0] == pytest.approx(1.0, abs=0.05)
    assert at(234)[0] == pytest.approx(-1.0, abs=0.05)


def test_rise_is_smooth_between_its_ends() -> None:
    assert hair_places.rise(np.array([-1.0, 0.0, 0.5, 1.0, 2.0]), 0.0, 1.0).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]


def test_colour_cells_stay_inside_the_histogram() -> None:
    corners = np.array([[(r, g, b) for r in (0, 255) for g in (0, 255) for b in (0, 255)]], np.uint8)
    cells = hair_model.colour_cells(corners)
    assert cells.min() >= 0
    assert cells.max() < 24 * 20 * 20
    assert len(set(cells.ravel().tolist())) == 8
