"""`callfsm.core.wire`: arguments become fields."""

from typing import Any

import pytest

from callfsm.core import wire

MEDIA = [{"type": "tts", "params": {"text": "Hello"}}]
DEVICES = [[{"type": "phone", "params": {"to_number": "+15551230001"}}]]


def test_plain_arguments() -> None:
    """An argument keeps its name, and what addresses the frame is left to the caller."""
    arguments = {"self": object(), "devices": DEVICES, "control_id": "ctl-1", "on_completed": print, "kwargs": {}}

    assert wire.params("connect", arguments) == {"devices": DEVICES}


@pytest.mark.parametrize("value", [False, 0, "", {}])
def test_empty_values_are_sent(value: object) -> None:
    """Everything but ``None`` is sent: the server may mean something by it."""
    assert wire.params("connect", {"status_url": value}) == {"status_url": value}


def test_none_is_left_out() -> None:
    """An argument that was not given is not sent."""
    assert wire.params("connect", {"ringback": None}) == {}


@pytest.mark.parametrize("command", ["play", "play_and_collect"])
def test_media(command: str) -> None:
    """The media of a play travel as ``play``."""
    assert wire.params(command, {"media": MEDIA}) == {"play": MEDIA}


@pytest.mark.parametrize(("audio", "sent"), [({"format": "wav"}, {"format": "wav"}), (None, {})])
def test_record(audio: dict[str, Any] | None, sent: dict[str, Any]) -> None:
    """A recording's settings are nested as the server wants them, also when there are none."""
    assert wire.params("record", {"audio": audio}) == {"record": {"audio": sent}}


def test_extra_arguments() -> None:
    """Extra keyword arguments reach the wire as they are."""
    assert wire.params("play", {"media": MEDIA, "kwargs": {"new": 1}}) == {"play": MEDIA, "new": 1}


@pytest.mark.parametrize("name", ["node_id", "call_id", "control_id", "play"])
def test_extra_argument_that_hides(name: str) -> None:
    """An extra argument may not take the place of what is sent already."""
    with pytest.raises(ValueError, match=f"sends '{name}' itself"):
        wire.params("play", {"media": MEDIA, "kwargs": {name: 1}})


@pytest.mark.parametrize(
    ("command", "argument", "field"),
    [
        ("pay", "input_method", "input"),
        ("join_conference", "stream_obj", "stream"),
        ("bind_digit", "bind_params", "params"),
        ("ai", "ai_params", "params"),
        ("amazon_bedrock", "ai_params", "params"),
        ("connect", "input_method", "input_method"),
    ],
)
def test_renamed_arguments(command: str, argument: str, field: str) -> None:
    """An argument whose field has another name travels as that, in its own command only."""
    assert wire.params(command, {argument: "dtmf"}) == {field: "dtmf"}


@pytest.mark.parametrize("command", ["ai_message", "ai_hold", "ai_unhold"])
def test_whose_agent(command: str) -> None:
    """A command to an AI agent takes the agent's control id as an extra argument, for it has none of its own."""
    assert wire.params(command, {"kwargs": {"control_id": "ctl-1"}}) == {"control_id": "ctl-1"}


@pytest.mark.parametrize("name", ["node_id", "call_id"])
def test_address_of_an_agent(name: str) -> None:
    """Not even a command to an AI agent may be sent to another call."""
    with pytest.raises(ValueError, match=f"sends '{name}' itself"):
        wire.params("ai_message", {"kwargs": {name: "1"}})


def test_checked() -> None:
    """What the server would refuse is refused before anything becomes a field."""
    with pytest.raises(ValueError, match=r"hangup\(reason='nonsense'\): must be one of hangup, "):
        wire.params("hangup", {"reason": "nonsense"})


def test_item() -> None:
    """An item holds the named arguments that were given, and no others."""
    arguments = {"text": "Hello", "language": None, "volume": 3.0}

    assert wire.item("tts", arguments, "text", "language") == {"type": "tts", "params": {"text": "Hello"}}
