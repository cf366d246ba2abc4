"""One file per part of the face. Each has `build(scene, below) -> (pieces, picture below them)`.

`ORDER` is the draw order, back to front. Parts are *peeled* in the opposite direction: the front hair is lifted off
first and what it covered is painted in, then the brows, and so on, so that every part sees the picture without
whatever lies before it. A new part is one file and one line here.
"""

from collections.abc import Callable
from typing import Final

from generator.parts import (
    backing,
    brows,
    eyes,
    face,
    glasses,
    hair_back,
    hair_front,
    hair_side,
    headwear,
    mouth,
    nose,
    torso,
)
from generator.scene import Scene
from generator.tools.piece import Piece
from generator.tools.repaint import Picture

Part = Callable[[Scene, Picture], tuple[list[Piece], Picture]]

ORDER: Final[tuple[tuple[str, Part], ...]] = (
    ("what lies behind", backing.build),
    ("hair behind", hair_back.build),
    ("neck and clothes", torso.build),
    ("hair beside", hair_side.build),
    ("face and ears", face.build),
    ("mouth", mouth.build),
    ("eyes", eyes.build),
    ("nose", nose.build),
    ("brows", brows.build),
    ("glasses", glasses.build),
    ("hair before", hair_front.build),
    ("headwear", headwear.build),
)
