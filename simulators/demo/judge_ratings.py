"""The rule of ratings: what citizens pressed is what is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from simulators.account import Rating
from simulators.demo.evidence import Evidence, LitPress, PadEvent, pressed_for
from simulators.demo.verdict import CLOCK_SLACK_MS, Finding, Verdict, digits_of


def rated_as_pressed(evidence: Evidence) -> Verdict:
    """A grade pressed on a lit keypad and acknowledged is stored once, the first one pressed; nothing else is."""
    pressed = pressed_for(evidence)
    stored: dict[tuple[int, str], list[Rating]] = defaultdict(list)
    for rating in evidence.ratings:
        if rating.outcome == "rated":
            stored[rating.window, rating.visit].append(rating)
    findings = [
        Finding(digits_of(evidence, visit), f"window {window}: {what}")
        for window, visit in sorted({*pressed, *stored})
        for what in _rating_faults(
            pressed.get((window, visit), []), stored.get((window, visit), []), _unrated_ms(evidence, visit)
        )
    ]
    return Verdict("rated-as-pressed", sum(map(len, pressed.values())) + len(stored), tuple(findings))


def _rating_faults(pressed: list[LitPress], stored: list[Rating], unrated_ms: int | None) -> Iterator[str]:
    """``unrated_ms``: when the box had decided *not rated* before; a press acknowledged later came too late."""
    if len(stored) > 1:
        yield f"stored {len(stored)} times"
    firm = next((p.press for p in pressed if p.lit and p.sure and p.press.heard_ms is not None), None)
    if not stored:
        if firm is not None and not _too_late(firm, unrated_ms):
            yield f"{firm.grade} was pressed and acknowledged, nothing is stored"
        return
    grade = stored[0].grade or ""
    allowed = {p.press.grade for p in _until(pressed, firm)}
    if not pressed:
        yield f"{grade} is stored, nobody pressed"
    elif grade not in allowed:
        yield f"{grade} is stored, first pressed was {pressed[0].press.grade}"


def _too_late(press: PadEvent, unrated_ms: int | None) -> bool:
    return unrated_ms is not None and unrated_ms <= (press.heard_ms or press.at_ms) + CLOCK_SLACK_MS


def _until(pressed: Iterable[LitPress], firm: PadEvent | None) -> Iterator[LitPress]:
    """The presses up to the first one that the citizen saw acknowledged: the box may have heard an earlier one."""
    for one in pressed:
        yield one
        if one.press is firm:
            return


def _unrated_ms(evidence: Evidence, visit: str) -> int | None:
    unrated = [r.at_ms for r in evidence.ratings if r.visit == visit and r.outcome == "not-rated"]
    return min(unrated, default=None)
