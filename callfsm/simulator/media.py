"""Media items as they are heard: what, and for how long; and the player that lets an ear hear them."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from callfsm.simulator.clock import Clock, Timers
from callfsm.simulator.hearing import Ear, Sound
from callfsm.simulator.settings import Settings

_TEXT_KEYS: Final = {"tts": "text", "audio": "url", "silence": "", "ringtone": "name"}


class Item(NamedTuple):
    """One media item."""

    kind: str
    text: str
    seconds: float


def items(media: Sequence[dict[str, Any]], settings: Settings) -> list[Item]:
    """Media items that have been checked, with how long each is."""
    return [_item(medium["type"], medium.get("params") or {}, settings) for medium in media]


def _item(kind: str, params: dict[str, Any], settings: Settings) -> Item:
    text = str(params.get(_TEXT_KEYS[kind], ""))
    seconds = {
        "tts": speech_seconds(text, settings),
        "audio": settings.audio_seconds,
        "silence": params.get("duration", 0.0),
        "ringtone": params.get("duration", settings.ringtone_seconds),
    }[kind]
    return Item(kind, text, float(seconds))


def speech_seconds(text: str, settings: Settings) -> float:
    """How long it takes to say this."""
    return max(settings.least_speech_seconds, len(text) * settings.seconds_per_character)


class Player:
    """Lets an ear hear some items, one after the other, over and over when so asked."""

    def __init__(
        self, clock: Clock, ear: Ear, playlist: Sequence[Item], *, loops: int = 1, done: Callable[[], None]
    ) -> None:
        self._timers = Timers(clock)
        self._ear = ear
        self._playlist = playlist
        self._items_left = len(playlist) * loops if loops else None
        self._done = done
        self._next = 0
        self._sound: Sound | None = None

    def start(self) -> None:
        """Let the next item be heard; after the last one, it is done."""
        if self._items_left == 0:
            self._sound = None
            self._done()
            return
        if self._items_left is not None:
            self._items_left -= 1
        item = self._playlist[self._next % len(self._playlist)]
        self._next += 1
        self._sound = self._ear.begin(item.kind, item.text, item.seconds)
        self._timers.start("item", item.seconds, self.start)

    def pause(self) -> None:
        """Stop where it is, until it is resumed."""
        self._timers.cancel_all()
        if self._sound is not None:
            self._ear.halt(self._sound)

    def resume(self) -> None:
        """Go on from where it was paused."""
        assert self._sound is not None, "what is paused has something to go on with"
        self._ear.go_on(self._sound)
        self._timers.start("item", self._sound.left, self.start)

    def stop(self) -> None:
        """Stop for good; it is not reported as done."""
        self.pause()
        self._sound = None
