"""No byte of a card gets out: what is shown of a line does not depend on what the card says."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.dialect.follow import Follower
from drivers.dialect.spoken import HIDDEN, Piece, as_object
from drivers.dialect.table import dialect_of
from drivers.id_card import sdt_codec as codec

HEAD = bytes.fromhex("AA AA AA 96 69")
SIZES = (4, 8, 16, 28, 70, 1284)


def answer(data: bytes) -> bytes:
    return codec.encode(b"\x00\x00\x90" + data)


def shown(stream: bytes, cuts: list[int], rests: set[int], way: Literal["from-device", "to-device"] | None) -> str:
    """All that a technician, a file or a socket gets of it."""
    follower = Follower([dialect_of("sdt-reader")], way)
    pieces: list[Piece] = []
    edges = [0, *sorted({cut for cut in cuts if cut < len(stream)}), len(stream)]
    for number, (begin, end) in enumerate(pairwise(edges)):
        pieces += follower.feed(stream[begin:end], float(number))
        if number in rests:
            pieces += follower.rest()
    pieces += follower.rest()
    return json.dumps([as_object(piece, 0.0) for piece in pieces], ensure_ascii=False)


def harmed(stream: bytes, lost: set[int], broken: set[int]) -> bytes:
    kept = ((at, byte ^ TIPPED if at in broken else byte) for at, byte in enumerate(stream) if at not in lost)
    return bytes(byte for _, byte in kept)


HEADER = {
    *HEAD,
    *answer(b"")[len(HEAD) :],
    *map(int, codec.SW3),
    *(byte for size in SIZES for byte in answer(bytes(size))[5:7]),
}
"""Every byte that may be shown of an answer."""
TIPPED = 0x41
ALPHABET = sorted(set(range(256)) - HEADER - {byte ^ TIPPED for byte in HEADER})
"""What the cards of the next test are made of: whatever of it is shown has come out of a card."""


def of_size(size: int) -> st.SearchStrategy[bytes]:
    drawn = st.tuples(st.integers(0, len(ALPHABET) - 1), st.sampled_from((1, 3, 7)))
    return drawn.map(lambda first: bytes(ALPHABET[(first[0] + first[1] * n) % len(ALPHABET)] for n in range(size)))


@given(data=st.data())
@settings(deadline=None, max_examples=150)
def test_two_cards_on_the_same_line_look_the_same_from_outside(data: st.DataObject) -> None:
    size = data.draw(st.sampled_from(SIZES))
    one, other = data.draw(of_size(size)), data.draw(of_size(size))
    whole = len(answer(one))
    end = data.draw(st.sampled_from((whole, whole // 2, whole - 2, 11)))
    cuts = data.draw(st.lists(st.integers(1, whole), max_size=6))
    rests = data.draw(st.sets(st.integers(0, 6), max_size=2))
    way: Literal["from-device"] | None = data.draw(st.sampled_from(("from-device", None)))
    seen = [shown(answer(card)[:end], cuts, rests, way) for card in (one, other)]
    assert seen[0] == seen[1]


@given(data=st.data())
@settings(deadline=None, max_examples=200)
def test_whatever_a_line_loses_or_tips_no_byte_of_a_card_is_shown(data: st.DataObject) -> None:
    card = data.draw(of_size(data.draw(st.sampled_from(SIZES))))
    places = st.integers(0, len(card) + 9)
    lost, broken = data.draw(st.sets(places, max_size=8)), data.draw(st.sets(places, max_size=3))
    cuts = data.draw(st.lists(st.integers(1, len(card) + 9), max_size=6))
    rests = data.draw(st.sets(st.integers(0, 6), max_size=2))
    stream = harmed(answer(card)[:-1], lost, broken) + answer(b"") + answer(card)
    line = shown(stream, cuts, rests, data.draw(st.sampled_from(("from-device", None))))
    told = {int(byte, 16) for piece in json.loads(line) for byte in piece["bytes"].split() if byte != HIDDEN}
    assert not told & set(card)


@given(card=st.binary(min_size=12, max_size=300), data=st.data())
@settings(deadline=None, max_examples=150)
def test_no_run_of_a_cards_bytes_is_in_anything_that_is_shown(card: bytes, data: st.DataObject) -> None:
    """Whatever the card says, beginnings of frames included: four bytes in a row of it are nowhere."""
    stream = answer(card)
    cut = data.draw(st.integers(0, len(stream)))
    lost = data.draw(st.integers(0, len(stream)))
    torn = stream[:lost] + stream[lost + 1 : cut]
    line = shown(torn + answer(b""), [cut // 2], set(), "from-device")
    runs = {card[at : at + 4].hex(" ") for at in range(len(card) - 3)}
    ours = {(HEAD + bytes.fromhex("00 04 00 00 90 94"))[at : at + 4].hex(" ") for at in range(8)}
    assert not [run for run in runs - ours if run in line and run not in stream[:10].hex(" ")]


@given(data=st.binary(min_size=1, max_size=200))
def test_a_frame_for_a_card_is_masked_on_its_way_there_too(data: bytes) -> None:
    line = shown(codec.request(codec.RF_FRAME, data), [], set(), "to-device")
    (piece,) = json.loads(line)
    assert piece["bytes"].split()[9:] == ["··"] * (len(data) + 1)
    assert piece["verdict"] == "frame"


@given(noise=st.binary(min_size=1, max_size=100))
def test_on_a_card_readers_line_what_is_no_frame_is_masked(noise: bytes) -> None:
    for piece in json.loads(shown(noise, [], set(), "from-device")):
        if piece["verdict"] == "bad":
            assert set(piece["bytes"].split()) == {"··"}
