"""Which journal a box goes on with: each row of the table in device/beginning.py."""

import shutil
from pathlib import Path

import pytest

from device.journal import Journal, JournalForeign
from device.mark import MarkFile
from hall.contract import JournalEnd
from tests.device.journal_scene import DATE, Disk, facts_of, issue, read, request, slips


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "box")


async def lived(disk: Disk, count: int = 2) -> tuple[Journal, dict[int, bytes]]:
    """A box that has given ``count`` slips and was switched off."""
    journal = disk.open()
    await slips(journal, count)
    facts = facts_of(journal)
    await journal.close()
    return journal, facts


def opened(journal: Journal) -> tuple[object, object]:
    fact = read(facts_of(journal)[1])
    assert fact.kind == "opened"
    return fact.data["reason"], fact.data["former"]


async def assert_replaced(disk: Disk, reason: str, former: Journal, facts: dict[int, bytes]) -> Journal:
    """A new journal says why, the old one's facts are still told, and the band is locked."""
    journal = disk.open()
    assert journal.id != former.id
    assert opened(journal) == (reason, former.id)
    assert [one.id for one in journal.formers] == [former.id]
    assert facts_of(journal.formers[0]) == facts
    assert journal.band_locked
    return journal


async def test_a_new_box_begins_a_journal_and_a_mark(disk: Disk) -> None:
    journal = disk.open()
    assert opened(journal) == ("new", "")
    assert not journal.band_locked
    mark = MarkFile(disk.mark).last
    assert mark is not None
    assert (mark.device, mark.journal, mark.machine, mark.turn) == ("kiosk-1", journal.id, "machine-1", 0)
    await journal.close()


async def test_a_box_that_was_switched_off_goes_on(disk: Disk) -> None:
    before, facts = await lived(disk)
    journal = disk.open()
    assert (journal.id, facts_of(journal), journal.formers) == (before.id, facts, [])
    assert await issue(journal, await request(journal)) == 3
    await journal.close()


async def test_a_box_from_before_there_were_marks_goes_on(disk: Disk) -> None:
    disk.marked = False
    before, facts = await lived(disk)
    disk.marked = True
    journal = disk.open()
    assert (journal.id, facts_of(journal)) == (before.id, facts)
    assert disk.mark.exists()
    await journal.close()


async def test_a_box_whose_mark_was_lost_goes_on(disk: Disk) -> None:
    before, facts = await lived(disk)
    disk.mark.unlink()
    journal = disk.open()
    assert (journal.id, facts_of(journal)) == (before.id, facts)
    assert await issue(journal, await request(journal)) == 3
    await journal.close()


async def test_a_mark_that_cannot_be_read_is_none(disk: Disk) -> None:
    before, facts = await lived(disk)
    disk.mark.write_bytes(b"\xff" * 40_000)
    journal = disk.open()
    assert (journal.id, facts_of(journal)) == (before.id, facts)
    await journal.close()


async def test_an_old_copy_of_the_journal_is_set_aside(disk: Disk) -> None:
    _, facts = await lived(disk)
    old = disk.copied("old")
    before, _ = await lived(disk)
    shutil.rmtree(disk.data)
    shutil.copytree(old.data, disk.data)
    journal = await assert_replaced(disk, "mark-differs", before, facts)
    await journal.unlock_band(DATE, {})
    assert await issue(journal, await request(journal)) == 5
    await journal.close()


async def test_a_copy_older_than_a_number_of_the_band_is_noticed_after_a_power_cut(disk: Disk) -> None:
    journal = disk.open()
    await slips(journal, 1)
    old = disk.copied("old")
    facts = facts_of(journal)
    await slips(journal, 1)
    cut = disk.copied("cut")
    await journal.close()
    shutil.rmtree(cut.data)
    shutil.copytree(old.data, cut.data)
    again = await assert_replaced(cut, "mark-differs", journal, facts)
    await again.unlock_band(DATE, {"1": 1})
    assert await issue(again, await request(again)) == 3
    await again.close()


async def test_two_boxes_whose_folders_were_swapped_do_not_start(disk: Disk, tmp_path: Path) -> None:
    other = Disk(tmp_path / "other", device="kiosk-2")
    await lived(disk)
    await lived(other)
    disk.data.rename(tmp_path / "swapped")
    other.data.rename(disk.data)
    with pytest.raises(JournalForeign, match="journal is of kiosk-2"):
        disk.open()


async def test_the_mark_of_another_box_is_refused(disk: Disk, tmp_path: Path) -> None:
    other = Disk(tmp_path / "other", device="kiosk-2")
    await lived(disk)
    await lived(other)
    shutil.copy(other.mark, disk.mark)
    with pytest.raises(JournalForeign, match="mark is of kiosk-2"):
        disk.open()


async def test_a_disk_in_another_machine_begins_a_journal_of_its_own(disk: Disk) -> None:
    before, facts = await lived(disk)
    disk.machine = "machine-2"
    journal = await assert_replaced(disk, "machine-differs", before, facts)
    await journal.close()
    again = disk.open()
    assert again.id == journal.id
    await again.close()


