"""Somebody who holds credentials, for the tests of what conceals them."""

from typing import Final

TOKEN: Final = "S\u00c9CRET \"tok'en\\1\n"  # noqa: S105  # of no server
PLAIN: Final = "SECRET-token-1"


class Holder:
    """Somebody who holds credentials."""

    def __init__(self, *secrets: str) -> None:
        self.secrets = secrets
