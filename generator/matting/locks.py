"""Hair that nobody sees, made of the tones of hair that is seen: strands of noise, as rough as the visible ones.

Every strand is a line of noise; the noise is mapped to the tones by rank, so that dark and light are as frequent as in
the hair that is seen, and a drawing's flat hair stays flat.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.matting.dome import Dome
from generator.tools import colours, repaint

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

CLUMPS: Final = ((0.16, 0.40), (0.06, 0.35), (0.022, 0.40))
"""Width of locks, strands and hairs in inter-iris distances, and how much each counts."""
LONG: Final = 14.0
"""A strand is so many times longer than wide."""
RANKS: Final = 24
TRUSTED: Final = (0.06, 0.94)
"""The darkest and lightest of what is seen may be wall or skin: ranks beyond these aren't used."""
FINE_IOD: Final = 0.05
"""What is finer than this in visible hair is strands, what is coarser is light and shade."""
CALMEST, ROUGHEST = 0.25, 0.85
"""The strands' part of all differences in tone, at least and at most."""
RIM, ROOTS, SHEEN = 0.30, 0.10, 0.16
"""By how much of all ranks the hair is darker at its outline and its roots, and lighter between them."""
FANNED, SWEPT = 0.4, 0.17
"""How far strands brushed back spread toward their tips, and how steeply those that lie along the head climb."""
RUN_ON_IOD: Final = 0.16
"""How far the strands at a picture's edge run on beyond it."""
_CELLS: Final = 256


def between(
    picture: Floats, sample: Mask, hairline: Dome, outline: Dome, unit_px: float, /, *,
    rows: int | None = None, swept: bool = False, seed: int = 0,
) -> Floats:  # fmt: skip
    """Hair from the hairline out to the outline of a head, float32 (H, W, 3), as `sample` (H, W) of the picture is.

    rows: only so many, from the top. swept: along the head, as long hair lies; else brushed back from the face.
    """
    shape = (sample.shape[0] if rows is None else rows, sample.shape[1])
    inner = hairline.level(shape)
    ratio = inner / np.maximum(outline.level(shape), 1e-3)  # of outline and hairline along the same way out
    out = np.clip((inner - 1.0) / np.maximum(ratio - 1.0, 0.05), 0.0, 1.0).astype(np.float32)
    up = out * (outline.tall_px - hairline.tall_px)
    around = (outline.turn(shape) - np.pi / 2.0) * 0.5 * (outline.tall_px + outline.left_px)
    across, along = (up + SWEPT * around, around) if swept else (around / (1.0 + FANNED * out), up)
    ramp, rough = tones(picture, sample), roughness(picture, sample, unit_px)
    return paint(ramp, rough, np.asarray(across, np.float32), np.asarray(along, np.float32), out, unit_px, seed=seed)


def tones(picture: Floats, sample: Mask, /) -> Floats:
    """The colours of visible hair from dark to light, float32 (RANKS, 3), each the mean of its rank."""
    seen = picture[sample].reshape(-1, 3)
    ranked = seen[np.argsort(seen @ np.array([0.299, 0.587, 0.114], np.float32), kind="stable")]
    low, high = (int(share * len(ranked)) for share in TRUSTED)
    parts = np.array_split(ranked[low : max(high, low + RANKS)], RANKS)
    return np.stack([part.mean(axis=0) for part in parts]).astype(np.float32)


def roughness(picture: Floats, sample: Mask, unit_px: float, /) -> float:
    """How much of the differences in tone of visible hair is strands, CALMEST..ROUGHEST."""
    x, y, width, height = cv2.boundingRect(sample.view(np.uint8))
    box = np.s_[y : y + height, x : x + width]
    light, sample = colours.lab(np.ascontiguousarray(picture[box]))[..., 0], sample[box]
    near, _ = repaint.spread(cv2.merge([light] * 3), sample, FINE_IOD * unit_px)
    fine, whole = float((light - near[..., 0])[sample].std()), float(light[sample].std())
    return float(np.clip(1.6 * fine / max(whole, 1e-3), CALMEST, ROUGHEST))


