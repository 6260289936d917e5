"""A PC/SC reader (pyscard over pcscd): its calls block, so they run in a thread of their own, each with a deadline.

The functions of ``smartcard.scard`` are used, not pyscard's classes: those start polling threads, raise from
``__del__`` and hide which error it was.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from smartcard import scard  # type: ignore[import-untyped] # a SWIG module

from drivers.contract import CompletionCode, DeviceFault, Garbled, Gone, Refused, Remedy, Silent
from drivers.deadline import Deadline
from drivers.smart_card.card_port import Mute, Taken
from drivers.worker import Worker

T = TypeVar("T")

SLICE_SECONDS = 0.25
"""How long the thread waits for a card in one call: so long it cannot be called off. Events end a call at once."""
SETTLE_SECONDS = 1.0
"""The service looks for the card every 0.4 s, later on a busy machine: until then a command to a card torn out fails
without saying why."""
END_SECONDS = 0.5
"""What letting go may take; afterwards it goes on unheard."""

_ESTABLISHING = threading.Lock()
"""libpcsclite learns where the service is at its first call: two of them at once, and one finds no service (tried)."""

_LOST = {
    scard.SCARD_E_NO_SERVICE,
    scard.SCARD_E_SERVICE_STOPPED,
    scard.SCARD_F_COMM_ERROR,
    scard.SCARD_E_INVALID_HANDLE,  # of a service that has been restarted since
    scard.SCARD_E_UNKNOWN_READER,
    scard.SCARD_E_READER_UNAVAILABLE,
    scard.SCARD_E_NO_READERS_AVAILABLE,
}
_TAKEN = {scard.SCARD_W_REMOVED_CARD, scard.SCARD_E_NO_SMARTCARD}
_MUTE = {
    scard.SCARD_W_UNRESPONSIVE_CARD,
    scard.SCARD_W_UNPOWERED_CARD,
    scard.SCARD_W_UNSUPPORTED_CARD,
    scard.SCARD_E_PROTO_MISMATCH,
    scard.SCARD_E_CARD_UNSUPPORTED,
}


class PcscPort:
    """A drivers.smart_card.card_port.CardPort.

    ``reader``: its name as ``pcsc_scan`` lists it, the beginning of it, or its place in that list, from 0.
    """

    def __init__(self, reader: str) -> None:
        self._reader = reader
        self._session = _Session(reader)
        self._worker: Worker | None = None
        self._stuck: Worker | None = None
        """One that has not returned; never a second, so that a dead service does not gather threads."""

    async def open(self, deadline: Deadline) -> None:
        """Find the reader. Raises Gone, Silent, Refused; leaves nothing behind when it fails."""
        await self.close()
        if self._stuck is not None and self._stuck.alive:
            raise Silent(f"an earlier call to {self._reader} has not returned yet")
        self._session = _Session(self._reader)
        self._worker = Worker(f"pcsc {self._reader}", self._session.close)
        try:
            await self._do(self._session.open, deadline)
        except BaseException:
            await self.close()
            raise

    async def answer_to_reset(self, deadline: Deadline) -> bytes | None:
        """Of the card that lies there; empty when it is mute, None without a card. Raises Gone, Silent."""
        return await self._do(self._session.answer_to_reset, deadline)

    async def wait(self, deadline: Deadline, *, present: bool) -> bool:
        """Whether a card is there, or none is, as soon as that is so; False at the deadline. Raises Gone."""
        try:
            while seconds := min(SLICE_SECONDS, deadline.left()):
                if await self._do(lambda: self._session.comes(present, seconds), deadline):
                    return True
        except Silent:
            pass
        return False

    async def connect(self, deadline: Deadline) -> None:
        """Power the card, for ourselves alone. Raises Taken, Mute, Refused, Gone, Silent."""
        await self._do(self._session.connect, deadline)

    async def transmit(self, command: bytes, deadline: Deadline) -> bytes:
        """One command and the answer. Raises Taken, Mute, Garbled, Gone, Silent."""
        return await self._do(lambda: self._session.transmit(command), deadline)

    async def disconnect(self, deadline: Deadline) -> None:
        """Take the power from the card, by the deadline or unheard. Never raises."""
        with suppress(DeviceFault):  # gone, or it is done once the service answers again
            if self._worker is not None:
                await self._worker.do_surely(
                    self._session.disconnect, deadline.sooner(END_SECONDS), "it holds the card"
                )

    async def close(self) -> None:
        """Let go of the reader. Never raises."""
        worker, self._worker = self._worker, None
        if worker is None:
            return
        try:
            await worker.do_surely(self._session.close, Deadline.after(END_SECONDS), "it does not let go")
        except DeviceFault:
            self._stuck = worker  # it ends by itself once the service answers
        finally:
            worker.end()

    async def _do(self, job: Callable[[], T], deadline: Deadline) -> T:
        if self._worker is None:
            raise Gone(f"{self._reader} is not open")
        if not deadline.left():
            raise Silent(f"no time left for {self._reader}")
        return await self._worker.do(job, deadline, f"{self._reader} does not answer")


async def readers(deadline: Deadline) -> list[str]:
    """The names of all readers, to be shown to who sets a box up. Raises Gone, Silent."""
    session = _Session("")
    worker = Worker("pcsc readers", session.close)
    try:
        return await worker.do(session.readers, deadline, "the PC/SC service does not answer")
    finally:
        worker.end()


class _Session:
    """The service's context and the card's handle; belongs to one thread."""

    def __init__(self, reader: str) -> None:
        self._wanted = reader
        self._name = ""
        self._context: int | None = None
        self._card: int | None = None
        self._protocol = 0

    def readers(self) -> list[str]:
        """Every reader of the service."""
        with _ESTABLISHING:
            self._context = self._checked(scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM))
        result, names = scard.SCardListReaders(self._context, [])
        if result == scard.SCARD_E_NO_READERS_AVAILABLE:
            return []
        return list(self._checked((result, names)))

    def open(self) -> None:
        self._name = chosen(self.readers(), self._wanted)

    def answer_to_reset(self) -> bytes | None:
        return self._state(0, scard.SCARD_STATE_UNAWARE)[1]

    def comes(self, present: bool, seconds: float) -> bool:
        """Whether that is so, after the next change or after so many seconds."""
        state, atr = self._state(0, scard.SCARD_STATE_UNAWARE)
        if (atr is not None) is not present:
            _, atr = self._state(max(1, int(seconds * 1000)), state & ~scard.SCARD_STATE_CHANGED)
        return (atr is not None) is present

    def connect(self) -> None:
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, card, protocol = scard.SCardConnect(self._context, self._name, scard.SCARD_SHARE_EXCLUSIVE, protocols)
        if result != scard.SCARD_S_SUCCESS:
            raise self._fault(result)
        self._card, self._protocol = card, protocol

    def transmit(self, command: bytes) -> bytes:
        if self._card is None:
            raise Taken
        result, answer = scard.SCardTransmit(self._card, self._protocol, list(command))
        if result != scard.SCARD_S_SUCCESS or not answer:  # torn out, the card may also "say" nothing
            raise self._fault(result)
        return bytes(answer)

    def disconnect(self) -> None:
        card, self._card = self._card, None
        if card is not None:
            scard.SCardDisconnect(card, scard.SCARD_UNPOWER_CARD)

    def close(self) -> None:
        self.disconnect()
        context, self._context = self._context, None
        if context is not None:
            scard.SCardReleaseContext(context)

    def _state(self, milliseconds: int, known: int) -> tuple[int, bytes | None]:
        """The reader's state and its card's answer to reset."""
        result, states = scard.SCardGetStatusChange(self._context, milliseconds, [(self._name, known)])
        if result == scard.SCARD_E_TIMEOUT:
            present = bool(known & scard.SCARD_STATE_PRESENT)
            return known, b"" if present else None
        if result != scard.SCARD_S_SUCCESS:
            raise Gone(self._what(result))
        _, state, atr = states[0]
        if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE):
            raise Gone(f"{self._name} was unplugged")
        if not state & scard.SCARD_STATE_PRESENT:
            return state, None
        return state, b"" if state & scard.SCARD_STATE_MUTE else bytes(atr)

    def _fault(self, result: int) -> DeviceFault:
        """Which of the four an error of the service is; what it does not say, the reader's state does."""
        if result in _TAKEN:
            return Taken()
        if result in _MUTE:
            return Mute()
        if result == scard.SCARD_E_SHARING_VIOLATION:
            what = f"another program uses the card in {self._name}"
            return Refused(what, CompletionCode.DEVICE_NOT_READY, Remedy.NONE)
        try:
            taken = bool(self._name) and self.comes(present=False, seconds=SETTLE_SECONDS)
        except DeviceFault as fault:
            return fault
        if result in _LOST:
            return Gone(self._what(result))
        return Taken() if taken else Garbled(self._what(result))

    def _checked(self, returned: tuple[int, T]) -> T:
        """What a call returned that is about no card: where it fails the service is not to be had, whatever it says."""
        result, value = returned
        if result != scard.SCARD_S_SUCCESS:
            raise Gone(self._what(result))
        return value

    def _what(self, result: int) -> str:
        return f"{self._name or self._wanted or 'PC/SC'}: {scard.SCardGetErrorMessage(result)}"


def chosen(names: Sequence[str], wanted: str) -> str:
    """The reader that is meant. Raises Gone when there is none, Refused when several could be."""
    if wanted.isdecimal():
        meant = list(names[int(wanted) : int(wanted) + 1])
    elif wanted in names:
        meant = [wanted]
    else:
        meant = [name for name in names if name.startswith(wanted)]
    if not meant:
        raise Gone(f"there is no reader {wanted}; there are: {', '.join(names) or 'none'}")
    if len(meant) > 1:
        what = f"several readers are called {wanted}: {', '.join(meant)}"
        raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION)
    return meant[0]
