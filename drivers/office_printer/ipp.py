"""An office printer that speaks IPP: says how it is, prints documents, and says whether they really came out.

| printer-state-reasons (any ending)                              | reason           |
|-----------------------------------------------------------------|------------------|
| media-empty, input-tray-missing                                 | media-empty      |
| media-low                                                       | media-low        |
| media-needed: paper of this size is in no tray                  | media-needed     |
| media-jam                                                       | media-jam        |
| cover-open, door-open, interlock-open                           | cover-open       |
| toner-low, marker-supply-low, developer-low                     | toner-low        |
| toner-empty, marker-supply-empty, developer-empty               | toner-empty      |
| output-area-full, output-tray-missing                           | output-area-full |
| fuser-over-temp                                                 | head-over-temp   |
| paused, moving-to-paused                                        | paused           |
| shutdown, stopping, timed-out, offline                          | offline          |
| marker-waste-full, opc-life-over, other                         | hardware-failure |
| every other keyword                                             | as it is         |

-report, -warning, -error tell the severity; a keyword without an ending has the one of its reason. printer-state
stopped, or any error, accepts nothing.

| the job                                                          | confirmed |
|------------------------------------------------------------------|-----------|
| completed                                                        | True      |
| completed, but queued-in-device or job-completed-with-errors     | None      |
| canceled or aborted, and it counts that no sheet came out        | False     |
| canceled or aborted with sheets out, or it counts none           | None      |
| the document was refused                                         | False     |
| unfinished at the deadline: canceled, then as above              |           |
| forgotten, or no word of it any more (power, link)               | None      |
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from drivers.contract import (
    PWG_RASTER,
    Abilities,
    Completion,
    CompletionCode,
    DeviceFault,
    Document,
    Identity,
    Reason,
    Refused,
    Remedy,
    State,
)
from drivers.deadline import Deadline
from drivers.office_printer import ipp_operations as ipp
from drivers.office_printer.ipp_client import VERSIONS, IppClient, Port, accepted
from drivers.office_printer.ipp_job import Ending, Jobs
from drivers.office_printer.ipp_message import Attribute, Group, GroupTag, Message
from drivers.office_printer.ipp_operations import Operation
from drivers.office_printer.ipp_reasons import NOT_TAKEN, printer_state, refusal
from drivers.office_printer.ipp_settings import IppSettings
from drivers.registry import SettingsProblem

__all__ = ["IppPrinter", "IppSettings"]

CALL_BACK_SECONDS = 8.0
"""Kept of a deadline for calling back what is not out; a quarter of it at most."""


class IppPrinter:
    """A drivers.contract.OfficePrinter."""

    Settings = IppSettings
    family: ClassVar[str] = "office_printer"
    reads: ClassVar[str] = "ipp"
    poll_seconds = 10.0

    def __init__(self, settings: IppSettings, port: Port) -> None:
        self._settings = settings
        self._client = IppClient(port)
        self._jobs = Jobs(self._client)
        self._operations: frozenset[int] = frozenset()
        self.abilities = Abilities()
        self._told = Identity()

    @classmethod
    def at(cls, settings: IppSettings, place: str) -> IppPrinter:
        """The driver of the printer at this URI. Raises SettingsProblem."""
        from drivers.office_printer.ipp_port import (
            IppPort,
            PrinterUri,
        )  # here: a box without such a printer has no need

        try:
            uri = PrinterUri.of(place)
        except ValueError as wrong:
            what, _, remedy = str(wrong).partition(" → ")
            raise SettingsProblem("line", what, remedy) from None
        if uri.tls is not bool(settings.certificate):
            what = "ipps without the printer's certificate" if uri.tls else "a certificate, and a line without TLS"
            raise SettingsProblem("certificate", what, "give ipps: and certificate, or neither")
        try:
            return cls(settings, IppPort(uri, settings.certificate))
        except ValueError as wrong:
            what, _, remedy = str(wrong).partition(" → ")
            raise SettingsProblem("certificate", what, remedy) from None

    @property
    def plain_apart(self) -> bool:
        """Whether a plain page can never be printed on a numbered sheet."""
        return self._settings.plain_apart()

    async def open(self, deadline: Deadline) -> State:
        """Ask what the printer is and can. Raises one of the four."""
        try:
            for self._client.version in VERSIONS:
                answer = await self._asked(deadline, *ipp.WHAT_IT_CAN)
                if answer.code != ipp.VERSION_NOT_SUPPORTED:
                    break
            told = accepted(answer).of(GroupTag.PRINTER)
            state = printer_state(told)
            self._learn(told)
            await self._jobs.call_back(deadline)
        except BaseException:
            await self._client.close()
            raise
        return state

    async def poll(self, deadline: Deadline) -> State:
        """How the printer is. Raises one of the four."""
        state = printer_state(accepted(await self._asked(deadline)).of(GroupTag.PRINTER))
        await self._jobs.call_back(deadline)
        return state

    async def close(self) -> None:
        """Hang up."""
        await self._client.close()

    async def print_document(self, document: Document, deadline: Deadline) -> Completion:
        """Print it once. Raises one of the four only while no byte of it has left."""
        template = self._template(document)
        if document.format not in self.abilities.formats:
            what = f"the printer takes no {document.format}"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION)
        if not (await self.poll(deadline)).accepting:
            raise Refused("the printer cannot print now", CompletionCode.DEVICE_NOT_READY, Remedy.CLEAR)
        about = (
            ipp.a_name("job-name", self._jobs.name_for(document.name)),
            ipp.boolean("ipp-attribute-fidelity", self._settings.fidelity),
        )
        kind = ipp.media_type("document-format", document.format)
        if Operation.VALIDATE_JOB in self._operations:
            accepted(await self._client.ask(Operation.VALIDATE_JOB, deadline, (*about, kind), template))
        if {Operation.CREATE_JOB, Operation.SEND_DOCUMENT} <= self._operations:
            return await self._in_two_steps(document, about, template, deadline)
        return await self._at_once(document, (*about, kind), template, deadline)

    async def _in_two_steps(
        self,
        document: Document,
        about: Sequence[Attribute],
        template: Sequence[Attribute],
        deadline: Deadline,
    ) -> Completion:
        """The job has its number before the document leaves: a lost answer can be asked for again."""
        job = ipp.job_id(accepted(await self._client.ask(Operation.CREATE_JOB, deadline, about, template)))
        self._jobs.begun(job)
        target = (
            ipp.integer("job-id", job),
            ipp.media_type("document-format", document.format),
            ipp.boolean("last-document", True),
        )
        try:
            sending = _patience(deadline)
            answer = await self._client.ask(Operation.SEND_DOCUMENT, sending, target, document=document.data)
        except DeviceFault as fault:
            if not fault.sent:
                raise
            return await self._end_of(job, deadline)
        if answer.code in NOT_TAKEN:
            await self._jobs.cancel(job, deadline)
            return Completion(refusal(answer.code).code, False, "refused", await self._reasons(deadline))
        return await self._end_of(job, deadline)

    async def _at_once(
        self,
        document: Document,
        about: Sequence[Attribute],
        template: Sequence[Attribute],
        deadline: Deadline,
    ) -> Completion:
        """A lost answer leaves it open for ever: nobody knows the job's number."""
        try:
            sending = _patience(deadline)
            answer = await self._client.ask(Operation.PRINT_JOB, sending, about, template, document.data)
            if answer.code not in ipp.OK:
                confirmed = False if answer.code in NOT_TAKEN else None
                return Completion(refusal(answer.code).code, confirmed, "refused", await self._reasons(deadline))
            job = ipp.job_id(answer)
        except DeviceFault as fault:
            if not fault.sent:
                raise
            return Completion(CompletionCode.TIME_OUT, None, "sent")
        self._jobs.begun(job)
        return await self._end_of(job, deadline)

    async def _end_of(self, job: int, deadline: Deadline) -> Completion:
        """Wait for a final state; what has none in time is called back."""
        end = await self._jobs.ended(job, _patience(deadline))
        if end is None and await self._jobs.cancel(job, deadline):
            end = await self._jobs.ended(job, deadline)
        how = end or Ending(CompletionCode.TIME_OUT, None)
        if how.confirmed and self._settings.completed == "taken":
            return Completion(how.code, None, "taken")
        reasons = frozenset[Reason]() if how.confirmed else await self._reasons(deadline)
        return Completion(how.code, how.confirmed, "job-state" if end else "sent", reasons)

    async def identity(self, _deadline: Deadline) -> Identity:
        """As it told at the last opening: nobody need ask again."""
        return self._told

    async def _reasons(self, deadline: Deadline) -> frozenset[Reason]:
        """Why nothing came out, as far as the printer says."""
        try:
            return (await self.poll(deadline)).reasons
        except DeviceFault:
            return frozenset()

    async def _asked(self, deadline: Deadline, *more: str) -> Message:
        wanted = ipp.keywords("requested-attributes", *ipp.HOW_IT_IS, *more)
        return await self._client.ask(Operation.GET_PRINTER_ATTRIBUTES, deadline, (wanted,))

    def _learn(self, told: Group) -> None:
        self._operations = ipp.numbers(told, "operations-supported")
        formats, dots = ipp.words(told, "document-format-supported"), ipp.raster_dpi(told)
        if dots is None:
            formats -= {PWG_RASTER}
        self.abilities = Abilities(formats, dots if PWG_RASTER in formats else None)
        firmware = ipp.words(told, "printer-firmware-string-version")
        maker_and_model = ipp.words(told, "printer-make-and-model")
        self._told = Identity(model=" ".join(maker_and_model), firmware=" ".join(sorted(firmware)))

    def _template(self, document: Document) -> tuple[Attribute, ...]:
        media = self._settings.paper(document.stock)
        if media is None:
            what = "no tray of this printer holds the hall's numbered paper"
            raise Refused(what, CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION)
        # Numbered sheets carry one page each; a printer's own wish may be to print on both sides.
        sides = (ipp.keywords("sides", "one-sided"),) if document.stock == "special" else ()
        copies = (ipp.integer("copies", document.copies),) if document.copies > 1 else ()
        return (media.attribute(), *sides, *copies)


def _patience(deadline: Deadline) -> Deadline:
    """Until when the job may take its time; what is left is for calling it back."""
    return Deadline(deadline.at - min(CALL_BACK_SECONDS, deadline.left() / 4))
