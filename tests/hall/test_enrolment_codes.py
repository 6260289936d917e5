"""One-time codes, whatever is tried in whatever order: never twice, never too late, never for another name."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hall.contract import enrolment
from hall.contract.enrolment import Enrol, Enrolled, box_proof, hall_proof, same, shown, typed
from hall.enrolment import codes
from hall.enrolment.codes import EACH_MINUTE, LASTS_MS, MINUTE_MS, TRIES, CodeRefused, Codes
from tests.hall.scene import FakeClock

T = TypeVar("T")

NAMES = ("kiosk-1", "counter-1")
KEYS = ("csr of this machine", "csr of another machine")


def quick_key(code: str, name: str) -> bytes:
    """What key_of says, without its 50 ms: how much work a guess is has a test of its own."""
    return f"{name}/{code}".encode()


def asked(code: str, name: str, csr: str = KEYS[0]) -> Enrol:
    return Enrol(name=name, csr=csr, nonce="00ff", proof=box_proof(quick_key(code, name), name, "00ff", csr))


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


@dataclasses.dataclass
class Believed:
    code: str
    until_ms: int
    wrong: int = 0
    csr: str = ""


class CodesMachine(RuleBasedStateMachine):
    """Beside the desk's codes, what each of them is worth, by its own words."""

    def __init__(self) -> None:
        super().__init__()
        self.patched = pytest.MonkeyPatch()
        self.patched.setattr(codes, "key_of", quick_key)
        self.clock = FakeClock()
        self.codes = Codes(self.clock)
        self.live: dict[str, Believed] = {}
        self.old: list[tuple[str, str]] = []
        self.signed: list[tuple[str, str]] = []
        self.calls = 0

    def teardown(self) -> None:
        self.patched.undo()

    async def sign(self, name: str, csr: str) -> tuple[str, str]:
        self.signed.append((name, csr))
        return f"certificate {len(self.signed)} of {name}", "ca"

    def try_(self, what: Enrol) -> str:
        """From an address of its own: how often one may ask is another test's."""
        self.calls += 1
        try:
            answer = run(self.codes.enrol(what, f"address {self.calls}", self.sign))
        except CodeRefused as refused:
            return refused.why
        assert isinstance(answer, Enrolled)
        return "enrolled"

    @rule(name=st.sampled_from(NAMES))
    def a_code_is_made(self, name: str) -> None:
        if name in self.live:
            self.old.append((name, self.live[name].code))
        self.live[name] = Believed(run(self.codes.begin(name)), self.clock.mono_ms() + LASTS_MS)

    @rule(minutes=st.sampled_from((1, 14, 31)))
    def time_passes(self, minutes: int) -> None:
        self.clock.pass_ms(minutes * MINUTE_MS)
        for name in [name for name, code in self.live.items() if self.clock.mono_ms() >= code.until_ms]:
            self.old.append((name, self.live.pop(name).code))

    @rule(name=st.sampled_from(NAMES), csr=st.sampled_from(KEYS))
    def the_code_is_used(self, name: str, csr: str) -> None:
        believed = self.live.get(name)
        if believed is None:
            assert self.try_(asked("ABCDEFGHJK", name, csr)) == "wrong-code"
            return
        before = len(self.signed)
        told = self.try_(asked(believed.code, name, csr))
        if not believed.csr:
            believed.csr = csr
            assert told == "enrolled"
            assert self.signed[before:] == [(name, csr)]
        else:
            assert told == ("enrolled" if csr == believed.csr else "code-used")
            assert len(self.signed) == before

    @precondition(lambda self: self.live)
    @rule(name=st.sampled_from(NAMES), data=st.data())
    def another_name_s_code_is_used(self, name: str, data: st.DataObject) -> None:
        whose = data.draw(st.sampled_from(sorted(self.live)))
        if whose != name:
            self.count_wrong(name, self.live[whose].code)

    @precondition(lambda self: self.old)
    @rule(data=st.data())
    def an_old_code_is_used(self, data: st.DataObject) -> None:
        name, code = data.draw(st.sampled_from(self.old))
        self.count_wrong(name, code)

    def count_wrong(self, name: str, code: str) -> None:
        before = len(self.signed)
        assert self.try_(asked(code, name)) == "wrong-code"
        assert len(self.signed) == before
        if name in self.live:
            self.live[name].wrong += 1
            if self.live[name].wrong == TRIES:
                self.old.append((name, self.live.pop(name).code))

    @invariant()
    def staff_see_what_stands_and_never_a_code(self) -> None:
        told = self.codes.standing()
        assert {(code.box, code.used) for code in told} == {(name, bool(b.csr)) for name, b in self.live.items()}
        assert all(0 < code.left_ms <= LASTS_MS for code in told)
        for believed in self.live.values():
            assert believed.code not in repr(told)


