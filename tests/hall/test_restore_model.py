"""A hall that is killed, restored from old copies and rebuilt from nothing, at any moment of a day's work.

Seen from outside: no number twice on paper, nobody called twice, nothing that clerks and citizens did is forgotten once
the boxes have told it again.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from hall.contract import (
    AWAY_MS,
    CallNext,
    CallNumber,
    Command,
    Finish,
    Held,
    Miss,
    Redirect,
    SignIn,
    Start,
    Undo,
    WindowState,
)
from hall.store import desks, tickets
from hall.ticket import TicketState
from hall.wishes import Returning
from tests.hall.restored import Disk, Remembering, clerk_of

MEMORY = Path("/dev/shm")  # noqa: S108 - where a disk is quick, a thousand restores take seconds
KIOSKS = st.sampled_from(["kiosk-1", "kiosk-2"])
WINDOWS = st.sampled_from([1, 2, 3])
SERVICES = st.sampled_from(["11", "21", "91"])
LOST = st.sampled_from(["", "", "", "request", "answer"])
BOX_OF = {1: "counter-1", 2: "counter-2", 3: "counter-2"}
GIVES_BACK = (Miss, Redirect)
"""Between two calls of one ticket one of these must stand."""


class Restored(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="restored-", dir=MEMORY if MEMORY.is_dir() else None))
        self.disk = Disk(self.folder)
        self.boxes = {name: Remembering(self.disk, name) for name in ("kiosk-1", "kiosk-2", "counter-1", "counter-2")}
        self.requests = 0
        self.bands: dict[tuple[str, str], int] = {}
        self.paper: dict[str, str] = {}
        self.missed: list[str] = []
        self.called: dict[str, str] = {}
        """By ticket: the call that was shown for it last and not given back since."""
        self.showing: dict[int, str] = {}
        self.finished: set[str] = set()
        self.rated: set[str] = set()
        self.admitted: set[str] = set()
        self.doubly_pressed: set[str] = set()
        """Calls that were sent away by a press that nobody answered, and finished when the next slip was shown."""
        self.by_screen: set[str] = set()
        self.given_back: set[str] = set()
        self.away_until: dict[str, int] = {}
        """By ticket: when its holder, who has stepped away once, counts as back."""
        self.ever_called: set[str] = set()
        for window in (1, 2, 3):
            self.sign_in(window)

    def teardown(self) -> None:
        self.disk.close()
        shutil.rmtree(self.folder)

    def sign_in(self, window: int) -> None:
        box = self.boxes[BOX_OF[window]]
        if box.come_up():
            box.press(
                SignIn(request=self.request(), window=window, name=clerk_of(window).name, pin="", mode="demo"), ""
            )
        self.follow(box)

    def request(self) -> str:
        self.requests += 1
        return f"r{self.requests}"

    @rule(kiosk=KIOSKS, service=SERVICES, cut_off=st.booleans())
    def somebody_takes_a_number(self, kiosk: str, service: str, cut_off: bool) -> None:
        box = self.boxes[kiosk]
        self.disk.clock.pass_ms(50)
        if not cut_off:
            box.come_up()
        ticket = box.record("requested", service=service, touch=f"t{len(box.facts)}")
        given = None if cut_off else box.reserve(ticket, service)
        if given is not None:
            digits, source = given.digits, "hall"
        else:
            count = self.bands[kiosk, service] = self.bands.get((kiosk, service), 0) + 1
            digits, source = f"{service}{kiosk[-1]}{count:03}", "band"
        date = self.disk.hall.business_date
        box.record("issued", ticket, ticket=ticket, service=service, number=digits, source=source, date=date)
        box.record("printed", ticket, ticket=ticket, evidence="gs-h")
        assert digits not in self.paper.values(), f"{digits} is on paper twice"
        self.paper[ticket] = digits

    @rule(window=WINDOWS, lost=LOST)
    def next_is_pressed(self, window: int, lost: str) -> None:
        self.press(CallNext, window, lost)

    @rule(window=WINDOWS, kind=st.sampled_from([Start, Finish, Finish, Miss, Undo]), lost=LOST)
    def a_key_is_pressed(self, window: int, kind: type[Command], lost: str) -> None:
        self.press(kind, window, lost)

    @rule(window=WINDOWS, service=SERVICES, lost=LOST)
    def somebody_is_sent_on(self, window: int, service: str, lost: str) -> None:
        self.press(Redirect, window, lost, service=service)

    @precondition(lambda self: self.missed)
    @rule(window=WINDOWS, lost=LOST)
    def a_missed_number_is_called(self, window: int, lost: str) -> None:
        self.press(CallNumber, window, lost, digits=self.missed.pop(0))

    @precondition(lambda self: self.finished - self.rated)
    @rule(grade=st.sampled_from(["satisfied", "dissatisfied"]))
    def a_citizen_rates(self, grade: str) -> None:
        ticket = min(self.finished - self.rated)
        self.boxes["counter-1"].record("rated", ticket, "1001", ticket=ticket, window=1, grade=grade, channel="pad")
        self.rated.add(ticket)

    @precondition(lambda self: self.waiting())
    @rule(window=WINDOWS, scanned=st.booleans(), data=st.data())
    def a_slip_is_served_without_the_hall(self, window: int, scanned: bool, data: st.DataObject) -> None:
        """As device/flows/island.py does: what is held is finished first, and unanswered presses have expired."""
        box = self.boxes[BOX_OF[window]]
        state = box.states.get(window)
        if state is None or state.clerk is None:
            return
        self.disk.clock.pass_ms(7_000 if box.pending else 10)
        ticket = data.draw(st.sampled_from(self.waiting()))
        operator, call, digits = clerk_of(window).staff_no, self.request(), self.paper[ticket]
        if state.held is not None and self.showing.get(window) == state.held.call:
            held = state.held
            box.record("finished", held.visit, operator, window=window, ticket=held.ticket, call=held.call)
            if any(press.call == held.call for press in box.pending if isinstance(press, GIVES_BACK)):
                self.doubly_pressed.add(held.call)
            else:
                self.finished.add(held.ticket)
        date, slip = self.disk.hall.business_date, ticket if scanned else ""
        how = "scanned" if scanned else "typed"
        own = box.record(
            "admitted",
            "",
            operator,
            window=window,
            call=call,
            digits=digits,
            service=digits[:2],
            date=date,
            slip=slip,
            how=how,
        )
        box.record("finished", own, operator, window=window, ticket=own, call=call)
        self.showing[window] = ""
        self.admitted.add(ticket)

    def waiting(self) -> list[str]:
        """Slips in hands of people whom nobody has called or served."""
        return sorted(self.paper.keys() - self.called.keys() - self.finished - self.admitted)

    @precondition(lambda self: self.waiting())
    @rule(data=st.data(), wish=st.sampled_from(["by-screen", "stepped-away", "given-back"]))
    def somebody_scans_the_slip(self, data: st.DataObject, wish: str) -> None:
        """At the kiosk that gave it, which may be cut off and tells it later; the hall may have called it by then."""
        ticket = data.draw(st.sampled_from(self.waiting()))
        self.disk.clock.pass_ms(10)
        if wish == "stepped-away":
            if ticket in self.away_until or ticket in self.given_back:
                return
            self.away_until[ticket] = self.disk.clock.now_ms() + AWAY_MS
        else:
            (self.by_screen if wish == "by-screen" else self.given_back).add(ticket)
        self.boxes[ticket.partition("/")[0]].record(wish, ticket, ticket=ticket, minutes=15)

    @rule(name=st.sampled_from(["kiosk-1", "kiosk-2", "counter-1", "counter-2"]))
    def a_box_tells(self, name: str) -> None:
        self.boxes[name].come_up()
        self.follow(self.boxes[name])

    @rule(name=st.sampled_from(["kiosk-1", "counter-1", "counter-2"]))
    def the_power_goes_at_a_box(self, name: str) -> None:
        self.boxes[name].power_cut()

    @rule(ms=st.sampled_from([100, 6_000, 61_000, AWAY_MS]))
    def time_passes(self, ms: int) -> None:
        self.disk.clock.pass_ms(ms)

    @precondition(lambda self: len(self.disk.copies) < 4)
    @rule()
    def the_hall_is_backed_up(self) -> None:
        self.disk.back_up()

    @rule()
    def the_hall_is_started_again(self) -> None:
        self.disk.stop()
        self.disk.start()

    @rule(which=st.integers(0, 4))
    def the_hall_is_restored(self, which: int) -> None:
        self.disk.put_back(self.disk.copies[which] if which < len(self.disk.copies) else None)

    @rule()
    def everybody_tells_and_nothing_is_forgotten(self) -> None:
        for _ in range(2):
            for box in self.boxes.values():
                box.come_up()
                self.follow(box)
        hall = self.disk.hall
        assert hall.recovery is None
        self.disk.do(hall.writer.write(Returning(self.disk.clock)))
        self.disk.do(hall.writer.write(self.all_is_there))

    def all_is_there(self, tx: Any) -> None:
        conflicts = tx.execute("SELECT why, detail FROM conflict").fetchall()
        assert all(self.is_stated(*conflict) for conflict in conflicts), conflicts
        for ticket_id, digits in self.paper.items():
            ticket = tickets.find(tx, ticket_id)
            assert ticket is not None, f"{digits} is on paper, and the hall has never heard of it"
            assert ticket.digits == digits
            assert ticket.state not in {TicketState.RESERVED, TicketState.ISSUED}
            assert ticket.state is not TicketState.VOID or ticket_id in self.given_back
            assert bool(ticket.by_screen) == (ticket_id in self.by_screen)
            if not (conflicts or ticket_id in self.ever_called | self.admitted):
                assert ticket.state is self.uncalled(ticket_id), f"{digits} is {ticket.state}"
            if ticket_id in self.admitted:
                assert conflicts or ticket.state is TicketState.FINISHED, f"{digits} was served and is {ticket.state}"
            elif ticket_id in self.finished:
                assert ticket.state is TicketState.FINISHED, f"{digits} was served and is {ticket.state}"
        for number, call in self.showing.items():
            held = desks.window(tx, number).held
            assert (held.call if held else "") == call
            if held is not None:
                assert (held.by_screen is True) == (held.ticket in self.by_screen)
        stored = tx.execute("SELECT visit FROM rating WHERE outcome = 'rated'").fetchall()
        assert {visit for (visit,) in stored} == self.rated

    def uncalled(self, ticket: str) -> TicketState:
        """How a ticket stands that nobody has called or served."""
        if ticket in self.given_back:
            return TicketState.VOID
        away = self.away_until.get(ticket, 0) > self.disk.clock.now_ms()
        return TicketState.AWAY if away else TicketState.WAITING

    def is_stated(self, why: str, detail: str) -> bool:
        """Whether hall.admission or hall.window_facts says of two pasts that this becomes of them."""
        if why.startswith("ticket-"):  # hall.wishes: called, served or given back before the kiosk could tell
            return bool(self.given_back or self.away_until)
        if why == "call-not-held":
            return detail.partition(" ")[0] in self.doubly_pressed
        return why.startswith("admitted-") and bool(self.admitted)

    def press(self, kind: Any, window: int, lost: str, **fields: str) -> None:
        box = self.boxes[BOX_OF[window]]
        self.disk.clock.pass_ms(20)
        up = box.come_up()
        self.follow(box)
        if not up:
            return
        state = box.states[window]
        if state.clerk is None:
            self.sign_in(window)
            return
        held = state.held
        if held is not None and kind is Miss and held.by_screen is True:
            kiosk = self.boxes["kiosk-1"]
            kiosk.record("looked-for", held.visit, ticket=held.ticket, call=held.call, by="1001", found=False)
            kiosk.come_up()
        if held is not None and kind in GIVES_BACK:
            self.called.pop(held.ticket, None)
        if held is not None and kind is Miss:
            self.missed.append(self.paper[held.ticket])
        call = held.call if held is not None and kind is not Undo else ""
        box.press(
            kind(
                request=self.request(),
                window=window,
                operator=clerk_of(window).staff_no,
                mode="demo",
                call=call,
                **fields,
            ),
            lost,
        )
        self.follow(box)

    def follow(self, box: Remembering) -> None:
        """Displays show what the hall has told, and say so."""
        while box.fresh:
            state = box.fresh.pop(0)
            if state.finished is not None:
                self.finished.add(state.finished.ticket)
            held = state.held
            if held is not None:
                self.finished.discard(held.ticket)
                if self.showing.get(state.window) != held.call:
                    self.show(box, state, held)
            self.showing[state.window] = held.call if held else ""

    def show(self, box: Remembering, state: WindowState, held: Held) -> None:
        assert held.ticket in self.paper, f"{held.number} is called, and nobody holds it"
        if state.phase == "called":
            before = self.called.get(held.ticket, held.call)
            assert before == held.call, f"{held.number} is called twice"
            self.called[held.ticket] = held.call
            self.ever_called.add(held.ticket)
        box.record("shown", held.visit, ticket=held.ticket, call=held.call, window=state.window, on="display")
        box.record("spoken", held.visit, ticket=held.ticket, call=held.call, window=state.window)


TestRestored = Restored.TestCase
TestRestored.settings = settings(max_examples=60, stateful_step_count=100, deadline=None)
