"""`callfsm.core.model.connection`: the login, what it gives back, and the refusals."""

import pytest
from core_wire import Server

from callfsm import constants
from callfsm.core.model.connection import MAX_KEPT


def test_login_frame() -> None:
    """The first frame of a socket tells who we are, and leaves out what is empty."""
    frame = Server(online=False).open()

    assert (frame["method"], frame["params"]) == (
        "signalwire.connect",
        {
            "version": {"major": 2, "minor": 0, "revision": 0},
            "agent": constants.AGENT_STRING,
            "event_acks": True,
            "authentication": {"project": "project-1", "token": "token-1"},
            "contexts": ["office"],
        },
    )


def test_login_without_contexts() -> None:
    """No contexts are told where there are none."""
    assert "contexts" not in Server(online=False, contexts=[]).open()["params"]


def test_jwt_alone() -> None:
    """A JWT goes alone, also where a project and a token are known."""
    frame = Server(online=False, jwt_token="jwt-1").open()

    assert frame["params"]["authentication"] == {"jwt_token": "jwt-1"}


def test_session_given_back() -> None:
    """The next login gives back the session's name and the latest authorization state."""
    server = Server()
    server.event("signalwire.authorization.state", {"authorization_state": "first"})
    server.event("signalwire.authorization.state", {"authorization_state": "second"})
    server.drop()
    params = server.open()["params"]

    assert (params["protocol"], params["authorization_state"]) == ("protocol-1", "second")


@pytest.mark.parametrize("told", [{}, {"authorization_state": ""}, {"authorization_state": 7}])
def test_empty_authorization_state(told: dict[str, object]) -> None:
    """An authorization state that is empty does not replace the one that is known."""
    server = Server()
    server.event("signalwire.authorization.state", {"authorization_state": "first"})
    server.event("signalwire.authorization.state", told)

    assert server.session.connection.authorization_state == "first"


def test_authorization_state_needs_the_session() -> None:
    """Without the name of a session, no authorization state is given back."""
    server = Server(online=False)
    server.session.connection.authorization_state = "first"

    assert "authorization_state" not in server.open()["params"]


def test_nothing_given_back_after_a_fresh_start() -> None:
    """When the server wants a new session, the next login gives nothing back."""
    server = Server()
    server.event("signalwire.authorization.state", {"authorization_state": "first"})
    server.tell({"id": "d-1", "method": "signalwire.disconnect", "params": {"restart": True}})
    server.drop()

    assert {"protocol", "authorization_state"} & set(server.open()["params"]) == set()


@pytest.mark.parametrize(("result", "protocol"), [({}, "protocol-1"), ({"protocol": "other"}, "other")])
def test_result_of_a_login(result: dict[str, str], protocol: str) -> None:
    """What a login's result leaves out stays as it was."""
    server = Server()
    server.drop()
    login = server.open()
    server.tell({"id": login["id"], "result": result})

    assert (server.session.connection.protocol, server.session.connection.identity) == (protocol, "identity-1")


@pytest.mark.parametrize(
    ("result", "resumed"), [({}, True), ({"protocol": "protocol-1"}, True), ({"protocol": "other"}, False)]
)
def test_resumed(result: dict[str, str], resumed: bool) -> None:  # noqa: FBT001  a parameter of the test
    """A session is taken up again when the server names no other one."""
    server = Server()
    server.drop()
    login = server.open()
    server.tell({"id": login["id"], "result": result})

    assert server.session.connection.resumed == resumed


def test_first_login_resumes_nothing() -> None:
    """The first session is a new one."""
    assert not Server().session.connection.resumed


def test_odd_result() -> None:
    """A result that is no object is a login all the same."""
    server = Server(online=False)
    login = server.open()
    server.tell({"id": login["id"], "result": "welcome"})

    assert server.session.connection.state == "online"


