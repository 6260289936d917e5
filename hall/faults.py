"""What does not work, as citizens need to know it: keywords of the wording room *board*, and where. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from hall.catalogue import Catalogue
from hall.contract import Fault, Said
from hall.store.devices import Device

PRINTER = "ticket_printer"
"""The family of devices that a kiosk's slips come from."""

NO_SLIP = frozenset(
    {"media-empty", "cover-open", "cutter-jam", "head-over-temp", "hardware-failure", "offline", "link-lost"}
)
"""With one of these a kiosk gives numbers on its screen alone; with others it gives none."""


def faults(
    catalogue: Catalogue, devices: Iterable[Device], gone: Collection[str], silent: Iterable[str]
) -> list[Fault]:
    """``gone``: boxes that were here and are not heard any more; ``silent``: zones that nobody calls for."""
    printers: dict[str, list[Device]] = {}
    for device in devices:
        if device.family == PRINTER:
            printers.setdefault(device.box, []).append(device)
    kiosks = [name for name, box in catalogue.boxes.items() if box.digit]
    told = [(kiosk, _kiosk(printers.get(kiosk, []), heard=kiosk not in gone)) for kiosk in kiosks]
    return [
        *(Fault(what=what, where=_spot(catalogue, kiosk)) for kiosk, what in told if what),
        *(Fault(what="voice-silent", where=_zone(catalogue, zone)) for zone in silent),
    ]


def _kiosk(printers: list[Device], *, heard: bool) -> str:
    """What is wrong with a kiosk; "" for nothing. With two printers it goes on with the other."""
    if not heard:
        return "kiosk-closed"
    if not printers or any(printer.phase != "stopped" for printer in printers):
        return ""
    slipless = any(NO_SLIP & {*printer.reasons.split(",")} for printer in printers)
    return "kiosk-no-paper" if slipless else "kiosk-closed"


def _spot(catalogue: Catalogue, box: str) -> Said | None:
    """Where a box stands, as far as the plan of the hall knows."""
    spots = catalogue.directory.spots
    return next((Said(zh=spot.name, en=spot.name_en) for spot in spots if box in spot.here and spot.name), None)


def _zone(catalogue: Catalogue, zone: str) -> Said | None:
    """Where a zone is: at the place of what is done there."""
    for number in sorted(catalogue.zones.get(zone, ())):
        for code in catalogue.windows[number].services:
            if code in catalogue.services and (service := catalogue.services[code]).place:
                return Said(zh=service.place, en=service.place_en)
    return None
