"""`callfsm.core.switchboard`: it knows whose event this is."""

import pytest
from core_wire import CALL_ID, TAG, Server, dialled

from callfsm.core.model import CallModel


def test_call() -> None:
    """An event finds the call whose id it carries."""
    server = Server()
    call = server.ring()

    assert server.session.switchboard.call({"call_id": CALL_ID}) is call


@pytest.mark.parametrize("call_id", ["call-9", "", None, 7, ["call-1"], {}])
def test_no_call(call_id: object) -> None:
    """An event finds no call by anything else."""
    server = Server()
    server.ring()

    assert server.session.switchboard.call({"call_id": call_id}) is None


def test_dial() -> None:
    """An event finds the dial whose tag it carries, also one that nobody waits for any longer."""
    server = Server()
    dial = dialled(server)
    waiting = server.session.switchboard.dial({"tag": TAG})
    server.session.abandon(dial, "timed out")

    assert (waiting, server.session.switchboard.dial({"tag": TAG})) == (dial, dial)


@pytest.mark.parametrize("tag", ["tag-9", None, 7, ["tag-1"]])
def test_no_dial(tag: object) -> None:
    """An event finds no dial by anything else."""
    server = Server()
    dialled(server)

    assert server.session.switchboard.dial({"tag": tag}) is None


def test_forgetting_one_of_two() -> None:
    """Only the very call that is known is forgotten, not another one of the same id."""
    server = Server()
    call = server.ring()
    server.session.switchboard.forget(CallModel(server.session, {"call_id": CALL_ID}))

    assert server.session.calls == {CALL_ID: call}
