"""Runs fuzz targets as processes, reads what libFuzzer says of them, and makes what it found short."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz import seeds
from tests.fuzz.oracles import Check
from tests.fuzz.seeds import Kept
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
ONE_INPUT_SECONDS = 20
"""No input of ours may take so long, on a machine that does other things too."""
MEGABYTES = 1024
LONGER_SECONDS = 120
"""Beyond its time a target's process is given this to start and to end."""
SHORTENINGS = 3000

Step = tuple[str, int, int]
"""File, and the lines from and to which one goes; from 0 into a function."""

_RUNS = re.compile(r"^#(\d+)\s+(INITED|DONE)\s+cov: (\d+)", re.MULTILINE)
_NOW = re.compile(r"^#(\d+)\s+\w+\s+cov: (\d+)", re.MULTILINE)
_RAISED = re.compile(r"=== Uncaught Python exception: ===\n(.*)")
_ERROR = re.compile(r"ERROR: libFuzzer: (.*)")


@dataclass(frozen=True)
class Outcome:
    """What became of one target. ``begun`` and ``reached``: places in the code reached by the seeds, and in the end."""

    target: str
    runs: int = 0
    begun: int = 0
    reached: int = 0
    fresh: tuple[bytes, ...] = ()
    """Inputs that reached something new."""
    found: Kept | None = None
    broken: str = ""
    """Why nothing could be tried."""


def fuzz(target: str, seconds: float, folder: Path) -> Outcome:
    """Try one target for so long, in a folder of its own."""
    known, corpus, artifacts = (folder / target / name for name in ("known", "corpus", "found"))
    for one in (known, corpus, artifacts):
        one.mkdir(parents=True)
    for number, data in enumerate(beginnings(target)):
        (known / f"{number:04}").write_bytes(data)
    flags = [f"-max_total_time={max(1, round(seconds))}", f"-max_len={TARGETS[target].largest}"]
    flags += [f"-timeout={ONE_INPUT_SECONDS}", f"-rss_limit_mb={MEGABYTES}", f"-artifact_prefix={artifacts}/"]
    said, code = _libfuzzer(target, [*flags, str(corpus), str(known)], seconds + LONGER_SECONDS)
    fresh = tuple(file.read_bytes() for file in sorted(corpus.iterdir()))
    return outcome(target, said, code, fresh, [file.read_bytes() for file in sorted(artifacts.iterdir())])


def beginnings(target: str) -> list[bytes]:
    """Vectors and corpus."""
    return [*TARGETS[target].seeds(), *(one.data for one in seeds.kept(target))]


def outcome(target: str, said: str, code: int, fresh: tuple[bytes, ...], artifacts: Sequence[bytes]) -> Outcome:
    """What libFuzzer's output comes to."""
    steps = {step: (int(runs), int(cov)) for runs, step, cov in _RUNS.findall(said)}
    last = _NOW.findall(said)
    runs, reached = (int(last[-1][0]), int(last[-1][1])) if last else (0, 0)
    begun = steps.get("INITED", (0, 0))[1]
    if artifacts:
        promise = raised[1].strip() if (raised := _RAISED.search(said)) else _error(said)
        return Outcome(target, runs, begun, reached, fresh, Kept(artifacts[0], promise))
    broken = "" if code == 0 else f"ended with {code}: {said[-600:]}"
    return Outcome(target, runs, begun, reached, fresh, broken=broken)


def fewest(target: str, inputs: Sequence[bytes]) -> list[bytes]:
    """Of these inputs the shortest that, with the vectors, reach all that they reach in the target's codecs."""
    known: set[Step] = set()
    files = {import_module(module).__file__ or "" for module in TARGETS[target].of}
    for data in TARGETS[target].seeds():
        known |= reached(TARGETS[target].check, data, files)
    kept = []
    for data in sorted(set(inputs), key=len):
        if fresh := reached(TARGETS[target].check, data, files) - known:
            known |= fresh
            kept.append(data)
    return kept


def reached(check: Check, data: bytes, files: Collection[str]) -> set[Step]:
    """Every step from line to line that this input takes in these files."""
    steps: set[Step] = set()

    def enter(frame: FrameType, _event: str, _argument: object) -> Any:
        if frame.f_code.co_filename not in files:
            return None
        last = 0

        def line(frame: FrameType, event: str, _argument: object) -> Any:
            nonlocal last
            if event == "line":
                steps.add((frame.f_code.co_filename, last, frame.f_lineno))
                last = frame.f_lineno
            return line

        return line

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        broken_by(check, data)
    finally:
        sys.settrace(before)
    return steps


def shortest(check: Check, data: bytes) -> bytes:
    """A shorter input that breaks the same promise, found by leaving out ever smaller parts."""
    wanted = broken_by(check, data)
    left, step = SHORTENINGS, max(1, len(data) // 2)
    while step and left:
        at = 0
        while at < len(data) and left:
            left -= 1
            shorter = data[:at] + data[at + step :]
            if broken_by(check, shorter) == wanted:
                data = shorter
            else:
                at += step
        step //= 2
    return data


def broken_by(check: Callable[[bytes], None], data: bytes) -> str:
    """The promise that this input breaks, in one line; "" when all hold."""
    try:
        check(data)
    except Exception as error:  # whatever it is, it is the finding
        return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    return ""


def _error(said: str) -> str:
    return error[1].strip() if (error := _ERROR.search(said)) else "ended without a word"


def _libfuzzer(target: str, arguments: list[str], seconds: float) -> tuple[str, int]:
    command = [sys.executable, "-m", "tests.fuzz.one", target, *arguments]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as late:
        return f"ERROR: libFuzzer: hung\n{(late.stderr or b'').decode('utf-8', 'replace')}", -1
    return done.stderr.decode("utf-8", "replace"), done.returncode
