"""Slips, and the printer that prints them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from drivers.contract.driver import Driver
from drivers.contract.states import Completion

if TYPE_CHECKING:
    from drivers.deadline import Deadline


Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text; ``width`` and ``height``: 1 to 8 times the standard letter; hanzi 1 or 2."""

    text: str
    width: int = 1
    height: int = 1
    align: Align = "left"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code of this text (UTF-8); ``module`` is the side of one dark square in printer dots."""

    data: str
    module: int = 4


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty lines."""

    lines: int = 1


SlipElement = TextLine | QrCode | Feed
Slip = tuple[SlipElement, ...]


class TicketPrinter(Driver, Protocol):
    """Prints slips and says whether they really came out."""

    async def print_slip(self, slip: Slip, deadline: Deadline) -> Completion:
        """Print and cut one slip. ``confirmed`` True printed, False not printed, None doubtful.

        Raises a DeviceFault only when no byte of the slip has left; afterwards it is always a Completion.
        """


@runtime_checkable
class CountsPaper(Protocol):
    """A printer that knows its paper by counting only. It keeps nothing: its owner hands the count in and out."""

    @property
    def paper_used(self) -> int | None:
        """Of this roll, in a unit of the driver's; None where its settings name no roll."""

    def set_paper_used(self, used: int) -> None:
        """What was kept, before the first opening; 0 once somebody has put in a new roll."""


@runtime_checkable
class KnowsRoll(Protocol):
    """A printer that counts its paper and whose settings say what a full roll holds."""

    @property
    def roll(self) -> tuple[int, Literal["mm", "slips"]]:
        """A full roll, and in which unit ``paper_used`` counts it; 0 where nobody counts."""
