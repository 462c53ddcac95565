"""`callfsm.commands`: each method's frame against the official one, argument by argument."""

import ast
import asyncio
import inspect
import re

import pytest
from clock import in_virtual_time, turns
from memory import Frame
from methods import BEFORE_THE_ANSWER, COMMANDS, EXTRA, METHODS, OFFICIAL, given, optional, wire
from scripted import ADDRESS, TTS, ScriptedServer, answered, offered

from callfsm import Call, commands


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


def own(told: Frame) -> Frame:
    """These params but for the address, and for the control id, which is new each time."""
    return {key: each for key, each in told.items() if key not in ("node_id", "call_id", "control_id")}


@pytest.mark.parametrize("name", COMMANDS)
@in_virtual_time
async def test_without_optional_arguments(name: str) -> None:
    """With no optional argument, a method sends the official fields and no others."""
    arguments = given(name)
    sent = await params(name, arguments)

    assert (wire(name, arguments), set(OFFICIAL[name]["always_sent"])) == (own(sent), set(sent))


@pytest.mark.parametrize(("name", "argument"), [(name, each) for name in COMMANDS for each in optional(name)])
@in_virtual_time
async def test_one_optional_argument(name: str, argument: str) -> None:
    """Each optional argument becomes its one official field, also when it is false, zero or empty."""
    arguments = given(name, argument)

    assert wire(name, arguments) == own(await params(name, arguments))


@pytest.mark.parametrize("name", COMMANDS)
@in_virtual_time
async def test_all_arguments(name: str) -> None:
    """All arguments together become their official fields."""
    arguments = given(name, *optional(name))

    assert wire(name, arguments) == own(await params(name, arguments))


@pytest.mark.parametrize("name", COMMANDS)
@in_virtual_time
async def test_address_comes_first(name: str) -> None:
    """Every frame begins with the call's address."""
    sent = await params(name, given(name))

    assert ["node_id", "call_id"] == list(sent)[:2]


@pytest.mark.parametrize("name", [name for name in COMMANDS if "control_id" in COMMANDS[name]["wire_keys"]])
@in_virtual_time
async def test_control_id(name: str) -> None:
    """A control id of the program's own is sent."""
    sent = await params(name, given(name) | {"control_id": "mine"})

    assert sent["control_id"] == "mine"


@pytest.mark.parametrize("name", [name for name in COMMANDS if "control_id" in COMMANDS[name]["always_sent"]])
@in_virtual_time
async def test_control_id_is_made(name: str) -> None:
    """Without a control id of the program's own, a new one is sent."""
    sent = await params(name, given(name))

    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", sent["control_id"])


@pytest.mark.parametrize("name", [name for name in COMMANDS if COMMANDS[name]["extra_arguments"]])
@in_virtual_time
async def test_extra_arguments(name: str) -> None:
    """Extra arguments travel as they are."""
    arguments = given(name)
    sent = await params(name, arguments | EXTRA)

    assert wire(name, arguments) | EXTRA == own(sent)


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
    arguments = given(name) | {argument: "mine"}
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


BODIES = [
    node
    for kind in ast.parse(inspect.getsource(commands)).body
    if isinstance(kind, ast.ClassDef) and kind.name == "CallCommands"
    for node in kind.body
    if isinstance(node, ast.AsyncFunctionDef)
]


@pytest.mark.parametrize("method", BODIES, ids=lambda node: node.name)
def test_body(method: ast.AsyncFunctionDef) -> None:
    """A command's body is a docstring and one return: each argument is written once."""
    assert [ast.Expr, ast.Return] == [type(statement) for statement in method.body]


def test_every_official_command_is_there() -> None:
    """The commands are the official ones: no more, no fewer."""
    assert set(COMMANDS) == {method.name for method in BODIES}


def test_how_many_official_methods() -> None:
    """The snapshot holds each of the 55 official methods."""
    assert len(METHODS) == 55


@pytest.mark.parametrize("name", ["ai_message", "ai_hold", "ai_unhold"])
@in_virtual_time
async def test_agent_that_is_spoken_to(name: str) -> None:
    """What is said to an agent may name it, by the control id of the agent's operation."""
    sent = await params(name, {"control_id": "agent-1"})

    assert sent == {**ADDRESS, "control_id": "agent-1"}


@pytest.mark.parametrize("name", [name for name in COMMANDS if "control_id" not in COMMANDS[name]["wire_keys"]])
@in_virtual_time
async def test_no_control_id(name: str) -> None:
    """A method whose official frame has no control id sends none."""
    sent = await params(name, given(name))

    assert ("control_id" in sent) == ("control_id" in COMMANDS[name]["always_sent"])
