"""A loudspeaker on a sound card that sounds a chime and speaks, with a synthetic voice or a hall's own recordings.

| the device | becomes |
|---|---|
| plays | idle |
| no voice installed | `voice-missing`; chimes sound, a sentence is Refused with what to install |
| a recorded clip is torn, too long or of another form | `voice-clips-unusable`; the synthetic voice stands in |
| used by another program | Refused, device_not_ready |
| may not be opened, cannot play our form, aplay not installed | Refused, remedy configuration |
| no such sound device, unplugged | Gone |
| card or voice does not end by the deadline | Silent; the child process is killed |
| the voice gives something else than sound | Garbled |
| cut off by who listens | completed as canceled; the child process is killed, so the card is silent at once |
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Literal

from drivers.contract import (
    CLIPS_UNUSABLE,
    VOICE_MISSING,
    Completion,
    CompletionCode,
    Manner,
    Refused,
    Remedy,
    State,
)
from drivers.deadline import Deadline
from drivers.speaker import chime
from drivers.speaker.clips import Clips
from drivers.speaker.reading import words
from drivers.speaker.sink import Sink, SoundCard
from drivers.speaker.sound import at_volume, seconds
from drivers.speaker.sound_file import SoundFile
from drivers.speaker.voice import Espeak, Voice

PROVEN_SECONDS = 10.0
START_SECONDS = 0.5
"""What a sound card may take beyond the sound itself."""


@dataclass(frozen=True, slots=True)
class SpeakerSettings:
    """``volume``: percent of what is recorded. ``speed``: words a minute. ``clips``: a folder of recordings.

    ``voice = false``: the chime alone. ``digit_one = "yao"``: 幺 for a 1 that is read by itself, in Chinese.
    """

    volume: int = 80
    chime: Literal["ding-dong", "ding", "three-tones", "none"] = "ding-dong"
    voice: bool = True
    speed: int = 150
    digit_one: Literal["yi", "yao"] = "yi"
    clips: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.volume <= 100:
            raise ValueError(f"volume = {self.volume} → give percent, 0 to 100")
        if not 100 <= self.speed <= 300:
            raise ValueError(f"speed = {self.speed} → give words a minute, 100 to 300")
        if self.clips and not Path(self.clips).is_absolute():
            raise ValueError(f"clips = {self.clips!r} → give the folder's whole path, from /")
        if not self.voice and self.chime == "none":
            raise ValueError("voice and chime are both off → leave one, or remove the device")


class SoundSpeaker:
    """A drivers.contract.Speaker."""

    Settings = SpeakerSettings
    family = "speaker"
    reads = "sound"
    poll_seconds = 30.0

    def __init__(self, settings: SpeakerSettings, sink: Sink, voice: Voice | None = None) -> None:
        self._settings = settings
        self._sink = sink
        self._voice = voice or Espeak(settings.speed)
        self._clips = Clips()
        self._proven_until = -inf
        """It has played a moment ago: a check would be a pause between chime and sentence."""
        self._sounding: asyncio.Timeout | None = None
        """Of what sounds now; it runs out when it is cut off."""

    @classmethod
    def at(cls, settings: SpeakerSettings, device: str) -> SoundSpeaker:
        """The driver of the sound device of this ALSA name; of a file, when it is a path."""
        return cls(settings, SoundFile(Path(device)) if device.startswith("/") else SoundCard(device))

    async def open(self, deadline: Deadline) -> State:
        """Look for the card, read the clips. Raises Gone, Silent, Refused."""
        if self._settings.clips and self._settings.voice:
            self._clips = await asyncio.to_thread(Clips.load, Path(self._settings.clips))
        self._proven_until = -inf
        return await self.poll(deadline)

    async def poll(self, deadline: Deadline) -> State:
        """Whether the card could play, as far as it has not just done so. Raises Gone, Silent, Refused."""
        if asyncio.get_running_loop().time() >= self._proven_until:
            await self._sink.check(deadline)
        missing = self._settings.voice and not await asyncio.to_thread(self._voice.is_there)
        return State.of(
            *([VOICE_MISSING] if missing else []),
            *([CLIPS_UNUSABLE] if self._clips.unusable else []),
        )

    async def chime(self, deadline: Deadline) -> Completion:
        """Sound the chime. Raises one of the four."""
        name = self._settings.chime
        return await self._play(chime.chime(name), deadline, name, self._settings.volume)

    async def speak(
        self, text: str, language: str, deadline: Deadline, pace: float = 1.0, manner: Manner | None = None
    ) -> Completion:
        """Say one sentence; clips have one speed, so ``manner`` is the voice's. Raises one of the four."""
        if not self._settings.voice:
            return await self._play(b"", deadline, text, 0)
        try:
            async with asyncio.timeout(None) as self._sounding:
                return await self._say(text, language, deadline, pace, manner)
        except TimeoutError:
            self._proven_until = asyncio.get_running_loop().time() + PROVEN_SECONDS
            return Completion(CompletionCode.CANCELED, None, "cut-off")
        finally:
            self._sounding = None

    def cut_off(self) -> None:
        """End the sentence that is made or sounds now."""
        sounding, self._sounding = self._sounding, None  # it can be told so only once
        if sounding is not None:
            sounding.reschedule(asyncio.get_running_loop().time())

    async def _say(
        self, text: str, language: str, deadline: Deadline, pace: float, manner: Manner | None
    ) -> Completion:
        spoken = words(text, language, yao=self._settings.digit_one == "yao")
        voice, volume = self._voice, self._settings.volume
        pcm = self._clips.join(spoken, language) if manner is None else None
        if manner is not None:
            voice, volume = voice.at_speed(manner.speed), manner.volume
        if pcm is None:
            pcm = await voice.say(spoken, language, deadline, pace)
        return await self._play(pcm, deadline, text, volume)

    async def close(self) -> None:
        """Let go of the card."""
        await self._sink.close()

    async def _play(self, pcm: bytes, deadline: Deadline, said: str, volume: int) -> Completion:
        if not pcm:
            return Completion(CompletionCode.SUCCESS, None, "switched-off")
        if seconds(pcm) + START_SECONDS > deadline.left():
            what = f"it sounds for {seconds(pcm):.1f} s, {deadline.left():.1f} s are left"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.NONE)
        self._proven_until = -inf
        await self._sink.play(await asyncio.to_thread(at_volume, pcm, volume), deadline, said)
        self._proven_until = asyncio.get_running_loop().time() + PROVEN_SECONDS
        return Completion(CompletionCode.SUCCESS, None, "played")