def refuse(server: Server, code: int) -> str:
    """Refuse one login; the state that follows."""
    login = server.open()
    server.tell({"id": login["id"], "error": {"code": code, "message": "no"}})
    return server.session.connection.state


@pytest.mark.parametrize("code", [-32002, -32003])
def test_refused(code: int) -> None:
    """After three refusals in a row the connection is refused for good."""
    server = Server(online=False)

    assert [refuse(server, code) for _ in range(3)] == ["waiting", "waiting", "refused"]


@pytest.mark.parametrize("code", [-32603, -32000, 500])
def test_login_that_failed(code: int) -> None:
    """A login that failed for another reason may be tried without end."""
    server = Server(online=False)

    assert {refuse(server, code) for _ in range(5)} == {"waiting"}


def test_refusals_in_a_row() -> None:
    """A login that went well ends a row of refusals."""
    server = Server(online=False)
    refuse(server, -32002)
    refuse(server, -32002)
    server.log_in()
    server.drop()

    assert [refuse(server, -32002) for _ in range(2)] == ["waiting", "waiting"]


def test_reason_of_a_refusal() -> None:
    """What the server said is kept until a login goes well."""
    server = Server(online=False)
    refuse(server, -32002)
    refusal = server.session.connection.refusal
    server.log_in()

    assert refusal is not None
    assert (refusal.code, refusal.message, server.session.connection.refusal) == (-32002, "no", None)


def test_refused_again_after_a_new_beginning() -> None:
    """The program may try again after it was refused for good."""
    server = Server(online=False)
    for _ in range(3):
        refuse(server, -32002)
    server.log_in()

    assert server.session.connection.state == "online"


@pytest.mark.parametrize(("trigger", "online"), [("draining", True), ("dropped", False), ("closed", False)])
def test_online(trigger: str, online: bool) -> None:  # noqa: FBT001  a parameter of the test
    """Commands go out while the connection is online, also when it is going away."""
    server = Server()
    server.session.connection.fire(trigger)

    assert server.session.connection.online == online


def test_line_that_drops_while_going_away() -> None:
    """A connection that is going away comes back for the calls that are still up, and wants no others."""
    server = Server()
    server.session.connection.fire("draining")
    server.drop()
    login = server.open()
    server.tell({"jsonrpc": "2.0", "id": login["id"], "result": {"protocol": "protocol-1"}})

    assert "contexts" not in login["params"]
    assert "draining" == server.session.connection.state


@pytest.mark.parametrize("left", ["dropped", "opened"])
def test_going_away_without_a_line(left: str) -> None:
    """Going away can begin while there is no line; it is so when the line is back."""
    server = Server()
    server.drop()
    if left == "opened":
        server.session.connection.fire("opening")
    server.session.connection.fire("draining")

    assert server.session.connection.why_declined(0) == ("going away", "decline")


def test_connected_again_after_going_away() -> None:
    """A client that went away, and is connected again by the program, wants calls again."""
    server = Server()
    server.session.connection.fire("draining")
    server.close()
    server.log_in()

    assert server.session.connection.why_declined(0) is None


def test_closed_and_opened_again() -> None:
    """A connection that the program has closed can be opened again."""
    server = Server()
    server.close()
    server.log_in()

    assert server.session.connection.state == "online"


def test_secrets_not_shown() -> None:
    """The settings do not show the credentials."""
    shown = repr(Server(jwt_token="jwt-1").session.settings)

    assert ("token-1" in shown, "jwt-1" in shown) == (False, False)


@pytest.mark.parametrize(("length", "kept"), [(MAX_KEPT, True), (MAX_KEPT + 1, False)])
def test_words_that_are_too_long(length: int, kept: bool) -> None:  # noqa: FBT001  a column of the table
    """A word that is given back at every login, and concealed in every line of the log, is not kept at any length."""
    server = Server()
    server.event("signalwire.authorization.state", {"authorization_state": "x" * length})

    assert kept == (server.session.connection.authorization_state != "")
