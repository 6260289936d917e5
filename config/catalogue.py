"""What a hall does, where and when: the catalogue beside the hall's settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field

from config.loader import Loaded, Section
from config.problem import Problem

CODE = r"^[a-z0-9][a-z0-9-]{0,31}$"
CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class ServiceEntry(Section):
    """One queue. ``letter`` decorates its numbers; digits alone name a ticket."""

    code: str = Field(pattern=r"^[0-9]{1,2}$")
    name: str
    name_en: str
    theme: str = ""
    theme_en: str = ""
    letter: str = Field(default="", max_length=1)
    place: str = ""
    place_en: str = ""


class WindowEntry(Section):
    """One counter and the services it takes, by code. ``zone``: where its calls are heard; "" in front of it alone."""

    number: int = Field(ge=1, le=999)
    name: str
    name_en: str
    services: list[str]
    post: str = ""
    zone: str = ""
    phone: str = ""


class UnitEntry(Section):
    """An office that does its matters here (进驻单位)."""

    code: str = Field(pattern=CODE)
    name: str
    name_en: str
    phone: str = ""


class Text(Section):
    """A sentence in both languages; English falls back to Chinese."""

    zh: str
    en: str = ""


class Material(Section):
    """What has to be brought for a matter."""

    name: str
    name_en: str = ""
    originals: int = Field(default=1, ge=0, le=99)
    copies: int = Field(default=0, ge=0, le=99)


class ItemEntry(Section):
    """A matter people come for (事项): it stands in a queue, ``service``. The guide's nine fields (R41) are here.

    ``online``, ``self_service``: where else it can be done, told before a number is spent (R23); nowhere when empty.
    """

    code: str = Field(pattern=CODE)
    name: str
    name_en: str = ""
    service: str
    unit: str
    audience: Literal["person", "company", "both"] = "both"
    basis: Text
    materials: list[Material] = []
    steps: list[Text]
    statutory_days: int = Field(default=0, ge=0, le=999)
    promised_days: int = Field(ge=0, le=999)
    """Working days; 0 is done at once (即办)."""
    fee: Text
    online: Text | None = None
    self_service: Text | None = None
    also_called: list[str] = []
    """Everyday names that people search it by."""


class EventEntry(Section):
    """A life event (一件事) and the matters that belong to it. ``picture``: a file of screens/static/pictures."""

    code: str = Field(pattern=CODE)
    name: str
    name_en: str
    picture: str = Field(default="", pattern=r"^[a-z0-9-]*$")
    items: list[str]


class HoursEntry(Section):
    """When the hall is open on these weekdays, 1 Monday … 7 Sunday. ``begins``, ``ends``: month and day of a season."""

    weekdays: list[int] = Field(min_length=1)
    opens: str = Field(pattern=CLOCK)
    closes: str = Field(pattern=CLOCK)
    begins: str = Field(default="01-01", pattern=r"^[01][0-9]-[0-3][0-9]$")
    ends: str = Field(default="12-31", pattern=r"^[01][0-9]-[0-3][0-9]$")


class PhoneEntry(Section):
    """A number to be shown. ``kind``: one is the complaint line."""

    kind: Literal["information", "complaint", "hotline"]
    name: str
    name_en: str
    number: str


class FloorEntry(Section):
    """One floor's plan, ``width`` × ``depth`` metres from its north-west corner. ``level``: 1 is the ground."""

    level: int = Field(ge=-9, le=99)
    name: str
    name_en: str
    width: float = Field(gt=0, le=1000)
    depth: float = Field(gt=0, le=1000)


class SpotEntry(Section):
    """A point of a plan in metres: what stands there, or a corner that ways meet at.

    ``window``: the counter that stands there; ``zone``: the name of the area for a ``zone``'s label.
    """

    code: str = Field(pattern=CODE)
    level: int
    x: float = Field(ge=0)
    y: float = Field(ge=0)
    kind: Literal[
        "corner", "entrance", "window", "kiosk", "guide-desk", "waiting", "lift", "stairs", "ramp", "toilet",
        "accessible-toilet", "self-service", "form-desk", "water", "copying", "parcel", "exit", "zone",
    ]  # fmt: skip
    window: int = 0
    name: str = ""
    name_en: str = ""
    here: list[str] = []
    """Boxes that stand at this spot: 您在这里."""


class WayEntry(Section):
    """Two spots that one can walk between. ``steps``: stairs or a threshold are on it; ``metres`` between floors."""

    ends: tuple[str, str]
    steps: bool = False
    metres: float = Field(default=0, ge=0)


class Catalogue(Section):
    """What the hall does and where."""

    service: list[ServiceEntry]
    window: list[WindowEntry]
    unit: list[UnitEntry] = []
    item: list[ItemEntry] = []
    event: list[EventEntry] = []
    hours: list[HoursEntry] = []
    phone: list[PhoneEntry] = []
    floor: list[FloorEntry] = []
    spot: list[SpotEntry] = []
    way: list[WayEntry] = []


