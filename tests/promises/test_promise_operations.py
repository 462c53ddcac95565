"""What is promised of operations: each settles once, on its own last word, or with its call."""

import asyncio
from typing import Any, Final

import pytest
from clock import in_virtual_time, turns, within
from kinds import KINDS, Report, report, reports, running
from operations import began, collecting, playing, prompting
from scripted import TTS, answered

from callfsm import Action, CollectEvent, RelayEvent

SETTLES: Final = [(kind, said) for kind in KINDS for said in reports(kind, "settles")]
GOES_ON: Final = [(kind, said) for kind in KINDS for said in reports(kind, "goes_on")]
PRESSED: Final = {"type": "digit", "params": {"digits": "12", "terminator": "#"}}
SPOKEN: Final = {"type": "speech", "params": {"text": "twelve", "confidence": 83.5}}
FAX_DONE: Final = {"type": "finished", "params": {"success": True, "pages": 2}}


@pytest.mark.parametrize("kind", KINDS)
@in_virtual_time
async def test_an_operation_settles_when_its_call_ends_and_calls_on_completed_once(kind: str) -> None:
    """A call that ends settles what runs in it, of every kind; whatever is reported later completes it no second time."""
    async with running(kind) as (action, server, completed):
        server.state("ending")
        server.state("ended")
        await within(2.1, action.wait())
        await report(server, reports(kind, "settles")[0])

        assert (True, 1, []) == (action.completed, len(completed), action.call.actions)


@in_virtual_time
async def test_all_operations_of_a_call_settle_together_when_it_ends() -> None:
    """No number and no kind of operations keeps a handler waiting after the end."""
    async with answered() as (call, server):
        actions: list[Action[Any]] = [
            await began(server, "calling.play", call.play([TTS])),
            await began(server, "calling.play", call.play([TTS])),
            await began(server, "calling.collect", call.collect(digits={"max": 1})),
            await began(server, "calling.detect", call.detect({"type": "fax", "params": {}})),
        ]
        waits = asyncio.gather(*(action.wait() for action in actions))
        server.state("ended")
        events = await within(0.01, waits)

        assert (["hung_up"] * 4, []) == ([event.params["state"] for event in events], call.actions)


@pytest.mark.parametrize(("kind", "said"), SETTLES)
@in_virtual_time
async def test_an_operation_settles_on_its_last_word_and_once(kind: str, said: Report) -> None:
    """Each last word settles its operation; repeated, it calls `on_completed` no second time."""
    async with running(kind) as (action, server, completed):
        await report(server, said)
        await report(server, said)

        assert (True, [action.result]) == (action.completed, completed)


@pytest.mark.parametrize(("kind", "said"), GOES_ON)
@in_virtual_time
async def test_progress_settles_no_operation(kind: str, said: Report) -> None:
    """What is reported on the way leaves the operation running."""
    async with running(kind) as (action, server, completed):
        await report(server, said)

        assert (False, []) == (action.completed, completed)


@pytest.mark.parametrize("kind", KINDS)
@in_virtual_time
async def test_an_event_of_another_type_under_its_control_id_settles_no_operation(kind: str) -> None:
    """Only events of an operation's own type speak of it, whatever control id and state another carries."""
    async with running(kind) as (action, server, completed):
        await report(server, ("calling.call.refer", {"state": "finished"}))
        await report(server, ("calling.call.send_digits", {"state": "finished"}))

        assert (False, []) == (action.completed, completed)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("send_fax", {"fax": FAX_DONE}),
        ("receive_fax", {"fax": FAX_DONE}),
        ("send_fax", {"fax": {"type": "error", "params": {}}}),
        ("send_fax", {"state": "finished"}),
        ("pay", {"result": "success"}),
        ("pay", {"state": "finished"}),
        ("pay", {"state": "error"}),
    ],
)
@in_virtual_time
async def test_fax_and_pay_complete_by_state_by_fax_type_or_by_result(kind: str, said: dict[str, Any]) -> None:
    """Whichever way the server tells the end of a fax or a payment, the action completes."""
    async with running(kind) as (action, server, _):
        await report(server, (KINDS[kind]["event"], said))

        assert action.completed


@pytest.mark.parametrize(
    "said",
    [
        {"result": {"type": "start_of_input", "params": {}}},
        {"state": "collecting"},
        {"result": SPOKEN, "final": False},
        {"result": PRESSED, "final": False, "state": "collecting"},
    ],
)
@pytest.mark.parametrize("kind", ["collect", "play_and_collect"])
@in_virtual_time
async def test_start_of_input_and_partial_results_settle_no_collect(kind: str, said: dict[str, Any]) -> None:
    """A collect that has heard something, but not all of it, goes on."""
    async with running(kind) as (action, server, completed):
        await report(server, ("calling.call.collect", said))
        before = action.completed
        await report(server, ("calling.call.collect", {"result": PRESSED}))

        assert (False, True, 1) == (before, action.completed, len(completed))


