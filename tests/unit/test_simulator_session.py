"""Commands of the simulator about the session, beside the login."""

from simulator_wire import Desk


def test_reauthentication() -> None:
    """The right credentials get the authorization once more, wrong ones an error."""
    desk = Desk()
    right = {"project": "simulated-project", "token": "simulated-token"}
    accepted = desk.phone.ask("signalwire.reauthenticate", authentication=right)
    refused = desk.phone.ask("signalwire.reauthenticate", authentication=right | {"token": "wrong"})

    assert ("simulated-project", -32002) == (accepted["authorization"]["project_id"], refused["error"]["code"])


def test_a_command_within_a_command() -> None:
    """What signalwire.execute encloses is done, and its reply encloses the other's."""
    desk = Desk()
    reply = desk.phone.ask(
        "signalwire.execute",
        method="signalwire.receive",
        params={"contexts": ["sales"]},
        requester_nodeid="us",
        responder_nodeid="them",
    )

    assert {
        "requester_nodeid": "us",
        "responder_nodeid": "them",
        "result": {"code": "200", "message": "Receiving"},
    } == reply
    assert "created" == desk.ring("sales").state


def test_an_error_within_a_command() -> None:
    """A JSON-RPC error is not enclosed."""
    desk = Desk()
    reply = desk.phone.ask("signalwire.execute", method="calling.dance", params={})

    assert -32601 == reply["error"]["code"]


def test_a_context_is_received() -> None:
    """calling.receive is signalwire.receive for one context."""
    desk = Desk()
    desk.phone.ask("calling.receive", context="sales")

    assert "created" == desk.ring("sales").state


def test_a_connector_is_configured() -> None:
    """It gets a configuration, which is empty."""
    desk = Desk()
    names = ("target", "local_endpoint", "external_endpoint", "relay_connector_id")
    reply = desk.phone.ask("provisioning.configure", **dict.fromkeys(names, "x"))

    assert ("200", {}) == (reply["code"], reply["configuration"])
