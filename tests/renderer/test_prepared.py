"""renderer.prepared: what is prepared elsewhere is drawn as what the renderer prepares itself."""

import numpy as np
import pytest

from assets import samples, store
from assets.face import FaceFrame
from renderer.gl import Renderer
from renderer.prepared import prepare
from renderer.surface import OffscreenSurface
from renderer.view import View

pytestmark = pytest.mark.gl


@pytest.mark.parametrize(
    ("prepared_px", "view"), [((160, 160), View()), ((40, 40), View()), ((160, 160), View(2.0, 0.0, 0.0))]
)
def test_the_picture_is_the_same_whatever_was_prepared(prepared_px: tuple[int, int], view: View) -> None:
    model = store.load(samples.AVATAR)
    pictures = []
    with OffscreenSurface((160, 160)) as surface:
        for prepared in (None, prepare(model, prepared_px, view=view)):
            picture = np.zeros((160, 160, 4), np.uint8)
            with Renderer(model, surface, prepared=prepared) as renderer:
                renderer.draw(FaceFrame.from_mapping({"jawOpen": 0.5}))
                renderer.read_rgba(picture)
            pictures.append(picture)
    assert (pictures[0] == pictures[1]).all()
    assert pictures[0][:, :, 3].any()
