"""Commands about AI: agents, their sidecars, and live transcription and translation."""

from __future__ import annotations

from typing import Any, Final

from callfsm.simulator import checks
from callfsm.simulator.checks import RefusedError
from callfsm.simulator.commands.asked import Asked
from callfsm.simulator.commands.operation import begin, start
from callfsm.simulator.leg import Leg
from callfsm.simulator.live import LiveText, LiveTranscription, LiveTranslation
from callfsm.simulator.operations import Agent

_OK: Final = "+OK"
_DIRECTIONS: Final = ("local-caller", "remote-caller")
_LANGUAGES: Final = {"live_transcribe": ("lang",), "live_translate": ("from_lang", "to_lang")}


def ai(asked: Asked) -> None:
    """Let an AI agent talk to the caller; one at a time."""
    leg, control_id = start(asked, "ai")
    if not asked.params.get("prompt") and not asked.params.get("agent"):
        raise RefusedError(400, "an AI agent needs a prompt, or the id of an agent")
    no_agent(leg)
    begin(asked, Agent(leg, control_id, summary=bool(asked.params.get("post_prompt"))), "AI started")


def amazon_bedrock(asked: Asked) -> None:
    """Let an AI agent talk to the caller, without a control id: it goes on until the call ends."""
    leg = asked.leg
    asked.permitted(leg, "amazon_bedrock")
    asked.check()
    no_agent(leg)
    asked.accept("AI started", call_id=leg.call_id)
    summary = bool(asked.params.get("post_prompt"))
    Agent(leg, f"bedrock {leg.exchange.new_id()}", summary=summary, named=False).begin()


def no_agent(leg: Leg) -> None:
    """Go on only if no AI agent is on the call.

    Raises:
        RefusedError: One is.
    """
    if _agents(leg):
        raise RefusedError(409, "An AI agent is on the call", unexpected=False)


def _agents(leg: Leg) -> list[Agent]:
    return [operation for operation in leg.open_operations if isinstance(operation, Agent)]


def _agent(asked: Asked, command: str) -> tuple[Leg, Agent]:
    leg = asked.leg
    asked.permitted(leg, command)
    asked.check()
    agents = _agents(leg)
    if not agents:
        raise RefusedError(404, "No AI agent is on the call", unexpected=False)
    return leg, agents[0]


def ai_message(asked: Asked) -> None:
    """Tell the agent something; what the user says it answers."""
    leg, agent = _agent(asked, "ai_message")
    words = asked.params.get("message_text") or ""
    asked.accept(_OK, call_id=leg.call_id)
    if words and asked.params.get("role", "user") == "user" and not asked.params.get("reset"):
        agent.hear_words(words)


def ai_hold(asked: Asked) -> None:
    """Let the agent pause."""
    leg, agent = _agent(asked, "ai_hold")
    asked.accept(_OK, call_id=leg.call_id)
    agent.hold(asked.params.get("prompt") or "", float(asked.params.get("timeout") or 0))


def ai_unhold(asked: Asked) -> None:
    """Let the agent go on."""
    leg, agent = _agent(asked, "ai_unhold")
    asked.accept(_OK, call_id=leg.call_id)
    agent.unhold(asked.params.get("prompt") or "")


def ai_sidecar(asked: Asked) -> None:
    """Let an AI listen in, or tell it something; nothing comes of it."""
    leg = asked.leg
    asked.permitted(leg, "ai_message")
    asked.check()
    asked.accept(_OK, call_id=leg.call_id)


def ai_sidecar_ask(asked: Asked) -> None:
    """Ask the AI that listens in; its answer is an event."""
    leg = asked.leg
    asked.permitted(leg, "ai_message")
    asked.check()
    ask_id = leg.exchange.new_id()
    asked.accept(_OK, call_id=leg.call_id, ask_id=ask_id)
    words = asked.params["text"]
    answer = leg.exchange.settings.agent_answer.format(words=words)
    leg.tell("calling.ai.sidecar", {"sidecar_event": {"type": "answer", "ask_id": ask_id, "text": answer}})


def _live(name: str, make: type[LiveText], asked: Asked) -> None:
    leg = asked.leg
    asked.permitted(leg, name)
    asked.check()
    do, params = _action(asked.params["action"])
    running = leg.attendants.get(name)
    if do == "start":
        _check_start(name, params)
        if running is not None:
            raise RefusedError(409, f"Another {name} is running", unexpected=False)
        asked.accept(_OK, call_id=leg.call_id)
        leg.attendants[name] = make(leg, params)
        return
    if not isinstance(running, LiveText):
        raise RefusedError(409, f"No {name} is running", unexpected=False)
    if do == "inject":
        _inject(asked, running, params)
        return
    asked.accept(_OK, call_id=leg.call_id)
    if do == "stop":
        del leg.attendants[name]
        running.stop()
    else:
        running.summarize()


def _action(action: str | dict[str, Any]) -> tuple[str, dict[str, Any]]:
    told: dict[str, Any] = {action: {}} if isinstance(action, str) else action
    if len(told) != 1 or next(iter(told)) not in ("start", "stop", "summarize", "inject"):
        raise RefusedError(400, f"action must have one key out of start, stop, summarize, inject, not {action!r}")
    ((do, params),) = told.items()
    if not isinstance(params, dict):
        raise RefusedError(400, f"{do} must be an object, not {params!r}")
    return do, params


def _check_start(name: str, params: dict[str, Any]) -> None:
    for key in _LANGUAGES[name]:
        checks.text(params, key)
    directions = params.get("direction")
    if not isinstance(directions, list) or not directions or any(each not in _DIRECTIONS for each in directions):
        raise RefusedError(400, f"direction must be a list of local-caller and remote-caller, not {directions!r}")


def _inject(asked: Asked, running: LiveText, params: dict[str, Any]) -> None:
    if not isinstance(running, LiveTranslation):
        raise RefusedError(400, "only a translation takes inject")
    message = checks.text(params, "message")
    checks.text(params, "direction")
    asked.accept(_OK, call_id=running.leg.call_id)
    running.inject(message)


def live_transcribe(asked: Asked) -> None:
    """Turn what is said into text, as it is said."""
    _live("live_transcribe", LiveTranscription, asked)


def live_translate(asked: Asked) -> None:
    """Translate what is said, as it is said."""
    _live("live_translate", LiveTranslation, asked)
