"""`callfsm.log`: frames at debug, and no secret or forged line in any form."""

import asyncio
import io
import logging

import pytest
from clock import in_virtual_time, run, turns, until
from hypothesis import given
from hypothesis import strategies as st
from logs import lines
from memory import Frame, joined
from scripted import TTS, ScriptedServer, answered, scripted

from callfsm import Call, log
from callfsm.simulator import Settings

SECRETS = ("SECRET-PROJECT", 'SECRET-"TOKEN\\', "SECRET-JWT", "SECRET-STATE")

pytestmark = pytest.mark.usefixtures("silent_log")


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
        await until(lambda: client.state == "online")


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

    assert "INFO    line             what=something" in capsys.readouterr().err
