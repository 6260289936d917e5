from __future__ import annotations

import msgspec
import pytest
from msgspec import UNSET

from config import pins
from hall.commands import DONE
from hall.contract import Answer, SignIn
from hall.sign_in import PAUSE_MS, TRIES, Door, Entering
from tests.hall.scene import TERM, Box, Scene

NAMES = {1: "林一帆", 2: "周晓宁", 3: "许文清"}


def enter(scene: Scene, window: int, clerk: int, request: str = "s1") -> Answer:
    command = SignIn(request=request, window=window, name=NAMES[clerk], pin="2468", mode="demo")
    entering = Entering(command, DONE, scene.catalogue, TERM, scene.clock)
    return msgspec.json.decode(scene.write(entering), type=Answer)


def test_a_clerk_opens_a_window_and_has_its_post(scene: Scene) -> None:
    window = enter(scene, 1, 1).window
    assert window is not None
    assert window.clerk is not None
    assert (window.clerk.staff_no, window.clerk.post) == ("1001", "社保综合岗")


def test_a_clerk_s_plate_can_name_their_unit_and_one_of_none_is_told_as_before(scene: Scene) -> None:
    entry = scene.catalogue.clerks["林一帆"]
    scene.catalogue.clerks["林一帆"] = entry.model_copy(update={"unit": "social"})  # type: ignore[index]
    told = [enter(scene, number, number, f"s{number}").window for number in (1, 2)]
    assert [window.clerk.unit for window in told if window and window.clerk] == ["social", UNSET]


def test_a_clerk_who_moves_leaves_an_empty_window_closed(scene: Scene) -> None:
    assert enter(scene, 2, 1).outcome == "done"
    assert scene.window(1).phase == "closed"


def test_a_clerk_who_serves_elsewhere_is_refused(scene: Scene, kiosk: Box) -> None:
    kiosk.take()
    scene.call_next(1)
    answer = enter(scene, 2, 1)
    assert (answer.reason, answer.detail) == ("signed-in-elsewhere", "1")


def test_nobody_takes_a_window_from_a_clerk_who_serves(scene: Scene, kiosk: Box) -> None:
    kiosk.take()
    scene.call_next(1)
    assert enter(scene, 1, 2).reason == "another-clerk"


def test_a_repeated_sign_in_is_answered_again(scene: Scene) -> None:
    first = enter(scene, 1, 2)
    enter(scene, 1, 1, "s2")
    assert enter(scene, 1, 2) == first


def test_a_stored_answer_holds_no_pin(scene: Scene) -> None:
    enter(scene, 1, 1)
    [(answer,)] = scene.rows("SELECT answer FROM answer")
    assert b"2468" not in answer
    assert b"pin" not in answer


async def test_name_and_pin_open_the_door(scene: Scene) -> None:
    door = Door(scene.catalogue.clerks, scene.clock)
    assert await door.admit("林一帆", "2468") == DONE


@pytest.mark.parametrize("name", ["林一帆", "nobody"])
async def test_a_wrong_pin_and_a_wrong_name_sound_alike(scene: Scene, name: str) -> None:
    door = Door(scene.catalogue.clerks, scene.clock)
    assert (await door.admit(name, "0000")).reason == "wrong-name-or-pin"


async def test_five_wrong_tries_pause_that_name_for_a_minute(scene: Scene) -> None:
    door = Door(scene.catalogue.clerks, scene.clock)
    tries = [(await door.admit("林一帆", "0000")).reason for _ in range(TRIES)]
    assert tries == ["wrong-name-or-pin"] * TRIES
    assert (await door.admit("林一帆", "2468")).reason == "too-many-tries"
    assert await door.admit("周晓宁", "2468") == DONE
    scene.clock.pass_ms(PAUSE_MS)
    assert await door.admit("林一帆", "2468") == DONE


def test_a_pins_line_is_salted_and_matches_it_alone() -> None:
    line = pins.hashed("2468")
    assert line != pins.hashed("2468")
    assert pins.matches("2468", line)
    assert not pins.matches("2469", line)
