"""`callfsm.commands`: each method's frame against the official one, argument by argument."""

import ast
import asyncio
import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
from clock import in_virtual_time, turns
from memory import Frame
from scripted import ADDRESS, TTS, ScriptedServer, answered, offered

from callfsm import Call, commands

OFFICIAL: dict[str, dict[str, Any]] = json.loads((Path(__file__).parents[1] / "data" / "methods.json").read_text())[
    "Call"
]
COMMANDS = {name: method for name, method in OFFICIAL.items() if "wire_method" in method}
BEFORE_THE_ANSWER = ("answer", "pass_")
NOT_SENT = ("on_completed", "control_id", "kwargs")
MEDIA = [{"type": "audio", "params": {"url": "https://media.example/1.mp3"}}]
DEVICES = [[{"type": "phone", "params": {"to_number": "+15550100009"}}]]
VALUES: Frame = {
    "reason": "busy",
    "devices": DEVICES,
    "ringback": MEDIA,
    "media": [TTS],
    "collect": {"digits": {"max": 1}},
    "digits": "12#",
    "audio": {"format": "wav"},
    "volume": -3.5,
    "direction": "both",
    "loop": 0,
    "duration": 1.5,
    "initial_timeout": 2.5,
    "partial_results": False,
    "continuous": True,
    "send_start_of_input": False,
    "start_input_timers": False,
    "max_duration": 60,
    "max_price_per_minute": 0.0,
    "tag": "",
}
"""What each argument is given here; those that are not named get their own name."""


COLLECTED: Frame = {"digits": {"max": 3}, "speech": {"language": "en-US"}}
"""The same for `collect`, where these are no texts."""


def value(argument: str, name: str = "") -> Any:
    """What an argument of a method is given."""
    return (COLLECTED if name == "collect" else {}).get(argument, VALUES.get(argument, argument))


def required(name: str) -> list[str]:
    """The arguments that a method must be given."""
    return [each[0] for each in OFFICIAL[name]["parameters"] if len(each) == 2 and each[0] != "kwargs"]


def optional(name: str) -> list[str]:
    """The arguments that a method may be given, and that reach the wire."""
    given = [each[0] for each in OFFICIAL[name]["parameters"] if len(each) == 3]
    return [each for each in given if each not in NOT_SENT]


def wire(name: str, arguments: Frame) -> Frame:
    """The params that the official method sends, but for the control id: every given argument at its place."""
    method = OFFICIAL[name]
    params: Frame = dict(ADDRESS)
    if "media_type" in method:
        params["play"] = [{"type": method["media_type"], "params": {}}]
    if name == "record":
        params["record"] = {"audio": {}}
    if name == "hangup":
        params["reason"] = "hangup"
    for argument, given in arguments.items():
        *path, last = re.findall(r"\w+", method["wire_keys"][argument])
        place: Any = params
        for step in path:
            place = place[int(step) if step.isdigit() else step]
        place[last] = given
    return params


async def frame(call: Call, server: ScriptedServer, name: str, arguments: Frame) -> Frame:
    """The frame that a method sends; the server accepts it."""
    task = asyncio.create_task(getattr(call, name)(**arguments))
    request = await server.expects(OFFICIAL[name]["wire_method"])
    server.replies_to(request)
    await task
    return request


async def params(name: str, arguments: Frame) -> Frame:
    """What a method sends, on a call in a state that lets it."""
    async with offered() if name in BEFORE_THE_ANSWER else answered() as (call, server):
        sent = (await frame(call, server, name, arguments))["params"]
        told: Frame = dict(sent)
        return told


def without_control_id(told: Frame) -> Frame:
    """The same params but for the control id, which is new each time."""
    return {key: each for key, each in told.items() if key != "control_id"}


@pytest.mark.parametrize("name", COMMANDS)
@in_virtual_time
async def test_without_optional_arguments(name: str) -> None:
    """With no optional argument, a method sends the official fields and no others."""
    arguments = {each: value(each, name) for each in required(name)}
    sent = await params(name, arguments)

    assert (wire(name, arguments), set(OFFICIAL[name]["always_sent"])) == (without_control_id(sent), set(sent))


@pytest.mark.parametrize(("name", "argument"), [(name, each) for name in COMMANDS for each in optional(name)])
@in_virtual_time
async def test_one_optional_argument(name: str, argument: str) -> None:
    """Each optional argument becomes its one official field, also when it is false, zero or empty."""
    arguments = {each: value(each, name) for each in [*required(name), argument]}

    assert wire(name, arguments) == without_control_id(await params(name, arguments))


