from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall.numbering import NumbersExhausted, bare, digits_of
from hall.queue import earliest


@pytest.mark.parametrize(("serial", "digits"), [(1, "21001"), (999, "21999"), (1000, "2101000"), (9999, "2109999")])
def test_past_999_a_zero_and_four_digits(serial: int, digits: str) -> None:
    assert digits_of("21", serial) == digits


def test_after_9999_the_hall_has_no_number() -> None:
    with pytest.raises(NumbersExhausted):
        digits_of("21", 10_000)


@given(st.lists(st.tuples(st.sampled_from(["11", "12", "91"]), st.integers(1, 9999)), unique=True))
def test_no_two_numbers_share_their_digits_nor_a_bands(given_numbers: list[tuple[str, int]]) -> None:
    band = {f"{code}{kiosk}{serial:03}" for code in ("11", "12", "91") for kiosk in (1, 9) for serial in (1, 999)}
    digits = [digits_of(code, serial) for code, serial in given_numbers]
    assert len({*digits}) == len(digits)
    assert not band & {*digits}


def test_letters_are_decoration() -> None:
    assert bare("A1001") == bare("1001") == bare("办1001") == "1001"


@dataclass(frozen=True)
class Head:
    place_ms: int
    id: str


def test_nobody_is_next_of_nobody() -> None:
    assert earliest([]) is None


@given(st.lists(st.builds(Head, st.integers(0, 3), st.text("ab/1", min_size=1)), min_size=1))
def test_the_earliest_touch_is_next_and_ties_go_by_ticket(heads: list[Head]) -> None:
    chosen = earliest(heads)
    assert chosen is not None
    assert all((chosen.place_ms, chosen.id) <= (head.place_ms, head.id) for head in heads)
