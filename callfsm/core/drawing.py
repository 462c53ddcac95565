"""Pictures as text: Mermaid, DOT and PlantUML.

What stands in a picture may come from the wire, so that each form escapes whatever it would read as its own.
"""

import re
from collections.abc import Iterable
from typing import Final

from callfsm.core.picture import CURRENT, UNVISITED, VISITED, Box, Picture

_MERMAID_HEAD: Final = """\
---
config:
  flowchart:
    wrappingWidth: 600
  themeVariables:
    fontSize: 13px
---
stateDiagram-v2
"""

_LINE_ENDS: Final = dict.fromkeys("\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029", " ")
# A second colon in a line is a syntax error up to Mermaid 10, so a middle dot stands for it.
_MERMAID_ESCAPES: Final = str.maketrans(
    {":": " ·", "<": "#lt;", ">": "#gt;"} | {each: f"#{ord(each)};" for each in "#;&%\\$"} | _LINE_ENDS
)
# These are read as Mermaid's own wherever they stand in a line: which way to draw, and what emphasis may begin with.
_MERMAID_WORDS: Final = re.compile(r"d(?=irection\s)|(?<![^\W_])_|\*(?!\**\s)", re.IGNORECASE)
_MERMAID_STYLES: Final = {
    "final": "fill:#e3efe3,stroke:#5b8a5b,color:#1f1f1f",
    CURRENT: "fill:#ffdf8a,stroke:#b45309,stroke-width:3px,color:#1f1f1f",
    VISITED: "fill:#dbeafe,stroke:#1d4ed8,color:#1f1f1f",
    UNVISITED: "fill:#f4f4f5,stroke:#a1a1aa,color:#52525b,stroke-dasharray:4",
}

_DOT_HEAD: Final = """\
    node [shape=box, style=rounded, fontname="sans-serif", fontsize=11]
    edge [fontname="sans-serif", fontsize=10]
    start [shape=point, width=0.15]
"""
_DOT_BOXES: Final = {
    CURRENT: ', style="rounded,filled,bold", fillcolor="#ffdf8a", color="#b45309"',
    VISITED: ', style="rounded,filled", fillcolor="#dbeafe", color="#1d4ed8"',
    UNVISITED: ', style="rounded,dashed", color="#a1a1aa", fontcolor="#52525b"',
}
_DOT_ARROWS: Final = {
    VISITED: ', color="#1d4ed8", fontcolor="#1d4ed8", penwidth=2',
    UNVISITED: ', color="#a1a1aa", fontcolor="#52525b", style=dashed',
}

_PLANTUML_HEAD: Final = "@startuml\nhide empty description\nskinparam defaultFontSize 12\n"
# Doubled, these are markup; a tilde before them makes them text.
_PLANTUML_MARKUP: Final = re.compile(r"""([*/_~^'-])(?=\1)|[<\\]|\[(?=\[)""")
# No quotation mark can stand within a quoted title, nor can a line end, nor a brace that seems to open a block.
_PLANTUML_ESCAPES: Final = str.maketrans({each: f"&#{ord(each)};" for each in '"\u201c\u201d{}'} | _LINE_ENDS)
_NOTHING: Final = "\u00a0"
_PLANTUML_BOXES: Final = {CURRENT: "#FFDF8A", VISITED: "#DBEAFE", UNVISITED: "#F4F4F5"}
_PLANTUML_ARROWS: Final = {VISITED: "-[#1D4ED8,bold]->", UNVISITED: "-[#A1A1AA,dashed]->"}
_FINAL_COLOUR: Final = "#E3EFE3"


def escaped(text: str) -> str:
    """A text that Mermaid takes as part of a label, whatever stands in it."""
    return _MERMAID_WORDS.sub(lambda found: f"#{ord(found[0])};", text.translate(_MERMAID_ESCAPES))


