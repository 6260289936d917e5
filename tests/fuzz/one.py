"""One fuzz target in a process of its own, under atheris: `python -m tests.fuzz.one TARGET FLAG… CORPUS…`."""

from __future__ import annotations

import sys
from importlib import import_module


def main() -> None:
    """Fuzz until libFuzzer ends the process: 0 all well, 77 a promise broken, 70 or 71 too slow or too big."""
    atheris = import_module("atheris")  # no types, and wanted here alone
    with atheris.instrument_imports(include=["drivers", "hall"]):
        target = import_module("tests.fuzz.targets").TARGETS[sys.argv[1]]
        target.seeds()  # imports what the target alone needs
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target.check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
