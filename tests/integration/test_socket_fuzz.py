"""Hostile messages over a real socket.

The client stays connected (or, where RFC 6455 demands a close, is connected again), counts and logs the bad frame
once, and the next good call works.
"""

from __future__ import annotations

import asyncio
import json
import logging
import struct
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

from hostile import BYSTANDER, NODE, Figures, Siege, siege
from sockets import run, until
from websockets.frames import Frame, Opcode

from callfsm.core.frames import MAX_BYTES, MAX_DEPTH

EVENTS: Final[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "data" / "events.json").read_text())
WRONG: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    "",
    "\ud800\x00\x1b[31m",
    [],
    [[]],
    {},
    {"a": None},
    "7",
)
"""What may stand where something else should."""
COUNTED, UNTOUCHED, RECONNECTED = Figures(1, 1, 0), Figures(0, 0, 0), Figures(0, 1, 1)


def text(data: str | bytes) -> bytes:
    """A text message, whatever is in it."""
    return Frame(Opcode.TEXT, data.encode() if isinstance(data, str) else data).serialize(mask=False)


def fragments(*parts: bytes, between: bytes = b"") -> bytes:
    """A text message in fragments, with something else between them."""
    last = len(parts) - 1
    frames = (
        Frame(Opcode.CONT if place else Opcode.TEXT, part, fin=place == last).serialize(mask=False)
        for place, part in enumerate(parts)
    )
    return between.join(frames)


def request(method: str, params: object, request_id: object) -> bytes:
    """A text message with a request of the server's."""
    return text(json.dumps({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}))


def event(envelope: object, request_id: object) -> bytes:
    """A text message with an event."""
    return request("signalwire.event", envelope, request_id)


MALFORMED: Final[dict[str, bytes]] = {
    "a binary message": Frame(Opcode.BINARY, b'{"jsonrpc":"2.0"}').serialize(mask=False),
    "an empty binary message": Frame(Opcode.BINARY, b"").serialize(mask=False),
    "an empty message": text(""),
    "whitespace": text(" \r\n\t"),
    "a byte order mark": text("\ufeff{}"),
    "no JSON": text("hello"),
    "a frame cut short": text('{"jsonrpc":"2.0","id":"x","method":"signalwire.ev'),
    "two frames in one": text('{"jsonrpc":"2.0","id":"a","result":{}}{"jsonrpc":"2.0","id":"b","result":{}}'),
    "single quotes": text("{'jsonrpc':'2.0'}"),
    "a string": text('"signalwire.event"'),
    "null": text("null"),
    "a number": text("7"),
    "a batch": text('[{"jsonrpc":"2.0","id":"x","method":"signalwire.ping","params":{}}]'),
    "an empty batch": text("[]"),
    "an empty object": text("{}"),
    "not a number": text('{"jsonrpc":"2.0","id":"x","method":"signalwire.ping","params":{"timestamp":NaN}}'),
    "infinity": text('{"jsonrpc":"2.0","id":"x","method":"signalwire.ping","params":{"timestamp":-Infinity}}'),
    "a number that none can hold": text('{"jsonrpc":"2.0","id":1e999,"method":"signalwire.ping","params":{}}'),
    "a number of five thousand digits": text(f'{{"id":"x","result":{"9" * 5000}}}'),
    "a raw control character": text('{"jsonrpc":"2.0","id":"x\x01","result":{}}'),
    "a raw line end in a string": text('{"jsonrpc":"2.0","id":"x\ncallfsm forged","result":{}}'),
    "a method of the wrong type": text('{"jsonrpc":"2.0","id":"x","method":["signalwire.event"],"params":{}}'),
    "a method that is null": text('{"jsonrpc":"2.0","id":"x","method":null,"params":{}}'),
    "an id that is an object": text('{"jsonrpc":"2.0","id":{"a":1},"method":"signalwire.ping","params":{}}'),
    "an id that is a list": text('{"jsonrpc":"2.0","id":[],"method":"signalwire.ping","params":{}}'),
    "a reply without an id": text('{"jsonrpc":"2.0","result":{}}'),
    "a reply whose id is a number": text('{"jsonrpc":"2.0","id":7,"result":{}}'),
    "a reply that says nothing": text('{"jsonrpc":"2.0","id":"x"}'),
    "a little too deep": text('{"method":"x","params":' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}"),
    "much too deep": text("[" * 200_000),
    "much too deep and closed": text('{"a":' * 50_000 + "1" + "}" * 50_000),
}
"""Messages that are no frames."""

