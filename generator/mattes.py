"""Which pixel of the canvas belongs to what: subject, hair, head, torso. Soft mattes, cut on the picture's own edges."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from generator import repaint, topology
from generator.curves import smoothstep
from generator.measures import CanvasFace

Matte = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Mattes:
    """All (H, W) on the canvas.

    subject: 0..1, the person with hair and clothes. hair: 0..1, at most `subject`.
    head: True above the jaw line (face, ears, hair, hat); below it are neck and clothes.
    oval: True inside the face outline.
    face: 0..1, the bald head: all skin above the jaw line, under the hair too (a skull), without ears beside it.
    torso: 0..1, neck and clothes, under the hair too.
    before: 0..1, where hair lies before the face (above the ear lobes, or over the face); elsewhere it hangs behind it.
    """

    subject: Matte
    hair: Matte
    head: Mask
    oval: Mask
    face: Matte
    torso: Matte
    before: Matte


def refine(matte: Matte, guide: npt.NDArray[np.uint8], radius_px: int, /, *, contrast: float = 1.0) -> Matte:
    """A coarse matte moved onto the picture's edges (guided filter, He et al. 2010), then steepened about 0.5."""
    soft = cv2.ximgproc.guidedFilter(guide, matte.astype(np.float32), radius_px, (0.02 * 255) ** 2)
    return np.asarray(np.clip((soft - 0.5) * contrast + 0.5, 0.0, 1.0), np.float32)


def build(rgba: npt.NDArray[np.uint8], person: Matte | None, hair: Matte, face: CanvasFace, /) -> Mattes:
    """rgba: the canvas, uint8 (H, W, 4). person: None where the portrait brings its own alpha."""
    guide = np.ascontiguousarray(rgba[..., :3])
    radius = max(2, round(0.06 * face.iod_px))
    if person is None:
        subject = rgba[..., 3].astype(np.float32) / 255.0
    else:
        inside = rgba[..., 3].astype(np.float32) / 255.0
        subject = refine(person, guide, radius, contrast=1.8) * inside
    subject = np.maximum(subject, repaint.polygon(face.oval_px, subject.shape) * (rgba[..., 3] > 127))
    if person is not None:
        subject = _without_background(guide, subject, person, hair, face)
    subject = _largest(subject, face)
    oval = repaint.polygon(face.oval_px, subject.shape)
    hair = _same_colour(rgba, hair, subject, oval, face)
    strands = refine(hair, guide, max(2, round(0.04 * face.iod_px)), contrast=1.5)
    strands = np.minimum(_without_brows(strands * _may_be_hair(subject.shape, face), face), subject)
    head = head_region(subject.shape, face)
    # What is neither hair nor a solid piece of anything else is the rim of the hair: it goes with the hair.
    rest = subject - strands
    solid = repaint.grow(repaint.grow(rest > 0.4, -0.03 * face.iod_px), 0.06 * face.iod_px)
    rim = ~solid & (strands < subject) & repaint.grow(strands > 0.5, 0.08 * face.iod_px)
    strands = np.where(rim | (head & _apart(subject - strands, face, oval)), subject, strands)
    rest = np.maximum(subject - strands, 0.0)
    columns = np.abs(np.arange(subject.shape[1])[None, :] - face.centre_x_px)
    skin = oval | (head & (rest > 0.5) & (columns < 0.95 * face.half_width_px))  # without the ears
    under = repaint.grow(skin, 0.35 * face.iod_px) & (strands > 0.02) & repaint.grow(subject > 0.9, -0.05 * face.iod_px)
    lobes_y = float(face.points_px[[132, 361], 1].mean())
    rows = np.arange(subject.shape[0])[:, None]
    before = np.maximum(smoothstep(rows, lobes_y + 0.12 * face.iod_px, lobes_y - 0.12 * face.iod_px), repaint.grow(oval, -0.14 * face.iod_px))
    rest = np.where(head & _beside_the_jaw(rgba, head, face), 0.0, rest)
    hidden = (_skull(strands, subject, face) | under) & (before >= 1.0)
    bald = np.maximum(rest, hidden | (oval & (subject > 0.5))) * head
    return Mattes(
        subject=subject, hair=strands.astype(np.float32), head=head, oval=oval, face=bald.astype(np.float32),
        torso=_torso(np.maximum(subject - strands, 0.0), strands, head, face), before=before.astype(np.float32),
    )


