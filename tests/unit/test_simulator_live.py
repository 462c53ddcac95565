"""Live transcription and translation of the simulator."""

from typing import Any

import pytest
from simulator_wire import Desk, Frame

from callfsm.simulator.leg import Leg

TRANSCRIBE: Frame = {"start": {"lang": "en", "direction": ["remote-caller"]}}
TRANSLATE: Frame = {"start": {"from_lang": "en", "to_lang": "es", "direction": ["remote-caller"]}}


def live(desk: Desk, kind: str, action: Frame) -> Leg:
    """An answered call that is being transcribed or translated."""
    leg = desk.answered()
    assert desk.ask(leg, f"calling.{kind}", action=action)["code"] == "200"
    return leg


def test_what_is_said_is_transcribed() -> None:
    """Each utterance is told, with the call that it belongs to."""
    desk = Desk()
    leg = live(desk, "live_transcribe", TRANSCRIBE)
    leg.finish_speaking("two tickets")

    (told,) = desk.phone.events("calling.ai.transcribe.utterance")
    assert ("two tickets", "en", 2, leg.call_id) == (
        told["utterance"]["content"],
        told["utterance"]["lang"],
        told["utterance"]["word_count"],
        told["call_info"]["call_id"],
    )


@pytest.mark.parametrize("action", ["summarize", {"summarize": {}}])
def test_a_transcription_is_summarized(action: Any) -> None:
    """The summary holds all that was said."""
    desk = Desk()
    leg = live(desk, "live_transcribe", TRANSCRIBE)
    leg.finish_speaking("two tickets")
    leg.finish_speaking("for today")
    desk.ask(leg, "calling.live_transcribe", action=action)

    (told,) = desk.phone.events("calling.ai.transcribe.live_summarize")
    assert ("two tickets for today", 2) == (told["conversation_summary"], len(told["conversation_log"]))


@pytest.mark.parametrize("summary", [True, False])
def test_a_transcription_is_stopped(summary: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Its log is told, with a summary if one is wanted; then nothing is transcribed any more."""
    desk = Desk()
    leg = live(desk, "live_transcribe", {"start": TRANSCRIBE["start"] | {"ai_summary": summary}})
    leg.finish_speaking("two tickets")
    desk.ask(leg, "calling.live_transcribe", action="stop")
    leg.finish_speaking("never mind")

    (told,) = desk.phone.events("calling.ai.transcribe.conversation_log")
    assert ("two tickets" if summary else None, 1) == (
        told.get("conversation_summary"),
        len(desk.phone.events("calling.ai.transcribe.utterance")),
    )


def test_a_transcription_ends_with_its_call() -> None:
    """Its log is told while the call is ending."""
    desk = Desk()
    leg = live(desk, "live_transcribe", TRANSCRIBE)
    leg.person_hangs_up()

    assert 1 == len(desk.phone.events("calling.ai.transcribe.conversation_log"))


def test_what_is_said_is_translated() -> None:
    """The words and their translation are told."""
    desk = Desk()
    leg = live(desk, "live_translate", TRANSLATE)
    leg.finish_speaking("two tickets")

    (told,) = desk.phone.events("calling.ai.translate.transcript_delta")
    assert ({"language": "en", "delta": "two tickets"}, {"language": "es", "delta": "[es] two tickets"}) == (
        told["input_utterance"],
        told["output_utterance"],
    )


def test_a_translation_is_summarized_and_stopped() -> None:
    """Summary and log are told in both languages."""
    desk = Desk()
    leg = live(desk, "live_translate", TRANSLATE)
    leg.finish_speaking("two tickets")
    desk.ask(leg, "calling.live_translate", action="summarize")
    desk.ask(leg, "calling.live_translate", action={"stop": {}})

    (summary,) = desk.phone.events("calling.ai.translate.live_summary")
    (log,) = desk.phone.events("calling.ai.translate.conversation_log")
    assert ("two tickets", "[es] two tickets", "[es] two tickets") == (
        summary["primary_conversation_summary"],
        summary["secondary_conversation_summary"],
        log["secondary_conversation_log"][0]["content"],
    )


def test_words_are_injected_into_a_translation() -> None:
    """The caller hears them translated."""
    desk = Desk()
    leg = live(desk, "live_translate", TRANSLATE)
    desk.ask(leg, "calling.live_translate", action={"inject": {"message": "welcome", "direction": "remote-caller"}})

    assert ["[es] welcome"] == leg.ear.heard()


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("live_transcribe", "begin"),
        ("live_transcribe", {"start": 1}),
        ("live_transcribe", {"start": {}, "stop": {}}),
        ("live_transcribe", {"start": {"direction": ["remote-caller"]}}),
        ("live_transcribe", {"start": {"lang": "en"}}),
        ("live_transcribe", {"start": {"lang": "en", "direction": ["sideways"]}}),
        ("live_translate", {"start": {"from_lang": "en", "direction": ["remote-caller"]}}),
    ],
)
def test_an_action_that_is_none_is_refused(kind: str, action: Any) -> None:
    """Wrong actions get 400, and are held against the client."""
    desk = Desk()
    reply = desk.ask(desk.answered(), f"calling.{kind}", action=action)

    assert ("400", 1) == (reply["code"], len(desk.unexpected))


def test_only_a_translation_takes_words() -> None:
    """Words for a transcription, and words without a direction, get 400."""
    desk = Desk()
    leg = live(desk, "live_transcribe", TRANSCRIBE)
    desk.ask(leg, "calling.live_translate", action=TRANSLATE)
    replies = [
        desk.ask(leg, "calling.live_transcribe", action={"inject": {"message": "hello", "direction": "remote-caller"}}),
        desk.ask(leg, "calling.live_translate", action={"inject": {"message": "hello"}}),
    ]

    assert ["400", "400"] == [reply["code"] for reply in replies]


def test_one_at_a_time() -> None:
    """What runs cannot be begun, and what does not run cannot be stopped."""
    desk = Desk()
    leg = desk.answered()
    stopped = desk.ask(leg, "calling.live_transcribe", action="stop")
    codes = [desk.ask(leg, "calling.live_transcribe", action=TRANSCRIBE)["code"] for _ in range(2)]

    assert ("409", ["200", "409"], []) == (stopped["code"], codes, desk.unexpected)
