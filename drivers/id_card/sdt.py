"""A second-generation ID card reader that speaks SDT frames (protocols/idcard-sdt.md §5): serial at 115200, or USB.

What the security module says (SW3) and what it means here:

    60 self-test failed          state: hardware-failure (open resets the module once)
    66 not authorised            state: not-configured
    31 32 33 37 rejected         Refused, remedy clear; state: card-rejected until another card is found
    3F 40 41 47 80 81 not read   Refused, remedy clear; state: card-torn until another card is found
    91 no such item              a blank newest address, no body number
    10 11 our request was wrong  Garbled
    21 23 24 and unknown ones    Refused, remedy configuration, reset or maintenance

A reader finds a card once a placement: after a reading it says 80 although the card still lies there (§5.4).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from drivers.contract import (
    CARD_REJECTED,
    CARD_TORN,
    HARDWARE_FAILURE,
    NOT_CONFIGURED,
    CompletionCode,
    Garbled,
    IdCard,
    NoCard,
    Reason,
    Refused,
    Remedy,
    Silent,
    State,
    Transport,
)
from drivers.deadline import Deadline
from drivers.framing import Framer
from drivers.id_card import sdt_codec as codec
from drivers.id_card import sdt_text
from drivers.id_card.sdt_codec import SW3, Answer, Command

SHORT_SECONDS = 1.0
"""Shipping software waits 0.1 to 1 s for find, select and the module's own commands (§5.3)."""
EXTRA_SECONDS = 1.5
FINGERPRINT_SECONDS = 2.0
"""So much longer takes a reading with fingerprint (3 s, "allow 5")."""
TRIES = 2
"""One lost poll while somebody looks for his card is no fault."""

_Refusal = tuple[str, CompletionCode, Remedy, Reason | None]
_AT_FAULT: dict[int, _Refusal] = {
    SW3.REQUEST_COMMAND: ("unknown command", CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION, None),
    SW3.BEYOND_AUTHORITY: ("beyond authority", CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION, None),
    SW3.UNKNOWN_ERROR: ("unknown error", CompletionCode.INTERNAL_ERROR, Remedy.RESET, None),
    SW3.SELF_TEST: ("self-test failed", CompletionCode.HARDWARE_ERROR, Remedy.RESET, HARDWARE_FAILURE),
    SW3.NOT_AUTHORISED: ("not authorised", CompletionCode.HARDWARE_ERROR, Remedy.MAINTENANCE, NOT_CONFIGURED),
}
_REJECTED = {
    SW3.CARD_REJECTED_SAM: "the card rejected the reader",
    SW3.SAM_REJECTED_CARD: "the reader rejected the card",
    SW3.INFORMATION_CHECK: "the card's information does not check",
    SW3.FINGERPRINT_CHECK: "the card's fingerprint does not check",
}
_TORN = {
    SW3.INFORMATION_LENGTH: "the card's information has a wrong length",
    SW3.CARD_TYPE: "the card's type is not recognised",
    SW3.READ_FAILED: "the card could not be read",
    SW3.GET_CHALLENGE: "the card did not give its challenge",
    SW3.NO_CARD: "the card was taken away",
    SW3.SELECT_FAILED: "the card could not be selected",
}
REFUSALS: dict[int, _Refusal] = {
    **_AT_FAULT,
    **{sw3: (what, CompletionCode.INVALID_DATA, Remedy.CLEAR, CARD_REJECTED) for sw3, what in _REJECTED.items()},
    **{sw3: (what, CompletionCode.USER_ERROR, Remedy.CLEAR, CARD_TORN) for sw3, what in _TORN.items()},
}
"""SW3 → what, how the verb ended, what would mend it, which reason it leaves."""


@dataclass(frozen=True, slots=True)
class SdtSettings:
    """``poll_ms`` between two looks for a card. ``read``: auto asks 30 01, and 30 10 once a reader does not know that.

    ``read_seconds``: how long the module may take for text and photo.
    """

    poll_ms: int = 300
    read: Literal["auto", "text-photo", "with-fingerprint"] = "auto"
    read_seconds: float = 3.0

    def __post_init__(self) -> None:
        if not 300 <= self.poll_ms <= 2000:
            raise ValueError(f"poll_ms = {self.poll_ms} → give 300 to 2000: readers want 300 ms between two looks")
        if not 1.0 <= self.read_seconds <= 10.0:
            raise ValueError(f"read_seconds = {self.read_seconds} → give 1 to 10")


