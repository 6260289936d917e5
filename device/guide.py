"""All that the entrance screen and the query page say of matters, windows and the house, in every language.

Made from the hall's Directory here, once for each new one, so that no page puts a sentence about a matter together by
itself. GET /guide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, get_args

from config.catalogue import SpotEntry
from device.directions import name_of, walking
from device.item_sheet import fingerprint, sheet_of, windows_for
from device.said import Both, in_both
from hall.contract import Counter, Directory, Floor, Item, Service, Spot

Json = dict[str, Any]

VERSION_LETTERS = 8
"""Of a digest, as people read it on a notice."""


class Guide:
    """What GET /guide gives, made anew only when the hall's directory or its services are others."""

    def __init__(self) -> None:
        self._of: tuple[Directory, Sequence[Service]] | None = None
        self._made: Json = {}

    def of(self, directory: Directory, services: Sequence[Service]) -> Json:
        """The guide of this directory."""
        if self._of is None or self._of[0] is not directory or self._of[1] != services:
            self._of, self._made = (directory, services), _made(directory, services)
        return self._made


def version_of(directory: Directory) -> str:
    """Which text of the directory this is, as people read it."""
    return directory.digest[:VERSION_LETTERS]


def _made(directory: Directory, services: Sequence[Service]) -> Json:
    by_code = {service.code: service for service in services}
    levels = {floor.level: floor for floor in directory.floors}
    spots = {spot.window: spot for spot in directory.spots if spot.window}
    return {
        "digest": directory.digest,
        "version": version_of(directory),
        "units": [{"code": unit.code, "name": in_both(unit.name, unit.name_en)} for unit in directory.units],
        "items": [_item(item, directory, by_code) for item in directory.items],
        "events": [
            {"code": event.code, "name": in_both(event.name, event.name_en), "items": event.items}
            for event in directory.events
        ],
        "phones": [
            {"kind": phone.kind, "name": in_both(phone.name, phone.name_en), "number": phone.number}
            for phone in directory.phones
        ],
        "windows": [
            _window(window, spots.get(window.number), levels, by_code)
            for window in sorted(directory.windows, key=lambda window: window.number)
        ],
        "plan": _plan(directory),
    }


def _item(item: Item, directory: Directory, services: dict[str, Service]) -> Json:
    service = services.get(item.service)
    rows = sheet_of(item, directory)
    return {
        "code": item.code,
        "name": in_both(item.name, item.name_en),
        "unit": item.unit,
        "unit_name": _unit(item, directory),
        "theme": in_both(service.theme or service.name, service.theme_en or service.name_en) if service else None,
        "audience": item.audience,
        "called": [item.name, item.name_en, *item.also_called],
        "initials": item.initials,
        "service": item.service,
        "windows": [window.number for window in windows_for(item, directory)],
        "rows": [asdict(row) for row in rows],
        "hash": fingerprint(rows),
        "elsewhere": [in_both(place.zh, place.en) for place in (item.online, item.self_service) if place],
    }


def _unit(item: Item, directory: Directory) -> Both | None:
    return next((in_both(unit.name, unit.name_en) for unit in directory.units if unit.code == item.unit), None)


def _window(window: Counter, spot: Spot | None, levels: dict[int, Floor], services: dict[str, Service]) -> Json:
    floor = levels.get(spot.level) if spot else None
    named = [services[code] for code in window.services if code in services]
    return {
        "number": window.number,
        "name": in_both(window.name, window.name_en),
        "services": [in_both(service.name, service.name_en) for service in named],
        "phone": window.phone,
        "floor": in_both(floor.name, floor.name_en) if floor else None,
        "place": _place(window, floor, named),
        "on_plan": spot is not None,
    }


def _place(window: Counter, floor: Floor | None, services: Sequence[Service]) -> Both | None:
    """Floor, or what its services say of their place."""
    if floor is not None:
        return in_both(floor.name, floor.name_en)
    said = next((service for service in services if service.place), None)
    return in_both(said.place, said.place_en) if said else in_both(window.zone) if window.zone else None


def _plan(directory: Directory) -> Json:
    return {
        "floors": [
            {"level": f.level, "name": in_both(f.name, f.name_en), "width": f.width, "depth": f.depth}
            for f in sorted(directory.floors, key=lambda floor: floor.level)
        ],
        "spots": [
            {
                "code": spot.code,
                "level": spot.level,
                "x": spot.x,
                "y": spot.y,
                "kind": spot.kind,
                "window": spot.window,
                "name": name_of(spot) if spot.kind != "corner" or spot.name else None,
            }
            for spot in directory.spots
        ],
        "ways": [{"ends": way.ends, "steps": way.steps} for way in directory.ways],
        "kinds": {kind: walking(f"kind-{kind}") for kind in get_args(SpotEntry.model_fields["kind"].annotation)},
    }
