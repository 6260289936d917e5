"""Five keys lead everywhere and back: every place names itself, help always answers, no key takes a number unasked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from config.wording import LANGUAGES
from device.flows.ask_citizen import Taken
from device.flows.by_ear import Visit
from device.flows.ear_menu import Known, home
from device.flows.ear_places import AskPerson, AskPlace, CameOut, InList, Noted, Step, Take, Working
from device.flows.mouth import SPEEDS, VOLUMES, sentences
from device.slip import Ticket
from drivers.contract import AccessKey
from hall.contract import Directory, Item, Material, Place, Said, Service, Unit, Wait

UP, DOWN, CHOOSE, BACK, HELP = AccessKey
SOCIAL = Service(code="1", name="社会保障", name_en="Social security", letter="A", theme="社保", place="一楼东区")
HOUSE = Service(code="2", name="户籍", name_en="", letter="B", theme="户籍")
ALREADY = "已经有号码"


def item(code: str, service: str, name: str, name_en: str = "", **more: Any) -> Item:
    said = Said(zh="不收费")
    fields: dict[str, Any] = {"basis": said, "steps": [said], "promised_days": 0, "fee": said, "unit": "u", **more}
    return Item(code=code, name=name, name_en=name_en, service=service, **fields)


CARD = item("card", "1", "社保卡补办", "A new social security card", materials=[Material(name="身份证", copies=1)])
MOVE = item("move", "2", "户口迁移", promised_days=5, online=Said(zh="网上可以办"))
KNOWN = Known(
    hall=Said(zh="演示大厅", en="Demo hall"),
    directory=Directory(digest="x", units=[Unit(code="u", name="公安局", name_en="Police")], items=[CARD, MOVE]),
    services=(SOCIAL, HOUSE),
    waits={"1": Wait(low=10, high=15)},
    waiting={"2": 3},
    popular=("card",),
)


def text_of(step: Step) -> str:
    return " ".join(each.text for each in step.say)


def taken(outcome: str = "printed", count: int = 1, service: Service = SOCIAL) -> Taken:
    ticket = Ticket(
        f"kiosk-1/00000000000000aa/{count}", f"{service.code}{count:03d}", service, "2026-11-22", False, 2, None
    )
    return Taken(ticket, outcome)


def begun(known: Known = KNOWN) -> Visit:
    visit = Visit("right")
    visit.begin(known)
    return visit


def pressed(visit: Visit, *keys: AccessKey) -> Step:
    return [visit.press(key, KNOWN) for key in keys][-1]


def test_it_begins_with_what_this_is_what_the_keys_are_and_the_first_choice() -> None:
    said = text_of(Visit("right").begin(KNOWN))
    assert said.startswith("您好，这里是演示大厅取号机")
    assert "五个键" in said
    assert said.endswith("首页，共6项。 第1项，共6项：常办事项")


def test_a_choice_says_its_place_and_how_many_there_are_and_the_list_goes_round() -> None:
    visit = begun()
    assert text_of(pressed(visit, DOWN)) == "第2项，共6项：按类别找"
    assert text_of(pressed(visit, UP, UP)) == "第6项，共6项：语言"
    assert text_of(pressed(visit, DOWN)) == "第1项，共6项：常办事项"


def test_a_matter_says_what_it_needs_how_long_one_waits_and_which_key_takes_the_number() -> None:
    said = text_of(pressed(begun(), CHOOSE, CHOOSE))
    for part in ("社保卡补办", "等10到15分钟", "身份证原件1份，复印件1份", "不收费", "当场办好", "按确定键取号"):
        assert part in said


def test_where_the_hall_lists_no_matters_its_queues_are_the_choices() -> None:
    bare = Known(services=(SOCIAL, HOUSE))
    names = [entry.name.zh for entry in home(bare).entries]
    assert names == ["按类别找", "我的号码", "语速和音量", "语言"]


def test_a_number_is_said_twice_with_who_is_before_it_where_to_wait_and_where_its_slip_is() -> None:
    visit = begun()
    step = pressed(visit, CHOOSE, CHOOSE, CHOOSE)
    assert isinstance(step.deed, Take)
    assert step.deed.matter.service == "1"
    said = text_of(visit.settled(taken(), KNOWN))
    assert said.count("A1001") == 2
    for part in ("前面还有2人", "右手边的出票口", "一楼东区", "戴着耳机在这里等"):
        assert part in said


def test_keys_pressed_while_a_number_is_taken_take_no_other() -> None:
    visit = begun()
    pressed(visit, CHOOSE, CHOOSE, CHOOSE)
    assert [pressed(visit, key).deed for key in (CHOOSE, CHOOSE, BACK, UP)] == [None] * 4


def test_a_second_number_is_asked_about_first() -> None:
    visit = begun()
    pressed(visit, CHOOSE, CHOOSE, CHOOSE)
    visit.settled(taken(), KNOWN)
    step = pressed(visit, BACK, CHOOSE, CHOOSE, CHOOSE)
    assert step.deed is None
    assert "A1001" in text_of(step)
    assert ALREADY in text_of(step)
    assert pressed(visit, BACK).deed is None
    assert isinstance(pressed(visit, CHOOSE, CHOOSE).deed, Take)


@pytest.mark.parametrize(("key", "yes"), [(CHOOSE, True), (BACK, False)])
@pytest.mark.parametrize(("outcome", "answer"), [("doubtful", CameOut), ("on-screen", Noted)])
def test_what_only_the_citizen_can_say_is_asked_and_answered_by_keys(
    outcome: str, answer: type, key: AccessKey, yes: bool
) -> None:
    visit = begun()
    pressed(visit, CHOOSE, CHOOSE, CHOOSE)
    assert "A1001" in text_of(visit.settled(taken(outcome), KNOWN))
    assert pressed(visit, UP).deed is None
    assert pressed(visit, key).deed == answer(taken().ticket.ticket, yes)


def test_a_question_that_nobody_answered_leaves_the_number_that_may_be_on_paper_and_no_other() -> None:
    for outcome, kept in (("doubtful", True), ("on-screen", False)):
        visit = begun()
        pressed(visit, CHOOSE, CHOOSE, CHOOSE)
        visit.settled(taken(outcome), KNOWN)
        assert visit.unanswered(KNOWN) is not None
        assert (visit.taken is not None) is kept
        assert visit.unanswered(KNOWN) is None


def test_my_number_is_asked_for_anew_and_says_its_place() -> None:
    visit = begun()
    pressed(visit, CHOOSE, CHOOSE, CHOOSE)
    visit.settled(taken(), KNOWN)
    assert pressed(visit, CHOOSE).deed == AskPlace(taken().ticket.ticket)
    place = Place(ticket="t", number="A1001", service="1", state="waiting", ahead=1, wait=Wait(low=5, high=10))
    assert "前面还有1人" in text_of(visit.placed(place))
    called = Place(ticket="t", number="A1001", service="1", state="called", window=3)
    assert "请到3号窗口" in text_of(visit.placed(called))
    assert "A1001" in text_of(visit.placed(None))


def test_why_there_is_no_number_is_said_in_words() -> None:
    visit = begun()
    pressed(visit, CHOOSE, CHOOSE, CHOOSE)
    assert "纸用完了" in text_of(visit.settled("media-empty", KNOWN))
    assert "首页" in text_of(pressed(visit, BACK))


def test_help_twice_asks_for_a_person_once_says_where_one_is() -> None:
    visit = begun()
    step = pressed(visit, HELP)
    assert step.deed is None
    assert "您在首页" in text_of(step)
    assert isinstance(pressed(visit, HELP).deed, AskPerson)
    assert pressed(visit, DOWN, HELP).deed is None


def test_speed_volume_and_language_are_the_listeners() -> None:
    visit = begun()
    before = visit.manner
    pressed(visit, UP, UP, CHOOSE, CHOOSE)
    assert visit.manner.speed == SPEEDS[SPEEDS.index(before.speed) + 1]
    pressed(visit, DOWN, DOWN, CHOOSE)
    assert visit.manner.volume == VOLUMES[VOLUMES.index(before.volume) + 1]
    for _ in VOLUMES:
        step = pressed(visit, CHOOSE)
    assert "不能再调" in text_of(step)
    step = pressed(visit, BACK, DOWN, CHOOSE, DOWN, CHOOSE)
    assert (visit.language, text_of(step)) == ("en", "English from now on.")
    assert text_of(pressed(visit, BACK, UP, UP, UP)) == "Choice 3 of 6: By office"


def test_what_has_no_english_name_is_said_in_chinese_within_english() -> None:
    visit = begun()
    visit.language = "en"
    step = pressed(visit, DOWN, CHOOSE, DOWN)
    assert [(each.language, each.text) for each in step.say] == [("en", "Choice 2 of 2:"), ("zh-CN", "户籍")]


def test_sentences_are_said_one_by_one() -> None:
    assert sentences("您好。一，二？三") == ["您好。", "一，二？", "三"]
    assert sentences("One, 1.5 or two. Three?") == ["One, 1.5 or two.", "Three?"]


class AnyKeys(RuleBasedStateMachine):
    """Any keys in any order, and any outcome of what they asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.visit = begun()
        self.step = Step()
        self.open_deed: Take | CameOut | Noted | None = None
        self.chosen_at_matter = 0
        self.takes = 0
        self.numbers = 0

    @rule(key=st.sampled_from(AccessKey))
    def press(self, key: AccessKey) -> None:
        where = self.visit.where[-1]
        had_one = self.visit.taken is not None
        self.step = self.visit.press(key, KNOWN)
        deed = self.step.deed
        if isinstance(deed, Take):
            self.takes += 1
            assert key is CHOOSE
            assert type(where).__name__ == ("Again" if had_one else "AtMatter"), (
                "asked before, and once more for a second"
            )
        if isinstance(deed, Take | CameOut | Noted):
            assert self.open_deed is None, "one at a time"
            self.open_deed = deed
        if key is HELP:
            assert self.step.say or isinstance(deed, AskPerson), "help always answers"

    @precondition(lambda self: self.open_deed is not None)
    @rule(
        outcome=st.sampled_from(("printed", "doubtful", "on-screen", "not-printed", "noted", "dropped", "media-empty"))
    )
    def settle(self, outcome: str) -> None:
        self.open_deed = None
        self.numbers += 1
        told: Taken | str = outcome if outcome == "media-empty" else taken(outcome, self.numbers)
        self.step = self.visit.settled(told, KNOWN)

    @rule()
    def nobody_answers(self) -> None:
        if self.open_deed is None:
            self.visit.unanswered(KNOWN)

    @invariant()
    def back_leads_home(self) -> None:
        if self.open_deed is not None or type(self.visit.where[-1]).__name__ == "Question":
            return
        visit = begun()
        visit.taken, visit.language, visit.where = self.visit.taken, self.visit.language, list(self.visit.where)
        for _ in range(6):
            assert visit.press(BACK, KNOWN).deed is None, "nothing is taken on the way out"
        (at,) = visit.where
        assert isinstance(at, InList)
        assert at.listing.name.zh == "首页"

    @invariant()
    def something_is_said_or_done(self) -> None:
        assert self.step == Step() or self.step.say or self.step.deed
        assert all(each.text.strip() and each.language in LANGUAGES for each in self.step.say)

    @invariant()
    def work_is_where_a_number_is_taken(self) -> None:
        assert isinstance(self.visit.where[-1], Working) == (self.open_deed is not None)


AnyKeys.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_any_keys_in_any_order = AnyKeys.TestCase
