"""Simulated plays: what is reported when, and what the caller hears."""

from typing import Any

import pytest
from simulator_wire import TTS, Desk

AUDIO = {"type": "audio", "params": {"url": "https://example.test/hold.mp3"}}
RINGTONE = {"type": "ringtone", "params": {"name": "us"}}


def silence(seconds: float) -> dict[str, Any]:
    """A silent item."""
    return {"type": "silence", "params": {"duration": seconds}}


@pytest.mark.parametrize(
    ("media", "loop", "seconds"),
    [
        ([TTS], 1, 19 * 0.06),
        ([{"type": "tts", "params": {"text": "Hi"}}], 1, 0.3),
        ([AUDIO], 1, 3.0),
        ([RINGTONE], 1, 5.0),
        ([{"type": "ringtone", "params": {"name": "us", "duration": 2}}], 1, 2.0),
        ([silence(1.5), AUDIO], 1, 4.5),
        ([silence(1.5)], 3, 4.5),
    ],
)
def test_a_play_takes_as_long_as_its_media(media: list[dict[str, Any]], loop: int, seconds: float) -> None:
    """It finishes when its last item has been heard as often as asked, and not before."""
    desk = Desk()
    leg = desk.answered()
    reply = desk.ask(leg, "calling.play", control_id="p", play=media, loop=loop)
    reports = []
    for step in (seconds - 0.01, 0.02):
        desk.clock.pass_(step)
        reports.append(desk.phone.reports("p"))

    told = {"code": "200", "message": "Playing", "call_id": leg.call_id, "control_id": "p"}
    assert (told, [["playing"], ["playing", "finished"]]) == (reply, reports)


def test_a_play_may_go_on_for_ever() -> None:
    """A loop of 0 plays until it is stopped."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.play", control_id="p", play=[silence(1)], loop=0)
    desk.clock.pass_(1_000)
    before = desk.phone.reports("p")
    desk.ask(leg, "calling.play.stop", control_id="p")

    assert (before, desk.phone.reports("p")) == (["playing"], ["playing", "finished"])


def test_stopping() -> None:
    """A stopped play finishes at once, and the caller has heard a part of it."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.play", control_id="p", play=[TTS])
    desk.clock.pass_(0.6)

    reply = desk.ask(leg, "calling.play.stop", control_id="p")

    assert ("200", ["playing", "finished"], ["Press one "], []) == (
        reply["code"],
        desk.phone.reports("p"),
        leg.ear.heard(),
        leg.open_operations,
    )


def test_a_pause_freezes_the_play() -> None:
    """While it is paused nothing is heard; after resume it goes on where it was."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.play", control_id="p", play=[TTS])
    desk.clock.pass_(0.6)
    codes = [desk.ask(leg, "calling.play.pause", control_id="p")["code"]]
    desk.clock.pass_(100)
    heard = leg.ear.heard()
    codes.append(desk.ask(leg, "calling.play.resume", control_id="p")["code"])
    desk.clock.pass_(0.6)

    assert (["200", "200"], ["Press one "], ["playing", "paused", "playing", "finished"]) == (
        codes,
        heard,
        desk.phone.reports("p"),
    )


def test_volume_is_accepted() -> None:
    """A volume in range is taken, one out of range is not."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.play", control_id="p", play=[TTS])

    codes = [desk.ask(leg, "calling.play.volume", control_id="p", volume=volume)["code"] for volume in (-3, 50, None)]

    assert codes == ["200", "400", "400"]


def test_two_plays_run_at_once() -> None:
    """Each has its own control id and its own end."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.play", control_id="p1", play=[silence(1)])
    desk.ask(leg, "calling.play", control_id="p2", play=[silence(2)])
    desk.clock.pass_(1.5)

    assert (["playing", "finished"], ["playing"]) == (desk.phone.reports("p1"), desk.phone.reports("p2"))


def test_a_control_id_in_use_is_a_conflict() -> None:
    """Two operations of a call cannot share a control id while the first one runs."""
    desk = Desk()
    leg = desk.answered()
    codes = [desk.ask(leg, "calling.play", control_id="p", play=[silence(1)])["code"] for _ in range(2)]
    desk.clock.pass_(2)
    codes.append(desk.ask(leg, "calling.play", control_id="p", play=[silence(1)])["code"])

    assert codes == ["200", "409", "200"]


@pytest.mark.parametrize("method", ["calling.play.stop", "calling.record.stop", "calling.collect.stop"])
def test_an_operation_that_never_was_is_not_found(method: str) -> None:
    """A control command for an unknown control id gets 404."""
    desk = Desk()

    reply = desk.ask(desk.answered(), method, control_id="nothing")

    assert (reply["code"], len(desk.unexpected)) == ("404", 1)


@pytest.mark.parametrize("acknowledges", [True, False])
def test_a_command_for_a_finished_play_is_a_fault_only_if_the_client_knew(acknowledges: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """A pause that crossed the finish gets 404 and is nobody's fault."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.play", control_id="p", play=[silence(1)])
    desk.phone.acknowledges = acknowledges
    desk.clock.pass_(2)

    reply = desk.ask(leg, "calling.play.pause", control_id="p")

    assert (reply["code"], len(desk.unexpected)) == ("404", int(acknowledges))


def test_a_second_pause_is_a_conflict() -> None:
    """The table permits no pause of what is paused."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.play", control_id="p", play=[silence(1)])
    codes = [desk.ask(leg, "calling.play.pause", control_id="p")["code"] for _ in range(2)]

    assert (codes, desk.unexpected) == (["200", "409"], ["Cannot pause while it is paused"])


def test_a_play_says_nothing_when_its_call_ends() -> None:
    """By itself the server reports no end of a play that the hang-up ended."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.play", control_id="p", play=[TTS])
    leg.person_hangs_up()
    desk.clock.pass_(5)

    assert (desk.phone.reports("p"), desk.exchange.statistics.operations_open) == (["playing"], 0)


def test_a_play_may_report_its_end_while_the_call_is_ending() -> None:
    """When so set, the last report comes between ending and ended."""
    desk = Desk(last_reports=frozenset({"play"}))
    leg = desk.answered()
    desk.ask(leg, "calling.play", control_id="p", play=[TTS])
    leg.person_hangs_up()

    assert (desk.phone.reports("p"), leg.state) == (["playing", "finished"], "ending")


def test_commands_for_operations_of_an_ended_call_get_410() -> None:
    """Once the call is over, that is what is told, whatever the operation was."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.play", control_id="p", play=[TTS])
    leg.person_hangs_up()

    assert desk.ask(leg, "calling.play.stop", control_id="p")["code"] == "410"


def test_a_leg_forgets_operations_long_over() -> None:
    """However many plays a call has had, so many are remembered."""
    desk = Desk()
    leg = desk.answered()
    for number in range(150):
        desk.ask(leg, "calling.play", control_id=f"p{number}", play=[silence(1)])
        desk.clock.pass_(2)

    assert len(leg.operations) == 100
