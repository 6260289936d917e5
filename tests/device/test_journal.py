import asyncio
import hashlib
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

import device.journal
import device.writer
from device.clock import Clock
from device.journal import Data, Entry, Journal, JournalForeign, JournalStopped
from hall.contract import Answer, CallNext, Clerk, Fact, Mode, SignIn, Stepped, TakeBack, Term, WindowState

DATE = "2026-01-05"


def box_clock() -> Clock:
    return Clock(wall_ms=lambda: 1_767_571_200_000, mono_ms=lambda: 77, boot_id="boot-1")


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    journal = Journal.open(tmp_path / "journal.db", "kiosk-1", box_clock(), "demo")
    yield journal
    await journal.close()


def facts(journal: Journal) -> list[Fact]:
    return [msgspec.json.decode(raw, type=Fact) for _, raw in journal.unsent(0, 10_000)]


def assert_chained(journal: Journal) -> None:
    """Every fact names its predecessor's digest, as anybody can compute it from the stored bytes."""
    prev = ""
    for expected, (seq, raw) in enumerate(journal.unsent(0, 10_000), 1):
        fact = msgspec.json.decode(raw, type=Fact)
        assert (fact.seq, seq, fact.prev) == (expected, expected, prev)
        prev = fact.digest()
        assert prev == hashlib.sha256(raw).hexdigest()
    assert journal.head()[1] == prev


async def issue(journal: Journal, ticket: str, service: str = "1", date: str = DATE) -> Fact | None:
    return await journal.issue_from_band(
        ticket,
        date,
        service,
        lambda count: {"ticket": ticket, "service": service, "number": f"{count:03d}", "source": "band", "date": date},
    )


async def request(journal: Journal, touch: str = "t") -> str:
    fact = await journal.record("requested", {"service": "1", "touch": touch})
    return f"kiosk-1/{journal.id}/{fact.seq}"


async def test_a_new_journal_begins_with_opened_and_a_name_of_its_own(journal: Journal) -> None:
    assert [(fact.seq, fact.kind, fact.prev) for fact in facts(journal)] == [(1, "opened", "")]
    assert len(journal.id) == 16
    assert int(journal.id, 16) >= 0


async def test_a_fact_carries_its_stamps_and_its_persons(journal: Journal) -> None:
    fact = await journal.record("rated", {"ticket": "x", "grade": "satisfied"}, operator="7", post="p", visit="v")
    assert (fact.at_ms, fact.mono_ms, fact.boot, fact.trust) == (1_767_571_200_000, 77, "boot-1", "unknown")
    assert (fact.mode, fact.operator, fact.post, fact.visit) == ("demo", "7", "p", "v")
    assert facts(journal)[-1] == fact
    assert_chained(journal)


async def test_many_writes_at_once_stand_in_the_order_of_asking(journal: Journal) -> None:
    written = await asyncio.gather(*[journal.record("device", {"name": str(n)}) for n in range(100)])
    assert [fact.seq for fact in written] == list(range(2, 102))
    assert_chained(journal)


async def test_facts_recorded_together_stand_together(journal: Journal) -> None:
    written = await journal.record_many([Entry("device", {"name": "a"}), Entry("device", {"name": "b"})])
    assert [fact.seq for fact in written] == [2, 3]


async def test_a_reopened_journal_goes_on_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    first = Journal.open(path, "kiosk-1", box_clock(), "demo")
    await first.record("device", {"name": "printer"})
    await first.remember("digit", "5")
    first.acknowledge(2, 1)
    head = first.head()
    await first.close()
    again = Journal.open(path, "kiosk-1", box_clock(), "demo")
    assert (again.id, again.head(), again.recall("digit")) == (first.id, head, "5")
    assert (again.acknowledged, again.backed_up, again.outbox) == (2, 1, 0)
    await again.record("device", {"name": "printer"})
    assert_chained(again)
    await again.close()


