"""What the documents say is there: commands parse, files exist, and the pictures are small enough to load."""

import re
import shlex
from pathlib import Path

import pytest
from PIL import Image

from runtime import cli

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
MAX_PICTURE_BYTES = 3_000_000


def commands(document: Path) -> list[str]:
    """Every `cartoonalive COMMAND ...` of a document that is complete enough to run."""
    text = document.read_text(encoding="utf-8")
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", text, re.M | re.S)
    found = [line.strip() for block in blocks for line in block.splitlines()]
    found += re.findall(r"`([^`\n]+)`", text)
    return [line for line in found if re.match(r"cartoonalive \w+ \S", line)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_in_documents_parse(document: Path) -> None:
    for line in commands(document):
        words = shlex.split(line, comments=True)
        cli.parser().parse_args(words[1:])


def test_readme_shows_commands_and_names_every_one() -> None:
    readme = ROOT / "README.md"
    assert len(commands(readme)) >= 8
    text = readme.read_text(encoding="utf-8")
    for name in ("generate", "run", "render", "track", "listen", "info", "demo", "doctor", "bench"):
        assert f"cartoonalive {name}" in text or f"`{name}`" in text, name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.*)$", text, re.M)
    headings = {re.sub(r"[^\w -]", "", title.strip().lower()).replace(" ", "-") for title in titles}
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif not target.startswith("https://"):
            assert (document.parent / target).is_file(), target


def test_pictures_are_whole_and_small() -> None:
    for path in (ROOT / "docs").iterdir():
        if path.suffix in {".png", ".gif", ".webp"}:
            assert path.stat().st_size <= MAX_PICTURE_BYTES, path.name
            with Image.open(path) as picture:
                picture.load()
