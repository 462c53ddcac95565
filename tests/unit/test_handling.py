"""`callfsm.handling`: how the program's handlers are run, and what becomes of those that fail."""

import asyncio
import inspect
import logging
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from typing import Any

import pytest
from clock import in_virtual_time, turns
from scripted import ScriptedServer, scripted

from callfsm import Call

WHO: ContextVar[str] = ContextVar("who", default="nobody")


class Desk:
    """A handler that is an object."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def __call__(self, call: Call) -> None:
        """Take a call."""
        await asyncio.sleep(0)
        self.taken.append(call.call_id)


async def takes_two(call: Call, taken: list[str]) -> None:
    """Takes a call, and something besides."""
    await asyncio.sleep(0)
    taken.append(call.call_id)


async def takes_none() -> None:
    """Takes no call."""


async def fails(_call: Call) -> None:
    """Fails after a while, in a context of its own."""
    WHO.set("the handler")
    await asyncio.sleep(0)
    raise KeyError("menu")


class Failing:
    """A handler that is an object, and fails."""

    def __call__(self, _call: Call) -> None:
        """Fail at once."""
        raise KeyError("menu")


async def records(caplog: pytest.LogCaptureFixture, handler: Callable[..., Any]) -> tuple[list[str], list[Any]]:
    """What is told of a handler that fails: the lines, and what is asked of the call."""
    async with scripted() as (client, server):
        client.on_call(handler)
        with caplog.at_level(logging.WARNING, "callfsm"):
            server.offers()
            ended = await server.expects("calling.end")
        server.replies_to(ended)
        server.state("ended")
        await turns()
        assert 0 == len(client._pump.handlers)
        return [record.getMessage() for record in caplog.records], [ended["params"]["reason"]]


@in_virtual_time
async def test_objects_and_parts() -> None:
    """A handler may be an object, or a function of which a part is given already."""
    async with scripted() as (client, server):
        desk, taken = Desk(), list[str]()
        handlers: tuple[Callable[..., Any], ...] = (desk, partial(takes_two, taken=taken))
        for number, handler in enumerate(handlers):
            client.on_call(handler)
            server.offers(f"call-{number}")
            await turns()

        assert (["call-0"], ["call-1"]) == (desk.taken, taken)


@pytest.mark.parametrize(
    ("handler", "name"),
    [(fails, "fails"), (Failing(), "Failing"), (takes_none, "takes_none"), (lambda: None, "<lambda>")],
    ids=["coroutine function", "object", "of no call", "plain function of no call"],
)
@in_virtual_time
async def test_failing(caplog: pytest.LogCaptureFixture, handler: Callable[..., Any], name: str) -> None:
    """However a handler is made and fails, one line tells its name and its call, which is hung up as an error."""
    assert ([f"handler raised handler={name!r} call='call-1'"], ["error"]) == await records(caplog, handler)


@in_virtual_time
async def test_told_in_its_context(caplog: pytest.LogCaptureFixture) -> None:
    """The line about a handler that has failed is written in the handler's context, as filters and formatters need."""
    seen: list[str] = []

    def note(_record: logging.LogRecord) -> bool:
        seen.append(WHO.get())
        return True

    caplog.handler.addFilter(note)
    await records(caplog, fails)

    assert ["the handler"] == seen


@in_virtual_time
async def test_cancelled_before_it_begins(caplog: pytest.LogCaptureFixture) -> None:
    """A handler that is cancelled before it could begin leaves no caller waiting."""

    async def never(_call: Call) -> None:
        raise AssertionError("it does not begin")

    async with scripted() as (client, server):

        def cancel() -> None:
            for task in client._pump.handlers._running:
                task.cancel()

        client.on_call(never)
        client._pump.performed.append(cancel)
        with caplog.at_level(logging.WARNING, "callfsm"):
            server.offers()
            ended = await server.expects("calling.end")

        told = [record.getMessage() for record in caplog.records]
        assert (["handler cancelled", "error"]) == [*(line[:17] for line in told), ended["params"]["reason"]]