@pytest.mark.parametrize(("device", "mode"), [("kiosk-2", "demo"), ("kiosk-1", "live")])
async def test_the_journal_of_another_box_or_mode_is_refused(
    journal: Journal, tmp_path: Path, device: str, mode: Mode
) -> None:
    with pytest.raises(JournalForeign, match="kiosk-1, mode demo"):
        Journal.open(tmp_path / "journal.db", device, box_clock(), mode)


async def test_a_ticket_follows_its_facts(journal: Journal) -> None:
    ticket = await request(journal, "touch-1")
    assert [left.outcome for left in journal.unfinished()] == ["requested"]
    await issue(journal, ticket)
    (left,) = journal.unfinished()
    assert (left.ticket, left.outcome, left.number, left.source, left.date) == (ticket, "issued", "001", "band", DATE)
    await journal.record("doubtful", {"ticket": ticket, "evidence": "power-cut"})
    assert journal.unfinished() == []
    await journal.record("printed", {"ticket": ticket, "evidence": "citizen"})
    await journal.record("doubtful", {"ticket": ticket, "evidence": "late"})
    found = journal.ticket_of_touch("touch-1")
    assert found is not None
    assert found == journal.ticket(ticket)
    assert found.outcome == "printed"
    assert journal.ticket_of_touch("touch-2") is None


async def test_a_band_counts_for_each_service_and_date_and_ends_at_999(journal: Journal) -> None:
    ticket = await request(journal)
    await asyncio.gather(*[issue(journal, ticket) for _ in range(999)])
    head = journal.head()
    assert await issue(journal, ticket) is None
    assert journal.head() == head
    assert [fact.data["number"] for fact in facts(journal)[2:]] == [f"{count:03d}" for count in range(1, 1000)]
    other = await issue(journal, ticket, service="2")
    tomorrow = await issue(journal, ticket, date="2026-01-06")
    assert other is not None
    assert tomorrow is not None
    assert (other.data["number"], tomorrow.data["number"]) == ("001", "001")


