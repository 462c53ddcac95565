"""What a live transcription or translation is told: an object with exactly one key, or a bare word."""

from typing import Any, Literal, Required, TypedDict

Side = Literal["local-caller", "remote-caller"]
"""Whose words."""


class _LiveParams(TypedDict, total=False):
    direction: Required[list[Side]]
    webhook: str
    live_events: bool
    ai_summary: bool
    ai_summary_prompt: str
    speech_timeout: int
    """Milliseconds; 60,000."""
    vad_silence_ms: int
    """Milliseconds."""
    vad_thresh: int
    """0 to 1800; 400."""
    speech_engine: Literal["deepgram", "google"]


class TranscribeParams(_LiveParams, total=False):
    """How a live transcription is made."""

    lang: Required[str]
    """A language tag."""
    hints: list[str]
    """Words to expect."""
    verbose_utterances: bool


class TranslateParams(_LiveParams, total=False):
    """How a live translation is made."""

    from_lang: Required[str]
    """A language tag."""
    to_lang: Required[str]
    """A language tag."""
    from_voice: str
    """``josh`` when left out."""
    to_voice: str
    """``josh`` when left out."""
    filter_from: str
    """``polite``, ``rude``, ``professional``, ``shakespeare``, ``gen-z``, or ``prompt:`` and a text."""
    filter_to: str
    mode: Literal["classic", "realtime"]


class SummarizeParams(TypedDict, total=False):
    """How a summary is made."""

    webhook: str
    prompt: str


class InjectParams(TypedDict):
    """What is spoken into a translation, and on which side."""

    message: str
    direction: Side


class StartTranscribe(TypedDict):
    """Start a transcription."""

    start: TranscribeParams


class StartTranslate(TypedDict):
    """Start a translation."""

    start: TranslateParams


class StopLive(TypedDict):
    """Stop it."""

    stop: dict[str, Any]


class SummarizeLive(TypedDict):
    """Summarise what was said so far."""

    summarize: SummarizeParams


class InjectTranslate(TypedDict):
    """Speak into a translation."""

    inject: InjectParams


TranscribeOrder = StartTranscribe | StopLive | SummarizeLive | Literal["stop", "summarize"]
"""What a live transcription is told."""

TranslateOrder = StartTranslate | StopLive | SummarizeLive | InjectTranslate | Literal["stop", "summarize"]
"""What a live translation is told."""
