"""Actions of every kind: their commands on the wire, and what settles them."""

from typing import Any

import pytest
from clock import in_virtual_time, turns, until, within
from kinds import KINDS, Report, asked, report, reports, running
from scripted import ADDRESS

import callfsm
from callfsm import RelayEvent, parse_event

ARGUMENTS: dict[str, dict[str, Any]] = {"volume": {"volume": -3.5}}
CONTROLS = [(kind, name) for kind in KINDS for name in KINDS[kind]["controls"]]
LINGERING = [kind for kind in KINDS if KINDS[kind]["lingers"]]
RUNS_ON = [(kind, said) for kind in KINDS for said in reports(kind, "goes_on")]
SETTLES = [(kind, said) for kind in KINDS for said in reports(kind, "settles")]


def public_commands(kind: str) -> set[str]:
    """The commands of an action of this kind, by the class it is of."""
    action = getattr(callfsm, KINDS[kind]["class"])
    known = "stop", "pause", "resume", "volume", "start_input_timers"
    return {name for name in known if hasattr(action, name)}


@pytest.mark.parametrize("kind", KINDS)
def test_commands(kind: str) -> None:
    """An action has the official commands of its class, and no others."""
    assert set(KINDS[kind]["controls"]) == public_commands(kind)


@pytest.mark.parametrize("kind", KINDS)
@in_virtual_time
async def test_class(kind: str) -> None:
    """A command that begins an operation gives back an action of the official class."""
    async with running(kind) as (action, _, _):
        assert KINDS[kind]["class"] == type(action).__name__


@pytest.mark.parametrize(("kind", "name"), CONTROLS)
@in_virtual_time
async def test_control_frame(kind: str, name: str) -> None:
    """A command of an action sends its own wire method, with the address, the control id and its argument."""
    async with running(kind) as (action, server, _):
        if name == "resume":
            await asked(server, KINDS[kind]["controls"]["pause"], action.pause())  # type: ignore[attr-defined]  # those that resume
        arguments = ARGUMENTS.get(name, {})
        sent = await asked(server, KINDS[kind]["controls"][name], getattr(action, name)(**arguments))

        assert {**ADDRESS, "control_id": "c", **arguments} == sent


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "pause" in KINDS[kind]["controls"]])
@in_virtual_time
async def test_behaviour_of_a_pause(kind: str) -> None:
    """What is to become of the pause is sent when it is told."""
    async with running(kind) as (action, server, _):
        pausing = action.pause(behavior="silence")  # type: ignore[attr-defined]  # those that pause
        sent = await asked(server, KINDS[kind]["controls"]["pause"], pausing)

        assert sent["behavior"] == "silence"


@pytest.mark.parametrize(("kind", "said"), RUNS_ON)
@in_virtual_time
async def test_goes_on(kind: str, said: Report) -> None:
    """A report of an operation under way settles nobody."""
    async with running(kind) as (action, server, completed):
        await report(server, said)

        assert (False, None, []) == (action.is_done, action.result, completed)


@pytest.mark.parametrize(("kind", "said"), SETTLES)
@in_virtual_time
async def test_settles(kind: str, said: Report) -> None:
    """A last report settles the action with its typed event, and completes it once."""
    event_type, params = said
    async with running(kind) as (action, server, completed):
        await report(server, said)
        event = await within(0, action.wait())
        named = {**ADDRESS, "control_id": "c", **params}

        assert parse_event({"event_type": event_type, "params": named, "timestamp": 1.5}) == event
        assert ([event], True) == (completed, action.completed)


@pytest.mark.parametrize(("kind", "said"), [*RUNS_ON, *SETTLES])
@in_virtual_time
async def test_stranger(kind: str, said: Report) -> None:
    """What is reported under another control id is about another operation."""
    async with running(kind) as (action, server, completed):
        await report(server, said, control_id="another")

        assert (False, []) == (action.is_done, completed)


@pytest.mark.parametrize("kind", KINDS)
@in_virtual_time
async def test_stop_after_the_end(kind: str) -> None:
    """Stopping an operation that is over sends nothing."""
    async with running(kind) as (action, server, _):
        await report(server, (KINDS[kind]["event"], {"state": "finished"}))

        assert ({}, True) == (await action.stop(), server.silent)  # type: ignore[attr-defined]  # every kind stops


@pytest.mark.parametrize("event", ["MACHINE", "UNKNOWN", "NOT_READY"])
@in_virtual_time
async def test_settled_detector_is_stopped(event: str) -> None:
    """A detector that has told what it heard runs on, and can be stopped."""
    async with running("detect") as (action, server, _):
        await report(server, ("calling.call.detect", {"detect": {"type": "machine", "params": {"event": event}}}))
        sent = await asked(server, "calling.detect.stop", action.stop())  # type: ignore[attr-defined]  # a detector stops

        assert ({**ADDRESS, "control_id": "c"}, True) == (sent, action.is_done)


@in_virtual_time
async def test_settled_detector_is_heard() -> None:
    """What a detector hears after its first word reaches listeners, and replaces no result."""
    async with running("detect") as (action, server, completed):
        heard: list[RelayEvent] = []
        action.call.on("calling.call.detect", heard.append)
        for event in ("MACHINE", "READY", "finished"):
            said = {"detect": {"type": "machine", "params": {"event": event}}}
            await report(server, ("calling.call.detect", said))

        assert (["MACHINE", "READY", "finished"], completed) == (
            [each.params["detect"]["params"]["event"] for each in heard],
            [action.result],
        )


@pytest.mark.parametrize("kind", KINDS)
@in_virtual_time
async def test_call_ends_first(kind: str) -> None:
    """An action whose call ends settles as hung up, at once or, if a last report may come, after the grace."""
    async with running(kind) as (action, server, completed):
        server.state("ended")
        event = await within(5, action.wait())

        assert ("hung_up", [event], KINDS[kind]["event"]) == (event.params["state"], completed, event.event_type)


@pytest.mark.parametrize("kind", LINGERING)
@in_virtual_time
async def test_last_report_after_the_call(kind: str) -> None:
    """What leaves something behind still takes its last report after its call has ended."""
    async with running(kind) as (action, server, completed):
        server.state("ended")
        await until(lambda: action.call.state == "ended")
        open_still = not action.is_done
        await report(server, reports(kind, "settles")[0])

        assert (True, "finished", [action.result]) == (open_still, action.state, completed)


@pytest.mark.parametrize("kind", KINDS)
@in_virtual_time
async def test_listeners_of_its_events(kind: str) -> None:
    """Whatever is reported of an operation reaches those who listen to the call."""
    async with running(kind) as (action, server, _):
        heard: list[RelayEvent] = []
        action.call.on(RelayEvent, heard.append)
        said = [*reports(kind, "goes_on"), *reports(kind, "settles")]
        for each in said:
            await report(server, each)
        await turns()

        assert [event_type for event_type, _ in said] == [event.event_type for event in heard]
