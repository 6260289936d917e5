"""What a box tells of its windows: shown, spoken, rated, and what a counter did by itself while the hall was away.

A counter that has lost the hall goes on with what was called there before, and tells it in the order in which it was
done; the hall has done nothing else at that window meanwhile, but the last press that the counter sent.

| told                | the hall's window                      | what it means                                        |
|---------------------|----------------------------------------|------------------------------------------------------|
| started             | holds that call, called or serving     | serving                                              |
| finished            | holds that call                        | finished; its rating was asked by the box itself     |
| missed              | holds that call, called                | missed                                               |
| missed              | holds that call, serving               | not there after all: missed                          |
| started, finished … | that call stands so already: the press | nothing: the counter did again what its answer would |
|                     | was done, its answer lost              | have told                                            |
| started, finished … | redirected, parked or missed it: the   | conflict *call-not-held*: the hall did as was        |
|                     | press was done, its answer lost        | pressed first                                        |
| admitted            | holds a call that nobody has seen: the | that call goes back to waiting; hall.admission       |
|                     | answer to *next* was lost              |                                                      |
| admitted            | holds another call                     | that one is finished; hall.admission                 |
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from hall import admission, ratings
from hall.admission import Slip
from hall.contract import Fact
from hall.desk import Desk, Press, Refused, TicketElsewhere
from hall.store import calls, desks, devices, tickets
from hall.store.writer import Tx
from hall.telling import Misfit, Telling, text
from hall.ticket import ADMISSIBLE
from hall.windows import Window

_DONE_SO: dict[str, frozenset[str]] = {
    "started": frozenset({"start", "start-implied", "admit"}),
    "finished": frozenset({"finish"}),
    "missed": frozenset({"miss", "leave"}),
}
"""By fact: the step that a call has been through when it was done already."""


def admitted(telling: Telling, fact: Fact, hall_ms: int) -> None:
    """A slip was served without the hall."""
    tx, catalogue, call = telling.tx, telling.rules.catalogue, text(fact, "call")
    told = telling.own_id(fact.seq)
    slip = Slip(telling.named(fact, "slip"), text(fact, "digits"), text(fact, "service"), text(fact, "date"))
    before = _window(telling, fact)
    telling.write()
    if calls.is_known(tx, call):
        raise Misfit("call-twice", call)
    desk = Desk(tx, before, Press(fact.operator, hall_ms))
    ticket = admission.whose(tx, slip)
    _make_room(desk, ticket.id if ticket else "")
    ticket = admission.whose(tx, slip)
    why = "" if ticket is None or ticket.state in ADMISSIBLE else admission.why_not(tx, ticket)
    if ticket is None or why:
        known = not slip.ticket or tickets.named(tx, slip.ticket) is not None
        fresh = admission.known_by(slip, told if known else slip.ticket, catalogue, fact.mode, hall_ms)
        tickets.add(tx, fresh)
    else:
        fresh = admission.on_paper(tx, ticket, slip, catalogue)
    desk.admit(fresh, call)
    for other in {told, slip.ticket} - {fresh.id, ""}:
        if tickets.named(tx, other) is None:
            tickets.name(tx, other, fresh.id)
    _put(telling, before, desk.window)
    if why and ticket is not None:
        raise Misfit(why, f"{ticket.number} ({ticket.id}) at window {ticket.window}, admitted at {before.number}")
    if slip.service not in catalogue.services:
        raise Misfit("no-such-service", slip.service)


def stepped(telling: Telling, fact: Fact, hall_ms: int) -> None:
    """A counter started, finished or missed what it held, without the hall."""
    tx, call, before = telling.tx, text(fact, "call"), _window(telling, fact)
    telling.write()
    if before.held is None or before.held.call != call:
        if not _DONE_SO[fact.kind] & {*calls.standing(tx, call)[1]}:
            raise Misfit("call-not-held", f"{call} at window {before.number}")
        return
    desk = Desk(tx, before, Press(fact.operator, hall_ms))
    try:
        _step(desk, fact.kind)
    except Refused as refused:
        raise Misfit(refused.reason, refused.detail) from None
    except TicketElsewhere as elsewhere:
        _put(telling, before, before.emptied())
        raise Misfit("ticket-elsewhere", str(elsewhere)) from None
    _put(telling, before, desk.window)


def _make_room(desk: Desk, coming: str) -> None:
    """A rebuilt hall may know half of a past: whoever is elsewhere by now does not stand in the way."""
    try:
        desk.make_room(coming)
    except TicketElsewhere:
        desk.window = desk.window.emptied()


def _step(desk: Desk, kind: str) -> None:
    if kind == "finished":
        desk.finish()
        desk.window = replace(desk.window, finished=None)
    elif kind == "missed" and desk.window.phase == "serving":
        desk.leave()
    elif kind == "missed":
        desk.miss()
    elif desk.window.phase == "called":
        desk.start()


def shown(telling: Telling, fact: Fact, hall_ms: int) -> None:
    """A call stands on a display or page."""
    _announced(telling, fact, hall_ms, calls.show)


def spoken(telling: Telling, fact: Fact, hall_ms: int) -> None:
    """A call was heard from a loudspeaker: of whichever box, it may call for windows that are not its own."""
    _announced(telling, fact, hall_ms, calls.speak)


def _announced(telling: Telling, fact: Fact, hall_ms: int, note: Callable[[Tx, str, str, int], bool]) -> None:
    tx, call, told = telling.tx, text(fact, "call"), telling.named(fact)
    if note(tx, call, told, hall_ms):
        return
    ticket = telling.find(told)
    if ticket is None or not note(tx, call, ticket.id, hall_ms):
        raise Misfit("no-such-call", call)


def rated(telling: Telling, fact: Fact, hall_ms: int) -> None:
    """The citizen pressed a grade, or did not."""
    rating = ratings.rating_of(fact, telling.ticket(fact), hall_ms)
    if rating is None:
        raise Misfit("invalid", "no grade, or no reason, that this contract knows")
    if not ratings.keep(telling.tx, rating):
        raise Misfit("rated-twice", rating.visit)
    window = desks.window(telling.tx, rating.window)
    if rating.grade and window.finished is not None and window.finished.visit == rating.visit:
        _put(telling, window, replace(window, finished=None))


def device(telling: Telling, fact: Fact, hall_ms: int) -> None:
    """A device's state changed."""
    state = devices.Device(
        telling.journal.device,
        text(fact, "name"),
        text(fact, "phase"),
        text(fact, "reasons", ""),
        hall_ms,
        str(fact.data.get("family") or ""),
    )
    devices.put(telling.tx, state)


def _window(telling: Telling, fact: Fact) -> Window:
    """The window that a fact is about. Raises Misfit for one that is not this box's."""
    number = fact.data.get("window")
    box = telling.rules.catalogue.boxes.get(telling.journal.device)
    if not isinstance(number, int) or isinstance(number, bool):
        raise Misfit("invalid", f"{fact.kind} without window")
    if box is None or number not in box.windows:
        raise Misfit("not-its-window", str(number))
    return desks.window(telling.tx, number)


def _put(telling: Telling, before: Window, after: Window) -> None:
    if after != before:
        desks.put_window(telling.tx, replace(after, version=before.version + 1))
