"""`callfsm.core.checks.table`: the arguments of each command are looked at as the pages tell."""

import re

import pytest
from clock import in_virtual_time
from methods import COMMANDS, given, required
from refusals import refused

from callfsm.core import checks
from callfsm.core.checks import rules
from callfsm.core.checks.rules import Choice, Number

CHOICES = [
    (name, argument, choices)
    for name, method in COMMANDS.items()
    for argument, choices in method.get("choices", {}).items()
]
RANGES = [
    (name, argument, told) for name, method in COMMANDS.items() for argument, told in method.get("ranges", {}).items()
]
LEFT_TO_THE_SERVER = {
    ("join_conference", "region"): "regions are opened without a word",
    ("echo", "timeout"): "the server takes any, and clamps it",
}
"""What the pages tell and is not checked, and why."""


def is_text(command: str, argument: str) -> bool:
    """Whether an argument is a text that cannot be empty."""
    return checks.RULES[command, argument] in (rules.text, rules.text_or_dict)


@pytest.mark.parametrize(("name", "argument", "choices"), CHOICES)
def test_choices_of_the_pages(name: str, argument: str, choices: list[str]) -> None:
    """Whatever the pages allow is allowed, and each choice of theirs is checked or knowingly left to the server."""
    rule = checks.RULES.get((name, argument))
    known = rule.choices if isinstance(rule, Choice) else None
    elsewhere = (name, argument) in LEFT_TO_THE_SERVER or COMMANDS[name].keys() & {"media_type", "detect_type"}

    assert (known is None) == bool(elsewhere)
    assert set(choices) <= set(known or choices)


@pytest.mark.parametrize(("name", "argument", "told"), RANGES)
def test_ranges_of_the_pages(name: str, argument: str, told: str) -> None:
    """Each range of the pages is checked, or knowingly left to the server."""
    bounds = re.findall(r"-?\d+(?:\.\d+)?", told.split(";", maxsplit=1)[0])
    if argument == "duration":
        # That of a media item, which the schemas tell.
        assert told == ">0"
    elif (name, argument) in LEFT_TO_THE_SERVER:
        assert (name, argument) not in checks.RULES
    else:
        rule = checks.RULES[name if "media_type" not in COMMANDS[name] else "play", argument]
        assert isinstance(rule, Number)

        # One page begins at 1, another lets 0 mean no limit.
        assert rule.least in (float(bounds[0]), 0.0)
        assert rule.most == (float(bounds[1]) if len(bounds) > 1 else float("inf"))


def test_nothing_that_the_pages_do_not_tell() -> None:
    """No choice of an argument is checked that no page tells of."""
    told = {(name, argument) for name, argument, _ in CHOICES}

    assert set() == {place for place, rule in checks.RULES.items() if isinstance(rule, Choice)} - told


def test_required() -> None:
    """What cannot be left out of a command cannot be None either."""
    own = [name for name, method in COMMANDS.items() if not method.keys() & {"media_type", "detect_type"}]
    needed = {name: required(name) + (["reason"] if name == "hangup" else []) for name in own}
    dial = {"dial": ("devices",)}

    assert {name: tuple(each) for name, each in needed.items() if each} | dial == dict(checks.REQUIRED)


def test_required_is_checked() -> None:
    """Whatever is required has a rule, which refuses None."""
    assert set() == {(name, each) for name in checks.REQUIRED for each in checks.REQUIRED[name]} - set(checks.RULES)


@pytest.mark.parametrize(
    ("command", "argument"), [(name, each) for name in checks.REQUIRED if name != "dial" for each in required(name)]
)
@in_virtual_time
async def test_none_for_what_is_required(command: str, argument: str) -> None:
    """None for a required argument is the caller's error; nothing is sent."""
    await refused(command, given(command) | {argument: None}, argument, None, "must be")


@pytest.mark.parametrize(
    ("command", "argument", "choices"), [each for each in CHOICES if (each[0], each[1]) not in LEFT_TO_THE_SERVER]
)
@in_virtual_time
async def test_other_choice(command: str, argument: str, choices: list[str]) -> None:
    """A value that is not among the choices is refused, with all of them."""
    part = {"play_tts": "media[0].params.", "prompt_tts": "media[0].params.", "detect_fax": "detect.params."}
    rule = checks.RULES.get((command, argument))
    allowed = f"one of {', '.join(rule.choices if isinstance(rule, Choice) else choices)}"
    await refused(command, given(command) | {argument: "else"}, part.get(command, "") + argument, "else", allowed)


@pytest.mark.parametrize(
    ("command", "argument"),
    [(name, each) for name, arguments in checks.REQUIRED.items() for each in arguments if is_text(name, each)],
)
@in_virtual_time
async def test_empty_text(command: str, argument: str) -> None:
    """A name, an address or an id that has to be there cannot be empty."""
    await refused(command, given(command) | {argument: ""}, argument, "", "a text that is not empty")
