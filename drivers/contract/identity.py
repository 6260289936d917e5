"""Who a device says it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from drivers.deadline import Deadline


@dataclass(frozen=True, slots=True)
class Identity:
    """In the maker's own words; "" for what the device does not say."""

    maker: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""

    def or_else(self, other: Identity) -> Identity:
        """This, and from another source what this does not say."""
        return Identity(
            self.maker or other.maker,
            self.model or other.model,
            self.firmware or other.firmware,
            self.serial or other.serial,
        )

    def __bool__(self) -> bool:
        """Whether it says anything at all."""
        return bool(self.maker or self.model or self.firmware or self.serial)


@runtime_checkable
class TellsIdentity(Protocol):
    """A device that can be asked."""

    async def identity(self, deadline: Deadline) -> Identity:
        """Who it says it is. Raises Gone, Silent."""