def _without_background(
    rgb: npt.NDArray[np.uint8], subject: Matte, person: Matte, hair: Matte, face: CanvasFace
) -> Matte:
    """Rims of background about head and neck, taken off by colour. Clothes may be as light as a wall: they are left."""
    rng = np.random.default_rng(0)
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB)
    outside = person < 0.03
    ring = outside & repaint.grow(subject > 0.5, 0.9 * face.iod_px)
    oval = repaint.grow(repaint.polygon(face.oval_px, subject.shape), 0.03 * face.iod_px)
    if ring.sum() < 200:
        return subject
    wall, hairs, skin = (
        _distance(lab, _palette(lab[mask], rng)) for mask in (ring, hair > 0.9, repaint.grow(oval, -0.13 * face.iod_px))
    )
    rim = repaint.grow(subject < 0.5, 0.4 * face.iod_px) & ~oval & (hair < 0.6)
    rim &= np.arange(subject.shape[0])[:, None] < face.chin_y_px + 0.25 * face.height_px
    alike = rim & (wall < 10.0**2) & (wall < 0.5 * np.minimum(hairs, skin))
    _, labels = cv2.connectedComponents((alike | (subject < 0.3)).astype(np.uint8), connectivity=4)
    reached = alike & np.isin(labels, np.unique(labels[outside]))
    cut = cv2.GaussianBlur(repaint.grow(reached, 1.0).astype(np.float32), (0, 0), 1.0)
    return np.asarray(subject * (1.0 - np.clip(1.5 * cut, 0.0, 1.0)), np.float32)


def _same_colour(
    rgba: npt.NDArray[np.uint8], hair: Matte, subject: Matte, oval: Mask, face: CanvasFace
) -> Matte:
    """Pieces beside the face that have the colours of the hair and touch it: what the net missed in drawn hair."""
    sure = repaint.grow((hair > 0.62) & (subject > 0.95), -0.02 * face.iod_px) | (hair > 0.9)
    if sure.sum() < 500:
        return hair
    lab = cv2.cvtColor(rgba[..., :3].astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB)
    rng = np.random.default_rng(0)
    inner = repaint.grow(oval, -0.1 * face.iod_px) & (hair < 0.1)
    rows = np.arange(hair.shape[0])[:, None]
    close = repaint.grow(sure, 0.8 * face.iod_px)
    clothes = (rows > face.chin_y_px) & (subject > 0.9) & (hair < 0.1) & ~close
    own, *others = (_distance(lab, _palette(lab[mask], rng)) for mask in (sure, inner, clothes))
    above = rows < float(face.points_px[topology.NOSE_BASE, 1])
    near = np.where(above, own < 13.0**2, (own < 17.0**2) & close)
    alike = near & (own < np.minimum(*others)) & (subject > 0.8) & ~oval
    joined = repaint.grow(repaint.grow(alike | sure, 1.5), -1.5)
    _, labels = cv2.connectedComponents(joined.astype(np.uint8), connectivity=4)
    return np.where(alike & np.isin(labels, np.unique(labels[sure])) & joined, 1.0, hair).astype(np.float32)


