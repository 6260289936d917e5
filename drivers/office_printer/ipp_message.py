"""An IPP message (RFC 8010 §3): version and code, groups of attributes, each with a name and values that have a tag."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class GroupTag(IntEnum):
    """Delimiter tags (RFC 8010 §3.5.1)."""

    OPERATION = 0x01
    JOB = 0x02
    PRINTER = 0x04
    UNSUPPORTED = 0x05


END_OF_ATTRIBUTES = 0x03
LAST_DELIMITER = 0x0F


class Tag(IntEnum):
    """Value tags (RFC 8010 §3.5.2)."""

    UNSUPPORTED = 0x10
    UNKNOWN = 0x12
    NO_VALUE = 0x13
    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    OCTET_STRING = 0x30
    DATE_TIME = 0x31
    RESOLUTION = 0x32
    RANGE_OF_INTEGER = 0x33
    BEG_COLLECTION = 0x34
    TEXT_WITH_LANGUAGE = 0x35
    NAME_WITH_LANGUAGE = 0x36
    END_COLLECTION = 0x37
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    URI_SCHEME = 0x46
    CHARSET = 0x47
    NATURAL_LANGUAGE = 0x48
    MIME_MEDIA_TYPE = 0x49
    MEMBER_ATTR_NAME = 0x4A


@dataclass(frozen=True, slots=True)
class Range:
    """rangeOfInteger, both ends included."""

    lower: int
    upper: int


@dataclass(frozen=True, slots=True)
class Resolution:
    """Cross-feed and feed direction; ``units`` 3 dots an inch, 4 dots a centimetre."""

    cross_feed: int
    feed: int
    units: int


@dataclass(frozen=True, slots=True)
class Localized:
    """Text or name with its own natural language."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """One value. Its content is what its tag says: a collection's members, the octets of a tag unknown here."""

    tag: int
    content: int | bool | str | bytes | Range | Resolution | Localized | tuple[Attribute, ...] | None


@dataclass(frozen=True, slots=True)
class Attribute:
    """A name and its values, one at least."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Attributes behind one delimiter tag."""

    tag: int
    attributes: tuple[Attribute, ...] = ()

    def get(self, name: str) -> tuple[Value, ...]:
        """The values of an attribute; none when it is not there."""
        return next((attribute.values for attribute in self.attributes if attribute.name == name), ())


@dataclass(frozen=True, slots=True)
class Message:
    """A request (``code`` is its operation) or a response (``code`` is its status), and the document behind it."""

    version: tuple[int, int]
    code: int
    request_id: int
    groups: tuple[Group, ...] = ()
    data: bytes = b""

    def of(self, tag: GroupTag) -> Group:
        """The first group with this tag; an empty one when there is none."""
        return next((group for group in self.groups if group.tag == tag), Group(tag))
