"""The social-security card: which records are asked for, and what they mean (smartcards.md §1). Pure.

A record is believed by its tag. EF05 is asked by record number (number and tag are the same there) or, where a card
does not take that, by identifier; EF06 by identifier, because its numbers shifted by one between 1.00 and 2.00. The
last resort of both is to walk the records by number and to take each by its tag. What the card gives only to a
security module (SAM) or after a PIN is told as locked: nothing is authenticated and no PIN is ever tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from drivers import gb18030
from drivers.contract import CardField, Garbled, NotRead, Personal, SocialSecurityCard
from drivers.smart_card.apdu import OK, READ_RECORD, RECORD_ABSENT, SELECT, Command, Exchange, transact

NAME = bytes.fromhex("73 78 31 2E 73 68 2E C9 E7 BB E1 B1 A3 D5 CF")
"""``sx1.sh.社会保障`` in GBK."""
SELECT_APPLICATION = Command(SELECT, 0x04, 0x00, NAME)
SELECT_FORMS = (0x02, 0x00)
"""P1 that selects a file under the application: 02, in some cards' software 00."""

LOCKED = {0x6982, 0x6983, 0x6985}
"""Security status not satisfied, authentication blocked, conditions of use not satisfied."""
WALK_CAP = 16
"""Records of a file that are walked: 2.00 has seven in EF06, fewer than that in EF05."""

CARD_FILE = {0x01: 16, 0x03: 4, 0x05: 4, 0x06: 4, 0x07: 9}
"""EF05: tag → bytes of its value."""
HOLDER_FILE = {0x08: 18, 0x09: 30, 0x4E: 20, 0x0A: 1, 0x0B: 1, 0x0C: 3, 0x0D: 4}
"""EF06: tag → bytes of its value."""
NAME_TAG, REST_OF_NAME_TAG = 0x09, 0x4E
PAD = b"\x00 \xff"

Records = dict[int, bytes | NotRead]
Way = Callable[[Mapping[int, int]], Exchange[Records]]


def select() -> Exchange[bool]:
    """Whether this is a social-security card; its application is selected then. Raises Garbled."""
    return (yield from transact(SELECT_APPLICATION)).status == OK


def read() -> Exchange[SocialSecurityCard]:
    """Everything the selected application tells without a key. Raises Garbled."""
    card = yield from _records(CARD_FILE, (_numbered(5), _identified(5), _walked(5)))
    holder = yield from _records(HOLDER_FILE, (_identified(6), _identified_by_short_id(6), _walked(6)))
    return meaning(card | holder)


def meaning(records: Records) -> SocialSecurityCard:
    """What the records' values mean; a value that means nothing is malformed, not an error."""
    fields: dict[str, Any] = {}
    not_read: dict[CardField, NotRead] = {}
    for tag, (name, decoded) in _MEANING.items():
        value = records.get(tag, NotRead.ABSENT)
        if isinstance(value, bytes):
            try:
                fields[name.replace("-", "_")] = decoded(value)
                continue
            except ValueError:
                value = NotRead.MALFORMED
        not_read[name] = value
    card = SocialSecurityCard(**fields, not_read=not_read)
    return _with_name(card, records)


def _with_name(card: SocialSecurityCard, records: Records) -> SocialSecurityCard:
    """The name of both its records: a character may begin in one and end in the other."""
    first, rest = (records.get(tag, NotRead.ABSENT) for tag in (NAME_TAG, REST_OF_NAME_TAG))
    if not isinstance(first, bytes):
        return replace(card, not_read={**card.not_read, CardField.NAME: first})
    full = len(first.rstrip(PAD)) >= HOLDER_FILE[NAME_TAG]
    whole = first.rstrip(PAD) + (rest.rstrip(PAD) if isinstance(rest, bytes) else b"")
    cut = full and not isinstance(rest, bytes)
    try:
        name = gb18030.decode(whole, cut=cut)
    except ValueError:
        name = ""
    if not name:
        return replace(card, not_read={**card.not_read, CardField.NAME: NotRead.MALFORMED})
    return replace(card, name=Personal(name), name_may_be_cut=cut)


def _records(tags: Mapping[int, int], ways: Iterable[Way]) -> Exchange[Records]:
    """The values of one file by the first way that the card takes; a locked file is not tried another way."""
    found: Records = {}
    for way in ways:
        found = yield from way(tags)
        if any(value is not NotRead.ABSENT for value in found.values()):
            break
    return found


def _numbered(short_id: int) -> Way:
    """By record number in the file with this short identifier; for a file whose numbers are its tags."""
    return lambda tags: _each(tags, lambda tag: Command(READ_RECORD, tag, short_id << 3 | 4, le=tags[tag] + 2))


