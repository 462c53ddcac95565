"""``callfsm diagram``: the state machines as pictures, with what a recording knows laid over them."""

# ruff: noqa: PLC0415  # what only a recording needs is loaded with one

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from callfsm.core.tables import TABLES
from callfsm.failing import fail


def diagram(
    machines: Annotated[
        list[str] | None, typer.Argument(help="Which machines, or system; all of them when none is named.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="mermaid, dot, markdown, plantuml or svg.")] = "mermaid",
    current: Annotated[str, typer.Option(help="The state to mark as the one that something is in.")] = "",
    path: Annotated[
        Optional[list[Path]],  # noqa: UP045  # typer reads it
        typer.Option(help="A recording: what its calls did is drawn. May be given again, for files that were rotated."),
    ] = None,
    call: Annotated[str, typer.Option(help="Of that recording only this call: its id, or how that begins.")] = "",
    output: Annotated[Optional[Path], typer.Option("-o", "--output", help="A folder to write files to.")] = None,  # noqa: UP045  # the same
) -> None:
    """Draw the state machines, as they run."""
    from callfsm.diagrams import FILE_ENDINGS, FORMATS, SYSTEM

    if form not in FORMATS:
        fail(f"there is no format {form!r}; there are {', '.join(FORMATS)}")
    if current and (machines is None or len(machines) != 1):
        fail("--current is a state of one machine: name it")
    if path and SYSTEM in (machines or ()):
        fail("the picture of the system shows all calls at once: leave out --path, or name a machine")
    if call and not path:
        fail("--call is a call of a recording: name that with --path")
    if output is not None and not machines and form == "mermaid" and not path:
        from callfsm.core.diagram import files

        _write(output, files())
        return
    over = _laid_over(path, call) if path else {}
    drawn = {name: _drawn(name, form, current, over) for name in machines or TABLES}
    if output is not None:
        _write(output, {f"{name}{FILE_ENDINGS[form]}": text for name, text in drawn.items()})
        return
    for text in drawn.values():
        typer.echo(text)


def _drawn(name: str, form: str, current: str, over: dict[str, dict[str, Any]]) -> str:
    from callfsm.diagrams import diagram as draw

    try:
        known = over.get(name, {})
        return draw(name, form, **(known | {"current": current} if current else known))
    except ValueError as error:
        fail(str(error))


def _laid_over(paths: list[Path], call: str) -> dict[str, dict[str, Any]]:
    from callfsm.trace.walking import counts, walk

    try:
        return walk(paths, call) if call else counts(paths)
    except (OSError, ValueError) as error:
        fail(str(error))


def _write(folder: Path, files: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"cannot write to {folder}: {error}")
    typer.echo(f"{len(files)} files in {folder}")
