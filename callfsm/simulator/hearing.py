"""What one person on the phone hears, to the word."""

import re
from collections import deque
from collections.abc import Callable
from typing import Final

from callfsm.simulator.clock import Clock

REMEMBERED: Final = 200
"""How many sounds a person remembers; music on hold would otherwise be remembered for ever."""
_MARKUP: Final = re.compile(r"<[^>]*>")
_A_MOMENT: Final = 1e-6


class Sound:
    """Something that is, or was, heard: spoken words, an audio file, a ring tone, digits."""

    def __init__(self, clock: Clock, kind: str, text: str, seconds: float) -> None:
        self._clock = clock
        self.kind = kind
        self.text = " ".join(_MARKUP.sub(" ", text).split())
        self.lowered = self.text.lower()
        self.seconds = seconds
        self._before = 0.0
        self._since: float | None = clock.now()

    @property
    def heard_seconds(self) -> float:
        """How much of it has been heard."""
        running = 0.0 if self._since is None else self._clock.now() - self._since
        return min(self._before + running, self.seconds)

    @property
    def running(self) -> bool:
        """Whether more of it is being heard now."""
        return self._since is not None and self.heard_seconds < self.seconds

    @property
    def left(self) -> float:
        """How many seconds of it have not been heard."""
        return self.seconds - self.heard_seconds

    @property
    def heard(self) -> str:
        """The part of the text that has been heard; what is not speech is heard at once."""
        if self.kind != "tts":
            return self.text
        share = 1.0 if self.left <= _A_MOMENT else self.heard_seconds / self.seconds
        return self.text[: int(share * len(self.text) + _A_MOMENT)]

    def halt(self) -> None:
        """It is paused, or cut off."""
        self._before = self.heard_seconds
        self._since = None

    def go_on(self) -> None:
        """It is heard again from where it was paused."""
        self._since = self._clock.now()

    def until(self, end: int) -> float:
        """In how many seconds its text will have been heard up to here; not positive when it has been."""
        if self.kind != "tts":
            return 0.0
        return self.seconds * end / max(len(self.text), 1) - self.heard_seconds


class Ear:
    """All that one person has heard, and how far they have attended to it."""

    def __init__(self, clock: Clock, notify: Callable[[], None], began: Callable[[Sound], None]) -> None:
        self._clock = clock
        self._began = began
        self._notify = notify
        self._sounds: deque[Sound] = deque(maxlen=REMEMBERED)
        self._attended: tuple[Sound | None, int] = (None, 0)
        self._later: deque[Sound] = deque(maxlen=REMEMBERED)
        """What has begun after the words that were attended to last."""

    def begin(self, kind: str, text: str, seconds: float) -> Sound:
        """Something begins to be heard."""
        sound = Sound(self._clock, kind, text, seconds)
        self._sounds.append(sound)
        if kind != "silence":
            self._later.append(sound)
        self._began(sound)
        self._notify()
        return sound

    def halt(self, sound: Sound) -> None:
        """A sound is paused, or cut off."""
        sound.halt()
        self._notify()

    def go_on(self, sound: Sound) -> None:
        """A paused sound is heard again."""
        sound.go_on()
        self._notify()

    def until_heard(self, words: str) -> float | None:
        """In how many seconds these words will have been heard: not positive when they have been.

        ``None`` when nothing that is being heard holds them. Only what comes after the words that were
        attended to last counts.
        """
        place = self._find(words)
        if place is None:
            return None
        sound, end = place
        return sound.until(end)

    def attend(self, words: str) -> None:
        """Take these words as heard: what is listened for next comes after them."""
        found = self._find(words)
        if found is not None:
            self._attended = found
            while self._later and found[0] in self._later:
                self._later.popleft()

    def heard(self) -> list[str]:
        """Everything that has been heard, each sound as far as it was heard."""
        return [sound.heard for sound in self._sounds if sound.kind != "silence"]

    def unattended(self) -> list[str]:
        """What has been heard after the words that were attended to last."""
        return [text for sound, start in self._ahead() if (text := sound.heard[start:].strip())]

    def _ahead(self) -> list[tuple[Sound, int]]:
        attended, end = self._attended
        later = [(sound, 0) for sound in self._later]
        return later if attended is None else [(attended, end), *later]

    def _find(self, words: str) -> tuple[Sound, int] | None:
        wanted = " ".join(words.split()).lower()
        for sound, start in self._ahead():
            found = sound.lowered.find(wanted, start)
            end = found + len(wanted)
            # What was paused before it came to these words may never come to them: they are not there yet.
            if found >= 0 and (sound.running or sound.until(end) <= _A_MOMENT):
                return sound, end
        return None
