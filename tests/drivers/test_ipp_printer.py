"""What an office printer says of itself, and whether a document came out: never claimed, denied or repeated wrongly."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from drivers.contract import (
    MEDIA_EMPTY,
    PWG_RASTER,
    Completion,
    CompletionCode,
    Document,
    Garbled,
    Gone,
    Identity,
    Phase,
    Reason,
    Refused,
    Remedy,
    Severity,
    Silent,
    State,
)
from drivers.deadline import Deadline
from drivers.office_printer.ipp import IppPrinter, IppSettings
from drivers.office_printer.ipp_job import ending
from drivers.office_printer.ipp_message import Attribute, Group, GroupTag, Tag, Value
from drivers.office_printer.ipp_operations import JobLook, JobState, Operation
from drivers.office_printer.ipp_reasons import NOT_TAKEN, printer_state, refusal
from simulators.control import Refill
from simulators.office_printer import ipp
from tests.drivers.office_bench import NOTICE, PAGE, MemoryPort, Simulated, in_memory
from tests.virtual_time import virtual

TWO_PAGES = replace(NOTICE, data=PAGE.replace(b"endobj", b"endobj\n2 0 obj << /Type /Page >> endobj"))
RECEIPT = replace(NOTICE, stock="special")


def later(seconds: float, do: object, *args: object) -> None:
    asyncio.get_running_loop().call_later(seconds, do, *args)  # type: ignore[arg-type]


def told(state: int, *reasons: str, accepting: bool = True) -> Group:
    return Group(
        GroupTag.PRINTER,
        (
            Attribute("printer-state", (Value(Tag.ENUM, state),)),
            Attribute("printer-state-reasons", tuple(Value(Tag.KEYWORD, word) for word in reasons or ("none",))),
            Attribute("printer-is-accepting-jobs", (Value(Tag.BOOLEAN, accepting),)),
        ),
    )


@pytest.mark.parametrize(
    ("word", "keyword", "severity"),
    [
        ("media-empty-error", "media-empty", "error"),
        ("media-empty-report", "media-empty", "report"),
        ("media-empty", "media-empty", "error"),
        ("input-tray-missing-warning", "media-empty", "warning"),
        ("media-low", "media-low", "warning"),
        ("media-needed", "media-needed", "error"),
        ("media-jam-error", "media-jam", "error"),
        ("door-open-error", "cover-open", "error"),
        ("interlock-open-error", "cover-open", "error"),
        ("marker-supply-low-report", "toner-low", "report"),
        ("toner-empty-error", "toner-empty", "error"),
        ("output-area-full", "output-area-full", "error"),
        ("fuser-over-temp-error", "head-over-temp", "error"),
        ("paused", "paused", "error"),
        ("shutdown", "offline", "error"),
        ("marker-waste-full-error", "hardware-failure", "error"),
        ("other-warning", "hardware-failure", "warning"),
        ("stapler-low", "stapler-low", "warning"),
        ("stapler-low-report", "stapler-low", "report"),
    ],
)
def test_each_reason_of_the_printer_is_one_of_ours_and_as_bad_as_its_ending_says(
    word: str, keyword: str, severity: str
) -> None:
    state = printer_state(told(3, word))
    assert state.reasons == {Reason(keyword, Severity(severity))}
    assert state.accepting is (severity != "error")


def test_a_stopped_printer_accepts_nothing_and_an_unknown_reason_of_it_is_an_error() -> None:
    assert printer_state(told(5, "spool-area-full")) == State(
        Phase.STOPPED, False, frozenset({Reason("spool-area-full", Severity.ERROR)})
    )
    assert printer_state(told(4)) == State(Phase.PROCESSING, True)
    assert printer_state(told(3, accepting=False)) == State(Phase.IDLE, False)
    with pytest.raises(Garbled):
        printer_state(Group(GroupTag.PRINTER))


@pytest.mark.parametrize(
    ("state", "reasons", "sheets", "confirmed"),
    [
        (JobState.COMPLETED, "job-completed-successfully", 1, True),
        (JobState.COMPLETED, "none", None, True),
        (JobState.COMPLETED, "queued-in-device", None, None),
        (JobState.COMPLETED, "job-completed-with-errors", 1, None),
        (JobState.CANCELED, "job-canceled-by-user", 0, False),
        (JobState.CANCELED, "job-canceled-by-user", 1, None),
        (JobState.CANCELED, "job-canceled-by-user", None, None),
        (JobState.ABORTED, "aborted-by-system", 0, False),
        (JobState.ABORTED, "aborted-by-system", 2, None),
        (JobState.ABORTED, "aborted-by-system", None, None),
    ],
)
def test_the_end_of_a_job_says_printed_not_printed_or_nothing(
    state: JobState, reasons: str, sheets: int | None, confirmed: bool | None
) -> None:
    look = JobLook("", state, frozenset({reasons}), sheets)
    assert look.ended
    assert ending(look).confirmed is confirmed


def test_a_job_on_its_way_to_a_stop_has_not_ended() -> None:
    assert not JobLook("", JobState.CANCELED, frozenset({"processing-to-stop-point"}), 0).ended
    assert not any(JobLook("", state, frozenset(), 0).ended for state in range(3, 7))


def test_every_refusal_has_a_code_and_a_remedy_and_only_some_say_that_nothing_was_taken() -> None:
    assert (refusal(0x040A).code, refusal(0x040A).remedy) == (CompletionCode.INVALID_DATA, Remedy.CONFIGURATION)
    assert (refusal(0x0507).code, refusal(0x0507).remedy) == (CompletionCode.DEVICE_NOT_READY, Remedy.CLEAR)
    assert (refusal(0x05FF).code, refusal(0x05FF).remedy) == (CompletionCode.HARDWARE_ERROR, Remedy.RESET)
    assert {0x0400, 0x0411, 0x0506} <= set(NOT_TAKEN)
    assert not {0x0500, 0x0504, 0x0508} & set(NOT_TAKEN)


@virtual
async def test_opening_learns_what_the_printer_takes_and_who_it_is() -> None:
    async with in_memory() as (driver, simulated, _):
        assert driver.abilities.formats == {NOTICE.format, PWG_RASTER}
        assert driver.abilities.raster_dpi == 300
        assert await driver.identity(Deadline.after(1)) == Identity(
            model="Yichuang Simulated Office Printer", firmware="1.0"
        )
        simulated.fault("toner-low")
        assert (await driver.poll(Deadline.after(1))).keywords() == {"toner-low"}


@virtual
async def test_a_printer_that_knows_no_ipp_2_is_spoken_to_in_1_1() -> None:
    class Old(MemoryPort):
        async def ask(self, request: bytes, deadline: Deadline) -> bytes:
            answer = await super().ask(request, deadline)
            if request[:2] == b"\x02\x00":
                return ipp.write(ipp.Told(0x0503, ipp.read(answer).number, version=(1, 1)))
            return answer

    simulated = Simulated()
    driver = IppPrinter(IppSettings(), Old(simulated))
    assert (await driver.open(Deadline.after(5))).accepting
    assert (await driver.print_document(NOTICE, Deadline.after(20))).confirmed is True
    simulated.printer.close()


@virtual
async def test_an_answer_to_another_request_is_garbled() -> None:
    class Mixed(MemoryPort):
        async def ask(self, request: bytes, deadline: Deadline) -> bytes:
            answer = ipp.read(await super().ask(request, deadline))
            answer.number += 1
            return ipp.write(answer)

    simulated = Simulated()
    with pytest.raises(Garbled, match="request"):
        await IppPrinter(IppSettings(), Mixed(simulated)).open(Deadline.after(5))
    simulated.printer.close()


@virtual
async def test_a_document_is_confirmed_once_its_last_sheet_is_out() -> None:
    async with in_memory(page_seconds=3.0) as (driver, simulated, port):
        begun = asyncio.get_running_loop().time()
        done = await driver.print_document(TWO_PAGES, Deadline.after(30))
        assert done == Completion(CompletionCode.SUCCESS, True, "job-state")
        assert asyncio.get_running_loop().time() - begun == pytest.approx(6.0, abs=0.6)
        assert simulated.out == 2
        job = [Operation.VALIDATE_JOB, Operation.CREATE_JOB, Operation.SEND_DOCUMENT, Operation.GET_JOB_ATTRIBUTES]
        assert port.asked[2:6] == job


@virtual
async def test_the_numbered_paper_comes_from_its_own_tray_one_page_a_sheet() -> None:
    async with in_memory(IppSettings(special_source="tray-2"), first_serial=101) as (driver, simulated, port):
        assert (await driver.print_document(RECEIPT, Deadline.after(20))).confirmed is True
        assert simulated.jobs()[0]["serials"] == [101]
        assert (await driver.print_document(NOTICE, Deadline.after(20))).confirmed is True
        assert [job["serials"] for job in simulated.jobs()] == [[101], []]
        created = [told for told in port.told if told.code == Operation.CREATE_JOB]
        assert [told.first("sides") for told in created] == ["one-sided", None]
        size = created[0].first("media-col")["media-size"][0][1]
        assert (size["x-dimension"], size["y-dimension"]) == ([(0x21, 21000)], [(0x21, 29700)])


@virtual
async def test_copies_are_copies_of_one_job() -> None:
    async with in_memory() as (driver, simulated, _):
        assert (await driver.print_document(replace(TWO_PAGES, copies=2), Deadline.after(20))).confirmed is True
        assert (len(simulated.jobs()), simulated.out) == (1, 4)


@virtual
async def test_what_cannot_be_printed_is_refused_before_anything_leaves() -> None:
    async with in_memory() as (driver, simulated, port):
        with pytest.raises(Refused, match="numbered paper") as refused:
            await driver.print_document(RECEIPT, Deadline.after(20))
        assert refused.value.remedy is Remedy.CONFIGURATION
        with pytest.raises(Refused, match="image/jpeg"):
            await driver.print_document(Document("x", "image/jpeg", b"x"), Deadline.after(20))
        for fault in ("out-of-paper", "jam", "cover-open", "toner-empty", "busy"):
            simulated.fault(fault)
            with pytest.raises(Refused) as refused:
                await driver.print_document(NOTICE, Deadline.after(20))
            assert refused.value.code is CompletionCode.DEVICE_NOT_READY
            simulated.fault(fault, on=False)
        assert Operation.CREATE_JOB not in port.asked
        assert (await driver.print_document(NOTICE, Deadline.after(20))).confirmed is True


@virtual
async def test_a_tray_that_the_printer_has_not_is_refused() -> None:
    async with in_memory(IppSettings(special_source="tray-9")) as (driver, _, port):
        with pytest.raises(Refused) as refused:
            await driver.print_document(RECEIPT, Deadline.after(20))
        assert (refused.value.code, refused.value.remedy) == (CompletionCode.INVALID_DATA, Remedy.CONFIGURATION)
        assert Operation.CREATE_JOB not in port.asked


@virtual
async def test_a_job_that_waits_for_paper_goes_on_when_there_is_some() -> None:
    async with in_memory(sheets=1) as (driver, simulated, _):
        later(9.0, simulated.printer.do, Refill())
        assert (await driver.print_document(TWO_PAGES, Deadline.after(30))).confirmed is True


@virtual
async def test_what_is_not_out_by_the_deadline_is_called_back_and_comes_out_never() -> None:
    async with in_memory() as (driver, simulated, _):
        later(0.1, simulated.fault, "out-of-paper")
        done = await driver.print_document(NOTICE, Deadline.after(20))
        assert done == Completion(CompletionCode.CANCELED, False, "job-state", frozenset({MEDIA_EMPTY}))
        simulated.printer.do(Refill())
        await asyncio.sleep(60)
        assert simulated.out == 0
        assert (await driver.print_document(NOTICE, Deadline.after(20))).confirmed is True
        assert simulated.out == 1


@virtual
async def test_a_document_that_is_half_out_is_neither_printed_nor_not() -> None:
    async with in_memory(sheets=1) as (driver, _, _):
        done = await driver.print_document(TWO_PAGES, Deadline.after(20))
        assert (done.confirmed, done.reasons) == (None, frozenset({MEDIA_EMPTY}))


@pytest.mark.parametrize("fault", ["abort", "uncounted"])
def test_a_printer_that_cannot_say_what_came_out_is_not_taken_to_say_it(fault: str) -> None:
    @virtual
    async def one() -> None:
        async with in_memory(page_seconds=2.0) as (driver, simulated, _):
            simulated.fault(fault)
            if fault == "uncounted":
                later(1.0, simulated.fault, "jam")
            assert (await driver.print_document(TWO_PAGES, Deadline.after(20))).confirmed is None

    one()


@virtual
async def test_a_document_that_the_printer_cannot_read_is_not_printed() -> None:
    async with in_memory() as (driver, simulated, _):
        done = await driver.print_document(replace(NOTICE, data=b"no pdf"), Deadline.after(20))
        assert (done.confirmed, done.evidence, done.code) == (False, "refused", CompletionCode.INVALID_DATA)
        assert not simulated.running()
    async with in_memory(in_two_steps=False) as (driver, simulated, _):
        done = await driver.print_document(replace(NOTICE, data=b"no pdf"), Deadline.after(20))
        assert (done.confirmed, done.evidence) == (False, "refused")


@virtual
async def test_a_lost_answer_to_the_document_is_made_good_by_the_job_s_number() -> None:
    for fault in (Gone("cut off"), Silent("late"), Garbled("noise")):
        async with in_memory() as (driver, simulated, port):
            port.after[Operation.SEND_DOCUMENT] = [fault]
            assert (await driver.print_document(NOTICE, Deadline.after(20))).confirmed is True
            assert simulated.out == 1
            assert port.asked.count(Operation.SEND_DOCUMENT) == 1


@virtual
async def test_a_printer_of_one_step_leaves_a_lost_answer_open_and_is_not_asked_again() -> None:
    async with in_memory(in_two_steps=False) as (driver, simulated, port):
        assert (await driver.print_document(NOTICE, Deadline.after(20))).confirmed is True
        port.after[Operation.PRINT_JOB] = [Gone("cut off")]
        done = await driver.print_document(NOTICE, Deadline.after(20))
        assert done == Completion(CompletionCode.TIME_OUT, None, "sent")
        await asyncio.sleep(5)
        assert (simulated.out, port.asked.count(Operation.PRINT_JOB)) == (2, 2)


@virtual
async def test_a_fault_before_the_document_left_is_a_fault_and_prints_nothing() -> None:
    for operation in (Operation.VALIDATE_JOB, Operation.CREATE_JOB, Operation.SEND_DOCUMENT, Operation.PRINT_JOB):
        async with in_memory(in_two_steps=operation != Operation.PRINT_JOB) as (driver, simulated, port):
            gone = Gone("refused to connect")
            gone.sent = False
            port.before[operation] = [gone]
            with pytest.raises(Gone):
                await driver.print_document(NOTICE, Deadline.after(20))
            await driver.poll(Deadline.after(5))
            await asyncio.sleep(60)
            assert simulated.out == 0
            assert all(job["state"] == "canceled" for job in simulated.jobs())


@virtual
async def test_a_job_of_which_no_word_came_is_doubtful_and_called_back_when_the_printer_is_there_again() -> None:
    async with in_memory(page_seconds=2.0) as (driver, simulated, port):
        later(0.6, simulated.fault, "jam")
        later(0.7, setattr, port, "unplugged", True)
        begun = asyncio.get_running_loop().time()
        done = await driver.print_document(NOTICE, Deadline.after(60))
        assert (done.confirmed, done.code) == (None, CompletionCode.TIME_OUT)
        assert asyncio.get_running_loop().time() - begun < 15
        port.unplugged = False
        assert (await driver.open(Deadline.after(5))).keywords() == {"media-jam"}
        assert [job["state"] for job in simulated.jobs()] == ["canceled"]
        simulated.printer.do(Refill())
        await asyncio.sleep(60)
        assert simulated.out == 0


@virtual
async def test_a_job_broken_off_from_outside_is_called_back_at_the_next_poll() -> None:
    async with in_memory(page_seconds=5.0) as (driver, simulated, _):
        async with asyncio.TaskGroup() as group:
            printing = group.create_task(driver.print_document(NOTICE, Deadline.after(60)))
            await asyncio.sleep(1)
            assert simulated.running()
            printing.cancel()
        await driver.poll(Deadline.after(5))
        assert not simulated.running()
        assert simulated.out == 0


@virtual
async def test_another_s_job_with_the_same_number_is_not_taken_for_ours_after_a_power_cut() -> None:
    async with in_memory(page_seconds=2.0) as (driver, simulated, _):

        def another_after_the_cut() -> None:
            simulated.printer._lose_power()
            head = {
                **ipp.words("attributes-charset", "utf-8", tag=ipp.CHARSET),
                **ipp.words("job-name", "theirs", tag=ipp.NAME),
            }
            job = ipp.Told(Operation.PRINT_JOB, 1, [(ipp.OPERATION, head)], PAGE)
            assert simulated.printer.obey(ipp.write(job)).first("job-id") == 1

        later(1.2, another_after_the_cut)
        done = await driver.print_document(NOTICE, Deadline.after(30))
        assert done.confirmed is None
        await driver.poll(Deadline.after(5))
        await asyncio.sleep(10)
        assert [(job["name"], job["state"]) for job in simulated.jobs()][-1] == ("theirs", "completed")


@virtual
async def test_completed_means_nothing_from_a_printer_that_says_it_at_once() -> None:
    async with in_memory(IppSettings(completed="taken")) as (driver, _, _):
        done = await driver.print_document(NOTICE, Deadline.after(20))
        assert done == Completion(CompletionCode.SUCCESS, None, "taken")


@virtual
async def test_a_silent_printer_is_silent_in_time() -> None:
    async with in_memory() as (driver, simulated, _):
        simulated.fault("silent")
        deadline = Deadline.after(3)
        with pytest.raises(Silent):
            await driver.poll(deadline)
        assert asyncio.get_running_loop().time() == pytest.approx(deadline.at)


def test_a_document_does_not_show_what_stands_in_it() -> None:
    assert "PDF" not in repr(NOTICE)
