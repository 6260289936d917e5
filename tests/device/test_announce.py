"""Calls are spoken in their order, each once, none whose holder has come; a dead sound card holds nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.clock import Clock
from device.flows.announce import RETRY_SECONDS, TRIES, Announcer
from device.flows.calls_to_speak import CallsToSpeak, call_of, sentence
from device.flows.haste import MOST_IN_A_SENTENCE
from device.journal import Journal, JournalStopped
from device.watch import Watch
from drivers.contract import (
    LINK_LOST,
    Completion,
    CompletionCode,
    DeviceFault,
    Garbled,
    Gone,
    Refused,
    Remedy,
    Silent,
    State,
)
from hall.contract import Fact, Held, WindowState
from tests.device.counter import TERM, counter_of, held
from tests.device.inline_writer import InlineWriter
from tests.virtual_time import virtual

CHIME = 1.0
SENTENCE = 4.0
WINDOWS = (1, 2, 3, 4, 5, 6)


class SpeakerCell:
    """A cell whose speaker takes as long as a real one; it fails, or is lost, as the test says."""

    name = "speaker-1"

    def __init__(self) -> None:
        self.watch = Watch()
        self.in_a_row = asyncio.Lock()
        self.state = State.of()
        self.heard: list[str] = []
        self.languages: list[str] = []
        self.faults: dict[str, DeviceFault] = {}
        self.before: Callable[[str], None] = lambda said: None
        self.asked = 0

    async def do(self, verb: Any, seconds: float, attempts: int = 1) -> Completion:
        self.asked += 1
        if LINK_LOST in self.state.reasons:
            raise Gone("lost")
        completion: Completion = await verb(self, None)
        return completion

    async def chime(self, deadline: object) -> Completion:
        return await self._sound("*", CHIME)

    async def speak(self, text: str, language: str, deadline: object, pace: float = 1.0) -> Completion:
        self.languages.append(language)
        return await self._sound(text, SENTENCE)

    async def _sound(self, what: str, seconds: float) -> Completion:
        self.before(what)
        if fault := self.faults.get("*" if what == "*" else "speech"):
            raise fault
        await asyncio.sleep(seconds)
        self.heard.append(what)
        return Completion(CompletionCode.SUCCESS, None, "played")

    def lose(self) -> None:
        self.state = State.of(LINK_LOST)
        self.watch.changed()

    def come_back(self) -> None:
        self.state = State.of()
        self.watch.changed()


class Hall:
    """Six windows as the test moves them, and an announcer that calls for them."""

    def __init__(self, folder: Path, languages: tuple[str, ...]) -> None:
        self.states: dict[int, WindowState] = {}
        self.cell = SpeakerCell()
        clock = Clock(wall_ms=lambda: 1, mono_ms=lambda: 1, boot_id="boot-1")
        self.journal = Journal.open(folder / "journal.db", "counter-1", clock, "demo", writer=InlineWriter)
        self.told: list[tuple[int, str]] = []
        speaker: Any = self.cell
        self.announcer = Announcer(
            speaker,
            lambda: self.states,
            self.journal,
            lambda window, key: self.told.append((window, key)),
            self._nothing,
            languages,
        )

    @staticmethod
    async def _nothing() -> None:
        """This box is in no zone."""

    def stand(self, window: int, phase: Any, ticket: Held | None = None) -> None:
        self.states[window] = WindowState(window=window, term=TERM, version=1, phase=phase, held=ticket)
        self.announcer.watch.changed()

    def call(self, window: int, number: str, calls: int = 1) -> None:
        self.stand(window, "called", held(number, calls))

    @property
    def heard(self) -> list[str]:
        return self.cell.heard

    async def after(self, seconds: float) -> list[str]:
        await asyncio.sleep(seconds)
        return self.heard


@asynccontextmanager
async def hall_in(folder: Path, *languages: str) -> AsyncIterator[Hall]:
    hall = Hall(folder, languages or ("zh-CN",))
    async with asyncio.TaskGroup() as group:
        running = group.create_task(hall.announcer.run())
        try:
            yield hall
        finally:
            running.cancel()
    await hall.journal.close()


@virtual
async def test_a_call_is_a_chime_and_a_sentence_in_each_language(tmp_path: Path) -> None:
    async with hall_in(tmp_path, "zh-CN", "en") as hall:
        hall.call(3, "A024")
        assert await hall.after(60) == ["*", "请A024号到3号窗口", "Ticket A024, please go to counter 3."]
        assert hall.told == [(3, "c-A024/1")]


@virtual
async def test_cantonese_sounds_the_same_sentence(tmp_path: Path) -> None:
    async with hall_in(tmp_path, "zh-CN", "yue") as hall:
        hall.call(3, "A024")
        assert await hall.after(60) == ["*", "请A024号到3号窗口", "请A024号到3号窗口"]
        assert hall.cell.languages == ["zh-CN", "yue"]


@virtual
async def test_without_a_second_language_mandarin_is_spoken_alone(tmp_path: Path) -> None:
    async with hall_in(tmp_path, "zh-CN") as hall:
        hall.call(3, "A024")
        assert await hall.after(60) == ["*", "请A024号到3号窗口"]


@virtual
async def test_one_call_is_spoken_once_however_often_its_window_is_told(tmp_path: Path) -> None:
    async with hall_in(tmp_path) as hall:
        for _ in range(20):
            hall.call(3, "A024")
            await asyncio.sleep(1)
        assert await hall.after(60) == ["*", "请A024号到3号窗口"]


@virtual
async def test_calls_that_pile_up_are_one_sentence_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    async with hall_in(tmp_path) as hall:
        hall.call(3, "A024")
        await asyncio.sleep(CHIME + 0.5)
        for window, number in ((5, "A025"), (1, "B101"), (2, "A026")):
            hall.call(window, number)
            await asyncio.sleep(0.1)
        assert await hall.after(60) == [
            "*",
            "请A024号到3号窗口",
            "*",
            "请A025号到5号窗口，B101号到1号窗口，A026号到2号窗口",
        ]


@virtual
async def test_a_sentence_holds_only_as_many_calls_as_can_be_listened_to_and_the_rest_follow(tmp_path: Path) -> None:
    async with hall_in(tmp_path) as hall:
        for window in WINDOWS:
            hall.call(window, f"A00{window}")
            await asyncio.sleep(0)
        heard = await hall.after(60)
        assert [text.count("号窗口") for text in heard] == [0, MOST_IN_A_SENTENCE, 0, 2]
        assert "".join(heard).count("A001") == 1


@virtual
async def test_what_is_called_while_the_chime_sounds_joins_its_sentence(tmp_path: Path) -> None:
    async with hall_in(tmp_path) as hall:
        hall.call(3, "A024")
        await asyncio.sleep(CHIME / 2)
        hall.call(5, "A025")
        assert await hall.after(60) == ["*", "请A024号到3号窗口，A025号到5号窗口"]


@pytest.mark.parametrize("phase", ["serving", "idle", "closed"])
@virtual
async def test_a_call_whose_ticket_has_started_or_gone_is_dropped_before_it_is_spoken(
    tmp_path: Path, phase: str
) -> None:
    async with hall_in(tmp_path) as hall:
        hall.call(3, "A024")
        await asyncio.sleep(CHIME + 0.5)
        hall.call(5, "A025")
        hall.call(1, "A026")
        hall.stand(5, phase, held("A025") if phase == "serving" else None)
        assert await hall.after(60) == ["*", "请A024号到3号窗口", "*", "请A026号到1号窗口"]


@virtual
async def test_a_call_that_dies_while_the_chime_sounds_is_not_spoken(tmp_path: Path) -> None:
    async with hall_in(tmp_path) as hall:
        hall.call(3, "A024")
        await asyncio.sleep(CHIME / 2)
        hall.stand(3, "idle")
        assert await hall.after(60) == ["*"]


@virtual
async def test_between_two_languages_a_call_that_has_died_is_cut_off_and_the_others_go_on(tmp_path: Path) -> None:
    async with hall_in(tmp_path, "zh-CN", "en") as hall:
        hall.call(3, "A024")
        hall.call(5, "A025")
        await asyncio.sleep(CHIME + SENTENCE / 2)
        hall.stand(3, "serving", held("A024"))
        assert await hall.after(60) == [
            "*",
            "请A024号到3号窗口，A025号到5号窗口",
            "Ticket A025, please go to counter 5.",
        ]


@virtual
async def test_a_window_that_changes_and_tells_nobody_is_still_looked_at_before_it_is_spoken_for(
    tmp_path: Path,
) -> None:
    async with hall_in(tmp_path) as hall:
        hall.call(3, "A024")
        await asyncio.sleep(CHIME / 2)
        del hall.states[3]
        assert await hall.after(60) == ["*"]


@virtual
async def test_a_recall_is_spoken_again_and_one_before_its_turn_is_spoken_once(tmp_path: Path) -> None:
    async with hall_in(tmp_path) as hall:
        hall.call(3, "A024")
        await asyncio.sleep(30)
        hall.call(3, "A024", calls=2)
        hall.call(3, "A024", calls=3)
        assert await hall.after(60) == ["*", "请A024号到3号窗口"] * 2
        await asyncio.sleep(CHIME / 2)


@virtual
async def test_a_recall_in_the_middle_of_its_call_is_spoken_after_it(tmp_path: Path) -> None:
    async with hall_in(tmp_path) as hall:
        hall.call(3, "A024")
        await asyncio.sleep(CHIME + SENTENCE / 2)
        hall.call(3, "A024", calls=2)
        assert await hall.after(60) == ["*", "请A024号到3号窗口"] * 2


@virtual
async def test_a_recall_is_spoken_behind_all_that_nobody_has_heard_yet(tmp_path: Path) -> None:
    async with hall_in(tmp_path) as hall:
        hall.call(3, "A024")
        await asyncio.sleep(CHIME + 0.5)
        hall.call(3, "A024", calls=2)
        for window in (1, 2, 4, 5, 6):
            hall.call(window, f"A10{window}")
        heard = "".join(await hall.after(60))
        numbers = [heard.rindex(number) for number in ("A101", "A102", "A104", "A105", "A106", "A024")]
        assert numbers == sorted(numbers)
        assert heard.count("A024") == 2


@virtual
async def test_a_sentence_that_is_too_long_for_its_time_is_spoken_in_halves_after_the_same_chime(
    tmp_path: Path,
) -> None:
    async with hall_in(tmp_path) as hall:
        remedy, long = Remedy.NONE, CompletionCode.INVALID_DATA

        def refuse_long(said: str) -> None:
            hall.cell.faults = {"speech": Refused("too long", long, remedy)} if said.count("到") > 2 else {}

        hall.cell.before = refuse_long
        for window in (1, 2, 3, 4):
            hall.call(window, f"A00{window}")
        assert await hall.after(60) == [
            "*",
            "请A001号到1号窗口，A002号到2号窗口",
            "*",
            "请A003号到3号窗口，A004号到4号窗口",
        ]


@virtual
async def test_what_was_spoken_is_a_fact_of_the_box_that_spoke(tmp_path: Path) -> None:
    async with hall_in(tmp_path, "zh-CN", "en") as hall:
        hall.call(3, "A024")
        hall.call(5, "A025")
        await asyncio.sleep(60)
        hall.call(3, "A024", calls=2)
        await asyncio.sleep(60)
        spoken = [msgspec.json.decode(body, type=Fact) for _, body in hall.journal.unsent(0, 100)]
    assert [(fact.data, fact.visit) for fact in spoken if fact.kind == "spoken"] == [
        ({"ticket": "t-A024", "call": "c-A024", "window": 3}, "t-A024"),
        ({"ticket": "t-A025", "call": "c-A025", "window": 5}, "t-A025"),
        ({"ticket": "t-A024", "call": "c-A024", "window": 3}, "t-A024"),
    ]


@virtual
async def test_a_disk_that_takes_nothing_holds_no_call_up_and_what_was_spoken_is_kept_for_later(
    tmp_path: Path,
) -> None:
    async with hall_in(tmp_path) as hall:
        record, full = hall.journal.record, True

        async def record_if_room(*args: Any, **more: Any) -> Any:
            if full:
                raise JournalStopped("disk-full", "")
            return await record(*args, **more)

        hall.journal.record = record_if_room  # type: ignore[method-assign]
        hall.call(3, "A024")
        await asyncio.sleep(30)
        hall.call(5, "A025")
        assert await hall.after(30) == ["*", "请A024号到3号窗口", "*", "请A025号到5号窗口"]
        full = False
        await asyncio.sleep(5)
        kinds = [msgspec.json.decode(body, type=Fact).kind for _, body in hall.journal.unsent(0, 100)]
    assert kinds.count("spoken") == 2


@virtual
async def test_a_ticket_taken_back_before_it_was_spoken_is_spoken_after_all(tmp_path: Path) -> None:
    async with hall_in(tmp_path) as hall:
        hall.cell.lose()
        hall.call(3, "A024")
        hall.stand(3, "idle")
        await asyncio.sleep(1)
        hall.call(3, "A024")
        hall.cell.come_back()
        assert await hall.after(60) == ["*", "请A024号到3号窗口"]
        hall.stand(3, "idle")
        await asyncio.sleep(1)
        hall.call(3, "A024")
        assert len(await hall.after(60)) == 2


@virtual
async def test_a_lost_speaker_speaks_late_what_still_stands_and_asks_for_nothing_meanwhile(tmp_path: Path) -> None:
    async with hall_in(tmp_path) as hall:
        hall.cell.lose()
        hall.call(3, "A024")
        hall.call(5, "A025")
        await asyncio.sleep(600)
        assert hall.cell.asked == 0
        hall.stand(5, "idle")
        hall.cell.come_back()
        assert await hall.after(60) == ["*", "请A024号到3号窗口"]


@pytest.mark.parametrize("fault", [Gone("pulled"), Silent("hung"), Garbled("noise")])
@virtual
async def test_a_sentence_that_fails_is_spoken_again_when_the_speaker_works(tmp_path: Path, fault: DeviceFault) -> None:
    async with hall_in(tmp_path) as hall:
        hall.cell.faults["speech"] = fault
        hall.call(3, "A024")
        await asyncio.sleep(CHIME + 0.1)
        hall.cell.faults.clear()
        assert await hall.after(60) == ["*", "*", "请A024号到3号窗口"]


@virtual
async def test_a_speaker_that_always_fails_is_given_up_for_a_call_and_tried_for_the_next(tmp_path: Path) -> None:
    async with hall_in(tmp_path) as hall:
        hall.cell.faults["speech"] = Silent("the voice hangs")
        hall.call(3, "A024")
        assert await hall.after(600) == ["*"] * TRIES
        hall.cell.faults.clear()
        hall.call(3, "A025")
        assert (await hall.after(60))[TRIES:] == ["*", "请A025号到3号窗口"]


@virtual
async def test_without_a_voice_the_chime_sounds_once_a_call(tmp_path: Path) -> None:
    async with hall_in(tmp_path) as hall:
        remedy = Remedy.CONFIGURATION
        hall.cell.faults["speech"] = Refused("not installed", CompletionCode.DEVICE_NOT_READY, remedy)
        hall.call(3, "A024")
        assert await hall.after(600) == ["*"]
        hall.call(3, "A025")
        assert await hall.after(600) == ["*", "*"]


@virtual
async def test_a_card_that_another_program_uses_is_tried_again(tmp_path: Path) -> None:
    async with hall_in(tmp_path) as hall:
        hall.cell.faults["*"] = Refused("busy", CompletionCode.DEVICE_NOT_READY, Remedy.CLEAR)
        hall.call(3, "A024")
        await asyncio.sleep(RETRY_SECONDS / 2)
        hall.cell.faults.clear()
        assert await hall.after(60) == ["*", "请A024号到3号窗口"]


@virtual
async def test_after_a_restart_what_was_spoken_is_not_spoken_again_and_what_was_not_is(tmp_path: Path) -> None:
    async with hall_in(tmp_path) as hall:
        hall.call(3, "A024")
        await asyncio.sleep(60)
        hall.call(5, "A025")
        await asyncio.sleep(CHIME / 2)
    async with hall_in(tmp_path) as hall:
        hall.call(3, "A024")
        hall.call(5, "A025")
        assert await hall.after(60) == ["*", "请A025号到5号窗口"]
        hall.call(3, "A024", calls=2)
        assert (await hall.after(60))[2:] == ["*", "请A024号到3号窗口"]


@virtual
async def test_a_dead_speaker_never_holds_its_window_up(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter, hall_in(tmp_path / "voice") as hall:
        hall.cell.faults["*"] = Silent("hung")
        await counter.tell("called", held=held("A024"))
        hall.states[1] = counter.state
        hall.announcer.watch.changed()
        await counter.settle()
        assert counter.kinds() == ["shown"]
        await counter.tell("serving", held=held("A024"))
        assert counter.phase == "serving"


STEPS = st.lists(st.tuples(st.sampled_from((1, 2, 3)), st.sampled_from(("call", "again", "end", "speak"))), max_size=30)


@settings(deadline=None)
@given(STEPS)
def test_whatever_happens_nothing_waits_that_does_not_stand_and_nothing_is_spoken_twice(
    steps: list[tuple[int, str]],
) -> None:
    calls, made, spoken = CallsToSpeak(lambda window: ""), 0, []
    stands: dict[int, WindowState] = {}
    for window, step in steps:
        before = stands.get(window)
        if step == "call":
            made += 1
            ticket = held(f"A{made:03}")
        elif step == "again" and before is not None and before.held is not None:
            ticket = held(before.held.number, before.held.calls + 1)
        elif step == "speak":
            taken = calls.waiting(2)
            spoken += [call.key for call in taken]
            calls.done(taken)
            continue
        else:
            stands.pop(window, None)
            calls.look(stands)
            continue
        stands[window] = WindowState(window=window, term=TERM, version=1, phase="called", held=ticket)
        calls.look(stands)
        calls.look(stands)
    waiting = calls.waiting(9)
    assert len(spoken) == len(set(spoken))
    assert not {call.key for call in waiting} & set(spoken)
    assert all(call == call_of(stands.get(call.window)) for call in waiting)
    assert {call.key for call in waiting} | set(spoken) >= {
        call.key for state in stands.values() if (call := call_of(state)) is not None
    }


def test_one_call_and_several_are_one_sentence_in_both_languages() -> None:
    calls = [
        call
        for window, number in ((3, "A024"), (12, "1001"))
        if (call := call_of(WindowState(window=window, term=TERM, version=1, phase="called", held=held(number))))
    ]
    assert sentence(calls[:1], "zh-CN") == "请A024号到3号窗口"
    assert sentence(calls, "zh-CN") == "请A024号到3号窗口，1001号到12号窗口"
    assert sentence(calls, "zh-CN", brief=True) == "请A024到3号，1001到12号窗口"
    assert sentence(calls, "en") == "Please go: ticket A024 to counter 3, ticket 1001 to counter 12."
