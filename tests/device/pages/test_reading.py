"""What is taken from a machine's reading of a page: numbers that prove themselves, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.pages.messages import Reading, TextLine
from drivers.contract import Personal
from drivers.contract.citizen_number import check_digit
from tests.device.pages.scene import NUMBER

ANYWHERE = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
OTHER = "110101190001010022"


def numbers(*texts: str) -> list[str]:
    reading = Reading.of(TextLine(Personal(text), 1.0, ANYWHERE) for text in texts)
    assert [line.text.reveal() for line in reading.lines] == list(texts)
    return [number.reveal() for number in reading.citizen_numbers]


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ((f"公民身份号码{NUMBER}",), [NUMBER]),
        ((f"{NUMBER.lower()}，{OTHER}。",), [NUMBER, OTHER]),
        ((NUMBER, f"同上{NUMBER}"), [NUMBER]),
        (("110101 19000101 009X",), [NUMBER]),
        ((NUMBER[:-1] + "1",), []),
        ((f"1{OTHER}",), []),
        ((f"{OTHER}1",), []),
        (("1101O119000101009X",), []),
        (("11010119000101", "009X"), []),
        (("99990119000101009X",), []),
        ((), []),
    ],
)
def test_a_number_is_taken_only_when_its_check_digit_holds(texts: tuple[str, ...], found: list[str]) -> None:
    assert numbers(*texts) == found


@given(place=st.integers(0, 16), digit=st.sampled_from("0123456789"))
def test_one_digit_misread_is_always_noticed(place: int, digit: str) -> None:
    misread = NUMBER[:place] + digit + NUMBER[place + 1 :]
    assert check_digit(NUMBER[:17]) == NUMBER[17]
    assert numbers(misread) == ([NUMBER] if misread == NUMBER else [])
