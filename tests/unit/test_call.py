"""`callfsm.call`: what the program holds of a call, its listeners and its waits."""

import asyncio
import logging
from typing import Any

import pytest
from clock import in_virtual_time, now, turns
from memory import CALL_ID, TTS, answered, joined, offered, scripted, talking

from callfsm import (
    Call,
    CallEndedError,
    CallStateEvent,
    ConnectionLostError,
    IllegalCommandError,
    PlayEvent,
    RelayEvent,
)

PLAY = "calling.call.play"


@in_virtual_time
async def test_repr() -> None:
    """A call shows its id, state and direction."""
    async with offered() as (call, _server):
        assert repr(call) == "<Call id=call-1 state=created direction=inbound>"


@in_virtual_time
async def test_ringing_is_created() -> None:
    """A call that is reported ringing is created, and ringing until it is answered."""
    async with offered() as (call, server):
        seen: list[tuple[str, bool]] = [(call.state, call.ringing)]
        for word in ("ringing", "answered"):
            server.state(word)
            await turns()
            seen.append((call.state, call.ringing))

        assert [("created", False), ("created", True), ("answered", False)] == seen


@in_virtual_time
async def test_state_never_goes_back() -> None:
    """A report of a state that is behind moves nothing."""
    async with answered() as (call, server):
        server.state("ending")
        server.state("answered")
        server.state("created")
        server.state("no such state")
        await turns()

        assert call.state == "ending"


@in_virtual_time
async def test_answered_when_answer_returns() -> None:
    """A program may go on as soon as `answer` has returned."""
    async with offered() as (call, server):
        answering = asyncio.create_task(call.answer())
        server.replies_to(await server.expects("calling.answer"))
        await answering

        assert call.state == "answered"


@pytest.mark.parametrize("sides", [("from_number", "to_number"), ("from", "to")])
@in_virtual_time
async def test_numbers(sides: tuple[str, str]) -> None:
    """The numbers are found under either spelling."""
    told = {sides[0]: "sip:a@example.com", sides[1]: "+15550100002"}
    async with scripted() as (client, server):
        calls: list[Call] = []
        client.on_call(calls.append)
        server.offers(device={"type": "sip", "params": told})
        await turns()

        assert ("sip:a@example.com", "+15550100002") == (calls[0].from_number, calls[0].to_number)


@pytest.mark.parametrize("device", [None, {}, {"params": None}, {"params": {"from_number": 7}}])
@in_virtual_time
async def test_no_number(device: object) -> None:
    """A number that was not told is empty."""
    async with scripted() as (client, server):
        calls: list[Call] = []
        client.on_call(calls.append)
        server.offers(device=device)
        await turns()

        assert ("", "") == (calls[0].from_number, calls[0].to_number)


@in_virtual_time
async def test_listener() -> None:
    """A listener hears typed events, the running states too."""
    async with answered() as (call, server):
        heard: list[RelayEvent] = []
        call.on(PLAY, heard.append)
        playing = asyncio.create_task(call.play([TTS], control_id="c"))
        server.replies_to(await server.expects("calling.play"))
        await playing
        for state in ("playing", "paused", "finished"):
            server.operation("play", "c", state=state)
        await turns()

        assert [(PlayEvent, "playing"), (PlayEvent, "paused"), (PlayEvent, "finished")] == [
            (type(event), event.params["state"]) for event in heard
        ]


@in_virtual_time
async def test_timestamp() -> None:
    """An event carries the envelope's timestamp."""
    async with offered() as (call, server):
        heard: list[float] = []
        call.on("calling.call.state", lambda event: heard.append(event.timestamp))
        server.state("ringing")
        await turns()

        assert [1.5] == heard


@in_virtual_time
async def test_listener_sees_the_new_state() -> None:
    """When a listener hears of a state, the call is in it."""
    async with offered() as (call, server):
        seen: list[str] = []
        call.on("calling.call.state", lambda _event: seen.append(call.state))
        for word in ("answered", "ending", "ended"):
            server.state(word)
        await turns()

        assert ["answered", "ending", "ended"] == seen


@in_virtual_time
async def test_off() -> None:
    """A listener that was taken away hears nothing more."""
    async with offered() as (call, server):
        heard: list[RelayEvent] = []
        call.on("calling.call.state", heard.append)
        call.on("calling.call.state", heard.append)
        call.off("calling.call.state")
        server.state("ringing")
        await turns()

        assert heard == []


