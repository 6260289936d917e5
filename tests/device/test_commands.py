import asyncio
from pathlib import Path

import pytest

from device.journal import JournalStopped
from device.sync.link import HallRefused, HallUnreachable
from drivers.deadline import Deadline
from hall.contract import Answer, CallNext, SignIn
from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import scene_of
from tests.virtual_time import virtual


def call_next(request: str, window: int = 3) -> CallNext:
    return CallNext(request=request, window=window, operator="7", mode="demo")


@virtual
async def test_a_command_is_journaled_sent_answered_and_its_state_known(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link")
        answer = await scene.commands.send(call_next("r1"), Deadline.after(3), ticket="t")
        assert (answer.request, answer.outcome) == ("r1", "done")
        assert scene.desired.windows[3] == answer.window
        assert scene.journal.unanswered() == []
        assert b'"request":"r1"' in scene.journal.unsent(1, 1)[0][1]


@virtual
async def test_a_lost_answer_is_asked_for_again_under_the_same_request_id(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.lose_answers_of.add("/device/commands")
        scene.start("link")
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(scene.commands.send(call_next("r1"), Deadline.after(30)))
            await scene.hall.until(lambda: len(scene.hall.commands) == 2)
            scene.hall.lose_answers_of.clear()
        assert sending.result().outcome == "done"
        assert set(scene.hall.commands) == {"r1"}
        assert len(scene.hall.answers) == 1


@virtual
async def test_at_the_deadline_the_command_stays_pending_and_is_settled_when_the_hall_is_back(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.silent.add("/device/commands")
        scene.start("link", "commands")
        began = asyncio.get_running_loop().time()
        with pytest.raises(HallUnreachable):
            await scene.commands.send(call_next("r1"), Deadline.after(3))
        assert asyncio.get_running_loop().time() - began == pytest.approx(3)
        assert [command.request for command in scene.journal.unanswered()] == ["r1"]
        scene.hall.silent.clear()
        scene.link.lost("somebody else noticed")
        with scene.journal.watch.watching() as changed:
            while scene.journal.unanswered():
                await changed.wait()
                changed.clear()
        assert scene.hall.answers["r1"].outcome == "done"


@virtual
async def test_a_restart_sends_what_is_pending_under_the_same_request_id(tmp_path: Path) -> None:
    hall = FakeHall()
    async with scene_of(tmp_path, hall) as scene:
        await scene.journal.command_sent(call_next("r1"))
        await scene.journal.command_sent(call_next("r2"))
        await scene.journal.command_sent(call_next("r3", window=4))
    async with scene_of(tmp_path, hall) as scene:
        scene.start("link", "commands")
        await hall.until(lambda: len(hall.commands) == 3)
        await asyncio.sleep(0.1)
        assert hall.commands == ["r1", "r2", "r3"]
        assert scene.journal.unanswered() == []


@virtual
async def test_a_press_never_overtakes_an_unanswered_one_of_its_window(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        await scene.journal.command_sent(call_next("r1"))
        scene.hall.there = False
        scene.start("link")
        with pytest.raises(HallUnreachable):
            await scene.commands.send(call_next("r2"), Deadline.after(3))
        assert [command.request for command in scene.journal.unanswered()] == ["r1"]
        scene.hall.there = True
        await scene.commands.send(call_next("r3"), Deadline.after(60))
        assert scene.hall.commands == ["r1", "r3"]


@virtual
async def test_a_refused_answer_is_an_answer(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.answers["r1"] = Answer(request="r1", outcome="refused", reason="nobody-waiting")
        scene.start("link")
        answer = await scene.commands.send(call_next("r1"), Deadline.after(3))
        assert (answer.outcome, answer.reason) == ("refused", "nobody-waiting")
        assert scene.journal.unanswered() == []


@virtual
async def test_a_command_that_the_hall_does_not_take_is_not_sent_for_ever(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.refuse["/device/commands"] = (409, {"error": "contract-differs"})
        scene.start("link")
        with pytest.raises(HallRefused) as refused:
            await scene.commands.send(call_next("r1"), Deadline.after(3))
        assert refused.value.reason == "contract-differs"
        assert scene.journal.unanswered() == []


@virtual
async def test_of_a_sign_in_only_the_answer_is_kept_and_never_the_pin(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        head = scene.journal.head()
        sign_in = SignIn(request="s1", window=3, name="测试", pin="135790", mode="demo")
        with pytest.raises(HallUnreachable):
            await scene.commands.send(sign_in, Deadline.after(3))
        scene.start("link")
        assert (await scene.commands.send(sign_in, Deadline.after(3))).outcome == "done"
        assert (scene.journal.unanswered(), scene.hall.commands) == ([], ["s1"])
        (kept,) = [raw for _, raw in scene.journal.unsent(head[0], 10)]
        assert b'"kind":"answered"' in kept
        assert b"135790" not in kept


@virtual
async def test_what_cannot_be_journaled_is_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:

        async def full(*_: object, **__: object) -> None:
            raise JournalStopped("disk-full", "no room")

        monkeypatch.setattr(scene.journal, "command_sent", full)
        scene.start("link")
        with pytest.raises(JournalStopped):
            await scene.commands.send(call_next("r1"), Deadline.after(3))
        assert scene.hall.commands == []
