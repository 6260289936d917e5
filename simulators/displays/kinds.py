"""What every kind of display card has in common with the line it hangs on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, TypeVar, runtime_checkable

from PIL import Image

from simulators.displays import KINDS
from simulators.displays.dots import Panel
from simulators.line import SharedWire


@dataclass(frozen=True, slots=True)
class Reply:
    """What a card does with a frame: what it says, whether it was given something to show, whether that came broken."""

    answer: bytes = b""
    wrote: bool = False
    garbled: bool = False


class Sized(Protocol):
    """A frame; ``size``: its bytes on the wire."""

    @property
    def size(self) -> int:
        """Bytes on the wire."""


F = TypeVar("F", bound=Sized)
F_co = TypeVar("F_co", bound=Sized, covariant=True)
F_contra = TypeVar("F_contra", bound=Sized, contravariant=True)


class Reader(Protocol[F_co]):
    """Finds frames in what passes on the line."""

    def feed(self, byte: int, at: float) -> F_co | None:
        """Take one byte, whose stop bit had passed ``at`` (monotonic seconds)."""


class Display(Protocol[F_contra]):
    """One card and its panel."""

    @property
    def seen(self) -> tuple[object, ...]:
        """What is lit, to be compared with before; empty when the panel is dark."""

    @property
    def text(self) -> str:
        """What people read."""

    @property
    def fits(self) -> bool:
        """Whether all of it is to be seen at once."""

    def meant(self, frame: F_contra) -> bool:
        """Whether this frame is for this card."""

    def obey(self, frame: F_contra, at: float, *, alone: bool, spoil: bool) -> Reply:
        """Do what it asks. ``alone`` on its line; ``spoil``: answer with a wrong sum."""

    def draw(self) -> Image.Image:
        """Which dots are lit in which colour: mode "P", 0 dark."""

    def advance(self, seconds: float) -> None:
        """Let the card's own clock run ahead."""

    def close(self) -> None:
        """Stop its clock."""


@runtime_checkable
class Overwritten(Protocol):
    """A card that can be made to show what its box did not send."""

    def overwrite(self, text: str) -> None:
        """Another program shows this."""


class Kind(Protocol[F]):
    """One protocol's cards."""

    def reader(self, line: SharedWire) -> Reader[F]:
        """The ear of a whole line: every card hears the same."""

    def display(self, address: int, panel: Panel, changed: Callable[[], None]) -> Display[F]:
        """A card. ``changed`` is told when what is seen has become another by itself."""


def kind_named(name: str, **options: Any) -> Kind[Any]:
    """One of KINDS, with its own options. Raises ValueError for another."""
    if name not in KINDS:
        raise ValueError(f"the kinds are {', '.join(KINDS)}, not {name}")
    module, _, cls = KINDS[name].partition(":")
    made: Kind[Any] = getattr(import_module(module), cls)(**options)
    return made
