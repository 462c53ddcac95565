"""How a command says that it cannot."""

from typing import NoReturn

import typer


def fail(message: str) -> NoReturn:
    """Tell why in one line, and end with status 1."""
    typer.echo(f"callfsm: {message}", err=True)
    raise typer.Exit(1)
