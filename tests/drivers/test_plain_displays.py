"""What C-Power cards, strips and Modbus displays promise each for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from drivers.contract import FOREIGN_TEXT, OFFLINE, CompletionCode, Garbled, Reason, Refused, Remedy, Silent
from drivers.deadline import Deadline
from drivers.window_display import modbus_text_codec, strip_a090_codec
from drivers.window_display.cpower5200 import CPower5200, CPowerSettings
from drivers.window_display.modbus_text import EXCEPTIONS, ModbusText, ModbusTextSettings
from drivers.window_display.strip_a090 import StripA090, StripSettings
from drivers.window_display.transaction import Echo
from simulators.displays import cpower_frame, modbus
from simulators.displays.cpower import CPowerCard
from simulators.displays.dots import GREEN, RED, YELLOW
from simulators.displays.modbus import ModbusDisplay
from tests.drivers.displays import Panelled
from tests.drivers.line import Line
from tests.virtual_time import virtual


async def cpower(card: Panelled | None = None, **options: Any) -> tuple[CPower5200, Panelled, CPowerCard]:
    card = card or Panelled("cpower5200")
    driver = CPower5200(CPowerSettings(**{"address": 3, **options}), Line(card))
    await driver.open(Deadline.after(5))
    assert isinstance(card.display, CPowerCard)
    return driver, card, card.display


class TestCPower:
    @virtual
    async def test_opening_lights_a_panel_that_was_switched_off(self) -> None:
        card = Panelled("cpower5200")
        assert isinstance(card.display, CPowerCard)
        card.display.on = False
        await cpower(card)
        assert card.display.on

    @virtual
    async def test_a_panel_that_stays_off_is_offline(self) -> None:
        driver, card, _ = await cpower()
        off = cpower_frame.answer(3, 0x76, 1, bytes((1, 0)) + bytes(8))
        card.replies = [off, cpower_frame.answer(3, 0x76, 1, bytes((0, 0)))]
        assert (await driver.poll(Deadline.after(2))).reasons == {OFFLINE}

    @virtual
    async def test_a_power_answer_without_a_state_is_garbled(self) -> None:
        driver, card, _ = await cpower()
        card.replies = [cpower_frame.answer(3, 0x76, 1, b"\x01")]
        with pytest.raises(Garbled):
            await driver.poll(Deadline.after(2))

    @virtual
    async def test_firmware_that_answers_like_a_request_is_understood_with_and_without_echo(self) -> None:
        for echoing in (False, True):
            card = Panelled("cpower5200", old=True)
            card.echoing = echoing
            driver, _, display = await cpower(card)
            assert (await driver.show("A001", Deadline.after(2))).confirmed is True
            assert display.text == "A001"

    @virtual
    async def test_without_a_size_the_cards_own_windows_stay(self) -> None:
        _, _, display = await cpower()
        assert display._boxes == ((0, 0, 160, 16),)

    @virtual
    async def test_with_a_size_opening_makes_the_window(self) -> None:
        driver, _, display = await cpower(x=32, width=64, height=16, align="left")
        await driver.show("号", Deadline.after(2))
        box = display.draw().getbbox()
        assert box is not None
        assert 32 <= box[0] < box[2] <= 48

    @pytest.mark.parametrize(("align", "left"), [("left", 0), ("centre", 72), ("right", 144)])
    @pytest.mark.parametrize(("colour", "number"), [("red", RED), ("green", GREEN), ("yellow", YELLOW)])
    @virtual
    async def test_a_text_stands_where_and_in_the_colour_that_is_wished(
        self, align: str, left: int, colour: str, number: int
    ) -> None:
        driver, _, display = await cpower(align=align, colour=colour)
        await driver.show("号", Deadline.after(2))
        lit = display.draw()
        box = lit.getbbox()
        assert box is not None
        assert left <= box[0] < box[2] <= left + 16
        assert {value for _, value in lit.getcolors() or []} == {0, number}

    @pytest.mark.parametrize(
        ("result", "code"), [(2, "sequence_error"), (3, "internal_error"), (255, "internal_error")]
    )
    @virtual
    async def test_a_refusal_names_code_and_remedy(self, result: int, code: str) -> None:
        driver, card, _ = await cpower()
        card.replies = [cpower_frame.answer(3, 0x7B, result, bytes(4))]
        with pytest.raises(Refused, match=str(result)) as refused:
            await driver.show("A001", Deadline.after(2))
        assert refused.value.code == code

    @virtual
    async def test_a_card_that_heard_a_wrong_sum_makes_it_garbled_so_that_it_is_sent_again(self) -> None:
        driver, card, _ = await cpower()
        card.replies = [cpower_frame.answer(3, 0x7B, 1, bytes(4))]
        with pytest.raises(Garbled):
            await driver.show("A001", Deadline.after(2))

    @virtual
    async def test_a_window_that_the_card_has_not_is_refused(self) -> None:
        driver, _, _ = await cpower(window=3)
        with pytest.raises(Refused):
            await driver.show("A001", Deadline.after(2))

    @pytest.mark.parametrize(
        "options",
        [
            {"address": 0},
            {"address": 255},
            {"address": 1, "window": 8},
            {"address": 1, "window": 1, "width": 64, "height": 16},
            {"address": 1, "width": 64},
            {"address": 1, "x": -1},
            {"address": 1, "effect": 256},
            {"address": 1, "speed": 0},
            {"address": 1, "answer_ms": 1},
        ],
    )
    def test_options_that_cannot_be_are_refused_with_their_remedy(self, options: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="→"):
            CPowerSettings(**options)


class TestStrip:
    @virtual
    async def test_a_text_is_in_the_colour_that_is_wished(self) -> None:
        card = Panelled("strip-a090")
        driver = StripA090(StripSettings(3, colour="green"), Line(card))
        await driver.open(Deadline.after(5))
        await driver.show("请A001号", Deadline.after(2))
        assert {value for _, value in card.display.draw().getcolors() or []} == {0, GREEN}

    @virtual
    async def test_opening_makes_it_dark_so_that_no_old_number_stays(self) -> None:
        card = Panelled("strip-a090")
        driver = StripA090(StripSettings(3), Line(card))
        await driver.open(Deadline.after(5))
        await driver.show("A001", Deadline.after(2))
        await driver.open(Deadline.after(5))
        assert card.display.seen == ()

    @virtual
    async def test_an_answer_with_something_in_its_middle_is_one(self) -> None:
        card = Panelled("strip-a090")
        driver = StripA090(StripSettings(3), Line(card))
        await driver.open(Deadline.after(5))
        card.replies = [bytes.fromhex("A0 90 03 A5 00 00 A5 AA")]
        assert (await driver.show("A001", Deadline.after(2))).confirmed is True

    @pytest.mark.parametrize("length", [84, 85])
    def test_a_frame_holds_less_than_255_bytes_of_data(self, length: int) -> None:
        if length == 84:
            assert strip_a090_codec.show(1, "号" * length, "red")[4:6] == b"\x00\xfc"
        else:
            with pytest.raises(ValueError, match="255"):
                strip_a090_codec.show(1, "号" * length, "red")

    @virtual
    async def test_a_single_colour_strip_waits_for_nothing_and_promises_nothing(self) -> None:
        card = Panelled("strip-single")
        driver = StripA090(StripSettings(3, form="single-colour"), Line(card))
        began = asyncio.get_running_loop().time()
        await driver.open(Deadline.after(5))
        completion = await driver.show("A001", Deadline.after(2))
        assert (completion.confirmed, completion.evidence) == (None, "written")
        assert asyncio.get_running_loop().time() == began

    @pytest.mark.parametrize("options", [{"address": -1}, {"address": 256}, {"address": 1, "answer_ms": 9999}])
    def test_options_that_cannot_be_are_refused_with_their_remedy(self, options: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="→"):
            StripSettings(**options)


async def modbus_text(**options: Any) -> tuple[ModbusText, Panelled, ModbusDisplay]:
    shared = {key: value for key, value in options.items() if key == "order"}
    card = Panelled("modbus-text", **shared)
    driver = ModbusText(ModbusTextSettings(3, **options), Line(card))
    await driver.open(Deadline.after(5))
    assert isinstance(card.display, ModbusDisplay)
    return driver, card, card.display


async def reasons_later(driver: ModbusText) -> frozenset[Reason]:
    """When the next reading is due."""
    await asyncio.sleep(driver.poll_seconds)
    return (await driver.poll(Deadline.after(2))).reasons


class TestModbus:
    @pytest.mark.parametrize("order", ["high-first", "low-first"])
    @virtual
    async def test_start_length_and_byte_order_are_the_displays(self, order: Any) -> None:
        card = Panelled("modbus-text", start=256, registers=10, order=order)
        driver = ModbusText(ModbusTextSettings(3, start=256, registers=10, order=order), Line(card))
        await driver.open(Deadline.after(5))
        await driver.show("请A001号到3号窗口", Deadline.after(2))
        assert card.display.text == "请A001号到3号窗口"

    @virtual
    async def test_registers_that_the_display_has_not_are_refused(self) -> None:
        driver = ModbusText(ModbusTextSettings(3, start=8), Line(Panelled("modbus-text")))
        with pytest.raises(Refused, match="illegal register") as refused:
            await driver.open(Deadline.after(5))
        assert refused.value.remedy is Remedy.CONFIGURATION

    @virtual
    async def test_after_an_answer_the_line_rests_for_three_and_a_half_characters(self) -> None:
        card = Panelled("modbus-text")
        line = Line(card)
        driver = ModbusText(ModbusTextSettings(3), line)
        await driver.open(Deadline.after(5))
        answered = asyncio.get_running_loop().time()
        line.first_write_at = -1.0
        await driver.show("A001", Deadline.after(2))
        assert line.first_write_at - answered == pytest.approx(3.5 * 10 / 9600)

    @pytest.mark.parametrize("code", [*EXCEPTIONS, 77])
    @virtual
    async def test_an_exception_names_code_and_remedy(self, code: int) -> None:
        card = Panelled("modbus-text")
        driver = ModbusText(ModbusTextSettings(3), Line(card))
        await driver.open(Deadline.after(5))
        card.replies = [modbus.said(bytes((3, 0x90, code)))]
        with pytest.raises(Refused, match=str(code)) as refused:
            await driver.show("A001", Deadline.after(2))
        assert refused.value.code is not CompletionCode.SUCCESS

    @virtual
    async def test_an_answer_about_other_registers_is_garbled(self) -> None:
        card = Panelled("modbus-text")
        driver = ModbusText(ModbusTextSettings(3), Line(card))
        await driver.open(Deadline.after(5))
        card.replies = [modbus.said(bytes((3, 0x10, 0, 1, 0, 16)))]
        with pytest.raises(Garbled):
            await driver.show("A001", Deadline.after(2))

    @virtual
    async def test_an_answer_that_begins_like_an_echo_is_still_an_answer(self) -> None:
        start, registers, letter = next(_answers_that_begin_their_request())
        card = Panelled("modbus-text", start=start, registers=registers)
        driver = ModbusText(ModbusTextSettings(3, start=start, registers=registers), Line(card))
        await driver.open(Deadline.after(5))
        assert (await driver.show(letter, Deadline.after(2))).confirmed is True

    @virtual
    async def test_what_another_program_wrote_is_reported_until_it_is_written_over(self) -> None:
        driver, _, display = await modbus_text()
        await driver.show("A001", Deadline.after(2))
        assert await reasons_later(driver) == frozenset()
        display.overwrite("欢迎光临")
        assert await reasons_later(driver) == {FOREIGN_TEXT}
        await driver.show("A001", Deadline.after(2))
        assert await reasons_later(driver) == frozenset()
        assert display.text == "A001"

    @virtual
    async def test_a_text_whose_acknowledgement_was_lost_is_not_foreign(self) -> None:
        driver, card, display = await modbus_text()
        card.replies = [b""]
        with suppress(Silent):
            await driver.show("A001", Deadline.after(2))
        assert (await driver.poll(Deadline.after(2))).reasons == frozenset()
        await driver.show("A002", Deadline.after(2))
        display.overwrite("A001")
        assert await reasons_later(driver) == {FOREIGN_TEXT}

    @virtual
    async def test_what_was_acknowledged_just_now_is_not_read_again(self) -> None:
        card = Panelled("modbus-text")
        line = Line(card)
        driver = ModbusText(ModbusTextSettings(3), line)
        await driver.open(Deadline.after(5))
        await driver.show("A001", Deadline.after(2))
        said = len(line.written)
        assert (await driver.poll(Deadline.after(2))).reasons == frozenset()
        assert len(line.written) == said

    @pytest.mark.parametrize("order", ["high-first", "low-first"])
    @virtual
    async def test_what_is_read_is_compared_in_the_displays_own_order(self, order: Any) -> None:
        driver, _, _ = await modbus_text(order=order)
        await driver.show("请A001号", Deadline.after(2))
        assert await reasons_later(driver) == frozenset()

    @pytest.mark.parametrize("why", ["refuses", "is silent", "must not be asked"])
    @virtual
    async def test_a_display_that_cannot_be_read_is_not_polled_and_written_again_instead(self, why: str) -> None:
        card = Panelled("modbus-text", readable=False)
        seconds = 0 if why == "must not be asked" else 30
        driver = ModbusText(ModbusTextSettings(3, read_back_seconds=seconds), Line(card))
        if why == "is silent":
            card.replies = [modbus.said(bytes((3, 0x10, 0, 0, 0, 16))), b"", b""]
        await driver.open(Deadline.after(5))
        assert driver.poll_seconds == 0.0
        await driver.show("A001", Deadline.after(2))
        assert isinstance(card.display, ModbusDisplay)
        card.display.overwrite("欢迎光临")
        assert (await driver.poll(Deadline.after(2))).reasons == frozenset()
        assert card.display.text == "A001"

    @virtual
    async def test_one_lost_answer_at_opening_does_not_end_the_reading(self) -> None:
        card = Panelled("modbus-text")
        card.replies = [modbus.said(bytes((3, 0x10, 0, 0, 0, 16))), b""]
        driver = ModbusText(ModbusTextSettings(3), Line(card))
        await driver.open(Deadline.after(5))
        assert driver.poll_seconds == 30.0

    @virtual
    async def test_an_answer_with_another_number_of_registers_is_garbled(self) -> None:
        driver, card, _ = await modbus_text()
        await asyncio.sleep(30.0)
        card.replies = [modbus.said(bytes((3, 0x03, 2, 0x41, 0x42)))]
        with pytest.raises(Garbled):
            await driver.poll(Deadline.after(2))

    @pytest.mark.parametrize(
        "options",
        [
            {"address": 0},
            {"address": 248},
            {"address": 1, "registers": 124},
            {"address": 1, "start": 65530},
            {"address": 1, "read_back_seconds": -1},
        ],
    )
    def test_options_that_cannot_be_are_refused_with_their_remedy(self, options: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="→"):
            ModbusTextSettings(**options)


def _answers_that_begin_their_request() -> Iterator[tuple[int, int, str]]:
    """Start, registers and a first letter with which the CRC of the answer is byte count and letter of the request."""
    for start in range(0x10000):
        for registers in range(1, 124):
            place = start.to_bytes(2, "big") + registers.to_bytes(2, "big")
            answer = modbus.said(bytes((3, 0x10)) + place)
            if answer[6] == registers * 2 and chr(answer[7]).isascii() and chr(answer[7]).isalnum():
                request = modbus_text_codec.write_text(3, start, registers, chr(answer[7]))
                assert request.startswith(answer)
                yield start, registers, chr(answer[7])


class TestEcho:
    def test_what_was_sent_is_taken_out_in_any_pieces(self) -> None:
        for size in range(1, 6):
            echo = Echo(b"sent")
            heard = b"sentanswer"
            pieces = [echo.without(heard[at : at + size]) for at in range(0, len(heard), size)]
            assert b"".join(pieces) + echo.rest() == b"answer"

    def test_it_is_taken_out_once(self) -> None:
        echo = Echo(b"sent")
        assert echo.without(b"sentsent") + echo.without(b"sent") == b"sentsent"

    def test_what_only_begins_like_it_is_heard_in_the_end(self) -> None:
        echo = Echo(b"sent")
        assert echo.without(b"se") == b""
        assert echo.rest() == b"se"
