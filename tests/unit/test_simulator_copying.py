"""Tap, stream and transcribe of the simulator."""

from typing import Any

import pytest
from simulator_wire import Desk, Frame

TAP: Frame = {
    "tap": {"type": "audio", "params": {"direction": "both"}},
    "device": {"type": "rtp", "params": {"addr": "203.0.113.7", "port": 4000}},
}


def test_a_tap() -> None:
    """It is told where it goes, at once and at its end, and the reply tells where it comes from."""
    desk = Desk()
    leg = desk.answered()
    reply = desk.ask(leg, "calling.tap", control_id="c", **TAP)
    desk.ask(leg, "calling.tap.stop", control_id="c")

    events = desk.phone.events("calling.call.tap")
    assert (["tapping", "finished"], [TAP["device"]] * 2, "rtp") == (
        [event["state"] for event in events],
        [event["device"] for event in events],
        reply["source_device"]["type"],
    )


def test_a_stream() -> None:
    """It is told under its name and address."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.stream", control_id="c", url="wss://media.example.test", name="demo")
    desk.ask(leg, "calling.stream.stop", control_id="c")

    events = desk.phone.events("calling.call.stream")
    assert [("streaming", "demo"), ("finished", "demo")] == [(event["state"], event["name"]) for event in events]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("tap", TAP | {"tap": {"type": "audio"}}),
        ("tap", TAP | {"tap": {"type": "video", "params": {}}}),
        ("tap", TAP | {"device": {"type": "pigeon", "params": {}}}),
        ("tap", TAP | {"device": {"type": "rtp", "params": {"addr": "203.0.113.7"}}}),
        ("tap", TAP | {"device": {"type": "ws"}}),
        ("stream", {"url": "https://media.example.test"}),
        ("stream", {}),
    ],
)
def test_what_cannot_be_copied_is_refused(method: str, params: dict[str, Any]) -> None:
    """Wrong params get 400, and nothing begins."""
    desk = Desk()
    reply = desk.ask(desk.answered(), f"calling.{method}", control_id="c", **params)

    assert ("400", 0) == (reply["code"], desk.exchange.statistics.operations_opened)


def test_a_copy_ends_with_its_call_without_a_word() -> None:
    """Nothing is told of a tap whose call ends, and nothing is left open."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.tap", control_id="c", **TAP)
    leg.person_hangs_up()
    desk.clock.pass_(1)

    assert (["tapping"], 0) == (desk.phone.reports("c"), desk.exchange.statistics.operations_open)


def test_a_transcription() -> None:
    """It tells where its recording will be, and at its end how long it is."""
    desk = Desk()
    leg = desk.answered()
    reply = desk.ask(leg, "calling.transcribe", control_id="c")
    desk.clock.pass_(4)
    desk.ask(leg, "calling.transcribe.stop", control_id="c")

    began, finished = desk.phone.events("calling.call.transcribe")
    assert ("transcribing", "finished", reply["url"], 4.0, 32_000, 4.0) == (
        began["state"],
        finished["state"],
        finished["url"],
        finished["duration"],
        finished["size"],
        finished["end_time"] - finished["start_time"],
    )


def test_one_transcription_at_a_time() -> None:
    """A second one is a conflict, and nobody's fault."""
    desk = Desk()
    leg = desk.answered()
    codes = [desk.ask(leg, "calling.transcribe", control_id=name)["code"] for name in "ab"]

    assert (["200", "409"], []) == (codes, desk.unexpected)


@pytest.mark.parametrize("late", [True, False])
def test_a_transcription_whose_call_ends_is_told_of(late: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Its last report comes while the call is ending, or after it has ended; it is as long as the call was."""
    desk = Desk(late_recordings=late)
    leg = desk.answered()
    desk.ask(leg, "calling.transcribe", control_id="c")
    desk.clock.pass_(2)
    leg.person_hangs_up()
    desk.clock.pass_(1)

    assert (["transcribing", "finished"], 2.0) == (
        desk.phone.reports("c"),
        desk.phone.events("calling.call.transcribe")[-1]["duration"],
    )


def test_last_reports_can_be_switched_off() -> None:
    """Without a last report the transcription ends with its call, and nothing is left open."""
    desk = Desk(last_reports=frozenset())
    leg = desk.answered()
    desk.ask(leg, "calling.transcribe", control_id="c")
    leg.person_hangs_up()
    desk.clock.pass_(1)

    assert (["transcribing"], 0) == (desk.phone.reports("c"), desk.exchange.statistics.operations_open)


def test_taps_and_streams_can_be_made_to_report_last() -> None:
    """A kind of operation in last_reports is told to be finished while its call is ending."""
    desk = Desk(last_reports=frozenset({"tap"}))
    leg = desk.answered()
    desk.ask(leg, "calling.tap", control_id="c", **TAP)
    leg.person_hangs_up()

    assert ["tapping", "finished"] == desk.phone.reports("c")
