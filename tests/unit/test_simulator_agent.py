"""AI agents of the simulator, and what listens in."""

from typing import Any

import pytest
from simulator_wire import PHONE, TTS, Desk, to

from callfsm.simulator.leg import Leg

GREETING = "Hello, how can I help you?"


def agent(desk: Desk, **params: Any) -> Leg:
    """An answered call with an agent on it, which has greeted."""
    leg = desk.answered()
    assert desk.ask(leg, "calling.ai", control_id="a", prompt={"text": "Be kind"}, **params)["code"] == "200"
    desk.clock.pass_(2)
    return leg


def events(desk: Desk) -> list[str]:
    """The short names of what was told of the agent, in order."""
    types = [frame["params"]["event_type"] for frame in desk.phone.frames if frame.get("method") == "signalwire.event"]
    return [name.removeprefix("calling.ai.") for name in types if name.startswith("calling.ai.")]


def test_an_agent_greets() -> None:
    """It begins, speaks, and tells what it has said."""
    desk = Desk()
    leg = agent(desk)

    assert (["start", "begin_speaking", "response_utterance", "response", "completion"], [GREETING]) == (
        events(desk),
        leg.ear.heard(),
    )


def test_an_agent_answers() -> None:
    """What the caller says is told, and answered."""
    desk = Desk()
    leg = agent(desk)
    leg.begin_speaking()
    leg.finish_speaking("a table for two")
    desk.clock.pass_(3)

    (heard,) = desk.phone.events("calling.ai.speech_detect")
    assert ("a table for two", "You said: a table for two", True) == (
        heard["text"],
        leg.ear.heard()[-1],
        "user_speaking" in events(desk),
    )


def test_an_agent_can_be_interrupted() -> None:
    """What it has said until then is told as barged."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.ai", control_id="a", agent="agent-1")
    desk.clock.pass_(0.3)
    leg.begin_speaking()

    (barged,) = desk.phone.events("calling.ai.completion")
    assert ("Hello", "barged") == (barged["text"], barged["type"])


def test_an_agent_is_stopped() -> None:
    """Its session is told to be over, with the summary that was asked for, and then the agent itself."""
    desk = Desk()
    leg = agent(desk, post_prompt={"text": "Sum up"})
    desk.ask(leg, "calling.ai.stop", control_id="a")

    (stopped,) = desk.phone.events("calling.ai.stop")
    assert (["stop", "post_prompt"], ["finished"], 2_000_000) == (
        events(desk)[-2:],
        desk.phone.reports("a"),
        stopped["end_time"] - stopped["start_time"],
    )


def test_an_agent_ends_with_its_call_without_a_word() -> None:
    """Nothing is told of an agent whose call ends, and nothing is left open."""
    desk = Desk()
    leg = agent(desk)
    told = events(desk)
    leg.person_hangs_up()
    desk.clock.pass_(1)

    assert (told, 0) == (events(desk), desk.exchange.statistics.operations_open)


def test_a_message_of_the_user_is_answered() -> None:
    """What is told to the agent as the user's words it answers; the system's words, and a reset, it takes in."""
    desk = Desk()
    leg = agent(desk)
    codes = [
        desk.ask(leg, "calling.ai_message", **params)["code"]
        for params in ({"role": "system", "message_text": "be brief"}, {"reset": {"full_reset": True}}, {})
    ]
    desk.ask(leg, "calling.ai_message", role="user", message_text="hello")
    desk.clock.pass_(3)

    assert (["200"] * 3, [GREETING, "You said: hello"]) == (codes, leg.ear.heard())


def test_an_agent_on_hold_is_deaf() -> None:
    """On hold it says its last word and hears nothing; afterwards it hears again."""
    desk = Desk()
    leg = agent(desk)
    desk.ask(leg, "calling.ai_hold", prompt="One moment")
    leg.begin_speaking()
    leg.finish_speaking("hello?")
    desk.clock.pass_(3)
    desk.ask(leg, "calling.ai_unhold", prompt="I am back")
    desk.clock.pass_(3)
    leg.begin_speaking()
    leg.finish_speaking("fine")
    desk.clock.pass_(3)

    assert [GREETING, "One moment", "I am back", "You said: fine"] == leg.ear.heard()


def test_a_hold_may_have_an_end() -> None:
    """After its timeout the agent hears again, unasked and without a word."""
    desk = Desk()
    leg = agent(desk)
    desk.ask(leg, "calling.ai_hold", timeout="5")
    desk.clock.pass_(6)
    desk.ask(leg, "calling.ai_unhold")
    leg.finish_speaking("fine")
    desk.clock.pass_(3)

    assert [GREETING, "You said: fine"] == leg.ear.heard()


@pytest.mark.parametrize("method", ["ai_message", "ai_hold", "ai_unhold"])
def test_without_an_agent_there_is_nobody_to_tell(method: str) -> None:
    """It gets 404, and is nobody's fault."""
    desk = Desk()

    assert ("404", []) == (desk.ask(desk.answered(), f"calling.{method}")["code"], desk.unexpected)


