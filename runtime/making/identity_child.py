"""A child process that draws shards of the identity data set: `python -m runtime.making.identity_child FOLDER SEED`.

    stdin   one line per shard wanted: NUMBER FIRST SAMPLES
    stdout  `+ N` when N more samples are drawn; `= NUMBER DEVIATION` when a shard is written, with the
            greatest distance in px, along x or y, between a dot found and the place where it was drawn

One process draws on one core. It ends with its input. Its only words on standard error are one line of reason.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Final

import numpy as np

SAY_EVERY: Final = 25


def main(arguments: list[str]) -> int:
    """Serve until the input ends. Returns the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle: it closes our input or ends us
    os.environ.setdefault("LP_NUM_THREADS", "0")  # the software rasteriser stays on this thread
    from assets import identity
    from assets.errors import CartoonAliveError
    from generator.identity import dataset, dots, rig, sampling
    from runtime import app

    folder, seed = Path(arguments[0]), int(arguments[1])
    template = identity.template()
    size_px = (template.side_px, template.side_px)
    try:
        with app.offscreen(rig.build(template), size_px, background=(0.0, 0.0, 0.0, 1.0)) as stage:
            for line in sys.stdin:
                number, first, samples = (int(word) for word in line.split())
                weights = np.zeros((samples, len(identity.PARAMETERS)))
                found_px = np.zeros((samples, len(template.keypoints), 2))
                deviation_px = 0.0
                for row in range(samples):
                    weights[row] = sampling.weights(template, seed, first + row)
                    stage.draw(rig.frame(weights[row]))
                    drawn_px = sampling.keypoints(template, weights[row])
                    found_px[row] = dots.find(stage.read_rgba(), drawn_px)
                    deviation_px = max(deviation_px, float(np.abs(found_px[row] - drawn_px).max()))
                    if (row + 1) % SAY_EVERY == 0 or row + 1 == samples:
                        _say(f"+ {row % SAY_EVERY + 1}")
                dataset.write_shard(folder, number, weights, found_px)
                _say(f"= {number} {deviation_px:.6f}")
    except CartoonAliveError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except BrokenPipeError:  # the parent is gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
