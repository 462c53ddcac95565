"""What an AI agent is told: its prompt, and how to begin anew."""

from typing import Any, TypedDict


class AIPrompt(TypedDict, total=False):
    """What an agent is to do, in words or as a structured prompt."""

    text: str
    pom: list[dict[str, Any]]
    """A structured prompt: sections with titles and bodies."""
    temperature: float
    top_p: float
    confidence: float
    barge_confidence: float
    presence_penalty: float
    frequency_penalty: float
    model: str


class AIMessageReset(TypedDict, total=False):
    """How an agent begins anew; a message or global data of the same request are left aside."""

    full_reset: bool
    user_prompt: str
    system_prompt: str
