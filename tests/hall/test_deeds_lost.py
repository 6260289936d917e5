"""A hall that is rebuilt from its boxes has no deeds of its guides but what windows were told of their tickets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hall.contract import CallNext, SignIn
from hall.guides import doing
from hall.guides.doing import Asking, Doing
from hall.relive import SKIPPED
from hall.store import tickets
from hall.store.tickets import Ticket
from tests.hall import restored
from tests.hall.restored import BOXES, CLERKS, Disk, Remembering

PIN_LINE = f"scrypt:{'0' * 32}:{'0' * 64}"
GUIDE = f'\n[[guide]]\nname = "方一诺"\nstaff_no = "3001"\npin = "{PIN_LINE}"\n'
NAMES = ("kiosk-1", "kiosk-2", "counter-1", "counter-2")


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    monkeypatch.setattr(restored, "BOXES", BOXES + GUIDE)
    disk = Disk(tmp_path)
    yield disk
    disk.close()


@pytest.fixture
def boxes(disk: Disk) -> dict[str, Remembering]:
    boxes = {name: Remembering(disk, name) for name in NAMES}
    assert come_up(boxes)
    return boxes


def come_up(boxes: dict[str, Remembering]) -> bool:
    """Each tells what it has, and then finds the hall whole."""
    return [box.come_up() for _ in range(2) for box in boxes.values()][-len(boxes) :] == [True] * len(boxes)


def take(disk: Disk, request: str) -> Any:
    disk.clock.pass_ms(10)
    hall = disk.hall
    asking = Asking(request, "3001", hall.catalogue, hall.clock, hall.term, "demo")
    return msgspec.json.decode(disk.do(hall.writer.write(Doing(asking, doing.take("11")))))["ticket"]


def find(disk: Disk, ticket: str) -> Ticket | None:
    return disk.do(disk.hall.writer.write(lambda tx: tickets.find(tx, ticket)))


def call(counter: Remembering) -> None:
    counter.press(SignIn(request="s", window=1, name=CLERKS[1], pin="", mode="demo"), "")
    counter.press(CallNext(request="n", window=1, operator="1001", mode="demo", boot="", mono_ms=0), "")


def test_a_ticket_that_was_called_is_there_again_and_one_that_was_not_is_gone(
    disk: Disk, boxes: dict[str, Remembering]
) -> None:
    called, waiting = take(disk, "request-1"), take(disk, "request-2")
    call(boxes["counter-1"])
    disk.put_back(None)
    assert come_up(boxes)
    again = find(disk, called["ticket"])
    assert again is not None
    assert (again.number, again.state) == (called["number"], "called")
    assert find(disk, waiting["ticket"]) is None


def test_no_number_that_a_guide_took_is_given_a_second_time(disk: Disk, boxes: dict[str, Remembering]) -> None:
    disk.back_up()
    lost = [take(disk, f"request-{count}")["number"] for count in range(3)]
    disk.put_back(disk.copies[0])
    assert come_up(boxes)
    fresh = take(disk, "request-new")
    assert fresh["number"] not in lost
    assert int(fresh["number"][1:]) - 11000 == SKIPPED + 1


def test_no_ticket_id_of_a_lost_life_is_ever_drawn_again(disk: Disk, boxes: dict[str, Remembering]) -> None:
    disk.back_up()
    lost = take(disk, "request-1")["ticket"]
    disk.put_back(disk.copies[0])
    assert come_up(boxes)
    fresh = take(disk, "request-1")["ticket"]
    assert fresh.rpartition("/")[2] == lost.rpartition("/")[2]
    assert fresh != lost


def test_a_hall_that_only_starts_anew_keeps_every_deed(disk: Disk, boxes: dict[str, Remembering]) -> None:
    kept = take(disk, "request-1")
    disk.stop()
    disk.start()
    assert come_up(boxes)
    assert take(disk, "request-1") == kept
    assert take(disk, "request-2")["number"] == "A11002"
