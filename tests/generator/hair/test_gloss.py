"""Light on hair is hair; skin between two strands isn't."""

import numpy as np
import pytest

from generator.hair import gloss
from generator.matting.mattes import Mattes
from generator.tools import repaint

SHAPE = (700, 800)
HAIR, GLOSS, SKIN = (200, 110, 50), (255, 215, 120), (250, 228, 205)


@pytest.fixture
def bangs(make_face):
    """(picture, mattes, face, window): bangs over the brows with a window in the matte, high on the forehead."""
    face = make_face(iod_px=100.0, centre=(400.0, 350.0))
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    oval = repaint.polygon(face.oval_px, SHAPE)
    top = face.oval_px[:, 1].min()
    hair = repaint.grow(oval, 40.0) & (y < face.brows_y_px + 12.0)
    window = (np.abs(x - face.centre_x_px) < 30.0) & (y > top + 12.0) & (y < top + 34.0)
    picture = np.full((*SHAPE, 3), SKIN, np.float32)
    picture[hair] = HAIR
    subject = repaint.grow(oval, 40.0).astype(np.float32)
    mattes = Mattes(
        rgba=np.zeros((*SHAPE, 4), np.uint8), subject=subject, hair=(hair & ~window).astype(np.float32),
        head=subject > 0.5, oval=oval, face=oval.astype(np.float32), torso=0.0 * subject, before=np.ones_like(subject),
    )  # fmt: skip
    return picture, mattes, face, window


def test_light_in_the_middle_of_hair_is_hair(bangs):
    picture, mattes, face, window = bangs
    picture[window] = GLOSS
    found = gloss.completed(picture, mattes, face)
    assert found[window].min() == 1.0
    assert np.array_equal(found[~repaint.grow(window, 5.0)], mattes.hair[~repaint.grow(window, 5.0)])


def test_skin_between_strands_and_the_face_itself_are_left(bangs):
    picture, mattes, face, window = bangs
    picture[window] = SKIN
    assert gloss.completed(picture, mattes, face) is mattes.hair
    picture[window] = GLOSS
    joined = mattes.hair.copy()
    joined[:, 395:405] = 0.0  # a parting: the window hangs together with the face
    mattes.hair[...] = joined
    assert gloss.completed(picture, mattes, face) is mattes.hair