UNKNOWN: Final[dict[str, bytes]] = {
    "a reply to nobody": text('{"jsonrpc":"2.0","id":"nobody","result":{"code":"200"}}'),
    "an error for nobody": text('{"jsonrpc":"2.0","id":"","error":{"code":-32002,"message":"no"}}'),
    "an event without anything": event({}, "u1"),
    "an event that is null": event(None, "u2"),
    "an event that is a list": event([], "u3"),
    "an event whose params are null": event({"event_type": "calling.call.state", "params": None}, "u4"),
    "an event whose type is a number": event({"event_type": 7, "params": {}}, "u5"),
    "an event of an unknown type": event({"event_type": "calling.call.levitate", "params": {}}, "u6"),
    "an event of an unknown call": event(
        {"event_type": "calling.call.state", "params": {"call_id": "nobody's", "call_state": "answered"}}, "u7"
    ),
    "an offer without a call id": event({"event_type": "calling.call.receive", "params": {"context": "office"}}, "u8"),
    "an offer whose call id is a list": event({"event_type": "calling.call.receive", "params": {"call_id": []}}, "u9"),
    "a dial that nobody made": event({"event_type": "calling.call.dial", "params": {"tag": {}, "call": []}}, "u10"),
    "a state that does not exist": event(
        {"event_type": "calling.call.state", "params": {"call_id": BYSTANDER, "node_id": NODE, "call_state": "flying"}},
        "u11",
    ),
    "a state that is a list": event(
        {"event_type": "calling.call.state", "params": {"call_id": BYSTANDER, "node_id": NODE, "call_state": ["x"]}},
        "u12",
    ),
    "a request of an unknown method": request("signalwire.selfdestruct", {}, "u13"),
    "a method of control characters": request("\r\n\x00\x1b[2J\u2028callfsm", None, "u14"),
    "a method of a lone surrogate": request("\ud800", {}, "u15"),
    "a method of a million characters": request("x" * 1_000_000, {}, "u16"),
}
"""Frames about nothing that is known here."""

HARMLESS: Final[dict[str, bytes]] = {
    "a ping of the WebSocket": Frame(Opcode.PING, b"are you there").serialize(mask=False),
    "an empty ping": Frame(Opcode.PING, b"").serialize(mask=False),
    "the longest ping": Frame(Opcode.PING, bytes(125)).serialize(mask=False),
    "a pong that nobody asked for": Frame(Opcode.PONG, b"here").serialize(mask=False),
    "a thousand pings": Frame(Opcode.PING, b"x").serialize(mask=False) * 1_000,
    "fragments": fragments(b'{"jsonrpc":"2.0","id":"h1",', b'"method":"signal', b'wire.ping","params":{}}'),
    "empty fragments": fragments(b"", b'{"jsonrpc":"2.0","id":"h2","method":"signalwire.ping"}', b"", b""),
    "a fragment for each byte": fragments(
        *(bytes([each]) for each in b'{"jsonrpc":"2.0","id":"h3","method":"signalwire.ping"}')
    ),
    "fragments with pings between them": fragments(
        b'{"jsonrpc":"2.0","id":"h4",',
        b'"method":"signalwire.ping"}',
        between=Frame(Opcode.PING, b"x").serialize(mask=False),
    ),
    "keys that come twice": text('{"jsonrpc":"2.0","id":"no","id":"h5","method":"x","method":"signalwire.ping"}'),
    "params that are null": text('{"jsonrpc":"2.0","id":"h6","method":"signalwire.ping","params":null}'),
    "params that are a string": text('{"jsonrpc":"2.0","id":"h7","method":"signalwire.ping","params":"x"}'),
    "surrogates and control characters in a ping": request("signalwire.ping", {"payload": "\ud800\x00\u2028"}, "h8"),
    "a ping with an id of many digits": request("signalwire.ping", {"timestamp": 10**400}, 10**30),
    "whitespace around a frame": text('\r\n {"jsonrpc":"2.0","id":"h9","method":"signalwire.ping"} \t'),
    "a request for no reply": text('{"jsonrpc":"2.0","method":"signalwire.ping","params":{}}'),
    "an offer that is made again": event(
        {"event_type": "calling.call.receive", "params": {"call_id": BYSTANDER, "node_id": NODE}}, "h10"
    ),
}
"""Messages that are odd, and in order."""


