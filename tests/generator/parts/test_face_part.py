"""generator.parts.face: what is painted behind the chin."""

import numpy as np
import pytest

from generator import scene
from generator.matting.mattes import Mattes
from generator.parts import face as face_part
from generator.tools import repaint

SHAPE = (520, 400)
SKIN, LIGHT, SHADE = (180.0, 120.0, 90.0), (225.0, 235.0, 250.0), (90.0, 60.0, 45.0)


def below_the_face(make_face, rim, thick_px):
    """The picture below a face over a neck of its own skin, along whose jaw there is a band of another colour."""
    face = make_face(iod_px=100.0, centre=(200.0, 190.0))
    head = repaint.polygon(face.oval_px, SHAPE)
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    neck = (np.abs(columns - 200) < 70) & (rows > face.lobes_y_px) & ~head
    torso = np.maximum(neck, (np.abs(columns - 200) < 70) & (rows > face.chin_y_px - 60)).astype(np.float32)
    whole = (head | neck).astype(np.float32)
    mattes = Mattes(
        rgba=np.zeros((*SHAPE, 4), np.uint8), subject=whole, hair=0.0 * whole, head=head, oval=head,
        face=head.astype(np.float32), torso=torso, before=np.ones(SHAPE, np.float32),
    )  # fmt: skip
    picture = np.full((*SHAPE, 3), SKIN, np.float32)
    band = neck & repaint.grow(head, thick_px)
    picture[band] = rim
    _, below = face_part.build(scene.build(picture, mattes, face), picture)
    behind = head & (torso > 0) & (rows > face.chin_y_px - 40) & (np.abs(columns - 200) < 40)
    return below[behind], below[band & ~repaint.grow(head, 3.0)]


@pytest.mark.parametrize(
    ("rim", "thick_px", "goes_up"),
    [(LIGHT, 7.0, False), (SHADE, 7.0, True), (LIGHT, 30.0, True)],
    ids=["light from behind", "the chin's shadow", "a collar"],
)
def test_only_light_along_the_jaw_is_left_out_of_what_is_painted_behind_the_chin(make_face, rim, thick_px, goes_up):
    behind, band = below_the_face(make_face, rim, thick_px)
    goal = np.array(rim if goes_up else SKIN)
    assert np.abs(behind - goal).max(axis=1).mean() < 12.0
    assert np.array_equal(band, np.broadcast_to(np.float32(rim), band.shape))
