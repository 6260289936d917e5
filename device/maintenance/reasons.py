"""Reasons of a device's state as people are told them: keyword, severity, sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from config.wording import both
from drivers import contract
from drivers.contract import Severity, State
from hall.contract.maintenance import Reason, Texts

SEVERITIES: Mapping[str, Severity] = {
    reason.keyword: reason.severity for reason in vars(contract).values() if isinstance(reason, contract.Reason)
}
"""Of every keyword that the product's own drivers give."""

_WORST_FIRST = {"error": 0, "warning": 1, "report": 2}


def severity_of(keyword: str) -> Severity:
    """A warning for one that nobody here knows, of a driver from outside or a later version."""
    return SEVERITIES.get(keyword, Severity.WARNING)


def sentence(keyword: str) -> Texts:
    """What this reason means; the keyword itself where there is no sentence."""
    try:
        return both("reason", keyword)
    except KeyError:
        return both("reason", "unknown", keyword=keyword)


def reasons_of(state: State) -> list[Reason]:
    """Worst first."""
    found = [
        Reason(keyword=reason.keyword, severity=reason.severity.value, text=sentence(reason.keyword))
        for reason in state.reasons
    ]
    return sorted(found, key=_rank)


def reasons_named(keywords: Iterable[str], state: State) -> list[Reason]:
    """These keywords, as severe as ``state`` has them, or as they mostly are. Worst first."""
    now = {reason.keyword: reason.severity for reason in state.reasons}
    found = [
        Reason(keyword=keyword, severity=now.get(keyword, severity_of(keyword)).value, text=sentence(keyword))
        for keyword in keywords
    ]
    return sorted(found, key=_rank)


def _rank(reason: Reason) -> tuple[int, str]:
    return _WORST_FIRST[reason.severity], reason.keyword
