"""How frames of one shape are shown, once it is known where in them something may have to be hidden.

The shape of a frame is what is left of it without the digits and letters of which identifiers, numbers and times
consist. Punctuation is never taken out, so that frames of one shape have their strings in the same places; and a key
that hides something leaves the same behind in each of them, whatever it stands for in any one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from callfsm.core.scrubbing import SUSPECT, TOLD

VARIABLE: Final = b"0123456789abcdefABCDEF-"
"""What most identifiers, numbers and times consist of."""
MOST_SHAPES: Final = 1_000
"""How many shapes are remembered. There are a few dozen in ordinary life."""
MOST_VALUES: Final = 8_000
"""How many values of one kind are remembered."""


class Known(dict[str, str]):
    """Values as they are shown.

    Args:
        hide: How a value is shown.
        remembers: Whether values that have come are kept here.
    """

    def __init__(self, hide: Callable[[str], str], *, remembers: bool) -> None:
        super().__init__()
        self._hide = hide
        self._remembers = remembers

    def __missing__(self, value: str) -> str:
        shown = self._hide(value)
        if '"' in shown or "\\" in shown:
            raise ValueError("a frame with this in it has to be written anew")
        if self._remembers:
            if len(self) >= MOST_VALUES:
                self.clear()
            self[value] = shown
        return shown


Recipe = tuple[tuple[str, Known], ...]
"""What to look for in a frame, one after the other, and how to show what stands from there to the quotation mark."""


def shape(text: str) -> bytes:
    """What frames have in common that differ in identifiers, numbers and times only."""
    return text.encode("utf-8", "surrogatepass").translate(None, VARIABLE)


_OF_RESULTS: Final = (*map(shape, sorted(TOLD)), shape("sip_"))


class Recipes:
    """The recipes of the shapes that have been seen twice.

    Args:
        keys: The keys that hide something, and how the texts under each are shown.
        results: Whether what callers have said and pressed is hidden in the results of commands.

    Attributes:
        known: The recipes; shapes whose frames have to be looked at each by itself have none.
    """

    def __init__(self, keys: Mapping[str, Known], *, results: bool) -> None:
        self.known: dict[bytes, Recipe] = {}
        self._keys = keys
        self._shapes_of_keys = frozenset(map(shape, keys))
        self._results = results
        self._tried: dict[bytes, bool] = {}
        """Shapes that have been seen, and whether a recipe was looked for."""

    def note(self, shape_of_it: bytes, frame: str) -> None:
        """A frame of this shape has come, and there is no recipe yet."""
        # Working one out takes longer than looking at one frame, and some shapes come once.
        tried = self._tried.get(shape_of_it)
        if tried:
            return
        if len(self._tried) >= MOST_SHAPES:
            self._tried.clear()
            self.known.clear()
        self._tried[shape_of_it] = tried is not None
        recipe = self._recipe(frame.split('"')) if tried is not None and plainly_written(frame) else None
        if recipe is not None:
            self.known[shape_of_it] = recipe

    def _recipe(self, pieces: list[str]) -> Recipe | None:
        # `None` when a frame of this shape may hide something elsewhere. A key that has the shape of one that hides
        # something has to be that one; in a frame in which it is another, it will not be found.
        recipe = []
        for place in range(1, len(pieces), 2):
            string, after = pieces[place], pieces[place + 1]
            if after.lstrip()[:1] == ":" and shape(string) in self._shapes_of_keys:
                if string not in self._keys or after != ":":
                    return None
                recipe.append((f'"{string}":"', self._keys[string]))
                pieces[place + 2] = ""
            elif SUSPECT.search(string) or (self._results and shape(string).startswith(_OF_RESULTS)):
                return None
        return tuple(recipe)


def followed(recipe: Recipe, frame: str) -> str:
    """A frame, with what the recipe finds in it as it is shown; ``""`` when it is not for this one."""
    told, rest = "", frame
    try:
        for key, known in recipe:
            before, _, rest = rest.partition(key)
            value, _, rest = rest.partition('"')
            told = f'{told}{before}{key}{known[value]}"'
    except ValueError:
        return ""
    # Where a key is missing, because this frame has another one of the same shape, nothing is left.
    return told + rest if rest else ""


def plainly_written(text: str) -> bool:
    """Whether a quotation mark begins or ends a string, and the frame is in ASCII, on one line."""
    return text.isascii() and not ("\\" in text or "\n" in text or "\r" in text)
