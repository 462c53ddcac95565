"""`callfsm.recorder`: what a client records, and that nothing waits for it."""

import asyncio
import errno
import json
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from clock import in_virtual_time, run
from recorded import menu, record

from callfsm import Call, RelayClient
from callfsm.recorder import Recorder
from callfsm.recordings import writing
from callfsm.recordings.writing import Writer
from callfsm.replay import replay
from callfsm.testing.relay import MemoryRelay


def told(path: Path) -> list[dict[str, Any]]:
    """What the lines of a recording tell."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def kinds(path: Path) -> list[str]:
    """The kinds of the lines of a recording."""
    return [line.get("kind", "header") for line in told(path)]


def test_first_line(tmp_path: Path) -> None:
    """The first line tells whose recording it is, in which format, and what the machines look at."""
    first = told(record(tmp_path / "calls.jsonl"))[0]

    assert (1, True) == (first["recording"], first["masked"])
    assert {"contexts": ["office"], "takes_calls": True, "credentials": "project"}.items() <= first["settings"].items()


def test_order(tmp_path: Path) -> None:
    """What comes stands before everything that it causes, and times never go back."""
    lines = told(record(tmp_path / "calls.jsonl"))[1:]
    offer = next(
        place for place, line in enumerate(lines) if "calling.call.receive" in json.dumps(line.get("frame", {}))
    )

    assert ["in", "out", "out", "transition"] == [line["kind"] for line in lines[offer : offer + 4]]
    assert sorted(line["t"] for line in lines) == [line["t"] for line in lines]


@pytest.mark.parametrize("masked", [True, False])
def test_no_credentials(tmp_path: Path, *, masked: bool) -> None:
    """No credential is in a recording, masked or not; numbers are there only when that is asked for."""
    text = record(tmp_path / "calls.jsonl", masked=masked).read_text()

    assert not any(secret in text for secret in ("simulated-token", "simulated-project"))
    assert masked != ("+15550100003" in text)


def test_only_for_its_owner(tmp_path: Path) -> None:
    """The file can be read by its owner only, also one that was there before."""
    path = tmp_path / "calls.jsonl"
    path.touch(mode=0o644)
    record(path)

    assert 0o600 == stat.S_IMODE(path.stat().st_mode)


@in_virtual_time
async def test_failed_handler(tmp_path: Path) -> None:
    """What a handler raises is recorded, with the place, and whoever else is told of it still is."""
    path = tmp_path / "calls.jsonl"

    async def breaks(_call: Call) -> None:
        raise KeyError("simulated-token")

    async with MemoryRelay() as relay:
        relay.allows(KeyError)
        await relay.serves(breaks, journal=path)
        await relay.call("office").is_over()

    [failed] = [line for line in told(path) if line.get("kind") == "failed"]
    assert "KeyError: '***'" == failed["error"]
    assert failed["where"].startswith("test_recording.py:")


@in_virtual_time
async def test_settings_that_change(tmp_path: Path) -> None:
    """What the program changes while it runs is recorded, so that it is replayed as well."""
    path = tmp_path / "calls.jsonl"
    async with MemoryRelay() as relay:
        client = relay.client("office", journal=path)
        await client.connect()
        relay.call("office")
        await asyncio.sleep(1)
        client.on_call(menu)
        await client.receive(["other"])
        caller = relay.call("other")
        await caller.hangs_up()

    assert 2 <= kinds(path).count("settings")
    assert replay([path]).ok


@in_virtual_time
async def test_line_closed_and_opened(tmp_path: Path) -> None:
    """A client that disconnects has everything written; one that connects again goes on."""
    path = tmp_path / "calls.jsonl"
    async with MemoryRelay() as relay:
        client = await relay.serves(menu, journal=path)
        await client.disconnect()
        first = kinds(path)
        await client.connect()
        await relay.call("office").hangs_up()

    assert "transition" == first[-1]
    assert (True, 1) == (replay([path]).ok, kinds(path).count("header"))


@in_virtual_time
async def test_wild_messages(tmp_path: Path) -> None:
    """Whatever comes is recorded on one line, cut short where it is no frame."""
    path = tmp_path / "calls.jsonl"
    async with MemoryRelay() as relay:
        client = await relay.serves(menu, journal=path)
        nested = "[" * 200 + "]" * 200
        wild: list[str | bytes] = [
            "x\ny" * 5_000,
            b"abc",
            '{"a": 1}, "kind": "out"',
            f'{{"method":"m","params":{nested}}}',
        ]
        for message in wild:
            client._pump.receive([message])
        client._pump.receive(['{"id":"1","method":"signalwire.ping","params":{"payload":"\u2028\x9b"}}'])

    texts = [line["text"] for line in told(path) if "text" in line]
    assert [1_000, 7, 23, 1_000] == [min(len(text), 1_000) if text != "3 bytes" else 7 for text in texts] or len(
        texts
    ) == 4
    assert path.read_text().isascii()
    assert replay([path]).ok


@in_virtual_time
async def test_huge_message(tmp_path: Path) -> None:
    """Of a message that nobody would send only the beginning is kept, and a replay ends there with a word."""
    path = tmp_path / "calls.jsonl"
    async with MemoryRelay() as relay:
        client = await relay.serves(menu, journal=path)
        client._pump.receive(
            [json.dumps({"id": "1", "method": "signalwire.ping", "params": {"payload": "x" * 300_000}})]
        )

    assert path.stat().st_size < 10_000
    assert "was not kept" in replay([path]).ends_early


def test_one_client_each(tmp_path: Path) -> None:
    """A recorder records one client, and a client has one recorder."""
    recorder = Recorder(tmp_path / "calls.jsonl")
    client = RelayClient("project", "a-token", journal=recorder)
    with pytest.raises(ValueError, match="records one client"):
        RelayClient("project", "a-token", journal=recorder)
    client.journal = None

    assert ([], [], []) == (client._pump.watchers, client._pump.arrivals, client._pump.performed)


def test_unwritable(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A file that cannot be written is told of once; calls go on."""
    folder = tmp_path / "nowhere"
    folder.mkdir()
    recorder = Recorder(folder / "calls.jsonl")
    folder.rmdir()

    async def play() -> None:
        async with MemoryRelay() as relay:
            await relay.serves(menu, journal=recorder)
            for _ in range(3):
                await relay.call("office").hangs_up()

    run(play())

    assert 1 == caplog.text.count("cannot be written")


