"""`dataset`: samples to train on, drawn by our own renderer."""

import argparse
import os
import time

from assets.errors import UsageError
from runtime import arguments
from runtime.console import Console, Outcome

HELP = "draw samples to train on"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("kind", choices=("identity",), help="identity: random faces as dots, for `train identity`")
    parser.add_argument("--count", type=arguments.positive, default=100_000, metavar="N",
                        help="samples in all (default: 100000); a set that was cut off is gone on with")  # fmt: skip
    parser.add_argument("-o", "--out", required=True, metavar="DIR", help="folder of the data set")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of all randomness (default: 0)")
    parser.add_argument("--jobs", type=arguments.positive, default=os.cpu_count() or 1, metavar="N",
                        help="processes that draw (default: one per core)")  # fmt: skip
    parser.add_argument("--shard", type=arguments.positive, default=1000, metavar="N",
                        help="samples in a file (default: 1000)")  # fmt: skip


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Draw what is missing."""
    started_s = time.perf_counter()
    folder = arguments.output_folder(args.out)
    if args.seed < 0:
        raise UsageError(f"--seed must not be negative, got {args.seed}")

    from generator.identity import dataset
    from runtime.making import identity_crew

    plan = dataset.Plan(args.seed, args.shard, dataset.template_hash())
    done = 0
    with console.bar(f"drawing {args.count} faces") as advance:

        def count(samples: int) -> None:
            nonlocal done
            done += samples
            advance("", done / args.count)

        drawn = identity_crew.make(folder, plan, args.count, jobs=args.jobs, advance=count)
    seconds = round(time.perf_counter() - started_s, 3)
    data = {
        "out": str(folder), "samples": args.count, "drawn": drawn.samples, "kept": drawn.kept, "seconds": seconds,
        "deviation_px": drawn.deviation_px,
    }  # fmt: skip
    text = f"{folder}: {args.count} samples, {drawn.samples} of them drawn now in {seconds:.1f} s"
    if drawn.samples:
        text += f"; every dot found within {drawn.deviation_px:.3f} px of where it was drawn"
    return Outcome(text, data)
