"""A visit to the kiosk by ear: what five keys do and what is said to them. Pure: it waits for nobody and knows no page.

| where                | up, down        | choose           | back             | help                                |
|----------------------|-----------------|------------------|------------------|-------------------------------------|
| a list               | the next choice | opens it         | one step out     | where, and what the keys do; at     |
| a matter             | said again      | takes a number   | one step out     | once after it a second time: a      |
| once more the same?  | said again      | takes a number   | one step out     | person comes                        |
| being taken          | –               | –                | –                |                                     |
| did the slip come?   | said again      | yes              | no: once more    |                                     |
| number without paper | said again      | it is remembered | it is not wanted |                                     |
| my number            | said again      | asks its place   | home             |                                     |
| a failure            | said again      | home             | home             |                                     |

A number is taken by choose at a matter and nowhere else; who has one already in this visit is asked first.
"""

from __future__ import annotations

from dataclasses import replace

from device.flows import ear_words as words
from device.flows.ask_citizen import Taken
from device.flows.ear_menu import Act, Known, Listing, Matter, home, named
from device.flows.ear_places import (
    Again,
    AskPerson,
    AskPlace,
    AtMatter,
    CameOut,
    Deed,
    Failure,
    InList,
    MyNumber,
    Noted,
    Question,
    Step,
    Take,
    Where,
    Working,
)
from device.flows.mouth import FIRST_MANNER, SPEEDS, VOLUMES, Utterance, utter
from drivers.contract import AccessKey, Manner
from hall.contract import Place


