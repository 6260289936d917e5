"""SDT frames and the four text layouts: every literal vector, and what holds for any bytes at all."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import CardKind, CompletionCode, Garbled, IdCard, Refused, Remedy, Sex, Silent
from drivers.framing import Framer
from drivers.id_card import sdt_codec as codec
from drivers.id_card import sdt_text
from drivers.id_card.sdt_codec import SW3, Answer, Command, Reading
from simulators.id_card_reader import sdt as device
from simulators.id_card_reader.cards import PLACES, Card
from tests.drivers.vectors import Vector, vectors

COMMANDS: dict[str, Command] = {
    "reset": codec.SAM_RESET,
    "status": codec.SAM_STATUS,
    "sam-id": codec.SAM_ID,
    "find": codec.FIND,
    "select": codec.SELECT,
    "read": codec.READ,
    "read-with-fingerprint": codec.READ_WITH_FINGERPRINT,
    "newest-address": codec.NEWEST_ADDRESS,
    "body-number": codec.BODY_NUMBER,
    "rf-frame": codec.RF_FRAME,
}
NOISE = st.lists(st.binary(max_size=40), max_size=30)
FOUND = device.answer(device.FOUND, bytes(4))
DAMAGED = [v for v in vectors("sdt", "to-device") if "refused" in v.meaning]
REQUESTS = [v for v in vectors("sdt", "to-device") if "refused" not in v.meaning]
ANSWERS = [v for v in vectors("sdt", "from-device") if "time_out" not in v.meaning]
CARDS = [v for v in ANSWERS if "card" in v.meaning]


def _named(vector: Vector) -> str:
    return vector.name


def cut(data: bytes) -> list[bytes]:
    return list(Framer(codec.scan, codec.FRAME_CAP).feed(data))


def decoded(vector: Vector) -> Answer:
    (frame,) = cut(vector.data)
    return codec.decode(frame)


def test_every_vector_says_where_it_comes_from() -> None:
    for vector in vectors("sdt"):
        assert {"V", "S", "C", "U"} & set(vector.source.replace(",", " ").split()), vector.name
        assert vector.direction in ("to-device", "from-device")


@pytest.mark.parametrize("vector", REQUESTS, ids=_named)
def test_requests_are_these_bytes(vector: Vector) -> None:
    if "baud" in vector.meaning:
        assert codec.set_speed(vector.meaning["baud"]) == vector.data
    else:
        data = bytes.fromhex(vector.meaning.get("data", ""))
        assert codec.request(COMMANDS[vector.meaning["request"]], data) == vector.data


@pytest.mark.parametrize("vector", DAMAGED, ids=_named)
def test_wrong_requests_of_other_software_are_never_sent_nor_taken_for_frames(vector: Vector) -> None:
    assert codec.request(COMMANDS[vector.meaning["meant"]]) != vector.data
    assert cut(vector.data) == []


@pytest.mark.parametrize("vector", ANSWERS, ids=_named)
def test_answers_mean_this(vector: Vector) -> None:
    answer, m = decoded(vector), vector.meaning
    assert codec.answers(COMMANDS[m["answer_to"]], answer)
    if "sw3" in m:
        assert (answer.sw3, answer.data) == (m["sw3"], bytes.fromhex(m["data"]))
    if "sam_id" in m:
        assert codec.sam_id(answer) == m["sam_id"]
    if "newest_address" in m:
        assert sdt_text.newest_address(answer.data) == m["newest_address"]


def test_a_vendors_time_out_is_silence() -> None:
    (vector,) = [v for v in vectors("sdt") if "time_out" in v.meaning]
    with pytest.raises(Silent):
        decoded(vector)


def facts(card: IdCard) -> dict[str, Any]:
    """A card in the vectors' words."""
    said: dict[str, Any] = {
        "kind": str(card.kind),
        "name": card.name,
        "sex": str(card.sex),
        "born": f"{card.born:%Y%m%d}" if card.born else "",
        "number": card.number.reveal(),
        "valid_from": f"{card.valid_from:%Y%m%d}" if card.valid_from else "",
        "valid_until": "长期" if card.long_term else f"{card.valid_until:%Y%m%d}" if card.valid_until else "",
        "travel_permit": card.travel_permit.reveal(),
        "earlier_permit": card.earlier_permit.reveal(),
    }
    plain = ("english_name", "nation", "nation_code", "address", "issuer", "country")
    more = ("times_issued", "renewals", "version", "accepting_authority")
    said |= {name: getattr(card, name) for name in (*plain, *more)}
    return {name: value for name, value in said.items() if value}


