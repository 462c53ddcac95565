"""One call as a page that needs nothing else: its ladder beside its state diagram, to be stepped through.

1. What came over the wire is text wherever it stands: in the ladder, in the details, and in the data of the script.
2. The page loads nothing and sends nothing; its policy lets a browser run its own script and style, and no other.
3. Without its script it is still whole: all steps, with the way that the call took.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from typing import Any, Final

from callfsm.core.picture import Picture
from callfsm.core.tables import CALL, TABLES
from callfsm.diagrams import pictured
from callfsm.diagrams.overlay import TIMES
from callfsm.diagrams.svg import COLOURS, STYLE, svg
from callfsm.secrecy import printable
from callfsm.simulator.journal import CALLER_ACTS, FROM_RELAY, TO_RELAY
from callfsm.trace.calls import CallSummary
from callfsm.trace.drawing import moved
from callfsm.trace.story import Step
from callfsm.trace.walking import walked

LONGEST_LABEL: Final = 200
"""How many characters of a label are shown; the details have more."""
LONGEST_DETAIL: Final = 20_000
"""How many characters of a frame are shown."""

_WAYS: Final = {TO_RELAY: "out", FROM_RELAY: "in"}


def page(call: CallSummary, steps: Sequence[Step]) -> str:
    """A call as one HTML document."""
    style, script = COLOURS + STYLE + _part("page.css"), _part("page.js")
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    name = _shown(f"call {call.call_id}")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{name} · callfsm trace</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"{_header(call, steps, name)}{_controls(steps)}<main>\n{_ladder(steps)}{_aside(steps)}</main>\n"
        f'<p class="hidden" id="told" role="status" aria-live="polite"></p>\n'
        f'<script type="application/json" id="steps">{_data(steps)}</script>\n<script>{script}</script>\n</body>\n</html>\n'
    )


def _part(name: str) -> str:
    return files("callfsm.trace").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _cut(text: str, length: int = LONGEST_LABEL) -> str:
    return text if len(text) <= length else f"{text[:length]}…"


def _shown(text: str) -> str:
    return escape(_word(text))


def _wire(text: str) -> str:
    # What is written from right to left turns nothing round but itself.
    return f"<bdi>{_shown(text)}</bdi>"


def _header(call: CallSummary, steps: Sequence[Step], name: str) -> str:
    began = datetime.fromtimestamp(call.began, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    findings = sum(bool(step.finding) for step in steps)
    operations = ", ".join(f"{kind} {TIMES}{count}" if count > 1 else kind for kind, count in call.operations.items())
    facts = {
        "from": call.from_number,
        "to": call.to_number,
        "context": call.context,
        "began": began,
        "lasted": f"{call.lasted:.2f} s",
        "end": (call.end_reason or "ended") if call.ended else f"none: still {call.stands}",
        "operations": operations,
    }
    told = "".join(f"<div><dt>{key}</dt><dd>{_wire(value)}</dd></div>" for key, value in facts.items() if value)
    if findings:
        told += f'<div class="bad"><dt>findings</dt><dd>{findings}</dd></div>'
    return f'<header>\n<h1>{name}</h1>\n<dl class="facts">{told}</dl>\n</header>\n'


def _controls(steps: Sequence[Step]) -> str:
    buttons = [
        ("first", "|◀", "First step"),
        ("back", "◀", "Step back"),
        ("on", "▶", "Step on"),
        ("last", "▶|", "Last step"),
    ]
    parts = [f'<button type="button" id="{key}" aria-label="{told}">{sign}</button>' for key, sign, told in buttons]
    if any(step.finding for step in steps):
        parts.append('<button type="button" id="next" aria-label="Next finding">⚠ next</button>')
    slider = f'<input type="range" id="slider" min="0" max="{len(steps) - 1}" value="0" aria-label="Step">'
    keys = '<span class="keys"><kbd>←</kbd> <kbd>→</kbd> step, <kbd>Home</kbd> <kbd>End</kbd> ends, <kbd>n</kbd> next finding</span>'
    return (
        f'<nav class="controls" aria-label="Steps">{"".join(parts)}{slider}<output id="place"></output>{keys}</nav>\n'
    )


def _ladder(steps: Sequence[Step]) -> str:
    rows = "".join(_row(number, step) for number, step in enumerate(steps, start=1))
    return (
        '<section class="panel ladder" aria-label="Ladder">\n<div class="names" aria-hidden="true"><span class="app">app</span>'
        '<span class="relay">RELAY</span><span class="caller">caller</span></div>\n'
        f'<ol class="steps" role="listbox" tabindex="0" aria-label="What happened, step by step">\n{rows}</ol>\n</section>\n'
    )


def _row(number: int, step: Step) -> str:
    parts = [f'<span class="time">{step.time:.2f}</span>']
    if step.direction:
        reply = " reply" if step.reply else ""
        parts.append(_lane(f"wire {_WAYS[step.direction]}{reply}", step.label))
    if step.caller[0]:
        parts.append(_lane("voice acts" if step.caller[0] == CALLER_ACTS else "voice hears", step.caller[1]))
    if not step.direction and not step.finding:
        parts.append(f'<span class="within">{_wire(step.label)}</span>')
    if step.finding:
        parts.append(f'<span class="finding">{_wire(step.finding)}</span>')
    moves = [move for move in step.moves if move.source != move.dest]
    if moves:
        told = "".join(
            f'<span class="move{" call" * (move.machine == CALL.name)}">{_wire(f"{move.machine}: {move.source} → {move.dest}")}</span>'
            for move in moves
        )
        parts.append(f'<span class="moves">{told}</span>')
    return f'<li class="step" role="option" aria-selected="false" id="step-{number}">{"".join(parts)}</li>\n'


def _lane(classes: str, label: str) -> str:
    return f'<span class="lane {classes}"><span class="label">{_wire(label)}</span><span class="shaft"></span></span>'


def _aside(steps: Sequence[Step]) -> str:
    over = walked(steps)
    figures = [_figure(CALL.name, over.get(CALL.name, {}), "call")]
    figures += [_figure(name, known, "part") for name, known in over.items() if name != CALL.name]
    return (
        '<div class="aside">\n<section class="panel"><h2>The call</h2>'
        f'{figures[0]}</section>\n<section class="panel running"><h2>Running in it</h2><ul class="open" id="open"></ul>'
        f'{"".join(figures[1:])}</section>\n</div>\n<section class="panel frame"><h2>This step</h2><p id="what"></p>'
        '<pre id="detail" tabindex="0" aria-label="What went over the wire"></pre></section>\n'
    )


def _figure(machine: str, known: dict[str, Any], kind: str) -> str:
    picture = _plain(pictured(machine, known.get("current", ""), known.get("path", ())))
    subject = '<span class="subject"></span> ' if kind == "part" else ""
    hidden = " hidden" if kind == "part" else ""
    about = escape(TABLES[machine].about)
    return (
        f'<figure class="{kind}" data-machine="{machine}"{hidden}><figcaption>{subject}<b class="state"></b> '
        f'<span class="hidden">{about}</span></figcaption>{svg(picture, styled=False)}</figure>\n'
    )


def _plain(picture: Picture) -> Picture:
    """A picture of the states only: what each may be asked takes the room that the ladder needs."""
    return picture._replace(boxes=tuple(box._replace(lines=()) for box in picture.boxes))


def _data(steps: Iterable[Step]) -> str:
    """The steps for the script, with nothing in them that could end its element."""
    told = json.dumps([_step(step) for step in steps], separators=(",", ":"))
    return told.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _step(step: Step) -> dict[str, Any]:
    detail = _cut(json.dumps(step.frame, indent=2), LONGEST_DETAIL)
    moves = "".join(f"\n{_cut(printable(moved(move)))}" for move in step.moves)
    return {
        "time": f"{step.time:.2f}",
        "label": _word(step.label),
        "finding": bool(step.finding),
        "detail": detail + f"\n{moves}" * bool(moves),
        "moves": [
            {"subject": _word(move.subject), "source": _word(move.source), "dest": _word(move.dest)}
            for move in step.moves
        ],
        "after": [
            {"subject": _word(subject), "machine": _word(machine), "state": _word(state)}
            for subject, (machine, state) in step.after.items()
        ],
    }


def _word(text: str) -> str:
    return _cut(printable(text))
