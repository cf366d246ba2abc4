"""Pictures and films of a face that is ours to show: the sample portrait, moved about."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter

SAMPLE = Path(__file__).resolve().parents[2] / "assets" / "samples" / "portrait.png"
FILM_SIZE_PX = 512
FILM_FPS = 25.0
SCENE_FRAMES = 10

SCENES = ("rest", "roll", "left", "up", "near", "nobody")
"""What the film shows, ten pictures each: the portrait; its crown tilted 15 degrees to the picture's right; then the
portrait moved to the picture's right; moved up; enlarged; nobody."""


@pytest.fixture(scope="session")
def portrait() -> Image.Image:
    """The sample portrait, RGB."""
    with Image.open(SAMPLE) as picture:
        return picture.convert("RGB")


@pytest.fixture(scope="session")
def film(portrait: Image.Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film as GIF, which needs no other encoder: `SCENES` one after the other."""
    still = portrait.resize((FILM_SIZE_PX, FILM_SIZE_PX), Image.Resampling.LANCZOS)
    edge = still.getpixel((0, 0))
    step = FILM_SIZE_PX // 10

    def moved(x_px: int, y_px: int) -> Image.Image:
        canvas = Image.new("RGB", still.size, edge)
        canvas.paste(still, (x_px, y_px))
        return canvas

    shown = {
        "rest": still,
        "roll": still.rotate(-15.0, Image.Resampling.BICUBIC, fillcolor=edge),
        "left": moved(step, 0),
        "up": moved(0, -step),
        "near": still.crop((step, step // 2, FILM_SIZE_PX - step, FILM_SIZE_PX - 3 * step // 2)).resize(still.size),
        "nobody": Image.new("RGB", still.size, edge),
    }
    scenes = [shown[name].quantize(256) for name in SCENES]
    # A pixel blinks, or the encoder would join equal pictures into one that lasts longer.
    pictures = [scene.copy() for scene in scenes for _ in range(SCENE_FRAMES)]
    for number, picture in enumerate(pictures):
        picture.putpixel((0, 0), number % 2)
    path = tmp_path_factory.mktemp("film") / "film.gif"
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=round(1000.0 / FILM_FPS), loop=0)
    return path


@pytest.fixture
def winks(portrait: Image.Image, tmp_path: Path) -> dict[str, Path]:
    """The portrait with the eye on one side of the picture painted shut."""
    paths = {}
    for side, x_px in (("picture right", 593), ("picture left", 431)):
        picture = portrait.copy()
        mask = Image.new("L", picture.size)
        ImageDraw.Draw(mask).ellipse((x_px - 60, 380, x_px + 60, 456), fill=255)
        skin = Image.new("RGB", picture.size, portrait.getpixel((512, 470)))
        picture.paste(skin, mask=mask.filter(ImageFilter.GaussianBlur(5)))
        ImageDraw.Draw(picture).arc((x_px - 48, 395, x_px + 48, 445), 10, 170, fill=(60, 30, 35), width=7)
        paths[side] = tmp_path / f"{side}.png"
        picture.save(paths[side])
    return paths
