"""A headphone begins a visit and ends it; nothing of it outlives it; nobody else ever hears a word."""

from __future__ import annotations

import asyncio
import gc
import weakref
from pathlib import Path

import pytest

from device.flows.by_ear import Visit
from device.flows.ear_desk import ANSWER_SECONDS, SILENCE_SECONDS
from drivers.contract import AccessKey
from hall.contract import Alarm, Said
from tests.device.ear_scene import at_kiosk
from tests.device.kiosk_scene import DOUBTFUL
from tests.virtual_time import virtual

UP, DOWN, CHOOSE, BACK, HELP = AccessKey
LONG = 60.0


def visits_in_memory() -> list[Visit]:
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, Visit)]


@virtual
async def test_a_headphone_put_in_begins_and_the_page_is_covered(tmp_path: Path) -> None:
    async with at_kiosk(tmp_path) as scene:
        assert (scene.heard, scene.kiosk.by_ear) == ("", False)
        await scene.plug(True)
        assert scene.kiosk.by_ear
        await asyncio.sleep(LONG)
        said = scene.heard
        assert "演示大厅" in said
        assert "第1项" in said


@virtual
async def test_a_key_cuts_the_sentence_and_is_answered_at_once(tmp_path: Path) -> None:
    async with at_kiosk(tmp_path) as scene:
        await scene.plug(True)
        await asyncio.sleep(1.0)
        (welcome,) = scene.headphone.said
        assert scene.heard
        await scene.press(DOWN)
        assert scene.headphone.cut == [welcome]
        assert scene.heard == "第2项，共4项：我的号码"


@virtual
async def test_the_headphone_out_is_silence_at_once_and_the_visit_is_gone_from_memory(tmp_path: Path) -> None:
    others = {id(each) for each in visits_in_memory()}
    async with at_kiosk(tmp_path) as scene:
        await scene.plug(True)
        await scene.takes_a_number()
        loop = asyncio.get_running_loop()
        at = loop.time()
        assert scene.headphone.sounds_since is not None
        visits = [weakref.ref(each) for each in visits_in_memory() if id(each) not in others]
        assert len(visits) == 1
        await scene.plug(False)
        assert scene.headphone.sounds_since is None
        assert scene.headphone.silent_since - at < 0.3
        assert not scene.kiosk.by_ear
        assert scene.heard
        await asyncio.sleep(LONG)
        assert scene.heard == ""
        gc.collect()
        assert [visit() for visit in visits] == [None]
        assert scene.around.kinds() == ["opened", "requested", "issued", "printed"]


@virtual
async def test_the_next_listener_hears_nothing_of_the_one_before(tmp_path: Path) -> None:
    async with at_kiosk(tmp_path) as scene:
        await scene.plug(True)
        await scene.takes_a_number()
        await scene.press(BACK, UP, CHOOSE, DOWN, CHOOSE)
        await scene.plug(False)
        assert "1001" in scene.heard
        await scene.plug(True)
        await scene.press(DOWN, CHOOSE)
        await asyncio.sleep(LONG)
        said = scene.heard
        assert "还没有取号" in said
        assert "1001" not in said


@virtual
async def test_a_number_is_taken_heard_and_called_in_the_headphone(tmp_path: Path) -> None:
    async with at_kiosk(tmp_path) as scene:
        await scene.plug(True)
        await scene.takes_a_number()
        (issued,) = scene.around.facts("issued")
        await asyncio.sleep(LONG)
        assert scene.heard.count("A1001") == 2
        await scene.call(str(issued.data["ticket"]), "A1001", window=3)
        await asyncio.sleep(LONG)
        assert "A1001，请到3号窗口" in scene.heard
        await scene.call(str(issued.data["ticket"]), "A1001", window=3)
        await asyncio.sleep(LONG)
        assert scene.heard == "", "a call that is told again is said once"
        await scene.call(str(issued.data["ticket"]), "A1001", window=3, calls=2)
        await asyncio.sleep(LONG)
        assert "请到3号窗口" in scene.heard, "one that is made again is said again"


@virtual
async def test_nobody_hears_the_call_of_another_ticket(tmp_path: Path) -> None:
    async with at_kiosk(tmp_path) as scene:
        await scene.plug(True)
        await scene.takes_a_number()
        await asyncio.sleep(LONG)
        assert scene.heard
        await scene.call("kiosk-9/00000000000000bb/7", "B2001")
        await asyncio.sleep(LONG)
        assert scene.heard == ""


@pytest.mark.parametrize(("key", "kind"), [(CHOOSE, "printed"), (BACK, "voided")])
@virtual
async def test_a_doubtful_slip_is_asked_about_and_answered_by_a_key(tmp_path: Path, key: AccessKey, kind: str) -> None:
    async with at_kiosk(tmp_path) as scene:
        scene.around.printer.completions = [DOUBTFUL]
        await scene.plug(True)
        await scene.takes_a_number()
        await asyncio.sleep(20.0)
        assert "小票出来了吗" in scene.heard
        await scene.press(key)
        assert scene.around.facts(kind)


