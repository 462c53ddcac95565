"""What can be played: speech, sound files, silence, ringing tones."""

from typing import Literal, NotRequired, TypedDict


class TtsParams(TypedDict):
    """Text to speak."""

    text: str
    """Words, or SSML."""
    language: NotRequired[str]
    """A language tag; ``en-US``."""
    gender: NotRequired[Literal["male", "female"]]
    voice: NotRequired[str]
    """A named voice; it beats language and gender."""


class AudioParams(TypedDict):
    """A sound file."""

    url: str
    """An http or https address."""


class SilenceParams(TypedDict):
    """A pause."""

    duration: float
    """Seconds, more than 0."""


class RingtoneParams(TypedDict):
    """A ringing tone."""

    name: str
    """A country such as ``us`` or ``de``, or ``bong``."""
    duration: NotRequired[float]
    """Seconds, more than 0."""


class TtsMedia(TypedDict):
    """Media that is spoken."""

    type: Literal["tts"]
    params: TtsParams


class AudioMedia(TypedDict):
    """Media that is a sound file."""

    type: Literal["audio"]
    params: AudioParams


class SilenceMedia(TypedDict):
    """Media that is silence."""

    type: Literal["silence"]
    params: SilenceParams


class RingtoneMedia(TypedDict):
    """Media that is a ringing tone."""

    type: Literal["ringtone"]
    params: RingtoneParams


Media = TtsMedia | AudioMedia | SilenceMedia | RingtoneMedia
"""Something to play."""
