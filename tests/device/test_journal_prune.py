"""What is dropped, and when: backed up, older than two business days, and not needed by anybody."""

from pathlib import Path

import pytest

from device.journal import Journal
from hall.contract import CallNext
from tests.device.journal_scene import Disk, facts_of, issue, request, slips

DAYS = [f"2026-01-{day:02d}" for day in range(1, 29)]


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "box")


async def day(journal: Journal, date: str, count: int = 3) -> int:
    """A business day with so many slips; gives the first fact of it."""
    first = journal.head()[0] + 1
    await journal.prune(date)
    await slips(journal, count)
    return first


def everything_is_backed_up(journal: Journal) -> None:
    head, _ = journal.head()
    journal.acknowledge(head, head)


async def test_today_and_two_days_before_it_are_kept(disk: Disk) -> None:
    journal = disk.open()
    firsts = []
    for date in DAYS[:6]:
        firsts.append(await day(journal, date))
        everything_is_backed_up(journal)
        expected = firsts[-3] if len(firsts) > 2 else 1
        assert journal.kept_from == expected
        assert list(facts_of(journal)) == list(range(expected, journal.head()[0] + 1))
    await journal.close()
    again = disk.open()
    assert again.kept_from == firsts[-3]
    assert again.ticket(f"kiosk-1/{again.id}/{firsts[0]}") is None
    assert again.ticket(f"kiosk-1/{again.id}/{firsts[-1]}") is not None
    await again.close()


async def test_what_no_backup_has_is_kept(disk: Disk) -> None:
    journal = disk.open()
    for date in DAYS[:5]:
        await day(journal, date)
        journal.acknowledge(journal.head()[0], 4)
    assert journal.kept_from == 5
    await journal.close()


async def test_what_is_still_open_is_kept(disk: Disk) -> None:
    journal = disk.open()
    rating = await journal.record("rating-opened", {"ticket": "t", "window": 3, "seconds": 60})
    command = CallNext(request="r", window=3, mode="demo")
    sent = await journal.command_sent(command)
    touched = await request(journal)
    for date in DAYS[:5]:
        await day(journal, date)
        everything_is_backed_up(journal)
    kept = [journal.kept_from]
    await journal.record("rated", {"ticket": "t", "window": 3, "grade": "satisfied"})
    await journal.prune(DAYS[4])
    kept.append(journal.kept_from)
    await journal.command_answered(command, None)
    await journal.prune(DAYS[4])
    kept.append(journal.kept_from)
    await journal.record("voided", {"ticket": touched, "reason": "power-cut"})
    await journal.prune(DAYS[4])
    assert kept == [rating.seq, sent.seq, int(touched.rpartition("/")[2])]
    assert journal.kept_from > kept[-1]
    await journal.close()


async def test_a_hall_that_told_a_date_of_another_year_loses_nothing(disk: Disk) -> None:
    journal = disk.open()
    await day(journal, DAYS[0])
    for date in ("2099-01-01", DAYS[0], "1970-01-01", DAYS[0], "2099-01-02", DAYS[1]):
        await journal.prune(date)
        everything_is_backed_up(journal)
    assert journal.kept_from == 1
    await journal.close()


async def test_a_pruned_fact_counts_as_held(disk: Disk) -> None:
    journal = disk.open()
    for date in DAYS[:4]:
        await day(journal, date)
        everything_is_backed_up(journal)
    head, digest = journal.head()
    assert journal.kept_from > 1
    assert [journal.holds(0, ""), journal.holds(1, "another"), journal.holds(head, digest)] == [True, True, True]
    assert [journal.holds(head, "another"), journal.holds(head + 1, digest)] == [False, False]
    await journal.close()


async def test_the_counts_of_days_gone_by_are_dropped(disk: Disk) -> None:
    journal = disk.open()
    ticket = await request(journal)
    await journal.record("voided", {"ticket": ticket, "reason": "citizen"})
    for date in DAYS[:5]:
        await journal.prune(date)
        await issue(journal, ticket, date=date)
    assert [date for (date,) in journal._store.read("SELECT date FROM band")] == DAYS[2:5]
    await journal.close()


async def test_the_file_keeps_its_size(disk: Disk) -> None:
    journal = disk.open()
    sizes = []
    for date in DAYS:
        await day(journal, date, count=40)
        everything_is_backed_up(journal)
        sizes.append(disk.file.stat().st_size)
    assert max(sizes[14:]) <= max(sizes[:14])
    assert sum(file.stat().st_size for file in disk.data.iterdir()) < 6_000_000  # with the log that waits for its turn
    await journal.close()
    whole = disk.file.stat().st_size
    assert whole < 400_000  # three days of 160 facts each, and what follows from them


async def test_a_set_aside_journal_goes_when_the_hall_has_it_in_a_backup_and_two_days_have_passed(disk: Disk) -> None:
    journal = disk.open()
    await slips(journal, 3)
    await journal.close()
    disk.machine = "machine-2"
    again = disk.open()
    await again.unlock_band(DAYS[0], {})
    (former,) = again.formers
    for date in DAYS[:2]:
        again.former_told(former, former.end.seq, former.end.seq)
        await day(again, date)
        everything_is_backed_up(again)
    assert former.file.exists()
    again.former_told(former, former.end.seq, former.end.seq - 1)
    for date in DAYS[2:5]:
        await day(again, date)
        everything_is_backed_up(again)
    assert former.file.exists(), "no backup has its last fact"
    again.former_told(former, former.end.seq, former.end.seq)
    await again.prune(DAYS[4])
    assert (former.file.exists(), again.formers) == (False, [])
    await again.close()
