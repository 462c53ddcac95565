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
from callfsm.core.tables.kinds import KINDS, Kind
from callfsm.core.tables.message import MESSAGE
from callfsm.core.tables.standings import STANDINGS, Standing

TABLES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        CALL,
        *(kind.table for kind in KINDS.values()),
        *(standing.table for standing in STANDINGS.values()),
        DIAL,
        MESSAGE,
        CONNECTION,
    )
}

__all__ = [
    "CALL",
    "COMMANDS",
    "CONNECTION",
    "DIAL",
    "GUARDS",
    "KINDS",
    "MESSAGE",
    "REPLIES",
    "STANDINGS",
    "TABLES",
    "Command",
    "Kind",
    "Row",
    "Speaker",
    "Standing",
    "Table",
]
