"""Picture in, face out: an engine finds it, the solver reads it."""

from dataclasses import replace

from assets.face import FaceFrame, HeadPose
from drivers.protocols import child, pose
from drivers.tracking.engines import Engine, Sight
from drivers.tracking.presence import Presence
from drivers.tracking.shots import Picture, Shot
from drivers.tracking.solver import Solver

NO_FACE = FaceFrame(channels=child.CHANNELS, face_seen=False)


class Tracker:
    """Follows one face through the pictures of one source."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._presence = Presence()
        self._solver = Solver()
        self._last_picture: Picture | None = None
        self._last_frame = NO_FACE

    def __call__(self, shot: Shot) -> child.Face:
        """The face in one picture. The same array again gives the same face, without looking twice."""
        if shot.picture is not self._last_picture or not shot.shown:
            sight = self._engine(shot.picture, shot.source_s)
            seen = self._presence(sight, shot.source_s)
            if self._presence.leapt:
                self._solver.forget()
            self._last_frame = self._frame(sight, shot.source_s) if sight is not None and seen else NO_FACE
            self._last_picture = shot.picture
        return child.Face(replace(self._last_frame, time_s=shot.time_s), shot.source_s)

    def _frame(self, sight: Sight, source_s: float) -> FaceFrame:
        weights = self._solver(sight.points_px, sight.rotation, sight.scores, time_s=source_s)
        return FaceFrame(weights, head_pose(sight), 0.0, child.CHANNELS)


def head_pose(sight: Sight, /) -> HeadPose:
    """The engine's matrix as a pose. In an unmirrored picture its frame is that of `drivers.protocols.pose`."""
    x_m, y_m, z_m = (float(value) for value in sight.camera_from_head[:3, 3])
    return HeadPose(*pose.angles_from_matrix(sight.rotation), x_m, y_m, z_m)