@virtual
async def test_who_leaves_a_question_leaves_no_question_to_the_page(tmp_path: Path) -> None:
    async with at_kiosk(tmp_path) as scene:
        scene.around.printer.completions = [DOUBTFUL]
        await scene.plug(True)
        await scene.takes_a_number()
        assert scene.kiosk.doubtful is not None
        await scene.plug(False)
        assert scene.kiosk.doubtful is None
        assert scene.around.kinds()[-1] == "doubtful"


@virtual
async def test_who_leaves_while_the_slip_prints_leaves_none_either(tmp_path: Path) -> None:
    async with at_kiosk(tmp_path) as scene:
        scene.around.printer.completions = [DOUBTFUL]
        scene.around.printer.may_finish.clear()
        await scene.plug(True)
        await scene.takes_a_number()
        await scene.plug(False)
        scene.around.printer.may_finish.set()
        await asyncio.sleep(0.1)
        assert scene.kiosk.doubtful is None
        assert scene.around.kinds()[-1] == "doubtful"
        assert "A1001" not in scene.heard


@virtual
async def test_silence_asks_and_then_wipes_and_any_key_begins_anew(tmp_path: Path) -> None:
    async with at_kiosk(tmp_path) as scene:
        await scene.plug(True)
        await scene.takes_a_number()
        await asyncio.sleep(LONG)
        assert scene.heard
        await asyncio.sleep(SILENCE_SECONDS)
        assert "您还在吗" in scene.heard
        await scene.press(DOWN)
        assert scene.heard.startswith("好的，继续")
        assert scene.kiosk.by_ear
        await asyncio.sleep(LONG / 2 + SILENCE_SECONDS)
        assert "您还在吗" in scene.heard
        await asyncio.sleep(ANSWER_SECONDS + LONG)
        assert not scene.kiosk.by_ear
        assert "语音引导结束" in scene.heard
        await scene.press(CHOOSE)
        assert scene.kiosk.by_ear


@virtual
async def test_silence_begins_when_nothing_is_said_any_more(tmp_path: Path) -> None:
    async with at_kiosk(tmp_path) as scene:
        await scene.plug(True)
        await asyncio.sleep(LONG)
        lasted = scene.headphone.silent_since
        assert scene.heard
        await asyncio.sleep(lasted + SILENCE_SECONDS - 2 - asyncio.get_running_loop().time())
        assert scene.heard == ""
        await asyncio.sleep(5)
        assert "您还在吗" in scene.heard


@virtual
async def test_a_keypad_that_is_lost_wipes_and_says_why(tmp_path: Path) -> None:
    async with at_kiosk(tmp_path) as scene:
        await scene.plug(True)
        await scene.takes_a_number()
        assert scene.heard
        scene.keypad.lose()
        await asyncio.sleep(LONG)
        assert not scene.kiosk.by_ear
        assert "按键没有反应" in scene.heard
        scene.keypad.come_back()
        await scene.plug(True)
        assert scene.kiosk.by_ear


@virtual
async def test_keys_without_a_headphone_in_the_jack_begin_nothing(tmp_path: Path) -> None:
    async with at_kiosk(tmp_path) as scene:
        await scene.plug(False)
        await scene.press(CHOOSE, HELP)
        assert not scene.kiosk.by_ear
        assert scene.heard == ""


@virtual
async def test_where_no_jack_tells_a_key_begins(tmp_path: Path) -> None:
    async with at_kiosk(tmp_path) as scene:
        await scene.press(CHOOSE)
        assert scene.kiosk.by_ear


@virtual
async def test_a_lost_headphone_is_heard_again_when_it_is_back(tmp_path: Path) -> None:
    async with at_kiosk(tmp_path) as scene:
        scene.headphone.lost = True
        await scene.plug(True)
        await asyncio.sleep(5.0)
        assert scene.heard == ""
        scene.headphone.lost = False
        await asyncio.sleep(LONG)
        assert "您好" in scene.heard


@virtual
async def test_help_twice_asks_for_a_person_with_the_number_and_says_when_one_is_on_the_way(tmp_path: Path) -> None:
    async with at_kiosk(tmp_path) as scene:
        await scene.plug(True)
        await scene.takes_a_number()
        await scene.press(HELP, HELP)
        await asyncio.sleep(LONG)
        assert "已经请工作人员" in scene.heard
        (asked,) = scene.around.facts("help-asked")
        (issued,) = scene.around.facts("issued")
        assert (asked.data["at"], asked.data["ticket"]) == ("kiosk", issued.data["ticket"])
        await scene.news(coming=[str(asked.data["help"])])
        await scene.press(HELP, HELP)
        await asyncio.sleep(LONG)
        assert "已经在路上" in scene.heard
        assert len(scene.around.facts("help-asked")) == 1


@virtual
async def test_who_cannot_see_the_alarm_hears_it_at_once(tmp_path: Path) -> None:
    async with at_kiosk(tmp_path) as scene:
        await scene.plug(True)
        await asyncio.sleep(2.0)
        assert scene.heard
        await scene.news(alarm=Alarm(kind="evacuate", text=Said(zh="请从东门离开")))
        await asyncio.sleep(LONG)
        assert scene.heard.count("请从东门离开") == 2
        await scene.plug(False)
        await scene.plug(True)
        await asyncio.sleep(LONG)
        assert "请从东门离开" in scene.heard, "whoever comes now hears it first"