@pytest.mark.parametrize("vector", CARDS, ids=_named)
def test_a_reading_is_this_card(vector: Vector) -> None:
    m = vector.meaning
    reading = codec.reading(decoded(vector))
    card = sdt_text.card(reading)
    assert facts(card) == m["card"]
    assert card.photo == bytes(k % 256 for k in range(1024))
    assert card.number_sound
    if "sha256" in m:
        assert hashlib.sha256(vector.data).hexdigest() == m["sha256"]
        assert hashlib.sha256(reading.text).hexdigest() == m["text_sha256"]


def test_a_fingerprint_is_passed_over_and_in_nothing_that_is_kept() -> None:
    (vector,) = [v for v in CARDS if "fingerprint" in v.meaning]
    without, with_it = (codec.reading(decoded(v)) for v in (CARDS[1], vector))
    assert with_it == without


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_a_reading_whose_lengths_do_not_fit_is_garbled(at: int) -> None:
    data = bytearray(decoded(CARDS[0]).data)
    data[at] ^= 1
    with pytest.raises(Garbled):
        codec.reading(Answer(SW3.DONE, bytes(data)))


def test_a_card_of_an_unknown_layout_is_refused_and_to_be_lifted() -> None:
    text = bytearray(b" \0" * 128)
    text[248] = ord("K")
    with pytest.raises(Refused) as refused:
        sdt_text.card(Reading(bytes(text), bytes(1024)))
    assert (refused.value.code, refused.value.remedy) == (CompletionCode.INVALID_DATA, Remedy.CLEAR)


def test_a_birthday_that_never_was_is_unknown_and_the_card_still_read() -> None:
    card = sdt_text.card(Reading(Card("", {"born": "19000230", "number": "11010119000230"}).text(), bytes(1024)))
    assert (card.born, card.number_sound) == (None, False)


@pytest.mark.parametrize(
    ("code", "sex"),
    [("0", Sex.UNKNOWN), ("1", Sex.MALE), ("2", Sex.FEMALE), ("9", Sex.NOT_STATED), ("", Sex.UNKNOWN)],
)
def test_codes_of_sex(code: str, sex: Sex) -> None:
    assert sdt_text.card(Reading(Card("", {"sex": code}).text(), bytes(1024))).sex is sex


def test_fifty_six_nations_have_names_and_an_unknown_code_has_none() -> None:
    assert [f"{n:02d}" for n in range(1, 57)] == sorted(sdt_text.NATIONS)[:56]
    assert sdt_text.NATIONS["05"] == "维吾尔"
    card = sdt_text.card(Reading(Card("", {"nation": "60"}).text(), bytes(1024)))
    assert (card.nation_code, card.nation) == ("60", "")


def test_fields_padded_with_nul_are_as_blank_as_with_spaces() -> None:
    card = sdt_text.card(Reading(Card("", {"name": "张三\0\0"}).text(), bytes(1024)))
    assert card.name == "张三"
    assert sdt_text.newest_address(bytes(70)) == ""


@given(st.sampled_from(sorted(COMMANDS)), st.binary(max_size=8))
def test_a_request_arrives_as_it_was_sent(name: str, data: bytes) -> None:
    reader = device.RequestReader()
    heard = [got for byte in codec.request(COMMANDS[name], data) if (got := reader.feed(byte))]
    assert heard == [device.Request(name, COMMANDS[name][1], data)]


@given(st.integers(0, 255), st.binary(max_size=codec.LENGTH_CAP - 4), st.integers(1, 64))
def test_an_answer_arrives_as_it_was_said_in_any_pieces(sw3: int, data: bytes, size: int) -> None:
    said = device.answer(sw3, data)
    framer = Framer(codec.scan, codec.FRAME_CAP)
    (frame,) = (cut for at in range(0, len(said), size) for cut in framer.feed(said[at : at + size]))
    assert codec.decode(frame) == Answer(sw3, data)
    assert framer.garbled == 0


