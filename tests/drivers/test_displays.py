"""What every window display promises, on each of them: the text stands on the panel, or one of the four in time."""

from __future__ import annotations

import asyncio

import pytest

from drivers.contract import STATUS_UNKNOWN, Garbled, OwnLetters, Refused, Remedy, Silent
from drivers.deadline import Deadline
from tests.drivers.displays import ANSWERING, MODELS, Model, Panelled
from tests.drivers.line import Line
from tests.virtual_time import virtual

every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
every_answering = pytest.mark.parametrize("model", ANSWERING, ids=lambda model: model.name)


@every_model
@virtual
async def test_a_text_stands_on_the_panel_and_only_what_was_acknowledged_is_confirmed(model: Model) -> None:
    card = Panelled(model.kind)
    driver = model.build(Line(card))
    await driver.open(Deadline.after(5))
    completion = await driver.show(model.call, Deadline.after(2))
    await asyncio.sleep(1)
    assert card.display.text == model.call
    assert (completion.code, completion.confirmed) == ("success", True if model in ANSWERING else None)
    assert completion.evidence == ("acknowledged" if model in ANSWERING else "written")


@every_model
@virtual
async def test_an_empty_text_makes_it_dark(model: Model) -> None:
    card = Panelled(model.kind)
    driver = model.build(Line(card))
    await driver.open(Deadline.after(5))
    await driver.show(model.call, Deadline.after(2))
    await driver.show("", Deadline.after(2))
    await asyncio.sleep(1)
    assert card.display.seen == ()


@every_model
@virtual
async def test_what_would_be_a_command_in_a_text_is_a_blank(model: Model) -> None:
    card = Panelled(model.kind)
    driver = model.build(Line(card))
    await driver.open(Deadline.after(5))
    await driver.show("A\x1a\x00\r1", Deadline.after(2))
    await asyncio.sleep(1)
    assert card.display.text == "A   1"


@every_model
@virtual
async def test_an_open_display_is_idle_and_unknown_only_where_it_never_answers(model: Model) -> None:
    state = await model.build(Line(Panelled(model.kind))).open(Deadline.after(5))
    assert state.accepting
    assert state.reasons == (frozenset() if model in ANSWERING else {STATUS_UNKNOWN})


@every_model
@virtual
async def test_a_poll_changes_nothing_that_people_see(model: Model) -> None:
    card = Panelled(model.kind)
    driver = model.build(Line(card))
    await driver.open(Deadline.after(5))
    await driver.show(model.call, Deadline.after(2))
    await driver.poll(Deadline.after(2))
    await asyncio.sleep(1)
    assert card.display.text == model.call


@every_model
@virtual
async def test_an_adapter_that_echoes_is_understood(model: Model) -> None:
    card = Panelled(model.kind)
    card.echoing = True
    driver = model.build(Line(card, "byte by byte"))
    await driver.open(Deadline.after(5))
    completion = await driver.show(_odd(model), Deadline.after(2))
    assert completion.confirmed is (True if model in ANSWERING else None)


@every_answering
@virtual
async def test_an_echo_alone_is_no_answer(model: Model) -> None:
    card = Panelled(model.kind)
    driver = model.build(Line(card, "byte by byte"))
    await driver.open(Deadline.after(5))
    card.silent = card.echoing = True
    with pytest.raises(Silent):
        await driver.show(_odd(model), Deadline.after(2))


@every_answering
@virtual
async def test_a_silent_card_is_silent_after_its_wire_times_and_its_own(model: Model) -> None:
    card = Panelled(model.kind)
    line = Line(card)
    driver = model.build(line)
    await driver.open(Deadline.after(5))
    card.silent = True
    line.written.clear()
    began = asyncio.get_running_loop().time()
    with pytest.raises(Silent, match="3"):
        await driver.show("A001", Deadline.after(2))
    waited = asyncio.get_running_loop().time() - began - line.wire_time(len(line.written[0]))
    assert 0.3 < waited < 0.34


