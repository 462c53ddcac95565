"""Render every Mermaid text that callfsm writes with the real renderer, and tell which of them fail.

``make pictures`` runs it: ``python tests/pictures.py MERMAID.JS FOLDER`` writes each picture to the folder as SVG.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import ParseError, fromstring

from browser import browser

from callfsm.core.diagram import files
from callfsm.core.picture import Arrow, Box, Picture, edges
from callfsm.core.tables import TABLES
from callfsm.diagrams import diagram, drawn
from callfsm.secrecy import printable
from callfsm.trace.drawing import LONGEST, sequence
from callfsm.trace.story import Step

ROOT = Path(__file__).parents[1]
WILD = (
    "</script><script>alert(1)</script>",
    '"quoted" and `ticked` and [bracketed] {braced} (round)',
    "a: b; c # d %% e --> f | g",
    "%%{init: {'theme': 'dark'}}%%",
    "end",
    "state x as y",
    "note left of z",
    "line\nbreak\r\nand\ttab",
    "\u202egnp.exe \u2066\x00\x1b[2J\ud800",
    "<<choice>> :::class direction LR",
    "x" * 5_000,
    "🎉 שלום مرحبا 你好",
    "\\ / ~ ^ $ & &amp; &#35;",
    "---",
    "[*]",
    "",
    "%%{x",
    "**bold** _under_ __strong__ *it*",
    "digit *** and *** +1555*****03 a*b *",
    "1. first",
    "- dash",
    "&ltb&gt &copy",
    "choose a direction TB",
    r"back\slash \\ and \n",
    "$$x^2$$",
    "https://example.com/a?b=c&d=e",
    "[link](http://x) ![picture](x)",
)
"""What may come over the wire and stand in a picture."""


class Drawing(NamedTuple):
    """A Mermaid text."""

    name: str
    text: str
    said: str = ""
    """What every label of it says; ``""`` when that is not known."""


def drawings() -> Iterator[Drawing]:
    """Every Mermaid text that there is, and some with something wild in them."""
    for name, text in texts():
        yield Drawing(name, text)
    for number, wild in enumerate(WILD):
        said = wild.encode("utf-8", "replace").decode().replace("\0", "")
        yield Drawing(f"wild-{number}", drawn(wild_picture(wild), "mermaid"), said)
        told = printable(wild)
        said = told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…"
        yield Drawing(f"wild-sequence-{number}", sequence([wild_step(wild)]), said)


def texts() -> Iterator[tuple[str, str]]:
    """Every Mermaid text that there is, by the name of its picture."""
    for name, text in files().items():
        if name.endswith(".mmd"):
            yield name.removesuffix(".mmd"), text
    for machine in TABLES:
        taken = [edge.taken for edge in edges(machine)][::2]
        moved = [step for step in taken if step[0] != step[2]]
        yield f"{machine}-path", diagram(machine, current=moved[-1][2], path=moved)
        yield f"{machine}-counts", diagram(machine, counts={step: number for number, step in enumerate(taken, start=1)})
    for path in sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")]):
        for number, block in enumerate(
            re.findall(r"```mermaid\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
        ):
            yield f"{path.stem}-{number}", block


def wild_picture(wild: str) -> Picture:
    """A picture with something wild wherever it has a text."""
    boxes = (Box("met_1", wild, (wild,), wild, begins=True), Box("met_2", wild, final=True))
    return Picture("wild", wild, boxes, (Arrow("met_1", "met_2", (wild, wild)), Arrow("met_1", "met_1", (wild,))))


def wild_step(wild: str) -> Step:
    """A step with something wild wherever it has a text."""
    return Step(0.0, 0.0, "app->relay", wild, {}, ("caller->relay", wild), wild)


_RENDER = """
mermaid.render(%s, %s).then((drawn) => {
  const page = new DOMParser().parseFromString(drawn.svg, "text/html");
  const odd = page.querySelectorAll("script, iframe, img, a[href]").length;
  const picture = page.querySelector("svg");
  // The renderer writes for a page; a file of its own is read more strictly.
  const file = picture ? new XMLSerializer().serializeToString(picture) : "";
  const labels = [...page.querySelectorAll("foreignObject, svg > text, svg > g > text")];
  const told = labels.map((label) => label.textContent);
  return [odd ? "something of the text has become an element" : "", file, told];
}).catch((error) => [String(error.message || error), "", []])
"""


_NOT_IN_FILES = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML can hold."""
_BESIDES = {"", "app", "RELAY", "caller", "0.00", "⚠ 0.00"}
"""What stands in the wild pictures beside what is wild."""


def rendered(mermaid: Path, folder: Path) -> list[str]:
    """Render all of them; what is wrong with those that fail."""
    folder.mkdir(parents=True, exist_ok=True)
    sheet = folder / "sheet.html"
    sheet.write_text(f'<!doctype html><meta charset="utf-8"><script src="{mermaid.resolve().as_uri()}"></script>')
    wrong = []
    with browser() as page:
        page.opens(sheet.resolve().as_uri())
        page.evaluates("mermaid.initialize({startOnLoad: false})")
        failure, *_ = page.evaluates(_RENDER % (json.dumps("nonsense"), json.dumps("stateDiagram-v2\n  a --> : b")))
        assert failure, "a renderer that draws nonsense proves nothing"
        for name, text, said in drawings():
            shown = text.encode("utf-8", "replace").decode()
            failure, svg, labels = page.evaluates(_RENDER % (json.dumps(f"picture-{name}"), json.dumps(shown)))
            file = _NOT_IN_FILES.sub("\ufffd", svg)
            failure = failure or _unreadable(file) or _said_otherwise(labels, said)
            if failure:
                wrong.append(f"{name}: {failure}")
            (folder / f"{name}.svg").write_text(file, encoding="utf-8")
    return wrong


def _unreadable(file: str) -> str:
    """Why a picture cannot be opened; ``""`` when it can."""
    try:
        fromstring(file)  # noqa: S314  # written here
    except ParseError as error:
        return f"no picture that can be opened: {error}"
    return ""


def _said_otherwise(labels: list[str], said: str) -> str:
    """What the labels say that they should not; ``""`` when they say what they should, and nothing else."""
    words = _spaced(said.replace(":", " ·"))
    others = {_spaced(_spaced(label).replace(words, "")) for label in labels} - _BESIDES
    return f"its labels are to say {words!r}, and say {sorted(others)}" if words and others else ""


def _spaced(text: str) -> str:
    return " ".join(text.split())


def main() -> None:
    """Render all of them; status 1 when one fails."""
    mermaid, folder = sys.argv[1:]
    wrong = rendered(Path(mermaid), Path(folder))
    print(f"{len([*drawings()])} pictures in {folder}, {len(wrong)} of them cannot be drawn")
    for line in wrong:
        print(f"FAILED {line}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
