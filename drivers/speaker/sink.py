"""Where sound goes: a sound card by ALSA's aplay, in a child process because a broken card can hang whoever writes.

PulseAudio and PipeWire are reached by the ALSA name ``pulse`` or ``default`` (libasound2-plugins, pipewire-alsa).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from drivers.contract import CompletionCode, Gone, Refused, Remedy
from drivers.deadline import Deadline
from drivers.speaker import program
from drivers.speaker.sound import RATE

PROGRAM, PACKAGE = "aplay", "alsa-utils"
BUFFER_MICROSECONDS = 300_000
"""PulseAudio would take two seconds by itself, and a sentence has ended only when its buffer is empty."""


class Sink(Protocol):
    """Plays sound of drivers.speaker.sound."""

    async def check(self, deadline: Deadline) -> None:
        """Whether it could play now. Raises Gone, Silent, Refused."""

    async def play(self, pcm: bytes, deadline: Deadline, said: str = "") -> None:
        """Play all of it; ends when the last sample has been played. ``said``: what it says, for sinks that keep it.

        Raises Gone, Silent, Refused.
        """

    async def close(self) -> None:
        """Let go of it. Never raises."""


@dataclass(frozen=True, slots=True)
class SoundCard:
    """An ALSA device by its name: ``default``, ``plughw:CARD=PCH``, ``pulse``. Held only while something sounds.

    | what aplay complains of | becomes |
    |---|---|
    | busy: another program plays | Refused, device_not_ready |
    | may not be opened | Refused, remedy configuration: the group audio |
    | rate, format or channels not available | Refused, remedy configuration: a plughw name |
    | anything else: no such device, unplugged while playing | Gone |
    """

    device: str
    program: str = PROGRAM

    async def check(self, deadline: Deadline) -> None:
        """Open it and play nothing. Raises Gone, Silent, Refused."""
        await self.play(b"", deadline)

    async def play(self, pcm: bytes, deadline: Deadline, said: str = "") -> None:  # noqa: ARG002 - heard, not kept
        """Play all of it. Raises Gone, Silent, Refused."""
        form = ["-t", "raw", "-f", "S16_LE", "-r", str(RATE), "-c", "1", f"--buffer-time={BUFFER_MICROSECONDS}"]
        try:
            ended = await program.run([self.program, "-q", "-D", self.device, *form, "-"], pcm, 0, deadline)
        except OSError:
            raise program.not_installed(self.program, PACKAGE) from None
        if ended.code:
            raise self._fault(ended.complaint)

    async def close(self) -> None:
        """Nothing is held."""

    def _fault(self, complaint: str) -> Gone | Refused:
        for words, code, remedy, advice in _COMPLAINTS:
            if any(word in complaint for word in words):
                return Refused(f"sound device {self.device}: {words[0]} → {advice}", code, remedy)
        last = complaint.strip().splitlines()[-1:] or ["it ended"]
        return Gone(f"sound device {self.device}: {last[0]}")


_COMPLAINTS = (
    (
        ("Device or resource busy",),
        CompletionCode.DEVICE_NOT_READY,
        Remedy.CLEAR,
        "end the other program that plays, or give a name that mixes (dmix)",
    ),
    (
        ("Permission denied",),
        CompletionCode.DEVICE_NOT_READY,
        Remedy.CONFIGURATION,
        "put the service's user into the group audio",
    ),
    (
        ("not available", "non available"),
        CompletionCode.UNSUPPORTED_COMMAND,
        Remedy.CONFIGURATION,
        "give a plughw name: it converts",
    ),
)
