"""The jobs of a simulated office printer, one sheet after the other."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulators.control import Event

PENDING, HELD, PROCESSING, STOPPED, CANCELED, ABORTED, COMPLETED = range(3, 10)
ENDED = (CANCELED, ABORTED, COMPLETED)
NAMES = {
    PENDING: "pending",
    HELD: "pending-held",
    PROCESSING: "processing",
    STOPPED: "processing-stopped",
    CANCELED: "canceled",
    ABORTED: "aborted",
    COMPLETED: "completed",
}


@dataclass(slots=True)
class Job:
    """One job. ``pages`` is 0 until its document is whole; ``serials`` are of the numbered sheets that came out."""

    number: int
    name: str
    source: str
    copies: int = 1
    state: int = HELD
    reasons: list[str] = field(default_factory=lambda: ["job-incoming"])
    pages: int = 0
    out: int = 0
    serials: list[int] = field(default_factory=list)
    file: str = ""

    @property
    def sheets(self) -> int:
        """How many it takes in all."""
        return self.pages * self.copies

    def become(self, state: int, *reasons: str) -> None:
        """Be in another state."""
        self.state, self.reasons = state, list(reasons)

    def event(self) -> Event:
        """What the control socket tells of it."""
        return {
            "event": "job",
            "job": self.number,
            "name": self.name,
            "state": NAMES[self.state],
            "sheets": self.sheets,
            "out": self.out,
            "source": self.source,
            "serials": list(self.serials),
            "file": self.file,
        }
