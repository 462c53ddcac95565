"""Programs that play, record, fax, take payments and collect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telling import TTS, Relay, for_ever, outcome, program, serve, tell

Start = Callable[[Any], Any]


def _wait_for(relay: Relay, start: Start) -> None:
    async def handle(call: Any) -> None:
        await call.answer()
        action = await start(call)
        tell("waiting")
        tell("outcome", how=await outcome(action.wait()))
        tell("url", url=action.result.params.get("url") if action.result is not None else None)

    serve(relay, handle)


def _collect(relay: Relay, start: Start) -> None:
    async def handle(call: Any) -> None:
        await call.answer()
        action = await start(call)
        tell("waiting")
        tell("result", result=(await action.wait()).params.get("result"))

    serve(relay, handle)


@program
def completion_told_at_call_end(relay: Relay) -> None:
    """Play, and be told when the play is over."""

    async def handle(call: Any) -> None:
        await call.answer()
        await call.play(TTS, on_completed=lambda _: tell("completed"))
        tell("waiting")
        await for_ever()

    serve(relay, handle)


@program
def late_recording_kept(relay: Relay) -> None:
    """Record, and wait for the recording."""
    _wait_for(relay, lambda call: call.record({"format": "mp3"}))


@program
def fax_completes_by_type(relay: Relay) -> None:
    """Receive a fax, and wait for it."""
    _wait_for(relay, lambda call: call.receive_fax())


@program
def payment_completes_by_result(relay: Relay) -> None:
    """Take a payment, and wait for it."""
    _wait_for(relay, lambda call: call.pay("https://connector.example.test/pay"))


@program
def partial_result_is_not_final(relay: Relay) -> None:
    """Collect speech with partial results."""
    _collect(relay, lambda call: call.collect(speech={"language": "en-US"}, partial_results=True))


@program
def start_of_input_is_not_final(relay: Relay) -> None:
    """Collect digits, and be told when they begin."""
    _collect(relay, lambda call: call.collect(digits={"max": 4, "terminators": "#"}, send_start_of_input=True))


@program
def prompt_is_not_input(relay: Relay) -> None:
    """Ask for a digit."""
    _collect(relay, lambda call: call.play_and_collect(TTS, {"digits": {"max": 1}}))


@program
def detect_ends_with_first(relay: Relay) -> None:
    """Detect who has answered."""
    _wait_for(relay, lambda call: call.detect({"type": "machine", "params": {}}))


@program
def control_id_given_twice(relay: Relay) -> None:
    """Begin a second play under the id of the first."""

    async def handle(call: Any) -> None:
        await call.answer()
        first = await call.play(TTS, control_id="announcement")
        tell("second", how=await outcome(call.play(TTS, control_id="announcement")))
        tell("waiting")
        tell("outcome", how=await outcome(first.wait()))

    serve(relay, handle)


async def _play_and_wait(call: Any) -> None:
    await call.answer()

    async def play() -> None:
        await (await call.play(TTS)).wait()

    tell("outcome", how=await outcome(play()))


@program
def report_before_reply(relay: Relay) -> None:
    """Play, and wait for the play."""
    serve(relay, _play_and_wait)


@program
def play_of_gone_call(relay: Relay) -> None:
    """Play, and wait for the play."""
    serve(relay, _play_and_wait)