def test_a_preamble_inside_the_data_ends_no_frame() -> None:
    photo = FOUND * 60
    said = device.answer(device.DONE, device.reading(Card("", {}).text(), photo[:1024]))
    framer = Framer(codec.scan, codec.FRAME_CAP)
    (frame,) = (cut for at in range(len(said)) for cut in framer.feed(said[at : at + 1]))
    assert frame == said


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_two_lost_bytes_of_a_preamble_do_no_harm(lost: int) -> None:
    assert [codec.decode(frame) for frame in cut(FOUND[lost:])] == [Answer(SW3.CARD_FOUND, bytes(4))]
    assert cut(b"\xaa\xaa" + FOUND) == [FOUND]


def test_a_frame_damaged_is_passed_over_and_the_one_behind_it_found() -> None:
    damaged = bytearray(FOUND)
    damaged[9] ^= 0x10
    assert cut(bytes(damaged) + FOUND) == [FOUND]


def test_a_damaged_length_swallows_no_frame_behind_it() -> None:
    damaged = bytearray(FOUND)
    damaged[6] += 10
    assert cut(bytes(damaged) + FOUND * 3) == [FOUND] * 3


@given(NOISE)
def test_any_noise_is_taken_and_little_of_it_kept(noise: list[bytes]) -> None:
    framer = Framer(codec.scan, codec.FRAME_CAP)
    for piece in noise:
        for frame in framer.feed(piece):
            codec.decode(frame)
        assert len(framer) < codec.FRAME_CAP


@given(NOISE)
def test_after_any_noise_the_next_answer_is_found_once_the_old_one_is_given_up(noise: list[bytes]) -> None:
    framer = Framer(codec.scan, codec.FRAME_CAP)
    for piece in noise:
        list(framer.feed(piece))
    framer.forget()
    assert list(framer.feed(FOUND)) == [FOUND]


@given(st.binary(max_size=60))
def test_after_any_noise_an_answer_is_found_within_the_longest_frame(noise: bytes) -> None:
    framer = Framer(codec.scan, codec.FRAME_CAP)
    enough = codec.FRAME_CAP // len(FOUND) + 2
    assert FOUND in list(framer.feed(noise + FOUND * enough))


@given(st.binary(min_size=256, max_size=256))
def test_any_text_block_is_a_card_or_refused(text: bytes) -> None:
    for letter in ("", "J", "I", "Y", "?"):
        block = text[:248] + (letter or " ").encode("utf-16-le") + text[250:]
        try:
            card = sdt_text.card(Reading(block, bytes(1024)))
        except Refused:
            assert letter == "?"
        else:
            assert card.kind in CardKind


TEXT = st.text("张·𠅤䶮㛃\ue863\u3000Aé", max_size=5)
"""Ten characters of UTF-16 at most, fewer than any of the fields that are tried with it."""
DAYS = st.dates(date(1000, 1, 1))
DIGITS = st.text("0123456789", max_size=9)


@given(st.sampled_from(sorted(PLACES)), TEXT, TEXT, TEXT, DIGITS, DAYS, DAYS, st.none() | DAYS)
def test_what_lies_on_a_card_is_what_is_read(
    letter: str, name: str, address: str, issuer: str, number: str, born: date, since: date, until: date | None
) -> None:
    said = {"name": name, "address": address, "issuer": issuer, "number": number, "sex": "1"}
    said |= {"born": f"{born:%Y%m%d}", "from": f"{since:%Y%m%d}", "until": f"{until:%Y%m%d}" if until else "长期"}
    said |= {"english": name, "english-1": name}
    card = sdt_text.card(Reading(Card(letter, said).text(), bytes(1024)))
    assert (card.name, card.number.reveal(), card.born, card.valid_from) == (name, number, born, since)
    assert (card.valid_until, card.long_term, card.sex) == (until, until is None, Sex.MALE)
    if "address" in PLACES[letter]:
        assert (card.address, card.issuer) == (address, issuer)
    else:
        assert card.english_name == name


def test_an_english_name_keeps_the_space_between_its_two_pieces() -> None:
    card = sdt_text.card(Reading(Card("Y", {"english-1": "A" * 34 + " ", "english-2": "B"}).text(), bytes(1024)))
    assert card.english_name == "A" * 34 + " B"