class SdtReader:
    """A drivers.contract.IdCardReader."""

    Settings = SdtSettings
    family = "id_card"
    poll_seconds = 10.0

    def __init__(self, settings: SdtSettings, transport: Transport) -> None:
        self._settings = settings
        self._transport = transport
        self._framer = Framer(codec.scan, codec.FRAME_CAP)
        self._read = codec.READ_WITH_FINGERPRINT if settings.read == "with-fingerprint" else codec.READ
        self._may_lie = False
        """Not forgotten when the line is opened anew: the card does not go away by that."""
        self._card: frozenset[Reason] = frozenset()
        self.sam_id = ""
        """The security module's number, once opened: 05.03-20200101-…; it names the reader, no person."""

    async def open(self, deadline: Deadline) -> State:
        """Open the line, ask the module how it is, reset it once when it is not well. Raises one of the four."""
        await self._transport.open(deadline)
        try:
            try:
                health = await self._health(deadline)
            except Garbled:  # the rest, so the reader thought, of a request that had broken off
                health = await self._health(deadline)
            if HARDWARE_FAILURE in health:
                with suppress(Silent, Garbled):  # it may take no command at all
                    await self._exchange(codec.SAM_RESET, deadline)
                health = await self._health(deadline)
            if not health:
                self.sam_id = codec.sam_id(await self._ask(codec.SAM_ID, deadline))
        except BaseException:
            await self._transport.close()
            raise
        return State.of(*health, *self._card)

    async def poll(self, deadline: Deadline) -> State:
        """Ask the module (11 FF), which touches no card. Raises one of the four."""
        return State.of(*await self._health(deadline), *self._card)

    def reading_seconds(self, *, newest_address: bool = False, body_number: bool = False) -> float:
        """How long a reading takes at most once the card is found."""
        extras = EXTRA_SECONDS * (newest_address + body_number)
        wire = self._transport.wire_time(codec.FRAME_CAP)
        return SHORT_SECONDS + self._answer_seconds(codec.READ_WITH_FINGERPRINT) + extras + wire

    async def read_card(
        self,
        deadline: Deadline,
        *,
        newest_address: bool = False,
        body_number: bool = False,
        wanted: Callable[[], bool] = lambda: True,
    ) -> IdCard | NoCard:
        """Wait for a card until ``reading_seconds`` before the deadline (one look at least), and read it once.

        No longer ``wanted``: no further look, and no reading of a card that was found. Raises Gone, Silent, Garbled,
        Refused. Newest address and body number that cannot be had are None.
        """
        needed = self.reading_seconds(newest_address=newest_address, body_number=body_number)
        if not await self._select(deadline, deadline.at - needed, wanted) or not wanted():
            return NoCard(self._may_lie)
        self._card = frozenset({CARD_TORN})
        try:
            card = sdt_text.card(codec.reading(await self._answer_to_read(deadline)))
        except Refused as refused:
            if refused.code is CompletionCode.INVALID_DATA:
                self._card = frozenset({CARD_REJECTED})
            raise
        self._card = frozenset()
        if newest_address:
            card = replace(card, newest_address=await self._newest_address(deadline))
        if body_number:
            card = replace(card, body_number=await self._body_number(deadline))
        return card

    async def close(self) -> None:
        """Release the line."""
        await self._transport.close()

    async def _health(self, deadline: Deadline) -> frozenset[Reason]:
        answer = await self._ask(codec.SAM_STATUS, deadline, SW3.SELF_TEST, SW3.NOT_AUTHORISED)
        reason = REFUSALS[answer.sw3][3] if answer.sw3 in REFUSALS else None
        return frozenset({reason} if reason else ())

    async def _select(self, deadline: Deadline, last: float, wanted: Callable[[], bool]) -> bool:
        """Whether a card was found and selected; looks until the moment ``last``, and once at least."""
        loop, tries = asyncio.get_running_loop(), TRIES
        while True:
            next_look = loop.time() + self._settings.poll_ms / 1000
            try:
                seen = await self._look(deadline)
                tries = TRIES
            except (Silent, Garbled):
                seen, tries = 0, tries - 1
                if not tries or max(next_look, loop.time()) >= last:  # no answer never means no card
                    raise
            if seen == SW3.DONE:
                return True
            if max(next_look, loop.time()) >= last:
                break
            await asyncio.sleep(next_look - loop.time())
            if not wanted():
                return False
        if seen == SW3.SELECT_FAILED:
            raise _refusal(seen)
        return False

    async def _look(self, deadline: Deadline) -> int:
        """Find, and select at once: SW3 of what came last. A card half on the reader fails to be selected."""
        found = await self._ask(codec.FIND, deadline, SW3.NO_CARD)
        if found.sw3 != SW3.CARD_FOUND:
            return found.sw3
        self._may_lie, self._card = True, frozenset()
        return (await self._ask(codec.SELECT, deadline, SW3.SELECT_FAILED, SW3.NO_CARD)).sw3

    async def _answer_to_read(self, deadline: Deadline) -> Answer:
        learns = self._settings.read == "auto" and self._read == codec.READ
        answer = await self._ask(self._read, deadline, *([SW3.REQUEST_COMMAND] if learns else []))
        if answer.sw3 == SW3.REQUEST_COMMAND:
            answer = await self._ask(codec.READ_WITH_FINGERPRINT, deadline)
            self._read = codec.READ_WITH_FINGERPRINT
        return answer

    async def _newest_address(self, deadline: Deadline) -> str | None:
        answer = await self._extra(codec.NEWEST_ADDRESS, deadline)
        return None if answer is None else sdt_text.newest_address(answer.data)

    async def _body_number(self, deadline: Deadline) -> bytes | None:
        answer = await self._extra(codec.BODY_NUMBER, deadline)
        return answer.data or None if answer is not None else None

    async def _extra(self, command: Command, deadline: Deadline) -> Answer | None:
        """What the card gives besides. The card in hand is worth more than what failed here. Raises Gone."""
        try:
            return await self._ask(command, deadline, SW3.NO_SUCH_ITEM)
        except (Silent, Garbled, Refused):
            return None

    async def _ask(self, command: Command, deadline: Deadline, *expected: int) -> Answer:
        """A success, or one of the ``expected`` other answers. Raises one of the four."""
        answer = await self._exchange(command, deadline)
        if answer.sw3 in (SW3.DONE, SW3.CARD_FOUND, *expected):
            return answer
        raise _refusal(answer.sw3)

    async def _exchange(self, command: Command, deadline: Deadline) -> Answer:
        request = codec.request(command)
        async with deadline.limit("the line is not free"), self._transport.turn():
            self._transport.discard()
            self._framer.forget()
            on_wire = self._transport.wire_time(len(request) + codec.answer_size(command))
            limit = deadline.sooner(on_wire + self._answer_seconds(command))
            await self._transport.write(request, limit)
            return await self._answer(command, limit)

    async def _answer(self, command: Command, limit: Deadline) -> Answer:
        """The answer to this command; one to an earlier command, come late, is passed over."""
        garbled, name = self._framer.garbled, f"{command[0]:02X} {command[1]:02X}"
        while True:
            try:
                heard = await self._transport.read(limit)
            except Silent:
                if self._framer.garbled > garbled or len(self._framer):
                    raise Garbled(f"no whole answer to {name} among what came") from None
                raise Silent(f"the reader does not answer {name}") from None
            for cut in self._framer.feed(heard):
                answer = codec.decode(cut)
                if codec.answers(command, answer):
                    return answer

    def _answer_seconds(self, command: Command) -> float:
        """How long the module itself may take."""
        match command:
            case codec.READ:
                return self._settings.read_seconds
            case codec.READ_WITH_FINGERPRINT:
                return self._settings.read_seconds + FINGERPRINT_SECONDS
            case codec.NEWEST_ADDRESS | codec.BODY_NUMBER:
                return EXTRA_SECONDS
        return SHORT_SECONDS


def _refusal(sw3: int) -> Refused | Garbled:
    if sw3 in (SW3.REQUEST_CHECKSUM, SW3.REQUEST_LENGTH):
        return Garbled(f"the reader received a wrong request ({sw3:02X})")
    unknown = ("an unknown status", CompletionCode.INTERNAL_ERROR, Remedy.MAINTENANCE, None)
    what, code, remedy, _ = REFUSALS.get(sw3, unknown)
    return Refused(f"{what} ({sw3:02X})", code, remedy)
