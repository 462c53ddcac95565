"""`callfsm.statistics`: the sums of what has happened to a client."""

from clock import in_virtual_time, turns
from scripted import scripted

from callfsm import Call, IllegalCommandError, Statistics


@in_virtual_time
async def test_nothing_yet() -> None:
    """A client that has just connected has counted nothing."""
    async with scripted() as (client, _server):
        assert Statistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0) == client.statistics


@in_virtual_time
async def test_declined_calls_are_counted() -> None:
    """An inbound call that is turned away is counted, and is not live once its hang-up is through."""
    async with scripted() as (client, server):
        server.offers()
        server.replies_to(await server.expects("calling.end"))
        server.state("ended")
        await turns()

        assert (1, 0) == (client.statistics.calls_declined, client.statistics.calls_live)


@in_virtual_time
async def test_calls_and_what_goes_wrong_in_them_are_counted() -> None:
    """Calls that were made, commands that were refused, and reports that moved nothing are counted."""
    async with scripted() as (client, server):
        refused: list[str] = []

        @client.on_call
        async def plays_too_early(call: Call) -> None:
            try:
                await call.play_silence(1.0)
            except IllegalCommandError as error:
                refused.append(error.command)

        server.offers()
        await turns()
        server.state("levitating")
        server.tells("not JSON")
        await turns()

        assert ["play"] == refused
        assert Statistics(1, 1, 0, 0, 1, 0, 1, 1, 0, 0) == client.statistics


@in_virtual_time
async def test_an_observer_that_has_left() -> None:
    """An observer is told of every transition until it leaves, which it may do twice."""
    async with scripted() as (client, _server):
        seen: list[str] = []
        leave = client.observe(lambda transition: seen.append(transition.trigger))
        await client.disconnect()
        leave()
        leave()
        await client.connect()

        assert ["closed"] == seen
