"""Simulated live transcription and translation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from callfsm.simulator.attending import Attendant

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg

_CONFIDENCE: Final = 0.93
_ROLE: Final = "remote-caller"


class LiveText(Attendant):
    """What is said becomes text; at its end, or when the call ends, the whole of it is told."""

    event: str
    """What the types of its events begin with."""

    def __init__(self, leg: Leg, start: dict[str, Any]) -> None:
        self.leg = leg
        self.start = start
        self.said: list[dict[str, Any]] = []

    def speech_ends(self, words: str) -> None:
        """It is written down, and told."""
        self.said.append({"role": _ROLE, "content": words, "confidence": _CONFIDENCE, "language": self.language})
        self.tell_words(words)

    def call_ending(self) -> None:
        """It ends with the call."""
        self.stop()

    @property
    def language(self) -> str:
        """The language that is spoken."""
        raise NotImplementedError

    @property
    def summary(self) -> str:
        """What was said, in short."""
        return " ".join(entry["content"] for entry in self.said)

    def tell_words(self, words: str) -> None:
        """Tell what has just been said."""
        raise NotImplementedError

    def summarize(self) -> None:
        """Tell what has been said until now."""
        raise NotImplementedError

    def stop(self) -> None:
        """Tell all that was said."""
        raise NotImplementedError

    def tell(self, event: str, params: dict[str, Any]) -> None:
        """Tell the call something."""
        settings = self.leg.exchange.settings
        call = {"project_id": settings.project, "space_id": settings.space, "call_id": self.leg.call_id}
        kinds = {"content_type": "text/json", "content_disposition": event}
        info = {"call_info": call | kinds | {"conversation_type": "voice"}, "channel_data": call | kinds}
        self.leg.tell(f"{self.event}.{event}", params | info)


class LiveTranscription(LiveText):
    """What the caller says, as text."""

    event = "calling.ai.transcribe"

    @property
    def language(self) -> str:
        """The language that is spoken."""
        return str(self.start["lang"])

    def tell_words(self, words: str) -> None:
        """Tell an utterance."""
        utterance = {
            "role": _ROLE,
            "content": words,
            "lang": self.language,
            "utterance_id": self.leg.exchange.new_id(),
            "timestamp": self.leg.exchange.milliseconds() * 1000,
            "confidence": _CONFIDENCE,
            "tokens": len(words.split()),
            "char_count": len(words),
            "word_count": len(words.split()),
        }
        self.tell("utterance", {"utterance": utterance, "confidence": _CONFIDENCE})

    def summarize(self) -> None:
        """Tell what has been said until now."""
        self.tell("live_summarize", {"conversation_log": self.said, "conversation_summary": self.summary})

    def stop(self) -> None:
        """Tell all that was said."""
        told: dict[str, Any] = {"conversation_log": self.said, "metrics": {"total_utterances": len(self.said)}}
        if self.start.get("ai_summary"):
            told["conversation_summary"] = self.summary
        self.tell("conversation_log", told)


class LiveTranslation(LiveText):
    """What the caller says, in another language: the words stand as they are, after the language's name."""

    event = "calling.ai.translate"

    @property
    def language(self) -> str:
        """The language that is spoken."""
        return str(self.start["from_lang"])

    def tell_words(self, words: str) -> None:
        """Tell the words and their translation."""
        spoken = {"language": self.language, "delta": words}
        translated = {"language": self.start["to_lang"], "delta": self._translated(words)}
        self.tell("transcript_delta", {"input_utterance": spoken, "output_utterance": translated})

    def summarize(self) -> None:
        """Tell what has been said until now, in both languages."""
        summaries = {
            "primary_conversation_summary": self.summary,
            "secondary_conversation_summary": self._translated(self.summary),
        }
        self.tell("live_summary", summaries | self._logs())

    def stop(self) -> None:
        """Tell all that was said, in both languages."""
        data = {"from_language": self.language, "to_language": self.start["to_lang"], "role": _ROLE}
        self.tell("conversation_log", self._logs() | {"translate_data": {_ROLE: data}})

    def inject(self, message: str) -> None:
        """Let the caller hear something, translated."""
        self.leg.hear_speech(self._translated(message))

    def _translated(self, words: str) -> str:
        return f"[{self.start['to_lang']}] {words}"

    def _logs(self) -> dict[str, Any]:
        translated = [
            {"role": _ROLE, "content": self._translated(entry["content"]), "language": self.start["to_lang"]}
            for entry in self.said
        ]
        return {"primary_conversation_log": self.said, "secondary_conversation_log": translated}
