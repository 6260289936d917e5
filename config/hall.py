"""Settings of the hall server; the catalogue of services stands beside them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import Field

from config.catalogue import Catalogue, problems_of
from config.floor_plan import plan_problems
from config.loader import Loaded, Section, load
from config.problem import Problem, SettingsError

HALL = "hall"
"""Device of the facts that the hall tells itself: no box has this name."""


class Hall(Section):
    """The server itself. ``data`` holds its database; ``catalogue`` the services and windows.

    ``backups``: where copies of the database go, a folder ``backups`` beside ``data`` when left out; another disk is
    better. ``mark``: the file that says how far the database had come, beside ``data`` when left out; never within.
    ``cases``: the file in which the case platform says how far cases are: CSV, or JSON lines when named ``*.jsonl``.
    ``cases_key``: the file of the key that its hashes are made with, where it has hashes.
    ``settings_key``: the file of the key that settings for boxes are signed with (yichuang ca settings-key).
    """

    name: str
    name_en: str
    mode: Literal["live", "demo", "drill"] = "live"
    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)
    data: Path
    backups: Path | None = None
    mark: Path | None = None
    catalogue: Path
    cases: Path | None = None
    cases_key: Path | None = None
    settings_key: Path | None = None
    ca: Path
    certificate: Path
    key: Path
    ca_key: Path | None = None
    """The CA's own key, where it lives beside the hall: boxes are enrolled and renewed here. Left out: `yichuang ca
    sign` on the CA's machine."""


class BoxEntry(Section):
    """An enrolled box: the common name of its certificate. ``digit`` 1–9 marks numbers from a kiosk's own band.

    ``zone``: whose windows it may call for with its speaker. Of several boxes one does, the others stand by.
    ``board``: the zones whose calls its hall board shows, "*" for every window of the hall.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
    digit: int = Field(default=0, ge=0, le=9)
    windows: list[int] = []
    zone: str = ""
    board: list[str] = []


class ClerkEntry(Section):
    """Someone who may open a window. ``pin`` is the line that `yichuang pin` prints; ``unit`` a [[unit]]'s code."""

    name: str
    staff_no: str
    pin: str = Field(pattern=r"^scrypt:[0-9a-f]{32}:[0-9a-f]{64}$")
    unit: str = ""


class GuideEntry(Section):
    """Someone who may use the guide's page (导办). ``pin`` is the line that `yichuang pin` prints.

    ``technician``: may enrol boxes and take them back as well, at /enrolment.
    """

    name: str
    staff_no: str
    pin: str = Field(pattern=r"^scrypt:[0-9a-f]{32}:[0-9a-f]{64}$")
    technician: bool = False


class HallSettings(Section):
    """A whole hall server."""

    hall: Hall
    box: list[BoxEntry] = []
    clerk: list[ClerkEntry] = []
    guide: list[GuideEntry] = []


def load_hall(file: Path) -> tuple[Loaded[HallSettings], Loaded[Catalogue]]:
    """Read a hall's settings and its catalogue. Raises SettingsError naming everything wrong in either."""
    settings = load(file, HallSettings)
    catalogue = load(settings.beside(settings.values.hall.catalogue), Catalogue)
    problems = [*problems_of(catalogue), *plan_problems(catalogue), *_people(settings)]
    for look in (_boxes, _zones, _clerks):
        problems += look(settings, catalogue)
    if problems:
        raise SettingsError(problems)
    return settings, catalogue


def _boxes(settings: Loaded[HallSettings], catalogue: Loaded[Catalogue]) -> Iterable[Problem]:
    numbers = {window.number for window in catalogue.values.window}
    names: set[str] = set()
    digits: dict[int, str] = {}
    owners: dict[int, str] = {}
    for index, box in enumerate(settings.values.box):
        if box.name == HALL:
            yield settings.problem(("box", index, "name"), f"{HALL} is the hall's own name", "give the box another")
        if box.name in names:
            yield settings.problem(("box", index, "name"), f"a second box {box.name}", "give each its own name")
        names.add(box.name)
        if box.digit and box.digit in digits:
            what = f"{box.name} and {digits[box.digit]} share the digit {box.digit}"
            yield settings.problem(("box", index, "digit"), what, "give each kiosk its own: else numbers collide")
        digits[box.digit] = box.name
        for number in box.windows:
            if number not in numbers:
                yield settings.problem(("box", index, "windows"), f"no window {number}", "add it to the catalogue")
            if number in owners:
                what = f"window {number} is already of {owners[number]}"
                yield settings.problem(("box", index, "windows"), what, "one box a window")
            owners[number] = box.name


def _people(settings: Loaded[HallSettings]) -> Iterable[Problem]:
    """Two guides of one name would share a PIN's tries, and the second one never came in."""
    names: set[str] = set()
    for index, guide in enumerate(settings.values.guide):
        if guide.name in names:
            yield settings.problem(("guide", index, "name"), f"a second guide {guide.name}", "give each its own name")
        names.add(guide.name)


def _zones(settings: Loaded[HallSettings], catalogue: Loaded[Catalogue]) -> Iterable[Problem]:
    """A zone that nobody calls for would be silent all day."""
    called = {box.zone for box in settings.values.box}
    known = {window.zone for window in catalogue.values.window}
    for index, window in enumerate(catalogue.values.window):
        if window.zone and window.zone not in called:
            what, remedy = f"nobody calls for zone {window.zone}", "give zone to a [[box]] with a speaker, or remove it"
            yield catalogue.problem(("window", index, "zone"), what, remedy)
    for index, box in enumerate(settings.values.box):
        for zone in box.board:
            if zone not in {*known, "*"} - {""}:
                remedy = 'name zones of the catalogue, or "*" for every window'
                yield settings.problem(("box", index, "board"), f"no window in zone {zone}", remedy)
        if box.zone and box.zone not in known:
            what, remedy = f"no window in zone {box.zone}", "give zone to a [[window]] of the catalogue, or remove it"
            yield settings.problem(("box", index, "zone"), what, remedy)


def _clerks(settings: Loaded[HallSettings], catalogue: Loaded[Catalogue]) -> Iterable[Problem]:
    """A name-plate names a unit that everybody can look up."""
    units = {unit.code for unit in catalogue.values.unit}
    for index, clerk in enumerate(settings.values.clerk):
        if clerk.unit and clerk.unit not in units:
            known = ", ".join(sorted(units)) or "none"
            yield settings.problem(("clerk", index, "unit"), f"no unit {clerk.unit}", f"name one of: {known}")
