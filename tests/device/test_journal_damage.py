"""A damaged page: the same facts, or a new journal and a kept file; never an end, never a number twice."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.journal import Journal, JournalDamaged
from hall.contract import CallNext
from tests.device.journal_scene import DATE, Disk, facts_of, issue, read, request, slips

PAGE = 4096
SLIPS = 20


@pytest.fixture
async def sound(tmp_path: Path) -> tuple[Disk, str, dict[int, bytes]]:
    """A box that has given slips by itself and was switched off: its disk, its journal and its facts."""
    disk = Disk(tmp_path / "sound")
    journal = disk.open()
    await slips(journal, SLIPS)
    await journal.record("rating-opened", {"ticket": "t", "window": 3, "seconds": 60})
    await journal.remember("welcome", "好" * 300)
    await journal.command_sent(CallNext(request="r", window=3, mode="demo"))
    await journal.prune(DATE)
    facts = facts_of(journal)
    await journal.close()
    return disk, journal.id, facts


def with_bytes(disk: Disk, at: int, stored: bytes) -> Disk:
    """A copy of this disk with other bytes from there on."""
    damaged = disk.copied("damaged")
    whole = damaged.file.read_bytes()
    damaged.file.write_bytes(whole[:at] + stored + whole[at + len(stored) :])
    return damaged


def pages_of(disk: Disk) -> range:
    return range(0, disk.file.stat().st_size, PAGE)


async def survives(damaged: Disk, name: str, facts: dict[int, bytes]) -> dict[int, bytes]:
    """Start on this disk, use everything, start again; gives the facts that can still be told of the old journal."""
    journal = damaged.open()
    if journal.id == name:
        left = facts_of(journal)
        assert left == facts
    else:
        assert read(facts_of(journal)[1]).data["reason"] == "damaged"
        assert any(kept.startswith("damaged-") for kept in damaged.kept_files())
        left = {seq: raw for former in journal.formers for seq, raw in facts_of(former).items()}
        assert left.items() <= facts.items()
    await use(journal)
    await journal.close()
    again = damaged.open()
    assert again.id == journal.id
    await again.close()
    return left


async def use(journal: Journal) -> None:
    """Everything that anybody asks of a journal."""
    await journal.unlock_band(DATE, {})
    count = await issue(journal, await request(journal))
    assert count is not None
    assert count > SLIPS
    for command in journal.unanswered():
        await journal.command_answered(command, None)
    journal.unfinished()
    journal.open_ratings()
    journal.ends()
    assert journal.recall("welcome") in (None, "好" * 300)


@pytest.mark.parametrize("junk", [bytes(PAGE), random.Random(1).randbytes(PAGE)], ids=["zeros", "noise"])
async def test_a_page_that_is_gone_takes_nothing_with_it_but_itself(
    sound: tuple[Disk, str, dict[int, bytes]], junk: bytes
) -> None:
    disk, name, facts = sound
    same = 0
    for page in pages_of(disk):
        here = disk.file.read_bytes()[page : page + PAGE]
        left = await survives(with_bytes(disk, page, junk), name, facts)
        lost = [seq for seq in facts if seq not in left]
        assert all(facts[seq] in here for seq in lost), "a fact of another page was lost"
        same += not lost
    assert same > len(pages_of(disk)) // 2


async def test_half_a_page_loses_half_of_its_facts_at_most(sound: tuple[Disk, str, dict[int, bytes]]) -> None:
    disk, name, facts = sound
    for page in pages_of(disk):
        intact = disk.file.read_bytes()[page + PAGE // 2 : page + PAGE]
        left = await survives(with_bytes(disk, page, bytes(PAGE // 2)), name, facts)
        assert not [seq for seq, raw in facts.items() if raw in intact and seq not in left]


def flips(stored: bytes) -> Iterator[tuple[int, bytes]]:
    """Every byte of the header, and some of each page, each with one bit flipped."""
    chance = random.Random(7)
    places = [
        *range(0, 100, 3),
        *(chance.randrange(page, page + PAGE) for page in range(0, len(stored), PAGE) for _ in "123456"),
    ]
    for at in places:
        yield at, bytes([stored[at] ^ 1 << chance.randrange(8)])


async def test_a_flipped_bit_loses_one_fact_at_most(sound: tuple[Disk, str, dict[int, bytes]]) -> None:
    disk, name, facts = sound
    for at, flipped in flips(disk.file.read_bytes()):
        left = await survives(with_bytes(disk, at, flipped), name, facts)
        assert len(left) >= len(facts) - 1, f"byte {at}"


async def test_a_file_cut_short_tells_what_is_left(sound: tuple[Disk, str, dict[int, bytes]]) -> None:
    disk, name, facts = sound
    for page in pages_of(disk)[1:]:
        short = disk.copied("short")
        short.file.write_bytes(disk.file.read_bytes()[:page])
        await survives(short, name, facts)


async def test_what_is_no_journal_at_all_is_kept_and_followed_by_a_new_one(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "box", marked=False)
    disk.data.mkdir(parents=True)
    disk.file.write_bytes(b"not a database at all" * 100)
    journal = disk.open()
    assert read(facts_of(journal)[1]).data == {"reason": "damaged", "former": ""}
    assert (disk.data / "damaged-1.db").read_bytes() == b"not a database at all" * 100
    assert journal.band_locked
    assert journal.formers == []
    await journal.close()


async def test_a_repaired_journal_keeps_its_name_its_notes_and_what_is_pending(
    sound: tuple[Disk, str, dict[int, bytes]],
) -> None:
    disk, name, facts = sound
    stored = disk.file.read_bytes()
    page = next(page for page in pages_of(disk) if stored[page + PAGE - 200 : page + PAGE].count(b"touch-"))
    damaged = with_bytes(disk, page, bytes(PAGE))  # of the tickets or their index: what follows from facts
    journal = damaged.open()
    assert (journal.id, facts_of(journal)) == (name, facts)
    assert journal.recall("welcome") == "好" * 300
    assert [command.request for command in journal.unanswered()] == ["r"]
    assert journal.ticket_of_touch("touch-3") is not None
    assert damaged.kept_files() == ["damaged-1.db"]
    await journal.close()


async def test_a_hole_in_a_set_aside_journal_is_told_as_one(sound: tuple[Disk, str, dict[int, bytes]]) -> None:
    disk, _, facts = sound
    stored = disk.file.read_bytes()
    page = next(page for page in pages_of(disk) if facts[20] in stored[page : page + PAGE])
    journal = with_bytes(disk, page, bytes(PAGE)).open()
    (former,) = journal.formers
    before = former.unsent(0, 1000)
    after = former.unsent(before[-1][0], 1000)
    assert [seq for seq, _ in before] == list(range(1, before[-1][0] + 1))
    assert [seq for seq, _ in after] == list(range(after[0][0], max(facts) + 1))
    assert before[-1][0] < 20 < after[0][0]
    assert [former.kept_from(seq) for seq in (1, before[-1][0], after[0][0], max(facts))] == [1, 1, *[after[0][0]] * 2]
    await journal.close()


async def test_a_power_cut_while_it_is_repaired_is_only_a_later_repair(
    sound: tuple[Disk, str, dict[int, bytes]],
) -> None:
    disk, name, facts = sound
    damaged = with_bytes(disk, PAGE * 4, bytes(PAGE))
    shutil.copy(damaged.file, damaged.data / "repairing.db")
    await survives(damaged, name, facts)
    finished = with_bytes(disk, PAGE * 4, bytes(PAGE))
    shutil.copy(disk.file, finished.data / "repaired.db")
    journal = finished.open()
    assert (journal.id, facts_of(journal)) == (name, facts)
    assert finished.kept_files() == ["damaged-1.db"]
    await journal.close()


async def test_a_page_that_goes_bad_at_work_ends_the_process(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "box")
    journal = disk.open()
    journal._store.damaged = True
    journal.stopping.changed()
    with pytest.raises(JournalDamaged):
        await journal.sound()
    await journal.close()


async def test_a_set_aside_journal_that_goes_bad_is_told_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "box")
    journal = disk.open()
    await slips(journal, SLIPS)
    await journal.close()
    disk.machine = "machine-2"
    again = disk.open()
    (former,) = again.formers
    former.file.write_bytes(bytes(former.file.stat().st_size))
    assert former.unsent(3, 10) == []
    assert (former.end.seq, former.outbox) == (3, 3)
    again.former_told(former, 3)
    assert former.outbox == 0
    await again.close()
    once_more = disk.open()
    assert once_more.formers == []
    await once_more.close()