@in_virtual_time
async def test_slow_listener_delays_nobody() -> None:
    """A coroutine listener that takes its time delays neither the call nor its commands."""
    async with talking() as (call, caller, _board):

        async def slow(_event: RelayEvent) -> None:
            await asyncio.sleep(100)

        call.on(PLAY, slow)
        await (await call.play_tts("hello")).wait()
        await call.hangup()
        await caller.is_over()

        assert now() < 1
        await asyncio.sleep(300)


@in_virtual_time
async def test_wait_for() -> None:
    """`wait_for` gives the next event of a type, typed."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(call.wait_for("calling.call.state"))
        await turns()
        server.reports("calling.call.play", call_id=CALL_ID)
        server.state("ringing")
        event = await waiting

        assert (CallStateEvent, "ringing") == (type(event), event.params["call_state"])


@in_virtual_time
async def test_wait_for_with_predicate() -> None:
    """With a predicate, the wait goes on until an event fits."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(
            call.wait_for("calling.call.state", lambda event: event.params["call_state"] == "answered")
        )
        await turns()
        for word in ("ringing", "answered"):
            server.state(word)

        assert (await waiting).params["call_state"] == "answered"


@in_virtual_time
async def test_predicate_raises(caplog: pytest.LogCaptureFixture) -> None:
    """A predicate that raises fits nothing; the error is logged, and the other waits are not harmed."""
    async with offered() as (call, server):
        broken = asyncio.create_task(call.wait_for("calling.call.state", lambda event: event.params["none"], timeout=5))
        patient = asyncio.create_task(call.wait_for("calling.call.state"))
        await turns()
        server.state("ringing")
        with pytest.raises(asyncio.TimeoutError), caplog.at_level(logging.ERROR, "callfsm"):
            await broken

        assert (await patient).params["call_state"] == "ringing"


@in_virtual_time
async def test_wait_for_times_out() -> None:
    """A wait ends after its time, and can be made again."""
    async with offered() as (call, server):
        with pytest.raises(asyncio.TimeoutError):
            await call.wait_for("calling.call.state", timeout=3)
        again = asyncio.create_task(call.wait_for("calling.call.state"))
        await turns()
        server.state("ringing")
        await again

        assert now() == 3


@in_virtual_time
async def test_wait_for_what_cannot_come() -> None:
    """When the call ends, a wait for an event that has not come raises CallEndedError."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(call.wait_for(PLAY))
        await turns()
        server.state("ended", end_reason="busy")
        with pytest.raises(CallEndedError, match="busy.*no such event can come") as caught:
            await waiting

        assert (CALL_ID, "busy") == (caught.value.call_id, caught.value.end_reason)


@in_virtual_time
async def test_wait_for_after_the_end() -> None:
    """On a call that has ended, a wait for an event raises CallEndedError at once."""
    async with offered() as (call, server):
        server.state("ended")
        await turns()
        with pytest.raises(CallEndedError, match="no calling.call.play can come any more"):
            await call.wait_for(PLAY)


@in_virtual_time
async def test_last_event_is_waited_for() -> None:
    """A wait for the event that ends the call gets it."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(
            call.wait_for("calling.call.state", lambda event: event.params["call_state"] == "ended")
        )
        await turns()
        server.state("ended", end_reason="hangup")

        assert (await waiting).params["end_reason"] == "hangup"


@pytest.mark.parametrize("state", ["ringing", "answered", "ending", "ended"])
@in_virtual_time
async def test_wait_for_state(state: str) -> None:
    """A wait for a state returns when the call is in it, with the report."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(getattr(call, f"wait_for_{state}")())
        await turns()
        server.state(state, end_reason="hangup")

        assert (await waiting).params["call_state"] == state


@pytest.mark.parametrize(
    ("reached", "state", "told"),
    [
        ("ringing", "ringing", "ringing"),
        ("answered", "ringing", "answered"),
        ("answered", "answered", "answered"),
        ("ending", "ending", "ending"),
        ("ended", "ending", "ended"),
        ("ended", "ended", "ended"),
    ],
)
@in_virtual_time
async def test_state_was_reached(reached: str, state: str, told: str) -> None:
    """A wait for a state that the call is at, or past, returns at once, with the present state."""
    async with offered() as (call, server):
        server.state(reached)
        await turns()
        event = await getattr(call, f"wait_for_{state}")(timeout=0)

        assert ("calling.call.state", told) == (event.event_type, event.params["call_state"])


@in_virtual_time
async def test_answered_once_and_ended() -> None:
    """A wait for an answer that there was returns at once, also after the end."""
    async with answered() as (call, server):
        server.state("ended")
        await turns()

        assert (await call.wait_for_answered()).params["call_state"] == "ended"


@pytest.mark.parametrize("state", ["ringing", "answered"])
@in_virtual_time
async def test_hopeless_wait(state: str) -> None:
    """A wait for a state that the call can no longer reach raises CallEndedError at once."""
    async with offered() as (call, server):
        server.state("ended", end_reason="busy")
        await turns()
        with pytest.raises(CallEndedError, match=f"busy.*it can no longer be {state}"):
            await getattr(call, f"wait_for_{state}")()


@pytest.mark.parametrize("state", ["ringing", "answered"])
@in_virtual_time
async def test_wait_becomes_hopeless(state: str) -> None:
    """A wait for a state raises CallEndedError as soon as the call cannot reach it any more."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(getattr(call, f"wait_for_{state}")())
        await turns()
        server.state("ending", end_reason="hangup")
        with pytest.raises(CallEndedError, match="hangup"):
            await waiting

        assert now() == 0