@every_answering
@virtual
async def test_an_opening_that_fails_leaves_the_line_closed(model: Model) -> None:
    card = Panelled(model.kind)
    card.silent = True
    line = Line(card)
    with pytest.raises(Silent):
        await model.build(line).open(Deadline.after(5))
    assert line.gone is not None


@every_answering
@virtual
async def test_an_answer_with_a_wrong_sum_is_never_taken_for_an_answer(model: Model) -> None:
    card = Panelled(model.kind)
    driver = model.build(Line(card))
    await driver.open(Deadline.after(5))
    card.spoiling = True
    # Without a sum, or with one of nobody knows what, what is not as it should be is no answer at all.
    with pytest.raises(Silent if model.name in ("strip", "template", "alpha") else Garbled):
        await driver.show("A001", Deadline.after(2))


@pytest.mark.parametrize("model", [model for model in ANSWERING if model.tells], ids=lambda model: model.name)
@virtual
async def test_the_answer_of_another_display_is_not_ours(model: Model) -> None:
    card = Panelled(model.kind)
    driver = model.build(Line(card))
    await driver.open(Deadline.after(5))
    card.replies = [model.obeyed(4)]
    with pytest.raises(Silent):
        await driver.show("A001", Deadline.after(2))


@every_answering
@virtual
async def test_an_answer_older_than_the_request_is_not_taken_for_its_own(model: Model) -> None:
    card = Panelled(model.kind)
    driver = model.build(Line(card))
    await driver.open(Deadline.after(5))
    card.silent = True
    card.say(model.obeyed(3))  # still on the wire when the next request begins
    with pytest.raises(Silent):
        await driver.show("a text of some length, and on", Deadline.after(2))


@every_answering
@virtual
async def test_what_a_display_was_told_by_other_devices_of_its_line_does_not_disturb_it(model: Model) -> None:
    card = Panelled(model.kind)
    driver = model.build(Line(card))
    await driver.open(Deadline.after(5))
    press = bytes.fromhex("FF 68 03 03 68 05 01 0C 12 16")
    card.replies = [press + model.obeyed(3)]
    assert (await driver.show("A001", Deadline.after(2))).confirmed is True


@pytest.mark.parametrize(
    "model",
    [model for model in MODELS if "bx" not in model.name and not model.call.isascii()],
    ids=lambda model: model.name,
)
@virtual
async def test_what_gbk_lacks_is_seen_to_be_missing(model: Model) -> None:
    card = Panelled(model.kind)
    driver = model.build(Line(card))
    await driver.open(Deadline.after(5))
    await driver.show("请𬱖A1", Deadline.after(2))
    await asyncio.sleep(1)
    assert card.display.text == "请□A1"


@pytest.mark.parametrize("model", [model for model in MODELS if "bx" not in model.name], ids=lambda model: model.name)
@virtual
async def test_a_text_too_long_for_its_display_is_refused_and_nothing_is_sent(model: Model) -> None:
    card = Panelled(model.kind)
    line = Line(card)
    driver = model.build(line)
    await driver.open(Deadline.after(5))
    line.written.clear()
    with pytest.raises(Refused) as refused:
        await driver.show(("8" if model.call.isascii() else "号") * 600, Deadline.after(2))
    assert refused.value.remedy is Remedy.CONFIGURATION
    assert line.written == []


@pytest.mark.parametrize("model", [model for model in MODELS if model.call.isascii()], ids=lambda model: model.name)
@virtual
async def test_letters_that_a_display_has_not_are_refused_and_it_says_so_beforehand(model: Model) -> None:
    card = Panelled(model.kind)
    line = Line(card)
    driver = model.build(line)
    await driver.open(Deadline.after(5))
    line.written.clear()
    with pytest.raises(Refused, match="ASCII") as refused:
        await driver.show("请A001号到3号窗口", Deadline.after(2))
    assert refused.value.remedy is Remedy.CONFIGURATION
    assert line.written == []
    assert isinstance(driver, OwnLetters)
    assert driver.ascii_only


def _odd(model: Model) -> str:
    """A text that looks like an answer: オ is A5 AA, a strip's word for success."""
    return "A001 to 3" if model.call.isascii() else "请オ号A001到3"
