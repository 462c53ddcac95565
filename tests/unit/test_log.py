"""`callfsm.log`: one line for each thing worth knowing, silent by default, and no secret in any of them."""

import asyncio
import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
from clock import in_virtual_time, run, turns
from hypothesis import given
from hypothesis import strategies as st
from memory import TTS, Frame, ScriptedServer, answered, joined, scripted

from callfsm import Call, RelayError, log
from callfsm.simulator import Settings

SECRETS = ("SECRET-PROJECT", 'SECRET-"TOKEN\\', "SECRET-JWT", "SECRET-STATE")


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # A test may configure the log; the next one finds it silent again.
    for name in ("LEVEL", "FORMAT", "MODE"):
        monkeypatch.delenv(f"SIGNALWIRE_LOG_{name}", raising=False)
    logger = logging.getLogger("callfsm")
    before = logger.level, list(logger.handlers)
    yield
    logger.setLevel(before[0])
    logger.handlers[:] = before[1]


def lines(caplog: pytest.LogCaptureFixture, event: str) -> list[str]:
    """The lines of one event."""
    return [record.getMessage() for record in caplog.records if record.getMessage().split()[0] == event]


def output(program: str, **environment: str) -> tuple[str, str]:
    """What a program of its own process writes to standard output and standard error."""
    ran = subprocess.run(  # this interpreter, and a program of this file
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment, timeout=60
    )
    return ran.stdout, ran.stderr


FAILS = """
from callfsm import RelayClient
from callfsm.log import logger
client = RelayClient("project-1", "token-1")
logger.warning("line", what="something")
"""


def test_silent() -> None:
    """A program that configures nothing sees nothing, on neither stream."""
    assert output(FAILS) == ("", "")


@pytest.mark.parametrize(
    ("variables", "written"),
    [
        ({"SIGNALWIRE_LOG_LEVEL": "info"}, True),
        ({"SIGNALWIRE_LOG_LEVEL": "ERROR"}, False),
        ({"SIGNALWIRE_LOG_LEVEL": "no such level"}, True),
        ({"SIGNALWIRE_LOG_FORMAT": "json"}, True),
        ({"SIGNALWIRE_LOG_MODE": "stderr"}, True),
        ({"SIGNALWIRE_LOG_MODE": "off", "SIGNALWIRE_LOG_LEVEL": "debug"}, False),
        ({"SIGNALWIRE_LOG_MODE": "auto"}, False),
        ({"SIGNALWIRE_LOG_MODE": "default"}, False),
    ],
)
def test_environment(variables: dict[str, str], written: bool) -> None:
    """The variables of the official SDK turn the log on; it goes to standard error and nowhere else."""
    stdout, stderr = output(FAILS, **variables)

    assert ("", written) == (stdout, "something" in stderr)


def test_configured_twice(capsys: pytest.CaptureFixture[str]) -> None:
    """Configured again, the log writes each line once."""
    log.configure()
    log.configure("warning")
    log.logger.warning("line", what="something")

    assert 1 == capsys.readouterr().err.count("something")


def test_unknown_level() -> None:
    """A level that there is not is the caller's error."""
    with pytest.raises(ValueError, match="LOUD"):
        log.configure("loud")


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """In the form for machines each line is one object, with every field."""
    log.configure(form="json")
    log.logger.warning("line", what='a "b"\nc', seconds=1.5)
    told = json.loads(capsys.readouterr().err)

    assert {"level": "warning", "event": "line", "what": 'a "b"\nc', "seconds": 1.5} == {
        key: value for key, value in told.items() if key != "time"
    }


def test_json_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """In the form for machines a traceback is a field of the same line."""
    log.configure(form="json")
    try:
        raise RuntimeError("of the program's making")
    except RuntimeError:
        log.logger.exception("handler raised")
    told = json.loads(capsys.readouterr().err)

    assert "RuntimeError: of the program's making" in told["traceback"]


def test_json_of_other_records(capsys: pytest.CaptureFixture[str]) -> None:
    """In the form for machines, what the socket library says under the same logger is an object too."""
    log.configure(form="json")
    logging.getLogger("callfsm.websockets").warning("odd %s", "thing")

    assert json.loads(capsys.readouterr().err)["event"] == "odd thing"


