"""What a ticket's holder came for, as they touched it at the kiosk: it stands in the ticket's *requested*."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from hall.contract import Fact
from hall.store import journals
from hall.store.writer import Tx


def item_of(tx: Tx, ticket: str) -> str | UnsetType:
    """Code of the item; not there for a ticket that was taken for its service, or not at a kiosk."""
    device, _, rest = ticket.partition("/")
    name, _, seq = rest.partition("/")
    journal = journals.find(tx, device, name)
    if journal is None or not seq.isdecimal():
        return UNSET
    stored = journals.requested(tx, journal.id, int(seq))
    item = msgspec.json.decode(stored[1], type=Fact).data.get("item") if stored else None
    return item if isinstance(item, str) and item else UNSET