@pytest.mark.parametrize("name", COMMANDS)
@in_virtual_time
async def test_all_arguments(name: str) -> None:
    """All arguments together become their official fields."""
    arguments = {each: value(each, name) for each in [*required(name), *optional(name)]}

    assert wire(name, arguments) == without_control_id(await params(name, arguments))


@pytest.mark.parametrize("name", COMMANDS)
@in_virtual_time
async def test_address_comes_first(name: str) -> None:
    """Every frame begins with the call's address."""
    sent = await params(name, {each: value(each, name) for each in required(name)})

    assert ["node_id", "call_id"] == list(sent)[:2]


@pytest.mark.parametrize("name", [name for name in COMMANDS if "control_id" in COMMANDS[name]["wire_keys"]])
@in_virtual_time
async def test_control_id(name: str) -> None:
    """A control id of the program's own is sent."""
    sent = await params(name, {each: value(each, name) for each in required(name)} | {"control_id": "mine"})

    assert sent["control_id"] == "mine"


@pytest.mark.parametrize("name", [name for name in COMMANDS if "control_id" in COMMANDS[name]["always_sent"]])
@in_virtual_time
async def test_control_id_is_made(name: str) -> None:
    """Without a control id of the program's own, a new one is sent."""
    sent = await params(name, {each: value(each, name) for each in required(name)})

    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", sent["control_id"])


@pytest.mark.parametrize("name", [name for name in COMMANDS if COMMANDS[name]["extra_arguments"]])
@in_virtual_time
async def test_extra_arguments(name: str) -> None:
    """Extra arguments travel as they are."""
    arguments = {each: value(each, name) for each in required(name)}
    sent = await params(name, arguments | {"learnt_tomorrow": {"a": False}})

    assert wire(name, arguments) | {"learnt_tomorrow": {"a": False}} == without_control_id(sent)


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("play", "node_id"),
        ("play", "call_id"),
        ("play", "play"),
        ("record", "record"),
        ("collect", "node_id"),
        ("connect", "control_id"),
        ("answer", "call_id"),
        ("play_and_collect", "play"),
    ],
)
@in_virtual_time
async def test_extra_arguments_overwrite_nothing(name: str, argument: str) -> None:
    """An extra argument cannot take the place of what is sent already; nothing is sent."""
    arguments = {each: value(each, name) for each in required(name)} | {argument: "mine"}
    async with offered() if name in BEFORE_THE_ANSWER else answered() as (call, server):
        with pytest.raises(ValueError, match=f"{name}.. sends '{argument}' itself"):
            await getattr(call, name)(**arguments)
        await turns()

        assert (True, []) == (server.silent, call.actions)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("play", {"media": []}),
        ("play", {"media": None}),
        ("play", {"media": [TTS], "volume": 41}),
        ("play_and_collect", {"media": [], "collect": {}}),
        ("play_tts", {"text": "x", "volume": -40.5}),
        ("connect", {"devices": []}),
        ("connect", {"devices": [[]]}),
        ("connect", {"devices": [{"type": "phone"}]}),
    ],
)
@in_virtual_time
async def test_arguments_that_the_server_would_refuse(name: str, arguments: Frame) -> None:
    """An argument that no server takes is the caller's error; nothing is sent."""
    async with answered() as (call, server):
        with pytest.raises(ValueError, match=r"must be|refused"):
            await getattr(call, name)(**arguments)
        await turns()

        assert (True, []) == (server.silent, call.actions)


@in_virtual_time
async def test_arguments_that_json_cannot_tell() -> None:
    """An argument that JSON cannot tell is the caller's error; nothing is sent, and the operation is forgotten."""
    async with answered() as (call, server):
        with pytest.raises(TypeError):
            await call.play([TTS], extra=object())
        await turns()

        assert (True, []) == (server.silent, call.actions)


@in_virtual_time
async def test_known_extra_arguments_of_answer() -> None:
    """The server's own settings of an answer are sent."""
    sent = await params("answer", {"codecs": ["PCMU"], "max_duration": 60})

    assert sent == {**ADDRESS, "codecs": ["PCMU"], "max_duration": 60}


METHODS = [
    node
    for kind in ast.parse(inspect.getsource(commands)).body
    if isinstance(kind, ast.ClassDef) and kind.name == "CallCommands"
    for node in kind.body
    if isinstance(node, ast.AsyncFunctionDef)
]


@pytest.mark.parametrize("method", METHODS, ids=lambda node: node.name)
def test_body(method: ast.AsyncFunctionDef) -> None:
    """A command's body is a docstring and one return: each argument is written once."""
    assert [ast.Expr, ast.Return] == [type(statement) for statement in method.body]


def test_every_official_command_is_there() -> None:
    """Every official command that is held against its frame here is a method of the class."""
    assert set(COMMANDS) <= {method.name for method in METHODS}
