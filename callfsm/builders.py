"""Builders of what commands take, with units and ranges: ``tts("Hello")`` for
``{"type": "tts", "params": {"text": "Hello"}}``.

What is left out is not sent. The checks are those of the commands themselves: a value that the server
would refuse is a `ValueError` when the command is given.
"""

from typing import Any, Literal, TypeVar

from callfsm.shapes import (
    AudioMedia,
    CallDevice,
    Collect,
    CollectDigits,
    CollectSpeech,
    PhoneDevice,
    QueueDevice,
    RecordAudio,
    RingtoneMedia,
    SilenceMedia,
    SipDevice,
    TtsMedia,
)

Shape = TypeVar("Shape")


def _given(_shape: type[Shape], **values: Any) -> Shape:
    # TypedDicts are dicts: what was given, and nothing else.
    given: Any = {name: value for name, value in values.items() if value is not None}
    shaped: Shape = given
    return shaped


def tts(
    text: str,
    *,
    language: str | None = None,
    gender: Literal["male", "female"] | None = None,
    voice: str | None = None,
) -> TtsMedia:
    """Words, or SSML, to speak; in ``language`` (a tag, ``en-US``), by ``gender``, or by a named ``voice``."""
    params = {"text": text, "language": language, "gender": gender, "voice": voice}
    return _given(TtsMedia, type="tts", params=_given(dict, **params))


def audio(url: str) -> AudioMedia:
    """A sound file at an http or https address."""
    return {"type": "audio", "params": {"url": url}}


def silence(duration: float) -> SilenceMedia:
    """Silence for ``duration`` seconds."""
    return {"type": "silence", "params": {"duration": duration}}


def ringtone(name: str, *, duration: float | None = None) -> RingtoneMedia:
    """A country's ringing tone, such as ``us``, ``uk`` or ``de``, for ``duration`` seconds."""
    return _given(RingtoneMedia, type="ringtone", params=_given(dict, name=name, duration=duration))


def phone(to: str, from_: str | None = None, *, timeout: int | None = None, **more: Any) -> PhoneDevice:
    """A telephone to call: ``to`` and ``from_`` in E.164; ``timeout`` is the ring time in seconds (30)."""
    params = _given(dict, to_number=to, from_number=from_, timeout=timeout, **more)
    return _given(PhoneDevice, type="phone", params=params)


def sip(to: str, from_: str | None = None, *, timeout: int | None = None, **more: Any) -> SipDevice:
    """A SIP endpoint to call: ``to`` and ``from_`` are SIP URIs; ``timeout`` is the ring time in seconds (30)."""
    params = _given(dict, to=to, timeout=timeout, **{"from": from_}, **more)
    return _given(SipDevice, type="sip", params=params)


def other_call(node_id: str, call_id: str) -> CallDevice:
    """Another call that is up, to connect this one to."""
    return {"type": "call", "params": {"node_id": node_id, "call_id": call_id}}


def queue(node_id: str, queue_name: str, *, queue_id: str | None = None) -> QueueDevice:
    """The next call in a queue, to connect this one to."""
    params = _given(dict, node_id=node_id, queue_name=queue_name, queue_id=queue_id)
    return _given(QueueDevice, type="queue", params=params)


def digits(
    max: int,  # noqa: A002  # the wire's own word
    *,
    terminators: str | None = None,
    digit_timeout: float | None = None,
) -> CollectDigits:
    """Take at most ``max`` digits (at least 1); ``digit_timeout`` is the gap allowed, in seconds (5)."""
    return _given(CollectDigits, max=max, terminators=terminators, digit_timeout=digit_timeout)


def speech(
    *,
    language: str | None = None,
    hints: list[str] | None = None,
    end_silence_timeout: float | None = None,
    speech_timeout: float | None = None,
    model: str | None = None,
) -> CollectSpeech:
    """Take speech: ended by so much silence (seconds, 1), at most ``speech_timeout`` long (seconds, 60)."""
    return _given(
        CollectSpeech,
        language=language,
        hints=hints,
        end_silence_timeout=end_silence_timeout,
        speech_timeout=speech_timeout,
        model=model,
    )


def collect(
    *,
    digits: CollectDigits | None = None,
    speech: CollectSpeech | None = None,
    initial_timeout: float | None = None,
) -> Collect:
    """What a prompt takes: digits, speech or both; ``initial_timeout`` seconds (4) for the first of it."""
    return _given(Collect, digits=digits, speech=speech, initial_timeout=initial_timeout)


def recording(
    *,
    beep: bool | None = None,
    format: Literal["mp3", "wav", "mp4"] | None = None,  # noqa: A002  # the wire's own word
    stereo: bool | None = None,
    direction: Literal["listen", "speak", "both"] | None = None,
    initial_timeout: float | None = None,
    end_silence_timeout: float | None = None,
    terminators: str | None = None,
    max_length: float | None = None,
) -> RecordAudio:
    """How a call is recorded; times are in seconds, 0 for no limit."""
    return _given(
        RecordAudio,
        beep=beep,
        format=format,
        stereo=stereo,
        direction=direction,
        initial_timeout=initial_timeout,
        end_silence_timeout=end_silence_timeout,
        terminators=terminators,
        max_length=max_length,
    )