@pytest.mark.parametrize("state", ["ringing", "answered", "ending", "ended"])
@in_virtual_time
async def test_wait_for_state_times_out(state: str) -> None:
    """A wait that times out harms neither the others nor later ones."""
    async with offered() as (call, server):
        wait = getattr(call, f"wait_for_{state}")
        patient = asyncio.create_task(wait())
        with pytest.raises(asyncio.TimeoutError):
            await wait(timeout=1)
        later = asyncio.create_task(wait())
        await turns()
        server.state(state)

        assert [state, state] == [event.params["call_state"] for event in await asyncio.gather(patient, later)]


@in_virtual_time
async def test_cancelled_wait() -> None:
    """A wait that is cancelled harms neither the others nor later ones."""
    async with offered() as (call, server):
        cancelled, patient = (asyncio.create_task(call.wait_for_ended()) for _ in range(2))
        await turns()
        cancelled.cancel()
        await asyncio.wait({cancelled})
        server.state("ended")

        assert ["ended", "ended"] == [
            (await patient).params["call_state"],
            (await call.wait_for_ended()).params["call_state"],
        ]


@pytest.mark.parametrize(
    "wait",
    [
        lambda call: call.wait_for(PLAY),
        lambda call: call.wait_for_ended(),
        lambda call: call.wait_for_answered(),
        lambda call: call.wait_for_ringing(),
        lambda call: call.wait_for_ending(),
    ],
)
@in_virtual_time
async def test_disconnect_ends_waits(wait: Any) -> None:
    """When the program disconnects, every wait ends with ConnectionLostError, and none is cancelled."""
    async with scripted() as (client, server):
        calls: list[Call] = []
        client.on_call(calls.append)
        server.offers()
        await turns()
        waiting = asyncio.create_task(wait(calls[0]))
        await turns()
        await client.disconnect()
        with pytest.raises(ConnectionLostError, match="disconnected the client"):
            await waiting


@in_virtual_time
async def test_hangup() -> None:
    """A hang-up sends its reason, and the call is ending when it returns."""
    async with answered() as (call, server):
        hanging_up = asyncio.create_task(call.hangup("busy"))
        request = await server.expects("calling.end")
        server.replies_to(request)

        assert ("busy", "200", "ending") == (request["params"]["reason"], (await hanging_up)["code"], call.state)


@in_virtual_time
async def test_nonsense() -> None:
    """A reason that there is not is refused with a list of those there are; nothing is sent."""
    async with answered() as (call, server):
        with pytest.raises(ValueError, match="hangup, cancel, busy, noAnswer, decline, error"):
            await call.hangup("nonsense")
        await turns()

        assert (True, "answered") == (server.silent, call.state)


@in_virtual_time
async def test_second_hangup() -> None:
    """A hang-up while another is in flight sends nothing and gets the reply of the first."""
    async with answered() as (call, server):
        first, second = (asyncio.create_task(call.hangup()) for _ in range(2))
        server.replies_to(await server.expects("calling.end"), message="the first")
        replies = [await first, await second]

        assert (True, ["the first", "the first"]) == (server.silent, [reply["message"] for reply in replies])


@in_virtual_time
async def test_hangup_of_ending_call() -> None:
    """A hang-up on a call that is ending sends nothing and gets the reply of the first."""
    async with answered() as (call, server):
        first = asyncio.create_task(call.hangup())
        server.replies_to(await server.expects("calling.end"), message="the first")
        await first

        assert ("the first", True) == ((await call.hangup())["message"], server.silent)


