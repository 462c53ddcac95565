"""The table of what was measured, as a page of the documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from staging import Finding, Promise

Findings = Mapping[str, tuple[Finding, Finding]]
"""By the promise's name: what was found of the official client, and of callfsm."""

_INTRODUCTION: Final = """\
# Promises, measured

What a program may rely on, measured with two clients:

- the official one: `signalwire.relay` of {official};
- {callfsm}.

This page is written by the script that measures; nothing in it is written by hand. Run it again with

```
make promises
```

which installs signalwire-sdk into an environment of its own, and overwrites this page. It fails when callfsm breaks
a promise, or when one could not be measured.

How it is measured: for every row there is one small program (`tests/interop/promises/programs/`). It uses only what both
clients have, and is run once with each of them, in a process of its own, against the same scripted server over TLS
(`tests/interop/promises/plain_server.py`). A row is judged by the same observation for both: what the server saw on
the wire, and what the program told of its waits. Where programs are served by `run()`, both are; so a client that
reconnects there is credited for it. Times such as "5 s later" are how long was waited before it was called so.

Some rows are choices rather than faults: a client may well leave it to the program, or to the server, to decide.
The rows say what each does.

"""


def page(promises: Sequence[Promise], findings: Findings, versions: tuple[str, str]) -> str:
    """The page as Markdown."""
    official, callfsm = versions
    parts = [_INTRODUCTION.format(official=official, callfsm=callfsm)]
    measured = list(findings.values())
    kept = [sum(pair[index].kept for pair in measured) for index in (0, 1)]
    parts.append(f"Of {len(measured)} promises the official client keeps {kept[0]}, callfsm {kept[1]}.\n")
    for family in dict.fromkeys(promise.family for promise in promises):
        rows = [promise for promise in promises if promise.family == family and promise.name in findings]
        parts.append(f"\n## {family}\n\n| promise | official client | callfsm |\n| --- | --- | --- |\n")
        parts += [_row(promise, findings[promise.name]) for promise in rows]
    return "".join(parts)


def _row(promise: Promise, findings: tuple[Finding, Finding]) -> str:
    cells = [promise.words, *(told(finding) for finding in findings)]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def told(finding: Finding) -> str:
    """A finding in words."""
    return f"{'kept' if finding.kept else '**not kept**'}: {finding.words}"
