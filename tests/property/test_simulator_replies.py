"""The simulator replies to every command, whatever stands in its params."""

from collections.abc import Iterator
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st
from simulator_wire import Desk, Frame

SPEECH: Final = [{"type": "tts", "params": {"text": "Hello"}}]
DEVICES: Final = [[{"type": "phone", "params": {"to_number": "+15550100009", "from_number": "+1", "timeout": 5}}]]

COMMANDS: Final[dict[str, Frame]] = {
    "calling.ai_hold": {"timeout": "5", "prompt": "Wait"},
    "calling.answer": {"max_duration": 5},
    "calling.bind_digit": {"digits": "1", "bind_method": "play", "params": {"play": SPEECH}, "max_triggers": 2},
    "calling.collect": {
        "digits": {"max": 2, "min": 1, "terminators": "#", "digit_timeout": 2},
        "speech": {"end_silence_timeout": 1, "speech_timeout": 3},
        "initial_timeout": 3,
        "continuous": True,
    },
    "calling.connect": {"devices": DEVICES, "ringback": SPEECH, "max_duration": 5},
    "calling.detect": {"detect": {"type": "digit", "params": {"digits": "12", "initial_timeout": 2}}, "timeout": 5},
    "calling.dial": {"tag": "t", "devices": DEVICES, "max_duration": 5, "timeout": 8},
    "calling.echo": {"timeout": 6},
    "calling.end": {"reason": "hangup"},
    "calling.join_conference": {"name": "standup", "max_participants": 3, "muted": True, "coach": "x"},
    "calling.live_transcribe": {"action": {"start": {"lang": "en", "direction": ["local-caller"]}}},
    "calling.pay": {
        "payment_connector_url": "https://connector.example",
        "prompts": [{"for": "payment-card-number", "actions": [{"type": "Say", "phrase": "Your card?"}]}],
        "timeout": "3",
    },
    "calling.play": {"play": [*SPEECH, {"type": "silence", "params": {"duration": 1}}], "volume": 1, "loop": 2},
    "calling.play_and_collect": {"play": SPEECH, "collect": {"digits": {"max": 2}, "initial_timeout": 3}},
    "calling.queue.enter": {"queue_name": "support", "status_url": "https://status.example", "wait_time": 5},
    "calling.record": {"record": {"audio": {"beep": True, "terminators": "#", "max_length": 5}}},
    "calling.send_digits": {"digits": "12w"},
    "calling.stream": {"url": "wss://stream.example", "custom_parameters": {"a": "b"}},
    "calling.tap": {
        "tap": {"type": "audio", "params": {"direction": "both"}},
        "device": {"type": "ws", "params": {"uri": "wss://tap.example"}},
    },
    "calling.transfer": {"dest": "elsewhere"},
    "calling.user_event": {"event": {"a": 1}},
    "signalwire.receive": {"contexts": ["desk"]},
}

JUNK: Final[st.SearchStrategy[Any]] = st.sampled_from(
    [None, True, 0, -1, 2.5, 1e308, 10**400, -(10**400), "", "x", "9" * 5000, "\ud800", [], {}, [[]], [{}], [5], ["x"]]
) | st.just({"type": ["tts"]})


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where anything stands in a structure."""
    steps = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for step in steps:
        yield (*path, step)
        yield from places(value[step], (*path, step))


def spoilt(value: Any, path: tuple[Any, ...], junk: object) -> Any:
    """A structure in which something else stands at one place."""
    if not path:
        return junk
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {**value, step: spoilt(value[step], rest, junk)}
    return [*value[:step], spoilt(value[step], rest, junk), *value[step + 1 :]]


@given(st.data())
def test_every_command_is_replied_to(data: st.DataObject) -> None:
    """A command of which one part is anything at all is taken or refused, and nothing fails later because of it."""
    method = data.draw(st.sampled_from(sorted(COMMANDS)))
    params = COMMANDS[method]
    wrong = spoilt(params, data.draw(st.sampled_from(list(places(params)))), data.draw(JUNK))
    desk = Desk()
    leg = desk.answered()
    reply = desk.ask(leg, method, control_id="c", **wrong)
    if leg.up:
        leg.press("1")
        leg.begin_speaking()
        leg.finish_speaking("Hello")
    desk.clock.pass_(10)

    assert reply["code"].isdecimal()