@in_virtual_time
async def test_hangup_of_a_call_that_the_caller_ended() -> None:
    """A hang-up on a call that the other side has ended sends nothing and returns ``{}``."""
    async with talking() as (call, caller, board):
        await caller.hangs_up()
        await turns()

        assert ({}, ["calling.answer"]) == (await call.hangup(), board.methods())


@in_virtual_time
async def test_hangup_that_crosses_the_end() -> None:
    """A hang-up whose call ends before the reply comes is as good as any."""
    async with answered() as (call, server):
        hanging_up = asyncio.create_task(call.hangup())
        request = await server.expects("calling.end")
        server.state("ended", end_reason="hangup")
        server.replies_to(request, 410)

        assert ({}, "hangup") == (await hanging_up, call.end_reason)


@in_virtual_time
async def test_hangup_refused() -> None:
    """A hang-up that the server refuses raises, and the next one is sent."""
    async with answered() as (call, server):
        refused = asyncio.create_task(call.hangup())
        server.replies_to(await server.expects("calling.end"), 500)
        with pytest.raises(Exception, match="RELAY error 500"):
            await refused
        again = asyncio.create_task(call.hangup())
        server.replies_to(await server.expects("calling.end"))
        await again

        assert call.state == "ending"


@in_virtual_time
async def test_answer_twice() -> None:
    """A second answer is illegal, and nothing is sent."""
    async with talking() as (call, caller, board):
        with pytest.raises(IllegalCommandError) as caught:
            await call.answer()

        assert ("answer", "answered", ["calling.answer"]) == (
            caught.value.command,
            caught.value.state,
            board.methods(),
        )
        await caller.hangs_up()


@in_virtual_time
async def test_answer_twice_at_once() -> None:
    """A second answer while the first is in flight is illegal, and nothing is sent."""
    async with offered() as (call, server):
        first = asyncio.create_task(call.answer())
        request = await server.expects("calling.answer")
        with pytest.raises(IllegalCommandError, match="being answered"):
            await call.answer()
        server.replies_to(request)
        await first

        assert server.silent


@in_virtual_time
async def test_answer_outbound() -> None:
    """An outbound call cannot be answered by the program, and nothing is sent."""
    async with joined() as (client, board):
        call = await client.dial(
            [[{"type": "phone", "params": {"to_number": "+15550100009", "from_number": "+15550100001"}}]]
        )
        with pytest.raises(IllegalCommandError):
            await call.answer()

        assert ["calling.dial"] == board.methods()
        await call.hangup()
        await call.wait_for_ended()


@in_virtual_time
async def test_play_before_answer() -> None:
    """Media before the answer is illegal, the error tells the way, and nothing is sent."""
    async with joined() as (client, board):
        calls: list[Call] = []
        client.on_call(calls.append)
        caller = board.call("office")
        await turns()
        with pytest.raises(IllegalCommandError, match="needs? an answered call") as caught:
            await calls[0].play([TTS])

        permitted = caught.value.permitted

        assert ([], ("answer", "pass_", "hangup"), False) == (board.methods(), permitted[:3], "play" in permitted)
        await caller.hangs_up()


@in_virtual_time
async def test_early_media() -> None:
    """A client with early_media lets media out before the answer."""
    async with offered(early_media=True) as (call, server):
        playing = asyncio.create_task(call.play([TTS]))
        server.replies_to(await server.expects("calling.play"))

        assert (await playing).state == "requested"


@in_virtual_time
async def test_play_on_ended_call(caplog: pytest.LogCaptureFixture) -> None:
    """A play on a call that has ended sends nothing: the action has ended, and a warning is logged."""
    async with talking() as (call, caller, board):
        ended: list[RelayEvent] = []
        await caller.hangs_up()
        await turns()
        action = await call.play([TTS], on_completed=ended.append)
        event = await action.wait()

        assert (True, "hung_up", [event], ["calling.answer"], 1) == (
            action.is_done,
            event.params["state"],
            ended,
            board.methods(),
            caplog.text.count("asked after end"),
        )


@in_virtual_time
async def test_command_on_ended_call() -> None:
    """A command on a call that has ended sends nothing and returns ``{}``."""
    async with talking() as (call, caller, board):
        await caller.hangs_up()
        await turns()

        assert ([{}, {}], ["calling.answer"]) == (
            [await call.disconnect(), await call.send_digits("1")],
            board.methods(),
        )


