"""What calls tickets aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from drivers.contract.driver import Driver
from drivers.contract.states import Completion, Reason, Severity

if TYPE_CHECKING:
    from drivers.deadline import Deadline

VOICE_MISSING = Reason("voice-missing", Severity.WARNING)
"""Nothing here can speak: a chime sounds, no words."""
CLIPS_UNUSABLE = Reason("voice-clips-unusable", Severity.WARNING)
"""Some recorded clips cannot be played: the synthetic voice says the sentences that need them."""


class Speaker(Driver, Protocol):
    """Sounds a chime and says sentences, one thing at a time; a verb ends when its last sound has been played.

    ``confirmed`` stays None: a sound card knows what it has played, not whether a loudspeaker hangs on it.
    """

    async def chime(self, deadline: Deadline) -> Completion:
        """Sound the chime, when there is one. Raises one of the four."""

    async def speak(self, text: str, language: str, deadline: Deadline, pace: float = 1.0) -> Completion:
        """Say one sentence in ``zh-CN``, ``en`` or ``yue``, when there is a voice. Raises one of the four.

        ``pace``: times the usual speed, as far as the voice can go and is still understood; recordings keep theirs.
        Letters and digits are read one by one, a number of at most two digits as a number. Refused with invalid_data
        when the sentence would sound beyond its deadline; nothing of it has sounded then.
        """
