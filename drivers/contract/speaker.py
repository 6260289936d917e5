"""What calls tickets aloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from drivers.contract.driver import Driver
from drivers.contract.states import Completion, Reason, Severity

if TYPE_CHECKING:
    from drivers.deadline import Deadline

VOICE_MISSING = Reason("voice-missing", Severity.WARNING)
"""Nothing here can speak: a chime sounds, no words."""
CLIPS_UNUSABLE = Reason("voice-clips-unusable", Severity.WARNING)
"""Some recorded clips cannot be played: the synthetic voice says the sentences that need them."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How one listener wants it: ``volume`` in percent of what is recorded, ``speed`` in words a minute."""

    volume: int
    speed: int

    def __post_init__(self) -> None:
        if not 0 <= self.volume <= 100 or not 80 <= self.speed <= 450:
            raise ValueError(f"{self} → give a volume of 0 to 100 and a speed of 80 to 450")


@runtime_checkable
class Interruptible(Protocol):
    """A speaker that can be told to be silent in the middle of a sentence."""

    def cut_off(self) -> None:
        """End what sounds now: its verb is completed as *canceled*. Never waits; nothing when nothing sounds."""


class Speaker(Driver, Protocol):
    """Sounds a chime and says sentences, one thing at a time; a verb ends when its last sound has been played.

    ``confirmed`` stays None: a sound card knows what it has played, not whether a loudspeaker hangs on it.
    """

    async def chime(self, deadline: Deadline) -> Completion:
        """Sound the chime, when there is one. Raises one of the four."""

    async def speak(
        self, text: str, language: str, deadline: Deadline, pace: float = 1.0, manner: Manner | None = None
    ) -> Completion:
        """Say one sentence in ``zh-CN``, ``en`` or ``yue``, when there is a voice. Raises one of the four.

        ``pace``: times the usual speed, as far as the voice can go and is still understood; recordings keep theirs.
        ``manner``: as one listener wants it, always in the synthetic voice; None: as the settings say.

        Letters and digits are read one by one, a number of at most two digits as a number. Refused with invalid_data
        when the sentence would sound beyond its deadline; nothing of it has sounded then.
        """
