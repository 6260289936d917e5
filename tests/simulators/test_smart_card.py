"""Simulated cards: every literal vector from the card's side, and how they lie in, leave and are torn out of vpcd."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.control import Fault, Insert, Press, Remove, Tear
from simulators.smart_card import chip, others
from simulators.smart_card.deck import DECK, ZHANG
from simulators.smart_card.hand import Hand
from simulators.smart_card.social_security import APPLICATION, Make, SocialSecurityCard
from tests.simulators.host import LIMIT, Heard, vectors

TO, FROM = vectors("social-security", "to-device"), vectors("social-security", "from-device")
WORKED = [v for v in TO if v["name"].startswith("worked")], [v for v in FROM if v["name"].startswith("worked")]


def _named(vector: dict[str, Any]) -> str:
    return str(vector["name"])


def _asked(asked: chip.Request) -> dict[str, Any]:
    match asked.instruction:
        case 0xA4 if asked.p1 == 0x04:
            ours = asked.body == APPLICATION
            return (
                {"command": "select-application"}
                if ours
                else {"command": "select-name", "name": asked.body.hex().upper()}
            )
        case 0xA4:
            return {"command": "select-file", "file": asked.body[1]}
        case 0x36:
            return {"command": "chip-serial"}
        case 0xC0:
            return {"command": "get-response", "size": asked.wanted}
    by = "number" if asked.p2 & 0x07 == 0x04 else "identifier"
    size = (asked.wanted or 0) - 2
    return {"command": "read-record", "file": asked.p2 >> 3, by: asked.p1, "size": size}


@pytest.mark.parametrize("vector", TO, ids=_named)
def test_a_card_understands(vector: dict[str, Any]) -> None:
    asked = chip.request(bytes.fromhex(vector["bytes"]))
    assert asked is not None
    assert _asked(asked) == vector["meaning"]


def test_a_card_of_that_make_holds_the_worked_exchange() -> None:
    card = SocialSecurityCard(ZHANG, Make("2.00", with_fci=False, rest_of_name=False))
    for asked, said in zip(*WORKED, strict=True):
        assert card.answer(bytes.fromhex(asked["bytes"])) == bytes.fromhex(said["bytes"]), asked["name"]


@pytest.mark.parametrize("vector", [v for v in FROM if "card" in v["meaning"]], ids=_named)
def test_a_card_answers_to_reset(vector: dict[str, Any]) -> None:
    assert DECK[vector["meaning"]["card"]](lambda _: None).atr == bytes.fromhex(vector["bytes"])


def type_b(direction: str) -> list[dict[str, Any]]:
    return vectors("identity-type-b", direction)


@pytest.mark.parametrize("vector", type_b("radio-from-card"), ids=_named)
def test_an_identity_card_says_so_over_the_air_and_its_reader_tells_it(vector: dict[str, Any]) -> None:
    meaning = vector["meaning"]
    card = others.IdentityCard(batch=meaning["batch"], info=bytes.fromhex(meaning["info"])[-1])
    asked = {v["meaning"]["frame"]: v for v in type_b("radio-to-card")}
    assert card.radio(bytes.fromhex(asked["reqb"]["bytes"])) == bytes.fromhex(vector["bytes"])
    chosen = card.radio(bytes.fromhex(asked["attrib"]["bytes"]))
    assert chosen == bytes.fromhex(asked["attrib"]["meaning"]["answer"])
    assert card.radio(b"\x05\x00\x01") == b""
    assert card.atr == bytes.fromhex(meaning["answer_to_reset"])


def test_an_identity_card_gives_its_chips_serial_and_its_reader_a_uid_of_noughts() -> None:
    noticed: list[str] = []
    card = others.IdentityCard(noticed.append)
    (asked,), (told,), (never,) = type_b("to-device"), type_b("from-device"), type_b("never")
    assert card.answer(bytes.fromhex(asked["bytes"])) == bytes.fromhex(told["bytes"])
    assert noticed == []
    pupi = next(v for v in type_b("refused") if "PUPI" in v["name"])
    assert card.answer(bytes.fromhex(never["bytes"])) == bytes.fromhex(pupi["bytes"])
    assert noticed == ["uid-asked"]
    mute = next(v for v in type_b("refused") if v["meaning"]["why"] == "status")
    assert others.IdentityCard(serial=False).answer(bytes.fromhex(asked["bytes"])) == bytes.fromhex(mute["bytes"])


@pytest.mark.parametrize(
    ("card", "command", "notice"),
    [
        ("social-2.00", "00 20 00 00 03 12 34 56", "pin-tried"),
        ("social-3.00", "00 82 00 0A 10" + "00" * 16, "key-tried"),
        ("storage", "FF CA 00 00 00", "uid-asked"),
        ("bank", "00 B2 01 0C 00", "number-asked"),
        ("transit", "00 B0 95 00 00", "number-asked"),
    ],
)
def test_a_card_tells_what_ours_must_never_do(card: str, command: str, notice: str) -> None:
    noticed: list[str] = []
    DECK[card](noticed.append).answer(bytes.fromhex(command))
    assert noticed == [notice]


def test_who_fetches_what_a_bank_cards_select_found_asks_for_its_number() -> None:
    noticed: list[str] = []
    bank = DECK["bank"](noticed.append)
    assert bank.answer(bytes.fromhex("00 A4 04 00 08") + others.DEBIT)[0] == 0x61
    assert noticed == []
    bank.answer(bytes.fromhex("00 C0 00 00 0B"))
    assert noticed == ["number-asked"]


@given(st.sampled_from(sorted(DECK)), st.lists(st.binary(max_size=40), max_size=10))
def test_whatever_is_asked_a_card_ends_its_answer_with_a_status_word(card: str, asked: list[bytes]) -> None:
    it = DECK[card](lambda _: None)
    for raw in asked:
        assert 0x61 <= it.answer(raw)[-2] <= 0x90


class Vpcd:
    """The reader's end of the socket."""

    def __init__(self) -> None:
        self._cards: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    def came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._cards.put_nowait((reader, writer))

    async def card(self) -> None:
        async with asyncio.timeout(LIMIT):
            self.reader, self.writer = await self._cards.get()

    def say(self, body: str) -> None:
        assert self.writer is not None
        raw = bytes.fromhex(body)
        self.writer.write(len(raw).to_bytes(2, "big") + raw)

    async def hear(self) -> bytes:
        assert self.reader is not None
        async with asyncio.timeout(LIMIT):
            return await self.reader.readexactly(int.from_bytes(await self.reader.readexactly(2), "big"))

    async def rest(self) -> bytes:
        """What comes before the card is gone."""
        assert self.reader is not None
        async with asyncio.timeout(LIMIT):
            return await self.reader.read()

    async def drop(self) -> None:
        """The reader goes."""
        assert self.writer is not None
        self.writer.close()
        await self.writer.wait_closed()


