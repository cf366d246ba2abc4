from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from assets import samples
from assets.errors import PortraitError
from generator.engines import ENGINES, FaceLandmarks, Image, open_engine, pose
from generator.finding import gate, plausible
from generator.portrait import Portrait, load

Make = Callable[..., FaceLandmarks]
SKIN = 180
PATH = Path("photos") / "me.png"


def picture() -> Image:
    return np.full((700, 800, 3), SKIN, np.uint8)


def with_spot(image: Image, centre: np.ndarray, radius_px: float, value: int) -> Image:
    marked = image.copy()
    cv2.circle(marked, (round(float(centre[0])), round(float(centre[1]))), round(radius_px), (value,) * 3, -1)
    return marked


def with_nose(face: FaceLandmarks, share: float) -> Image:
    return with_spot(picture(), face.points_px[4, :2], 0.2 * face.inter_ocular_px, round(share * SKIN))


def striped(face: FaceLandmarks, *, upright: bool) -> Image:
    """Stripes over the mouth, along the mouth's own axes."""
    corners = face.points_px[[61, 291], :2]
    along = (corners[1] - corners[0]) / np.linalg.norm(corners[1] - corners[0])
    across = along if upright else np.array([-along[1], along[0]])
    y, x = np.mgrid[:700, :800]
    phase = (x - corners[0, 0]) * across[0] + (y - corners[0, 1]) * across[1]
    grey = (128 + 60 * np.sin(phase * 2 * np.pi / (0.3 * face.inter_ocular_px))).astype(np.uint8)
    return np.dstack([grey] * 3)


@dataclass
class Seeing:
    """Sees the face in every view, moved aside by `off_iod[k]` in the k-th; None: sees nothing."""

    face: FaceLandmarks
    off_iod: tuple[float | None, ...]
    sizes: list[tuple[int, ...]] = field(default_factory=list)

    def landmarks(self, image: Image, /) -> tuple[FaceLandmarks, ...]:
        off = self.off_iod[len(self.sizes)]
        view = plausible.second_view(self.face, (3.2, 2.4)[len(self.sizes)])
        self.sizes.append(image.shape)
        if off is None:
            return ()
        points_px = self.face.points_px[pose.mirror()].copy()
        points_px[:, 0] += off * self.face.inter_ocular_px
        points_px[:, :2] = view.from_picture(points_px[:, :2]) * image.shape[0]
        return (replace(self.face, points_px=points_px),)


def choose(image: Image, face: FaceLandmarks, wanted: int | None, **options: Seeing) -> tuple[str, ...]:
    rgba = np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
    return gate.choose((face,), Portrait(rgba, False, (800, 700), ()), wanted, PATH, **options)[1]


