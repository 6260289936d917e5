"""The list of boxes as lines of a terminal: marks and words, both languages, no colour. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from config.hall import HallSettings
from config.loader import Loaded
from config.wording import one_line
from hall.boxes.checklist import READY, is_in_order, standing_of
from hall.contract.maintenance import Advice, Boxes, BoxLine, Texts
from hall.own_call import ask

MARKS = {"ready": "✓", "look": "!", "in-maintenance": "*", "not-ready": "✗", "not-heard": "?", "gone": "✗"}


def boxes_of(settings: Loaded[HallSettings]) -> Boxes:
    """What a running hall tells of its boxes. Blocks; raises NotDone."""
    return msgspec.convert(ask(settings, "GET", "/maintenance"), Boxes)


def all_in_order(told: Boxes) -> bool:
    """Whether the doors may open."""
    return all(map(is_in_order, told.boxes))


def printed(told: Boxes) -> Iterator[str]:
    """Line by line, whoever needs a person first."""
    opens = f"  {one_line('boxes', 'stage-early', opens=told.opens)}" if told.opens else ""
    yield f"{told.hall}  {told.business_date}{opens}"
    for need in told.own:
        yield from _need(need, short=False)
    for line in told.boxes:
        yield from _box(line)
    yield _summary(told)


def _summary(told: Boxes) -> str:
    if not told.boxes:
        return one_line("boxes", "no-boxes")
    left = sum(not is_in_order(line) for line in told.boxes)
    key = "some-not" if left else "all-ready"
    return one_line("boxes", key, open=left, all=len(told.boxes))


def _box(line: BoxLine) -> Iterator[str]:
    standing = standing_of(line)
    windows = " ".join(map(str, line.windows))
    does = [one_line("boxes", f"does-{each}", windows=windows) for each in line.does]
    yield f"{MARKS[standing]} {line.box}  {one_line('boxes', f'standing-{standing}')}  {'  '.join(does)}".rstrip()
    for need in line.needs:
        yield from _need(need, short=standing in READY)


def _need(need: Advice, *, short: bool) -> Iterator[str]:
    """``short``: what can wait says what it is and what to do, and needs nothing to carry the hall."""
    yield from _lines("    ", need.what)
    yield from _lines("    → ", need.mend)
    if not short:
        yield from _lines("    … ", need.until)


def _lines(before: str, texts: Texts) -> Iterator[str]:
    first, *more = [text for text in texts.values() if text] or [""]
    yield f"{before}{first}"
    yield from (f"{' ' * len(before)}{text}" for text in more)
