"""Who may log in to the simulator, and what a client comes back to."""

import pytest
from simulator_wire import Desk, Frame, Phone


def refused(reply: Frame) -> tuple[int, str]:
    """The error of a reply, in short."""
    return reply["error"]["code"], reply["error"]["message"]


@pytest.mark.parametrize(
    "authentication",
    [
        {},
        {"project": "simulated-project", "token": "another"},
        {"project": "another", "token": "simulated-token"},
        {"project": "simulated-project"},
        {"jwt_token": "simulated-token"},
        {"project": 7, "token": None},
        "simulated-token",
        None,
    ],
)
def test_wrong_credentials_are_refused(authentication: object) -> None:
    """Whatever is not the project and its token gets the error that clients take for final."""
    phone = Phone(Desk().exchange)

    reply = phone.ask("signalwire.connect", authentication=authentication)

    told = {"code": -32002, "message": "Authentication failed", "data": {"signalwire_error_code": "AUTH_REQUIRED"}}
    assert told == reply["error"]


def test_a_jwt_stands_for_project_and_token() -> None:
    """The JWT that the simulator was given is enough to log in."""
    phone = Phone(Desk(jwt_token="a.b.c").exchange)  # made up

    reply = phone.ask("signalwire.connect", authentication={"jwt_token": "a.b.c"})

    assert "protocol" in reply


def test_the_signature_is_the_second_field_of_the_protocol() -> None:
    """Clients that compare the two send the protocol back, and so come back to their session."""
    desk = Desk()

    reply = Phone(desk.exchange).log_in("desk")

    assert reply["authorization"]["signature"] == reply["protocol"].split("_")[1]


def test_the_authorization_state_follows_the_login() -> None:
    """The first event of a session tells the authorization state."""
    events = Desk().phone.events("signalwire.authorization.state")

    assert 1 == len(events)


def test_nothing_but_connect_is_served_before_the_login() -> None:
    """A command of a stranger is refused, whatever it is."""
    desk = Desk()
    stranger = Phone(desk.exchange)

    assert refused(stranger.ask("calling.play")) == (-32600, "Invalid request: calling.play before signalwire.connect")


def test_a_second_login_on_one_link_is_refused() -> None:
    """A connection has one session."""
    reply = Desk().phone.log_in("desk")

    assert refused(reply) == (-32600, "Invalid request: this connection has logged in already")


def test_an_unknown_method_is_not_found() -> None:
    """A method that the server does not know gets the JSON-RPC error for it."""
    desk = Desk()

    assert (-32601, "Method not found: calling.levitate") == refused(desk.phone.ask("calling.levitate"))


def test_a_text_that_is_no_frame_is_written_down() -> None:
    """Junk gets no reply, and stands in the journal as unexpected."""
    desk = Desk()

    desk.exchange.receive(desk.phone.client, "{")

    assert desk.unexpected == ["not JSON (JSONDecodeError)"]


def test_credentials_are_not_written_down() -> None:
    """The journal holds no token."""
    desk = Desk()

    assert not any("simulated-token" in str(entry.frame) for entry in desk.exchange.journal.entries())


def test_a_ping_is_echoed() -> None:
    """A client's ping comes back with what it held."""
    desk = Desk()

    assert desk.phone.ask("signalwire.ping", timestamp=7.5, payload="x") == {"timestamp": 7.5, "payload": "x"}


def test_the_server_pings_those_who_have_logged_in() -> None:
    """A link on which nobody has logged in is not pinged."""
    desk = Desk()
    stranger = Phone(desk.exchange)

    desk.exchange.ping()

    pinged = [[frame["method"] for frame in phone.frames[-1:]] for phone in (desk.phone, stranger)]
    assert pinged == [["signalwire.ping"], []]


def test_disconnect_closes_the_link() -> None:
    """A client that says so is let go."""
    desk = Desk()

    desk.phone.ask("signalwire.disconnect")

    assert desk.phone.closed


def test_a_client_comes_back_to_its_calls() -> None:
    """Under the same protocol the session goes on: its calls are up, and what happened meanwhile is told."""
    desk = Desk()
    protocol = next(iter(desk.exchange.sessions))
    leg = desk.answered()
    desk.phone.close()
    leg.person_hangs_up()
    desk.clock.pass_(10)

    again = Phone(desk.exchange)
    reply = again.log_in(protocol=protocol)

    assert (reply["protocol"], again.states(leg.call_id)) == (protocol, ["ending", "ended"])


