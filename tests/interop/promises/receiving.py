"""What is promised of whatever the server may send: no frame ends the line."""

from __future__ import annotations

from plain_server import CALL, Frame, PlainServer
from staging import PATIENCE, Finding, NotMeasuredError, Stage, promise

FRAMES = "Frames"


async def _survived(stage: Stage, frames: list[Frame | str | bytes]) -> Finding:
    """Send frames one by one: how many of them the line survives."""
    await stage.offers()
    await stage.told("waiting")
    fatal = sum([not await _survives(stage, frame) for frame in frames])
    if not fatal:
        return Finding(kept=True, words="the line stays up" if len(frames) == 1 else f"it survives all {len(frames)}")
    lost = "the line is lost" if len(frames) == 1 else f"the line is lost at {fatal} of {len(frames)}"
    return Finding(kept=False, words=f"{lost}, and is opened again")


async def _survives(stage: Stage, frame: Frame | str | bytes) -> bool:
    server, lines = stage.server, len(stage.server.lines)
    ping = server.request("signalwire.ping")
    server.say(frame, ping)
    await server.until(lambda: server.answered(ping) or len(server.lines) > lines or None, PATIENCE)
    if server.answered(ping):
        return True
    await stage.logged_in(lines + 1)
    return False


def _event(server: PlainServer, event_type: object, params: object) -> Frame:
    return server.request("signalwire.event", event_type=event_type, timestamp=1790000000.5, params=params)


@promise(FRAMES, "An event whose `params` is null leaves the line up")
async def null_params(stage: Stage) -> Finding:
    return await _survived(stage, [_event(stage.server, "calling.call.state", None)])


@promise(
    FRAMES,
    "Events with values of the wrong type (a list for `params`, a list for `call_id`, an object for `control_id`, ...) leave the line up",
)
async def wrong_types(stage: Stage) -> Finding:
    server = stage.server
    known = {"call_id": CALL, "node_id": "node-1"}
    events: list[Frame | str | bytes] = [
        _event(server, "calling.call.state", []),
        _event(server, "calling.call.state", "answered"),
        _event(server, "calling.call.state", 7),
        _event(server, ["calling.call.state"], known),
        _event(server, "calling.call.state", {"call_id": [CALL], "call_state": "ended"}),
        _event(server, "calling.call.state", known | {"call_state": {"word": "ended"}}),
        _event(server, "calling.call.play", known | {"control_id": {"id": "play-1"}, "state": "finished"}),
        _event(server, "calling.call.receive", {"call_id": {"id": "call-2"}, "device": None}),
        _event(server, "calling.call.dial", {"tag": ["ours"], "dial_state": "answered", "call": "leg-1"}),
        _event(server, "messaging.state", {"message_id": ["message-1"], "message_state": "sent"}),
    ]
    return await _survived(stage, events)


@promise(
    FRAMES,
    "Frames that are not JSON-RPC (broken JSON, bytes that are no text, 100,000 brackets, a list for `id`, ...) leave the line up",
)
async def odd_frames(stage: Stage) -> Finding:
    frames: list[Frame | str | bytes] = [
        '{"jsonrpc": "2.0", "id": ',
        "[]",
        "null",
        b"\xff\xfe\xff",
        "[" * 100_000,
        '{"jsonrpc": "2.0", "id": "x-1", "result": ' + "9" * 5000 + "}",
        '{"jsonrpc": "2.0", "id": [], "result": {}}',
        '{"jsonrpc": "2.0", "id": {}, "error": {}}',
        '{"jsonrpc": "2.0", "id": "x-2", "method": "signalwire.event", "params": null}',
        '{"jsonrpc": "2.0", "id": "x-3", "method": ["signalwire.event"], "params": {}}',
    ]
    return await _survived(stage, frames)


@promise(FRAMES, "An event of an unknown type, or of an unknown call, is acknowledged")
async def unknown_event(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    for event in (stage.server.event("calling.call.news", call_id=CALL), stage.server.state("answered", "call-9")):
        if await stage.server.answer_to(event) is None:
            return Finding(kept=False, words="it is not")
    return Finding(kept=True, words="it is")


@promise(FRAMES, "A request of the server whose method is unknown is answered with an error")
async def unknown_method(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    answer = await stage.server.answer_to(stage.server.request("signalwire.news", word="hello"))
    if answer is None:
        return Finding(kept=False, words="it gets no answer")
    return Finding(
        "error" in answer,
        f"it is, with code {answer['error'].get('code')}" if "error" in answer else "it gets a result",
    )


@promise(
    FRAMES, "The server's ping is answered with its own `timestamp` and `payload`, as the service's specification asks"
)
async def ping_echoed(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    told = {"timestamp": 1790000001.25, "payload": "echo"}
    answer = await stage.server.answer_to(stage.server.request("signalwire.ping", **told))
    if answer is None:
        raise NotMeasuredError("the ping was not answered")
    echoed = answer.get("result") == told
    return Finding(echoed, "it is" if echoed else "it is answered without them")
