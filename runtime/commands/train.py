"""`train`: the shipped networks made anew. Needs torch, which nothing else does."""

import argparse
import importlib.util
import time

from assets.errors import UsageError
from runtime import arguments
from runtime.console import Console, Outcome

HELP = "train a network anew: of identity or of lip-sync (needs torch)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    from drivers.speech import training

    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    identity = kinds.add_parser("identity", help="key points of a face -> its identity parameters")
    identity.add_argument("--data", required=True, metavar="DIR", help="made by `cartoonalive dataset identity`")
    identity.add_argument("-o", "--out", required=True, metavar="FILE.safetensors")
    identity.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"),
                          help="auto takes a graphics card where there is one (default)")  # fmt: skip
    identity.add_argument("--epochs", type=arguments.positive, default=200, metavar="N",
                          help="stop after so many rounds even without convergence (default: 200)")  # fmt: skip
    identity.add_argument("--seed", type=int, default=0, metavar="N", help="seed of all randomness (default: 0)")
    identity.add_argument("--threads", type=arguments.positive, default=1, metavar="N", help="on the CPU (default: 1)")
    lipsync = kinds.add_parser("lipsync", help="speech -> mouth shapes")
    training.add_arguments(lipsync)
    for kind in (identity, lipsync):  # where people write it, too
        kind.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Train and save."""
    if args.kind == "lipsync":
        from drivers.speech import training

        text = training.run(args, console)
        return Outcome(text, {"text": text})
    return _identity(args, console)


def _identity(args: argparse.Namespace, console: Console) -> Outcome:
    started_s = time.perf_counter()
    folder = arguments.input_folder(args.data)
    out = arguments.output_file(args.out, ".safetensors")
    if importlib.util.find_spec("torch") is None:
        raise UsageError("training needs torch, which is not installed: pip install 'cartoonalive[train]'")

    from assets import identity
    from generator.identity import dataset, network, training

    template = identity.template()
    weights, dots_px = dataset.load(folder, template)
    facts = {"samples": len(weights), "data_seed": dataset.describe(folder).seed, "template": dataset.template_hash()}
    settings = training.Settings(args.device, args.epochs, args.seed, args.threads)
    with console.bar(f"training on {len(weights)} faces") as advance:
        trained = training.train(weights, dots_px, template, settings, facts, advance)
    network.save(trained.network, out)
    seconds = round(time.perf_counter() - started_s, 3)
    told = trained.network.facts
    rows = [f"{'mean absolute error on held-out faces, in units of the -30..30 range':<70}"]
    rows.append(f"{'':<20} {'network':>8} {'closed form':>12}   {'disturbed: network':>18} {'closed form':>12}")
    columns = (trained.error, trained.closed_form, trained.disturbed, trained.closed_form_disturbed)
    for name, a, b, c, d in zip(identity.PARAMETERS, *columns, strict=True):
        rows.append(f"{name:<20} {a:8.3f} {b:12.4f}   {c:18.3f} {d:12.3f}")
    a, b, c, d = (float(column.mean()) for column in columns)
    rows.append(f"{'mean':<20} {a:8.3f} {b:12.4f}   {c:18.3f} {d:12.3f}")
    state = "converged" if told["converged"] else "not yet converged"
    rows.append(
        f"{out}: {state} after {told['epochs']} rounds over {told['trained_on']} faces on {told['device']}, "
        f"{told['held_out']} held out, {seconds:.0f} s"
    )
    data = {"out": str(out), "seconds": seconds, **told}
    return Outcome("\n".join(rows), data)