def header(first: int, second: int, rest: bytes = b"") -> bytes:
    """The bytes of a WebSocket frame, lawful or not."""
    return bytes([first, second]) + rest


CLOSING: Final[dict[str, tuple[int, bytes]]] = {
    "invalid UTF-8": (1007, text(b'{"jsonrpc":"2.0","id":"\xff\xfe"}')),
    "overlong UTF-8": (1007, text(b"\xc0\xaf")),
    "a surrogate in UTF-8": (1007, text(b"\xed\xa0\x80")),
    "UTF-8 cut short": (1007, text("ü".encode()[:1])),
    "invalid UTF-8 over two fragments": (1007, fragments(b"{\xc3", b"}")),
    "a message that is too large": (1009, header(0x81, 127, struct.pack("!Q", MAX_BYTES + 1))),
    "fragments that are too large together": (1009, fragments(b" " * (MAX_BYTES - 10), b" " * 11)),
    "a message of sixteen exabytes": (1009, header(0x81, 127, struct.pack("!Q", 2**63 - 1))),
    "a compressed frame": (1002, header(0xC1, 2, b"{}")),
    "the second reserved bit": (1002, header(0xA1, 2, b"{}")),
    "the third reserved bit": (1002, header(0x91, 2, b"{}")),
    "a reserved kind of message": (1002, header(0x83, 0)),
    "a reserved kind of control frame": (1002, header(0x8B, 0)),
    "a masked frame": (1002, header(0x81, 0x82, b"\0\0\0\0{}")),
    "a control frame in fragments": (1002, header(0x09, 0)),
    "a control frame that is too long": (1002, header(0x89, 126, struct.pack("!H", 126) + bytes(126))),
    "a fragment of nothing": (1002, header(0x80, 2, b"{}")),
    "a message within a message": (1002, header(0x01, 1, b"{") + text("{}")),
    "a close without a whole code": (1002, header(0x88, 1, b"\x03")),
    "a close with a code that does not exist": (1002, header(0x88, 2, struct.pack("!H", 999))),
    "a close with a reason that is no UTF-8": (1007, header(0x88, 4, struct.pack("!H", 1000) + b"\xff\xfe")),
    "a close": (1000, header(0x88, 2, struct.pack("!H", 1000))),
    "a close because of a fault": (1011, header(0x88, 2, struct.pack("!H", 1011))),
    "a close without a code": (1005, header(0x88, 0)),
}
"""What RFC 6455 lets nobody live with, and the code that the client closes with."""


def mutated(random: Random) -> Iterator[bytes]:
    """Every example event, aimed at the bystander, with something wrong at each depth of it."""
    for kind, facts in EVENTS.items():
        if kind in ("calling.call.receive", "calling.call.state"):
            continue  # They may lawfully begin a call, and end one.
        for path in list(paths(facts["envelope"])):
            envelope = json.loads(json.dumps(facts["envelope"]))
            envelope.get("params", {}).update(call_id=BYSTANDER, node_id=NODE)
            put(envelope, path, random.choice(WRONG))
            yield event(envelope, f"m {kind} {path}")


