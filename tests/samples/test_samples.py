"""The samples are what their scripts make and show what they promise; a tracker reads the portrait well."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets import arkit, takes
from assets.face import FaceFrame
from assets.samples import PORTRAIT, SHOWCASE, SPEECH, brush, draw_portrait, make_takes
from generator import engines

MAX_STEP_DEG = 4.5
"""The quickest turn of the head from one frame to the next: a fast nod."""
MAX_STEP = 0.66
"""The quickest movement of a shape from one frame to the next: a lid that closes in 80 ms."""


def heads_deg(take: takes.Take) -> np.ndarray:
    """(frames, 3): yaw, pitch, roll."""
    return np.degrees([(f.head.yaw_rad, f.head.pitch_rad, f.head.roll_rad) for f in take.frames])


def shapes(take: takes.Take) -> np.ndarray:
    """(frames, 52)."""
    return np.array([frame.weights for frame in take.frames])


def test_portrait_is_what_its_script_draws() -> None:
    with Image.open(PORTRAIT) as saved:
        assert saved.mode == "RGB"
        difference = np.abs(np.asarray(saved, np.int16) - np.asarray(draw_portrait.draw().image(), np.int16))
    # Rounding in the last place may differ from one Pillow or numpy to the next.
    assert difference.shape == (brush.SIZE_PX, brush.SIZE_PX, 3)
    assert difference.max() <= 2


@pytest.mark.parametrize(("path", "made"), [(SHOWCASE, make_takes.showcase), (SPEECH, make_takes.spoken)])
def test_takes_are_what_their_script_writes(path: Path, made: type[takes.Take]) -> None:
    saved, fresh = takes.load(path), made()
    assert saved.fps == fresh.fps == 30
    np.testing.assert_allclose(shapes(saved), shapes(fresh), atol=1e-3)
    np.testing.assert_allclose(heads_deg(saved), heads_deg(fresh), atol=1e-2)


@pytest.mark.parametrize("path", [SHOWCASE, SPEECH])
def test_takes_begin_and_end_at_rest_and_never_jump(path: Path) -> None:
    take = takes.load(path)
    weights, heads = shapes(take), heads_deg(take)
    for frame in (0, -1):
        assert weights[frame].max() == 0.0
        assert np.abs(heads[frame]).max() < 0.1
    assert np.abs(np.diff(weights, axis=0)).max() <= MAX_STEP
    assert np.abs(np.diff(heads, axis=0)).max() <= MAX_STEP_DEG
    assert all(frame.face_seen for frame in take.frames)


def test_showcase_shows_every_shape_and_every_turn() -> None:
    take = takes.load(SHOWCASE)
    assert 20.0 < take.duration_s < 28.0
    peaks = dict(zip(arkit.NAMES, shapes(take).max(axis=0).tolist(), strict=True))
    assert {name: peak for name, peak in peaks.items() if peak < 0.8} == {"mouthClose": 0.5}
    heads = heads_deg(take)
    np.testing.assert_allclose(heads.max(axis=0), (25, 15, 15), atol=1.5)
    np.testing.assert_allclose(heads.min(axis=0), (-25, -15, -15), atol=1.5)


def test_showcase_tells_each_side_apart() -> None:
    weights = shapes(takes.load(SHOWCASE))
    for name in arkit.NAMES:
        if (other := arkit.mirror_name(name)) != name and not name.startswith(("eyeLook", "eyeWide")):
            lead = weights[:, arkit.INDEX[name]] - weights[:, arkit.INDEX[other]]
            assert lead.max() >= 0.5, name


def test_mouth_close_never_exceeds_the_open_jaw() -> None:
    for path in (SHOWCASE, SPEECH):
        weights = shapes(takes.load(path))
        assert (weights[:, arkit.INDEX["mouthClose"]] <= weights[:, arkit.INDEX["jawOpen"]] + 1e-6).all()


def test_lips_meet_at_every_closed_sound() -> None:
    take = takes.load(SPEECH)
    at_s, closures = 0.0, 0
    for sound, length_s in make_takes.WORDS:
        if sound == "MBP":
            middle = take.at(at_s + length_s / 2.0)
            assert middle.weight("jawOpen") < 0.1
            assert middle.weight("mouthPressLeft") > 0.2
            closures += 1
        at_s += length_s
    assert closures >= 6
    opened = shapes(take)[:, arkit.INDEX["jawOpen"]]
    assert opened.max() > 0.4


def test_a_note_eases_in_holds_and_eases_out() -> None:
    note = make_takes.Note(1.0, {"jawOpen": 1.0}, rise_s=0.2, hold_s=0.1, fall_s=0.4)
    assert note.end_s == pytest.approx(1.7)
    strengths = [note.strength(time_s) for time_s in (0.9, 1.0, 1.1, 1.2, 1.3, 1.5, 1.7, 2.0)]
    assert strengths == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.0, 0.5, 0.0, 0.0])


def test_gaze_uses_the_subjects_own_sides() -> None:
    left = FaceFrame.from_mapping(make_takes.gaze(left=0.5))
    assert left.weight("eyeLookOutLeft") == left.weight("eyeLookInRight") == 0.5
    assert left.mirrored().weight("eyeLookOutRight") == 0.5


def test_brush_fills_exactly() -> None:
    square = brush.area([(-10.0, 100.0), (10.0, 100.0)], [(10.0, 120.0), (-10.0, 120.0)])
    assert square.sum() == pytest.approx(400.0, rel=0.02)
    disc = brush.ellipse((0.0, 512.0), 50.0, 50.0)
    assert disc.sum() == pytest.approx(np.pi * 2500.0, rel=0.01)
    blurred = brush.soft(disc, 9.0)
    assert blurred.sum() == pytest.approx(float(disc.sum()), rel=1e-3)
    assert 0.0 <= blurred.min() <= blurred.max() <= 1.0


@pytest.mark.models
def test_tracker_finds_one_frontal_face_where_it_is_drawn(models_dir: Path) -> None:
    with Image.open(PORTRAIT) as picture:
        image = np.asarray(picture.convert("RGB"))
    with engines.open_engine("mediapipe", models_dir=models_dir) as engine:
        faces = engine.landmarks(image)
    assert len(faces) == 1
    face = faces[0]
    assert abs(np.degrees(face.yaw_rad)) < 3.0
    assert abs(np.degrees(face.roll_rad)) < 2.0
    points = face.points_px[:, :2] - (brush.SIZE_PX / 2, 0.0)
    drawn = {  # landmark -> where the script draws it, on the subject's left
        362: draw_portrait.UPPER_LID[0], 263: draw_portrait.UPPER_LID[-1], 386: draw_portrait.UPPER_LID[2],
        374: draw_portrait.LOWER_LID[2], 473: draw_portrait.IRIS_CENTRE,
        291: draw_portrait.SEAM[0], 13: draw_portrait.SEAM[3], 14: draw_portrait.SEAM[3],
        0: draw_portrait.UPPER_LIP_TOP[3], 17: draw_portrait.LOWER_LIP_BOTTOM[2], 152: draw_portrait.FACE_SIDE[-1],
    }  # fmt: skip
    for landmark, place in drawn.items():
        off = float(np.hypot(*(points[landmark] - place))) / face.inter_ocular_px
        assert off < 0.05, f"landmark {landmark} is {off:.3f} eye distances off"
