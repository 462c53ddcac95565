"""The command ``callfsm``: see it, try it, run it.

What only one command needs is imported by that command, so that each of them starts quickly.
"""

# ruff: noqa: PLC0415  # see the docstring

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, Optional

import typer

from callfsm.caller_cli import DEFAULT_PORT, caller_app
from callfsm.core.tables import TABLES

app: Final = typer.Typer(
    help="Programmable phone calls as explicit state machines, over SignalWire RELAY.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(caller_app, name="caller")


def _fail(message: str) -> NoReturn:
    typer.echo(f"callfsm: {message}", err=True)
    raise typer.Exit(1)


@app.command()
def demo() -> None:
    """Watch the example programs take calls over a real socket; no account, no network."""
    from callfsm.demo import Screen, run

    piped = not sys.stdout.isatty()
    console = Screen(width=100 if piped else None, highlight=False)
    if not asyncio.run(run(console)):
        raise typer.Exit(1)


@app.command()
def run(
    target: Annotated[str, typer.Argument(metavar="MODULE:CLIENT", help="A module or file, and the client in it.")],
    simulate: Annotated[bool, typer.Option("--simulate", help="Run it against a simulator of its own.")] = False,
    port: Annotated[int, typer.Option(help="The simulator's port.", min=0, max=65535)] = DEFAULT_PORT,
    log_level: Annotated[str, typer.Option(help="debug, info, warning, error or critical.")] = "info",
) -> None:
    """Run a program's client until it is stopped."""
    from callfsm.errors import AuthenticationError
    from callfsm.log import configure
    from callfsm.programs import ProgramError, load_client

    with contextlib.ExitStack() as stack:
        try:
            configure(log_level)
            if simulate:
                stack.enter_context(_simulator_beside(port))
            load_client(target).run()
        except AuthenticationError as error:
            _fail(f"{error}: check SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN, and that they belong to the host")
        except (ProgramError, OSError, ValueError) as error:
            _fail(str(error))


@contextlib.contextmanager
def _simulator_beside(port: int) -> Any:
    from callfsm.programs import simulated
    from callfsm.simulator.thread import SimulatorThread

    with SimulatorThread(port) as simulator, simulated(simulator.environment):
        typer.echo(
            f"simulator at {simulator.url}; from another shell: {_caller_command(simulator.port)} ring --context CONTEXT"
        )
        yield


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
    from callfsm.simulator import Simulator

    try:
        simulator = Simulator(host, port, project=project, token=token, tls=tls, speed=speed, allow_remote=allow_remote)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_serve(simulator))
    except OSError as error:
        _fail(f"{error} (--port, --host)")
    except ValueError as error:
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


@app.command()
def diagram(
    machines: Annotated[
        list[str] | None, typer.Argument(help="Which machines; all of them when none is named.")
    ] = None,  # read at run time
    form: Annotated[str, typer.Option("--format", help="mermaid, dot or markdown.")] = "mermaid",
    output: Annotated[Optional[Path], typer.Option("-o", "--output", help="A folder to write files to.")] = None,  # noqa: UP045
) -> None:
    """Draw the state machines, as they run."""
    from callfsm.core import diagram as drawing

    if form not in drawing.FORMATS:
        _fail(f"there is no format {form!r}; there are {', '.join(drawing.FORMATS)}")
    if output is not None and not machines:
        _write(output, drawing.files() if form == "mermaid" else _drawn(list(TABLES), form))
        return
    names = [_machine(name) for name in machines or TABLES]
    if output is not None:
        _write(output, _drawn(names, form))
        return
    for name in names:
        typer.echo(drawing.FORMATS[form](name))


def _drawn(names: list[str], form: str) -> dict[str, str]:
    from callfsm.core.diagram import FILE_ENDINGS, FORMATS

    return {f"{name}{FILE_ENDINGS[form]}": FORMATS[form](name) for name in names}


def _write(folder: Path, files: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        _fail(f"cannot write to {folder}: {error}")
    typer.echo(f"{len(files)} files in {folder}")


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
