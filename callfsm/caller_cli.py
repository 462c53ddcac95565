"""The command ``callfsm caller``: another shell, or any program, acts the callers of a running simulator."""

# ruff: noqa: PLC0415  # what only one command needs is imported by that command

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any, Final, Optional

import typer

DEFAULT_PORT: Final = 8989

caller_app: Final = typer.Typer(no_args_is_help=True)

_Port = Annotated[int, typer.Option("--port", help="The port of the simulator.", min=1, max=65535)]
_CallId = Annotated[str, typer.Argument(metavar="CALL_ID", help="The call, as `ring` printed it.")]


@caller_app.callback()
def caller(context: typer.Context, port: _Port = DEFAULT_PORT) -> None:
    """Act a caller of a running simulator, one step a command; each prints one line of JSON."""
    context.obj = port


def _ask_simulator(context: typer.Context, do: str, /, **facts: Any) -> dict[str, Any]:
    from callfsm.simulator import ControlError, connection_file, drive

    told = {key: value for key, value in facts.items() if value is not None}
    try:
        return asyncio.run(drive(connection_file(context.obj), {"do": do, **told}))
    except ControlError as error:
        return {"ok": False, "error": str(error)}


def _print(reply: dict[str, Any]) -> None:
    typer.echo(json.dumps(reply))
    if not reply.get("ok"):
        raise typer.Exit(1)


def _drive(context: typer.Context, do: str, /, **facts: Any) -> None:
    _print(_ask_simulator(context, do, **facts))


@caller_app.command()
def ring(
    context: typer.Context,
    to_context: Annotated[str, typer.Option("--context", help="The context to ring.")],
    to: Annotated[Optional[str], typer.Option(help="The number that is called.")] = None,  # noqa: UP045
    from_: Annotated[Optional[str], typer.Option("--from", help="The number that calls.")] = None,  # noqa: UP045
    person: Annotated[str, typer.Option("--as", help="human, machine or fax.")] = "human",
    document: Annotated[Optional[str], typer.Option(help="What a fax machine sends.")] = None,  # noqa: UP045
) -> None:
    """Ring a context; prints the call's id."""
    facts = {"context": to_context, "to": to, "from": from_, "as": person, "document": document}
    _drive(context, "ring", **facts)


@caller_app.command()
def press(context: typer.Context, call_id: _CallId, digits: str) -> None:
    """Press keys, one after the other."""
    _drive(context, "press", call_id=call_id, digits=digits)


@caller_app.command()
def say(context: typer.Context, call_id: _CallId, text: str) -> None:
    """Say something."""
    _drive(context, "say", call_id=call_id, text=text)


@caller_app.command()
def hear(
    context: typer.Context, call_id: _CallId, text: str, timeout: Annotated[float, typer.Option(help="Seconds.")] = 30.0
) -> None:
    """Wait until these words have been spoken to the caller."""
    _drive(context, "hear", call_id=call_id, text=text, timeout=timeout)


@caller_app.command()
def wait(
    context: typer.Context,
    call_id: _CallId,
    state: Annotated[str, typer.Option("--for", help="answered or ended.")] = "ended",
    timeout: Annotated[float, typer.Option(help="Seconds.")] = 60.0,
) -> None:
    """Wait until the call is answered, or has ended."""
    _drive(context, "wait", call_id=call_id, timeout=timeout, **{"for": state})


@caller_app.command()
def hangup(context: typer.Context, call_id: _CallId, reason: str = "hangup") -> None:
    """Hang up."""
    _drive(context, "hangup", call_id=call_id, reason=reason)


@caller_app.command()
def status(context: typer.Context, call_id: _CallId) -> None:
    """Show a call: its state, what the caller has heard, what runs in it."""
    _drive(context, "status", call_id=call_id)


@caller_app.command()
def calls(context: typer.Context) -> None:
    """List the calls."""
    _drive(context, "calls")