async def test_a_folder_copied_to_another_machine_without_its_mark_begins_anew(disk: Disk) -> None:
    before, facts = await lived(disk)
    disk.mark.unlink()
    disk.machine = "machine-2"
    journal = await assert_replaced(disk, "machine-differs", before, facts)
    await journal.close()


async def test_a_machine_without_a_name_is_no_other_machine(disk: Disk) -> None:
    before, _ = await lived(disk)
    disk.machine = ""
    journal = disk.open()
    assert journal.id == before.id
    await journal.close()
    disk.machine = "machine-1"
    journal = disk.open()
    assert journal.id == before.id
    await journal.close()


async def test_a_lost_file_is_followed_by_a_journal_that_names_it(disk: Disk) -> None:
    before, _ = await lived(disk, 3)
    shutil.rmtree(disk.data)
    journal = disk.open()
    assert opened(journal) == ("lost", before.id)
    assert journal.band_locked
    await journal.unlock_band(DATE, {"1": 1})
    assert await issue(journal, await request(journal)) == 4  # the mark has every count that may be on paper
    await journal.close()


async def test_a_journal_that_the_hall_had_another_past_of_is_set_aside_at_the_next_start(disk: Disk) -> None:
    journal = disk.open()
    await slips(journal, 1)
    await journal.mark_replaced("hall-differs")
    facts = facts_of(journal)
    await journal.close()
    again = await assert_replaced(disk, "hall-differs", journal, facts)
    await again.close()
    once_more = disk.open()
    assert once_more.id == again.id
    await once_more.close()


async def test_a_journal_set_aside_twice_is_kept_twice(disk: Disk) -> None:
    before, facts = await lived(disk)
    old = disk.copied("old")
    disk.machine = "machine-2"
    second = disk.open()
    await second.record("device", {"name": "printer"})
    facts_of_second = facts_of(second)
    await second.close()
    shutil.copy(old.file, disk.file)
    third = disk.open()
    assert opened(third) == ("mark-differs", before.id)
    assert [(one.id, facts_of(one)) for one in third.formers] == [(before.id, facts), (before.id, facts)]
    assert facts_of_second.keys() == {1, 2}  # the second one is gone: a copy was put over it
    await third.close()


async def test_what_was_left_open_is_told_by_the_new_journal(disk: Disk) -> None:
    journal = disk.open()
    issued = await request(journal, "a")
    await issue(journal, issued)
    touched = await request(journal, "b")
    await journal.remember("term", "7")
    await journal.remember("window/4", "called")
    await journal.close()
    disk.machine = "machine-2"
    again = disk.open()
    told = {str(fact.data["ticket"]): fact.kind for fact in map(read, list(facts_of(again).values())[1:])}
    assert told == {issued: "doubtful", touched: "voided"}
    assert again.recall("term") == "7"
    assert again.recall("window/4") is None  # of an old copy: that call may have been missed or finished since
    await again.close()


async def test_of_an_old_copy_nobody_knows_what_became_of_a_touch(disk: Disk) -> None:
    journal = disk.open()
    touched = await request(journal)
    await journal.close()
    old = disk.copied("old")
    journal = disk.open()
    await issue(journal, touched)
    await journal.close()
    shutil.copy(old.file, disk.file)
    again = disk.open()
    last = read(list(facts_of(again).values())[-1])
    assert (last.kind, last.data) == ("doubtful", {"ticket": touched, "evidence": "journal-replaced"})
    await again.close()


async def test_a_box_tells_the_ends_of_all_its_journals(disk: Disk) -> None:
    before, facts = await lived(disk)
    disk.machine = "machine-2"
    journal = disk.open()
    here, there = journal.ends()
    assert (here.journal, here.seq, here.digest) == (journal.id, *journal.head())
    assert there == JournalEnd(journal=before.id, seq=max(facts), digest=read(facts[max(facts)]).digest())
    await journal.close()


async def test_a_power_cut_between_any_two_steps_of_a_replacement_changes_nothing(disk: Disk) -> None:
    before, facts = await lived(disk)
    old = disk.copied("old")
    await lived(disk)
    shutil.copy(old.file, disk.file)
    cuts: list[Disk] = []

    def cut(_statement: str) -> None:
        cuts.append(disk.copied(f"cut-{len(cuts)}"))

    journal = disk.open(lambda connection: connection.set_trace_callback(cut))
    cuts.append(disk.copied("after"))
    await journal.close()
    assert len(cuts) > 15
    for survivor in cuts:
        again = await assert_replaced(survivor, "mark-differs", before, facts)
        await again.unlock_band(DATE, {})
        assert await issue(again, await request(again)) == 5
        await again.close()


async def test_a_new_journal_whose_mark_was_not_written_goes_on(disk: Disk) -> None:
    await lived(disk)
    mark = disk.mark.read_bytes()
    disk.machine = "machine-2"
    journal = disk.open()
    await journal.close()
    disk.mark.write_bytes(mark)  # as if the power had gone just before
    disk.machine = "machine-1"
    again = disk.open()
    assert again.id == journal.id
    await again.close()
