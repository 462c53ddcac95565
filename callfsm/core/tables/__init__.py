"""Every machine of callfsm as aligned rows: the one place where a state change is decided.

Each row says who speaks (see `Speaker`), what is said (the trigger), in which states that means
something, under which guards, and which state follows. A row without a destination is *internal*: it is
heard, and may send a frame, but the state stays. What no row tells has no effect on any state.
"""

from typing import Final

from callfsm.core.tables.call import CALL, COMMANDS, GUARDS, REPLIES, Command
from callfsm.core.tables.connection import CONNECTION
from callfsm.core.tables.dial import DIAL
from callfsm.core.tables.format import Row, Speaker, Table
from callfsm.core.tables.operations import COLLECT, KINDS, PLAY, PLAY_AND_COLLECT, RECORD, Kind

TABLES: Final[dict[str, Table]] = {
    table.name: table for table in (CALL, PLAY, RECORD, COLLECT, PLAY_AND_COLLECT, DIAL, CONNECTION)
}

__all__ = [
    "CALL",
    "COLLECT",
    "COMMANDS",
    "CONNECTION",
    "DIAL",
    "GUARDS",
    "KINDS",
    "PLAY",
    "PLAY_AND_COLLECT",
    "RECORD",
    "REPLIES",
    "TABLES",
    "Command",
    "Kind",
    "Row",
    "Speaker",
    "Table",
]
