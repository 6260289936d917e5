"""What a citizen is told of a matter: the nine fields of the one-time notice (一次性告知单), in R41's order. Pure.

Every page and paper says these rows and no others, so that screen, web and paper cannot differ (R203).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from device.said import Both, in_both, said
from hall.contract import Counter, Directory, Item, Material, Said

words = partial(said, "item_guide")
"""A sentence of the guide in every language."""

FIELDS = (
    "item",
    "office",
    "basis",
    "materials",
    "procedure",
    "time_limit",
    "fee",
    "window_phone",
    "complaint_phone",
)
"""R41: 事项名称、办理主体、办理依据、提交材料、办理流程、承诺时限、收费依据和标准、窗口电话、投诉电话."""

SHORT = ("item", "procedure", "time_limit", "fee")
"""R207: what a public column says of each matter at least."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field. ``lines``: one or more, each in every language; numbered where ``numbered``."""

    key: str
    label: Both
    lines: tuple[Both, ...]
    numbered: bool = False


def sheet_of(item: Item, directory: Directory) -> tuple[Row, ...]:
    """The nine rows of this matter, none of them empty."""
    lines: Mapping[str, Sequence[Both]] = {
        "item": [in_both(item.name, item.name_en)],
        "office": [_office(item, directory)],
        "basis": [_told(item.basis)],
        "materials": [_material(material) for material in item.materials] or [words("no-materials")],
        "procedure": [_told(step) for step in item.steps] or [words("ask")],
        "time_limit": list(_limits(item)),
        "fee": [_told(item.fee)],
        "window_phone": _window_phones(item, directory) or [words("ask")],
        "complaint_phone": _phones(directory, "complaint") or [words("ask")],
    }
    numbered = {"materials": len(item.materials) > 1, "procedure": len(item.steps) > 1}
    return tuple(Row(key, words(key), tuple(lines[key]), numbered.get(key, False)) for key in FIELDS)


def fingerprint(rows: Iterable[Row]) -> str:
    """SHA-256 of what the rows say."""
    return hashlib.sha256(msgspec.json.encode(list(rows), order="deterministic")).hexdigest()


def windows_for(item: Item, directory: Directory) -> list[Counter]:
    """The windows that serve it."""
    return [window for window in directory.windows if item.service in window.services]


def _told(text: Said) -> Both:
    return in_both(text.zh, text.en)


def _office(item: Item, directory: Directory) -> Both:
    unit = next((unit for unit in directory.units if unit.code == item.unit), None)
    return in_both(unit.name, unit.name_en) if unit else words("ask")


def _material(material: Material) -> Both:
    name = in_both(material.name, material.name_en)
    key = "material" + "-originals" * bool(material.originals) + "-copies" * bool(material.copies)
    return words(key, name=name, originals=material.originals, copies=material.copies)


def _limits(item: Item) -> Iterable[Both]:
    yield words("promised", days=item.promised_days) if item.promised_days else words("at-once")
    if item.statutory_days:
        yield words("statutory", days=item.statutory_days)


def _window_phones(item: Item, directory: Directory) -> list[Both]:
    own = [window for window in windows_for(item, directory) if window.phone]
    if own:
        return [words("phone-of-window", window=window.number, phone=window.phone) for window in own]
    unit = next((unit for unit in directory.units if unit.code == item.unit), None)
    if unit and unit.phone:
        return [words("phone-of", name=in_both(unit.name, unit.name_en), phone=unit.phone)]
    return _phones(directory, "information")


def _phones(directory: Directory, kind: str) -> list[Both]:
    return [
        words("phone-of", name=in_both(phone.name, phone.name_en), phone=phone.number)
        for phone in directory.phones
        if phone.kind == kind
    ]