class Visit:
    """One person's visit. All that is known of it is in here, and goes with it."""

    def __init__(self, slip_at: str, language: str = "zh-CN") -> None:
        self.language = language
        self.manner = FIRST_MANNER
        self.taken: Taken | None = None
        """The number taken last in this visit."""
        self.where: list[Where] = []
        self._slip_at = slip_at
        self._asked_help = False
        """Help was the last key."""
        self._ahead: int | None = None

    def begin(self, known: Known) -> Step:
        """Who has just put the headphone in is told where they are and what the keys are."""
        self.where = [InList(home(known))]
        hall = words.of_hall(known.hall, self.language).text or self._utter("welcome-hall").text
        cannot = self._cannot(known)
        return Step((self._utter("welcome", hall=hall), self._utter("keys"), *cannot, *self._here(known)))

    def press(self, key: AccessKey, known: Known) -> Step:
        """One key."""
        asked, self._asked_help = self._asked_help, key is AccessKey.HELP
        where = self.where[-1]
        if key is AccessKey.HELP:
            if asked:
                return Step((), AskPerson(self._ticket()))
            return Step((*self._help(where), self._utter("help-person")))
        return self._pressed(where, key, known)

    def _pressed(self, where: Where, key: AccessKey, known: Known) -> Step:
        match where:
            case Working():
                return Step((self._utter("help-working"),))
            case InList():
                return self._in_list(where, key, known)
            case AtMatter(matter):
                return self._at_matter(matter, key, known)
            case Again(matter):
                if key is AccessKey.CHOOSE:
                    return self._work(Take(matter))
                return self._step_out(known) if key is AccessKey.BACK else Step(self._here(known))
            case Question(taken):
                return self._answer(taken, key, known)
            case MyNumber():
                return self._at_number(key, known)
            case Failure():
                return self._go_home(known) if key in (AccessKey.CHOOSE, AccessKey.BACK) else Step(self._here(known))

    def settled(self, outcome: Taken | str, known: Known) -> Step:
        """What became of taking a number: a Taken, or why there is none, a keyword of the room *reason*."""
        self.where = [InList(home(known))]
        self._asked_help = False
        if isinstance(outcome, str):
            return self._fail(self._utter("refused", reason=words.reason(outcome, self.language)))
        if outcome.outcome in ("doubtful", "on-screen"):
            self.where.append(Question(outcome))
            return Step(self._here(known))
        if outcome.outcome == "not-printed":
            return self._fail(self._utter("void"))
        if outcome.outcome == "dropped":
            return Step((self._utter("dropped"), *self._here(known)))
        return self._hold(outcome, known)

    def unanswered(self, known: Known) -> Step | None:
        """The question has ended without an answer: who may have a slip keeps the number. None when none was asked."""
        match self.where[-1]:
            case Question(taken) if taken.outcome == "doubtful":
                self.where = [InList(home(known))]
                return self._hold(taken, known)
            case Question(taken):
                return self.settled(replace(taken, outcome="dropped"), known)
            case _:
                return None

    def _hold(self, taken: Taken, known: Known) -> Step:
        self.taken, self._ahead = taken, taken.ticket.ahead
        self.where.append(MyNumber())
        return Step(self._here(known))

    def placed(self, place: Place | None) -> Step:
        """How the ticket stands; None: the hall has not said."""
        if self.taken is None:
            return Step()
        number = self._utter("number", number=self.taken.ticket.number)
        if place is None or not place.state:
            return Step((number, words.ahead(self._ahead, self.language)))
        self._ahead = place.ahead
        wait = (words.lasts(place.wait, self.language),) if place.wait else ()
        return Step((number, words.place(place, self.language), *wait))

    def person(self, key: str) -> Step:
        """Whether a person comes, as the key of its sentence."""
        return Step((self._utter(key),))

    def here(self, known: Known) -> Step:
        """Where they are, said once more."""
        return Step(self._here(known))

    def _in_list(self, where: InList, key: AccessKey, known: Known) -> Step:
        entries = where.listing.entries
        if key is AccessKey.BACK:
            if len(self.where) == 1:
                return Step((self._utter("at-top"), *self._here(known)))
            return self._step_out(known)
        if not entries:
            return Step(self._here(known))
        if key is AccessKey.CHOOSE:
            return self._open(entries[where.at].opens, known)
        at = (where.at + (1 if key is AccessKey.DOWN else -1)) % len(entries)
        self.where[-1] = InList(where.listing, at)
        return Step(words.entry_at(where.listing, at, self.language))

    def _open(self, opens: Listing | Matter | Act, known: Known) -> Step:
        match opens:
            case Listing():
                self.where.append(InList(opens))
            case Matter():
                if cannot := self._cannot(known):
                    return Step(cannot)
                self.where.append(AtMatter(opens))
            case Act.MY_NUMBER:
                if self.taken is None:
                    return Step((self._utter("no-number"),))
                self.where.append(MyNumber())
                return Step((), AskPlace(self._ticket()))
            case _:
                return self._tune(opens)
        return Step(self._here(known))

    def _tune(self, act: Act) -> Step:
        """Another speed, volume or language, and how it is now."""
        if act in (Act.CHINESE, Act.ENGLISH):
            self.language = "zh-CN" if act is Act.CHINESE else words.ENGLISH
            return Step((self._utter("language-now"),))
        louder_or_faster = act in (Act.LOUDER, Act.FASTER)
        before = self.manner
        if act in (Act.LOUDER, Act.SOFTER):
            self.manner = Manner(_next(VOLUMES, before.volume, up=louder_or_faster), before.speed)
        else:
            self.manner = Manner(before.volume, _next(SPEEDS, before.speed, up=louder_or_faster))
        key = "manner-volume" if act in (Act.LOUDER, Act.SOFTER) else "manner-speed"
        return Step((self._utter("manner-end" if self.manner == before else key),))

    def _at_matter(self, matter: Matter, key: AccessKey, known: Known) -> Step:
        if key is AccessKey.BACK:
            return self._step_out(known)
        if key is not AccessKey.CHOOSE:
            return Step(self._here(known))
        if self.taken is not None:
            self.where.append(Again(matter))
            return Step(self._here(known))
        return self._work(Take(matter))

    def _answer(self, taken: Taken, key: AccessKey, known: Known) -> Step:
        if key not in (AccessKey.CHOOSE, AccessKey.BACK):
            return Step(self._here(known))
        answer = CameOut if taken.outcome == "doubtful" else Noted
        return self._work(answer(taken.ticket.ticket, key is AccessKey.CHOOSE))

    def _at_number(self, key: AccessKey, known: Known) -> Step:
        if key is AccessKey.BACK:
            return self._go_home(known)
        return Step((), AskPlace(self._ticket())) if key is AccessKey.CHOOSE else Step(self._here(known))

    def _work(self, deed: Deed) -> Step:
        self.where.append(Working())
        return Step((self._utter("working"),), deed)

    def _fail(self, *say: Utterance) -> Step:
        self.where.append(Failure(say))
        return Step(say)

    def _step_out(self, known: Known) -> Step:
        self.where.pop()
        return Step(self._here(known))

    def _go_home(self, known: Known) -> Step:
        self.where = [InList(home(known))]
        return Step(self._here(known))

    def _here(self, known: Known) -> tuple[Utterance, ...]:
        """What this place says when it is entered."""
        match self.where[-1]:
            case InList(listing, at):
                return words.entered(listing, at, self.language)
            case AtMatter(matter):
                return words.matter(matter, known, self.language)
            case Again() if self.taken is not None:
                return (self._utter("again", number=self.taken.ticket.number),)
            case Question(taken):
                return (self._utter(taken.outcome, number=taken.ticket.number),)
            case MyNumber() if self.taken is not None:
                return words.ticket(self.taken, self._ahead, self._slip_at, self.language)
            case Failure(say):
                return say
            case _:
                return (self._utter("help-working"),)

    def _help(self, where: Where) -> tuple[Utterance, ...]:
        match where:
            case InList(listing, at):
                place = words.filled("help-list", "place", listing.name, self.language)
                return (*place, *words.entry_at(listing, at, self.language))
            case AtMatter(matter):
                return words.filled("help-matter", "place", matter.name, self.language)
            case Again() | Question():
                return (self._utter("help-question"),)
            case MyNumber():
                return (self._utter("help-number"),)
            case Failure():
                return words.filled("help-list", "place", named("home"), self.language)
            case Working():
                return (self._utter("help-working"),)

    def _cannot(self, known: Known) -> tuple[Utterance, ...]:
        why_not = known.why_not
        return () if why_not is None else (self._utter("cannot", reason=words.reason(why_not, self.language)),)

    def _ticket(self) -> str:
        return self.taken.ticket.ticket if self.taken else ""

    def _utter(self, key: str, /, **fields: object) -> Utterance:
        return utter(key, self.language, **fields)


def _next(steps: tuple[int, ...], now: int, *, up: bool) -> int:
    """The next of these; the last one is kept."""
    further = [step for step in steps if (step > now if up else step < now)]
    if not further:
        return now
    return min(further) if up else max(further)
