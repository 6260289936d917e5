"""The way through a hall: the shortest there is, and never over a step for who cannot take one."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.wording import LANGUAGES, room
from device.directions import directions, name_of
from device.route import Plan, Route
from hall.contract import Floor, Spot, Way
from tests.device.house import house

CODES = "abcdef"
FLOORS = [
    Floor(level=1, name="一楼", name_en="Floor 1", width=50, depth=50),
    Floor(level=2, name="二楼", name_en="Floor 2", width=50, depth=50),
]
places = st.tuples(st.integers(0, 50), st.integers(0, 50))
pairs = st.sampled_from(list(itertools.combinations(CODES, 2)))


def spot(code: str, x: float, y: float, kind: str = "corner", level: int = 1, window: int = 0) -> Spot:
    return Spot(code=code, level=level, x=x, y=y, kind=kind, window=window)


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[Spot], list[Way]]:
    """Up to six spots at places of their own, any ways between them, some with steps, some of a length of their own."""
    at = draw(st.lists(places, min_size=6, max_size=6, unique=True))
    spots = [spot(code, x, y) for code, (x, y) in zip(CODES, at, strict=True)]
    ways = [
        Way(ends=ends, steps=draw(st.booleans()), metres=draw(st.sampled_from([0, 3, 40])))
        for ends in draw(st.lists(pairs, unique=True))
    ]
    return spots, ways


def length(spots: dict[str, Spot], way: Way) -> float:
    one, other = (spots[code] for code in way.ends)
    return way.metres or math.dist((one.x, one.y), (other.x, other.y))


def shortest(spots: list[Spot], ways: list[Way], *, step_free: bool) -> float:
    """From a to b over every possible order of spots between; inf where there is no way."""
    known = {each.code: each for each in spots}
    taken = [way for way in ways if not (step_free and way.steps)]
    metres = {frozenset(way.ends): length(known, way) for way in taken}
    between = [code for code in CODES if code not in "ab"]
    paths = (order for count in range(5) for order in itertools.permutations(between, count))
    return min(
        sum(metres.get(frozenset(pair), math.inf) for pair in itertools.pairwise(["a", *path, "b"])) for path in paths
    )


@settings(deadline=None)
@given(plans(), st.booleans())
def test_it_is_as_short_as_the_shortest_of_all_ways(plan: tuple[list[Spot], list[Way]], step_free: bool) -> None:
    found = Plan(*plan).route("a", {"b"}, step_free=step_free)
    best = shortest(*plan, step_free=step_free)
    assert found is None if best == math.inf else found is not None and found.metres == pytest.approx(best)


@settings(deadline=None)
@given(plans(), st.booleans())
def test_it_is_whole_from_begin_to_end(plan: tuple[list[Spot], list[Way]], step_free: bool) -> None:
    found = Plan(*plan).route("a", {"b", "c"}, step_free=step_free)
    if found is not None:
        assert found.legs[0].begin.code == "a"
        assert found.legs[-1].end.code in "bc"
        for one, other in itertools.pairwise(found.legs):
            assert one.end is other.begin


@settings(deadline=None)
@given(plans())
def test_a_step_free_way_never_takes_a_step(plan: tuple[list[Spot], list[Way]]) -> None:
    spots, ways = plan
    stepped = {frozenset(way.ends) for way in ways if way.steps}
    found = Plan(spots, ways).route("a", {"b"}, step_free=True)
    if found is not None:
        assert not found.steps
        assert not stepped & {frozenset((leg.begin.code, leg.end.code)) for leg in found.legs}


@settings(deadline=None)
@given(plans(), st.booleans())
def test_there_is_as_far_as_back(plan: tuple[list[Spot], list[Way]], step_free: bool) -> None:
    there = Plan(*plan).route("a", {"b"}, step_free=step_free)
    back = Plan(*plan).route("b", {"a"}, step_free=step_free)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there.metres == pytest.approx(back.metres)


@settings(deadline=None)
@given(plans(), st.booleans())
def test_every_way_can_be_said_in_every_language(plan: tuple[list[Spot], list[Way]], step_free: bool) -> None:
    found = Plan(*plan).route("a", {"b"}, step_free=step_free)
    if found is not None:
        for sentence in directions(found, FLOORS, name_of(found.legs[-1].end)):
            assert all(sentence[language] for language in LANGUAGES)


def test_who_stands_there_already_goes_nowhere() -> None:
    assert Plan([spot("a", 1, 1)], []).route("a", {"a"}, step_free=True) == Route(())


def test_from_nowhere_and_to_nowhere_leads_no_way() -> None:
    plan = Plan([spot("a", 1, 1)], [Way(ends=("a", "gone"))])
    assert plan.route("gone", {"a"}, step_free=False) is None
    assert plan.route("a", set(), step_free=False) is None


def said(*spots: Spot, steps: bool = False) -> list[str]:
    """The way along these, in Chinese."""
    ways = [Way(ends=(one.code, other.code), steps=steps) for one, other in itertools.pairwise(spots)]
    climbs = [
        Way(ends=way.ends, steps=way.steps, metres=9) if one.level != other.level else way
        for way, (one, other) in zip(ways, itertools.pairwise(spots), strict=True)
    ]
    found = Plan(spots, climbs).route(spots[0].code, {spots[-1].code}, step_free=False)
    assert found is not None
    return [sentence["zh-CN"] for sentence in directions(found, FLOORS, name_of(spots[-1]))]


START = spot("start", 0, 20)


@pytest.mark.parametrize(("y", "turn"), [(5, "左转"), (35, "右转")])
def test_left_and_right_are_as_one_walks(y: int, turn: str) -> None:
    """East first; north is up on the plan, and to the left."""
    sentences = said(START, spot("corner", 20, 20), spot("window", 20, y, "window", window=7))
    assert sentences == ["沿通道直走约 20 米", f"{turn}，直走约 15 米", "就到了：7 号窗口"]


@pytest.mark.parametrize(("y", "hand"), [(17, "左"), (23, "右")])
def test_a_counter_beside_the_way_is_on_a_hand(y: int, hand: str) -> None:
    sentences = said(START, spot("corner", 20, 20), spot("window", 20, y, "window", window=7))
    assert sentences == ["沿通道直走约 20 米", f"7 号窗口在{hand}手边"]


def test_a_slight_bend_is_no_turn_and_a_landmark_is_named() -> None:
    desk = spot("desk", 10, 20, "guide-desk")
    sentences = said(START, desk, spot("bend", 25, 22), spot("window", 40, 22, "window", window=7))
    assert sentences == ["朝7 号窗口方向直走约 40 米", "就到了：7 号窗口"]


def test_a_lift_is_left_by_the_door_it_was_entered_by() -> None:
    lifts = spot("lift-1", 10, 20, "lift"), spot("lift-2", 10, 20, "lift", 2)
    window = spot("window", 3, 20, "window", 2, 7)
    assert said(START, *lifts, window) == [
        "朝电梯方向直走约 10 米",
        "坐电梯到二楼",
        "出电梯，直走约 7 米",
        "就到了：7 号窗口",
    ]
    north = spot("hall", 10, 5, "waiting", 2)
    assert "出电梯右转，直走约 15 米，到等候区" in said(START, *lifts, north, spot("window", 30, 5, "window", 2, 7))


def test_stairs_are_told_before_they_are_met() -> None:
    stairs = spot("stairs-1", 10, 20, "stairs"), spot("stairs-2", 10, 20, "stairs", 2)
    sentences = said(START, *stairs, spot("water", 20, 20, "water", 2), steps=True)
    assert sentences[0].endswith("（有台阶）")
    assert sentences[1] == "走楼梯到二楼"
    assert sentences[2].startswith("朝饮水处方向")


class TestTheExampleHall:
    plan = Plan(house().spots, house().ways)

    @pytest.mark.parametrize("begin", ["entrance", "kiosk-1", "query"])
    @pytest.mark.parametrize("window", [1, 2, 3])
    def test_every_window_is_reached_without_a_step(self, begin: str, window: int) -> None:
        """R233: the route avoids the stairs' edge."""
        found = self.plan.route(begin, {f"window-{window}"}, step_free=True)
        assert found is not None
        assert not found.steps
        assert {leg.end.kind for leg in found.legs}.isdisjoint({"stairs"})

    def test_the_way_in_is_the_ramp_and_the_way_up_is_the_lift(self) -> None:
        found = self.plan.route("entrance", {"window-3"}, step_free=True)
        assert found is not None
        assert {"ramp", "lift"} <= {leg.end.kind for leg in found.legs}
        sentences = [each["zh-CN"] for each in directions(found, house().floors, {"zh-CN": "3 号窗口", "en": "3"})]
        assert any("走坡道，没有台阶" in sentence for sentence in sentences)
        assert "坐电梯到二楼" in sentences
        assert sentences[-1] == "3 号窗口在右手边"

    def test_who_takes_steps_may_have_a_shorter_one(self) -> None:
        level = self.plan.route("entrance", {"window-2"}, step_free=True)
        short = self.plan.route("entrance", {"window-2"}, step_free=False)
        assert level is not None
        assert short is not None
        assert short.steps
        assert short.metres < level.metres


def test_every_kind_of_spot_has_a_name() -> None:
    from typing import get_args

    from config.catalogue import SpotEntry

    for language in LANGUAGES:
        kinds = get_args(SpotEntry.model_fields["kind"].annotation)
        assert {f"kind-{kind}" for kind in kinds} <= set(room("route", language))
