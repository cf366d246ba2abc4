"""Hair as strands: where chains of joints run through it, and how strongly each point of the hair hangs on them.

Columns of hair, side by side, get a chain each: from where the hair leaves the head (above the brows for bangs, above
the ear lobes for what hangs beside the face) to its lower end. All layers of the hair take their motion from the same
field, smooth across and along, so that they swing together and nothing tears.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assets.avatar import JOINTS
from generator.moving.measures import CanvasFace
from generator.tools.curves import smoothstep

Floats = npt.NDArray[np.float32]

SPACING_IOD: Final = 0.42
"""Distance of neighbouring chains, in inter-iris distances."""
SHORTEST_IOD: Final = 0.22
"""Hair that ends sooner does not swing."""
ROOTED: Final = 0.4
"""The part of a column of hair that lies firmly on the head."""
BESIDE: Final = 0.72
"""Columns farther from the middle hang beside the face, in half face widths; nearer ones are bangs."""
MOST: Final = 14
ON_SKIN: Final = 0.6
"""How freely bangs swing, which lie on the forehead: of what hair that hangs free does."""


@dataclass(frozen=True, slots=True, eq=False)
class Strands:
    """joints_px: float32 (C, JOINTS, 2), root to tip. bottom_px, anchor_px: the lower edge of the canvas, where
    everything stands still, and how far above it hair begins to slow down. freedom: (C,), 0..1, how freely each swings.
    """

    joints_px: Floats
    centres_px: Floats
    bottom_px: float
    anchor_px: float
    freedom: Floats

    def at(self, points_px: Floats, /) -> Floats:
        """Weights (Q, C * JOINTS) in 0..1 of the joints' offsets at canvas points."""
        count, chains = len(points_px), len(self.joints_px)
        weights = np.zeros((count, chains, JOINTS), np.float32)
        still = smoothstep(points_px[:, 1], self.bottom_px, self.bottom_px - self.anchor_px)
        spacing = np.diff(self.centres_px).mean() if chains > 1 else 1.0
        for chain, (centre, joints) in enumerate(zip(self.centres_px, self.joints_px, strict=True)):
            across = (points_px[:, 0] - centre) / spacing
            beyond = ((across < 0) & (chain == 0)) | ((across > 0) & (chain == chains - 1))
            share = np.where(beyond, 1.0, np.clip(1.0 - np.abs(across), 0.0, 1.0)) * still
            share = share * self.freedom[chain]
            root, tip = joints[0, 1], joints[-1, 1]
            along = np.clip((points_px[:, 1] - root) / max(tip - root, 1e-6), 0.0, 1.0) * (JOINTS - 1)
            if tip - root < 1.0:  # a column that does not swing: its neighbours fade toward it
                continue
            below = np.minimum(along.astype(int), JOINTS - 2)
            rows = np.arange(count)
            weights[rows, chain, below] += share * (1.0 - (along - below))
            weights[rows, chain, below + 1] += share * (along - below)
        weights[:, :, 0] = 0.0
        return weights.reshape(count, chains * JOINTS)


def strands(hair: npt.NDArray[np.floating], face: CanvasFace, /) -> Strands:
    """The chains of a head of hair; none for short hair. hair: (H, W), 0..1."""
    height = len(hair)
    seen = hair > 0.5
    columns = np.flatnonzero(seen.sum(axis=0) > 0.1 * face.iod_px)
    nothing = np.zeros(0, np.float32)
    none = Strands(np.zeros((0, JOINTS, 2), np.float32), nothing, float(height), 1.0, nothing)
    if len(columns) < 0.5 * face.iod_px:
        return none
    left, right = float(columns[0]), float(columns[-1])
    count = int(np.clip(round((right - left) / (SPACING_IOD * face.iod_px)), 2, MOST))
    step = (right - left) / count
    centres = left + step * (np.arange(count) + 0.5)
    joints = np.zeros((count, JOINTS, 2), np.float32)
    ends = [_ends(seen, centre, 0.5 * step, face) for centre in centres]
    fractions = np.linspace(0.0, 1.0, JOINTS)
    for chain, (centre, (root, tip, tip_x)) in enumerate(zip(centres, ends, strict=True)):
        long_enough = tip - root >= SHORTEST_IOD * face.iod_px
        joints[chain, :, 0] = centre + (tip_x - centre) * fractions if long_enough else centre
        joints[chain, :, 1] = root + (tip - root) * fractions if long_enough else root
    if not (np.ptp(joints[:, :, 1], axis=1) > 0.0).any():
        return none
    aside = np.abs(centres - face.centre_x_px) / face.half_width_px
    freedom = (ON_SKIN + (1.0 - ON_SKIN) * smoothstep(aside, 0.5 * BESIDE, BESIDE)).astype(np.float32)
    return Strands(joints, centres.astype(np.float32), float(height), 0.5 * face.height_px, freedom)


def _ends(seen: npt.NDArray[np.bool_], centre: float, half: float, face: CanvasFace) -> tuple[float, float, float]:
    """Root row, tip row and tip column of the hair about a column; equal rows where there is none."""
    band = np.arange(max(0, int(centre - half)), min(seen.shape[1], int(centre + half) + 1))
    starts, stops, gap = [], [], max(2, round(0.08 * face.iod_px))
    for column in band[:: max(1, len(band) // 12)]:
        rows = np.flatnonzero(seen[:, column])
        if len(rows) < gap:
            continue
        breaks = np.flatnonzero(np.diff(rows) > gap)
        starts.append(rows[0])
        stops.append(rows[breaks[0]] if len(breaks) else rows[-1])
    if not starts:
        return 0.0, 0.0, centre
    top, tip = float(np.median(starts)), float(np.percentile(stops, 75))
    beside = abs(centre - face.centre_x_px) > BESIDE * face.half_width_px
    if beside:
        root = max(face.lobes_y_px - 0.1 * face.height_px, top)
    else:  # what lies above the face outline lies on the skull, however high it stands
        root = max(top + ROOTED * (tip - top), _outline_top(face, centre))
    root = min(root, tip)
    row = seen[int(np.clip(0.9 * tip + 0.1 * root, 0, len(seen) - 1)), band]
    tip_x = float(band[row].mean()) if row.any() else centre
    return root, tip, tip_x


def _outline_top(face: CanvasFace, x_px: float) -> float:
    """Where the face outline begins in a column."""
    upper = face.oval_px[face.oval_px[:, 1] <= face.lobes_y_px]
    order = np.argsort(upper[:, 0])
    return float(np.interp(x_px, upper[order, 0], upper[order, 1]))
