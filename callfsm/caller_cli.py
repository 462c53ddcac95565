"""The command ``callfsm caller``: another shell, or any program, acts the callers of a running simulator."""

# ruff: noqa: PLC0415  # what only one command needs is imported by that command

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any, Final, Optional

import typer

DEFAULT_PORT: Final = 8989

caller_app: Final = typer.Typer(no_args_is_help=True)

_Port = Annotated[int, typer.Option("--port", help="The port of the simulator.")]
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
) -> None:
    """Ring a context; prints the call's id."""
    _drive(context, "ring", context=to_context, to=to, **{"from": from_})


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
def answers(context: typer.Context, number: str, after: Annotated[float, typer.Option(help="Seconds.")] = 1.0) -> None:
    """Let somebody pick up at a number that is dialled."""
    _drive(context, "answers", number=number, after=after)


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
