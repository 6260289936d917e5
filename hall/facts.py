"""A fact as it came: its raw bytes, its digest, and what of it can be read."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import msgspec

from hall.contract import Fact, decoder
from hall.contract.words import Seq


class Told(NamedTuple):
    """One fact of a batch. ``fact`` is None when only its place in the chain could be read."""

    seq: int
    prev: str
    digest: str
    raw: bytes
    fact: Fact | None
    why_not: str


class _Place(msgspec.Struct, frozen=True):
    seq: Seq
    prev: str


_fact = decoder(Fact)
_place = decoder(_Place)
_whole = decoder(dict[str, Any])
_encode = msgspec.json.Encoder(order="deterministic").encode
_KNOWN = frozenset(Fact.__struct_fields__)


def read(raw: msgspec.Raw) -> Told:
    """Read one fact. What this version does not know is kept in ``raw``; a fact is never refused for it.

    Raises msgspec.DecodeError only for what has no place in a chain: without ``seq`` or ``prev``, or no JSON.
    """
    told = bytes(raw)
    try:
        fact = _fact(told)
    except msgspec.ValidationError as error:
        place = _place(told)
        return Told(place.seq, place.prev, _sha256(told), told, None, str(error))
    return Told(fact.seq, fact.prev, _digest(fact, told), told, fact, "")


def _digest(fact: Fact, told: bytes) -> str:
    """The contract's digest. Fields of a later contract are part of it, as their sender wrote them."""
    canonical = _encode(fact)
    if canonical == told:
        return _sha256(told)
    fields: dict[str, Any] = _whole(told)
    return _sha256(told if fields.keys() - _KNOWN else canonical)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
