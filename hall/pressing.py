"""A box's command on its way through the hall: carried out once, refused while the hall does not know its past."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from hall import recovering
from hall.commands import Carry, encode
from hall.contract import Answer, Command, SignIn
from hall.sign_in import Entering
from hall.store import desks
from hall.store.writer import Job, Tx

if TYPE_CHECKING:
    from hall.hall import Hall

log = structlog.get_logger("hall")


async def carry_out(hall: Hall, command: Command, device: str) -> bytes:
    """Carry it out once and give its encoded answer. Raises HelloFirst."""
    if isinstance(command, SignIn):
        return await _sign_in(hall, command)
    expired = hall.sessions.is_expired(device, command.boot, command.mono_ms)

    def carry(tx: Tx) -> bytes:
        return Carry(command, hall.catalogue, hall.term, hall.clock, expired=expired)(tx)

    return await hall.writer.write(_if_whole(hall, command.request, carry))


async def _sign_in(hall: Hall, command: SignIn) -> bytes:
    """The PIN is compared outside of any transaction: that is slow on purpose."""
    answered = await hall.writer.write(lambda tx: desks.answer(tx, command.request))
    if answered is not None:
        return answered
    admitted = await hall.door.admit(command.name, command.pin)
    log.info("sign-in", window=command.window, refused=admitted.reason)  # who it was, the deed itself keeps

    def enter(tx: Tx) -> bytes:
        return Entering(command, admitted, hall.catalogue, hall.term, hall.clock)(tx)

    return await hall.writer.write(_if_whole(hall, command.request, enter))


def _if_whole(hall: Hall, request: str, job: Job[bytes]) -> Job[bytes]:
    """The job, or a refusal that is not kept: what a box was answered before may yet be told by it."""

    def answer(tx: Tx) -> bytes:
        if not recovering.is_recovering(tx):
            return job(tx)
        refused = Answer(request=request, outcome="refused", reason="recovering", at_ms=hall.clock.now_ms())
        return desks.answer(tx, request) or encode(refused)

    return answer
