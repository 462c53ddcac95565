"""Builders of what commands take, with units and ranges: ``tts("Hello")`` for
``{"type": "tts", "params": {"text": "Hello"}}``.

What is left out is not sent. The checks are those of the commands themselves: a value that the server
would refuse is a `ValueError` when the command is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Unpack

if TYPE_CHECKING:
    from callfsm.shapes import (
        AddressDevice,
        AudioMedia,
        CallDevice,
        Codec,
        Collect,
        CollectDigits,
        CollectSpeech,
        DetectDigit,
        DetectFax,
        DetectMachine,
        LegOptions,
        PhoneDevice,
        PhoneOptions,
        QueueDevice,
        RecordAudio,
        ReferDevice,
        RingtoneMedia,
        RtpDevice,
        SilenceMedia,
        SipDevice,
        SipOptions,
        SpeechEngine,
        SpeechModel,
        StreamDevice,
        StreamOptions,
        Tap,
        TtsMedia,
        WsDevice,
    )


def _given(**values: Any) -> Any:
    # A shape is a dict: what was given, and nothing else.
    return {name: value for name, value in values.items() if value is not None}


def tts(
    text: str,
    *,
    language: str | None = None,
    gender: Literal["male", "female"] | None = None,
    voice: str | None = None,
) -> TtsMedia:
    """Words, or SSML, to speak; in ``language`` (a tag, ``en-US``), by ``gender``, or by a named ``voice``."""
    params = {"text": text, "language": language, "gender": gender, "voice": voice}
    return {"type": "tts", "params": _given(**params)}


def audio(url: str) -> AudioMedia:
    """A sound file at an http or https address."""
    return {"type": "audio", "params": {"url": url}}


def silence(duration: float) -> SilenceMedia:
    """Silence for ``duration`` seconds."""
    return {"type": "silence", "params": {"duration": duration}}


def ringtone(name: str, *, duration: float | None = None) -> RingtoneMedia:
    """A country's ringing tone, such as ``us``, ``uk`` or ``de``, for ``duration`` seconds."""
    return {"type": "ringtone", "params": _given(name=name, duration=duration)}


def phone(
    to: str, from_: str | None = None, *, timeout: int | None = None, **options: Unpack[PhoneOptions]
) -> PhoneDevice:
    """A telephone to call: ``to`` and ``from_`` in E.164; ``timeout`` is the ring time in seconds (30).

    Further: ``max_duration`` and ``confirm_timeout`` (seconds, 0 or more), ``confirm``, ``call_state_url`` and
    ``call_state_events``.
    """
    params = _given(to_number=to, from_number=from_, timeout=timeout, **options)
    return {"type": "phone", "params": params}


def sip(to: str, from_: str | None = None, *, timeout: int | None = None, **options: Unpack[SipOptions]) -> SipDevice:
    """A SIP endpoint to call: ``to`` and ``from_`` are SIP URIs; ``timeout`` is the ring time in seconds (30).

    Further: ``from_name``, ``headers``, ``codecs``, ``webrtc_media``, ``encryption`` (``forbidden``,
    ``mandatory`` or ``optional``), ``username``, ``password``, ``session_timeout`` (seconds), and what `phone`
    takes.
    """
    params = _given(to=to, timeout=timeout, **{"from": from_}, **options)
    return {"type": "sip", "params": params}


def fabric(
    to: str, from_: str | None = None, *, timeout: int | None = None, **options: Unpack[LegOptions]
) -> AddressDevice:
    """A Call Fabric address to call, such as ``/private/desk``; ``timeout`` is the ring time in seconds (30).

    Further: ``confirm``, ``confirm_timeout`` (seconds, 0 or more), ``call_state_url`` and
    ``call_state_events``.
    """
    params = _given(to=to, timeout=timeout, **{"from": from_}, **options)
    return {"type": "fabric", "params": params}


def stream(url: str, **options: Unpack[StreamOptions]) -> StreamDevice:
    """A WebSocket (a wss address) that takes and gives audio, to connect a call to.

    Further: ``name``, ``codec`` (``PCMU``, or such as ``L16@16000h``), ``status_url``, ``status_url_method``
    (``POST`` or ``GET``), ``realtime``, ``authorization_bearer_token`` and ``custom_parameters``.
    """
    return {"type": "stream", "params": _given(url=url, **options)}


def other_call(node_id: str, call_id: str) -> CallDevice:
    """Another call that is up, to connect this one to."""
    return {"type": "call", "params": {"node_id": node_id, "call_id": call_id}}


def queue(
    node_id: str, queue_name: str, *, queue_id: str | None = None, execute_after_queue: str | None = None
) -> QueueDevice:
    """The next call in a queue, to connect this one to; ``execute_after_queue`` is what that call runs after it."""
    params = _given(node_id=node_id, queue_name=queue_name, queue_id=queue_id, execute_after_queue=execute_after_queue)
    return {"type": "queue", "params": params}


def digits(
    max: int,  # noqa: A002  # the wire's own word
    *,
    min: int | None = None,  # noqa: A002  # the wire's own word
    terminators: str | None = None,
    digit_timeout: float | None = None,
) -> CollectDigits:
    """Take at most ``max`` digits (at least 1); ``digit_timeout`` is the gap allowed, in seconds, more than 0 (5).

    ``min`` is the fewest, 0 or more, and for prompts only; a key of ``terminators`` ends the input early.
    """
    made: CollectDigits = _given(max=max, min=min, terminators=terminators, digit_timeout=digit_timeout)
    return made