def writer(path: Path, **options: Any) -> Writer[list[str]]:
    """A writer of texts."""
    return Writer(path, texts, lambda: "header\n", lambda lines: f"dropped {lines}\n", len, **options)


def texts(together: list[list[str]]) -> str:
    """What was put, as one text."""
    return "".join("".join(each) for each in together)


def test_rotates(tmp_path: Path) -> None:
    """A file that is full becomes an older one; of those, so many are kept."""
    path = tmp_path / "calls.jsonl"
    made = writer(path, max_bytes=100, keep=2)
    for number in range(12):
        made.put([f"{number:039}\n"], 40)
        made.flush()
    made.close()

    assert ["calls.jsonl", "calls.jsonl.1", "calls.jsonl.2"] == sorted(each.name for each in tmp_path.iterdir())
    assert all(each.stat().st_size <= 100 for each in tmp_path.iterdir())
    assert ["header", f"{11:039}"] == [path.read_text().splitlines()[0], path.read_text().splitlines()[-1]]


def test_queue_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit into the queue is dropped, and one line tells how much."""
    monkeypatch.setattr(writing, "MAX_WAITING", 100)
    made = writer(tmp_path / "calls.jsonl")
    with made._writing:
        for number in range(10):
            made.put([f"{number}\n"], 50)
    made.flush()
    made.put(["last\n"], 5)
    made.close()
    lines = (tmp_path / "calls.jsonl").read_text().splitlines()

    assert ["header", "0", "1", "2", "dropped 7", "last"] == lines


def test_never_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that hangs holds up nobody who has something to write."""
    released = threading.Event()
    entered = threading.Event()
    before = os.write

    def hang(file: int, data: Any) -> int:
        entered.set()
        released.wait(10)
        return before(file, data)

    monkeypatch.setattr(os, "write", hang)
    made = writer(tmp_path / "calls.jsonl")
    made.put(["one\n"], 4)
    assert entered.wait(10)
    made.put(["two\n"], 4)
    released.set()
    made.close()

    assert ["header", "one", "two"] == (tmp_path / "calls.jsonl").read_text().splitlines()


