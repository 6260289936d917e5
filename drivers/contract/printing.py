"""Slips, and the printer that prints them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

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