def speech(
    *,
    language: str | None = None,
    hints: list[str] | None = None,
    end_silence_timeout: float | None = None,
    speech_timeout: float | None = None,
    model: SpeechModel | None = None,
    engine: SpeechEngine | None = None,
) -> CollectSpeech:
    """Take speech: ended by so much silence (seconds, 1), at most ``speech_timeout`` long (seconds, 60).

    Both times are more than 0; ``engine`` is deprecated in favour of ``model``.
    """
    made: CollectSpeech = _given(
        language=language,
        hints=hints,
        end_silence_timeout=end_silence_timeout,
        speech_timeout=speech_timeout,
        model=model,
        engine=engine,
    )
    return made


def collect(
    *,
    digits: CollectDigits | None = None,
    speech: CollectSpeech | None = None,
    initial_timeout: float | None = None,
    start_input_timers: bool | None = None,
    partial_results: bool | None = None,
) -> Collect:
    """What a prompt takes: digits, speech or both; ``initial_timeout`` seconds (4, more than 0) for the first of it.

    ``start_input_timers`` lets that time run from the start; ``partial_results`` asks for interim results too.
    """
    made: Collect = _given(
        digits=digits,
        speech=speech,
        initial_timeout=initial_timeout,
        start_input_timers=start_input_timers,
        partial_results=partial_results,
    )
    return made


def recording(
    *,
    beep: bool | None = None,
    format: Literal["mp3", "wav", "mp4"] | None = None,  # noqa: A002  # the wire's own word
    stereo: bool | None = None,
    direction: Literal["listen", "speak", "both"] | None = None,
    initial_timeout: float | None = None,
    end_silence_timeout: float | None = None,
    terminators: str | None = None,
    input_sensitivity: float | None = None,
    max_length: float | None = None,
) -> RecordAudio:
    """How a call is recorded; times are in seconds, 0 for no limit.

    ``input_sensitivity`` is from 0 (hears nothing) to 100 (hears everything), 44 when left out.
    """
    made: RecordAudio = _given(
        beep=beep,
        format=format,
        stereo=stereo,
        direction=direction,
        initial_timeout=initial_timeout,
        end_silence_timeout=end_silence_timeout,
        terminators=terminators,
        input_sensitivity=input_sensitivity,
        max_length=max_length,
    )
    return made


def answering_machine(
    *,
    initial_timeout: float | None = None,
    end_silence_timeout: float | None = None,
    machine_ready_timeout: float | None = None,
    machine_voice_threshold: float | None = None,
    machine_words_threshold: int | None = None,
    detect_interruptions: bool | None = None,
    detect_message_end: bool | None = None,
) -> DetectMachine:
    """Tell an answering machine from a person, for `Call.detect`; all numbers are more than 0.

    In seconds: ``initial_timeout`` for the first voice (4.5), ``end_silence_timeout`` that ends the greeting
    (1), ``machine_ready_timeout`` until it counts as ended (as long), and ``machine_voice_threshold`` of
    unbroken voice that mean a machine (1.25). ``machine_words_threshold`` is in words (6).
    """
    params = _given(
        initial_timeout=initial_timeout,
        end_silence_timeout=end_silence_timeout,
        machine_ready_timeout=machine_ready_timeout,
        machine_voice_threshold=machine_voice_threshold,
        machine_words_threshold=machine_words_threshold,
        detect_interruptions=detect_interruptions,
        detect_message_end=detect_message_end,
    )
    return {"type": "machine", "params": params}


def fax_tone(tone: Literal["CED", "CNG"] | None = None) -> DetectFax:
    """Listen for a fax machine: ``CED``, the answering tone (when left out), or ``CNG``, the calling one."""
    return {"type": "fax", "params": _given(tone=tone)}


def keys(digits: str | None = None) -> DetectDigit:
    """Listen for keys: those in ``digits``, or any of ``0123456789#*``."""
    return {"type": "digit", "params": _given(digits=digits)}


def tap_audio(direction: Literal["listen", "speak", "both"]) -> Tap:
    """What a tap copies: what the far end hears (``listen``), what it says (``speak``), or both."""
    return {"type": "audio", "params": {"direction": direction}}


def rtp(addr: str, port: int, *, codec: Codec | None = None, ptime: int | None = None) -> RtpDevice:
    """A receiver of RTP packets for a tap: a public IPv4 address and a port (1 to 65535).

    ``ptime`` is how much audio a packet holds, in milliseconds.
    """
    return {"type": "rtp", "params": _given(addr=addr, port=port, codec=codec, ptime=ptime)}


def websocket(uri: str, *, codec: Codec | None = None, rate: int | None = None) -> WsDevice:
    """A receiver of a tap's audio over a WebSocket; ``rate`` is in hertz."""
    return {"type": "ws", "params": _given(uri=uri, codec=codec, rate=rate)}


def refer_to(
    to: str, from_: str | None = None, *, username: str | None = None, password: str | None = None
) -> ReferDevice:
    """A SIP destination for `Call.refer`: ``to`` is a ``sip:`` or ``sips:`` URI."""
    params = _given(to=to, username=username, password=password, **{"from": from_})
    return {"type": "sip", "params": params}
