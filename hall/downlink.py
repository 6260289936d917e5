"""What the hall tells its boxes by itself: server-sent events, desired state first, then each change.

A box that reads too slowly is dropped and connects anew: the state it is then given is all it missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from hall.contract import DayChanged, News, QueueCounts, Term, Voices, WindowState

DEPTH = 256
"""Events a box may be behind before it is dropped."""

PING_S = 15.0
"""Silence after which a comment shows that the line is alive."""

COUNTS_S = 0.2
"""Counts change with each ticket and are told at most so often."""

_encode = msgspec.json.Encoder().encode


class Line:
    """One connected box, or a guide's tablet."""

    def __init__(self, windows: frozenset[int], device: str, called: frozenset[int]) -> None:
        self.windows = windows
        self.called = called
        self.device = device
        self._events: asyncio.Queue[bytes | None] = asyncio.Queue(DEPTH)
        self._ended = False
        self.gone = asyncio.Event()
        """Set once nothing more reaches it."""

    def put(self, event: bytes) -> None:
        """Tell it; drop the box when it is too far behind."""
        if self._ended:
            return
        if self._events.full():
            self.end()
        else:
            self._events.put_nowait(event)

    def end(self, last: bytes | None = None) -> None:
        """No more events; at most one last, and only when the box has kept up."""
        if self._ended:
            return
        self._ended = True
        self.gone.set()
        if last is not None and self._events.qsize() < DEPTH - 1:
            self._events.put_nowait(last)
        elif self._events.full():
            self._events.get_nowait()
        self._events.put_nowait(None)

    async def events(self) -> AsyncIterator[bytes]:
        """Events as they come, a comment in between when there are none, until the end."""
        while True:
            try:
                async with asyncio.timeout(PING_S):
                    event = await self._events.get()
            except TimeoutError:
                event = b": ping\n\n"
            if event is None:
                return
            yield event


class Told(NamedTuple):
    """What every box is told, as it stands at the moment of asking."""

    waiting: dict[str, int]
    business_date: str
    news: Callable[[Term, int], News] = lambda term, version: News(term=term, version=version)
    voices: Callable[[Term, int], Voices] | None = None
    """None where the hall has no zones: nobody calls for another's windows then."""


class Downlink:
    """All connected boxes."""

    def __init__(self, term: Term, told: Callable[[], Told]) -> None:
        self._term = term
        self._told = told
        self._lines: dict[Line, None] = {}
        """In the order in which they came."""
        self._version = 0
        self._counted = asyncio.Event()
        self._closed = False

    def connect(
        self,
        windows: Iterable[WindowState],
        numbers: Iterable[int],
        device: str = "",
        called: frozenset[int] = frozenset(),
    ) -> Line:
        """A box connects: it is told the state of its windows, the counts and the date.

        ``called``: windows that it calls for and does not serve; of these it is told the call alone.
        """
        line = Line(frozenset(numbers), device, called)
        for state in windows:
            told = state if state.window in line.windows else _call_of(state)
            line.put(self._event("window", told, state.version))
        for event in (self._queue_event(), self._day_event(), self._news_event()):
            line.put(event)
        self._tell_voices([line])
        if self._closed:
            line.end(_BYE)
        self._lines[line] = None
        return line

    @property
    def version(self) -> int:
        """Of what is told just now."""
        return self._version

    @property
    def connected(self) -> frozenset[str]:
        """Boxes that listen just now."""
        return frozenset(line.device for line in self._lines)

    def disconnect(self, line: Line) -> None:
        """The box is gone."""
        self._lines.pop(line, None)
        line.end()

    def listening(self) -> set[str]:
        """Boxes that are connected."""
        return {line.device for line in self._lines}

    def part(self, device: str) -> None:
        """Another boot speaks for this box: what still listens in its name may be a second machine."""
        for line in self._lines:
            if line.device == device:
                line.end(_BYE)

    def begin(self, term: Term) -> None:
        """The hall speaks with another life from now on, or is in doubt: whoever listens has to say hello again."""
        self._term = term
        for line in self._lines:
            line.end(_BYE)

    def tell_window(self, state: WindowState) -> None:
        """A window stands otherwise now."""
        for told, lines in (
            (state, [line for line in self._lines if state.window in line.windows]),
            (_call_of(state), [line for line in self._lines if state.window in line.called]),
        ):
            event = self._event("window", told, state.version) if lines else b""
            for line in lines:
                line.put(event)

    def tell_box(self, device: str, name: str, data: msgspec.Struct) -> Line | None:
        """An event for this box alone, on the newest line that it has; None where it has none that still stands."""
        line = next((line for line in reversed(self._lines) if line.device == device and not line.gone.is_set()), None)
        if line is not None:
            line.put(self._event(name, data, self._version))
        return line

    def tell_day(self) -> None:
        """A new business date."""
        self._tell_all(self._day_event())

    def tell_news(self) -> None:
        """Something that everybody may know is otherwise now."""
        self._version += 1
        self._tell_all(self._news_event())

    def tell_voices(self) -> None:
        """Other windows are called for aloud, or something was spoken."""
        self._version += 1
        self._tell_voices(self._lines)

    def tell_counts(self) -> None:
        """Other numbers wait; told with the next round."""
        self._counted.set()

    async def run(self) -> None:
        """Tell the counts when they have changed, until cancelled."""
        while True:
            await self._counted.wait()
            self._counted.clear()
            self._version += 1
            self._tell_all(self._queue_event())
            await asyncio.sleep(COUNTS_S)

    def close(self) -> None:
        """The hall stops: say bye to all, and to whoever still comes."""
        self._closed = True
        for line in self._lines:
            line.end(_BYE)

    def _tell_all(self, event: bytes) -> None:
        for line in self._lines:
            line.put(event)

    def _queue_event(self) -> bytes:
        counts = QueueCounts(term=self._term, version=self._version, waiting=self._told().waiting)
        return self._event("queue", counts, self._version)

    def _day_event(self) -> bytes:
        return self._event("day", DayChanged(term=self._term, business_date=self._told().business_date), self._version)

    def _news_event(self) -> bytes:
        return self._event("news", self._told().news(self._term, self._version), self._version)

    def _tell_voices(self, lines: Iterable[Line]) -> None:
        """Boxes that serve a window, and nobody else: theirs is the clock that begins with what was spoken."""
        voices = self._told().voices
        if voices is None:
            return
        event = self._event("voice", voices(self._term, self._version), self._version)
        for line in lines:
            if line.windows:
                line.put(event)

    def _event(self, name: str, data: msgspec.Struct, version: int) -> bytes:
        return f"event: {name}\nid: {self._term.n}/{version}\ndata: ".encode() + _encode(data) + b"\n\n"


def _call_of(state: WindowState) -> WindowState:
    """What is called aloud from a window, and nothing of its clerk or its other visitors."""
    return replace(state, parked=[], finished=None, undo=None, clerk=None)


_BYE = b"event: bye\ndata:\n\n"
