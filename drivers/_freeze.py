"""Is the camera still alive, when it says it is?"""

from typing import Final

import numpy as np
import numpy.typing as npt


class FreezeWatch:
    """Notices a camera that keeps "reading" its last picture after it was unplugged (opencv 14044).

    A sensor is never twice the same to the bit. A picture that never changed from the start (a still image in a
    virtual camera) and a nearly uniform one (a closed shutter) don't count as frozen.
    """

    _PATIENCE_S: Final = 1.0

    def __init__(self) -> None:
        self._sample: npt.NDArray[np.uint8] | None = None
        self._since_s = 0.0
        self._moved = False

    def frozen(self, picture: npt.NDArray[np.uint8], time_s: float) -> bool:
        """Whether the picture has stood still for a second after having moved."""
        sample = picture[::8, ::8].copy()
        if self._sample is None or not np.array_equal(sample, self._sample):
            self._moved = self._sample is not None
            self._sample, self._since_s = sample, time_s
            return False
        return self._moved and time_s - self._since_s >= self._PATIENCE_S and float(sample.std()) > 2.0
