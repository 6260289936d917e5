"""What citizens may look up: matters, offices, life events, hours, telephone numbers, and the plan of the hall.

GET /device/directory gives a Directory. Its digest stands in every welcome, so that a box asks only for a new one.
"""

from __future__ import annotations

from typing import Literal

from hall.contract.words import Struct


class Said(Struct, frozen=True, kw_only=True):
    """A sentence of the hall's own; ``en`` is "" where it has only Chinese."""

    zh: str
    en: str = ""


class Unit(Struct, frozen=True, kw_only=True):
    """An office that does its matters here (进驻单位)."""

    code: str
    name: str
    name_en: str
    phone: str = ""


class Material(Struct, frozen=True, kw_only=True):
    """What has to be brought, and how many of it."""

    name: str
    name_en: str = ""
    originals: int = 1
    copies: int = 0


class Item(Struct, frozen=True, kw_only=True):
    """A matter (事项). ``service``: the queue it stands in.

    ``initials``: of each of its names, the pinyin initials; ``strokes``: of each character of its names, its strokes as
    1 to 5 for 一丨丿丶乛 ("" for a character whose strokes are not known here).
    """

    code: str
    name: str
    name_en: str = ""
    service: str
    unit: str
    audience: Literal["person", "company", "both"] = "both"
    basis: Said
    materials: list[Material] = []
    steps: list[Said]
    statutory_days: int = 0
    promised_days: int
    fee: Said
    online: Said | None = None
    self_service: Said | None = None
    also_called: list[str] = []
    initials: list[str] = []
    strokes: list[list[str]] = []


class LifeEvent(Struct, frozen=True, kw_only=True):
    """A life event (一件事): the matters that belong to it, by code. ``picture``: a file of static/pictures, or ""."""

    code: str
    name: str
    name_en: str
    picture: str = ""
    items: list[str]


class Hours(Struct, frozen=True, kw_only=True):
    """Open on these weekdays (1 Monday … 7 Sunday) between these days of the year, "MM-DD", both included."""

    weekdays: list[int]
    opens: str
    closes: str
    begins: str = "01-01"
    ends: str = "12-31"


class Phone(Struct, frozen=True, kw_only=True):
    """A telephone number to be shown."""

    kind: Literal["information", "complaint", "hotline"]
    name: str
    name_en: str
    number: str


class Floor(Struct, frozen=True, kw_only=True):
    """One floor, in metres, the origin at the north-west corner."""

    level: int
    name: str
    name_en: str
    width: float
    depth: float


class Spot(Struct, frozen=True, kw_only=True):
    """A point of a floor in metres. ``kind`` as config.catalogue.SpotEntry has it; ``here``: the boxes at it."""

    code: str
    level: int
    x: float
    y: float
    kind: str
    window: int = 0
    name: str = ""
    name_en: str = ""
    here: list[str] = []


class Way(Struct, frozen=True, kw_only=True):
    """Two spots that one can walk between. ``steps``: stairs or a threshold are on it."""

    ends: tuple[str, str]
    steps: bool = False
    metres: float = 0


class Counter(Struct, frozen=True, kw_only=True):
    """A window as everybody may see it."""

    number: int
    name: str
    name_en: str
    services: list[str]
    zone: str = ""
    phone: str = ""


class Directory(Struct, frozen=True, kw_only=True):
    """All of it. ``digest``: of the rest."""

    digest: str
    units: list[Unit] = []
    items: list[Item] = []
    events: list[LifeEvent] = []
    hours: list[Hours] = []
    phones: list[Phone] = []
    windows: list[Counter] = []
    floors: list[Floor] = []
    spots: list[Spot] = []
    ways: list[Way] = []