TestCodes = CodesMachine.TestCase
TestCodes.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "key_of", quick_key)


async def signs(name: str, csr: str) -> tuple[str, str]:
    return f"certificate of {name} for {csr}", "ca"


@pytest.mark.usefixtures("quick")
class TestOneCode:
    async def test_two_machines_at_the_same_moment_are_not_both_the_first(self) -> None:
        desk = Codes(FakeClock())
        code = await desk.begin("kiosk-1")

        async def slowly(name: str, csr: str) -> tuple[str, str]:
            await asyncio.sleep(0)
            return await signs(name, csr)

        calls = [desk.enrol(asked(code, "kiosk-1", csr), csr, slowly) for csr in KEYS]
        told = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(answer) for answer in told] == [Enrolled, CodeRefused]

    async def test_a_certificate_that_could_not_be_made_leaves_the_code_good(self) -> None:
        desk = Codes(FakeClock())
        code = await desk.begin("kiosk-1")

        async def fails(_name: str, _csr: str) -> tuple[str, str]:
            raise OSError(28, "No space left on device")

        with pytest.raises(OSError, match="No space"):
            await desk.enrol(asked(code, "kiosk-1"), "a", fails)
        assert (await desk.enrol(asked(code, "kiosk-1"), "a", signs)).name == "kiosk-1"

    async def test_an_address_that_asks_too_often_waits_a_minute_even_with_the_right_code(self) -> None:
        clock = FakeClock()
        desk = Codes(clock)
        code = await desk.begin("kiosk-1")
        for _ in range(EACH_MINUTE):
            with pytest.raises(CodeRefused, match="wrong-code"):
                await desk.enrol(asked("ABCDEFGHJK", "counter-1"), "10.0.0.9", signs)
        with pytest.raises(CodeRefused, match="too-many-tries"):
            await desk.enrol(asked(code, "kiosk-1"), "10.0.0.9", signs)
        assert (await desk.enrol(asked(code, "kiosk-1"), "10.0.0.8", signs)).name == "kiosk-1"
        clock.pass_ms(MINUTE_MS)
        assert (await desk.enrol(asked(code, "kiosk-1"), "10.0.0.9", signs)).name == "kiosk-1"


class TestTheCodeItself:
    def test_it_is_typed_as_people_type(self) -> None:
        code = enrolment.new_code()
        assert typed(shown(code)) == typed(f"  {shown(code).lower()} \n") == typed(code) == code

    @pytest.mark.parametrize(
        "wrong", ["", "ABCDE", "ABCDE-FGHI0", "ABCDE-FGHJKL", "ABCDE_FGHJK", "一二三四五六七八九十"]
    )
    def test_what_cannot_be_one_is_not_sent(self, wrong: str) -> None:
        with pytest.raises(ValueError, match="10 of"):
            typed(wrong)

    def test_no_letter_looks_like_another_and_no_two_codes_are_alike(self) -> None:
        assert not set("IO01") & set(enrolment.LETTERS)
        assert len(set(enrolment.LETTERS)) == 32
        assert len({enrolment.new_code() for _ in range(200)}) == 200

    def test_what_is_kept_is_stretched_and_for_one_name_alone(self) -> None:
        assert enrolment.key_of("ABCDEFGHJK", "kiosk-1") != enrolment.key_of("ABCDEFGHJK", "counter-1")
        assert b"ABCDEFGHJK" not in enrolment.key_of("ABCDEFGHJK", "kiosk-1")

    def test_a_proof_is_of_all_that_is_sent_and_the_hall_s_is_not_the_box_s(self) -> None:
        told = {
            box_proof(b"key", "kiosk-1", "00", "csr"),
            box_proof(b"key", "kiosk-", "100", "csr"),
            box_proof(b"other", "kiosk-1", "00", "csr"),
            box_proof(b"key", "kiosk-1", "01", "csr"),
            box_proof(b"key", "kiosk-1", "00", "csr2"),
            hall_proof(b"key", "00", "certificate", "ca"),
            hall_proof(b"key", "00", "certificate", "another ca"),
        }
        assert len(told) == 7
        assert not any(same(proof, hall_proof(b"key", "00", "cert", "ca")) for proof in told)