@pytest.mark.parametrize("stop", [SystemExit, KeyboardInterrupt])
def test_ends_the_program(stop: type[BaseException], caplog: pytest.LogCaptureFixture) -> None:
    """What a handler ends the program with is raised once, out of the event loop, and is no failure of the handler."""

    async def ends(_call: Call) -> None:
        raise stop

    async def program() -> None:
        async with scripted() as (client, server):
            client.on_call(ends)
            server.offers()
            await asyncio.Event().wait()

    with pytest.raises(stop):
        asyncio.run(program())

    assert [] == [record.getMessage() for record in caplog.records if "handler" in record.getMessage()]


@in_virtual_time
async def test_tasks_by_their_name() -> None:
    """Whoever looks at the tasks that run finds the handlers by their name, and the program's code in them."""
    async with scripted() as (client, server):
        client.on_call(fails)
        server.offers()
        await turns(1)
        (task,) = (each for each in asyncio.all_tasks() if each.get_name() == "callfsm on_call")
        shown = repr(task)
        server.replies_to(await server.expects("calling.end"))

        assert "coro=<fails() " in shown


async def waits(_call: Call) -> None:
    """Waits for ever."""
    await asyncio.Event().wait()


async def tidies(_call: Call) -> None:
    """Waits for ever, and takes a few turns to leave."""
    try:
        await asyncio.Event().wait()
    finally:
        await turns(3)


async def stays(_call: Call) -> None:
    """Does not leave before long."""
    try:
        await asyncio.Event().wait()
    finally:
        await turns(1_000)


def hung_up(handler: Callable[..., Any]) -> int:
    """How many of twenty calls are hung up when the event loop of a program ends that has closed nothing."""
    servers: list[ScriptedServer] = []

    async def program() -> None:
        servers.append(ScriptedServer())
        client = servers[0].client("office")
        client.on_call(handler)
        await client.connect()
        for number in range(20):
            servers[0].offers(f"call-{number}")
        await turns()

    asyncio.run(program())
    return len(servers[0].sent("calling.end"))


@pytest.mark.parametrize(("handler", "calls"), [(waits, 20), (tidies, 20), (stays, 0)])
def test_the_loop_ends(handler: Callable[..., Any], calls: int) -> None:
    """Who ends the event loop while handlers are at work leaves no caller behind, if they go soon."""
    assert calls == hung_up(handler)


def bare(loop: asyncio.AbstractEventLoop, work: Any) -> asyncio.Future[Any]:
    """A task factory as programs have had them for long: it knows of no contexts and no names."""
    return asyncio.Task(work, loop=loop)


async def cancels_itself(_call: Call) -> None:
    """Ends as if somebody had cancelled it."""
    raise asyncio.CancelledError


@pytest.mark.parametrize(
    ("handler", "line"),
    [
        (fails, "handler raised handler='fails'"),
        (takes_none, "handler raised handler='takes_none'"),
        (cancels_itself, "handler cancelled handler='cancels_itself'"),
    ],
)
@in_virtual_time
async def test_task_factory(caplog: pytest.LogCaptureFixture, handler: Callable[..., Any], line: str) -> None:
    """Handlers run in the tasks that a factory of the program's own makes, and fail there as anywhere."""
    asyncio.get_running_loop().set_task_factory(bare)

    assert ([f"{line} call='call-1'"], ["error"]) == await records(caplog, handler)


@in_virtual_time
async def test_passes_for_a_coroutine_function(caplog: pytest.LogCaptureFixture) -> None:
    """A handler that is only marked as a coroutine function is called once, in a task, and fails there."""
    times: list[Call] = []

    def marked(call: Call) -> None:
        times.append(call)
        raise TypeError("of its own")

    mark = getattr(inspect, "markcoroutinefunction", lambda function: function)  # Since 3.12.
    lines, reasons = await records(caplog, mark(marked))

    assert (1, 1, ["error"]) == (len(times), len(lines), reasons)


class Proxy:
    """Shows itself as the coroutine function that it stands for, and does something of its own when it is called."""

    __code__ = fails.__code__

    def __call__(self, _call: Call) -> None:
        """Fail at once."""
        raise ValueError("of its own")


@in_virtual_time
async def test_proxy(caplog: pytest.LogCaptureFixture) -> None:
    """A handler that passes for a coroutine function, as wrapped ones do, fails in its task."""
    assert (["handler raised handler='Proxy' call='call-1'"], ["error"]) == await records(caplog, Proxy())