@pytest.mark.parametrize("roll", [0.0, 0.6])
@pytest.mark.parametrize("iod", [35.0, 100.0])
def test_the_nose_is_weighed_against_the_darker_cheek(make_landmarks: Make, iod: float, roll: float) -> None:
    face = make_landmarks(iod_px=iod, roll_rad=roll)
    assert plausible.nose_lightness(picture(), face) == pytest.approx(1.0)
    assert plausible.nose_lightness(with_nose(face, 0.4), face) == pytest.approx(0.4, abs=0.01)
    shaded = with_spot(with_nose(face, 0.4), face.points_px[[50, 101, 205], :2].mean(axis=0), 0.2 * iod, SKIN // 2)
    assert plausible.nose_lightness(shaded, face) == pytest.approx(0.8, abs=0.02)


def test_a_black_picture_and_a_face_beyond_the_border_are_no_matter(make_landmarks: Make) -> None:
    black = np.zeros((64, 64, 3), np.uint8)
    for centre in ((400.0, 350.0), (0.0, 0.0), (-500.0, -500.0)):
        assert plausible.doubts(black, make_landmarks(centre=centre)) == ()


@pytest.mark.parametrize(
    ("face_tone", "behind", "doubted"),
    [
        ((180, 180, 178), (90, 140, 220), True),  # marble under a blue sky
        ((180, 180, 178), (150, 150, 150), False),  # a grey photograph
        ((225, 180, 160), (90, 140, 220), False),
        ((120, 150, 230), (60, 160, 60), False),  # a face of some other colour is a painted one
    ],
)
def test_a_face_of_stone_is_doubted(
    make_landmarks: Make, face_tone: tuple[int, ...], behind: tuple[int, ...], doubted: bool
) -> None:
    face = make_landmarks()
    image = np.full((700, 800, 3), behind, np.uint8)
    cv2.ellipse(image, (400, 400), (170, 230), 0, 0, 360, face_tone, -1)
    doubts = plausible.doubts(image, face)
    assert [doubt.grave for doubt in doubts if "statue" in doubt.text] == [False] * doubted
    assert len(doubts) == doubted


@pytest.mark.parametrize(("share", "grave"), [(0.5, True), (0.72, False), (0.9, None)])
def test_a_dark_nose_is_doubted(make_landmarks: Make, share: float, grave: bool | None) -> None:
    face = make_landmarks()
    doubts = plausible.doubts(with_nose(face, share), face)
    assert [doubt.grave for doubt in doubts] == ([] if grave is None else [grave])
    assert all("no human face" in doubt.text for doubt in doubts)


@pytest.mark.parametrize("roll", [0.0, -0.5, 0.8])
def test_fingers_stand_and_lips_lie(make_landmarks: Make, roll: float) -> None:
    face = make_landmarks(roll_rad=roll)
    assert plausible.mouth_uprightness(striped(face, upright=True), face) > 3.0
    assert plausible.mouth_uprightness(striped(face, upright=False), face) < 0.4
    (covered,) = (d for d in plausible.doubts(striped(face, upright=True), face) if "mouth" in d.text)
    assert not covered.grave
    assert not any("mouth" in d.text for d in plausible.doubts(striped(face, upright=False), face))


@pytest.mark.parametrize("size", [2.4, 3.2])
@pytest.mark.parametrize("off", [0.0, 0.02, 0.3])
def test_disagreement_is_measured_in_the_picture(make_landmarks: Make, size: float, off: float) -> None:
    face = make_landmarks(roll_rad=0.3)
    view = plausible.second_view(face, size)
    seen = Seeing(face, (off, off))
    if size == 2.4:
        seen.sizes.append(())
    near = seen.landmarks(view.cut(picture(), 512))
    assert plausible.disagreement_iod(face, near, view) == pytest.approx(off, abs=1e-3)
    far_away = replace(near[0], points_px=near[0].points_px + np.float32(200.0))
    assert plausible.disagreement_iod(face, (far_away, *near), view) == pytest.approx(off, abs=1e-3)
    assert plausible.disagreement_iod(face, (), view) == np.inf


@pytest.mark.parametrize(
    ("off_iod", "grave"),
    [
        ((0.01,), None),
        ((0.08, 0.01), False),
        ((None, 0.01), False),
        ((0.08, 0.08), True),
        ((None, 0.2), True),
        ((None, None), True),
    ],
)
def test_second_looks(make_landmarks: Make, off_iod: tuple[float | None, ...], grave: bool | None) -> None:
    face = make_landmarks()
    look = Seeing(face, off_iod)
    doubts = plausible.doubts(picture(), face, look=look)
    assert [doubt.grave for doubt in doubts] == ([] if grave is None else [grave])
    assert look.sizes == [(512, 512, 3)] * len(off_iod)


def test_a_grave_doubt_refuses_unless_the_face_is_asked_for(make_landmarks: Make) -> None:
    face = make_landmarks()
    for image, off_iod in ((with_nose(face, 0.3), (0.0,)), (picture(), (None, None))):
        with pytest.raises(PortraitError) as caught:
            choose(image, face, None, look=Seeing(face, off_iod))
        message = str(caught.value)
        assert message.startswith("portrait: this may be no ")
        assert "--face 1" in message
        assert "\n" not in message
        assert message.endswith(str(PATH))
        (note,) = choose(image, face, 1, look=Seeing(face, off_iod))
        assert note in message
        assert "\n" not in note


def test_a_light_doubt_is_a_warning(make_landmarks: Make) -> None:
    face = make_landmarks()
    (note,) = choose(picture(), face, None, look=Seeing(face, (0.1, 0.0)))
    assert "misplaced" in note


@pytest.mark.models
@pytest.mark.parametrize("name", ENGINES)
def test_the_sample_portrait_is_not_doubted_but_with_a_black_nose_it_is(
    models_dir: Path, needs_engine: Callable[[str], None], name: str
) -> None:
    needs_engine(name)
    image = load(samples.PORTRAIT).rgb
    with open_engine(name, models_dir=models_dir) as engine:
        (face,) = engine.landmarks(image)
        assert plausible.doubts(image, face, look=engine) == ()
    dark = with_spot(image, face.points_px[4, :2], 0.15 * face.inter_ocular_px, 10)
    assert plausible.doubts(dark, face)[0].grave
