"""What can be chosen by ear: lists within lists, each entry a matter, another list, or something done at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from config.wording import say
from device.flows.mouth import ROOM
from hall.contract import Directory, Item, Said, Service, Wait

POPULAR = 8


class Act(StrEnum):
    """What an entry does at once; the key of its sentence too."""

    MY_NUMBER = "my-number"
    FASTER = "faster"
    SLOWER = "slower"
    LOUDER = "louder"
    SOFTER = "softer"
    CHINESE = "chinese"
    ENGLISH = "english"


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that a number is taken for; ``item`` None where the hall lists no matters, but queues alone."""

    name: Said
    service: str
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A place with entries."""

    name: Said
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One choice."""

    name: Said
    opens: Listing | Matter | Act


@dataclass(frozen=True, slots=True)
class Known:
    """What the box knows just now. ``why_not``: why no number can be given, as a keyword; None when one can."""

    hall: Said = field(default_factory=lambda: Said(zh=""))
    directory: Directory = field(default_factory=lambda: Directory(digest=""))
    services: Sequence[Service] = ()
    waits: Mapping[str, Wait] = field(default_factory=dict)
    waiting: Mapping[str, int] | None = None
    popular: Sequence[str] = ()
    why_not: str | None = None


def named(key: str) -> Said:
    """A name of our own, in both languages."""
    return Said(zh=say(ROOM, key, "zh-CN"), en=say(ROOM, key, "en"))


def home(known: Known) -> Listing:
    """Where everything begins. A list that would be empty is left out."""
    directory = known.directory
    by_code = {item.code: item for item in directory.items}
    often = [by_code[code] for code in known.popular if code in by_code] or directory.items
    lists = [
        Listing(named("popular"), _matters(often[:POPULAR])),
        Listing(named("themes"), _themes(known)),
        Listing(named("units"), _units(directory)),
    ]
    settings = Listing(named("settings"), _acts(Act.FASTER, Act.SLOWER, Act.LOUDER, Act.SOFTER))
    language = Listing(named("language"), _acts(Act.CHINESE, Act.ENGLISH))
    return Listing(
        named("home"),
        (
            *(Entry(listing.name, listing) for listing in lists if listing.entries),
            *_acts(Act.MY_NUMBER),
            Entry(settings.name, settings),
            Entry(language.name, language),
        ),
    )


def _acts(*acts: Act) -> tuple[Entry, ...]:
    return tuple(Entry(named(act), act) for act in acts)


def _matters(items: Iterable[Item]) -> tuple[Entry, ...]:
    each = ((Said(zh=item.name, en=item.name_en), item) for item in items)
    return tuple(Entry(name, Matter(name, item.service, item)) for name, item in each)


def _themes(known: Known) -> tuple[Entry, ...]:
    """By theme its matters; of a queue without any, the queue itself."""
    entries: list[Entry] = []
    for theme in dict.fromkeys(service.theme or service.name for service in known.services):
        services = [service for service in known.services if (service.theme or service.name) == theme]
        within = tuple(entry for service in services for entry in _of_service(service, known.directory.items))
        name = Said(zh=theme, en=services[0].theme_en or services[0].name_en)
        entries.append(Entry(name, Listing(name, within)))
    return tuple(entries)


def _of_service(service: Service, items: Iterable[Item]) -> tuple[Entry, ...]:
    name = Said(zh=service.name, en=service.name_en)
    return _matters(item for item in items if item.service == service.code) or (
        Entry(name, Matter(name, service.code)),
    )


def _units(directory: Directory) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for unit in directory.units:
        name = Said(zh=unit.name, en=unit.name_en)
        within = _matters(item for item in directory.items if item.unit == unit.code)
        if within:
            entries.append(Entry(name, Listing(name, within)))
    return tuple(entries)
