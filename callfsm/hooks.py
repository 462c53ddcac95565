"""Where tools look on that have to see everything: the recorder, the test kit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from callfsm.core.effects import Effect, Send

if TYPE_CHECKING:
    from callfsm.call import Call


class Hooks:
    """What a pump tells tools, in the order in which it happens.

    Attributes:
        reads: Told of all messages that one read has brought, before any is heard.
        arrivals: Told of each message before the machines hear it.
        watchers: Told of each effect before it is performed.
        requests: Told of each request as it leaves.
        performed: Told when all is performed that has followed from what one read has brought, or from a command, the
            line or the clock.
        failed: Told of what the program's handlers raise, after the log.
    """

    def __init__(self) -> None:
        self.reads: list[Callable[[list[str | bytes]], None]] = []
        self.arrivals: list[Callable[[str | bytes], None]] = []
        self.watchers: list[Callable[[Effect], None]] = []
        self.requests: list[Callable[[Send], None]] = []
        self.performed: list[Callable[[], None]] = []
        self.failed: Callable[[Call, BaseException], None] = lambda _call, _error: None
