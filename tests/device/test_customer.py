"""The customer screen's plate, checklist and talk: they belong to who sits there and who stands there, and then go."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from config.wording import LANGUAGES, room
from device.clerk_photos import LEAST_SIDE, MOST_BYTES, MOST_SIDE, photo_of
from device.flows.customer import CustomerDesk, Waiting
from device.flows.rating_tags import PRAISE, TAGS, WRONG
from device.flows.talk import MOST_NUMBERS, MOST_SAID, MOST_SAID_EN, SIDE, Talk
from device.roles.customer import product_phrases
from device.supervise import Tasks
from hall.contract import GRADES, Clerk, Said
from tests.device.counter import CLERK, Counter, counter_of, held
from tests.screens.customer_box import DIRECTORY, SITTING
from tests.virtual_time import virtual

OTHER = Clerk(staff_no="008", name="张小红", post="户籍岗")


def png(width: int, height: int, size: int = 200) -> bytes:
    """The head of a PNG of these sides, and then something."""
    return (b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)).ljust(size, b"\x00")


def jpeg(width: int, height: int) -> bytes:
    """As cameras write it: an APP1 segment before the frame."""
    app = b"\xff\xe1" + struct.pack(">H", 40) + bytes(38)
    return b"\xff\xd8" + app + b"\xff\xc2" + struct.pack(">HBHH", 11, 8, height, width) + bytes(20)


class Screen:
    def __init__(self, counter: Counter, photos: Path | None) -> None:
        self.counter = counter
        lookup: Any = SimpleNamespace(directory=DIRECTORY)
        self.desk = CustomerDesk(counter.desk, lookup, photos, product_phrases())

    async def tell(self, phase: str, **more: Any) -> None:
        await self.counter.tell(phase, **more)

    @property
    def plate(self) -> dict[str, Any]:
        plate = self.desk.plate()
        assert plate is not None
        return plate


@asynccontextmanager
async def screen_of(folder: Path, photos: Path | None = None) -> AsyncIterator[Screen]:
    async with counter_of(folder) as counter, Tasks() as tasks:
        screen = Screen(counter, photos)
        tasks.start("customer screen", screen.desk.run())
        await counter.tell("serving", clerk=SITTING, held=held("A1001"))
        try:
            yield screen
        finally:
            tasks.stop()


@virtual
async def test_the_plate_says_unit_name_post_and_staff_number(tmp_path: Path) -> None:
    async with screen_of(tmp_path) as screen:
        unit = Said(zh="清河县人力资源和社会保障局", en="Human Resources and Social Security Bureau")
        assert screen.plate == {"name": "王小明", "post": "社保岗", "staff_no": "007", "unit": unit, "photo": ""}


@virtual
async def test_a_clerk_of_no_unit_or_of_one_that_is_not_in_the_directory_has_a_plate_without_it(tmp_path: Path) -> None:
    async with screen_of(tmp_path) as screen:
        for clerk in (CLERK, replace(SITTING, unit="gone")):
            await screen.tell("idle", clerk=clerk)
            assert screen.plate["unit"] is None


@virtual
async def test_the_plate_changes_with_the_clerk_and_comes_down_when_nobody_sits_there(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "007.png").write_bytes(png(300, 400))
    async with screen_of(tmp_path, photos) as screen:
        assert screen.plate["photo"]
        await screen.tell("idle", clerk=OTHER)
        assert (screen.plate["name"], screen.plate["photo"], screen.desk.photo) == ("张小红", "", None)
        await screen.tell("closed", clerk=None)
        assert screen.desk.plate() is None
        await screen.tell("idle", clerk=SITTING)
        assert screen.desk.photo is not None
        assert screen.desk.photo.content == png(300, 400)


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("007.png", png(300, 400, MOST_BYTES + 1), "photo-too-large"),
        ("007.png", b"GIF89a" + bytes(100), "photo-not-a-picture"),
        ("007.jpg", png(300, 400), "photo-not-a-picture"),
        ("007.png", png(300, 400)[:20], "photo-not-a-picture"),
        ("007.jpg", jpeg(300, 400)[:30], "photo-not-a-picture"),
        ("007.png", png(LEAST_SIDE - 1, 400), "photo-too-small"),
        ("007.jpg", jpeg(300, MOST_SIDE + 1), "photo-too-many-pixels"),
        ("007.gif", png(300, 400), "photo-none"),
    ],
)
@virtual
async def test_a_photo_that_will_not_do_is_refused_and_the_clerk_s_page_says_what_to_do(
    tmp_path: Path, name: str, content: bytes, fault: str
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / name).write_bytes(content)
    async with screen_of(tmp_path, photos) as screen:
        assert (screen.plate["photo"], screen.desk.for_clerk()["photo_fault"]) == ("", fault)
        assert all(fault in room("window", language) for language in LANGUAGES)


@pytest.mark.parametrize(("name", "content"), [("007.png", png(300, 400)), ("007.jpg", jpeg(MOST_SIDE, LEAST_SIDE))])
def test_a_photo_that_will_do_is_shown(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    photo = photo_of(tmp_path, "007")
    assert not isinstance(photo, str)
    assert photo.content == content
    assert photo.kind == {"png": "image/png", "jpg": "image/jpeg"}[name[-3:]]


@pytest.mark.parametrize("staff_no", ["../secret", "/etc/passwd", "", "a/b", "007.png"])
def test_a_staff_number_that_is_no_file_name_opens_no_file(tmp_path: Path, staff_no: str) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(png(300, 400))
    assert photo_of(folder, staff_no) == "photo-none"


@settings(deadline=None)  # a busy disk is no fault of the look
@given(content=st.binary(max_size=300), kind=st.sampled_from(["jpg", "png"]))
def test_no_bytes_at_all_break_the_look_at_a_photo(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, kind: str
) -> None:
    folder = tmp_path_factory.mktemp("photos")
    (folder / f"1.{kind}").write_bytes((b"\xff\xd8" if kind == "jpg" else b"\x89PNG\r\n\x1a\n") + content)
    photo_of(folder, "1")


@virtual
async def test_the_items_are_those_of_the_ticket_s_service(tmp_path: Path) -> None:
    async with screen_of(tmp_path) as screen:
        assert [item["code"] for item in screen.desk.for_clerk()["items"]] == ["join", "move"]
        assert not screen.desk.choose("card")
        assert screen.desk.choose("join")
        item = screen.desk.shown()["item"]
        assert (item["name"], item["fee"].zh, len(item["materials"])) == ("灵活就业人员参保登记", "不收费", 4)


@virtual
async def test_what_the_citizen_touched_at_the_kiosk_is_chosen_already(tmp_path: Path) -> None:
    async with screen_of(tmp_path) as screen:
        for touched, service, chosen in (("join", "1", "join"), ("join", "2", None), ("gone", "1", None)):
            coming = replace(held(f"A{touched}{service}"), item=touched, service=service)
            await screen.tell("called", clerk=SITTING, held=coming)
            item = screen.desk.shown()["item"]
            assert (item and item["code"]) == chosen
        screen.desk.choose("")
        assert screen.desk.shown()["item"] is None


@virtual
async def test_papers_are_ticked_one_by_one_and_another_item_begins_anew(tmp_path: Path) -> None:
    async with screen_of(tmp_path) as screen:
        assert not screen.desk.tick(0, on=True)
        screen.desk.choose("join")
        assert screen.desk.tick(0, on=True)
        assert screen.desk.tick(2, on=True)
        assert screen.desk.tick(0, on=False)
        assert not screen.desk.tick(4, on=True)
        assert screen.desk.shown()["ticks"] == [2]
        screen.desk.choose("move")
        assert screen.desk.shown()["ticks"] == []


@virtual
async def test_all_of_it_is_wiped_when_the_ticket_ends(tmp_path: Path) -> None:
    async with screen_of(tmp_path) as screen:
        screen.desk.choose("join")
        screen.desk.wait(Waiting("minutes", 5))
        screen.desk.talk.say(Said(zh="请坐。"))
        screen.desk.talk.write(screen.desk.talk.sheet, 0, [1, 2], 1500)
        await screen.tell("idle", clerk=SITTING, finished=held("A1001"))
        shown = screen.desk.shown()
        assert (shown["item"], shown["ticks"], shown["wait"]) == (None, [], None)
        assert (shown["talk"]["open"], shown["talk"]["said"].zh, shown["talk"]["strokes"]) == (False, "", [])


@virtual
async def test_nothing_of_one_ticket_is_shown_under_the_next_not_even_for_a_moment(tmp_path: Path) -> None:
    async with screen_of(tmp_path) as screen:
        screen.desk.choose("join")
        screen.desk.talk.say(Said(zh="请坐。"))
        screen.counter.desired.windows[1] = replace(screen.counter.state, version=99, held=held("A1002"))
        told = screen.desk.for_clerk()  # before anybody was woken
        assert (told["item"], told["talk"]["said"].zh) == (None, "")


@virtual
async def test_please_wait_goes_away_when_the_next_step_is_done(tmp_path: Path) -> None:
    async with screen_of(tmp_path) as screen:
        await screen.tell("called", clerk=SITTING, held=held("A1002"))
        screen.desk.choose("join")
        screen.desk.wait(Waiting("away"))
        await screen.tell("serving", clerk=SITTING, held=held("A1002"))
        assert screen.desk.shown()["wait"] is None
        assert screen.desk.shown()["item"] is not None


def written(talk: Talk) -> int:
    return sum(map(len, talk.strokes))


def test_a_sheet_that_is_full_drops_the_rest_and_says_so_until_it_is_wiped() -> None:
    talk = Talk(open=True)
    for stroke in range(MOST_NUMBERS // 1000 + 1):
        talk.write(talk.sheet, stroke, [1, 2] * 500, 1500)
    assert (written(talk), talk.full) == (MOST_NUMBERS, True)
    talk.wipe()
    assert (written(talk), talk.full) == (0, False)


def test_what_was_meant_for_a_wiped_sheet_is_dropped() -> None:
    talk = Talk(open=True)
    before = talk.sheet
    talk.wipe()
    talk.write(before, 0, [1, 2], 1500)
    talk.type(before, "late")
    assert (talk.strokes, talk.typed) == ([], "")


@settings(deadline=None)
@given(
    pieces=st.lists(
        st.tuples(st.integers(-2, 3), st.integers(-2, 9), st.lists(st.integers(-(10**6), 10**6), max_size=60)),
        max_size=60,
    )
)
def test_a_sheet_never_grows_beyond_its_bound_nor_leaves_its_edges(
    pieces: list[tuple[int, int, list[int]]],
) -> None:
    talk = Talk(open=True)
    for sheet, stroke, points in pieces:
        talk.write(sheet, stroke, points * 8, 1500)
    assert written(talk) <= MOST_NUMBERS
    assert all(0 <= number <= SIDE for stroke in talk.strokes for number in stroke)
    assert all(stroke and len(stroke) % 2 == 0 for stroke in talk.strokes)


def test_each_level_has_at_least_three_tags_praise_above_and_what_went_wrong_below() -> None:
    assert [TAGS[grade] for grade in GRADES] == [PRAISE, PRAISE, WRONG, WRONG, WRONG]
    assert min(len(PRAISE), len(WRONG)) >= 3
    for language in LANGUAGES:
        assert {f"tag-{tag}" for tag in (*PRAISE, *WRONG)} <= {*room("customer", language)}


def test_every_phrase_fits_the_screen_and_stands_in_both_languages() -> None:
    assert list(room("phrases", "zh-CN")) == list(room("phrases", "en"))
    for phrase in product_phrases():
        assert 0 < len(phrase.zh) <= MOST_SAID
        assert 0 < len(phrase.en) <= MOST_SAID_EN
