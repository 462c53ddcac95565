"""The official methods of a call: what each is given here, and what it then has to send."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from scripted import TTS

Frame = dict[str, Any]

OFFICIAL: Final[dict[str, dict[str, Any]]] = json.loads((Path(__file__).parent / "data" / "methods.json").read_text())[
    "Call"
]
METHODS: Final = {name: method for name, method in OFFICIAL.items() if not name.startswith("_")}
COMMANDS: Final = {name: method for name, method in METHODS.items() if "wire_method" in method}
BEFORE_THE_ANSWER: Final = ("answer", "pass_")
NOT_SENT: Final = ("on_completed", "control_id", "kwargs")
EXTRA: Final[Frame] = {"learnt_tomorrow": {"a": False}}
"""An argument that no page tells of."""

MEDIA: Final = [{"type": "audio", "params": {"url": "https://media.example/1.mp3"}}]
DEVICES: Final = [[{"type": "phone", "params": {"to_number": "+15550100009"}}]]
VALUES: Final[Frame] = {
    "devices": DEVICES,
    "ringback": MEDIA,
    "media": [TTS],
    "collect": {"digits": {"max": 1}},
    "detect": {"type": "machine", "params": {"initial_timeout": 3.5}},
    "digits": "12#",
    "audio": {"format": "wav"},
    "volume": -3.5,
    "loop": 0,
    "duration": 1.5,
    "timeout": 0.0,
    "initial_timeout": 2.5,
    "partial_results": False,
    "continuous": True,
    "send_start_of_input": False,
    "start_input_timers": False,
    "muted": False,
    "start_on_enter": False,
    "end_on_exit": True,
    "max_participants": 1,
    "max_triggers": 0,
    "max_duration": 60,
    "max_price_per_minute": 0.0,
    "tag": "",
    "header_info": "",
    "end_silence_timeout": 1.5,
    "machine_voice_threshold": 1.75,
    "machine_words_threshold": 4,
    "tap": {"type": "audio", "params": {"direction": "both"}},
    "action": "stop",
    "parameters": [{"name": "order", "value": "7"}],
    "prompts": [{"for": "postal-code", "actions": [{"type": "Say", "phrase": "Your postcode"}]}],
}
"""What each argument is given here; those that have a choice get its last one, all others their own name."""

OTHERWISE: Final[dict[str, Frame]] = {
    "pay": {"timeout": "5"},
    "ai_hold": {"timeout": "120"},
    "collect": {"digits": {"max": 3}, "speech": {"language": "en-US"}},
    "refer": {"device": {"type": "sip", "params": {"to": "sip:desk@example.com"}}},
    "tap": {"device": {"type": "ws", "params": {"uri": "wss://media.example"}}},
}
"""What an argument is given in a method where it means something else."""


def value(argument: str, name: str) -> Any:
    """What an argument of a method is given."""
    choices = OFFICIAL[name].get("choices", {}).get(argument, [argument])
    return OTHERWISE.get(name, {}).get(argument, VALUES.get(argument, choices[-1]))


def given(name: str, *optional: str) -> Frame:
    """The required arguments of a method, and these optional ones."""
    return {argument: value(argument, name) for argument in [*required(name), *optional]}


def required(name: str) -> list[str]:
    """The arguments that a method must be given."""
    return [each[0] for each in OFFICIAL[name]["parameters"] if len(each) == 2 and each[0] != "kwargs"]


def optional(name: str) -> list[str]:
    """The arguments that a method may be given, and that reach the wire."""
    arguments = [each[0] for each in OFFICIAL[name]["parameters"] if len(each) == 3]
    return [argument for argument in arguments if argument not in NOT_SENT]


def wire(name: str, arguments: Frame) -> Frame:
    """The params that the official method sends, but for address and control id: each argument at its place."""
    method = OFFICIAL[name]
    params: Frame = {}
    if "media_type" in method:
        params["play"] = [{"type": method["media_type"], "params": {}}]
    if "detect_type" in method:
        params["detect"] = {"type": method["detect_type"], "params": {}}
    if name == "record":
        params["record"] = {"audio": {}}
    if name == "hangup":
        params["reason"] = "hangup"
    for argument, told in arguments.items():
        *path, last = re.findall(r"\w+", method["wire_keys"].get(argument, argument))
        place: Any = params
        for step in path:
            place = place[int(step) if step.isdigit() else step]
        place[last] = told
    return params