def test_a_client_that_does_not_acknowledge_hears_what_it_missed() -> None:
    """Without acknowledgements, what happened while the link was down is told once, and nothing before that."""
    desk = Desk()
    phone = Phone(desk.exchange, acknowledges=False)
    protocol = phone.log_in("another")["protocol"]
    leg = desk.ring("another")
    phone.close()
    leg.person_hangs_up("cancel")
    desk.clock.pass_(1)

    again = Phone(desk.exchange, acknowledges=False)
    again.log_in(protocol=protocol)

    assert (again.states(leg.call_id), again.events("calling.call.receive")) == (["ending", "ended"], [])


def test_calls_end_when_nobody_comes_back() -> None:
    """After the time for which sessions are held, the calls of a dropped link end."""
    desk = Desk(session_hold=30.0)
    leg = desk.answered()
    desk.phone.close()

    states = []
    for seconds in (29.9, 0.2):
        desk.clock.pass_(seconds)
        states.append(leg.state)

    assert states == ["answered", "ended"]


def test_a_forgotten_protocol_begins_a_new_session() -> None:
    """A client that comes back too late is told a protocol that it did not send."""
    desk = Desk()
    protocol = next(iter(desk.exchange.sessions))
    desk.phone.close()
    desk.clock.pass_(31)

    assert protocol != Phone(desk.exchange).log_in(protocol=protocol)["protocol"]


def test_a_second_link_takes_the_session_over() -> None:
    """When a client comes back before its old link is known to be down, the old one is closed."""
    desk = Desk()
    protocol = next(iter(desk.exchange.sessions))
    leg = desk.answered()

    again = Phone(desk.exchange)
    again.log_in(protocol=protocol)
    leg.person_hangs_up()

    assert (desk.phone.closed, again.states(leg.call_id)) == (True, ["ending"])


@pytest.mark.parametrize(("restart", "state"), [(False, "answered"), (True, "ended")])
def test_asked_to_reconnect(restart: bool, state: str) -> None:  # noqa: FBT001  # a parameter of the test
    """The server can ask clients to connect again: with restart their calls end, without it they go on."""
    desk = Desk()
    leg = desk.answered()

    desk.exchange.ask_to_reconnect(restart=restart)
    desk.clock.pass_(1)

    assert (desk.phone.frames[-1]["params"] if not restart else {"restart": True}, leg.state) == (
        {"restart": restart},
        state,
    )


def test_strangers_are_not_asked_to_reconnect() -> None:
    """A link on which nobody has logged in is left alone, whatever it replies to."""
    desk = Desk()
    stranger = Phone(desk.exchange)
    stranger.say({"jsonrpc": "2.0", "id": "nothing", "result": {}})

    desk.exchange.ask_to_reconnect(restart=False)

    assert (stranger.frames, stranger.closed) == ([], False)


def test_a_link_may_be_closed_twice() -> None:
    """Both sides may close a link; the session waits for its client all the same."""
    desk = Desk()
    leg = desk.answered()
    for _ in range(2):
        desk.exchange.detach(desk.phone.client)

    assert (leg.state, desk.exchange.statistics.clients) == ("answered", 0)


def test_missing_acknowledgements_are_counted() -> None:
    """Events that a client should have acknowledged, and has not within a second, are counted."""
    desk = Desk()
    phone = Phone(desk.exchange)
    phone.log_in("another")
    phone.acknowledges = False
    desk.ring("another")
    missing = []
    for seconds in (0.9, 0.2):
        desk.clock.pass_(seconds)
        missing.append(desk.exchange.statistics.acknowledgements_missing)

    assert missing == [0, 1]


def test_a_client_that_has_left_keeps_its_missing_acknowledgements() -> None:
    """What was missing when the session ended stays counted; each of its events is counted once."""
    desk = Desk()
    desk.phone.acknowledges = False
    desk.ring()
    desk.clock.pass_(5)
    desk.phone.close()
    desk.clock.pass_(31)

    assert desk.exchange.statistics.acknowledgements_missing == 1


def test_what_is_never_acknowledged_is_not_kept_for_ever() -> None:
    """A session remembers so many unacknowledged events, and counts the others."""
    desk = Desk()
    desk.phone.acknowledges = False

    for _ in range(1_100):
        desk.ring()
    desk.clock.pass_(2)

    session = next(iter(desk.exchange.sessions.values()))
    assert (session.missing, session.acknowledgements_missing) == (100, 1_100)


def test_shutting_down_leaves_nothing_running() -> None:
    """However much is under way, no time limit is left afterwards and every call has ended."""
    desk = Desk(late_recordings=True)
    leg = desk.answered()
    desk.ask(leg, "calling.record", control_id="r", record={"audio": {"max_length": 9}})
    desk.ask(leg, "calling.collect", control_id="c", digits={"max": 1}, start_input_timers=True)
    desk.ring("nobody")

    desk.exchange.shut_down()

    assert (desk.clock.pending, len(desk.exchange.legs), leg.state) == (0, 0, "ended")
