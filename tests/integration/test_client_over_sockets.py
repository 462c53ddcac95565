"""The client and the simulator over real sockets: what only sockets can show."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field

import pytest
from sockets import client_of, run, until

from callfsm import AuthenticationError, Call, RecordEvent
from callfsm.builders import phone
from callfsm.simulator import Simulator


@dataclass
class Calls:
    """A handler that answers, speaks, and keeps what it was handed."""

    taken: list[Call] = field(default_factory=list)
    over: list[str] = field(default_factory=list)

    async def __call__(self, call: Call) -> None:
        """Handle a call."""
        self.taken.append(call)
        await call.answer()
        await (await call.play_tts("hello")).wait()
        await call.hangup()
        await call.wait_for_ended()
        self.over.append(call.end_reason)


@pytest.mark.parametrize("tls", [False, True])
def test_call(monkeypatch: pytest.MonkeyPatch, *, tls: bool) -> None:
    """A whole call, in clear text on loopback and over TLS."""

    async def main() -> None:
        calls = Calls()
        async with Simulator(tls=tls, speed=10) as simulator:
            if tls:
                monkeypatch.setenv("SIGNALWIRE_RELAY_CA_FILE", simulator.ca_file)
            client = client_of(simulator, "office")
            client.on_call(calls)
            async with client:
                caller = simulator.call("office")
                await caller.is_over()
                await until(lambda: not client.calls)

            assert (["hangup"], ["hello"], 0) == (calls.over, caller.heard, simulator.statistics.unexpected_frames)

    run(main())


def test_dropped_line() -> None:
    """A line that breaks under a call is opened again, and the call goes on."""

    async def main() -> None:
        async with Simulator(tls=False, speed=10) as simulator:
            client = client_of(simulator, "office")
            calls: asyncio.Queue[Call] = asyncio.Queue()
            client.on_call(calls.put)
            async with client:
                caller = simulator.call("office")
                call = await calls.get()
                await call.answer()
                simulator.drop_links()
                await until(lambda: client.state != "online")
                await (await call.play_tts("still here")).wait()
                await call.hangup()
                await caller.is_over()

            assert ["still here"] == caller.heard

    run(main())


def test_recording_of_a_caller_who_hangs_up() -> None:
    """The address of a recording is kept when the caller hangs up in the middle of it."""

    async def main() -> None:
        async with Simulator(tls=False, speed=10) as simulator:
            client = client_of(simulator, "office")
            calls: asyncio.Queue[Call] = asyncio.Queue()
            client.on_call(calls.put)
            async with client:
                caller = simulator.call("office")
                call = await calls.get()
                await call.answer()
                recording = await call.record()
                await caller.says("this is my message")
                await caller.hangs_up()
                event = await recording.wait()
                await call.wait_for_ended()

            assert isinstance(event, RecordEvent)
            assert ("https", []) == (event.url.split(":")[0], call.actions)

    run(main())


def test_wrong_credentials() -> None:
    """Wrong credentials are told as such."""

    async def main() -> None:
        async with Simulator(tls=False) as simulator:
            with pytest.raises(AuthenticationError):
                await client_of(simulator, token="wrong").connect()  # and meant to be

    run(main())


def test_many_clients() -> None:
    """Calls are shared out among the clients of a context, and passed from one to the next."""

    async def main() -> None:
        async with Simulator(tls=False, speed=10) as simulator:
            first, second = client_of(simulator, "office"), client_of(simulator, "office")

            @first.on_call
            async def passing(call: Call) -> None:
                await call.pass_()

            calls = Calls()
            second.on_call(calls)
            async with first, second:
                callers = [simulator.call("office") for _ in range(4)]
                for caller in callers:
                    await caller.is_over()
                await until(lambda: not second.calls)

            assert sorted(caller.call_id for caller in callers) == sorted(call.call_id for call in calls.taken)

    run(main())


def test_no_illegal_frame() -> None:
    """Whatever a program asks in the wrong moment, the server sees no frame that it would refuse."""

    async def main() -> None:
        async with Simulator(tls=False, speed=10) as simulator:
            client = client_of(simulator, "office")
            calls: asyncio.Queue[Call] = asyncio.Queue()
            client.on_call(calls.put)
            async with client:
                caller = simulator.call("office")
                call = await calls.get()
                refused = [await error_of(call.play_tts("too early")), await error_of(call.hangup("nonsense"))]
                await call.answer()
                refused.append(await error_of(call.answer()))
                finished = await call.play_tts("hello")
                await finished.wait()
                refused.append(await error_of(finished.pause()))
                await caller.hangs_up()
                await call.wait_for_ended()
                late = await call.play_tts("too late")
                await late.wait()
                outbound = await client.dial([[phone("+15550100009", "+15550100001")]])
                refused.append(await error_of(outbound.answer()))
                await outbound.hangup()
                await outbound.wait_for_ended()
            sent = [entry.name for entry in simulator.journal.entries() if entry.direction == "app->relay"]

            assert refused == [
                "IllegalCommandError",
                "ValueError",
                "IllegalCommandError",
                "IllegalCommandError",
                "IllegalCommandError",
            ]
            assert (0, ["calling.answer", "calling.play", "calling.dial", "calling.end"]) == (
                simulator.statistics.unexpected_frames,
                [name for name in sent if name.startswith("calling.")],
            )

    run(main())


async def error_of(asking: Awaitable[object]) -> str:
    """The name of what a command raises."""
    try:
        await asking
    except Exception as error:  # noqa: BLE001  # its name is the test's to judge
        return type(error).__name__
    return ""


def test_silent_server() -> None:
    """A server that takes the connection and never speaks WebSocket is no line."""

    async def main() -> None:
        async def ignore(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        async with await asyncio.start_server(ignore, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with Simulator(tls=False) as simulator:
                client = client_of(simulator)
                client.host = f"127.0.0.1:{port}"
                with pytest.raises(Exception, match=r".") as caught:
                    await client.connect()

            assert ("closed", True) == (client.state, type(caught.value).__name__ in ("InvalidMessage", "EOFError"))

    run(main())