def _identified_by_short_id(short_id: int) -> Way:
    """By record identifier in the file with this short identifier."""
    return lambda tags: _each(tags, lambda tag: Command(READ_RECORD, tag, short_id << 3, le=tags[tag] + 2))


def _identified(file: int) -> Way:
    """By record identifier in the selected file EF05 or EF06."""

    def way(tags: Mapping[int, int]) -> Exchange[Records]:
        status = 0
        for form in SELECT_FORMS:
            status = (yield from transact(Command(SELECT, form, 0x00, bytes((0xEF, file))))).status
            if status == OK:
                return (yield from _each(tags, lambda tag: Command(READ_RECORD, tag, 0x00, le=tags[tag] + 2)))
        return dict.fromkeys(tags, NotRead.LOCKED if status in LOCKED else NotRead.ABSENT)

    return way


def _walked(short_id: int) -> Way:
    """Every record by its number, whatever its length; each is what its tag says."""

    def way(tags: Mapping[int, int]) -> Exchange[Records]:
        found: Records = {}
        missing = NotRead.ABSENT
        for number in range(1, WALK_CAP + 1):
            answer = yield from transact(Command(READ_RECORD, number, short_id << 3 | 4, le=256))
            if answer.status == OK:
                tag, value = _record(answer.data)
                found[tag] = value
            elif answer.status in LOCKED:
                missing = NotRead.LOCKED
            elif answer.status == RECORD_ABSENT or number == 1:
                break
        return {tag: found.get(tag, missing) for tag in tags}

    return way


def _each(tags: Mapping[int, int], command: Callable[[int], Command]) -> Exchange[Records]:
    """Every record; given up after the first one that is neither given nor locked: the card does not take this way."""
    found: Records = {}
    for tag in tags:
        answer = yield from transact(command(tag))
        found[tag] = NotRead.LOCKED if answer.status in LOCKED else NotRead.ABSENT
        if answer.status == OK:
            real, value = _record(answer.data)
            found[tag] = value if real == tag else NotRead.ABSENT
        if len(found) == 1 and found[tag] is NotRead.ABSENT:
            break
    return {tag: found.get(tag, NotRead.ABSENT) for tag in tags}


def _record(data: bytes) -> tuple[int, bytes]:
    """Tag and value. Raises Garbled."""
    if len(data) < 2 or data[1] != len(data) - 2:
        raise Garbled("a record whose length is wrong")
    return data[0], data[2:]


def _digits(raw: bytes) -> str:
    """BCD. Raises ValueError, without the bytes."""
    text = raw.hex()
    if not text.isdecimal():
        raise ValueError("no BCD")
    return text


def _region(raw: bytes) -> str:
    _sized(raw, CARD_FILE[0x01])
    return _digits(raw[:3])


def _version(raw: bytes) -> str:
    return _matched(raw, r"\d\.\d\d")


def _date(raw: bytes) -> date:
    _sized(raw, 4)
    text = _digits(raw)
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise ValueError("no such day") from None


def _birthplace(raw: bytes) -> str:
    _sized(raw, 3)
    text = raw.hex().rstrip("f")
    if len(text) % 2 or not re.fullmatch("[0-9]{2,6}", text):
        raise ValueError("no region")
    return text


def _nation(raw: bytes) -> str:
    _sized(raw, 1)
    return _digits(raw)


def _matched(raw: bytes, pattern: str) -> str:
    """ASCII text of this form, padding cut off. Raises ValueError, without the text."""
    text = raw.rstrip(PAD).decode("latin-1")
    if not re.fullmatch(pattern, text, re.ASCII):
        raise ValueError("of another form")
    return text


def _sized(raw: bytes, size: int) -> None:
    if len(raw) != size:
        raise ValueError("of another length")


_MEANING: dict[int, tuple[CardField, Callable[[bytes], Any]]] = {
    0x01: (CardField.REGION, _region),
    0x03: (CardField.VERSION, _version),
    0x05: (CardField.ISSUED, _date),
    0x06: (CardField.VALID_UNTIL, _date),
    0x07: (CardField.CARD_NUMBER, lambda raw: Personal(_matched(raw, "[0-9A-Za-z]{1,9}"))),
    0x08: (CardField.SOCIAL_SECURITY_NUMBER, lambda raw: Personal(_matched(raw, "[0-9A-Za-z]{1,18}").upper())),
    0x0A: (CardField.SEX, lambda raw: Personal(int(_matched(raw, "[12]")))),
    0x0B: (CardField.NATION, lambda raw: Personal(_nation(raw))),
    0x0C: (CardField.BIRTHPLACE, lambda raw: Personal(_birthplace(raw))),
    0x0D: (CardField.BORN, lambda raw: Personal(_date(raw))),
}
"""Every record but the name's two: the field, and what its value means."""
