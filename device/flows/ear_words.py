"""How matters, tickets and waiting sound. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from config.wording import say
from device.flows.ask_citizen import Taken
from device.flows.ear_menu import Known, Listing, Matter
from device.flows.mouth import ROOM, Utterance, utter
from hall.contract import Item, Material, Place, Said, Wait

ENGLISH = "en"
MATERIALS = 6
"""More than these nobody keeps in mind; how many there are is said."""
MOST_COUNTED = 99
"""A larger number is read digit by digit, which is no amount."""


def of_hall(said: Said, language: str) -> Utterance:
    """Words of the hall's own, in this language where it has them, else in Chinese."""
    return Utterance(said.en, ENGLISH) if language == ENGLISH and said.en else Utterance(said.zh, "zh-CN")


def filled(key: str, field: str, said: Said, language: str, /, **more: object) -> tuple[Utterance, ...]:
    """A sentence with words of the hall's own in it; where it has none in this language, they come after it."""
    words = of_hall(said, language)
    if words.language == language:
        return (utter(key, language, **{field: words.text}, **more),)
    return (utter(key, language, **{field: ""}, **more), words)


def entry_at(listing: Listing, at: int, language: str) -> tuple[Utterance, ...]:
    """第 2 项，共 8 项：社保卡补办."""
    if not listing.entries:
        return (utter("nothing-here", language),)
    place = utter("entry", language, at=at + 1, count=len(listing.entries))
    name = of_hall(listing.entries[at].name, language)
    if name.language == language:
        return (Utterance(f"{place.text}{' ' if language == ENGLISH else ''}{name.text}", language),)
    return (place, name)


def entered(listing: Listing, at: int, language: str) -> tuple[Utterance, ...]:
    """The place's name, how many choices, and the one that stands."""
    if not listing.entries:
        return (of_hall(listing.name, language), utter("nothing-here", language))
    name = filled("entered", "place", listing.name, language, count=len(listing.entries))
    return (*name, *entry_at(listing, at, language))


def matter(of: Matter, known: Known, language: str) -> tuple[Utterance, ...]:
    """What it needs shortly, what waiting means, and which key takes the number."""
    said = [*filled("matter", "name", of.name, language), *_waiting(of.service, known, language)]
    if of.item is not None:
        said += _needs(of.item, language)
    return (*said, utter("take", language))


def _needs(item: Item, language: str) -> Iterator[Utterance]:
    first = [_material(each, language) for each in item.materials[:MATERIALS]]
    joined = say("voice", "between", language).join(first)
    if not first:
        yield utter("needs-nothing", language)
    elif len(item.materials) > MATERIALS:
        yield utter("needs-more", language, count=len(item.materials), materials=joined)
    else:
        yield utter("needs", language, materials=joined)
    yield from filled("fee", "fee", item.fee, language)
    yield utter("days", language, days=item.promised_days) if item.promised_days else utter("days-none", language)
    elsewhere = item.online or item.self_service
    if elsewhere is not None:
        yield from filled("online", "where", elsewhere, language)


def _material(each: Material, language: str) -> str:
    key = "original-and-copy" if each.originals and each.copies else "copy" if each.copies else "original"
    name = each.name_en if language == ENGLISH and each.name_en else each.name
    return say(ROOM, key, language, name=name, originals=each.originals, copies=each.copies)


def _waiting(service: str, known: Known, language: str) -> Iterator[Utterance]:
    wait = known.waits.get(service)
    if wait is not None:
        yield lasts(wait, language)
    elif known.waiting is not None:
        count = known.waiting.get(service, 0)
        yield _counted("waiting", count, language)


def lasts(wait: Wait, language: str) -> Utterance:
    """What waiting means now, in minutes."""
    if wait.low <= 0:
        return utter("wait-up-to", language, high=wait.high)
    return utter("wait", language, low=wait.low, high=wait.high)


def reason(keyword: str, language: str) -> str:
    """Why no number can be given, in words."""
    try:
        return say("reason", keyword, language)
    except KeyError:
        return say("reason", "unknown", language, keyword=keyword)


def ahead(count: int | None, language: str) -> Utterance:
    """Who is called before."""
    return utter("ahead-unknown", language) if count is None else _counted("ahead", count, language)


def _counted(key: str, count: int, language: str) -> Utterance:
    if not count:
        return utter(f"{key}-none", language)
    if count > MOST_COUNTED:
        return utter(f"{key}-many", language, count=MOST_COUNTED)
    return utter(key, language, count=count)


def ticket(taken: Taken, count: int | None, slip_at: str, language: str) -> tuple[Utterance, ...]:
    """A number twice, digit by digit, what it is for, where to wait, who is before it, where its slip is."""
    service = taken.ticket.service
    printed = taken.outcome in ("printed", "doubtful")
    said = [
        utter("number", language, number=taken.ticket.number),
        *filled("number-for", "service", Said(zh=service.name, en=service.name_en), language),
        ahead(count, language),
        utter(f"slip-at-{slip_at}", language) if printed else utter("keep-number", language),
    ]
    if service.place:
        said += filled("number-place", "place", Said(zh=service.place, en=service.place_en), language)
    return (*said, utter("stay", language))


def place(where: Place, language: str) -> Utterance:
    """How a ticket stands, as the hall has just told."""
    if where.state == "called" and where.window is not None:
        return utter("place-called", language, window=where.window)
    if where.state == "serving" and where.window is not None:
        return utter("place-serving", language, window=where.window)
    if where.state in ("finished", "missed", "void", "closed"):
        return utter("place-over", language)
    return ahead(where.ahead, language)
