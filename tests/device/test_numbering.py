import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall.contract import numbering
from hall.contract.numbering import Number, TicketId

codes = st.integers(1, 2).flatmap(lambda length: st.text("0123456789", min_size=length, max_size=length))


@given(code=codes, kiosk=st.integers(1, 9), count=st.integers(1, 999))
def test_digits_of_a_band_tell_kiosk_and_count(code: str, kiosk: int, count: int) -> None:
    digits = numbering.band_digits(code, kiosk, count)
    assert numbering.parse(digits, len(code)) == Number(code, "band", kiosk, count)


@given(first=st.tuples(codes, st.integers(1, 9), st.integers(1, 999)), count=st.integers(1, 9999))
def test_a_bands_digits_are_never_the_halls(first: tuple[str, int, int], count: int) -> None:
    hall = f"{first[0]}{count:03d}" if count < 1000 else f"{first[0]}0{count}"
    assert numbering.band_digits(*first) != hall
    assert numbering.parse(hall, len(first[0])) == Number(first[0], "hall", 0, count)


@pytest.mark.parametrize(("kiosk", "count"), [(0, 1), (10, 1), (1, 0), (1, 1000)])
def test_outside_of_the_band_there_is_no_number(kiosk: int, count: int) -> None:
    with pytest.raises(ValueError, match="not in a band"):
        numbering.band_digits("1", kiosk, count)


@pytest.mark.parametrize("digits", ["", "1", "1000", "15000", "10123", "100999", "1000999", "A001", "1２34", "10 01"])
def test_what_no_number_can_be_is_refused(digits: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        numbering.parse(digits, 1)


@given(seq=st.integers(1, 10**12))
def test_a_ticket_id_can_be_taken_apart(seq: int) -> None:
    text = numbering.ticket_id("kiosk-1", "0123456789abcdef", seq)
    assert numbering.parse_ticket_id(text) == TicketId("kiosk-1", "0123456789abcdef", seq)


@pytest.mark.parametrize("text", ["", "kiosk-1/0123456789abcdef/0", "kiosk-1/short/1", "a/0123456789abcdef/-1"])
def test_another_text_is_no_ticket_id(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words differ with what is wrong
        numbering.parse_ticket_id(text)


def test_the_letter_stands_before_the_digits() -> None:
    assert numbering.label("A", "1001") == "A1001"