@caller_app.command()
def statistics(context: typer.Context) -> None:
    """Show the sums since the simulator was started."""
    _drive(context, "statistics")


@caller_app.command()
def journal(context: typer.Context, call_id: _CallId) -> None:
    """Show what went over the wire for a call."""
    _drive(context, "journal", call_id=call_id)


@caller_app.command()
def ladder(context: typer.Context, call_id: _CallId) -> None:
    """Draw a call as a ladder: program, server and caller side by side."""
    from callfsm.ladder import ladder_text
    from callfsm.simulator import Entry

    reply = _ask_simulator(context, "journal", call_id=call_id)
    if reply.get("ok") and reply["entries"]:
        typer.echo(ladder_text([Entry(**entry) for entry in reply["entries"]]))
    else:
        _print({"ok": False, "error": f"nothing is known of call {call_id}", **reply} | {"ok": False})


@caller_app.command()
def answers(
    context: typer.Context,
    number: str,
    after: Annotated[float, typer.Option(help="Seconds.")] = 1.0,
    person: Annotated[str, typer.Option("--as", help="human, machine or fax.")] = "human",
) -> None:
    """Let somebody pick up at a number that is dialled."""
    _drive(context, "answers", number=number, after=after, **{"as": person})


@caller_app.command()
def busy(context: typer.Context, number: str) -> None:
    """Make a number busy."""
    _drive(context, "busy", number=number)


@caller_app.command()
def declines(context: typer.Context, number: str) -> None:
    """Let somebody decline at a number."""
    _drive(context, "declines", number=number)


@caller_app.command("no-answer")
def no_answer(context: typer.Context, number: str) -> None:
    """Let a number ring until the program gives up."""
    _drive(context, "no_answer", number=number)


@caller_app.command()
def machine(
    context: typer.Context,
    call_id: _CallId,
    greeting: Annotated[Optional[str], typer.Option(help="What it says.")] = None,  # noqa: UP045
    *,
    beep: Annotated[bool, typer.Option(help="Whether it beeps after that.")] = True,
) -> None:
    """Be an answering machine from now on."""
    _drive(context, "machine", call_id=call_id, greeting=greeting, beep=beep)


@caller_app.command()
def fax(
    context: typer.Context,
    call_id: _CallId,
    url: Annotated[Optional[str], typer.Option(help="The document that it sends.")] = None,  # noqa: UP045
    pages: Annotated[int, typer.Option(help="How many pages the document has.")] = 2,
) -> None:
    """Be a fax machine from now on; with a document, one that sends it."""
    _drive(context, "fax", call_id=call_id, url=url, pages=pages)


@caller_app.command("takes-fax")
def takes_fax(context: typer.Context, call_id: _CallId) -> None:
    """Be a fax machine from now on that takes what it is sent."""
    _drive(context, "takes_fax", call_id=call_id)


@caller_app.command()
def message(
    context: typer.Context,
    body: str,
    to_context: Annotated[str, typer.Option("--context", help="The context that gets it.")],
    to: Annotated[Optional[str], typer.Option(help="The number that gets it.")] = None,  # noqa: UP045
    from_: Annotated[Optional[str], typer.Option("--from", help="The number that sends it.")] = None,  # noqa: UP045
) -> None:
    """Send a text message to a context; prints its id."""
    _drive(context, "message", body=body, context=to_context, to=to, **{"from": from_})


@caller_app.command()
def texts(context: typer.Context, number: str) -> None:
    """List the text messages that have arrived at a number."""
    _drive(context, "texts", number=number)


@caller_app.command()
def undeliverable(
    context: typer.Context,
    number: str,
    reason: Annotated[Optional[str], typer.Option(help="Why, as the program is told.")] = None,  # noqa: UP045
    *,
    failed: Annotated[bool, typer.Option("--failed", help="Fail before it is sent.")] = False,
) -> None:
    """Let no text message arrive at a number."""
    _drive(context, "undeliverable", number=number, reason=reason, failed=failed)
