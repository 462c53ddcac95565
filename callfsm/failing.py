"""How a command says that it cannot."""

from typing import NoReturn

import typer


def fail(message: str, status: int = 1) -> NoReturn:
    """Tell why in one line, and end with this status."""
    typer.echo(f"callfsm: {message}", err=True)
    raise typer.Exit(status)
