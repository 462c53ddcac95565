"""Simulated recordings."""

from typing import Any

from simulator_wire import Desk, Frame

from callfsm.simulator.leg import Leg


def record(desk: Desk, **audio: Any) -> Leg:
    """An answered call that is being recorded."""
    leg = desk.answered()
    desk.ask(leg, "calling.record", control_id="r", record={"audio": audio})
    return leg


def last(desk: Desk) -> Frame:
    """The last report of the recording."""
    return desk.phone.events("calling.call.record", control_id="r")[-1]


def test_the_reply_tells_where_the_file_will_be() -> None:
    """The URL of the reply is that of the last report."""
    desk = Desk()
    leg = desk.answered()
    reply = desk.ask(leg, "calling.record", control_id="r", record={"audio": {"format": "wav"}})
    desk.ask(leg, "calling.record.stop", control_id="r")

    assert (reply["url"], reply["url"][-4:]) == (last(desk)["url"], ".wav")


def test_a_stopped_recording_tells_its_file() -> None:
    """The last report tells URL, length, size, times and settings."""
    desk = Desk(epoch=1_000.0)
    leg = record(desk, stereo=True)
    desk.clock.pass_(12.5)
    desk.ask(leg, "calling.record.stop", control_id="r")

    report = last(desk)

    told = {
        "state": "finished",
        "url": f"https://files.simulator.invalid/{report['recording_id']}.mp3",
        "duration": 12.5,
        "size": 100_000,
        "start_time": 1_000.0,
        "end_time": 1_012.5,
        "record": {"audio": {"format": "mp3", "stereo": True, "direction": "speak"}},
    }
    assert told == {name: report[name] for name in told}


def test_a_terminator_ends_it() -> None:
    """# ends a recording that names no other keys; other keys do not."""
    desk = Desk()
    leg = record(desk)
    leg.press("1")
    before = desk.phone.reports("r")
    leg.press("#")

    assert (before, desk.phone.reports("r")) == (["recording"], ["recording", "finished"])


def test_silence_after_speech_ends_it() -> None:
    """end_silence_timeout runs from the end of speech, and starts anew with each utterance."""
    desk = Desk()
    leg = record(desk, end_silence_timeout=2)
    desk.clock.pass_(10)
    for _ in range(2):
        leg.begin_speaking()
        desk.clock.pass_(1)
        leg.finish_speaking("well")
        desk.clock.pass_(1.5)
    before = desk.phone.reports("r")
    desk.clock.pass_(1)

    assert (before, desk.phone.reports("r")) == (["recording"], ["recording", "finished"])


def test_no_speech_at_all_is_no_input() -> None:
    """When nothing is said within initial_timeout, there is no file."""
    desk = Desk()
    record(desk, initial_timeout=3)
    desk.clock.pass_(4)

    assert (desk.phone.reports("r"), "url" in last(desk)) == (["recording", "no_input"], False)


def test_speech_in_time_is_input() -> None:
    """Once something is said, initial_timeout is over."""
    desk = Desk()
    leg = record(desk, initial_timeout=3)
    desk.clock.pass_(2)
    leg.begin_speaking()
    desk.clock.pass_(100)
    leg.finish_speaking("well")
    desk.clock.pass_(100)

    assert desk.phone.reports("r") == ["recording"]


def test_somebody_who_speaks_already_is_input() -> None:
    """A recording that begins in the middle of speech does not wait for its beginning."""
    desk = Desk()
    leg = desk.answered()
    leg.begin_speaking()
    desk.ask(leg, "calling.record", control_id="r", record={"audio": {"initial_timeout": 3}})
    desk.clock.pass_(100)

    assert desk.phone.reports("r") == ["recording"]


def test_max_length_ends_it() -> None:
    """It ends when it is as long as it may be; a pause that skips does not count."""
    desk = Desk()
    leg = record(desk, max_length=5)
    desk.clock.pass_(3)
    desk.ask(leg, "calling.record.pause", control_id="r")
    desk.clock.pass_(100)
    desk.ask(leg, "calling.record.resume", control_id="r")
    desk.clock.pass_(2.5)

    assert (["recording", "paused", "recording", "finished"], 5.0) == (desk.phone.reports("r"), last(desk)["duration"])


def test_a_pause_may_be_recorded_as_silence() -> None:
    """With behavior silence the pause counts, and the report tells so."""
    desk = Desk()
    leg = record(desk)
    desk.clock.pass_(3)
    desk.ask(leg, "calling.record.pause", control_id="r", behavior="silence")
    behavior = last(desk)["pause_behavior"]
    desk.clock.pass_(4)
    desk.ask(leg, "calling.record.resume", control_id="r")
    desk.clock.pass_(1)
    desk.ask(leg, "calling.record.stop", control_id="r")

    assert (behavior, last(desk)["duration"]) == ("silence", 8.0)


def test_the_file_of_a_call_that_ends_comes_before_ended() -> None:
    """By itself the server reports the file between ending and ended."""
    desk = Desk()
    leg = record(desk)
    desk.clock.pass_(2)
    leg.person_hangs_up()

    assert (leg.state, last(desk)["state"], last(desk)["duration"]) == ("ending", "finished", 2.0)


def test_the_file_of_a_call_that_ends_may_come_late() -> None:
    """When so set, the file is reported after ended."""
    desk = Desk(late_recordings=True)
    leg = record(desk)
    desk.clock.pass_(2)
    leg.person_hangs_up()
    desk.clock.pass_(0.06)
    before = (leg.state, desk.phone.reports("r"))
    desk.clock.pass_(0.1)

    assert (("ended", ["recording"]), "finished", 2.0) == (before, last(desk)["state"], last(desk)["duration"])


def test_the_file_of_a_call_that_ends_may_never_come() -> None:
    """When no last report is set for recordings, none comes, and nothing stays open."""
    desk = Desk(last_reports=frozenset())
    leg = record(desk)
    leg.person_hangs_up()
    desk.clock.pass_(5)

    assert (desk.phone.reports("r"), desk.exchange.statistics.operations_open) == (["recording"], 0)
