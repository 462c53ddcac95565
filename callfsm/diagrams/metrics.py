"""How wide a text is in a common sans-serif type, near enough to draw a box around it."""

from typing import Final

_THOUSANDTHS: Final = {
    222: "ijl|'",
    278: " !,./:;I[]\\ft",
    333: "()-r`·",
    389: '*"',
    500: "ckvxyzsJ",
    556: "abdeghnopqu_0123456789?#$L",
    611: "+<>=~FTZ",
    667: "ABEKPSVXY&",
    722: "CDHNRUw",
    778: "GOQ",
    833: "mM",
    944: "W%",
}
_WIDTHS: Final = {each: width for width, characters in _THOUSANDTHS.items() for each in characters}
_ANY_OTHER: Final = 1000
# The types of other systems are wider than the one that was measured.
_SLACK: Final = 1.07


def text_width(text: str, size: float) -> float:
    """The width of a text in pixels, in a type of so many pixels."""
    return sum(_WIDTHS.get(each, _ANY_OTHER) for each in text) * size * _SLACK / 1000
