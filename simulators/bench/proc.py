"""What the kernel says of a process: memory, processor time, how often it woke (proc(5))."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Use:
    """What a process had used by a moment: seconds of processor, wake-ups of all its threads."""

    at: float
    cpu: float
    switches: int


def rss_mb(pid: int) -> float:
    """Resident memory in MB of 1,000,000 bytes. Raises OSError."""
    return int(_status(PROC / str(pid))["VmRSS"].split()[0]) * 1024 / 1e6


def use(pid: int) -> Use:
    """What it has used so far. Raises OSError."""
    folder = PROC / str(pid)
    fields = (folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])  # utime, stime: fields 14 and 15, counted from the state (3)
    switches = 0
    for task in (folder / "task").iterdir():
        told = _status(task)
        switches += int(told["voluntary_ctxt_switches"]) + int(told["nonvoluntary_ctxt_switches"])
    return Use(time.monotonic(), ticks / os.sysconf("SC_CLK_TCK"), switches)


def _status(folder: Path) -> dict[str, str]:
    lines = (folder / "status").read_text(encoding="utf-8", errors="replace").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
