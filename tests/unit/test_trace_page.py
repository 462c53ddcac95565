"""The page of a call: one document that loads nothing, in which whatever came over the wire is text."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from handwritten import CALL, Writing, hangs_up, menu, rings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callfsm.trace.calls import one_call
from callfsm.trace.page import LONGEST_DETAIL, LONGEST_LABEL, page
from callfsm.trace.story import story

TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "dl", "div", "dt", "dd", "nav", "button"),
    *(
        "input",
        "output",
        "span",
        "kbd",
        "main",
        "section",
        "ol",
        "ul",
        "li",
        "bdi",
        "p",
        "pre",
        "script",
        "figure",
        "b",
    ),
    *("figcaption", "svg", "desc", "rect", "g", "path", "polygon", "text", "line", "circle"),
}
"""Every element that the page is made of."""


class Read(HTMLParser):
    """The elements and the texts of a page, as a browser finds them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        (self.scripts if self.tags and self.cdata_elem else self.texts).append(data)

    @property
    def data(self) -> Any:
        """What the script is given."""
        return json.loads(next(each for each in self.scripts if each.startswith("[")))


def written(writing: Writing, folder: Path) -> str:
    """The page of the first call of a recording."""
    path = writing.save(folder / "calls.jsonl")
    call = one_call([path], "call-1")
    return page(call, story([path], call.call_id))


@pytest.fixture
def shown(tmp_path: Path) -> str:
    """The page of a call with a menu."""
    return written(menu(), tmp_path)


def test_it_is_made_of_known_elements(shown: str) -> None:
    """The page has the elements that it should have, and no other."""
    assert set() == {tag for tag, _ in Read(shown).tags} - TAGS


def test_it_needs_nothing_else(shown: str) -> None:
    """No element loads or leads anywhere, and the only address is the name of SVG."""
    attributes = {name for _, attrs in Read(shown).tags for name in attrs}

    assert (set(), {"http://www.w3.org/2000/svg", "https://x/y"}) == (
        attributes & {"src", "href", "srcset", "action", "data", "style", "onclick", "onload"},
        set(re.findall(r"https?://[^\s\"'\\&<]+", shown)),
    )


def test_policy(shown: str) -> None:
    """Its policy lets a browser run this script and this style, by their hashes, and nothing else."""
    policy = next(str(attrs["content"]) for tag, attrs in Read(shown).tags if attrs.get("http-equiv"))
    style = re.findall(r"<style>(.*?)</style>", shown, re.DOTALL)
    script = re.findall(r"<script>(.*?)</script>", shown, re.DOTALL)

    def hashed(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    assert (1, 1) == (len(style), len(script))
    assert [
        "default-src 'none'",
        f"style-src 'sha256-{hashed(style[0])}'",
        f"script-src 'sha256-{hashed(script[0])}'",
        "base-uri 'none'",
        "form-action 'none'",
    ] == policy.split("; ")


def test_steps(shown: str) -> None:
    """Each step is a row of the ladder, and an entry of what the script is given."""
    read = Read(shown)
    rows = [attrs["id"] for tag, attrs in read.tags if attrs.get("role") == "option"]

    assert ([f"step-{number}" for number in range(1, 14)], 13) == (rows, len(read.data))


def test_diagrams(shown: str) -> None:
    """There is a diagram of the call and of everything that ran in it, with all of their states."""
    machines = [attrs["data-machine"] for tag, attrs in Read(shown).tags if tag == "figure"]
    boxes = {attrs.get("data-key") for _, attrs in Read(shown).tags}

    assert (["call", "play_and_collect", "play"], True) == (
        [machines[0], *sorted(map(str, machines[1:]), reverse=True)],
        {"created", "answered", "ending", "ended", "playing", "hung_up", "no_input"} <= boxes,
    )


WILD = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "--><svg onload=alert(1)>",
    '" onmouseover="alert(1)',
    "&lt;b&gt;",
    "]]><!--",
    "</title></style></textarea>",
    "\u202egnp.exe",
    "\x00\x1b[2J\x07\x9b",
    "\u2028\u2029",
]


def spoilt(wild: str) -> Writing:
    """A call with something wild wherever the wire, or the recording, has a word."""
    writing = Writing()
    rings(writing, "call-1", wild)
    device = {"type": wild, "params": {"from_number": wild, "to": wild}}
    writing.reports("calling.call.state", call_state=wild, direction=wild, device=device, name=wild, **CALL)
    media = [{"type": "tts", "params": {"text": wild}}]
    writing.asks("calling.play", wild, wild, control_id=wild, play=media, **CALL)
    writing.reports("calling.call.play", control_id=wild, state="playing", **CALL)
    writing.reports("calling.call.collect", result={"type": "speech", "params": {"text": wild}}, **CALL)
    writing.reports(wild, **{wild: wild}, **CALL)
    writing.tells("stale", machine="call", subject="call call-1", call_id="call-1", word=wild, state=wild, times=1)
    writing.tells(wild, call_id="call-1", why=wild, error=wild)
    writing.moves("play", f"play {wild}", "report", "playing", "requested", "playing", "call-1")
    writing.moves(wild, wild, wild, wild, wild, wild, "call-1")
    hangs_up(writing, reason=wild)
    return writing


@pytest.mark.parametrize("wild", WILD, ids=ascii)
def test_hostile_words_are_text(wild: str, tmp_path: Path) -> None:
    """Nothing of the wire becomes an element, an attribute or the end of a script, and nothing turns the text round."""
    read = Read(written(spoilt(wild), tmp_path))
    known = {tag for tag, _ in read.tags} | {name for _, attrs in read.tags for name in attrs}

    assert (set(), False, 2) == (
        {tag for tag, _ in read.tags} - TAGS,
        bool(known & {"onerror", "onload", "onmouseover", "img"}),
        sum(tag == "script" for tag, _ in read.tags),
    )
    assert [] == [text for text in read.texts if not text.replace("\n", "").isprintable()]


@given(wild=st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda wild: wild not in (*CALL, "control_id")))
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_word_is_text(wild: str, tmp_path: Path) -> None:
    """Whatever the words are, the page is made of its own elements, and its data can be read."""
    read = Read(written(spoilt(wild), tmp_path))

    assert (set(), True) == ({tag for tag, _ in read.tags} - TAGS, len(read.data) > 5)


def test_the_details_are_the_frame(shown: str) -> None:
    """The details of a step hold what went over the wire, in full."""
    detail = Read(shown).data[3]["detail"]

    assert "Welcome to Acme" == json.loads(detail.partition("\n\n")[0])["params"]["play"][0]["params"]["text"]


def test_huge_words_are_cut(tmp_path: Path) -> None:
    """A word of a megabyte is shown in part."""
    shown = written(spoilt("x" * 1_000_000), tmp_path)
    data = Read(shown).data

    assert (True, True) == (
        max(len(step["detail"]) for step in data) <= LONGEST_DETAIL + 2 * LONGEST_LABEL,
        max(len(step["label"]) for step in data) <= LONGEST_LABEL + 1,
    )
