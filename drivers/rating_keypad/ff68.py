"""A citizen's rating keypad of the FF 68 family on RS-485: one grade in, stars lit or dark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.contract import GradePress, State, Transport
from drivers.deadline import Deadline
from drivers.ff68_ear import REPEAT_MS, Ear
from drivers.ff68_frame import Frame
from drivers.rating_keypad import ff68_codec as codec
from drivers.rating_keypad.levels import WORDS


@dataclass(frozen=True, slots=True)
class KeypadSettings:
    """``address`` 129 to 255. ``mapping``: raw grade → level of GB/T 39735; fewer than five keys need one."""

    address: int
    grades: int = 5
    mapping: Mapping[int, str] = field(default_factory=dict)
    repeat_ms: int = REPEAT_MS

    def __post_init__(self) -> None:
        if not 129 <= self.address <= 255:
            raise ValueError(f"address = {self.address} → rating keypads have 129 to 255 (below are callers)")
        if not 2 <= self.grades <= len(WORDS):
            raise ValueError(f"grades = {self.grades} → give the number of keys, 2 to 5")
        if not 0 <= self.repeat_ms <= 5000:
            raise ValueError(f"repeat_ms = {self.repeat_ms} → give 0 to 5000")
        if not self.mapping and self.grades == len(WORDS):
            object.__setattr__(self, "mapping", dict(enumerate(WORDS)))
        else:
            object.__setattr__(self, "mapping", _checked(self.mapping, self.grades))

    def word(self, grade: int) -> str:
        """The level that this raw grade stands for. Raises KeyError for a key that the pad does not have."""
        return self.mapping[grade]


class Ff68Keypad:
    """A drivers.contract.RatingKeypad. Polling asks nothing of the line; it tells whether the pad was ever heard."""

    Settings = KeypadSettings
    family = "rating_keypad"
    poll_seconds = 10.0

    def __init__(self, settings: KeypadSettings, transport: Transport) -> None:
        self._settings = settings
        self._transport = transport
        self._ear = Ear(transport, settings.address, settings.repeat_ms / 1000)
        self._pressed: Frame | None = None
        """Given to whoever listens and not acknowledged yet; the pad repeats it until it is."""

    async def open(self, deadline: Deadline) -> State:
        """Open the line; the pad itself cannot be asked. Raises Gone, Silent."""
        await self._transport.open(deadline)
        self._ear.start()
        self._pressed = None
        return self._ear.state()

    async def poll(self, deadline: Deadline) -> State:  # noqa: ARG002 - nothing is asked
        """Whether it was heard since it was opened."""
        return self._ear.state()

    async def next_press(self) -> GradePress:
        """The next grade, not yet acknowledged. A key outside the mapping is acknowledged and dropped. Raises Gone."""
        while True:
            frame = await self._ear.next_frame()
            grade = codec.grade(frame)
            if grade is None:
                continue
            fresh = self._ear.is_new(frame)
            if fresh and grade in self._settings.mapping:
                self._ear.remember(frame)
                self._pressed = frame
                return GradePress(grade, self._settings.word(grade))
            if frame == self._pressed:
                self._ear.remember(frame)
            else:
                await self._ear.acknowledge(frame, codec.received(frame.address))

    async def acknowledge(self, press: GradePress, deadline: Deadline) -> None:
        """Tell the pad that its last press was taken. Raises Gone, Silent."""
        frame, self._pressed = self._pressed, None
        if frame is None or codec.grade(frame) != press.grade:
            return
        async with deadline.limit("the line is not free"):
            await self._ear.acknowledge(frame, codec.received(frame.address))

    async def light(self, lit: bool, deadline: Deadline) -> bool:
        """Invite a rating with all stars, or go dark; True: it has a light. Raises Gone, Silent."""
        frame = codec.stars(self._settings.address, codec.ALL_STARS if lit else 0)
        async with deadline.limit("the line is not free"), self._transport.turn():
            await self._transport.write(frame, deadline)
        return True

    async def close(self) -> None:
        """Release the line."""
        await self._transport.close()


def _checked(mapping: Mapping[int, str], grades: int) -> dict[int, str]:
    """The mapping with whole-number keys (TOML has text keys only). Raises ValueError, with the remedy."""
    remedy = f'mapping = {{ 0 = "{WORDS[0]}", … }}, one level for each of the {grades} keys: {", ".join(WORDS)}'
    if not mapping:
        raise ValueError(f"a pad with {grades} grades and no mapping → add {remedy}")
    try:
        checked = {int(grade): word for grade, word in mapping.items()}
    except ValueError:
        raise ValueError(f"mapping has a key that is no raw grade → write {remedy}") from None
    if any(grade not in range(len(WORDS)) for grade in checked):
        raise ValueError(f"mapping has a raw grade outside 0 to 4 → write {remedy}")
    if any(word not in WORDS for word in checked.values()):
        raise ValueError(f"mapping names a level that GB/T 39735 does not have → write {remedy}")
    if len(checked) != grades or len(set(checked.values())) != grades:
        raise ValueError(f"mapping does not give each of the {grades} keys a level of its own → write {remedy}")
    return checked
