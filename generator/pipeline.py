"""One portrait -> AvatarModel. The steps, top to bottom, each a function from value to value."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.avatar import AvatarModel, HeadRig
from assets.points import FacePoints
from generator import align, limits, parts, portrait, scene
from generator.engines import Engine, FaceLandmarks, open_engine
from generator.finding import brow_fit, by_hand, eye_fit, gate, mouth_fit
from generator.identity import predict
from generator.matting import mattes
from generator.moving import closing
from generator.moving.measures import CanvasFace
from generator.tools.masks import STOP_GAP_PX
from generator.tools.piece import Piece, assemble

Progress = Callable[[str, float], None]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Settings:
    """engine: "mediapipe", "opencv" or None (the best there is). models_dir: where model files are looked for first.

    face: which face of several, 1 is the largest; None takes the largest and says so.
    report_dir: where the report goes (written by `generator.report`); with it, intermediate pictures are kept.
    seed: the one source of randomness. points: where the face is, set by hand; nobody searches for it then.
    """

    engine: str | None = None
    models_dir: Path | None = None
    face: int | None = None
    report_dir: Path | None = None
    seed: int = 0
    points: FacePoints | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Generated:
    """steps: (name, seconds) in order. warnings: what the user should know, in words.

    pictures: name -> uint8 (H, W, 3 or 4), the intermediate pictures, when a report was asked for.
    aligned: uint8 (H, W, 4), the portrait on the avatar's canvas, without its background.
    """

    model: AvatarModel
    steps: tuple[tuple[str, float], ...]
    warnings: tuple[str, ...]
    aligned: npt.NDArray[np.uint8]
    pictures: dict[str, npt.NDArray[np.uint8]] = field(default_factory=dict)


class _Steps:
    """Says and times each step."""

    def __init__(self, progress: Progress, count: int) -> None:
        self._progress, self._count = progress, count
        self.taken: list[tuple[str, float]] = []

    def __call__(self, name: str, work: Callable[[], _T]) -> _T:
        self._progress(name, len(self.taken) / self._count)
        start = time.perf_counter()
        result = work()
        self.taken.append((name, time.perf_counter() - start))
        return result


def generate(path: Path, settings: Settings, /, *, progress: Progress = lambda name, share: None) -> Generated:
    """The avatar of the portrait at `path`.

    Raises PortraitError for a picture that can't become one (`finding.gate` says why), WeightsError when no engine
    can be had. `progress` is called with the name of the step that begins and the share of steps done.
    """
    step = _Steps(progress, 7 + len(parts.ORDER))
    source = step("reading the portrait", lambda: portrait.load(path))
    with step("opening the engine", lambda: open_engine(settings.engine, models_dir=settings.models_dir)) as engine:
        faces = step("finding the face", lambda: _faces(engine, source, settings.points))
        pointed_out = settings.points is not None
        found, notes = gate.choose(faces, source, settings.face, path, look=engine, by_hand=pointed_out)
        fitted = step("fitting the eyes", lambda: _fitted(source.rgb, found, settings.points))
        picture_px = (source.rgba.shape[1], source.rgba.shape[0])
        alignment = align.align(fitted, picture_px)
        canvas = alignment.warp(source.rgba)
        rgb = _opaque(canvas, source.cut_out)
        face = align.face_on_canvas(fitted, alignment, drawn=fitted is not found)
        face = brow_fit.fit(rgb, face, settings.points)
        seen = step("cutting out hair and person", lambda: _segments(engine, source.cut_out, rgb, face))
        edge_px = alignment.upper_edge_px(picture_px)
        cut = step("cutting along the picture's edges",
                   lambda: mattes.build(canvas, *seen, face, edge_px=edge_px, seed=settings.seed))  # fmt: skip
        engine_name = engine.name
    rgb = _opaque(cut.rgba, source.cut_out)  # a crown may have been painted
    colour = np.ascontiguousarray(rgb, np.float32)
    stage = step("measuring how the face moves", lambda: scene.build(colour, cut, face))
    pieces, pictures = _peel(stage, step, keep=settings.report_dir is not None)
    names = [piece.name for piece in pieces]
    findings = limits.find(colour, cut, face, names, alignment, picture_px)
    notes = (*notes, *findings.warnings())
    facts: dict[str, Any] = findings.facts() | {
        "engine": engine_name,
        "portrait_px": list(source.size_px),
        "roll_rad": alignment.roll_rad,
        "canvas_from_picture": alignment.canvas_from_picture.round(6).tolist(),
        "inter_iris_px": round(face.iod_px, 3),
        "landmarks_px": np.round(face.points_px.astype(float), 2).tolist(),
        "jaw_at_rest": round(closing.jaw_at_rest(face, stage.moves_px[arkit.INDEX["jawOpen"]]), 3),
        "drawn_eyes": face.drawn,
        "identity": predict.facts_of(face.points_px),
        "warnings": list(notes),
    }
    model = assemble(
        pieces, canvas_px=alignment.size_px, head=head_rig(face), correctives=scene.CORRECTIVES,
        stop_gap_px=STOP_GAP_PX, facts=facts, title=path.stem, joints_px=stage.strands.joints_px,
    )  # fmt: skip
    progress("done", 1.0)
    shown = np.dstack([rgb, np.round(cut.subject * 255).astype(np.uint8)])
    if settings.report_dir is not None:
        pictures |= _overlays(rgb, cut, face)
    return Generated(model, tuple(step.taken), notes, shown, pictures)


def _fitted(rgb: npt.NDArray[np.uint8], found: FaceLandmarks, by_hand: FacePoints | None) -> FaceLandmarks:
    """The face with large drawn eyes, and the mouth of such a drawing, fitted to the picture."""
    fitted = eye_fit.fit(rgb, found, by_hand)
    return fitted if fitted is found or by_hand is not None else mouth_fit.fit(rgb, fitted)


def head_rig(face: CanvasFace, /) -> HeadRig:
    """Turning about the base of the neck, with the gains measured by re-detection."""
    half, height = face.half_width_px, face.height_px
    return HeadRig(
        pivot_px=(face.centre_x_px, face.chin_y_px + 0.30 * height),
        focal_px=12.0 * half,
        perspective=0.6,
        pitch_depth_px=0.55 * half,
        pitch_depth_gain=0.55,
        yaw_gain=1.5,
        pitch_gain=1.8,
        max_yaw_rad=0.75,
        max_pitch_rad=0.65,
        px_per_m=face.iod_px / 0.063,
    )


def _faces(engine: Engine, source: portrait.Portrait, points: FacePoints | None) -> tuple[FaceLandmarks, ...]:
    """What the engine finds, or the one face whose points were set by hand."""
    if points is None:
        return engine.landmarks(source.rgb)
    by_hand.check_size(points, source.upright_px)
    return (by_hand.fit(points, source.scale),)


def _opaque(canvas: npt.NDArray[np.uint8], cut_out: bool) -> npt.NDArray[np.uint8]:
    """The canvas without its alpha: over grey where the portrait brings its own."""
    return portrait.flat(canvas) if cut_out else np.ascontiguousarray(canvas[..., :3])


def _segments(
    engine: Engine, cut_out: bool, rgb: npt.NDArray[np.uint8], face: CanvasFace
) -> tuple[mattes.Matte | None, mattes.Matte]:
    """Person (None where the portrait is cut out already) and hair, as the engine sees them."""
    points = np.concatenate([face.points_px, face.depth_px[:, None]], axis=1)
    upright = FaceLandmarks(points, face.yaw_rad, face.pitch_rad, 0.0, face.shapes)
    return None if cut_out else engine.person(rgb), engine.hair(rgb, upright)


def _peel(stage: scene.Scene, step: _Steps, *, keep: bool) -> tuple[list[Piece], dict[str, npt.NDArray[np.uint8]]]:
    below = stage.colour
    layers: list[list[Piece]] = []
    pictures: dict[str, npt.NDArray[np.uint8]] = {}
    for number, (name, build) in enumerate(reversed(parts.ORDER), start=1):
        before = below
        pieces, below = step(name, lambda build=build, before=before: build(stage, before))  # type: ignore[misc]
        layers.append(pieces)
        if keep:
            pictures[f"below_{number}_{name.replace(' ', '_')}"] = np.clip(below, 0, 255).astype(np.uint8)
    return [piece for pieces in reversed(layers) for piece in pieces], pictures


def _overlays(rgb: npt.NDArray[np.uint8], cut: mattes.Mattes, face: CanvasFace) -> dict[str, npt.NDArray[np.uint8]]:
    marked = rgb.copy()
    for x, y in face.points_px:
        cv2.circle(marked, (round(float(x)), round(float(y))), 1, (0, 255, 0), -1, cv2.LINE_AA)
    grey = {name: (getattr(cut, name) * 255).astype(np.uint8) for name in ("subject", "hair", "face", "torso")}
    return {"landmarks": marked} | {f"matte_{name}": np.dstack([image] * 3) for name, image in grey.items()}