def mermaid(picture: Picture) -> str:
    """A picture as a Mermaid state diagram."""
    lines = ["direction LR" if picture.across else "direction TB"]
    for box in picture.boxes:
        lines.append(f"{box.key} : {escaped(box.title)}")
        lines += [f"{box.key} : {escaped(line)}" for line in box.lines]
    lines += [f"state {diamond} <<choice>>" for diamond in picture.diamonds]
    lines += [f"[*] --> {box.key}" for box in picture.boxes if box.begins]
    # Lines of a state diagram have no style: of two that run alike the labels would only cover each other.
    labels: dict[tuple[str, str], list[str]] = {}
    for arrow in picture.arrows:
        labels.setdefault((arrow.source, arrow.dest), []).extend(arrow.labels)
    for (source, dest), told in labels.items():
        label = "<br/>".join(escaped(each) for each in told)
        lines.append(f"{source} --> {dest}" + (f" : {label}" if label else ""))
    lines += [f"{box.key} --> [*]" for box in picture.boxes if box.final]
    lines += _mermaid_classes(picture.boxes)
    return _MERMAID_HEAD + "".join(f"    {line}\n" for line in lines)


def _mermaid_classes(boxes: Iterable[Box]) -> list[str]:
    classes: dict[str, list[str]] = {}
    for box in boxes:
        if box.mark or box.final:
            classes.setdefault(box.mark or "final", []).append(box.key)
    lines = []
    for name, style in _MERMAID_STYLES.items():
        if name in classes:
            lines += [f"classDef {name} {style}", f"class {', '.join(classes[name])} {name}"]
    return lines


def _quoted(first: Iterable[str], inside: Iterable[str] = ()) -> str:
    """Centred lines, and below them lines that stand at the left, as a DOT string."""
    escapes = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": " "})
    left = [line.translate(escapes) + "\\l" for line in inside]
    return '"' + "\\n".join([*(line.translate(escapes) for line in first), "".join(left)]).removesuffix("\\n") + '"'


def dot(picture: Picture) -> str:
    """A picture as a Graphviz digraph."""
    lines = ["rankdir=LR"] if picture.across else []
    for box in picture.boxes:
        style = (", peripheries=2" if box.final else "") + _DOT_BOXES.get(box.mark, "")
        lines.append(f"{box.key} [label={_quoted([box.title], box.lines)}, tooltip={_quoted([box.about])}{style}]")
    lines += [
        f'{diamond} [shape=diamond, style=solid, width=0.3, height=0.3, label=""]' for diamond in picture.diamonds
    ]
    lines += [f"start -> {box.key}" for box in picture.boxes if box.begins]
    for arrow in picture.arrows:
        style = _DOT_ARROWS.get(arrow.mark, "")
        lines.append(f"{arrow.source} -> {arrow.dest} [label={_quoted(arrow.labels)}{style}]")
    return f"digraph {picture.name} {{\n{_DOT_HEAD}" + "".join(f"    {line}\n" for line in lines) + "}\n"


def plantuml(picture: Picture) -> str:
    """A picture as a PlantUML state diagram."""
    lines = ["left to right direction"] if picture.across else []
    for box in picture.boxes:
        colour = _PLANTUML_BOXES.get(box.mark, _FINAL_COLOUR if box.final else "")
        lines.append(f'state "{_plain(box.title)}" as {box.key} {colour}'.rstrip())
        lines += [f"{box.key} : {_plain(line)}" for line in box.lines]
    lines += [f"state {diamond} <<choice>>" for diamond in picture.diamonds]
    lines += [f"[*] --> {box.key}" for box in picture.boxes if box.begins]
    for arrow in picture.arrows:
        label = "\\n".join(_plain(label) for label in arrow.labels)
        between = _PLANTUML_ARROWS.get(arrow.mark, "-->")
        lines.append(f"{arrow.source} {between} {arrow.dest}" + (f" : {label}" if label else ""))
    lines += [f"{box.key} --> [*]" for box in picture.boxes if box.final]
    return _PLANTUML_HEAD + "".join(f"{line}\n" for line in lines) + "@enduml\n"


def _plain(text: str) -> str:
    shown = _PLANTUML_MARKUP.sub(r"~\g<0>", text.translate(_PLANTUML_ESCAPES))
    return shown.strip() or _NOTHING
