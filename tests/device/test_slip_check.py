"""A scanned slip opens a counter only when a kiosk of this hall has signed it, whatever the scanner made of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from device.slip import SlipMaker
from hall.contract.slips import SlipRefused, check
from tests.device.slips import DATE, SERVICES, slip_maker, ticket


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> SlipMaker:
    return slip_maker(tmp_path_factory.mktemp("kiosk"))


def keys(slips: SlipMaker) -> dict[str, list[str]]:
    return {"kiosk-1": [slips.public_key]}


def test_a_slip_that_its_kiosk_signed_tells_its_ticket(slips: SlipMaker) -> None:
    slip = check(slips.code(ticket()), keys(slips), SERVICES, DATE)
    assert (slip.ticket, slip.digits, slip.service, slip.date) == ("kiosk-1/00000000000000aa/9", "12001", "1", DATE)


@pytest.mark.parametrize(
    "heard",
    [
        lambda code: code.encode("ascii", "ignore").decode(),
        lambda code: code.split("\n", 1)[1],
        lambda code: code.replace("\n", "\r\n") + "\r\n",
        lambda code: code.replace("排队号", "??") + "\n\n",
    ],
    ids=["chinese-lost", "first-line-lost", "other-line-ends", "chinese-garbled"],
)
def test_a_keyboard_scanner_may_lose_the_chinese_line(slips: SlipMaker, heard: Callable[[str], str]) -> None:
    assert check(heard(slips.code(ticket())), keys(slips), SERVICES, DATE).digits == "12001"


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (lambda code: code.replace("12001", "12002"), "slip-not-signed"),
        (lambda code: code.replace("kiosk-1", "kiosk-2"), "slip-not-signed"),
        (lambda code: code[:-4] + "AAAA", "slip-not-signed"),
        (lambda code: code.split("Ed25519")[0], "slip-unreadable"),
        (lambda code: code.replace("|1|", "|1"), "slip-unreadable"),
        (lambda code: code.replace("/9|", "/x|"), "slip-unreadable"),
        (lambda code: code.replace("|12001|", "|12000|"), "slip-unreadable"),
        (lambda code: code.replace("Ed25519:", "Ed25519:!"), "slip-unreadable"),
        (lambda _: "https://shop.example/?id=4711", "slip-unreadable"),
        (lambda _: "", "slip-unreadable"),
    ],
)
def test_whatever_no_kiosk_signed_opens_nothing(slips: SlipMaker, forge: Callable[[str], str], reason: str) -> None:
    with pytest.raises(SlipRefused, match=reason):
        check(forge(slips.code(ticket())), keys(slips), SERVICES, DATE)


def test_another_kiosks_key_or_a_broken_one_signs_for_nobody(slips: SlipMaker, tmp_path: Path) -> None:
    other = slip_maker(tmp_path)
    for known in ([other.public_key], ["AAAA"], []):
        with pytest.raises(SlipRefused, match="slip-not-signed"):
            check(slips.code(ticket()), {"kiosk-1": known}, SERVICES, DATE)
    assert check(slips.code(ticket()), {"kiosk-1": ["AAAA", other.public_key, slips.public_key]}, SERVICES, DATE)


def test_yesterdays_slip_is_refused_and_one_of_a_day_that_a_cut_off_counter_has_not_heard_of_is_not(
    slips: SlipMaker,
) -> None:
    with pytest.raises(SlipRefused, match="slip-of-another-day"):
        check(slips.code(ticket(date="2026-11-20")), keys(slips), SERVICES, DATE)
    assert check(slips.code(ticket(date="2026-11-22")), keys(slips), SERVICES, DATE).date == "2026-11-22"
    assert check(slips.code(ticket(date="2026-11-20")), keys(slips), SERVICES).date == "2026-11-20"
