"""`make fuzz SECONDS=60`: every target for its share of the time, two at a time, and what was found, kept as a vector.

    python -m tests.fuzz.cli [--seconds 60] [--only TARGET …] [--keep]

Ends with 1 when a promise was broken. The input is then a row of tests/vectors/fuzz/TARGET.toml, which pytest replays.
``--keep`` adds inputs that reach code which no vector reaches, the fewest and shortest.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz import seeds
from tests.fuzz.run import ROOT, Outcome, broken_by, fewest, fuzz, shortest
from tests.fuzz.seeds import Kept
from tests.fuzz.targets import TARGETS

PROCESSES = 2


def main(argv: Sequence[str] | None = None) -> int:
    """0: no promise broken; 1: one was; 2: nothing could be tried."""
    options = _parser().parse_args(argv)
    if find_spec("atheris") is None:
        print("make fuzz: atheris is missing → .venv/bin/pip install -e '.[fuzz]'", file=sys.stderr)
        return 2
    names = options.only or list(TARGETS)
    each = options.seconds * min(PROCESSES, len(names)) / len(names)
    print(f"{len(names)} targets, {each:.0f} s each, {PROCESSES} at a time", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="yc-fuzz-") as folder, ThreadPoolExecutor(PROCESSES) as pool:
        outcomes = list(pool.map(lambda name: fuzz(name, each, Path(folder)), names))
        told = [_kept(outcome) for outcome in outcomes if outcome.found]
        if options.keep:
            for outcome in outcomes:
                _keep_far(outcome)
    print(report(outcomes))
    print("\n".join(told), end="\n" if told else "")
    unable = [f"{outcome.target} {outcome.broken}" for outcome in outcomes if outcome.broken]
    print("\n".join(unable), file=sys.stderr, end="\n" if unable else "")
    return 2 if unable else 1 if told else 0


def report(outcomes: Sequence[Outcome]) -> str:
    """A line a target."""
    rows = [("target", "runs", "places", "new", "found")]
    for one in outcomes:
        found = one.found.found if one.found else "nothing tried" if one.broken else "–"
        rows.append((one.target, str(one.runs), str(one.reached), f"+{one.reached - one.begun}", found))
    wide = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [f"{a:<{wide[0]}}  {b:>{wide[1]}}  {c:>{wide[2]}}  {d:>{wide[3]}}  {e}" for a, b, c, d, e in rows]
    total = f"{sum(one.runs for one in outcomes)} runs, {sum(one.found is not None for one in outcomes)} found"
    return "\n".join([*lines, total])


def _kept(outcome: Outcome) -> str:
    """Keep what was found, as short as can be, and say where it is and how to see it again."""
    if outcome.found is None:
        return ""
    check, data = TARGETS[outcome.target].check, outcome.found.data
    promise = broken_by(check, data) or outcome.found.found
    if broken_by(check, data):
        data = shortest(check, data)
    file = seeds.keep(outcome.target, [*seeds.kept(outcome.target), Kept(data, promise)])
    replay = f".venv/bin/pytest tests/fuzz -k {outcome.target}"
    return f"\n{outcome.target}: {promise}\n  {data.hex(' ').upper()}\n  in {file.relative_to(ROOT)} → {replay}"


def _keep_far(outcome: Outcome) -> None:
    known = seeds.kept(outcome.target)
    far = fewest(outcome.target, [*outcome.fresh, *(one.data for one in known)])
    kept = [*(one for one in known if one.found), *map(Kept, far)]
    if kept:
        seeds.keep(outcome.target, kept)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make fuzz", description="Whatever comes, decoders keep their promises.")
    parser.add_argument("--seconds", type=float, default=60.0, help="for all targets together")
    parser.add_argument("--only", nargs="+", choices=tuple(TARGETS), metavar="TARGET", help="these targets")
    parser.add_argument("--keep", action="store_true", help="add inputs that reach further to tests/vectors/fuzz")
    return parser


if __name__ == "__main__":
    sys.exit(main())
