"""The shape of a table: its columns, and who can speak in it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from msgspec import Struct


class Speaker(StrEnum):
    """Whose word a row hears."""

    ASK = "ask"
    """The program wants something; the row guards the command and sends its frame."""

    REPLY = "reply"
    """The server answers a command."""

    REPORT = "report"
    """The server tells that something happened."""

    CALL = "call"
    """The call tells its operations that it is ending or has ended."""

    LINE = "line"
    """The connection to the server: it opens, drops, or could not take the calls up again."""

    CLOCK = "clock"
    """A time limit has passed."""


STAYS: Final = None
"""The destination of an internal row."""


class Row(NamedTuple):
    """One line of a table. Words in one column are separated by blanks."""

    speaker: Speaker
    trigger: str
    sources: str
    guards: str
    dest: str | None
    sends: str = ""
    """The wire method that the row sends."""
    hooks: str = ""
    """What is noted before the state moves."""


class Table(Struct, frozen=True):
    """One machine, complete: what `callfsm.core.machine` builds an engine from."""

    name: str
    about: str
    states: Mapping[str, str]
    """Each state with its meaning in one line; the first one is the initial state."""
    final: str
    rows: tuple[Row, ...]
    on_enter: Mapping[str, str] = {}
    on_exit: Mapping[str, str] = {}
    on_final: str = ""
    """The hook that runs as any final state is entered."""

    @property
    def initial(self) -> str:
        """The state in which every subject of this table begins."""
        return next(iter(self.states))

    def triggers(self, speaker: Speaker) -> tuple[str, ...]:
        """What this speaker can say, in the order of the rows, each once."""
        return tuple(dict.fromkeys(row.trigger for row in self.rows if row.speaker is speaker))
