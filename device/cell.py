"""One device's cell: opens it, serves it, says how it is, backs off when it fails. The driver does none of this."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog

from device.overdue import Overdue
from device.statistics import Statistics
from device.supervise import Backoff, cancel_requests
from device.watch import Watch
from drivers.contract import (
    IN_MAINTENANCE,
    LINK_LOST,
    SIMULATED,
    CountsPaper,
    DeviceFault,
    Driver,
    Garbled,
    Gone,
    Interruptible,
    OwnLetters,
    Refused,
    Silent,
    State,
    TellsIdentity,
)
from drivers.deadline import Deadline

log = structlog.get_logger()

D = TypeVar("D", bound=Driver)
T = TypeVar("T")

OPEN_SECONDS = 5.0
POLL_SECONDS = 3.0
CLOSE_SECONDS = 5.0
"""Letting go has no deadline of its own; after so long it counts as stuck."""
PROBES = 2
"""A device is asked this often before it is taken for lost: one lost byte on a long line is no fault."""


@dataclass(slots=True)
class _Command(Generic[D]):
    verb: Callable[[D, Deadline], Awaitable[Any]]
    seconds: float
    attempts: int
    done: asyncio.Future[Any]


class Cell(Generic[D]):
    """One device and its command queue. Commands run one at a time, polls between them.

    ``listen`` is awaited again and again while the device is open; each event it gives goes to ``heard``. ``turn``: the
    right to talk on a line shared with others; ``poll_turn``: the same for polls, which can wait and are given up when
    a command comes meanwhile. A verb's time begins to count with its turn: a busy line says nothing of a device.
    ``heard_at``: when its last byte came on its line, in the loop's seconds.
    """

    def __init__(
        self,
        name: str,
        model: str,
        driver: D,
        *,
        family: str,
        window: int | None = None,
        simulated: bool = False,
        backoff: Backoff | None = None,
        open_seconds: float = OPEN_SECONDS,
        listen: Callable[[D], Awaitable[Any]] | None = None,
        turn: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
        poll_turn: Callable[[], AbstractAsyncContextManager[None]] | None = None,
        heard_at: Callable[[], float | None] = lambda: None,
    ) -> None:
        self.name = name
        self.model = model
        self.family = family
        self.window = window
        self.watch = Watch()
        self.heard: asyncio.Queue[Any] = asyncio.Queue()
        self._diverted: asyncio.Queue[Any] | None = None
        self.in_a_row = asyncio.Lock()
        """Held by whoever gives it commands between which nobody else's may come: a call that is spoken, a check."""
        self.statistics = Statistics(family)
        self.overdue = Overdue()
        """How long what the driver does now has gone on past its deadline."""
        self.worked = Watch()
        """Changed after each command, whatever became of it."""
        self.counts = driver if isinstance(driver, CountsPaper) and driver.paper_used is not None else None
        """The driver itself where it counts paper."""
        self.ascii_only = isinstance(driver, OwnLetters) and driver.ascii_only
        """Whether it is a display that can be given ASCII alone."""
        self.tells_identity = isinstance(driver, TellsIdentity)
        """Whether it can be asked who made it, and which firmware it has."""
        self.cut_off = driver.cut_off if isinstance(driver, Interruptible) else None
        """Ends what it does now, past the queue: for speakers, which must be silent at once."""
        self._driver = driver
        self._listen = listen
        self._open_seconds = open_seconds
        self._turn = turn
        self._poll_turn = poll_turn or turn
        self._simulated = simulated
        self._maintained: set[str] = set()
        self._line_heard_at = heard_at
        self._pressed_at: float | None = None
        self._backoff = backoff or Backoff(first_s=0.25, most_s=5.0)
        self._commands: asyncio.Queue[_Command[D]] = asyncio.Queue()
        self._waiting_poll: asyncio.Timeout | None = None
        """Of a poll that waits for its turn; it runs out when a command comes."""
        self._open = False
        self._lost = False
        self.fault: DeviceFault | None = None
        """What it was lost by; None while it is there."""
        self.state = self._stamped(State.of(LINK_LOST))

    async def run(self) -> None:
        """Keep the device open, for ever. Ends only by cancellation or by a bug."""
        told_to_end = cancel_requests()
        while True:
            try:
                async with self._turn():
                    with self.overdue.within(self._open_seconds):
                        state = await self._driver.open(Deadline.after(self._open_seconds))
                self._set(state)
                self._open = True
                self.statistics.opened(_now())
                self._backoff.reset()
                await self._serve()
            except DeviceFault as fault:
                self._fail(fault)
            except BaseExceptionGroup as group:
                self._fail(_only_fault(group))
            finally:
                self._open = False
                self.statistics.closed(_now())
                with self.overdue.within(CLOSE_SECONDS):
                    await self._driver.close()
                self._refuse_queued()
            if cancel_requests() > told_to_end:
                raise asyncio.CancelledError
            await asyncio.sleep(self._backoff.next())

    async def do(self, verb: Callable[[D, Deadline], Awaitable[T]], seconds: float, attempts: int = 1) -> T:
        """Run one verb of the driver when its turn comes. Raises a DeviceFault; Gone at once when the device is lost.

        A verb that ends Silent or Garbled is tried ``attempts`` times, each within ``seconds``.
        """
        if not self._open:
            raise Gone(f"{self.name} is not there")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._commands.put_nowait(_Command(verb, seconds, attempts, done))
        if self._waiting_poll is not None:
            self._waiting_poll.reschedule(_now())
            self._waiting_poll = None
        return await done

    @contextmanager
    def diverted(self) -> Iterator[asyncio.Queue[Any]]:
        """While the block runs, what is pressed goes to this queue and to nobody else: somebody tries the keys."""
        self._diverted = asyncio.Queue()
        try:
            yield self._diverted
        finally:
            self._diverted = None

    @property
    def heard_at(self) -> float | None:
        """When its last byte came (the loop's seconds); None: never, or nobody can tell."""
        times = [at for at in (self._line_heard_at(), self._pressed_at) if at is not None]
        return max(times, default=None)

    def maintain(self, yes: bool, by: str = "care") -> None:
        """Somebody of the staff works at it from now on, or no longer: its state says so until the last has ended."""
        (self._maintained.add if yes else self._maintained.discard)(by)
        state = self._stamped(self.state)
        if state != self.state:
            self.state = state
            self.watch.changed()

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._work(), name=f"{self.name} commands")
            if self._listen is not None:
                group.create_task(self._hear(self._listen), name=f"{self.name} events")
            await asyncio.get_running_loop().create_future()  # until one of them fails; see cancel_requests

    async def _work(self) -> None:
        poll_seconds = self._driver.poll_seconds or None
        while True:
            try:
                async with asyncio.timeout(poll_seconds):
                    command = await self._commands.get()
            except TimeoutError:
                await self._probe()
                continue
            began = _now()
            try:
                await self._run(command)
            finally:
                self.statistics.took.add(_now() - began)
                del command  # or what a card gave would stay in memory until somebody asks for something else
                self.worked.changed()
            if poll_seconds:
                await self._probe()

    async def _run(self, command: _Command[D]) -> None:
        for attempt in range(1, command.attempts + 1):
            try:
                async with self._turn():
                    with self.overdue.within(command.seconds):
                        result = await command.verb(self._driver, Deadline.after(command.seconds))
            except (Silent, Garbled) as fault:
                self.statistics.failed(fault)
                if attempt == command.attempts:
                    _settle(command.done, fault)
                    raise
            except asyncio.CancelledError:
                _settle(command.done, Gone(f"{self.name} was lost"))
                raise
            except DeviceFault as fault:
                _settle(command.done, fault)
                if isinstance(fault, Refused):
                    self.statistics.failed(fault)
                    return
                raise
            else:
                self.statistics.done(result)
                if not command.done.done():
                    command.done.set_result(result)
                return

    async def _probe(self) -> None:
        for attempt in range(1, PROBES + 1):
            try:
                await self._poll()
            except (Silent, Garbled) as fault:
                self.statistics.failed(fault)
                if attempt == PROBES:
                    raise
            else:
                return

    async def _poll(self) -> None:
        """Ask once; not at all when a command comes before the turn does: it has waited long enough."""
        waiting = asyncio.timeout(None)
        try:
            async with waiting:
                self._waiting_poll = waiting
                async with self._poll_turn():
                    self._waiting_poll = None
                    waiting.reschedule(None)
                    with self.overdue.within(POLL_SECONDS):
                        self._set(await self._driver.poll(Deadline.after(POLL_SECONDS)))
        except TimeoutError:
            if not waiting.expired():
                raise
        finally:
            self._waiting_poll = None

    async def _hear(self, listen: Callable[[D], Awaitable[Any]]) -> None:
        while True:
            event = await listen(self._driver)
            self.statistics.heard()
            self._pressed_at = _now()
            (self.heard if self._diverted is None else self._diverted).put_nowait(event)

    def _set(self, state: State) -> None:
        self.fault = None
        if self._lost:
            self._lost = False
            log.info("device back", device=self.name)
        state = self._stamped(state)
        if state != self.state:
            self.statistics.stands(self.state, state)
            self.state = state
            self.watch.changed()

    def _fail(self, fault: DeviceFault) -> None:
        self.statistics.failed(fault)
        self.fault = fault
        if not self._lost:
            self._lost = True
            log.warning("device lost", device=self.name, fault=type(fault).__name__.lower(), what=str(fault))
        lost = self._stamped(State.of(LINK_LOST))
        if lost != self.state:
            self.state = lost
            self.watch.changed()

    def _stamped(self, state: State) -> State:
        own = {SIMULATED: self._simulated, IN_MAINTENANCE: bool(self._maintained)}
        reasons = (state.reasons - own.keys()) | {reason for reason, holds in own.items() if holds}
        return State(state.phase, state.accepting, reasons)

    def _refuse_queued(self) -> None:
        while not self._commands.empty():
            _settle(self._commands.get_nowait().done, Gone(f"{self.name} was lost"))


def _now() -> float:
    return asyncio.get_running_loop().time()


def _settle(done: asyncio.Future[Any], fault: DeviceFault) -> None:
    """Hand the fault to whoever waits; a caller that gave up leaves nobody to hand it to."""
    if not done.done():
        done.set_exception(fault)


def _only_fault(group: BaseExceptionGroup[BaseException]) -> DeviceFault:
    """The device fault that ended the tasks of a cell; anything else in the group is a bug and goes on up."""
    _, bugs = group.split(DeviceFault)
    if bugs is not None:
        raise bugs
    fault = group.exceptions[0]
    if not isinstance(fault, DeviceFault):
        raise group
    return fault