@in_virtual_time
async def test_one_line_for_each_transition(caplog: pytest.LogCaptureFixture) -> None:
    """A whole call is logged as its transitions, each once, with everything about it."""
    with caplog.at_level(logging.INFO, "callfsm"):
        async with joined() as (client, board):
            calls: asyncio.Queue[Call] = asyncio.Queue()
            client.on_call(calls.put)
            caller = board.call("office")
            call = await calls.get()
            await call.answer()
            await asyncio.sleep(2)
            await caller.hangs_up()
            await turns()
            subject = f"subject='call {call.call_id}'"

    expected = [
        f"transition machine='call' trigger='answer_accepted' speaker='reply' source='created' dest='answered' {subject}",
        f"transition machine='call' trigger='ending' speaker='report' source='answered' dest='ending' {subject}",
        f"transition machine='call' trigger='ended' speaker='report' source='ending' dest='ended' {subject}",
    ]
    assert expected == [line.rpartition(" seconds=")[0] for line in lines(caplog, "transition") if subject in line]


@in_virtual_time
async def test_seconds(caplog: pytest.LogCaptureFixture) -> None:
    """A transition tells how long its subject was in the state before."""
    with caplog.at_level(logging.INFO, "callfsm"):
        async with answered() as (_call, server):
            await asyncio.sleep(1)
            server.state("ending")
            await turns()
            await asyncio.sleep(2.5)
            server.state("ended")
            await turns()

    assert lines(caplog, "transition")[-2].endswith("seconds=2.5")


@in_virtual_time
async def test_rows_that_stay(caplog: pytest.LogCaptureFixture) -> None:
    """Rows that leave the state as it is are told at debug only."""
    with caplog.at_level(logging.DEBUG, "callfsm"):
        async with answered():
            pass

    assert {"DEBUG"} == {record.levelname for record in caplog.records if record.getMessage().startswith("heard")}


@in_virtual_time
async def test_refused(caplog: pytest.LogCaptureFixture) -> None:
    """A refused ask is one line."""
    async with answered() as (call, _server):
        with pytest.raises(RelayError):
            await call.answer()

    assert lines(caplog, "refused") == [
        "refused command='answer' machine='call' state='answered' subject='call call-1'"
    ]


@pytest.mark.parametrize(("command", "count"), [("disconnect", 1), ("hangup", 0)])
@in_virtual_time
async def test_asked_after_the_end(caplog: pytest.LogCaptureFixture, command: str, count: int) -> None:
    """Commands on an ended call are one warning; a hang-up is none at all."""
    async with answered() as (call, server):
        server.state("ended")
        await turns()
        for _ in range(3):
            await getattr(call, command)()

    assert count == len(lines(caplog, "asked"))


@in_virtual_time
async def test_orphan(caplog: pytest.LogCaptureFixture) -> None:
    """A leg that is hung up for a dial that was given up is one line."""
    async with scripted() as (client, server):
        device = {"type": "phone", "params": {"to_number": "+15550100009"}}
        dial = asyncio.create_task(client.dial([[device]], tag="tag-1", dial_timeout=1))
        server.replies_to(await server.expects("calling.dial"))
        with pytest.raises(RelayError):
            await dial
        server.state("created", "leg-1", tag="tag-1")
        server.replies_to(await server.expects("calling.end"))

    assert lines(caplog, "orphan") == ["orphan hung up subject='call leg-1'"]


@pytest.mark.parametrize("restart", [False, True])
@in_virtual_time
async def test_restart_asked(caplog: pytest.LogCaptureFixture, restart: bool) -> None:
    """That the server wants us to connect again is one line."""
    with caplog.at_level(logging.INFO, "callfsm"):
        async with scripted() as (_client, server):
            server.asks("signalwire.disconnect", {"restart": restart})
            await turns()

    assert [f"restart asked fresh={restart}"] == lines(caplog, "restart")


@in_virtual_time
async def test_unheard(caplog: pytest.LogCaptureFixture) -> None:
    """Junk is a warning; an event of a call that is not ours is ordinary."""
    with caplog.at_level(logging.WARNING, "callfsm"):
        async with scripted() as (_client, server):
            server.tells("junk")
            server.state("answered", "call-9")
            server.asks("no.such", {})
            await turns()

    assert ["malformed", "request"] == [line.split("'")[1].split()[0] for line in lines(caplog, "unheard")]


@in_virtual_time
async def test_frames(caplog: pytest.LogCaptureFixture) -> None:
    """At debug every frame is one line, whichever way it went."""
    with caplog.at_level(logging.DEBUG, "callfsm"):
        async with scripted() as (_client, server):
            server.lines[0].push(b"\x00\x01")
            await turns()

    assert ["sent", "received", "received"] == [line.split("'")[1] for line in lines(caplog, "frame")]


@in_virtual_time
async def test_no_frames_at_info(caplog: pytest.LogCaptureFixture) -> None:
    """Above debug no frame is logged."""
    with caplog.at_level(logging.INFO, "callfsm"):
        async with scripted():
            pass

    assert lines(caplog, "frame") == []


