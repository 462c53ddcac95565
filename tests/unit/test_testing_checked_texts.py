"""`check_flow` of programs that take text messages: they get some, also those that their code looks for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from callfsm import Message, RelayClient, RelayError
from callfsm.testing import FlowError, Network, NetworkAct, Story, check_flow

BRIEFLY = settings(database=None, derandomize=True, max_examples=40)
client = RelayClient("project", "token", contexts=["texts"])


async def answers(message: Message) -> None:
    """Say what was said."""
    await client.send_message(
        to_number=message.from_number, from_number=message.to_number, body=f"You wrote: {message.body}"
    )


async def fails_on_one(message: Message) -> None:
    """Raise when a certain word comes."""
    if message.body == "unsubscribe":
        raise LookupError("nobody has subscribed")
    await answers(message)


async def waits_for_ever(_message: Message) -> None:
    """Wait for nothing."""
    await asyncio.Event().wait()


async def fails_when_refused(message: Message) -> None:
    """Treat what the network has done as a fault of its own."""
    try:
        await answers(message)
    except RelayError as error:
        raise ValueError("no message was sent") from error


def found(handler: Callable[[Message], Coroutine[Any, Any, None]], **options: Any) -> FlowError:
    """What is wrong with a handler of messages."""
    client.on_message(handler)
    with pytest.raises(FlowError) as caught:
        check_flow(client, settings=BRIEFLY, **options)
    return caught.value


def test_nothing_is_wrong() -> None:
    """Messages are sent, and so are the answers."""
    client.on_message(answers)
    checked = check_flow(client, settings=BRIEFLY)

    assert checked.stories > 40
    assert "messaging.send" in checked.vocabulary.methods


def test_words_of_the_code() -> None:
    """A word that the program looks for is sent, alone."""
    failure = found(fails_on_one)

    assert "no undeclared exception" == failure.troubles[0].invariant
    assert Story((), Network((NetworkAct("message", ("texts", "unsubscribe")),))) == failure.story


def test_test_to_paste() -> None:
    """The test sends the message; the ladder has the text messages."""
    failure = found(fails_on_one)

    assert '        await relay.serves(client)\n        relay.message("texts", "unsubscribe")\n' in failure.test
    assert "Text messages:\n" in str(failure)


def test_who_never_returns() -> None:
    """A handler of messages returns one day, too."""
    assert "handler returns" == found(waits_for_ever, patience=100.0).troubles[0].invariant


def test_network() -> None:
    """What the network does to answers is tried as well."""
    refuses = st.just(Network((NetworkAct("replies", (500, "messaging.send")), NetworkAct("message", ("texts", "Hi")))))

    assert "no undeclared exception" == found(fails_when_refused, networks=refuses).troubles[0].invariant
