"""The newest state that the hall has told, from whichever way it came: downlink, welcome or an answer."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from device.journal import Journal, JournalStopped
from device.sync.terms import Terms
from device.watch import Watch
from hall.contract import Alarm, DayChanged, News, QueueCounts, StandingAlarm, Term, Voices, WindowState

log = structlog.get_logger()


class Desired:
    """Of each window the state with the higher (term, version); how many wait; which day it is; the hall's news."""

    def __init__(self, journal: Journal) -> None:
        self.windows: dict[int, WindowState] = {}
        self.counts: QueueCounts | None = None
        self.news: News | None = None
        self.voices: Voices | None = None
        self.business_date = journal.recall("business-date") or ""
        """"" until the hall has told one, at this start or before."""
        self.watch = Watch()
        """Changed after anything here."""
        self._alarm: tuple[int, int, Alarm | None] = (-1, -1, None)
        """Term and version in which it was told, and the alarm that stands since."""
        self._journal = journal
        self._terms = Terms(journal)
        self._window_watchers: list[Callable[[WindowState], None]] = []
        self._voice_watchers: list[Callable[[Voices], None]] = []
        self._told_watchers: list[Callable[[WindowState], None]] = []

    @property
    def term(self) -> Term | None:
        """The newest life of the hall that this box has met."""
        return self._terms.newest

    @property
    def alarm(self) -> Alarm | None:
        """What stands over every page and display just now."""
        return self._alarm[2]

    def watch_window(self, call: Callable[[WindowState], None]) -> None:
        """Call this with each newer state of a window."""
        self._window_watchers.append(call)

    def watch_voices(self, call: Callable[[Voices], None]) -> None:
        """Call this with what is called aloud in the zones, whenever that changes."""
        self._voice_watchers.append(call)

    def on_told(self, call: Callable[[WindowState], None]) -> None:
        """Call this with each state that the hall tells, a newer one or the one known already."""
        self._told_watchers.append(call)

    async def offer_window(self, state: WindowState) -> bool:
        """Take this state if it is newer; whether it was taken."""
        if not await self._terms.accept(state.term):
            return False
        known = self.windows.get(state.window)
        told, best = (state.term.n, state.version), (known.term.n, known.version) if known else (-1, -1)
        if told < best:
            return False
        if told > best:
            self.windows[state.window] = state
            for call in self._window_watchers:
                call(state)
            self.watch.changed()
        for call in self._told_watchers:
            call(state)
        return told > best

    async def offer_counts(self, counts: QueueCounts) -> bool:
        """Take these counts if they are newer; whether they were taken."""
        if not await self._terms.accept(counts.term):
            return False
        known = self.counts
        if known is not None and (counts.term.n, counts.version) <= (known.term.n, known.version):
            return False
        self.counts = counts
        self.watch.changed()
        return True

    async def offer_news(self, news: News) -> bool:
        """Take this news if it is newer; whether it was taken."""
        if not await self._terms.accept(news.term):
            return False
        if self.news is not None and (news.term.n, news.version) <= (self.news.term.n, self.news.version):
            return False
        self.news = news
        self._stands(news.term, news.version, news.alarm)
        self.watch.changed()
        return True

    async def offer_alarm(self, term: Term, standing: StandingAlarm) -> bool:
        """Take this, that an alarm stands or none, if it is newer; whether it was taken."""
        if not await self._terms.accept(term):
            return False
        taken = self._stands(term, standing.version, standing.alarm)
        if taken:
            self.watch.changed()
        return taken

    def _stands(self, term: Term, version: int, alarm: Alarm | None) -> bool:
        taken = (term.n, version) > self._alarm[:2]
        if taken:
            self._alarm = (term.n, version, alarm)
        return taken

    async def offer_voices(self, voices: Voices) -> bool:
        """Take this, what is called aloud in the zones, if it is newer; whether it was taken."""
        if not await self._terms.accept(voices.term):
            return False
        known = self.voices
        if known is not None and (voices.term.n, voices.version) <= (known.term.n, known.version):
            return False
        self.voices = voices
        for call in self._voice_watchers:
            call(voices)
        self.watch.changed()
        return True

    async def offer_day(self, day: DayChanged) -> bool:
        """Take this business date and remember it; whether it was taken."""
        if not await self._terms.accept(day.term):
            return False
        if self.business_date != day.business_date:
            self.business_date = day.business_date
            self.watch.changed()
        try:
            await self._journal.remember("business-date", day.business_date)
            await self._journal.prune(day.business_date)
        except JournalStopped as stopped:  # the hall tells it again at the next connection
            log.warning("business date not kept", reason=stopped.reason)
        return True
