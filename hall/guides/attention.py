"""Whom a guide should go to, put together from facts as they are stored: who asks for help, what was left behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from hall.contract import Fact
from hall.store.attention import ToldFact

NOT_NEEDED = frozenset({"citizen", "not-confirmed"})
"""Why a number was voided and nobody is looking for help: it was printed anew, or its holder did not want it."""


class HelpCall(NamedTuple):
    """Somebody wants a person to come. ``ticket``: a ticket_id, "" for none; ``window``: None at no window."""

    help: str
    device: str
    at: str
    window: int | None
    ticket: str
    since_ms: int


class Left(NamedTuple):
    """A card in a reader, or a slip in a printer's mouth. ``name``: of the reader, or a ticket_id."""

    what: str
    device: str
    name: str
    since_ms: int


class Voided(NamedTuple):
    """A number that became void by no wish of its holder. ``why``: a keyword of the wording room *reason*."""

    ticket: str
    device: str
    why: str
    since_ms: int


@dataclass(slots=True)
class Attention:
    """What of today is still open. ``row``: the last fact looked at."""

    row: int = 0
    help: dict[str, HelpCall] = field(default_factory=dict)
    left: dict[tuple[str, str, str], Left] = field(default_factory=dict)
    voided: dict[str, Voided] = field(default_factory=dict)
    looked: dict[str, bool] = field(default_factory=dict)
    """By call: whether the guide who looked has found its holder."""

    def heard(self, told: ToldFact) -> None:
        """The next fact."""
        self.row = told.row
        _MEANS[told.fact.kind](self, told)

    def _help_asked(self, told: ToldFact) -> None:
        name = _word(told.fact, "help")
        window = told.fact.data.get("window")
        at_window = window if isinstance(window, int) and not isinstance(window, bool) else None
        ticket = _word(told.fact, "ticket")
        self.help[name] = HelpCall(name, told.device, _word(told.fact, "at"), at_window, ticket, told.hall_ms)

    def _help_ended(self, told: ToldFact) -> None:
        self.help.pop(_word(told.fact, "help"), None)

    def _card_left(self, told: ToldFact) -> None:
        self._is_left("card", _word(told.fact, "reader"), told)

    def _card_taken(self, told: ToldFact) -> None:
        self.left.pop(("card", told.device, _word(told.fact, "reader")), None)

    def _slip_left(self, told: ToldFact) -> None:
        self._is_left("slip", _word(told.fact, "ticket"), told)

    def _slip_taken(self, told: ToldFact) -> None:
        self.left.pop(("slip", told.device, _word(told.fact, "ticket")), None)

    def _is_left(self, what: str, name: str, told: ToldFact) -> None:
        self.left.setdefault((what, told.device, name), Left(what, told.device, name, told.hall_ms))

    def _looked_for(self, told: ToldFact) -> None:
        self.looked[_word(told.fact, "call")] = told.fact.data.get("found") is True

    def _voided(self, told: ToldFact) -> None:
        why = _word(told.fact, "reason")
        if why not in NOT_NEEDED:
            ticket = _word(told.fact, "ticket")
            self.voided[ticket] = Voided(ticket, told.device, why, told.hall_ms)


_MEANS: dict[str, Callable[[Attention, ToldFact], None]] = {
    "help-asked": Attention._help_asked,  # noqa: SLF001 - this module's own table
    "help-ended": Attention._help_ended,  # noqa: SLF001
    "card-left": Attention._card_left,  # noqa: SLF001
    "card-taken": Attention._card_taken,  # noqa: SLF001
    "slip-left": Attention._slip_left,  # noqa: SLF001
    "slip-taken": Attention._slip_taken,  # noqa: SLF001
    "looked-for": Attention._looked_for,  # noqa: SLF001
    "voided": Attention._voided,  # noqa: SLF001
}


def _word(fact: Fact, key: str) -> str:
    """A string of the fact's data; "" for a fact that has none: facts are never refused."""
    value = fact.data.get(key)
    return value if isinstance(value, str) else ""