def test_an_agent_needs_a_prompt() -> None:
    """Without one, or the id of an agent, it gets 400."""
    desk = Desk()

    assert "400" == desk.ask(desk.answered(), "calling.ai", control_id="a")["code"]


def test_an_agent_keeps_others_out() -> None:
    """While it is on the call, a second agent, a bridge and a prompt are conflicts."""
    desk = Desk()
    leg = agent(desk)
    replies = [
        desk.ask(leg, "calling.ai", control_id="b", prompt={"text": "Me too"}),
        desk.ask(leg, "calling.amazon_bedrock", prompt={"text": "Me too"}),
        desk.ask(leg, "calling.connect", devices=[to(PHONE)]),
        desk.ask(leg, "calling.play_and_collect", control_id="c", play=[TTS], collect={"digits": {"max": 1}}),
    ]

    assert (["409"] * 4, []) == ([reply["code"] for reply in replies], desk.unexpected)


def test_bedrock_is_an_agent_without_a_control_id() -> None:
    """It greets and answers like the other, and ends with its call."""
    desk = Desk()
    leg = desk.answered()
    reply = desk.ask(leg, "calling.amazon_bedrock", prompt={"text": "Be kind"}, params={})
    desk.clock.pass_(2)
    leg.finish_speaking("fine")
    desk.clock.pass_(3)
    leg.person_hangs_up()
    desk.clock.pass_(1)

    assert ("200", [GREETING, "You said: fine"], []) == (
        reply["code"],
        leg.ear.heard(),
        desk.phone.events("calling.call.ai"),
    )


def test_bedrock_may_be_made_to_report_last() -> None:
    """When agents report last, one without a control id tells that its session is over, and no more."""
    desk = Desk(last_reports=frozenset({"ai"}))
    leg = desk.answered()
    desk.ask(leg, "calling.amazon_bedrock", prompt="Be kind")
    leg.person_hangs_up()
    desk.clock.pass_(1)

    assert ("stop", [], 0) == (
        events(desk)[-1],
        desk.phone.events("calling.call.ai"),
        desk.exchange.statistics.operations_open,
    )


def test_a_sidecar_is_told_and_asked() -> None:
    """Everything that concerns it is accepted; what it is asked it answers in an event."""
    desk = Desk()
    leg = desk.answered()
    plain = [
        desk.ask(leg, "calling.ai_sidecar", lang="en"),
        desk.ask(leg, "calling.ai_sidecar.poke", text="listen"),
        desk.ask(leg, "calling.ai_sidecar.status"),
        desk.ask(leg, "calling.ai_sidecar.stop"),
    ]
    asked = desk.ask(leg, "calling.ai_sidecar.ask", text="is it well?")

    (told,) = desk.phone.events("calling.ai.sidecar")
    assert (["200"] * 4, asked["ask_id"], "You said: is it well?") == (
        [reply["code"] for reply in plain],
        told["sidecar_event"]["ask_id"],
        told["sidecar_event"]["text"],
    )
