"""What the server would refuse, refused before anything is sent.

Only what is known to be wrong is refused, and the text says which argument, which value, and what is
allowed. Where the sources differ, the milder one holds. Keys that are not known pass, for what the server
learns tomorrow. `rules` is how a value is looked at, `nested` what the objects in arguments may hold,
`table` which argument is looked at how. Sources: the RELAY calling methods; ITU-T E.164 for phone numbers.
"""

from collections.abc import Iterable, Mapping

from callfsm.core.checks import rules
from callfsm.core.checks.rules import Place, Rule
from callfsm.core.checks.table import REQUIRED, RULES

_RULES: dict[str, dict[str, Rule]] = {}
for (_command, _argument), _rule in RULES.items():
    _RULES.setdefault(_command, {})[_argument] = _rule

__all__ = ["REQUIRED", "RULES", "arguments", "text", "texts"]


def arguments(command: str, given: Mapping[str, object]) -> None:
    """Check the arguments of a command, by their own names.

    Raises:
        ValueError: One of them would be refused; the text says which, and what is allowed.
    """
    rules_of = _RULES.get(command)
    if rules_of is None:
        return
    needed = REQUIRED.get(command, ())
    for name, rule in rules_of.items():
        if name in given and (given[name] is not None or name in needed):
            rule(Place(command, name), given[name])


def text(command: str, name: str, value: object) -> None:
    """Check a text that has to be there.

    Raises:
        ValueError: It is none, or is empty.
    """
    rules.text(Place(command, name), value)


def texts(command: str, name: str, value: object) -> list[str]:
    """The texts of a list, which may be empty; a text by itself is none, for its letters would be taken for them.

    Raises:
        ValueError: It is no list of texts.
    """
    place = Place(command, name)
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise place.wrong(value, "a list of texts")
    found = list(value)
    for index, item in enumerate(found):
        rules.string(place.item(index), item)
    return found
