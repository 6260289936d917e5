"""Requests of IPP (RFC 8011 §4) and what their responses say, in IPP's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from drivers.contract import Garbled
from drivers.office_printer.ipp_message import (
    Attribute,
    Group,
    GroupTag,
    Message,
    Resolution,
    Tag,
    Value,
)


class Operation(IntEnum):
    """operations-supported (RFC 8011 §5.4.15)."""

    PRINT_JOB = 0x0002
    VALIDATE_JOB = 0x0004
    CREATE_JOB = 0x0005
    SEND_DOCUMENT = 0x0006
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_PRINTER_ATTRIBUTES = 0x000B


class JobState(IntEnum):
    """job-state (RFC 8011 §5.3.7)."""

    PENDING = 3
    PENDING_HELD = 4
    PROCESSING = 5
    PROCESSING_STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9


class PrinterState(IntEnum):
    """printer-state (RFC 8011 §5.4.11)."""

    IDLE = 3
    PROCESSING = 4
    STOPPED = 5


OK = range(0x0100)
VERSION_NOT_SUPPORTED = 0x0503
NOT_FOUND = 0x0406
GONE = 0x0407
DOTS_AN_INCH = 3

HOW_IT_IS = ("printer-state", "printer-state-reasons", "printer-is-accepting-jobs")
WHAT_IT_CAN = (
    "operations-supported",
    "document-format-supported",
    "pwg-raster-document-resolution-supported",
    "printer-make-and-model",
    "printer-firmware-string-version",
)
HOW_A_JOB_IS = (
    "job-name",
    "job-state",
    "job-state-reasons",
    "job-impressions-completed",
    "job-media-sheets-completed",
)

MEDIA = re.compile(r"[a-z0-9-]+_[a-z0-9.-]+_([0-9.]+)x([0-9.]+)mm")
"""A self-describing media name of PWG 5101.1 in millimetres, ``iso_a4_210x297mm``."""


@dataclass(frozen=True, slots=True)
class Media:
    """``name`` as MEDIA; ``source`` is the tray's media-source keyword, "" leaves it to the printer."""

    name: str
    source: str = ""

    def attribute(self) -> Attribute:
        """media, or media-col where a tray is named (the two exclude each other, PWG 5100.7)."""
        if not self.source:
            return keywords("media", self.name)
        size = MEDIA.fullmatch(self.name)
        if size is None:
            raise ValueError(f"{self.name} names no size")
        sides = [Value(Tag.INTEGER, round(float(side) * 100)) for side in size.groups()]
        members = (
            Attribute(
                "media-size",
                (Value(Tag.BEG_COLLECTION, (_one("x-dimension", sides[0]), _one("y-dimension", sides[1]))),),
            ),
            keywords("media-source", self.source),
        )
        return Attribute("media-col", (Value(Tag.BEG_COLLECTION, members),))


@dataclass(frozen=True, slots=True)
class JobLook:
    """What a printer says of a job. ``sheets`` None: it does not count what came out; ``name`` "": it tells none."""

    name: str
    state: int
    reasons: frozenset[str]
    sheets: int | None

    @property
    def ended(self) -> bool:
        """Whether it stays so for ever."""
        final = self.state in (JobState.CANCELED, JobState.ABORTED, JobState.COMPLETED)
        return final and "processing-to-stop-point" not in self.reasons


def request(
    operation: Operation,
    target: Iterable[Attribute],
    job: Iterable[Attribute] = (),
    *,
    number: int,
    version: tuple[int, int],
) -> Message:
    """A request. ``target`` is printer-uri and what else belongs to the operation; ``job`` is the job's template."""
    head = (
        _one("attributes-charset", Value(Tag.CHARSET, "utf-8")),
        _one("attributes-natural-language", Value(Tag.NATURAL_LANGUAGE, "en")),
    )
    groups = (Group(GroupTag.OPERATION, (*head, *target)),)
    template = tuple(job)
    return Message(version, operation, number, (*groups, Group(GroupTag.JOB, template)) if template else groups)


def keywords(name: str, *words: str) -> Attribute:
    """An attribute of keywords."""
    return Attribute(name, tuple(Value(Tag.KEYWORD, word) for word in words))


def uri(name: str, text: str) -> Attribute:
    """An attribute of one URI."""
    return _one(name, Value(Tag.URI, text))


def a_name(attribute: str, text: str) -> Attribute:
    """An attribute of one name. IPP allows 255 octets."""
    return _one(attribute, Value(Tag.NAME, text.encode()[:255].decode("utf-8", "ignore")))


def integer(attribute: str, number: int) -> Attribute:
    """An attribute of one integer."""
    return _one(attribute, Value(Tag.INTEGER, number))


def boolean(attribute: str, yes: bool) -> Attribute:
    """An attribute of one boolean."""
    return _one(attribute, Value(Tag.BOOLEAN, yes))


def media_type(attribute: str, text: str) -> Attribute:
    """An attribute of one mimeMediaType."""
    return _one(attribute, Value(Tag.MIME_MEDIA_TYPE, text))


def _one(attribute: str, value: Value) -> Attribute:
    return Attribute(attribute, (value,))


def words(group: Group, attribute: str) -> frozenset[str]:
    """Every text of an attribute."""
    return frozenset(value.content for value in group.get(attribute) if isinstance(value.content, str))


def number(group: Group, attribute: str) -> int | None:
    """The number of an attribute; None when it gives none."""
    values = [value.content for value in group.get(attribute)]
    return values[0] if values and isinstance(values[0], int) and not isinstance(values[0], bool) else None


def numbers(group: Group, attribute: str) -> frozenset[int]:
    """Every number of an attribute."""
    return frozenset(value.content for value in group.get(attribute) if isinstance(value.content, int))


def job_id(response: Message) -> int:
    """Of the job that was made. Raises Garbled."""
    found = number(response.of(GroupTag.JOB), "job-id")
    if found is None:
        raise Garbled("the printer made a job and gave it no job-id")
    return found


def job_look(response: Message) -> JobLook:
    """How a job is. Raises Garbled."""
    group = response.of(GroupTag.JOB)
    state = number(group, "job-state")
    if state is None:
        raise Garbled("a job without a job-state")
    counts = [number(group, f"job-{what}-completed") for what in ("impressions", "media-sheets")]
    told = [count for count in counts if count is not None]
    name = next(iter(words(group, "job-name")), "")
    return JobLook(name, state, words(group, "job-state-reasons"), max(told) if told else None)


def raster_dpi(group: Group) -> int | None:
    """The coarsest resolution from 200 dots an inch on that it takes PWG raster in: letters are sharp from there."""
    asked = group.get("pwg-raster-document-resolution-supported")
    square = [
        value.content.feed
        for value in asked
        if isinstance(value.content, Resolution)
        and value.content.units == DOTS_AN_INCH
        and value.content.feed == value.content.cross_feed
    ]
    return min((dots for dots in square if 200 <= dots <= 1200), default=None)