def _distance(lab: npt.NDArray[np.float32], palette: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Squared distance of every pixel to the nearest tone, float32 (H, W)."""
    nearest = np.full(lab.shape[:2], np.inf, np.float32)
    for tone in palette:
        np.minimum(nearest, ((lab - tone) ** 2).sum(axis=-1), out=nearest)
    return nearest


def _palette(colours: npt.NDArray[np.float32], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Up to six tones that stand for a set of Lab colours."""
    if len(colours) < 12:
        return np.zeros((0, 3), np.float32)
    some = colours[rng.integers(0, len(colours), 3000)]
    cv2.setRNGSeed(0)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    _, _, tones = cv2.kmeans(some, 6, np.zeros(0, np.int32), criteria, 1, cv2.KMEANS_PP_CENTERS)
    return np.asarray(tones, np.float32)


def _beside_the_jaw(rgba: npt.NDArray[np.uint8], head: Mask, face: CanvasFace) -> Mask:
    """Pixels along the jaw line that are not of the face: the outline of the landmarks may be wider than the jaw.

    A drawn outline, as wide as a few pixels, still belongs to the face.
    """
    shrunk = face.oval_px + (face.oval_px.mean(axis=0) - face.oval_px) * 0.10
    jaw = face.curve(topology.JAW)
    rows = np.arange(head.shape[0])[:, None]
    ring = head & ~repaint.polygon(shrunk, head.shape) & (rows > jaw[[2, -3], 1].min())
    skin = like_skin(rgba[..., :3].astype(np.float32), face, tolerance=24.0)
    return ring & ~repaint.grow(skin, 0.03 * face.iod_px)


def like_skin(picture: npt.NDArray[np.float32], face: CanvasFace, /, *, tolerance: float) -> Mask:
    """Pixels of the colours of the person's cheeks and chin (Lab distance, lightness counting less)."""
    lab = cv2.cvtColor(picture / np.float32(255.0), cv2.COLOR_RGB2LAB)
    samples = face.points_px[[50, 280, 101, 330, 199, 205, 425]].astype(int)
    samples = np.clip(samples, 0, np.array(picture.shape[1::-1]) - 1)
    tone = np.median(lab[samples[:, 1], samples[:, 0]], axis=0)
    return np.asarray((((lab - tone) * [0.4, 1.0, 1.0]) ** 2).sum(axis=-1) < tolerance**2)


def _apart(rest: Matte, face: CanvasFace, oval: Mask) -> Mask:
    """Pieces beside the hair that do not hang together with the face: hair that the net took for something else."""
    _, labels = cv2.connectedComponents((rest > 0.3).astype(np.uint8), connectivity=4)
    own = np.unique(labels[repaint.grow(oval, 0.05 * face.iod_px)])
    return np.asarray((labels > 0) & ~np.isin(labels, own))


def _skull(hair: Matte, subject: Matte, face: CanvasFace) -> Mask:
    """The ellipse of a bald head, as far as hair covers it (generator-notes 3.4)."""
    points = face.points_px
    middle = (points[topology.FOREHEAD] + points[topology.CHIN]) / 2.0 - [0.0, 0.06 * face.height_px]
    axes = (0.54 * 2.0 * face.half_width_px, 0.62 * face.height_px)
    t = np.linspace(0.0, 2.0 * np.pi, 90, endpoint=False)
    ellipse = repaint.polygon(np.stack([middle[0] + axes[0] * np.cos(t), middle[1] + axes[1] * np.sin(t)], 1), hair.shape)
    return ellipse & repaint.grow(subject > 0.9, -0.07 * face.iod_px) & (hair > 0.02)


def _torso(rest: Matte, hair: Matte, head: Mask, face: CanvasFace) -> Matte:
    """Neck and clothes, also behind the locks that hang between them, and a piece of neck behind the chin."""
    seen = np.where(head, 0.0, rest)
    closed = repaint.grow(repaint.grow(seen > 0.5, 0.12 * face.iod_px), -0.12 * face.iod_px)
    torso = np.maximum(seen, closed & ~head & (hair > 0.02))
    rows = np.arange(rest.shape[0])[:, None]
    top = np.where((torso > 0.5).any(axis=0), (torso > 0.5).argmax(axis=0), rest.shape[0])
    head_end = np.where(head.any(axis=0), rest.shape[0] - head[::-1].argmax(axis=0), 0)
    columns = np.abs(np.arange(rest.shape[1]) - face.centre_x_px) < 0.95 * face.half_width_px
    touches = columns & (top <= head_end + 0.06 * face.iod_px)
    behind = touches[None, :] & (rows < top[None, :] + 2) & (rows > top[None, :] - 0.3 * face.height_px)
    covered = (hair > 0.5) & (rows < top[None, :] + 2) & (rows > top[None, :] - 0.4 * face.iod_px) & ~head
    whole = (torso > 0.5) | covered
    whole = repaint.grow(repaint.grow(whole, 0.04 * face.iod_px), -0.04 * face.iod_px) & ~head & (hair > 0.3)
    return np.maximum(torso, behind | covered | whole).astype(np.float32)


def head_region(shape: tuple[int, int], face: CanvasFace, /) -> Mask:
    """True above the jaw line and, beside it, above the ear lobes (the height of landmarks 132 and 361)."""
    height, width = shape
    jaw = face.curve(topology.JAW)
    lobes = jaw[[2, -3]]  # 132 and 361: about the height of the ear lobes
    below = jaw[2:-2] + (jaw[2:-2] - [face.centre_x_px, lobes[:, 1].mean()]) * 0.035
    outline = np.concatenate([[[-10, lobes[0, 1]]], below, [[width + 10, lobes[1, 1]], [width + 10, -10], [-10, -10]]])
    return repaint.polygon(outline.astype(np.float32), (height, width))


def _may_be_hair(shape: tuple[int, int], face: CanvasFace) -> Matte:
    """0 on eyes, nose, mouth, chin (brows and beards are no hair of ours), 1 elsewhere, soft between."""
    points, iod = face.points_px, face.iod_px
    outline = points[list(topology.JAW)] * [0.88, 1.0] + [0.12 * face.centre_x_px, 0.12 * iod]
    lower = repaint.polygon(cv2.convexHull(outline.astype(np.float32))[:, 0], shape)
    rows = np.arange(shape[0], dtype=np.float64)[:, None]
    nose = float(points[topology.NOSE_BASE, 1])
    lower = lower & (rows > nose - 0.25 * iod)
    soft = cv2.GaussianBlur(lower.astype(np.float32), (0, 0), 0.05 * iod)
    return np.asarray(1.0 - smoothstep(soft, 0.2, 0.8), np.float32)


def _without_brows(hair: Matte, face: CanvasFace) -> Matte:
    """A brow is hair only where hair comes down to it: each column takes what lies just above the brow."""
    result = hair.copy()
    for eye in topology.EYES:
        zone = repaint.grow(repaint.polygon(cv2.convexHull(face.curve(eye.brow))[:, 0], hair.shape), 0.09 * face.iod_px)
        x, y, width, height = cv2.boundingRect(zone.astype(np.uint8))
        box = (slice(y, y + height), slice(x, x + width))
        inside = zone[box]
        top = np.maximum(inside.argmax(axis=0) + y - 2, 0)
        above = hair[top, np.arange(x, x + width)]
        result[box] = np.where(inside, np.minimum(hair[box], above[None, :]), hair[box])
    return result


def _largest(subject: Matte, face: CanvasFace) -> Matte:
    """Only what hangs together with the face: other people and specks of the background go."""
    count, labels = cv2.connectedComponents((subject > 0.5).astype(np.uint8), connectivity=8)
    if count <= 2:
        return subject
    nose = np.clip(face.points_px[topology.NOSE_TIP].astype(int), 0, np.array(subject.shape[::-1]) - 1)
    own = labels == labels[nose[1], nose[0]]
    near = repaint.grow(own, 0.08 * face.iod_px)
    return np.asarray(subject * near, np.float32)
