"""`make audit`: the versions of all that the product uses here, and which of them are known to be weak."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.dependencies.advisories import weaknesses
from tests.dependencies.licences import licence_of
from tests.dependencies.named import closure, named


def main(argv: list[str]) -> int:
    """0: none is known to be weak, or nobody could say; 1: some are; 2: the advisories cannot be read."""
    parser = argparse.ArgumentParser("make audit", description="Versions and licences in use; ADVISORIES=FILE")
    parser.add_argument("--advisories", type=Path, help="OSV advisories of PyPI: JSON, JSON lines, a zip, a folder")
    arguments = parser.parse_args(argv)
    product = [each.name for each in named() if each.group not in {"test", "fuzz"}]
    installed = closure(product)
    for name, version in installed.items():
        print(f"{name}=={version}  # {licence_of(name) or 'says no licence'}")
    if arguments.advisories is None:
        print("no advisories given: whether one of these is known to be weak, nobody has looked", file=sys.stderr)
        return 0
    try:
        weak = weaknesses(installed, arguments.advisories)
    except (OSError, ValueError) as wrong:
        print(f"{arguments.advisories}: {wrong}", file=sys.stderr)
        return 2
    for weakness in weak:
        print(weakness, file=sys.stderr)
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
