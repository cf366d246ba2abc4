"""Makes everything in assets/samples anew, and docs/demo.gif, the picture at the top of the README.

Wanted after a change of what makes them. Needs MediaPipe's model files (see `cartoonalive doctor`).
"""

import dataclasses
import sys
import tempfile
from itertools import chain
from pathlib import Path

from assets import samples, store, takes
from assets.samples import draw_portrait, make_takes
from runtime import cli

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "demo.gif"
PICTURE_S = 8.4


def main() -> int:
    """Returns the exit code of the first command that fails, else 0."""
    draw_portrait.draw().image().save(samples.PORTRAIT, optimize=True)
    takes.save(make_takes.showcase(), samples.SHOWCASE)
    takes.save(make_takes.spoken(), samples.SPEECH)
    if code := cli.main(["generate", str(samples.PORTRAIT), "-o", str(samples.AVATAR)]):
        return code
    made = store.load(samples.AVATAR)
    named = dataclasses.replace(made, title="CartoonAlive sample", author="CartoonAlive", licence="Apache-2.0")
    store.save(named, samples.AVATAR)
    with tempfile.TemporaryDirectory() as folder:
        take = Path(folder) / "picture.jsonl"
        takes.save(make_takes.played(chain(make_takes.greeting(), make_takes.turns(4.0)), PICTURE_S), take)
        drawing = ["--take", str(take), "-o", str(PICTURE), "--size", "320x320", "--fps", "12.5"]
        return cli.main(["render", str(samples.AVATAR), *drawing])


if __name__ == "__main__":
    sys.exit(main())