@in_virtual_time
async def test_personal_data(caplog: pytest.LogCaptureFixture) -> None:
    """Phone numbers are masked, and digits that are pressed or sent are left out."""
    with caplog.at_level(logging.DEBUG, "callfsm"):
        async with answered() as (call, server):
            sending = asyncio.create_task(call.send_digits("987654321"))
            server.replies_to(await server.expects("calling.send_digits"))
            await sending
            server.operation("collect", "c", result={"type": "digit", "params": {"digits": "123456789"}})
            await turns()

    assert (0, 0, 0, True) == (
        caplog.text.count("987654321"),
        caplog.text.count("123456789"),
        caplog.text.count("+15550100001"),
        "+1555*****01" in caplog.text,
    )


@st.composite
def _talkative(draw: st.DrawFn) -> Frame:
    # A frame of a server that puts what it was told in odd places.
    secret = draw(st.sampled_from(SECRETS))
    wrapped = draw(st.text(max_size=5)) + secret + draw(st.text(max_size=5))
    return draw(
        st.sampled_from(
            [
                {"id": "1", "method": wrapped, "params": {}},
                {"id": wrapped, "result": {}},
                {
                    "id": "1",
                    "method": "signalwire.event",
                    "params": {"event_type": wrapped, "params": {wrapped: wrapped}},
                },
                {
                    "id": "1",
                    "method": "signalwire.event",
                    "params": {
                        "event_type": "calling.call.state",
                        "params": {"call_id": "call-1", "call_state": wrapped},
                    },
                },
                {
                    "id": "1",
                    "method": "signalwire.event",
                    "params": {
                        "event_type": "calling.call.receive",
                        "params": {"call_id": wrapped, "node_id": wrapped, "device": {"token": "SECRET-OTHER"}},
                    },
                },
            ]
        )
    )


async def session(told: list[Frame]) -> None:
    """A session with wild credentials, and a server that says this."""
    server = ScriptedServer()
    client = server.client(project=SECRETS[0], token=SECRETS[1], jwt_token=SECRETS[2])
    async with client:
        server.reports("signalwire.authorization.state", authorization_state=SECRETS[3])
        await turns()
        server.offers()
        server.tells(*told)
        await turns()
        server.logins = [{"error": {"code": -32603, "message": f"not {SECRETS[1]}"}}]
        server.lines[0].drop()
        while client.state != "online":
            await asyncio.sleep(1)


@given(st.lists(_talkative(), max_size=5))
def test_no_secret(told: list[Frame]) -> None:
    """Credentials stand in no line, wherever they stand in a frame, in either form."""
    written = io.StringIO()
    log.configure("debug", "json")
    (handler,) = (each for each in logging.getLogger("callfsm").handlers if each.get_name() == "callfsm")
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    run(session(told))

    assert (0, True) == (written.getvalue().count("SECRET"), '"event": "frame"' in written.getvalue())


@in_virtual_time
async def test_no_secret_in_a_whole_call(caplog: pytest.LogCaptureFixture) -> None:
    """The credentials of a client stand in no line of a whole session with the simulator."""
    settings = Settings(project="MARKED-PROJECT", token="MARKED-TOKEN", space="space")  # to be looked for
    with caplog.at_level(logging.DEBUG, "callfsm"):
        async with joined(settings=settings, project="MARKED-PROJECT", token="MARKED-TOKEN") as (client, board):

            @client.on_call
            async def handler(call: Call) -> None:
                await call.answer()
                await call.play([TTS])
                await call.hangup()

            await board.call("office").is_over()
            shown = repr(client) + repr(client.calls)

    assert (0, 0) == (caplog.text.count("MARKED"), shown.count("MARKED"))


@pytest.mark.parametrize("wild", ["\n2030-01-01 INFO forged", "\r\x1b[2Jforged", "\u2028forged", "\x85forged"])
@in_virtual_time
async def test_no_forged_line(caplog: pytest.LogCaptureFixture, wild: str) -> None:
    """Control characters from the wire begin no line of their own."""
    with caplog.at_level(logging.DEBUG, "callfsm"):
        async with answered() as (_call, server):
            server.state(wild)
            server.asks(wild, {})
            server.offers(wild)
            await turns()

    assert [record.getMessage() for record in caplog.records] == [
        line for record in caplog.records for line in record.getMessage().splitlines()
    ]


def test_console(capsys: pytest.CaptureFixture[str]) -> None:
    """In the form for people a line begins with the time and the level."""
    log.configure()
    log.logger.info("line", what="something")

    assert "INFO    line what='something'" in capsys.readouterr().err
