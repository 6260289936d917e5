"""One fuzz target in a process of its own, under atheris: `python -m tests.fuzz.one TARGET FLAG… CORPUS…`."""

from __future__ import annotations

import sys
from importlib import import_module

INSTRUMENTED = ["drivers", "hall.contract", "hall.facts", "hall.meaning", "hall.telling", "hall.paper"]
INSTRUMENTED += ["hall.window_facts", "hall.admission", "hall.merging", "hall.desk", "hall.ingest", "hall.ratings"]


def main() -> None:
    """Fuzz until libFuzzer ends the process: 0 all well, 77 a promise broken, 70 or 71 too slow or too big."""
    atheris = import_module("atheris")  # no types, and wanted here alone
    with atheris.instrument_imports(include=INSTRUMENTED):
        targets = import_module("tests.fuzz.targets")
    check = targets.TARGETS[sys.argv[1]].check
    atheris.Setup([sys.argv[0], *sys.argv[2:]], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