def paths(value: object) -> Iterator[list[Any]]:
    """The ways to everything inside a value."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield [key]
        yield from ([key, *rest] for rest in paths(inner))


def put(value: Any, path: list[Any], wrong: object) -> None:
    """Put something else in a place."""
    *way, last = path
    for key in way:
        value = value[key]
    value[last] = wrong


async def bystander_ends_well(told: Siege) -> str:
    """Hang the bystander up: why it ended."""
    await told.bystander.hangup()
    await told.bystander.wait_for_ended()
    return told.bystander.end_reason


def figures_of(messages: dict[str, bytes], level: int = logging.DEBUG) -> dict[str, Figures]:
    """What each message changes, with one call up through all of them."""

    async def main() -> dict[str, Figures]:
        async with siege(level) as told:
            found = {name: await told.after(data) for name, data in messages.items()}

            assert "hangup" == await bystander_ends_well(told)
            assert {1} == set(told.server.answers.values())
        return found

    return run(main())


def test_what_is_no_frame_is_counted_and_logged_once_and_the_next_call_works() -> None:
    """A message that is no frame costs one count and one line."""
    assert dict.fromkeys(MALFORMED, COUNTED) == figures_of(MALFORMED)


def test_what_is_about_nothing_known_is_counted_and_logged_once_and_the_next_call_works() -> None:
    """A frame about nothing that is known here costs one count and one line, and is answered once if it has an id."""
    assert dict.fromkeys(UNKNOWN, COUNTED) == figures_of(UNKNOWN)


def test_what_is_odd_and_in_order_costs_nothing() -> None:
    """Pings, fragments and odd spellings of good frames are no fault."""
    assert dict.fromkeys(HARMLESS, UNTOUCHED) == figures_of(HARMLESS)


def test_what_the_websocket_forbids_costs_a_reconnection_and_the_next_call_works() -> None:
    """Where the RFC demands a close the client closes with its code, and is connected again at once."""

    async def main() -> None:
        async with siege() as told:
            found = {}
            for name, (_, data) in CLOSING.items():
                found[name] = await told.after(data, closes=True)
            await until(lambda: len(told.server.codes) == len(CLOSING))

            assert dict.fromkeys(CLOSING, RECONNECTED) == found
            assert [code for code, _ in CLOSING.values()] == told.server.codes
            assert "hangup" == await bystander_ends_well(told)

    run(main())


def test_the_largest_message_that_is_taken_is_taken() -> None:
    """Just under ten mebibytes, of rubbish or of sense, is no reason to close; it is counted and logged once."""
    params = json.dumps({"jsonrpc": "2.0", "id": "huge", "method": "signalwire.event", "params": {"a": ""}})
    head, tail = params[:-3], params[-3:]
    largest = {
        "rubbish": text(b"[" * MAX_BYTES),
        "sense": text(f"{head}{'x' * (MAX_BYTES - len(params))}{tail}"),
    }

    assert dict.fromkeys(largest, Figures(1, 1, 0)) == figures_of(largest)


def test_wrong_types_at_every_depth_of_every_event_harm_nobody() -> None:
    """Whatever stands where something else should: at most one count and one line, one reply, and the next call works."""

    async def main() -> None:
        async with siege() as told:
            messages = list(mutated(Random(7)))  # noqa: S311  # chance that can be repeated
            before = told.figures()
            for start in range(0, len(messages), 20):
                batch = messages[start : start + 20]
                found = await told.after(b"".join(batch))

                assert found.counted == found.logged <= len(batch)
            logins = told.figures().since(before).logins

            assert ("hangup", 0) == (await bystander_ends_well(told), logins)
            assert {1} == set(told.server.answers.values())

    run(main())


def test_everything_at_once_in_any_order_harms_nobody() -> None:
    """A storm of hostile messages, in which lines break again and again: the client is there at the end of it."""
    random = Random(11)  # noqa: S311  # chance that can be repeated
    closing = [(data, True) for _, data in CLOSING.values()]
    others = [(data, False) for each in (MALFORMED, UNKNOWN, HARMLESS) for data in each.values()]

    async def main() -> None:
        async with siege(logging.WARNING) as told:
            for _ in range(3):
                storm = random.sample(closing, len(closing)) + random.sample(others, len(others))
                for data, closes in random.sample(storm, len(storm)):
                    if closes:
                        await told.after(data, closes=True)
                    else:
                        told.server.send_raw(data)
                await told.good_call()

            assert ("online", "hangup") == (told.client.state, await bystander_ends_well(told))
            assert 1 + 3 * len(closing) == told.server.logins

    run(main())


def test_a_flood_of_rubbish_starves_nobody() -> None:
    """While rubbish pours in, calls are handled between it."""
    flood = b"".join(MALFORMED[name] for name in ("no JSON", "a batch", "a binary message")) * 30

    async def pour(told: Siege) -> None:
        for _ in range(100):
            told.server.send_raw(flood)
            await asyncio.sleep(0)

    async def main() -> None:
        async with siege(logging.ERROR) as told:
            pouring = asyncio.create_task(pour(told))
            for _ in range(3):
                await told.good_call()
            await pouring
            await told.good_call()

            assert (9_000, "online") == (told.figures().counted, told.client.state)

    run(main())
