"""The citizen's number: layout and check digit of GB 11643, and what residence permits and foreigners' cards have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import CardKind
from drivers.contract.citizen_number import CHECK_DIGITS, Fault, check_digit, fault, is_male


def test_the_references_example_has_an_x() -> None:
    assert check_digit("11010119000101009") == "X"
    assert fault("11010119000101009X") is None
    assert is_male("11010119000101009X")


@pytest.mark.parametrize(
    ("number", "kind", "wrong"),
    [
        ("11010119000101009x", None, None),
        ("11010119000101009X", CardKind.RESIDENT, None),
        ("110101190001010022", CardKind.RESIDENT, None),
        ("810000190001010018", CardKind.HK_MACAO_TAIWAN, None),
        ("810000190001010018", None, None),
        ("11010119000101009X", CardKind.HK_MACAO_TAIWAN, Fault.REGION),
        ("911124819000101002", CardKind.FOREIGNER_2023, None),
        ("911124819000101002", None, None),
        ("11010119000101009X", CardKind.FOREIGNER_2023, Fault.REGION),
        ("UTO110019000101", CardKind.FOREIGNER_2017, None),
        ("UT0110019000101", CardKind.FOREIGNER_2017, Fault.FORM),
        ("UTO11001900010", CardKind.FOREIGNER_2017, Fault.FORM),
        ("110101190001010", None, Fault.FORM),
        ("", None, Fault.FORM),
        ("１１０１０１１９０００１０１００９X", None, Fault.FORM),
        ("110101190001010090", None, Fault.CHECK_DIGIT),
        ("110101190002300090", CardKind.RESIDENT, Fault.CHECK_DIGIT),
        ("X1010119000101009X", None, Fault.FORM),
    ],
)
def test_a_number_is_sound_or_has_this_fault(number: str, kind: CardKind | None, wrong: Fault | None) -> None:
    assert fault(number, kind) == wrong


@pytest.mark.parametrize(
    ("first_17", "wrong"),
    [("11010119000230009", Fault.BIRTH), ("99010119000101009", None), ("16010119000101009", Fault.REGION)],
)
def test_the_right_check_digit_does_not_make_a_wrong_place_or_birthday_right(
    first_17: str, wrong: Fault | None
) -> None:
    assert fault(first_17 + check_digit(first_17)) == wrong


@given(st.integers(0, 16), st.integers(1, 9), st.integers(0, 999))
def test_any_single_wrong_digit_is_noticed(place: int, change: int, sequence: int) -> None:
    first_17 = f"11010119000101{sequence:03d}"
    check = check_digit(first_17)
    digit = (int(first_17[place]) + change) % 10
    assert fault(first_17[:place] + str(digit) + first_17[place + 1 :] + check) is not None


@given(st.integers(0, 15), st.integers(0, 999))
def test_two_neighbours_changed_about_are_noticed(place: int, sequence: int) -> None:
    first_17 = f"11010119000101{sequence:03d}"
    swapped = first_17[:place] + first_17[place + 1] + first_17[place] + first_17[place + 2 :]
    assert swapped == first_17 or fault(swapped + check_digit(first_17)) is not None


@given(st.text("0123456789xXUTO张９ ", max_size=19))
def test_any_text_is_judged(text: str) -> None:
    wrong = fault(text)
    assert wrong is None or wrong in Fault


def test_the_check_digits_are_those_of_the_standard() -> None:
    assert CHECK_DIGITS == "10X98765432"
