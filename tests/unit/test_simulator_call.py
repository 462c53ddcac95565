"""Calls that come in: who is offered them, and what can be done with them."""

from simulator_wire import CALLED, CALLER, Desk, Phone


def test_a_call_is_offered_with_its_context() -> None:
    """The offer tells the context, the direction and both numbers."""
    desk = Desk()
    leg = desk.ring()

    (offer,) = desk.phone.events("calling.call.receive")

    told = {
        "node_id": desk.exchange.node_id,
        "call_id": leg.call_id,
        "segment_id": leg.segment_id,
        "call_state": "created",
        "direction": "inbound",
        "context": "desk",
        "device": {"type": "phone", "params": {"from_number": CALLER, "to_number": CALLED}},
    }
    assert told == offer


def test_an_event_comes_in_the_envelope_of_the_wire() -> None:
    """Every event frame has an id, and the envelope tells channel, time, project and space."""
    desk = Desk(epoch=1_790_000_000.0)
    desk.clock.pass_(0.5)
    desk.ring()

    frame = desk.phone.frames[-1]

    assert (
        {"event_type", "event_channel", "timestamp", "project_id", "space_id", "params"},
        1_790_000_000.5,
        True,
    ) == (set(frame["params"]), frame["params"]["timestamp"], bool(frame["id"]))


def test_clients_take_turns() -> None:
    """Each call is offered to one client, and the clients of a context take turns."""
    desk = Desk()
    second = Phone(desk.exchange)
    second.log_in("desk")
    legs = [desk.ring() for _ in range(4)]

    offered = [[event["call_id"] for event in phone.events("calling.call.receive")] for phone in (desk.phone, second)]

    ids = [leg.call_id for leg in legs]
    assert sorted([ids[::2], ids[1::2]]) == sorted(offered)


def test_a_context_without_subscribers_does_not_answer() -> None:
    """The caller of a context that nobody has hears at once that nobody answers."""
    desk = Desk()

    leg = desk.ring("nobody")
    desk.clock.pass_(1)

    assert (leg.state, leg.end_reason) == ("ended", "noAnswer")


def test_contexts_can_be_added_and_given_up() -> None:
    """Subscribing is done by receive, unsubscribing by unreceive."""
    desk = Desk()
    codes = [desk.phone.ask("signalwire.receive", contexts=["sales"])["code"]]
    desk.ring("sales")
    codes.append(desk.phone.ask("signalwire.unreceive", contexts=["sales"])["code"])
    desk.ring("sales")

    assert (["200", "200"], 1) == (codes, len(desk.phone.events("calling.call.receive", context="sales")))


def test_a_client_that_is_away_is_not_offered_calls() -> None:
    """A session whose link is down takes no new calls."""
    desk = Desk()
    desk.phone.close()

    assert desk.ring().end_reason == "noAnswer"


def test_answering() -> None:
    """The reply comes before the report, and the report tells when."""
    desk = Desk(epoch=100.0)
    leg = desk.ring()
    desk.clock.pass_(2)

    reply = desk.ask(leg, "calling.answer")

    (event,) = desk.phone.events("calling.call.state")
    assert ({"code": "200", "message": "Answering"}, "answered", "inbound", 100_000, 102_000, 0) == (
        reply,
        event["call_state"],
        event["direction"],
        event["start_time"],
        event["answer_time"],
        event["end_time"],
    )


def test_the_reply_comes_before_the_events_it_causes() -> None:
    """On the wire a reply is ahead of what follows from it."""
    desk = Desk()
    leg = desk.ring()
    desk.ask(leg, "calling.answer")

    kinds = ["event" if "method" in frame else "reply" for frame in desk.phone.frames[-2:]]

    assert kinds == ["reply", "event"]


def test_hanging_up() -> None:
    """The call ends in two steps, with the reason that was given."""
    desk = Desk()
    leg = desk.answered()
    reply = desk.ask(leg, "calling.end", reason="busy")
    desk.clock.pass_(1)

    ends = [
        (event["call_state"], event["end_reason"], event["end_source"])
        for event in desk.phone.events("calling.call.state")[1:]
    ]

    assert (reply["code"], ends) == ("200", [("ending", "busy", "none"), ("ended", "busy", "none")])


def test_the_caller_hangs_up() -> None:
    """A caller who hangs up ends the call in two steps, from the inbound side."""
    desk = Desk()
    leg = desk.answered()
    leg.person_hangs_up()
    desk.clock.pass_(1)

    assert (desk.phone.states(leg.call_id), leg.end_source) == (["answered", "ending", "ended"], "inbound")


def test_nobody_answers() -> None:
    """A call that is offered and never answered ends by itself."""
    desk = Desk(ring_limit=20.0)
    leg = desk.ring()
    desk.clock.pass_(21)

    assert (leg.state, leg.end_reason) == ("ended", "noAnswer")


def test_a_call_may_be_limited() -> None:
    """max_duration of an answer ends the call."""
    desk = Desk()
    leg = desk.ring()
    desk.ask(leg, "calling.answer", max_duration=60)
    desk.clock.pass_(61)

    assert (leg.state, leg.end_reason) == ("ended", "maxDuration")


def test_a_passed_call_goes_to_the_next_client() -> None:
    """Passing offers the call to a client that has not had it, and takes it from the one that had."""
    desk = Desk()
    second = Phone(desk.exchange)
    second.log_in("desk")
    leg = desk.ring()

    reply = desk.ask(leg, "calling.pass")

    found = second.events("calling.call.receive", call_id=leg.call_id)
    assert ("200", 1, "404") == (reply["code"], len(found), desk.ask(leg, "calling.answer")["code"])


def test_a_call_that_everybody_passes_is_not_answered() -> None:
    """When no client is left, the call ends; those who passed it hear nothing more of it."""
    desk = Desk()
    leg = desk.ring()
    desk.ask(leg, "calling.pass")
    desk.clock.pass_(1)

    assert (leg.state, leg.end_reason, desk.phone.states(leg.call_id)) == ("ended", "noAnswer", [])


def test_digits_are_sent_and_heard() -> None:
    """send_digits is reported as finished once they have been sent, and the far end hears them."""
    desk = Desk()
    leg = desk.answered()
    reply = desk.ask(leg, "calling.send_digits", control_id="d", digits="1w2#")
    before = desk.phone.events("calling.call.send_digits")
    desk.clock.pass_(1.2)

    after = [event["state"] for event in desk.phone.events("calling.call.send_digits", control_id="d")]
    assert ("200", [], ["finished"], ["12#"]) == (reply["code"], before, after, leg.ear.heard())


def test_digit_bindings_are_cleared_while_the_call_is_up() -> None:
    """The harmless command that clients probe calls with tells whether the call is there."""
    desk = Desk()
    leg = desk.answered()
    codes = [desk.ask(leg, "calling.clear_digit_bindings")["code"]]
    leg.person_hangs_up()
    desk.clock.pass_(1)
    codes.append(desk.ask(leg, "calling.clear_digit_bindings")["code"])

    assert codes == ["200", "410"]