async def test_power_cut_between_any_two_statements_never_gives_a_number_twice(tmp_path: Path) -> None:
    live, cuts = tmp_path / "live", tmp_path / "cuts"
    live.mkdir()
    cuts.mkdir()
    told: list[str] = []  # numbers whose issue was confirmed, and so may be on paper
    snapshots: list[tuple[Path, set[str]]] = []

    def cut(_statement: str) -> None:
        copy = cuts / str(len(snapshots))
        shutil.copytree(live, copy)
        snapshots.append((copy, set(told)))

    def watch(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(cut)

    journal = Journal.open(live / "journal.db", "kiosk-1", box_clock(), "demo", prepare=watch)
    for touch in ("a", "b", "c"):
        fact = await issue(journal, await request(journal, touch))
        assert fact is not None
        told.append(str(fact.data["number"]))
    await journal.close()
    assert told == ["001", "002", "003"]
    assert len(snapshots) > 20
    for copy, on_paper in snapshots:
        survivor = Journal.open(copy / "journal.db", "kiosk-1", box_clock(), "demo")
        stored = {str(fact.data["number"]) for fact in facts(survivor) if fact.kind == "issued"}
        assert on_paper <= stored
        fresh = await issue(survivor, await request(survivor))
        assert fresh is not None
        assert fresh.data["number"] not in stored
        assert_chained(survivor)
        await survivor.close()


async def test_a_rating_is_open_until_it_has_an_end(journal: Journal) -> None:
    opened: Data = {"ticket": "v", "window": 3, "seconds": 60}
    await journal.record("rating-opened", opened, operator="7", visit="v")
    (rating,) = journal.open_ratings()
    assert (rating.ticket, rating.window, rating.seconds, rating.operator) == ("v", 3, 60, "7")
    assert (rating.boot, rating.mono_ms) == ("boot-1", 77)
    await journal.record("not-rated", {"ticket": "v", "window": 3, "reason": "timed-out"})
    assert journal.open_ratings() == []


async def test_a_command_is_pending_from_before_it_is_sent_until_it_is_answered(journal: Journal) -> None:
    first = CallNext(request="r1", window=3, operator="7", mode="demo")
    second = TakeBack(request="r2", window=4, operator="8", mode="demo", ticket="v")
    fact = await journal.command_sent(first, ticket="v")
    assert fact.data == {"request": "r1", "window": 3, "type": "call-next", "ticket": "v"}
    await journal.command_sent(second)
    assert journal.unanswered() == [first, second]
    assert journal.unanswered(3) == [first]
    await journal.command_answered(first, Answer(request="r1", outcome="refused", reason="nobody-waiting"))
    assert journal.unanswered() == [second]
    await journal.command_answered(second, None)
    assert journal.unanswered() == []


async def test_an_answer_is_told_once_with_all_that_a_hall_is_rebuilt_from(journal: Journal) -> None:
    command = CallNext(request="r1", window=3, operator="7", post="p", mode="demo")
    steps = [Stepped(step="call", ticket="t", call="c", service="1")]
    answer = Answer(request="r1", outcome="done", at_ms=5, steps=steps)
    await journal.command_sent(command)
    fact = await journal.command_answered(command, answer)
    assert fact is not None
    assert (fact.kind, fact.operator, fact.post) == ("answered", "7", "p")
    told = fact.data.pop("answer")
    assert fact.data == {"request": "r1", "window": 3, "type": "call-next", "outcome": "done", "reason": ""}
    assert msgspec.json.decode(str(told), type=Answer) == answer
    head = journal.head()
    assert await journal.command_answered(command, answer) is None
    assert journal.head() == head


async def test_a_sign_in_is_told_by_its_clerk_and_without_its_pin(journal: Journal, tmp_path: Path) -> None:
    command = SignIn(request="r", window=3, name="测试", pin="135790", mode="demo")
    clerk = Clerk(staff_no="7", name="测试", post="p")
    state = WindowState(window=3, term=Term(n=1, draw="d"), version=1, phase="idle", clerk=clerk)
    done = await journal.answered_sign_in(command, Answer(request="r", outcome="done", window=state))
    assert (done.data["type"], done.operator, done.post) == ("sign-in", "7", "p")
    refused = await journal.answered_sign_in(command, Answer(request="r", outcome="refused", reason="too-many-tries"))
    assert (refused.data["reason"], refused.data["answer"], refused.operator) == ("too-many-tries", "", "")
    files = list(tmp_path.iterdir())  # noqa: ASYNC240 - a test may wait for its disk
    assert all(b"135790" not in file.read_bytes() for file in files)


async def test_a_journal_of_the_first_schema_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    opened = Entry("opened").stamped(box_clock(), "demo")
    raw = msgspec.json.encode(msgspec.structs.replace(opened, seq=1), order="deterministic")
    old = sqlite3.connect(path)
    old.executescript((Path(device.journal.__file__).parent / "schema" / "001.sql").read_text("utf-8"))
    notes = {"device": "kiosk-1", "mode": "demo", "journal": "0123456789abcdef", "high": "1", "backed_up": "0"}
    old.executemany("INSERT INTO note VALUES (?, ?)", [*notes.items(), ("sync.digit", "5")])
    old.execute("INSERT INTO fact VALUES (1, ?)", (raw,))
    old.execute("INSERT INTO band VALUES (?, '1', 7)", (DATE,))
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    journal = Journal.open(path, "kiosk-1", box_clock(), "demo", mark=tmp_path / "mark", machine="m")
    assert (journal.id, journal.acknowledged, journal.recall("digit")) == ("0123456789abcdef", 1, "5")
    assert facts(journal)[0].seq == 1
    assert not journal.band_locked
    fresh = await issue(journal, await request(journal))
    assert fresh is not None
    assert fresh.data["number"] == "008"
    assert_chained(journal)
    await journal.close()


async def test_a_pin_never_gets_on_the_disk(journal: Journal, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="PIN"):
        await journal.command_sent(SignIn(request="r", window=3, name="测试", pin="135790", mode="demo"))
    files = list(tmp_path.iterdir())  # noqa: ASYNC240 - a test may wait for its disk
    assert all(b"135790" not in file.read_bytes() for file in files)


async def test_a_caller_who_gives_up_does_not_undo_the_write(journal: Journal) -> None:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(journal.record("device", {"name": "a"}))
        await asyncio.sleep(0)
        task.cancel()
    await journal.record("device", {"name": "b"})
    assert [fact.data.get("name") for fact in facts(journal)[1:]] == ["a", "b"]


async def test_a_bug_in_one_write_leaves_its_neighbours_alone(journal: Journal) -> None:
    def bug(count: int) -> dict[str, str | int | bool | None]:
        raise ZeroDivisionError(count)

    results = await asyncio.gather(
        journal.record("device", {"name": "a"}),
        journal.issue_from_band("t", DATE, "1", bug),
        journal.record("device", {"name": "b"}),
        return_exceptions=True,
    )
    assert isinstance(results[1], ZeroDivisionError)
    assert [fact.data.get("name") for fact in facts(journal)[1:]] == ["a", "b"]
    assert journal.stopped is None
    assert_chained(journal)


async def test_the_writers_beat_stands_still_only_while_something_waits(tmp_path: Path) -> None:
    now = [1000]
    journal = Journal.open(tmp_path / "j.db", "kiosk-1", Clock(mono_ms=lambda: now[0], boot_id="b"), "demo")
    now[0] = 2000
    assert journal.beat_ms == 2000
    async with asyncio.TaskGroup() as group:
        group.create_task(journal.record("device", {}))
        await asyncio.sleep(0)
        now[0] = 9000
        assert journal.beat_ms == 2000
    assert journal.beat_ms == 9000
    await journal.close()


async def fill(journal: Journal) -> None:
    while True:
        await journal.record("device", {"name": "x" * 1000})


async def test_a_full_disk_stops_writing_drops_nothing_and_ends_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device.writer, "RETRY_S", 0.02)
    disk: list[sqlite3.Connection] = []
    journal = Journal.open(tmp_path / "j.db", "kiosk-1", box_clock(), "demo", prepare=disk.append)
    with journal.stopping.watching() as changed:
        disk[0].execute("PRAGMA max_page_count = 40").fetchall()
        with pytest.raises(JournalStopped) as stopped:
            await fill(journal)
        assert (stopped.value.reason, journal.stopped) == ("disk-full", "disk-full")
        written, _ = journal.head()
        await journal.record("device", {"name": "one small fact may still find room"})
        assert journal.stopped == "disk-full"
        assert len(facts(journal)) == written + 1
        changed.clear()
        disk[0].execute("PRAGMA max_page_count = 1000000").fetchall()
        async with asyncio.timeout(10):
            await changed.wait()
    assert journal.stopped is None
    fresh = await issue(journal, "t")
    assert fresh is not None
    assert fresh.data["number"] == "001"
    assert fresh.seq == written + 2
    assert_chained(journal)
    await journal.close()


async def test_a_disk_that_became_read_only_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device.writer, "RETRY_S", 0.02)
    disk: list[sqlite3.Connection] = []
    journal = Journal.open(tmp_path / "j.db", "kiosk-1", box_clock(), "demo", prepare=disk.append)
    disk[0].execute("PRAGMA query_only = 1")
    with pytest.raises(JournalStopped) as stopped:
        await journal.record("device", {})
    assert stopped.value.reason == "disk-failed"
    with journal.stopping.watching() as changed:
        disk[0].execute("PRAGMA query_only = 0")
        async with asyncio.timeout(10):
            await changed.wait()
    assert journal.stopped is None
    await journal.record("device", {})
    assert_chained(journal)
    await journal.close()
