"""What is worn on the head is found by what the net denies and by colour; hair, skin and shine are left alone."""

import cv2
import numpy as np
import pytest

from generator import topology
from generator.matting import headwear
from generator.tools import repaint

SHAPE = (700, 800)
HAIR, SKIN, BAND = (90, 60, 40), (225, 180, 160), (60, 110, 210)


@pytest.fixture
def head(make_face):
    """A head with long brown hair: (rgba, net, hair, subject, oval, face)."""
    face = make_face(iod_px=100.0, centre=(400.0, 350.0))
    oval = repaint.polygon(face.oval_px, SHAPE)
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    around = ((x - 400) / 150) ** 2 + ((y - 330) / 220) ** 2 < 1
    around |= (np.abs(x - 400) < 150) & (y > 330) & (y < 600)
    hair = around & ~oval
    rng = np.random.default_rng(3)
    rgba = np.full((*SHAPE, 4), 255, np.uint8)
    rgba[..., :3] = (200, 220, 235)
    rgba[hair, :3] = np.clip(np.array(HAIR) + rng.normal(0, 6, (hair.sum(), 1)), 0, 255)
    rgba[oval, :3] = SKIN
    return rgba, hair.astype(np.float32), hair.astype(np.float32), around.astype(np.float32), oval, face


def arc(face, *, top, high):
    """A band across the head, from ear to ear."""
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    far = np.hypot((x - 400) / 150, (y - 330) / 220)
    return (far < top) & (far > top - high) & (y < face.brows_y_px + 10)


def test_a_headband_is_found_whole_and_nothing_else(head):
    rgba, net, hair, subject, oval, face = head
    band = arc(face, top=0.93, high=0.12) & ~oval
    rgba[band, :3] = BAND
    net[band] = 0.1
    worn = headwear.find(rgba, net, hair, subject, oval, face, seed=0)
    assert (worn & band).sum() > 0.95 * band.sum()
    assert not (worn & ~repaint.grow(band, 8.0)).any()


def test_a_hat_of_the_colour_of_shaded_hair_is_told_by_the_top_of_the_head(head):
    rgba, net, hair, subject, oval, face = head
    y = np.arange(SHAPE[0])[:, None]
    hat = (subject > 0) & (y < face.oval_px[:, 1].min() - 8)
    rgba[hat, :3] = (40, 26, 18)
    net[hat] = 0.2
    worn = headwear.find(rgba, net, hair, subject, oval, face, seed=0)
    assert (worn & hat).sum() > 0.95 * hat.sum()
    assert not (worn & (y > face.brows_y_px)).any()


def test_hair_alone_with_shine_and_a_light_on_the_forehead_wears_nothing(head):
    rgba, net, hair, subject, oval, face = head
    shine = arc(face, top=0.93, high=0.10) & ~oval
    rgba[shine, :3] = (150, 115, 88)  # lighter hair of the same hue, and the net knows it
    cv2.circle(forehead := np.zeros(SHAPE, np.uint8), (400, int(face.brows_y_px) - 40), 22, 1, -1)
    rgba[forehead > 0, :3] = (255, 245, 235)
    assert not headwear.find(rgba, net, hair, subject, oval, face, seed=0).any()


def test_gloss_that_the_net_denies_and_that_fades_into_the_hair_is_no_headwear(head):
    rgba, net, hair, subject, oval, face = head
    gloss, core = arc(face, top=0.90, high=0.16) & ~oval, arc(face, top=0.84, high=0.04) & ~oval
    rgba[gloss, :3], rgba[core, :3] = (150, 115, 88), (182, 144, 114)
    net[gloss] = 0.2
    assert not headwear.find(rgba, net, hair, subject, oval, face, seed=0).any()
    rgba[gloss, :3] = (182, 144, 114)  # all of it as light: that is a band
    assert headwear.find(rgba, net, hair, subject, oval, face, seed=0)[gloss].mean() > 0.9


def test_bangs_that_the_net_lets_go_are_no_headwear(head):
    rgba, net, hair, subject, oval, face = head
    y = np.arange(SHAPE[0])[:, None]
    bangs = oval & (y < face.brows_y_px - 10)
    rgba[bangs, :3] = HAIR
    hair = np.maximum(hair, bangs).astype(np.float32)
    assert not headwear.find(rgba, net, hair, subject, oval, face, seed=0).any()


def test_a_strip_of_background_beside_the_head_is_no_pin(head):
    rgba, net, hair, subject, oval, face = head
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    strip = (x > 540) & (x < 552) & (y > 200) & (y < 330)
    rgba[strip, :3] = (20, 200, 210)
    subject = np.maximum(subject, strip).astype(np.float32)
    assert not headwear.find(rgba, net, hair, subject, oval, face, seed=0).any()


def test_a_pin_that_the_net_half_knows_is_held_by_the_hair_and_a_gap_of_skin_is_not(head):
    rgba, _, hair, subject, oval, face = head
    pin = np.zeros(SHAPE, np.uint8)
    cv2.line(pin, (523, 325), (529, 290), 1, 7)
    pin = pin > 0
    rgba[pin, :3], hair[pin] = (70, 70, 75), 0.45
    gap = np.zeros(SHAPE, np.bool_)
    gap[260:290, 265:272] = True
    rgba[gap, :3], hair[gap] = SKIN, 0.2
    held = headwear.held(rgba, hair, subject, oval, face, seed=0)
    assert held[pin].all()
    assert not held[~pin].any()


def test_brows_and_what_hangs_together_with_the_face_are_not_held(head):
    rgba, _, hair, subject, oval, face = head
    y = np.arange(SHAPE[0])[:, None]
    hair = np.maximum(hair, oval & (y < face.brows_y_px + 40)).astype(np.float32)  # bangs over brows and eyes
    rgba[hair > 0.5, :3] = HAIR
    brow = repaint.polygon(cv2.convexHull(face.curve(topology.EYES[0].brow))[:, 0], SHAPE)
    rgba[brow, :3], hair[brow] = (70, 70, 75), 0.3
    spot = oval & (y > face.chin_y_px - 60) & (y < face.chin_y_px - 45)
    rgba[spot, :3] = (70, 70, 75)
    assert not headwear.held(rgba, hair, subject, oval, face, seed=0).any()
