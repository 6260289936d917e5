"""The social-security card of each generation: read by tag, whatever way the card takes; what it locks is told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import CardField, Garbled, NotRead, Personal, SocialSecurityCard
from drivers.smart_card import social_security
from drivers.smart_card.social_security import HOLDER_FILE
from simulators.smart_card.deck import AYGUL, LONG, RARE, ZHANG
from simulators.smart_card.social_security import HOLDER_TAGS, Holder, Make
from simulators.smart_card.social_security import SocialSecurityCard as Chip
from tests.drivers.memory_card import through

HOLDER_FIELDS = {
    CardField.SOCIAL_SECURITY_NUMBER,
    CardField.NAME,
    CardField.SEX,
    CardField.NATION,
    CardField.BIRTHPLACE,
    CardField.BORN,
}


def read(chip: Any, asked: list[bytes] | None = None) -> SocialSecurityCard:
    def say(command: bytes) -> bytes:
        if asked is not None:
            asked.append(command)
        answer: bytes = chip.answer(command)
        return answer

    assert through(social_security.select(), say) is True
    card = through(social_security.read(), say)
    assert isinstance(card, SocialSecurityCard)
    return card


def whole(holder: Holder, make: Make) -> SocialSecurityCard:
    return SocialSecurityCard(
        region=make.region,
        version=make.version,
        issued=date(2011, 1, 1),
        valid_until=date(2021, 1, 1),
        card_number=Personal(make.number),
        social_security_number=Personal(holder.number),
        name=Personal(holder.name),
        sex=Personal(holder.sex),
        nation=Personal(holder.nation),
        birthplace=Personal(holder.birthplace),
        born=Personal(date(1900, 1, 1)),
    )


@pytest.mark.parametrize("version", ["1.00", "2.00"])
@pytest.mark.parametrize(
    "way",
    [
        {},
        {"by_short_id": False},
        {"by_identifier": False},
        {"select_p1": 0x00},
        {"select_p1": 0x0C},
        {"select_p1": 0x0C, "by_identifier": False},
        {"with_fci": False},
        {"rest_of_name": False},
    ],
    ids=str,
)
@pytest.mark.parametrize("pieces", [256, 1])
def test_every_record_is_found_by_its_tag_whatever_addressing_the_card_takes(
    version: str, way: dict[str, Any], pieces: int
) -> None:
    make = Make(version, **way)
    chip = Chip(ZHANG, make)
    chip.pieces = pieces
    assert read(chip) == whole(ZHANG, make)


def test_numbers_that_shifted_between_generations_are_not_believed() -> None:
    """The trap of smartcards.md §1: the third record is the sex in 1.00 and the rest of the name in 2.00."""
    third = bytes.fromhex("00 B2 03 34 00")
    for version, tag in (("1.00", 0x0A), ("2.00", 0x4E)):
        make = Make(version, by_identifier=False)
        chip = Chip(ZHANG, make)
        assert read(chip).sex == Personal(1)
        length = chip.answer(third)[1:]
        assert chip.answer(third[:4] + length)[0] == tag


@pytest.mark.parametrize("holder", [AYGUL, LONG, RARE], ids=lambda holder: holder.name)
def test_names_come_whole_over_both_their_records(holder: Holder) -> None:
    card = read(Chip(holder, Make("2.00")))
    assert card == whole(holder, Make("2.00"))
    assert card.name_may_be_cut is False


@given(st.text(st.sampled_from("张三阿依古丽·买提䶮㛃𠅤𬭬A"), min_size=1, max_size=12))
def test_any_name_that_fits_both_records_survives(name: str) -> None:
    holder = Holder(ZHANG.number, name, 1, "01", "110101")
    assert read(Chip(holder, Make("2.00"))).name == Personal(name)


def test_a_name_that_fills_its_only_record_may_be_cut() -> None:
    long = Holder(ZHANG.number, LONG.name.replace("𠅤", "吾"), 1, "05", "310101")
    card = read(Chip(long, Make("1.00")))
    assert card.name == Personal("买买提阿不都拉·阿卜杜热合曼吾")
    assert card.name_may_be_cut is True


def test_half_a_character_at_the_end_of_the_only_record_is_left_out() -> None:
    card = read(Chip(LONG, Make("1.00")))
    assert card.name == Personal("买买提阿不都拉·阿卜杜热合曼")
    assert card.name_may_be_cut is True


def test_what_a_card_of_3_00_locks_is_told_as_locked_and_the_rest_is_read() -> None:
    asked: list[bytes] = []
    card = read(Chip(ZHANG, Make("3.00", locked=HOLDER_TAGS)), asked)
    assert (card.version, card.region, card.issued) == ("3.00", "110100", date(2011, 1, 1))
    assert card.card_number == Personal("A00000001")
    assert card.not_read == dict.fromkeys(HOLDER_FIELDS, NotRead.LOCKED)
    assert len(asked) < 20


def test_a_card_number_that_a_city_locks_is_told_as_locked() -> None:
    card = read(Chip(ZHANG, Make("3.00", locked=HOLDER_TAGS | {0x07})))
    assert card.not_read == dict.fromkeys({*HOLDER_FIELDS, CardField.CARD_NUMBER}, NotRead.LOCKED)


def test_neither_a_key_nor_a_pin_is_tried() -> None:
    noticed: list[str] = []
    read(Chip(ZHANG, Make("3.00", locked=HOLDER_TAGS), noticed.append))
    assert noticed == []


def test_another_card_is_not_taken_for_one() -> None:
    assert through(social_security.select(), lambda _: bytes.fromhex("6A 82")) is False


RECORDS = st.dictionaries(
    st.sampled_from([*social_security.CARD_FILE, *HOLDER_FILE]), st.binary(max_size=40) | st.sampled_from(NotRead)
)


@given(RECORDS)
def test_any_value_is_a_field_or_told_as_not_read(records: dict[int, bytes | NotRead]) -> None:
    card = social_security.meaning(records)
    for field in CardField:
        assert (getattr(card, field.replace("-", "_")) is None) == (field in card.not_read)


@pytest.mark.parametrize(
    ("tag", "value", "field"),
    [
        (0x01, "11 01 00", CardField.REGION),
        (0x01, "FF" * 16, CardField.REGION),
        (0x03, "32 2E 30", CardField.VERSION),
        (0x05, "20 11 02 30", CardField.ISSUED),
        (0x06, "FF FF FF FF", CardField.VALID_UNTIL),
        (0x07, "20 20 20 20 20 20 20 20 20", CardField.CARD_NUMBER),
        (0x08, "FF" * 18, CardField.SOCIAL_SECURITY_NUMBER),
        (0x09, "00" * 30, CardField.NAME),
        (0x09, "D5 FF" + "00" * 28, CardField.NAME),
        (0x0A, "33", CardField.SEX),
        (0x0B, "1F", CardField.NATION),
        (0x0C, "11 F1 01", CardField.BIRTHPLACE),
        (0x0D, "19 00 13 01", CardField.BORN),
    ],
)
def test_a_value_of_another_form_is_malformed_and_not_guessed(tag: int, value: str, field: CardField) -> None:
    assert social_security.meaning({tag: bytes.fromhex(value)}).not_read[field] is NotRead.MALFORMED


def test_the_pad_of_a_birthplace_is_no_digit() -> None:
    assert social_security.meaning({0x0C: bytes.fromhex("11 01 FF")}).birthplace == Personal("1101")


@given(st.lists(st.binary(max_size=36), min_size=1, max_size=30))
def test_whatever_a_card_says_the_read_ends_in_a_card_or_garbled(said: list[bytes]) -> None:
    turns = iter(said * 400)
    try:
        card = through(social_security.read(), lambda _: next(turns))
    except Garbled:
        return
    assert isinstance(card, SocialSecurityCard)


@pytest.mark.parametrize("data", ["0A", "0A 02 31", "0A 00 31"])
def test_a_record_whose_length_is_wrong_is_garbled(data: str) -> None:
    with pytest.raises(Garbled):
        through(social_security.read(), lambda _: bytes.fromhex(data + "90 00"))
