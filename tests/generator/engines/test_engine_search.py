from collections.abc import Iterable

import numpy as np
import pytest

from generator.engines import FaceLandmarks, Image, pose, search

RED = (255, 0, 0)


def face_at(x0: float, y0: float, x1: float, y1: float) -> FaceLandmarks:
    """The mean face, stretched to that box."""
    mean, _ = pose.mean_face()
    unit = (mean[:, :2] - mean[:468, :2].min(axis=0)) / np.ptp(mean[:468, :2], axis=0)
    points = np.stack([x0 + (x1 - x0) * unit[:, 0], y1 - (y1 - y0) * unit[:, 1], mean[:, 2]], axis=1)
    return FaceLandmarks(points.astype(np.float32), 0.0, 0.0, 0.0, {})


def red_square(image: Image) -> Iterable[FaceLandmarks]:
    """A detector that, like the real ones, sees what fills a tenth to nine tenths of a picture: here, a red square."""
    ys, xs = np.nonzero((image[..., 0] > 200) & (image[..., 1] < 60))
    if len(xs):
        face = face_at(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
        if 0.1 <= (xs.max() + 1 - xs.min()) / max(image.shape[:2]) <= 0.9:
            yield face


def blind(image: Image) -> Iterable[FaceLandmarks]:
    return ()


def picture(width: int, height: int, left: int, top: int, side: int) -> Image:
    image = np.full((height, width, 3), 255, np.uint8)
    image[top : top + side, left : left + side] = RED
    return image


@pytest.mark.parametrize(
    ("width", "height", "left", "top", "side"),
    [
        (400, 400, 4, 4, 392),  # no air around it
        (500, 900, 230, 40, 45),  # a full figure
        (900, 900, 790, 790, 60),  # in a corner
        (1600, 500, 100, 300, 60),  # a wide picture
    ],
)
def test_hidden_faces_are_found_where_they_are(width: int, height: int, left: int, top: int, side: int) -> None:
    image = picture(width, height, left, top, side)
    (face,) = search.find(image, strict=red_square, lenient=red_square)
    scale = max(1.0, max(width, height) / search.SEARCH_PX)
    assert face.box_px == pytest.approx((left, top, left + side, top + side), abs=2.0 * scale)


def test_a_large_picture_is_searched_small_and_answered_large() -> None:
    image = picture(4000, 3000, 500, 2000, 240)
    (face,) = search.find(image, strict=red_square, lenient=red_square)
    assert face.box_px == pytest.approx((500, 2000, 740, 2240), abs=8.0)


def test_what_is_seen_only_once_is_no_face() -> None:
    seen: list[Image] = []

    def fickle(image: Image) -> Iterable[FaceLandmarks]:
        seen.append(image)
        return [face_at(10, 10, 60, 60)] if len(seen) == 1 else []

    assert search.find(picture(300, 300, 0, 0, 0), strict=blind, lenient=fickle) == ()
    assert len(seen) > 10


def test_tiny_faces_do_not_count() -> None:
    def tiny(image: Image) -> Iterable[FaceLandmarks]:
        return [face_at(5, 5, 28, 28)]

    assert search.find(picture(48, 48, 0, 0, 0), strict=tiny, lenient=blind) == ()


def test_distinct_keeps_the_largest_of_those_that_overlap() -> None:
    large, same, other = face_at(0, 0, 100, 100), face_at(10, 10, 95, 95), face_at(300, 0, 350, 50)
    assert search.distinct([other, same, large]) == (large, other)


def test_overlap() -> None:
    assert search.overlap(face_at(0, 0, 10, 10), face_at(5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert search.overlap(face_at(0, 0, 10, 10), face_at(20, 0, 30, 10)) == 0.0
    assert search.overlap(face_at(0, 0, 0, 0), face_at(0, 0, 0, 0)) == 0.0


def test_rungs_reach_all_of_the_picture() -> None:
    aired, _, tiles = search.rungs(640, 480)
    assert all(view.side_px > 640 for view in aired)
    seen = np.zeros((480, 640), bool)
    for view in tiles:
        right, bottom = view.left_px + view.side_px, view.top_px + view.side_px
        seen[max(0, view.top_px) : bottom, max(0, view.left_px) : right] = True
    assert seen.all()


def test_the_answer_is_the_mean_of_closer_looks_also_in_a_mirror() -> None:
    image = picture(400, 400, 100, 120, 100)

    def leaning(image: Image) -> Iterable[FaceLandmarks]:
        """Sees every face a tenth too far to the right, and a smile on its left."""
        for face in red_square(image):
            shift = np.array([0.1 * (face.box_px[2] - face.box_px[0]), 0.0, 0.0], np.float32)
            yield FaceLandmarks(face.points_px + shift, 0.0, 0.0, 0.0, {"mouthSmileLeft": 1.0, "mouthSmileRight": 0.0})

    (face,) = search.find(image, strict=leaning, lenient=leaning)
    # The error goes one way in half of the looks and the other way in the mirrored half.
    assert (face.box_px[0] + face.box_px[2]) / 2 == pytest.approx(150.0, abs=0.5)
    assert face.shapes == {"mouthSmileLeft": 0.5, "mouthSmileRight": 0.5}


def test_a_face_that_closer_looks_lose_stays_as_it_was_seen() -> None:
    image = picture(400, 300, 100, 50, 80)
    (face,) = search.find(image, strict=red_square, lenient=blind)
    assert face.box_px == pytest.approx((100.0, 50.0, 180.0, 130.0))


@pytest.mark.parametrize("spacing", [2, 3])
def test_what_is_drawn_in_lines_is_found_in_another_light(spacing: int) -> None:
    """The detector goes by shades: it sees a square only where single black lines on white have run together."""
    image = np.full((320, 320, 3), 255, np.uint8)
    image[90:230:spacing, 100:240] = 0

    def shades(view: Image) -> Iterable[FaceLandmarks]:
        middle = (view[..., 1] > 70) & (view[..., 1] < 215)
        ys, xs = np.nonzero(middle)
        if middle.mean() > 0.02 and middle[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1].mean() > 0.9:
            yield face_at(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)

    assert list(shades(image)) == []
    (face,) = search.find(image, strict=shades, lenient=shades)
    assert face.box_px == pytest.approx((100.0, 90.0, 240.0, 230.0), abs=6.0)


def test_other_lights_are_tried_only_where_nothing_was_found() -> None:
    seen: list[Image] = []

    def watching(image: Image) -> Iterable[FaceLandmarks]:
        seen.append(image)
        return red_square(image)

    search.find(picture(400, 400, 4, 4, 392), strict=watching, lenient=watching)
    assert seen
    # Pure red on pure white, but for the square's edge in views that were shrunk: nothing was softened.
    assert all(np.isin(image, (0, 255)).mean() > 0.97 for image in seen)


def test_evened_views_have_the_tones_of_skin() -> None:
    image = np.full((200, 200, 3), 20, np.uint8)
    image[:, 100:] = 24
    evened = search._evened(image)
    assert evened.shape == image.shape
    assert (evened[..., 0] >= evened[..., 2]).all()
    assert int(evened[100, 60, 0]) == pytest.approx(int(evened[100, 160, 0]), abs=6)
