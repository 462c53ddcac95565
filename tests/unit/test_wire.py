"""`callfsm.core.wire`: arguments become fields."""

from typing import Any

import pytest

from callfsm.core import wire


def test_plain_arguments() -> None:
    """An argument keeps its name, and what addresses the frame is left to the caller."""
    arguments = {"self": object(), "devices": [[{}]], "control_id": "ctl-1", "on_completed": print, "kwargs": {}}

    assert wire.params("connect", arguments) == {"devices": [[{}]]}


@pytest.mark.parametrize("value", [False, 0, "", {}])
def test_empty_values_are_sent(value: object) -> None:
    """Everything but ``None`` is sent: the server may mean something by it."""
    assert wire.params("connect", {"ringback": value}) == {"ringback": value}


def test_none_is_left_out() -> None:
    """An argument that was not given is not sent."""
    assert wire.params("connect", {"ringback": None}) == {}


@pytest.mark.parametrize("command", ["play", "play_and_collect"])
def test_media(command: str) -> None:
    """The media of a play travel as ``play``."""
    assert wire.params(command, {"media": [{"type": "tts"}]}) == {"play": [{"type": "tts"}]}


@pytest.mark.parametrize(("audio", "sent"), [({"format": "wav"}, {"format": "wav"}), (None, {})])
def test_record(audio: dict[str, Any] | None, sent: dict[str, Any]) -> None:
    """A recording's settings are nested as the server wants them, also when there are none."""
    assert wire.params("record", {"audio": audio}) == {"record": {"audio": sent}}


def test_extra_arguments() -> None:
    """Extra keyword arguments reach the wire as they are."""
    assert wire.params("play", {"media": [{}], "kwargs": {"new": 1}}) == {"play": [{}], "new": 1}


@pytest.mark.parametrize("name", ["node_id", "call_id", "control_id", "play"])
def test_extra_argument_that_hides(name: str) -> None:
    """An extra argument may not take the place of what is sent already."""
    with pytest.raises(ValueError, match=f"sends '{name}' itself"):
        wire.params("play", {"media": [{}], "kwargs": {name: 1}})


@pytest.mark.parametrize("reason", wire.HANGUP_REASONS)
def test_hangup_reason(reason: str) -> None:
    """Each reason that the server takes may be given."""
    assert wire.params("hangup", {"reason": reason}) == {"reason": reason}


@pytest.mark.parametrize("reason", ["nonsense", "", None, 7])
def test_bad_hangup_reason(reason: object) -> None:
    """Another reason is refused with a list of those that are taken."""
    with pytest.raises(ValueError, match="not one of hangup, cancel, busy, noAnswer, decline, error"):
        wire.params("hangup", {"reason": reason})


@pytest.mark.parametrize("value", [[], {}, "tts"])
def test_no_media(value: object) -> None:
    """Media are a list with something in it."""
    with pytest.raises(ValueError, match="must be a list with at least one item"):
        wire.params("play", {"media": value})


@pytest.mark.parametrize("value", [[], {}, "+15551230001", [{"type": "phone"}], [[{"type": "phone"}], []]])
def test_no_devices(value: object) -> None:
    """Devices are a list of lists, each with something in it."""
    with pytest.raises(ValueError, match="must be a list of lists of devices"):
        wire.params("connect", {"devices": value})


@pytest.mark.parametrize("volume", [-40, 0, 40.0])
def test_volume(volume: float) -> None:
    """A volume within the range is sent."""
    assert wire.params("volume", {"volume": volume}) == {"volume": volume}


@pytest.mark.parametrize("volume", [-40.1, 41, float("nan")])
def test_volume_out_of_range(volume: float) -> None:
    """A volume out of the range is refused."""
    with pytest.raises(ValueError, match="from -40 to 40 dB"):
        wire.params("volume", {"volume": volume})


def test_media_item() -> None:
    """A media item holds the named arguments that were given, and no others."""
    arguments = {"text": "Hello", "language": None, "volume": 3.0}

    assert wire.media("tts", arguments, "text", "language") == {"type": "tts", "params": {"text": "Hello"}}
