"""What stands at a window: display, caller, rating keypad."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from drivers.contract.driver import Driver
from drivers.contract.states import Completion, Reason, Severity

if TYPE_CHECKING:
    from drivers.deadline import Deadline


FOREIGN_TEXT = Reason("foreign-text", Severity.WARNING)
"""It shows something else than what it was sent: another program wrote to it, or it started with a text of its own."""


class WindowDisplay(Driver, Protocol):
    """Shows one text above a window."""

    async def show(self, text: str, deadline: Deadline) -> Completion:
        """Replace what is shown; an empty text makes it dark. Raises one of the four."""


@runtime_checkable
class OwnLetters(Protocol):
    """A display whose letters are few. ``ascii_only``: it is to be given ASCII alone, and refuses all else."""

    ascii_only: bool


class CallerKey(StrEnum):
    """The keys of a clerk's caller, named as on the device."""

    START = "start"
    WAIT = "wait"
    CALL = "call"
    RECALL = "recall"
    CANCEL = "cancel"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class KeyPress:
    """One key of a caller with the digits typed before it."""

    key: CallerKey
    digits: str = ""


class Caller(Driver, Protocol):
    """A clerk's keypad with a small number display."""

    async def next_press(self) -> KeyPress:
        """The next press; waits for ever. Raises Gone."""

    async def tell(self, success: bool, deadline: Deadline) -> bool:
        """Show the clerk that the last press worked, or not. False: it has nothing to show it with."""

    async def show_number(self, digits: str, waiting: int, deadline: Deadline) -> bool:
        """Show the called number and how many wait. False: it has nothing to show it with."""


@dataclass(frozen=True, slots=True)
class GradePress:
    """One press on a rating keypad: the raw grade as the wire has it, and the GB/T 39735 level it stands for."""

    grade: int
    word: str = ""


class RatingKeypad(Driver, Protocol):
    """The citizen's keypad."""

    async def next_press(self) -> GradePress:
        """The next press; waits for ever. Raises Gone.

        A pad may repeat a press until it is acknowledged: repeats of one press are given once.
        """

    async def acknowledge(self, press: GradePress, deadline: Deadline) -> None:
        """Tell the pad that its press was taken. Called once the press is journaled: an acknowledged rating is kept.

        Does nothing on a pad that hears nobody.
        """

    async def light(self, lit: bool, deadline: Deadline) -> bool:
        """Invite a rating, or go dark. False: it has no light, and the invitation stands on the clerk's page alone."""
