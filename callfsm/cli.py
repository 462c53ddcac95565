"""The command ``callfsm``: see it, try it, run it.

What only one command needs is imported by that command, so that each of them starts quickly.
"""

# ruff: noqa: PLC0415  # see the docstring

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from callfsm.caller_cli import DEFAULT_PORT, caller_app
from callfsm.core.tables import TABLES
from callfsm.diagram_cli import diagram
from callfsm.failing import fail as _fail
from callfsm.replay_cli import Journal, Journals, check, replay
from callfsm.trace_cli import trace

app: Final = typer.Typer(
    help="Programmable phone calls as explicit state machines, over SignalWire RELAY.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(caller_app, name="caller")
app.command()(diagram)
app.command()(trace)
app.command()(replay)
app.command()(check)


@app.command()
def demo(journal: Journals = None) -> None:
    """Watch the example programs take calls over a real socket; no account, no network."""
    from callfsm.demo import Screen, run

    piped = not sys.stdout.isatty()
    console = Screen(width=100 if piped else None, highlight=False)
    if journal is not None:
        _make_writable(journal)
    if not asyncio.run(run(console, journal)):
        raise typer.Exit(1)


def _make_writable(folder: Path) -> None:
    import tempfile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        # A demonstration whose recordings are missing at its end has kept somebody for nothing.
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        _fail(
            f"--journal wants a folder for a recording of each program, and cannot write to {folder}: {error.strerror}"
        )


@app.command()
def run(
    target: Annotated[str, typer.Argument(metavar="MODULE:CLIENT", help="A module or file, and the client in it.")],
    simulate: Annotated[bool, typer.Option("--simulate", help="Run it against a simulator of its own.")] = False,
    port: Annotated[int, typer.Option(help="The simulator's port.", min=0, max=65535)] = DEFAULT_PORT,
    log_level: Annotated[str, typer.Option(help="debug, info, warning, error or critical.")] = "info",
    log_format: Annotated[str, typer.Option(help="console for people, json for machines.")] = "console",
    journal: Journal = None,
) -> None:
    """Run a program's client until it is stopped."""
    from callfsm.errors import AuthenticationError
    from callfsm.log import FORMS, configure
    from callfsm.programs import ProgramError, load_client, point_at

    if log_format not in FORMS:
        _fail(f"there is no log format {log_format!r}; there are {', '.join(FORMS)}")
    with contextlib.ExitStack() as stack:
        try:
            configure(log_level, log_format)
            simulated = stack.enter_context(_simulator_beside(port)) if simulate else None
            client = load_client(target)
            if simulated is not None:
                point_at(client, simulated)
            if journal is not None:
                client.journal = journal
            client.run()
        except AuthenticationError as error:
            _fail(f"{error}: check SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN, and that they belong to the host")
        except (ProgramError, OSError, ValueError) as error:
            _fail(str(error))


@contextlib.contextmanager
def _simulator_beside(port: int) -> Any:
    from callfsm.programs import simulated
    from callfsm.simulator import ControlError
    from callfsm.simulator.thread import SimulatorThread

    try:
        with SimulatorThread(port) as simulator, simulated(simulator.environment):
            typer.echo(
                f"simulator at {simulator.url}; from another shell: {_caller_command(simulator.port)} ring --context CONTEXT"
            )
            yield simulator.environment
    except ControlError as error:
        _fail(str(error))


def _caller_command(port: int) -> str:
    return "callfsm caller" + ("" if port == DEFAULT_PORT else f" --port {port}")


@app.command()
def simulate(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.", min=0, max=65535)] = DEFAULT_PORT,
    project: Annotated[str, typer.Option(help="What clients log in with.")] = "simulated-project",
    token: Annotated[str, typer.Option(help="The same; a random one when empty.")] = "",
    tls: Annotated[bool, typer.Option(help="wss:// with a certificate of its own, or plain ws://.")] = True,
    speed: Annotated[float, typer.Option(help="How many times as fast time runs for callers.")] = 1.0,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Listen on an address that is not loopback.")
    ] = False,
) -> None:
    """Run a RELAY server with simulated callers, for any client, until it is stopped."""
    from callfsm.simulator import ControlError, Simulator

    try:
        simulator = Simulator(host, port, project=project, token=token, tls=tls, speed=speed, allow_remote=allow_remote)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_serve(simulator))
    except OSError as error:
        _fail(f"{error} (--port, --host)")
    except (ControlError, ValueError) as error:
        _fail(str(error).replace("allow_remote=True", "--allow-remote"))


async def _serve(simulator: Any) -> None:
    from callfsm.process import stop_signals
    from callfsm.simulator import connection_file

    stop = asyncio.Event()
    with stop_signals(stop):
        async with simulator:
            simulator.write_connection_file(connection_file(simulator.port))
            typer.echo(f"RELAY simulator at {simulator.url}; point a client at it with:")
            for name, value in simulator.environment.items():
                typer.echo(f"  export {name}={value}")
            typer.echo(f"and call it with: {_caller_command(simulator.port)} ring --context CONTEXT")
            sys.stdout.flush()
            await stop.wait()


def _machine(name: str) -> str:
    if name not in TABLES:
        _fail(f"there is no machine {name!r}; there are {', '.join(TABLES)}")
    return name


@app.command()
def states(machine: Annotated[str, typer.Argument(help="Which machine, such as call.")]) -> None:
    """Show what each state makes of each trigger."""
    from rich.console import Console
    from rich.table import Table

    from callfsm.core.diagram import matrix, matrix_markdown

    _machine(machine)
    if not sys.stdout.isatty():
        typer.echo(matrix_markdown(machine))
        return
    heading, *rows = matrix(machine)
    table = Table(*heading, title=TABLES[machine].about, title_justify="left")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False).print(table)


def main() -> None:
    """Run the command line."""
    app()
