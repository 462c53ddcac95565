"""How much the command line asks of a script."""

from __future__ import annotations

import sys


def asked(usual: int, *, least: int = 1, place: int = 1) -> int:
    """The number that stands in one place of the command line, or what is usual where nothing does.

    A number that is none, or too few to measure anything, ends the program, and tells why.
    """
    text = sys.argv[place] if len(sys.argv) > place else ""
    if text and not (text.isdecimal() and int(text) >= least):
        sys.exit(f"{text!r}: a number is wanted here, {least:,} at least")
    return int(text) if text else usual
