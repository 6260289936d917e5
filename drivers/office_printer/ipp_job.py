"""A job that a printer has: how it goes on, how it ends, how it is called back."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass

from drivers.contract import CompletionCode, DeviceFault
from drivers.deadline import Deadline
from drivers.office_printer import ipp_operations as ipp
from drivers.office_printer.ipp_client import IppClient, accepted
from drivers.office_printer.ipp_operations import JobLook, JobState, Operation

LOOK_SECONDS = 0.5
"""Between two looks at a job; each is an exchange of some 800 bytes."""
ANSWER_SECONDS = 5.0
"""For one look: a printer that is waking up or drawing a page takes its time."""
LOST_SECONDS = 10.0
"""A printer that has said nothing of its job for so long is taken for lost."""

NEVER_KNOWN = frozenset({"queued-in-device", "job-completed-with-errors"})
"""job-state-reasons of a completed job that tell no more than that somebody else has it (RFC 8011 §5.3.8)."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ended; ``confirmed`` as in drivers.contract.Completion."""

    code: CompletionCode
    confirmed: bool | None


FORGOTTEN = Ending(CompletionCode.HARDWARE_ERROR, None)
"""The printer does not know the job any more: it had no power, or keeps no ended jobs."""
MARK = 4


def ending(look: JobLook) -> Ending:
    """What a job's final state says of its sheets."""
    if look.state == JobState.COMPLETED:
        return Ending(CompletionCode.SUCCESS, None if look.reasons & NEVER_KNOWN else True)
    code = CompletionCode.CANCELED if look.state == JobState.CANCELED else CompletionCode.HARDWARE_ERROR
    return Ending(code, False if look.sheets == 0 else None)


class Jobs:
    """The jobs that one driver has given a printer."""

    def __init__(self, client: IppClient) -> None:
        self._client = client
        self._open: dict[int, str] = {}
        """Those whose end nobody has seen: they must not come out when nobody waits for them. By number, the name that
        the printer first gave it: after a power cut it may count its jobs from 1 again.
        """

    @staticmethod
    def name_for(document: str) -> str:
        """A name that no other job has."""
        return f"{document} {secrets.token_hex(MARK)}"

    def begun(self, job: int) -> None:
        """The printer has made this job."""
        self._open[job] = ""

    async def ended(self, job: int, until: Deadline) -> Ending | None:
        """How it ended; None when that was not to be seen in time. A lost link is tried again for a while."""
        heard_at = until.sooner(LOST_SECONDS)
        while heard_at.left():
            try:
                look = await self._look(job, until.sooner(ANSWER_SECONDS))
            except DeviceFault:
                pass  # it may be back in a moment
            else:
                heard_at = until.sooner(LOST_SECONDS)
                if look is None or look.ended:
                    self._open.pop(job, None)
                    return FORGOTTEN if look is None else ending(look)
            await asyncio.sleep(min(LOOK_SECONDS, until.left()))
        return None

    async def cancel(self, job: int, deadline: Deadline) -> bool:
        """Whether the printer has heard it; one that has ended cannot be canceled, which is as good."""
        soon = deadline.sooner(ANSWER_SECONDS)
        try:
            if await self._look(job, soon) is not None:
                await self._client.ask(Operation.CANCEL_JOB, soon, (ipp.integer("job-id", job),))
        except DeviceFault:
            return False
        self._open.pop(job, None)
        return True

    async def call_back(self, deadline: Deadline) -> None:
        """Cancel what was given up, as far as the printer answers."""
        for job in sorted(self._open):
            if not await self.cancel(job, deadline):
                return

    async def _look(self, job: int, deadline: Deadline) -> JobLook | None:
        """None for a job that the printer does not know any more, or that somebody else's has the number of."""
        about = (ipp.integer("job-id", job), ipp.keywords("requested-attributes", *ipp.HOW_A_JOB_IS))
        answer = await self._client.ask(Operation.GET_JOB_ATTRIBUTES, deadline, about)
        if answer.code in (ipp.NOT_FOUND, ipp.GONE):
            return None
        look = ipp.job_look(accepted(answer))
        first = self._open.get(job) or look.name
        if job in self._open:
            self._open[job] = first
        return look if look.name == first else None
