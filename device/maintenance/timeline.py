"""The faults of the last week, from the journal's own facts *device*: pure over facts.

The journal drops facts that are backed up and older than two business days: what they told of faults is carried over in
a note of its own (``Timeline.keep``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial

import msgspec
from msgspec.structs import replace

from device.clock import Clock
from device.flows.patience import until_written
from device.journal import Journal, JournalStopped
from device.maintenance.reasons import severity_of
from device.watch import Watch
from drivers.contract import Severity
from hall.contract import Fact
from hall.contract.maintenance import FaultSpan

WEEK_MS = 7 * 86_400_000
MOST_SPANS = 400
"""A display with a loose plug would else fill the note: the newest are kept."""
NOTE = "faults"


def spans_of(facts: Iterable[Fact], before: Sequence[FaultSpan] = ()) -> list[FaultSpan]:
    """Each fault from when until when, in the order in which they set in; ``before``: what was known until then.

    A device's fact names all its reasons: one that is not named any more has ended. Reasons that are mere reports
    are no faults.
    """
    spans = list(before)
    standing: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for place, span in enumerate(spans):
        if span.until_ms is None:
            standing[span.device][span.keyword] = place
    for fact in facts:
        if fact.kind == "device":
            _take(fact, spans, standing[str(fact.data.get("name", ""))])
    return spans


def _take(fact: Fact, spans: list[FaultSpan], standing: dict[str, int]) -> None:
    """``standing``: this device's faults that stand, each with its place in ``spans``."""
    device = str(fact.data.get("name", ""))
    named = {keyword for keyword in str(fact.data.get("reasons") or "").split(",") if _is_fault(keyword)}
    for keyword in standing.keys() - named:
        place = standing.pop(keyword)
        spans[place] = replace(spans[place], until_ms=max(spans[place].from_ms, fact.at_ms))
    for keyword in sorted(named - standing.keys()):
        standing[keyword] = len(spans)
        spans.append(FaultSpan(device=device, keyword=keyword, severity=severity_of(keyword).value, from_ms=fact.at_ms))


def since(spans: Iterable[FaultSpan], from_ms: int) -> list[FaultSpan]:
    """Those that stood at some time since then; the newest MOST_SPANS of them."""
    recent = [span for span in spans if span.until_ms is None or span.until_ms >= from_ms]
    return recent[-MOST_SPANS:]


def _is_fault(keyword: str) -> bool:
    return bool(keyword) and severity_of(keyword) is not Severity.REPORT


class _Carried(msgspec.Struct, frozen=True):
    """What is known up to fact ``seq`` of this journal."""

    journal: str = ""
    seq: int = 0
    spans: list[FaultSpan] = []


class Timeline:
    """The faults of one box. Reads only the facts that it does not know yet."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._known = _remembered(journal)

    def faults(self) -> list[FaultSpan]:
        """Of the last week, as far as the journal can be read."""
        with suppress(JournalStopped):  # what is known already is told all the same
            self._learn()
        return list(self._known.spans)

    async def keep(self, changes: Watch, date: Callable[[], str]) -> None:
        """Long-lived: note what is known at the start and when a business date has begun; ``changes`` may tell so."""
        with changes.watching() as changed:
            while True:
                noted = date()
                self.faults()
                text = msgspec.json.encode(self._known).decode()
                await until_written(partial(self._journal.remember, NOTE, text))
                while date() == noted:
                    await changed.wait()
                    changed.clear()

    def _learn(self) -> None:
        known, journal = self._known, self._journal
        after = known.seq if known.journal == journal.id else 0
        head, _ = journal.head()
        spans = spans_of(journal.device_facts(after), known.spans)
        recent = since(spans, self._clock.wall_ms() - WEEK_MS)
        self._known = _Carried(journal=journal.id, seq=head, spans=recent)


def _remembered(journal: Journal) -> _Carried:
    try:
        return msgspec.json.decode(journal.recall(NOTE) or "{}", type=_Carried)
    except (msgspec.MsgspecError, JournalStopped):  # of another version, or a damaged page: it begins anew
        return _Carried()
