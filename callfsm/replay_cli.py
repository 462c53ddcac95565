"""The commands ``callfsm replay`` and ``callfsm check``: a recording run again, and looked through."""

# ruff: noqa: PLC0415  # what only one command needs is imported by that command

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Optional

import typer

from callfsm.failing import fail

if TYPE_CHECKING:
    from callfsm.audit import Audited
    from callfsm.replay import Replayed

Journals = Annotated[
    Optional[Path],  # noqa: UP045  # read at run time
    typer.Option("--journal", metavar="FOLDER", help="A folder for a recording of each program."),
]
Journal = Annotated[
    Optional[Path],  # noqa: UP045  # read at run time
    typer.Option("--journal", metavar="FILE", help="Record everything that comes, goes and moves, in this file."),
]
_Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="The files of one recording, oldest first.", show_default=False)
]
_WIDTH: Final = 100
_CANNOT: Final = 2
"""The status of a command that could not do what it is for; 1 is what it has found."""
_MOST_SHOWN: Final = 100
_HANDLER: Final = "office:client"


def replay(
    files: _Files,
    as_test: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--as-test", metavar="CALL", help="Write a pytest that plays the caller of this call instead."),
    ] = None,
    handler: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="MODULE:NAME", help=f"The handler or client that the test calls; {_HANDLER} when left out."
        ),
    ] = None,
) -> None:
    """Run a recording through the machines again, and tell where it comes out otherwise.

    The exit status is 1 where it does, and 2 when a file cannot be read.
    """
    from callfsm.reading import RecordingError
    from callfsm.replay import replay as run_again

    try:
        if as_test is not None:
            from callfsm.replaying.scripting import test_of

            typer.echo(test_of(files, as_test, _HANDLER if handler is None else handler), nl=False)
            if handler is None:
                typer.echo(f"the test imports {_HANDLER}; --handler MODULE:NAME names another", err=True)
            return
        done = run_again(files)
        shown = _shown(done, files)
    except (RecordingError, OSError, ValueError) as error:
        fail(str(error), _CANNOT)
    for line in shown:
        typer.echo(line)
    if not done.ok:
        raise typer.Exit(1)


def _shown(done: Replayed, files: list[Path]) -> list[str]:
    from callfsm.replaying.drawing import call_of, ladder_around
    from callfsm.secrecy import printable

    shown = [f"note: {note}" for note in done.notes]
    sums = f"{done.lines} lines: {done.frames} frames, {done.transitions} transitions, {done.calls} calls"
    if done.divergence is None:
        return [*shown, f"stopped: {done.ends_early}" if done.ends_early else f"{sums}; all as recorded"]
    parted = done.divergence
    shown += [
        f"{parted.line.place}: here the replay comes out otherwise ({sums} before)",
        f"  recorded:   {printable(parted.recorded)}",
        f"  recomputed: {printable(parted.recomputed)}",
        f"  heard:      {printable(parted.heard)}",
    ]
    call_id = call_of(files, parted)
    if call_id:
        shown += [
            "",
            f"call {printable(call_id)}, around that line:",
            ladder_around(files, call_id, parted.line, _WIDTH),
        ]
    return shown


def check(
    files: _Files,
    only: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--only", metavar="KIND", help="Count findings of this kind only; may be given again."),
    ] = None,
    ignore: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--ignore", metavar="KIND", help="Do not count findings of this kind; may be given again."),
    ] = None,
    slow: Annotated[float, typer.Option(help="From how many seconds on a reply is slow.")] = 2.0,
    alone: Annotated[
        float, typer.Option(help="For how many seconds a caller may be left with nothing to hear.")
    ] = 30.0,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Look through a recording for what should not have happened.

    The exit status is 1 when there is anything, and 2 when a file cannot be read.
    """
    from callfsm.audit import KINDS_OF_FINDINGS, audit
    from callfsm.reading import RecordingError

    for kind in [*(only or ()), *(ignore or ())]:
        if kind not in KINDS_OF_FINDINGS:
            fail(f"there is no kind {kind!r}; there are {', '.join(KINDS_OF_FINDINGS)}", _CANNOT)
    kinds = [kind for kind in only or KINDS_OF_FINDINGS if kind not in (ignore or ())]
    try:
        audited = audit(files, slow=slow, alone=alone)
    except (RecordingError, OSError) as error:
        fail(str(error), _CANNOT)
    (_echo_json if as_json else _echo_tables)(audited, kinds)
    if any(audited.counted(kinds).values()):
        raise typer.Exit(1)


def _echo_json(audited: Audited, kinds: list[str]) -> None:
    import json

    told = {
        "calls": audited.calls,
        "commands": audited.commands,
        "slowest_reply_seconds": round(audited.slowest, 3),
        "counts": audited.counted(kinds),
        "findings": [finding._asdict() for finding in audited.findings if finding.kind in kinds],
        "notes": audited.notes,
    }
    typer.echo(json.dumps(told))


def _echo_tables(audited: Audited, kinds: list[str]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from callfsm.secrecy import printable

    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)
    sums = Table(title=f"{audited.calls} calls, {audited.commands} commands", title_justify="left")
    sums.add_column("kind")
    sums.add_column("found", justify="right")
    for kind, number in audited.counted(kinds).items():
        sums.add_row(kind, str(number), style="bold red" if number else "")
    console.print(sums)
    found = [finding for finding in audited.findings if finding.kind in kinds]
    if found:
        rows = Table("kind", "call", "where", "what")
        for finding in found[:_MOST_SHOWN]:
            rows.add_row(*(escape(printable(each)) for each in finding))
        console.print(rows)
    if len(found) > _MOST_SHOWN:
        console.print(f"... and {len(found) - _MOST_SHOWN} more; --json tells all of them")
    for note in audited.notes:
        console.print(escape(f"note: {note}"))
