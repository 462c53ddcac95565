"""What a test that nobody has written for it would overlook: it fails any test that uses a relay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import pytest

from callfsm import Call, PlayEvent, RelayClient
from callfsm.simulator import CallerError
from callfsm.testing import DeadEndError, LeftOverError, MemoryRelay, Relay, keeps, run

held: list[asyncio.Task[None]] = []


async def says(call: Call, **options: Any) -> None:
    """Answer, speak, and hang up."""
    await call.answer()
    said = await call.play_tts("Hello", **options)
    await said.wait()
    await call.hangup()


async def fails(*_: object) -> None:
    """Raise."""
    raise ValueError("it broke")


async def text_arrives(relay: Relay) -> None:
    """A handler of text messages raises."""
    client = relay.client("office")
    client.on_message(fails)
    await relay.serves(client)
    relay.message("office", "Hi")
    await asyncio.sleep(1)


async def listener_is_told(relay: Relay) -> None:
    """A listener raises."""

    async def listens(call: Call) -> None:
        call.on(PlayEvent, fails)
        await says(call)

    await relay.serves(listens)
    await relay.call("office").is_over()


async def action_completes(relay: Relay) -> None:
    """What was to be called when an action is over raises."""
    await relay.serves(lambda call: says(call, on_completed=fails))
    await relay.call("office").is_over()


@pytest.mark.parametrize("test", [text_arrives, listener_is_told, action_completes])
def test_errors(test: Callable[[Relay], Coroutine[Any, Any, None]]) -> None:
    """What anything of a program raises fails the test, with the exception as the cause."""

    async def main() -> None:
        async with MemoryRelay() as relay:
            await test(relay)

    with pytest.raises(LeftOverError, match="fails raised ValueError") as caught:
        run(main())

    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize("test", [text_arrives, listener_is_told, action_completes])
def test_errors_that_are_allowed(test: Callable[[Relay], Coroutine[Any, Any, None]]) -> None:
    """It does not where the test expects it."""

    async def main() -> list[object]:
        async with MemoryRelay() as relay:
            relay.allows(ValueError)
            await test(relay)
            return list(relay.failed)

    assert [] == run(main())


def test_task_that_is_held() -> None:
    """An exception that nobody has looked at is told of, also when somebody holds its task."""

    async def main() -> None:
        held.append(asyncio.create_task(fails()))
        await asyncio.sleep(1)

    with pytest.raises(AssertionError, match=r"left unseen: .*never retrieved: ValueError\('it broke'\)"):
        run(main())

    held.clear()


def test_forgotten_await() -> None:
    """An expectation that was not awaited is none."""

    async def main() -> None:
        async with MemoryRelay() as relay:
            await relay.serves(says)
            caller = relay.call("office")
            caller.hears("never said at all")  # type: ignore[unused-coroutine]  # the mistake of which this is about
            await caller.is_over()

    with pytest.raises(AssertionError, match=r"left unseen: .*'Caller.hears' was never awaited"):
        run(main())


def test_other_warnings_are_shown() -> None:
    """Nothing else that Python warns of is kept back."""

    async def main() -> None:
        import warnings  # noqa: PLC0415  # the warning is the program's

        warnings.warn("an old function", DeprecationWarning, stacklevel=1)

    with pytest.warns(DeprecationWarning, match="an old function"):
        run(main())


def test_turns_without_time() -> None:
    """A program that lets the loop turn without any time passing ends the test, and is told with its line."""

    async def spins(call: Call) -> None:
        await call.answer()
        while call.state != "ended":  # noqa: ASYNC110  # the mistake of which this is about
            await asyncio.sleep(0)

    async def main() -> None:
        async with MemoryRelay() as relay:
            await relay.serves(spins)
            await relay.call("office").is_over()

    with pytest.raises(DeadEndError, match=r"somebody spins[^$]*await asyncio\.sleep\(0\)"):
        run(main())


def test_commands_without_turns() -> None:
    """So does one that swallows every refusal and asks at once again."""

    async def spins(call: Call) -> None:
        await call.answer()
        while True:
            with suppress(Exception):
                await call.play_tts("Hello")

    async def main() -> None:
        async with MemoryRelay() as relay:
            await relay.serves(spins)
            caller = relay.call("office")
            await caller.is_answered()
            await caller.hangs_up()

    with pytest.raises(AssertionError, match="100,000 commands were asked: somebody spins"):
        run(main())


def test_refused_by_the_network() -> None:
    """What the network has done to a command, and `keeps` excuses, fails the test at its end neither."""

    async def main() -> str:
        async with MemoryRelay() as relay:
            async with keeps(relay):
                relay.replies(500, "calling.play")
                await relay.serves(says)
                await relay.call("office").is_over()
            return "it is over"

    assert "it is over" == run(main())


def test_refused_without_keeps() -> None:
    """In a test that does not use it the refusal is as good as any other error."""

    async def main() -> None:
        async with MemoryRelay() as relay:
            relay.replies(500, "calling.play")
            await relay.serves(says)
            await relay.call("office").is_over()

    with pytest.raises((LeftOverError, CallerError), match="RELAY error 500"):
        run(main())


def test_same_ids() -> None:
    """A client that was made elsewhere has the same ids in every run, and goes on with its own ones afterwards."""
    client = RelayClient("project", "token", contexts=["office"])
    client.on_call(says)

    async def main() -> list[str]:
        async with MemoryRelay() as relay:
            await relay.serves(client)
            await relay.call("office").is_over()
            return [params["control_id"] for params in relay.frames("calling.play")]

    first, own, second = run(main()), client._pump.new_id(), run(main())

    assert first == second
    assert own not in first