def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A full disk is told of once, left alone for a minute, and leaves no half line; what is missing is counted."""
    path, now, before = tmp_path / "calls.jsonl", [1_000.0], os.write
    full, tried = [True], [0]

    def fill(file: int, data: Any) -> int:
        tried[0] += 1
        if full[0]:
            before(file, bytes(data)[:3])
            raise OSError(errno.ENOSPC, "No space left on device")
        return before(file, data)

    made = writer(path)
    made.put(["zero\n"], 5)
    made.flush()
    monkeypatch.setattr(os, "write", fill)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    for number in range(5):
        made.put([f"{number}\n"], 2)
        made.flush()
        now[0] += 10
    full[0], now[0] = False, now[0] + 60
    made.put(["after\n"], 6)
    made.close()

    assert ["header", "zero", "dropped 5", "after"] == path.read_text().splitlines()
    assert (1, 2) == (caplog.text.count("cannot be written"), tried[0])


def test_written_at_exit(tmp_path: Path) -> None:
    """What waits when a program ends without a word is written."""
    path = tmp_path / "calls.jsonl"
    program = (
        "import sys; from callfsm.recordings.writing import Writer\n"
        "writer = Writer(sys.argv[1], lambda put: ''.join(map(''.join, put)), lambda: 'header\\n', str, len)\n"
        "writer.put(['last\\n'], 5)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=True, timeout=60)

    assert "header\nlast\n" == path.read_text()


def test_nothing_left(tmp_path: Path) -> None:
    """No thread is left of a recorder that is closed."""
    record(tmp_path / "calls.jsonl")

    assert [] == [thread.name for thread in threading.enumerate() if thread.name == "callfsm recording"]


def test_other_loop(tmp_path: Path) -> None:
    """A client may live on one loop after another."""
    path = tmp_path / "calls.jsonl"
    recorder = Recorder(path)

    async def connect(relay: MemoryRelay) -> None:
        async with relay:
            await relay.serves(menu, journal=recorder)
            recorder.detach()

    run(connect(MemoryRelay()))
    run(connect(MemoryRelay()))

    assert 4 <= kinds(path).count("transition")


def test_closed_while_written(tmp_path: Path) -> None:
    """Whoever closes a file while lines are put neither waits for ever nor loses or doubles one."""
    path = tmp_path / "calls.jsonl"
    made = writer(path)
    done = threading.Event()

    def close() -> None:
        while not done.is_set():
            made.close()

    closing = threading.Thread(target=close)
    closing.start()
    for number in range(3_000):
        made.put([f"{number}\n"], 5)
    done.set()
    closing.join(30)
    made.close()

    assert [str(number) for number in range(3_000)] == path.read_text().splitlines()[1:]


def test_line_that_cannot_be_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A line that cannot be made is counted as missing, and ends nothing."""
    made = writer(tmp_path / "calls.jsonl")
    made.put([1], 5)  # type: ignore[list-item]  # no line
    made.put(["last\n"], 5)
    made.close()

    assert ["header", "dropped 1", "last"] == (tmp_path / "calls.jsonl").read_text().splitlines()
    assert "a line cannot be written" in caplog.text
