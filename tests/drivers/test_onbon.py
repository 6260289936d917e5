"""What the display driver promises: acknowledged by this card, or one of the four errors in time."""

from __future__ import annotations

import asyncio

import pytest

from drivers.contract import CompletionCode, Garbled, Refused, Remedy, Silent
from drivers.deadline import Deadline
from drivers.window_display import onbon_bx5k_codec as codec
from drivers.window_display.onbon_bx5k import OnbonBx5k, OnbonSettings
from drivers.window_display.onbon_errors import ERRORS
from tests.drivers.devices import Card
from tests.drivers.line import Line
from tests.virtual_time import virtual


async def opened(card: Card, settings: OnbonSettings | None = None) -> tuple[OnbonBx5k, Line]:
    line = Line(card)
    driver = OnbonBx5k(settings or OnbonSettings(address=card.address), line)
    await driver.open(Deadline.after(5))
    line.written.clear()
    card.shown.clear()
    return driver, line


@virtual
async def test_a_text_is_shown_once_the_card_says_so() -> None:
    card = Card(3)
    driver, _ = await opened(card)
    completion = await driver.show("请A1001到3号窗口", Deadline.after(2))
    assert (completion.code, completion.confirmed, completion.evidence) == ("success", True, "acknowledged")
    assert card.shown[0].endswith("请A1001到3号窗口".encode("gbk"))


@virtual
async def test_every_text_carries_the_time_out_that_darkens_a_dead_window() -> None:
    card = Card(1)
    driver, _ = await opened(card)
    await driver.show("A1001", Deadline.after(2))
    run_mode_and_seconds = card.shown[0][20:23]
    assert run_mode_and_seconds == b"\x02\x78\x00"


@virtual
async def test_an_empty_text_deletes_the_area() -> None:
    card = Card(1)
    driver, _ = await opened(card)
    await driver.show("", Deadline.after(2))
    assert card.shown == [b"\xa3\x06\x01\x00\x00\x01\x00\x00"]


@virtual
async def test_a_backslash_changes_no_colour_or_font() -> None:
    card = Card(1)
    driver, _ = await opened(card)
    await driver.show("\\C1", Deadline.after(2))
    assert card.shown[0].endswith("＼C1".encode("gbk"))


@pytest.mark.parametrize(("unit", "x", "width"), [("dots", 8, 64), ("bytes8", 1, 8), ("dots15", 0x8008, 0x8040)])
@virtual
async def test_the_unit_of_x_and_width_is_the_cards(unit: str, x: int, width: int) -> None:
    card = Card(1)
    driver, _ = await opened(card, OnbonSettings(address=1, x=8, unit=unit))  # type: ignore[arg-type]
    await driver.show("A", Deadline.after(2))
    place = card.shown[0][10:18]
    assert (int.from_bytes(place[0:2], "little"), int.from_bytes(place[4:6], "little")) == (x, width)


@virtual
async def test_a_silent_card_is_silent_after_its_wire_times_and_its_own() -> None:
    card = Card(1)
    driver, line = await opened(card)
    card.silent = True
    began = asyncio.get_running_loop().time()
    with pytest.raises(Silent):
        await driver.show("A1001", Deadline.after(2))
    (request,) = line.written
    waited = asyncio.get_running_loop().time() - began
    assert waited == pytest.approx(line.wire_time(len(request) + codec.ACK_FRAME_SIZE) + 0.3)


@virtual
async def test_an_adapter_that_echoes_is_understood() -> None:
    card = Card(1)
    driver, _ = await opened(card)
    card.echoing = True
    assert (await driver.show("A1001", Deadline.after(2))).confirmed is True


@virtual
async def test_the_late_answer_of_another_screen_is_not_ours() -> None:
    card = Card(1)
    driver, _ = await opened(card)
    card.silent = True
    asyncio.get_running_loop().call_later(
        0.1, card.say, codec.encode(codec.Frame(codec.HOST, 2, b"\xa0\x00\x00\x00\x00"))
    )
    with pytest.raises(Silent):
        await driver.show("A1001", Deadline.after(2))


@virtual
async def test_an_answer_older_than_the_request_is_not_taken_for_its_own() -> None:
    card = Card(1)
    driver, _ = await opened(card)
    card.silent = True
    card.answer()  # still on the wire when the next request begins
    with pytest.raises(Silent):
        await driver.show("a text of some length", Deadline.after(2))


@virtual
async def test_an_answer_with_a_wrong_checksum_is_garbled() -> None:
    card = Card(1)
    driver, _ = await opened(card)
    card.wrong_checksum = True
    with pytest.raises(Garbled):
        await driver.show("A1001", Deadline.after(2))


@virtual
async def test_a_card_that_heard_a_wrong_checksum_makes_it_garbled_so_that_it_is_sent_again() -> None:
    card = Card(1)
    driver, _ = await opened(card)
    card.error = 5
    with pytest.raises(Garbled):
        await driver.show("A1001", Deadline.after(2))


@pytest.mark.parametrize("error", [*ERRORS, 99])
@virtual
async def test_a_refusal_names_code_and_remedy(error: int) -> None:
    card = Card(1)
    driver, _ = await opened(card)
    card.error = error
    with pytest.raises(Refused, match=str(error)) as refused:
        await driver.show("A1001", Deadline.after(2))
    assert refused.value.code is not CompletionCode.SUCCESS


@virtual
async def test_a_busy_card_needs_nothing_but_time() -> None:
    card = Card(1)
    driver, _ = await opened(card)
    card.error = 3
    with pytest.raises(Refused) as refused:
        await driver.show("A1001", Deadline.after(2))
    assert (refused.value.code, refused.value.remedy) == (CompletionCode.DEVICE_NOT_READY, Remedy.NONE)


@virtual
async def test_an_opening_that_fails_leaves_the_line_closed() -> None:
    card = Card(1)
    card.silent = True
    line = Line(card)
    with pytest.raises(Silent):
        await OnbonBx5k(OnbonSettings(address=1), line).open(Deadline.after(5))
    assert line.gone is not None


@pytest.mark.parametrize(
    "options",
    [
        {"address": 0},
        {"address": 65535},
        {"address": 1, "unit": "bytes8", "width": 60},
        {"address": 1, "width": 0},
        {"address": 1, "timeout_seconds": 0},
        {"address": 1, "area": 99},
    ],
)
def test_options_that_cannot_be_are_refused_with_their_remedy(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="→"):
        OnbonSettings(**options)  # type: ignore[arg-type]
