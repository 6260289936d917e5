"""The mark: true at any moment, whatever was being written when the power went."""

from pathlib import Path

import pytest

from device.journal import JournalStopped
from device.mark import EVERY, SLOT, Mark, MarkFile, machine_id
from tests.device.journal_scene import DATE, Disk, issue, request


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "box")


def mark(seq: int) -> Mark:
    return Mark(device="kiosk-1", journal="0" * 16, turn=0, seq=seq, digest="d", machine="m", band={DATE: {"1": seq}})


def read(disk: Disk) -> Mark:
    found = MarkFile(disk.mark).last
    assert found is not None
    return found


def test_the_newest_mark_is_read(tmp_path: Path) -> None:
    file = MarkFile(tmp_path / "mark")
    for seq in range(1, 6):
        file.write(mark(seq))
        found = MarkFile(tmp_path / "mark").last
        assert found is not None
        assert (found.seq, found.band) == (seq, {DATE: {"1": seq}})


@pytest.mark.parametrize("written", [0, 1, 40, 100])
def test_a_mark_torn_by_a_power_cut_leaves_the_one_before_it(tmp_path: Path, written: int) -> None:
    path = tmp_path / "mark"
    file = MarkFile(path)
    file.write(mark(1))
    file.write(mark(2))
    before = path.read_bytes()
    file.write(mark(3))
    after = path.read_bytes()
    path.write_bytes(after[:written] + before[written:])
    found = MarkFile(path).last
    assert found is not None
    assert found.seq == 2


@pytest.mark.parametrize(
    "stored",
    [b"", b"\0" * 2 * SLOT, b"no mark\n", b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 \n"],
)
def test_what_is_no_mark_is_none(tmp_path: Path, stored: bytes) -> None:
    (tmp_path / "mark").write_bytes(stored)
    assert MarkFile(tmp_path / "mark").last is None
    assert MarkFile(tmp_path / "none").last is None


def test_a_mark_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(JournalStopped, match="mark"):
        MarkFile(tmp_path / "no folder" / "mark").write(mark(1))


async def test_a_number_of_the_band_is_marked_before_anybody_has_it(disk: Disk) -> None:
    journal = disk.open()
    ticket = await request(journal)
    for count in (1, 2, 3):
        assert await issue(journal, ticket) == count
        assert read(disk).band == {DATE: {"1": count}}
    await journal.close()


async def test_without_its_mark_no_number_of_the_band_is_given(disk: Disk) -> None:
    journal = disk.open()
    ticket = await request(journal)
    head = journal.head()
    disk.mark.unlink()
    disk.mark.mkdir()
    with pytest.raises(JournalStopped):
        await issue(journal, ticket)
    assert journal.head() == head
    disk.mark.rmdir()
    assert await issue(journal, ticket) == 1
    await journal.close()


async def test_other_facts_are_marked_now_and_then_and_at_the_end(disk: Disk) -> None:
    journal = disk.open()
    first = read(disk).seq
    for _ in range(EVERY - 1):
        await journal.record("device", {"name": "printer"})
    assert read(disk).seq == first
    await journal.record("device", {"name": "printer"})
    assert (read(disk).seq, read(disk).digest) == journal.head()
    await journal.record("device", {"name": "printer"})
    await journal.close()
    assert (read(disk).seq, read(disk).digest) == journal.head()


async def test_a_journal_whose_mark_cannot_be_written_takes_other_facts(disk: Disk) -> None:
    disk.mark.mkdir(parents=True)
    journal = disk.open()
    for _ in range(EVERY + 1):
        await journal.record("device", {"name": "printer"})
    assert journal.stopped is None
    await journal.close()


def test_a_machine_has_a_name_or_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("device.mark.MACHINE", tmp_path / "machine-id")
    assert machine_id() == ""
    (tmp_path / "machine-id").write_text("0123abcd\n")
    assert machine_id() == "0123abcd"