def problems_of(catalogue: Loaded[Catalogue]) -> list[Problem]:
    """All that does not fit within the catalogue."""
    return [
        *_codes(catalogue),
        *_windows(catalogue),
        *_twice(catalogue),
        *_items(catalogue),
        *_hours(catalogue),
        *_map(catalogue),
    ]


def _codes(catalogue: Loaded[Catalogue]) -> Iterable[Problem]:
    services = catalogue.values.service
    for index, service in enumerate(services):
        at = ("service", index, "code")
        if len(service.code) != len(services[0].code):
            remedy = "use one digit for all, or two for all: else two tickets could share their digits"
            yield catalogue.problem(at, f"code {service.code} has another length than {services[0].code}", remedy)
        if service.code in [other.code for other in services[:index]]:
            yield catalogue.problem(at, f"a second service with code {service.code}", "give each its own")


def _windows(catalogue: Loaded[Catalogue]) -> Iterable[Problem]:
    codes = {service.code for service in catalogue.values.service}
    numbers: set[int] = set()
    for index, window in enumerate(catalogue.values.window):
        for code in window.services:
            if code not in codes:
                known = ", ".join(sorted(codes))
                yield catalogue.problem(("window", index, "services"), f"no service {code}", f"name some of: {known}")
        if window.number in numbers:
            yield catalogue.problem(
                ("window", index, "number"), f"a second window {window.number}", "give each its own"
            )
        numbers.add(window.number)


def _twice(catalogue: Loaded[Catalogue]) -> Iterable[Problem]:
    values = catalogue.values
    tables: list[tuple[str, Sequence[UnitEntry | ItemEntry | EventEntry | SpotEntry]]] = [
        ("unit", values.unit),
        ("item", values.item),
        ("event", values.event),
        ("spot", values.spot),
    ]
    for table, entries in tables:
        codes = [entry.code for entry in entries]
        for index, code in enumerate(codes):
            if code in codes[:index]:
                yield catalogue.problem((table, index, "code"), f"a second {table} {code}", "give each its own code")


def _items(catalogue: Loaded[Catalogue]) -> Iterable[Problem]:
    values = catalogue.values
    services = {service.code for service in values.service}
    units = {unit.code for unit in values.unit}
    items = {item.code for item in values.item}
    for index, item in enumerate(values.item):
        if item.service not in services:
            known = ", ".join(sorted(services))
            yield catalogue.problem(("item", index, "service"), f"no service {item.service}", f"name one of: {known}")
        if item.unit not in units:
            known = ", ".join(sorted(units)) or "none"
            yield catalogue.problem(("item", index, "unit"), f"no unit {item.unit}", f"name one of: {known}")
        for field in ("basis", "fee"):
            if not getattr(item, field).zh.strip():
                remedy = "write it out; 不收费 where nothing is paid"
                yield catalogue.problem(("item", index, field), f"{field} of {item.code} is empty", remedy)
        if not item.steps:
            yield catalogue.problem(("item", index, "steps"), f"{item.code} has no steps", "say how it goes")
    for index, event in enumerate(values.event):
        for code in event.items:
            if code not in items:
                yield catalogue.problem(("event", index, "items"), f"no item {code}", "name items of this catalogue")


def _hours(catalogue: Loaded[Catalogue]) -> Iterable[Problem]:
    for index, hours in enumerate(catalogue.values.hours):
        if not set(hours.weekdays) <= set(range(1, 8)):
            yield catalogue.problem(("hours", index, "weekdays"), "a weekday is 1 to 7", "1 is Monday, 7 Sunday")
        if hours.opens >= hours.closes:
            what = f"opens {hours.opens}, closes {hours.closes}"
            yield catalogue.problem(("hours", index, "closes"), what, "close after opening")


def _map(catalogue: Loaded[Catalogue]) -> Iterable[Problem]:
    values = catalogue.values
    floors = {floor.level: floor for floor in values.floor}
    windows = {window.number for window in values.window}
    spots = {spot.code for spot in values.spot}
    for index, spot in enumerate(values.spot):
        floor = floors.get(spot.level)
        if floor is None:
            yield catalogue.problem(("spot", index, "level"), f"no floor {spot.level}", "add a [[floor]]")
        elif spot.x > floor.width or spot.y > floor.depth:
            what = f"{spot.code} lies outside of its floor, {floor.width:g} × {floor.depth:g} m"
            yield catalogue.problem(("spot", index, "x"), what, "measure from the north-west corner")
        if (spot.kind == "window") != bool(spot.window) or (spot.window and spot.window not in windows):
            what = f"{spot.code} is no window of the catalogue"
            yield catalogue.problem(("spot", index, "window"), what, "give the number of a [[window]]")
    for index, way in enumerate(values.way):
        for code in way.ends:
            if code not in spots:
                yield catalogue.problem(("way", index, "ends"), f"no spot {code}", "name two spots")