@in_virtual_time
async def test_spinning_handler() -> None:
    """A handler that goes on asking of an ended call lets others run, and is stopped at the thousandth command."""
    async with answered() as (call, server):
        server.state("ended")
        await turns()
        ran: list[int] = []

        async def other() -> None:
            while not spinning.done():
                ran.append(1)
                await asyncio.sleep(0)

        async def spin() -> int:
            for count in range(1, 2_000):
                try:
                    await call.play([TTS])
                except CallEndedError as error:
                    assert "command number 1000" in str(error)
                    return count
            return 0

        spinning = asyncio.create_task(spin())
        await other()

        assert (1_000, True) == (await spinning, len(ran) > 900)


@pytest.mark.parametrize("code", [404, 410])
@in_virtual_time
async def test_gone(code: int) -> None:
    """A command on a call that the server does not know returns ``{}``, and the call has ended."""
    async with offered() as (call, server):
        answering = asyncio.create_task(call.answer())
        server.replies_to(await server.expects("calling.answer"), code)

        assert ({}, "ended", "gone") == (await answering, call.state, call.end_reason)


@in_virtual_time
async def test_unknown_bridge() -> None:
    """A 404 that may be about something else settles its command alone; the call is probed."""
    async with answered() as (call, server):
        leaving = asyncio.create_task(call.disconnect())
        server.replies_to(await server.expects("calling.disconnect"), 404)
        result = await leaving
        probe = await server.expects("calling.clear_digit_bindings")
        server.replies_to(probe)
        await turns()

        assert ({}, "answered", "callfsm-probe") == (result, call.state, probe["params"]["realm"])


@in_virtual_time
async def test_probe_finds_nothing() -> None:
    """A call that the probe does not find has ended."""
    async with answered() as (call, server):
        leaving = asyncio.create_task(call.disconnect())
        server.replies_to(await server.expects("calling.disconnect"), 404)
        await leaving
        server.replies_to(await server.expects("calling.clear_digit_bindings"), 404)
        event = await call.wait_for_ended(timeout=1)

        assert event.params["end_reason"] == "gone"


@in_virtual_time
async def test_pass() -> None:
    """A call that is passed is over here, and offered to somebody else."""
    async with joined() as (client, board), board.client("office") as other:
        seen: list[tuple[str, Call]] = []
        client.on_call(lambda call: seen.append(("first", call)))
        other.on_call(lambda call: seen.append(("other", call)))
        caller = board.call("office")
        await turns()
        await seen[0][1].pass_()
        await turns()

        assert ([("ended", "passed"), ("created", "")], {"first", "other"}) == (
            [(call.state, call.end_reason) for _, call in seen],
            {who for who, _ in seen},
        )
        await caller.hangs_up()


@in_virtual_time
async def test_end_reason() -> None:
    """A call tells why it has ended."""
    async with talking() as (call, caller, _board):
        before = call.end_reason
        await caller.hangs_up("noAnswer")
        await turns()

        assert ["", "noAnswer"] == [before, call.end_reason]


@in_virtual_time
async def test_bridge() -> None:
    """A call is joined to another party, and parted from it; both legs stay up."""
    async with talking() as (call, caller, board):
        states: list[str] = []
        call.on("calling.call.connect", lambda event: states.append(event.params["connect_state"]))
        board.answers("+15550109999", after=0.5)
        device = {"type": "phone", "params": {"to_number": "+15550109999", "from_number": "+15550100001"}}
        await call.connect([[device]])
        await call.wait_for("calling.call.connect", lambda event: event.params["connect_state"] == "connected", 5)
        await call.disconnect()
        await turns()

        assert (["connecting", "connected", "disconnected"], "answered") == (states, call.state)
        await caller.hangs_up()


@in_virtual_time
async def test_digits_are_sent() -> None:
    """Tones are followed by their event."""
    async with talking() as (call, caller, _board):
        sent = asyncio.create_task(call.wait_for("calling.call.send_digits", timeout=5))
        await call.send_digits("12w3", control_id="tones-1")

        assert ("finished", "tones-1") == ((await sent).params["state"], (await sent).params["control_id"])
        await caller.hangs_up()


@in_virtual_time
async def test_repeated_reports(caplog: pytest.LogCaptureFixture) -> None:
    """Stale reports move nothing, and the first of them is logged as a warning."""
    async with answered() as (call, server):
        with caplog.at_level(logging.WARNING, "callfsm"):
            for _ in range(5):
                server.state("answered")
            await turns()

        assert ("answered", 1) == (call.state, caplog.text.count("stale report"))
