"""What citizens may look up, from the catalogue: the contract's Directory, with what a search by key needs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from config.catalogue import Catalogue as Written
from config.catalogue import ItemEntry
from hall.contract import Counter, Directory, Item
from hall.letters import Letters, letters_of


def directory_of(written: Written, letters_file: Path | None = None) -> Directory:
    """The whole of it, and its digest. ``letters_file``: see hall.letters."""
    letters = letters_of((name for item in written.item for name in (item.name, *item.also_called)), letters_file)
    told = {
        "units": [unit.model_dump() for unit in written.unit],
        "items": [msgspec.to_builtins(_item(item, letters)) for item in written.item],
        "events": [event.model_dump() for event in written.event],
        "hours": [hours.model_dump() for hours in written.hours],
        "phones": [phone.model_dump() for phone in written.phone],
        "windows": [Counter(**window.model_dump(exclude={"post"})) for window in written.window],
        "floors": [floor.model_dump() for floor in written.floor],
        "spots": [spot.model_dump() for spot in written.spot],
        "ways": [way.model_dump() for way in written.way],
    }
    digest = hashlib.sha256(msgspec.json.encode(told, order="deterministic")).hexdigest()[:16]
    return msgspec.convert({**told, "digest": digest}, Directory, from_attributes=True)


def _item(entry: ItemEntry, letters: Mapping[str, Letters]) -> Item:
    names = [letters[name] for name in (entry.name, *entry.also_called)]
    searched = {"initials": [each.initials for each in names], "strokes": [each.strokes for each in names]}
    return msgspec.convert({**entry.model_dump(), **searched}, Item)
