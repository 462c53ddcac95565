"""``callfsm trace``: what a recording holds, for people."""

# ruff: noqa: PLC0415  # what only one form needs is loaded for that form

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Optional

import typer

from callfsm.failing import fail

if TYPE_CHECKING:
    from callfsm.trace.story import Step

FORMS: Final = ("ladder", "mermaid", "flow")
_PIPED: Final = 120
_PIPED_TABLE: Final = 200


def trace(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="A recording; RelayClient(journal=FILE) makes one. Rotated files, in any order."
        ),
    ],
    call: Annotated[str, typer.Option("--call", help="One call: its id, or how that begins.")] = "",
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="ladder, mermaid for a sequence diagram of a call, or flow for a picture of what callers met.",
        ),
    ] = "ladder",
    html: Annotated[Optional[Path], typer.Option("--html", help="Write the call as one page to step through.")] = None,  # noqa: UP045  # typer reads it
    width: Annotated[int, typer.Option(help="Columns; those of the terminal when 0.", min=0)] = 0,
) -> None:
    """Show the calls of a recording, or one of them: as a ladder, a sequence diagram or a page."""
    if form not in FORMS:
        fail(f"there is no format {form!r}; there are {', '.join(FORMS)}")
    *paths, last = files
    if not call and paths and not last.exists():
        # FILE CALL, as one says it.
        files, call = paths, str(last)
    if html is not None and not call:
        fail("--html shows one call: name it")
    if html is not None and form != "ladder":
        fail(f"--html writes a page of its own: leave out --format {form}")
    try:
        if form == "flow":
            _show_flow(files, call)
        elif not call:
            _show_calls(files, width)
        else:
            _show_call(files, call, form, html, width)
    except (OSError, ValueError) as error:
        fail(str(error))


def _show_calls(files: list[Path], width: int) -> None:
    from rich.console import Console

    from callfsm.trace.calls import calls
    from callfsm.trace.table import table

    piped = not sys.stdout.isatty()
    console = Console(width=width or (_PIPED_TABLE if piped else None), highlight=False)
    console.print(table(calls(files).values(), 0 if piped and not width else console.width))


def _show_flow(files: list[Path], wanted: str) -> None:
    from callfsm.flow import recorded_flow_diagram
    from callfsm.trace.calls import one_call

    typer.echo(recorded_flow_diagram(files, one_call(files, wanted).call_id if wanted else ""))


def _show_call(files: list[Path], wanted: str, form: str, html: Path | None, width: int) -> None:
    from callfsm.trace.calls import one_call
    from callfsm.trace.drawing import sequence
    from callfsm.trace.story import story

    found = one_call(files, wanted)
    steps = story(files, found.call_id)
    if html is not None:
        from callfsm.trace.page import page

        _write(html, page(found, steps), files)
        typer.echo(f"{len(steps)} steps in {html}")
    elif form == "mermaid":
        typer.echo(sequence(steps))
    else:
        _show_ladder(steps, width)


def _write(html: Path, text: str, files: list[Path]) -> None:
    if html.exists() and any(html.samefile(file) for file in files):
        fail(f"{html} is the recording itself: write the page to another file")
    # What is in a recording is its owner's business, and so is what is made of it.
    with os.fdopen(os.open(html, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _show_ladder(steps: list[Step], width: int) -> None:
    from rich.console import Console

    from callfsm.ladder import ladder, ladder_text
    from callfsm.trace.drawing import entries

    if not sys.stdout.isatty():
        typer.echo(ladder_text(entries(steps), width or _PIPED))
        return
    columns = width or shutil.get_terminal_size().columns
    Console(highlight=False).print(ladder(entries(steps), columns))