def paint(
    ramp: Floats, rough: float, across_px: Floats, along_px: Floats, out: Floats, unit_px: float, /, *, seed: int = 0
) -> Floats:  # fmt: skip
    """Hair, float32 (H, W, 3). ramp: see `tones`. across_px, along_px: (H, W), the place across and along the strands;
    out: (H, W), 0 at the roots, 1 at the outline."""
    rng = np.random.default_rng(seed)
    noise = np.zeros(out.shape, np.float32)
    for wide, share in CLUMPS:
        cell = max(wide * unit_px, 1.0)
        noise += share * _noise(across_px / cell, along_px / (LONG * cell), rng)
    noise /= float(np.sqrt(sum(share**2 for _, share in CLUMPS)))
    rank = 1.0 / (1.0 + np.exp(-1.702 * noise))  # of a normal distribution, nearly
    lit = SHEEN * np.exp(-(((out - 0.5) / 0.22) ** 2)) - RIM * np.clip(out, 0.0, 1.0) ** 4
    lit -= ROOTS * np.clip(1.0 - out / 0.12, 0.0, 1.0)
    place = np.clip(0.5 + rough * (rank - 0.5) + (1.0 - 0.5 * rough) * lit, 0.0, 1.0) * (len(ramp) - 1)
    ranks = np.arange(len(ramp))
    return np.stack([np.interp(place, ranks, channel) for channel in ramp.T], axis=-1).astype(np.float32)


def tied(made: Floats, picture: Floats, known: Mask, sigma_px: float, /) -> Floats:
    """What was made, (H, W, 3), as light and coloured as the picture near where that is `known`."""
    if not known.any():
        return made
    for sigma in (sigma_px, 0.3 * sigma_px):
        off, weight = repaint.spread(picture - made, known, sigma)
        made = made + off * np.clip(6.0 * weight, 0.0, 1.0)[..., None]
    return np.asarray(made, np.float32)


def grown_out(made: Floats, picture: Floats, hair: Floats, edge_px: npt.NDArray[np.intp], unit_px: float, /) -> Floats:
    """What was made above the picture's edge, (H, W, 3), with the strands at the edge running on into it: mirrored, and
    fading. hair: (H, W), 0..1, where they are."""
    rows = np.arange(len(made))[:, None]
    below = np.clip(2 * edge_px[None] + 3 - rows, 0, len(made) - 1)
    columns = np.broadcast_to(np.arange(made.shape[1])[None], below.shape)
    up = np.clip((edge_px[None] + 2 - rows) / (RUN_ON_IOD * unit_px), 0.0, 1.0)
    share = np.clip(2.0 * hair[below, columns] - 1.0, 0.0, 1.0) * (1.0 - up) ** 2 * (rows < edge_px[None] + 2)
    return np.asarray(made + (picture[below, columns] - made) * share[..., None], np.float32)


def uneven(across_px: Floats, unit_px: float, /, *, seed: int = 0) -> Floats:
    """How far roots or tips stand out, hair by hair, about -2..2, for a place across the strands, (H, W)."""
    rng, flat = np.random.default_rng(seed), np.zeros_like(across_px)
    result = np.zeros_like(across_px)
    for wide, share in CLUMPS:
        result += share * _noise(across_px / (wide * unit_px), flat, rng)
    return result


def _noise(x: Floats, y: Floats, rng: np.random.Generator) -> Floats:
    """Smooth noise of mean 0 and deviation 1 at cell coordinates."""
    cells = np.pad(rng.standard_normal((_CELLS, _CELLS)).astype(np.float32), 2, mode="wrap")
    at = [np.mod(axis, _CELLS).astype(np.float32) + 2.0 for axis in (x, y)]
    taken = cv2.remap(cells, at[0], at[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(taken / 0.75, np.float32)
