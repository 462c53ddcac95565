"""The simulator on a real socket, spoken to by a bare WebSocket client."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
from simulator_socket import CALLED, PATIENTLY, SPEED, Wire, answered, desk, linked, on_the_network, say
from websockets.asyncio.client import connect

from callfsm.simulator import Caller, NotHeardError, Settings, Simulator


@pytest.mark.parametrize("tls", [True, False])
def test_a_call_from_ring_to_end(tls: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """With TLS and without, a call rings, is answered, hears, presses, and is hung up."""

    async def program() -> None:
        async with (
            Simulator(tls=tls, speed=SPEED, settings=Settings(ring_limit=PATIENTLY)) as simulator,
            linked(simulator) as wire,
        ):
            await wire.log_in(simulator, "desk")
            caller, address = await answered(simulator, wire)
            prompting = wire.ask(
                "calling.play_and_collect",
                **address,
                control_id="c",
                play=say("Press one"),
                collect={"digits": {"max": 1}, "initial_timeout": PATIENTLY},
            )
            _, reply = await asyncio.gather(caller.hears("press one", PATIENTLY), prompting)
            await caller.press("1")
            result = (await wire.event("calling.call.collect"))["result"]
            await wire.ask("calling.end", **address, reason="hangup")
            reason = await caller.is_over(PATIENTLY)

            told = ("200", {"type": "digit", "params": {"digits": "1", "terminator": ""}}, "hangup", 0)
            assert told == (reply["result"]["code"], result, reason, simulator.statistics.unexpected_frames)

    on_the_network(program)


def test_wrong_credentials_over_a_socket() -> None:
    """The refusal is an error, and the link stays open for another attempt."""

    async def program() -> None:
        async with Simulator(tls=False) as simulator, linked(simulator) as wire:
            refusal = await wire.ask("signalwire.connect", authentication={"project": "x", "token": "y"})
            reply = await wire.log_in(simulator)

            assert (-32002, True) == (refusal["error"]["code"], "protocol" in reply["result"])

    on_the_network(program)


def test_the_certificate_is_the_simulator_s_own() -> None:
    """A client that has not been told of the certificate authority refuses the connection."""

    async def program() -> None:
        async with Simulator() as simulator:
            with pytest.raises(ssl.SSLCertVerificationError):
                await connect(simulator.url, proxy=None)

    on_the_network(program)


def test_a_dropped_link_keeps_its_calls() -> None:
    """The client comes back under its protocol, hears what happened meanwhile, and goes on with the call."""

    async def program() -> None:
        async with Simulator(tls=False, speed=SPEED, settings=Settings(ring_limit=PATIENTLY)) as simulator:
            async with linked(simulator) as wire:
                protocol = (await wire.log_in(simulator, "desk"))["result"]["protocol"]
                _, address = await answered(simulator, wire)
                await wire.ask("calling.play", **address, control_id="p", play=say("Hello"))
                simulator.drop_links()
                await wire.connection.wait_closed()
            async with linked(simulator) as wire:
                await wire.log_in(simulator, protocol=protocol)
                await wire.event("calling.call.play", state="finished")
                reply = await wire.ask("calling.end", **address)

                assert reply["result"]["code"] == "200"

    on_the_network(program)


def test_clients_can_be_asked_to_reconnect() -> None:
    """Every client gets the request as the last thing on its link, which is then closed."""

    async def program() -> None:
        async with desk() as (simulator, wire):
            simulator.ask_to_reconnect()
            simulator.call("desk")
            await wire.connection.wait_closed()

            assert wire.methods[-1] == "signalwire.disconnect"

    on_the_network(program)


def test_pings_come_in_real_seconds() -> None:
    """Clients are pinged as often as was set, whatever the speed."""

    async def program() -> None:
        async with (
            Simulator(tls=False, speed=0.001, ping_seconds=0.01) as simulator,
            linked(simulator) as wire,
        ):
            await wire.log_in(simulator)
            for _ in range(3):
                await wire.ask("signalwire.ping")
                while "signalwire.ping" not in wire.methods:
                    await wire.ask("signalwire.ping")
                wire.methods.clear()

            assert simulator.statistics.unexpected_frames == 0

    on_the_network(program)


def test_pings_can_be_switched_off() -> None:
    """With 0 nobody is pinged."""

    async def program() -> None:
        async with Simulator(tls=False, ping_seconds=0) as simulator:
            due = [handle for handle in getattr(asyncio.get_running_loop(), "_scheduled", ()) if "ping" in repr(handle)]

            assert (due, simulator.statistics.clients) == ([], 0)

    on_the_network(program)


def test_somebody_who_was_called_talks() -> None:
    """A dialled number follows its script, and the call ends with it."""

    async def program() -> None:
        async with desk() as (simulator, wire):

            async def then(callee: Caller) -> None:
                await callee.hears("your taxi", PATIENTLY)
                await callee.hangs_up()

            simulator.answers(CALLED, after=2.0, then=then)
            device = {"type": "phone", "params": {"from_number": "+15550100001", "to_number": CALLED}}
            await wire.ask("calling.dial", tag="t", devices=[[device]])
            call = (await wire.event("calling.call.dial", dial_state="answered"))["call"]
            address = {"node_id": call["node_id"], "call_id": call["call_id"]}
            await wire.ask("calling.play", **address, control_id="p", play=say("Your taxi is here"))
            ended = await wire.event("calling.call.state", call_state="ended")

            assert (call["call_id"], "hangup") == (ended["call_id"], ended["end_reason"])

    on_the_network(program)


def test_a_failed_script_is_raised_on_leaving() -> None:
    """A script that was disappointed fails the program that started the simulator."""

    async def program() -> None:
        async def then(callee: Caller) -> None:
            await callee.hears("never said", timeout=1)

        async with desk() as (simulator, wire):
            simulator.answers(CALLED, then=then)
            await wire.ask("calling.dial", tag="t", devices=[[{"type": "phone", "params": {"to_number": CALLED}}]])
            await wire.event("calling.call.dial", dial_state="answered")
            (callee,) = simulator.callers.values()
            with pytest.raises(NotHeardError):
                await callee.hears("never said", timeout=5)

    with pytest.raises(NotHeardError):
        on_the_network(program)


def test_an_error_of_the_program_hides_no_failure() -> None:
    """What the program itself raises is what is raised."""

    async def program() -> None:
        async with Simulator(tls=False) as simulator:
            simulator.failures.append(RuntimeError("behind"))
            raise LookupError

    with pytest.raises(LookupError):
        on_the_network(program)


def test_many_calls_at_once() -> None:
    """Two hundred calls to two clients all end, and nothing is left open."""

    async def serve(wire: Wire) -> None:
        while True:
            offer = await wire.event("calling.call.receive")
            address = {"node_id": offer["node_id"], "call_id": offer["call_id"]}
            await wire.ask("calling.answer", **address)
            await wire.ask("calling.play", **address, control_id=offer["call_id"], play=say("Good bye"))

    async def act(simulator: Simulator) -> None:
        caller = simulator.call("desk")
        await caller.hears("good bye", PATIENTLY)
        await caller.hangs_up()

    async def program() -> None:
        async with desk() as (simulator, wire), linked(simulator) as other:
            await other.log_in(simulator, "desk")
            serving = [asyncio.create_task(serve(each)) for each in (wire, other)]
            await asyncio.gather(*(act(simulator) for _ in range(200)))
            for task in serving:
                task.cancel()
            await asyncio.gather(*serving, return_exceptions=True)

            sums = simulator.statistics
            assert (200, 200, 200, 0, 0) == (
                sums.calls_made,
                sums.calls_ended,
                sums.calls_live_at_most,
                sums.operations_open,
                sums.unexpected_frames,
            )

    on_the_network(program)


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_port_that_cannot_be(port: int) -> None:
    """What is no port is refused before anything is made."""
    with pytest.raises(ValueError, match=f"port={port}: must be 0 to 65535"):
        Simulator(port=port)


def test_a_start_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever keeps it from listening, its certificate does not stay behind."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    async def program() -> None:
        with pytest.raises(ValueError, match="not allowed"):
            await Simulator("no host", allow_remote=True).start()

    on_the_network(program)

    assert [] == list(tmp_path.iterdir())