@in_virtual_time
async def test_the_end_of_the_prompt_settles_no_play_and_collect() -> None:
    """A prompt that has been played waits for the input."""
    async with prompting() as (action, server):
        server.operation("play", "c", state="finished")
        await turns()
        before = action.completed
        server.operation("collect", "c", result=PRESSED)

        assert (False, "12") == (before, (await within(1, action.wait())).digits)


@in_virtual_time
async def test_a_continuous_collect_settles_at_its_end_and_each_result_reaches_listeners() -> None:
    """With `continuous`, final results are heard one after the other; the wait ends with the collect."""
    async with collecting(continuous=True) as (action, server):
        heard: list[str] = []
        action.call.on(CollectEvent, lambda event: heard.append(event.digits))
        for digits in ("1", "2"):
            server.operation("collect", "c", result={"type": "digit", "params": {"digits": digits}}, final=True)
        await turns()
        before = action.completed
        server.operation("collect", "c", state="finished")
        await within(1, action.wait())

        assert (False, ["1", "2", ""]) == (before, heard)


@in_virtual_time
async def test_a_continuous_collect_settles_with_its_call() -> None:
    """A collect that would go on for ever ends with the call."""
    async with collecting(continuous=True) as (action, server):
        server.operation("collect", "c", result=PRESSED, final=True)
        server.state("ended")

        assert "hung_up" == (await within(1, action.wait())).params["state"]


@pytest.mark.parametrize("verdict", ["HUMAN", "MACHINE", "UNKNOWN", "NOT_READY"])
@in_virtual_time
async def test_detect_settles_on_the_first_detect_object(verdict: str) -> None:
    """The first thing that a detector tells settles its wait, and what it tells later does not replace it."""
    async with running("detect") as (action, server, completed):
        first = {"type": "machine", "params": {"event": verdict}}
        await report(server, ("calling.call.detect", {"detect": first}))
        await report(server, ("calling.call.detect", {"detect": {"type": "machine", "params": {"event": "finished"}}}))

        assert (first, 1) == ((await action.wait()).params["detect"], len(completed))


@in_virtual_time
async def test_digits_stand_on_the_wire_and_on_the_event() -> None:
    """`event.digits` is what `result.params.digits` holds, and the frame stays as it came."""
    async with collecting() as (action, server):
        server.operation("collect", "c", result=PRESSED)
        event = await within(1, action.wait())

        assert ("12", "12", "") == (event.digits, event.params["result"]["params"]["digits"], event.text)


@in_virtual_time
async def test_speech_stands_on_the_event() -> None:
    """What was said, and how sure the recogniser is, can be read from the event."""
    async with collecting() as (action, server):
        server.operation("collect", "c", result=SPOKEN)
        event = await within(1, action.wait())

        assert ("twelve", 83.5, "") == (event.text, event.confidence, event.digits)


@in_virtual_time
async def test_on_completed_runs_before_the_listeners_of_the_same_event() -> None:
    """Who waits for the action is told before who listens to the call."""
    heard: list[str] = []
    async with playing(on_completed=lambda _event: heard.append("completed")) as (action, server):
        action.call.on("calling.call.play", lambda _event: heard.append("listener"))
        server.operation("play", "c", state="finished")
        await turns()

        assert ["completed", "listener"] == heard


@in_virtual_time
async def test_an_on_completed_that_raises_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """What `on_completed` raises is logged; the wait ends and the listeners hear."""
    heard: list[RelayEvent] = []

    def fails(_event: RelayEvent) -> None:
        raise RuntimeError("of the program's making")

    async with playing(on_completed=fails) as (action, server):
        action.call.on("calling.call.play", heard.append)
        server.operation("play", "c", state="finished")
        await within(1, action.wait())
        await turns()

        assert (1, True) == (len(heard), "of the program's making" in caplog.text)


@in_virtual_time
async def test_operations_of_one_call_complete_independently() -> None:
    """Of three actions on one call, each hears its own control id only."""
    async with answered() as (call, server):
        actions = [await began(server, "calling.play", call.play([TTS], control_id=each)) for each in "abc"]
        server.operation("play", "b", state="finished")
        await within(1, actions[1].wait())

        assert ([False, True, False], [actions[0], actions[2]]) == ([each.completed for each in actions], call.actions)
