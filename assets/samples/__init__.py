"""The sample portrait, avatar and takes: all made by this project, from the scripts beside them."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
PORTRAIT: Final = FOLDER / "portrait.png"
AVATAR: Final = FOLDER / "sample.avatar"
SHOWCASE: Final = FOLDER / "showcase.jsonl"
SPEECH: Final = FOLDER / "speech.jsonl"
