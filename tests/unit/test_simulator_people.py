"""What people at the far end are, and what they send."""

from __future__ import annotations

import asyncio

import pytest
from clock import now as time
from simulator_office import Office, on_the_phone
from simulator_wire import CALLED, PHONE, to

from callfsm.simulator import Caller, Person, Text, answering_machine, fax_machine

DOCUMENT = "https://files.example.test/a.pdf"


def test_a_caller_is_a_machine() -> None:
    """Somebody may be an answering machine from now on; one that says nothing is none."""

    async def script(office: Office) -> None:
        caller = office.answered()
        caller.is_machine("Hello, this is a machine", beep=False)
        with pytest.raises(ValueError, match="says something"):
            caller.is_machine("")

        assert answering_machine("Hello, this is a machine", beep=False) == caller.leg.person

    on_the_phone(script)


def test_a_caller_is_a_fax() -> None:
    """A fax machine has tones; one that sends has a document, one that takes takes."""

    async def script(office: Office) -> None:
        caller = office.answered()
        people: list[Person] = []
        for become in (caller.is_fax, lambda: caller.sends_fax(DOCUMENT, pages=3), caller.takes_fax):
            become()
            people.append(caller.leg.person)

        told = [(sorted(person.fax_tones), person.pages, person.takes_fax) for person in people]
        assert [(["CED", "CNG"], 0, False), (["CNG"], 3, False), (["CED"], 0, True)] == told

    on_the_phone(script)


def test_a_machine_calls() -> None:
    """Whoever calls may be told who they are."""

    async def script(office: Office) -> None:
        caller = office.network.call("desk", person=fax_machine(DOCUMENT))

        assert DOCUMENT == caller.leg.person.document

    on_the_phone(script)


def test_a_machine_picks_up() -> None:
    """A number may be an answering machine's, and it may have a script as well."""

    async def script(office: Office) -> None:
        done: list[str] = []

        async def then(callee: Caller) -> None:
            done.append(callee.state)

        office.network.answers(PHONE, then=then, person=answering_machine("Hello"))
        office.phone.ask("calling.dial", tag="t", devices=[to(PHONE)])
        await asyncio.sleep(2)
        (callee,) = office.network.callers.values()

        assert (True, ["answered"]) == (callee.leg.person.is_machine, done)

    on_the_phone(script)


def test_texts_arrive() -> None:
    """What the program sends to a number can be read there; somewhere else there is nothing."""

    async def script(office: Office) -> None:
        office.phone.ask("messaging.send", to_number=PHONE, from_number=CALLED, body="ready", context="c")
        await asyncio.sleep(1)

        assert ([Text(PHONE, CALLED, "ready", context="c")], []) == (
            office.network.texts(PHONE),
            office.network.texts(CALLED),
        )

    on_the_phone(script)


@pytest.mark.parametrize(("failed", "state"), [(False, "undelivered"), (True, "failed")])
def test_texts_do_not_arrive(failed: bool, state: str) -> None:  # noqa: FBT001  # a parameter of the test
    """A number may be told to take none, before they are sent or after."""

    async def script(office: Office) -> None:
        office.network.undeliverable(PHONE, "spam", failed=failed)
        office.phone.ask("messaging.send", to_number=PHONE, from_number=CALLED, body="ready")
        await asyncio.sleep(1)

        assert (state, "spam") == (
            office.phone.events("messaging.state")[-1]["message_state"],
            office.phone.events("messaging.state")[-1]["reason"],
        )

    on_the_phone(script)


def test_somebody_sends_a_text() -> None:
    """It comes to the client at once, with its pictures."""

    async def script(office: Office) -> None:
        message_id = office.network.message("desk", "look", media=[DOCUMENT])

        (event,) = office.phone.events("messaging.receive")
        assert (message_id, [DOCUMENT], 0.0) == (event["message_id"], event["media"], time())

    on_the_phone(script)
