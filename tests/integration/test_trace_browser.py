"""The page of a call in a real browser: it shows both, steps by keyboard, asks for nothing, and runs nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import CHROMIUM, Browser, browser
from handwritten import CALL, Writing, hangs_up, menu, rings

from callfsm.trace.calls import one_call
from callfsm.trace.page import page
from callfsm.trace.story import story

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here")

CURRENT = "[...document.querySelectorAll('figure:not([hidden]) .box.current')].map((box) => box.dataset.key)"
CHOSEN = "document.querySelector('[aria-selected=true]').id"
OPEN = "[...document.querySelectorAll('#open button')].map((button) => button.textContent)"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all of these tests."""
    with browser() as started:
        started.looks(1500, 900)
        yield started


def written(writing: Writing, folder: Path) -> str:
    """The address of the page of the first call of a recording."""
    path = writing.save(folder / "calls.jsonl")
    call = one_call([path], "call-1")
    (folder / "call.html").write_text(page(call, story([path], call.call_id)), encoding="utf-8")
    return (folder / "call.html").as_uri()


@pytest.fixture
def shown(chromium: Browser, tmp_path: Path) -> Browser:
    """The page of a call with a menu, at its first step."""
    chromium.events.clear()
    chromium.opens(written(menu(), tmp_path))
    return chromium


def test_both_are_seen(shown: Browser) -> None:
    """The ladder and the diagram are there at once, beside each other."""
    ladder, diagram = (
        shown.evaluates(
            f"(({{left, right, width, height}}) => [left, right, width, height])"
            f"(document.querySelector('{each}').getBoundingClientRect())"
        )
        for each in (".ladder", "figure.call svg")
    )

    assert (True, True, True) == (ladder[1] <= diagram[0], min(ladder[2:]) > 300, min(diagram[2:]) > 200)


def test_keys(shown: Browser) -> None:
    """Right and left step on and back, End and Home go to the ends, and n to the next finding."""
    seen = [shown.evaluates(CHOSEN)]
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home", "ArrowLeft", "n"):
        shown.presses(key)
        seen.append(shown.evaluates(CHOSEN))

    assert [1, 2, 3, 2, 13, 13, 1, 1, 11] == [int(each.removeprefix("step-")) for each in seen]


def test_buttons(shown: Browser) -> None:
    """The buttons do the same, and those that lead nowhere are off."""
    seen = [shown.evaluates("[...document.querySelectorAll('.controls button')].map((each) => each.disabled)")]
    for button in ("on", "on", "back", "last", "first", "next"):
        shown.evaluates(f"document.getElementById('{button}').click()")
        seen.append(shown.evaluates(CHOSEN))

    assert [[True, True, False, False, False], "step-2", "step-3", "step-2", "step-13", "step-1", "step-11"] == seen


def test_the_diagram_follows(shown: Browser) -> None:
    """At each step the states of the call, and of what runs in it, are marked in their diagrams."""
    seen: list[list[str]] = []
    for key in ("Home", *["ArrowRight"] * 12):
        shown.presses(key)
        states = shown.evaluates(CURRENT)
        if states not in seen[-1:]:
            seen.append(states)

    assert [
        ["created"],
        ["answered"],
        ["answered", "requested"],
        ["answered", "playing"],
        ["answered", "finished"],
        ["answered", "requested"],
        ["answered", "playing"],
        ["ending", "playing"],
        ["ended", "hung_up"],
    ] == seen


def test_the_way_so_far(shown: Browser) -> None:
    """What the call has taken by a step is marked, and what it takes later is not yet."""
    marked = "document.querySelectorAll('figure.call .arrow.visited').length"
    seen = []
    for key in ("Home", "ArrowRight", "ArrowRight", "End"):
        shown.presses(key)
        seen.append(shown.evaluates(marked))

    assert [0, 0, 1, 3] == seen


def test_open_operations(shown: Browser) -> None:
    """What runs in the call is listed with its state, and can be chosen."""
    shown.evaluates("document.querySelectorAll('.step')[5].click()")

    assert (["play_and_collect: playing"], "true") == (
        shown.evaluates(OPEN),
        shown.evaluates("document.querySelector('#open button').getAttribute('aria-pressed')"),
    )


def test_details(shown: Browser) -> None:
    """The frame of the step is shown, and said to those who do not see it."""
    shown.evaluates("document.querySelectorAll('.step')[3].click()")

    assert (True, 'Step 4 of 13, 0.00 seconds: play_and_collect "Welcome to Acme". The call is answered.') == (
        '"text": "Welcome to Acme"' in shown.evaluates("document.getElementById('detail').textContent"),
        shown.evaluates("document.getElementById('told').textContent"),
    )


def test_it_asks_for_nothing(shown: Browser) -> None:
    """The page asks for nothing but itself, and the browser has nothing to complain of."""
    for key in ("End", "Home"):
        shown.presses(key)

    assert ([True], []) == ([each.startswith("file:///") for each in shown.requested()], shown.complaints())


WILD = "</script><script>window.broken=1</script><img src=x onerror=window.broken=1><svg onload=window.broken=1>\u202e"


def hostile() -> Writing:
    """A call whose words are markup."""
    writing = Writing()
    rings(writing, "call-1", WILD)
    media = [{"type": "tts", "params": {"text": WILD}}]
    writing.asks("calling.play", "409", WILD, control_id=WILD, play=media, **CALL)
    writing.moves("play", f"play {WILD}", "report", "playing", "requested", "playing", "call-1")
    writing.reports("calling.call.collect", result={"type": "speech", "params": {"text": WILD}}, **CALL)
    hangs_up(writing, reason=WILD)
    return writing


def test_hostile_words_stay_text(chromium: Browser, tmp_path: Path) -> None:
    """Markup of the wire is shown as it is: nothing runs, nothing is loaded, nothing becomes an element."""
    chromium.events.clear()
    chromium.opens(written(hostile(), tmp_path))
    chromium.presses("End")
    odd = chromium.evaluates("[window.broken || 0, document.querySelectorAll('img, iframe, script').length]")
    texts = chromium.evaluates("document.querySelector('.steps').textContent")

    assert ([0, 2], True, [], 1) == (odd, "<img src=x" in texts, chromium.complaints(), len(chromium.requested()))


def test_a_script_that_got_in_would_not_run(shown: Browser) -> None:
    """The policy of the page forbids every script but its own, and every request."""
    shown.evaluates(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.broken = 1'}))"
    )
    sent = shown.evaluates("fetch('https://example.com/').then(() => 'sent', () => 'stopped')")

    assert (None, "stopped") == (shown.evaluates("window.broken"), sent)


@pytest.mark.parametrize("width", [360, 900, 1100, 1700])
def test_nothing_is_wider_than_the_window(chromium: Browser, tmp_path: Path, width: int) -> None:
    """On a telephone as on a large screen, nothing has to be pushed sideways."""
    chromium.looks(width, 800)
    chromium.opens(written(menu(), tmp_path))
    wider = chromium.evaluates("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    chromium.looks(1500, 900)

    assert 0 == wider
