"""Commands that the simulator refuses because of the state of the call, and whose fault that is."""

import pytest
from simulator_wire import TTS, Desk, Phone


def test_a_call_that_never_was_is_not_found() -> None:
    """A command for an unknown call gets 404."""
    desk = Desk()

    reply = desk.phone.ask("calling.answer", call_id="nowhere")

    assert reply == {"code": "404", "message": "Call nowhere does not exist"}


def test_another_client_s_call_is_not_found() -> None:
    """A client cannot touch the calls of another."""
    desk = Desk()
    leg = desk.answered()
    stranger = Phone(desk.exchange)
    stranger.log_in()

    assert stranger.ask("calling.end", call_id=leg.call_id)["code"] == "404"


def test_calls_long_past_are_forgotten() -> None:
    """So many calls that are over are told apart from calls that never were."""
    desk = Desk(max_past_calls=1)
    legs = [desk.answered(), desk.answered()]
    for leg in legs:
        leg.person_hangs_up()
        desk.clock.pass_(1)

    assert [desk.ask(leg, "calling.end")["code"] for leg in legs] == ["404", "410"]


def test_answering_twice_is_a_conflict() -> None:
    """The second answer gets 409, and is held against the client."""
    desk = Desk()
    leg = desk.answered()

    reply = desk.ask(leg, "calling.answer")

    assert (reply["code"], desk.unexpected) == ("409", ["Cannot answer while it is answered"])


def test_media_needs_an_answered_call() -> None:
    """A play before the answer gets 409, and is held against the client."""
    desk = Desk()
    leg = desk.ring()

    reply = desk.ask(leg, "calling.play", control_id="p", play=[TTS])

    assert (reply["code"], desk.unexpected) == ("409", ["Cannot play while it is created"])


def test_early_media_is_taken_when_it_is_allowed() -> None:
    """With early media, a play before the answer is played, and ends with the call."""
    desk = Desk(early_media=True)
    leg = desk.ring()
    reply = desk.ask(leg, "calling.play", control_id="p", play=[TTS])
    leg.person_hangs_up("cancel")
    desk.clock.pass_(5)

    assert (reply["code"], desk.phone.reports("p"), desk.unexpected) == ("200", ["playing"], [])


@pytest.mark.parametrize("acknowledges", [True, False])
def test_a_command_on_an_ended_call_is_a_fault_only_if_the_client_knew(acknowledges: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """410 for a command that crossed the hang-up is nobody's fault; after the acknowledgement it is the client's."""
    desk = Desk()
    leg = desk.answered()
    desk.phone.acknowledges = acknowledges
    leg.person_hangs_up()
    desk.clock.pass_(1)

    code = desk.ask(leg, "calling.play", control_id="p", play=[TTS])["code"]

    assert (code, len(desk.unexpected)) == ("410", int(acknowledges))


def test_a_second_hangup_is_a_fault() -> None:
    """A client knows that it has hung up: the second one is held against it."""
    desk = Desk()
    leg = desk.answered()
    desk.phone.acknowledges = False
    desk.ask(leg, "calling.end")

    code = desk.ask(leg, "calling.end")["code"]

    assert (code, desk.unexpected) == ("410", [f"Call {leg.call_id} is ending"])


def test_a_request_without_an_id_gets_no_reply() -> None:
    """What wants no reply is done without one."""
    desk = Desk()
    leg = desk.ring()
    told = len(desk.phone.frames)

    desk.phone.say({"jsonrpc": "2.0", "method": "calling.answer", "params": {"call_id": leg.call_id}})

    assert (leg.state, len(desk.phone.frames) - told) == ("answered", 1)
