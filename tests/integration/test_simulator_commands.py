"""The commands of another shell with which people are machines, faxes, and send texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from callfsm.caller_cli import caller_app
from callfsm.simulator.thread import SimulatorThread

NUMBER = "+15550100099"


@pytest.fixture(scope="module")
def running() -> Iterator[int]:
    """The port of a simulator in its own thread."""
    with SimulatorThread() as simulator:
        yield simulator.port


def caller(port: int, *words: str) -> dict[str, Any]:
    """Run one command, and read what it prints."""
    reply: dict[str, Any] = json.loads(CliRunner().invoke(caller_app, ["--port", str(port), *words]).output)
    return reply


def test_somebody_becomes_a_machine(running: int) -> None:
    """A caller may become an answering machine, a fax that sends, a fax, and a fax that takes."""
    call_id = caller(running, "ring", "--context", "nobody")["call_id"]
    replies = [
        caller(running, "machine", call_id),
        caller(running, "machine", call_id, "--greeting", "Hello", "--no-beep"),
        caller(running, "fax", call_id, "--url", "https://files.example.test/a.pdf", "--pages", "3"),
        caller(running, "fax", call_id),
        caller(running, "takes-fax", call_id),
    ]

    assert [{"ok": True}] * 5 == replies


@pytest.mark.parametrize("more", [["--as", "machine"], ["--as", "fax"], ["--document", "https://a.test"]])
def test_a_machine_rings(running: int, more: list[str]) -> None:
    """A call may come from a machine or a fax."""
    assert caller(running, "ring", "--context", "nobody", *more)["ok"]


def test_a_cat_does_not_ring(running: int) -> None:
    """Only those who are known can call or pick up."""
    reply = caller(running, "answers", NUMBER, "--as", "cat")

    assert "\"as\" is one of human, machine, fax, not 'cat'" == reply["error"]


def test_a_text_is_sent(running: int) -> None:
    """A text has an id, whoever gets it."""
    replies = [
        caller(running, "message", "hello", "--context", "nobody"),
        caller(running, "message", "hello", "--context", "nobody", "--to", NUMBER, "--from", NUMBER),
    ]

    assert 2 == len({reply["message_id"] for reply in replies})


def test_texts_are_read_and_refused(running: int) -> None:
    """A number has no texts yet, and may be told to take none."""
    replies = [
        caller(running, "texts", NUMBER),
        caller(running, "undeliverable", NUMBER),
        caller(running, "undeliverable", NUMBER, "--reason", "spam", "--failed"),
    ]

    assert [{"ok": True, "texts": []}, {"ok": True}, {"ok": True}] == replies