@asynccontextmanager
async def laid() -> AsyncIterator[tuple[Vpcd, Hand, Heard]]:
    reader, heard = Vpcd(), Heard()
    server = await asyncio.start_server(reader.came, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    async with server, asyncio.TaskGroup() as group:
        hand = Hand(address, heard.emit, group.create_task)
        try:
            yield reader, hand, heard
        finally:
            hand.close()
            if reader.writer is not None:
                await reader.drop()


@pytest.mark.wire
class TestHand:
    async def test_only_the_answer_to_reset_and_commands_are_answered(self) -> None:
        async with laid() as (reader, hand, heard):
            hand.do(Insert("social-2.00"))
            await reader.card()
            for control in ("04", "00", "01", "04", "02", "00 36 00 00 08"):
                reader.say(control)
            assert (await reader.hear())[:2] == bytes.fromhex("3B 6D")
            assert (await reader.hear())[:2] == bytes.fromhex("3B 6D")
            assert await reader.hear() == chip.UNKNOWN_INSTRUCTION
            assert (await heard.next("command"))["ins"] == 0x36

    async def test_a_card_pulled_closes_the_socket_and_one_laid_down_opens_it(self) -> None:
        async with laid() as (reader, hand, heard):
            hand.do(Insert("bank"))
            await reader.card()
            hand.do(Remove())
            assert await reader.rest() == b""
            await heard.next("removed")
            await reader.drop()
            hand.do(Insert("transit"))
            await reader.card()
            assert (await heard.next("inserted", 2))["card"] == "transit"

    async def test_power_off_forgets_what_was_selected(self) -> None:
        async with laid() as (reader, hand, _):
            hand.do(Insert("social-2.00"))
            await reader.card()
            reader.say("00 A4 04 00 0F" + APPLICATION.hex())
            assert (await reader.hear())[0] == 0x61
            reader.say("00")
            reader.say("00 B2 03 2C 06")
            assert await reader.hear() == chip.NO_FILE_CHOSEN

    async def test_a_card_is_torn_out_after_so_many_answers_and_so_many_bytes(self) -> None:
        async with laid() as (reader, hand, heard):
            hand.do(Insert("identity"))
            await reader.card()
            hand.do(Tear(after=1, octets=5))
            reader.say("00 36 00 00 08")
            assert await reader.hear() == others.CHIP_SERIAL + chip.DONE
            reader.say("00 36 00 00 08")
            assert await reader.rest() == b"\x00\x0a" + others.CHIP_SERIAL[:3]
            assert (await heard.next("torn"))["card"] == "identity"
            assert hand.snapshot()[0]["card"] is None

    async def test_a_card_left_in_a_reader_that_goes_is_found_when_it_comes_back(self) -> None:
        async with laid() as (reader, hand, heard):
            hand.do(Insert("bank"))
            await reader.card()
            await reader.drop()
            await reader.card()
            await heard.next("inserted", 2)

    async def test_manners_are_faults_to_be_switched(self) -> None:
        async with laid() as (reader, hand, _):
            for name in ("byte-by-byte", "slow"):
                hand.do(Fault(name, True))
            hand.do(Insert("stranger"))
            await reader.card()
            assert hand.snapshot()[0]["faults"] == ["byte-by-byte", "slow"]
            reader.say("04")
            assert (await reader.hear())[:1] == b"\x3b"

    @pytest.mark.parametrize(
        "command", [Insert("nobody"), Fault("silent", True), Tear(0, 1), Tear(-1), Press(1, "call")]
    )
    async def test_what_no_card_takes_is_refused(self, command: Any) -> None:
        async with laid() as (_, hand, _heard):
            with pytest.raises(ValueError, match=r"card|tear"):
                hand.do(command)
