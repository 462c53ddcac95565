"""What the simulator refuses as the real server would, before anything happens."""

from typing import Any

import pytest
from simulator_wire import PHONE, TTS, Desk, to

SILENCE = {"type": "silence", "params": {"duration": 1}}
COLLECT = {"digits": {"max": 1}}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("calling.play", {"play": [TTS]}),
        ("calling.play", {"control_id": "", "play": [TTS]}),
        ("calling.play", {"control_id": 7, "play": [TTS]}),
        ("calling.play", {"control_id": "p"}),
        ("calling.play", {"control_id": "p", "play": []}),
        ("calling.play", {"control_id": "p", "play": "hello"}),
        ("calling.play", {"control_id": "p", "play": ["hello"]}),
        ("calling.play", {"control_id": "p", "play": [{"type": "song", "params": {}}]}),
        ("calling.play", {"control_id": "p", "play": [{"type": "tts"}]}),
        ("calling.play", {"control_id": "p", "play": [{"type": "tts", "params": {"text": ""}}]}),
        ("calling.play", {"control_id": "p", "play": [{"type": "silence", "params": {}}]}),
        ("calling.play", {"control_id": "p", "play": [{"type": "silence", "params": {"duration": 0}}]}),
        ("calling.play", {"control_id": "p", "play": [{"type": "ringtone", "params": {"name": "us", "duration": -1}}]}),
        ("calling.play", {"control_id": "p", "play": [TTS], "volume": 41}),
        ("calling.play", {"control_id": "p", "play": [TTS], "volume": -40.5}),
        ("calling.play", {"control_id": "p", "play": [TTS], "volume": "loud"}),
        ("calling.play", {"control_id": "p", "play": [TTS], "loop": -1}),
        ("calling.play", {"control_id": "p", "play": [TTS], "loop": 1.5}),
        ("calling.record", {"control_id": "r"}),
        ("calling.record", {"control_id": "r", "record": {}}),
        ("calling.record", {"control_id": "r", "record": {"audio": {"format": "flac"}}}),
        ("calling.record", {"control_id": "r", "record": {"audio": {"stereo": "yes"}}}),
        ("calling.record", {"control_id": "r", "record": {"audio": {"max_length": "long"}}}),
        ("calling.record", {"control_id": "r", "record": {"audio": {"initial_timeout": -1}}}),
        ("calling.collect", {"control_id": "c"}),
        ("calling.collect", {"control_id": "c", "digits": {}}),
        ("calling.collect", {"control_id": "c", "digits": {"max": 0}}),
        ("calling.collect", {"control_id": "c", "digits": {"max": True}}),
        ("calling.collect", {"control_id": "c", "digits": []}),
        ("calling.collect", {"control_id": "c", "digits": {"max": 1, "digit_timeout": 0}}),
        ("calling.collect", {"control_id": "c", "speech": "yes"}),
        ("calling.collect", {"control_id": "c", "speech": {"end_silence_timeout": 0}}),
        ("calling.collect", {"control_id": "c", **COLLECT, "initial_timeout": 0}),
        ("calling.collect", {"control_id": "c", **COLLECT, "continuous": 1}),
        ("calling.play_and_collect", {"control_id": "pc", "play": [TTS]}),
        ("calling.play_and_collect", {"control_id": "pc", "collect": COLLECT}),
        ("calling.play_and_collect", {"control_id": "pc", "play": [TTS], "collect": {}}),
        ("calling.send_digits", {"control_id": "d", "digits": ""}),
        ("calling.send_digits", {"control_id": "d", "digits": "call me"}),
        ("calling.end", {"reason": "nonsense"}),
        ("calling.connect", {}),
        ("calling.connect", {"devices": []}),
        ("calling.connect", {"devices": [[]]}),
        ("calling.connect", {"devices": to(PHONE)}),
        ("calling.connect", {"devices": [[{"type": "pigeon", "params": {}}]]}),
        ("calling.connect", {"devices": [[{"type": "phone", "params": {}}]]}),
        ("calling.connect", {"devices": [to(PHONE, timeout=0)]}),
        ("calling.connect", {"devices": [to(PHONE)], "ringback": [{"type": "song"}]}),
    ],
)
def test_bad_params_are_refused(method: str, params: dict[str, Any]) -> None:
    """400, nothing begins, and it is held against the client."""
    desk = Desk()
    leg = desk.answered()

    reply = desk.ask(leg, method, **params)

    assert (reply["code"], leg.open_operations, leg.state, len(desk.unexpected)) == ("400", [], "answered", 1)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("calling.dial", {"tag": "t"}),
        ("calling.dial", {"devices": [to(PHONE)]}),
        ("calling.dial", {"tag": "t", "devices": [to(PHONE)], "timeout": "soon"}),
        ("signalwire.receive", {}),
        ("signalwire.receive", {"contexts": []}),
        ("signalwire.unreceive", {"contexts": [7]}),
    ],
)
def test_bad_params_outside_a_call_are_refused(method: str, params: dict[str, Any]) -> None:
    """400 for commands that are about no call, too."""
    assert Desk().phone.ask(method, **params)["code"] == "400"


@pytest.mark.parametrize("volume", [-40, 0, 0.5, 40])
def test_volumes_in_range_are_taken(volume: float) -> None:
    """The limits themselves are in range."""
    desk = Desk()

    reply = desk.ask(desk.answered(), "calling.play", control_id="p", play=[SILENCE], volume=volume)

    assert reply["code"] == "200"
