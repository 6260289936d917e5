"""Who is next: the policy alone, without storage."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Place(Protocol):
    """A ticket's place in the hall: when it was first touched, and its id to break ties."""

    @property
    def place_ms(self) -> int:
        """First touch, ms on the hall's clock."""

    @property
    def id(self) -> str:
        """ticket_id."""


P = TypeVar("P", bound=Place)


def earliest(heads: Iterable[P]) -> P | None:
    """The first touch among the heads of several queues, ties broken by ticket id; None when nobody waits."""
    return min(heads, key=_touch, default=None)


def first(queues: Iterable[Iterable[P]], count: int) -> list[P]:
    """The first ``count`` of several queues, as ``earliest`` would take them one after the other."""
    return sorted((place for queue in queues for place in queue), key=_touch)[:count]


def _touch(place: Place) -> tuple[int, str]:
    return place.place_ms, place.id
