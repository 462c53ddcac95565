"""What a client is told by its arguments and, where they are empty, by the environment."""

import os
import re
from typing import Final

from callfsm import constants
from callfsm.core.model import Settings
from callfsm.transport import LOOPBACK

DEFAULT_MAX_ACTIVE_CALLS: Final = 1_000

_FORBIDDEN_IN_HOST: Final = re.compile(r"[@/?#\\\s\x00-\x1f\x7f]")


def settings(
    project: str | None,
    token: str | None,
    jwt_token: str | None,
    contexts: list[str] | None,
    max_active_calls: int | None,
) -> Settings:
    """The settings of a client; an argument that is empty is read from the environment.

    Raises:
        ValueError: There is neither a JWT nor both project and token.
    """
    found = Settings(
        project=project or os.environ.get("SIGNALWIRE_PROJECT_ID", ""),
        token=token or os.environ.get("SIGNALWIRE_API_TOKEN", ""),
        jwt_token=jwt_token or os.environ.get("SIGNALWIRE_JWT_TOKEN", ""),
        contexts=list(contexts or []),
        max_active_calls=_max_active_calls(max_active_calls),
    )
    if not found.jwt_token and not found.project:
        raise ValueError("project is required: pass project=... or set SIGNALWIRE_PROJECT_ID")
    if not found.jwt_token and not found.token:
        raise ValueError("token is required: pass token=... or set SIGNALWIRE_API_TOKEN")
    return found


def _max_active_calls(given: int | None) -> int:
    try:
        wanted = int(given if given is not None else os.environ.get("RELAY_MAX_ACTIVE_CALLS", ""))
    except ValueError:
        wanted = DEFAULT_MAX_ACTIVE_CALLS
    return max(wanted, 1)


def host(given: str | None, *, tls: bool) -> str:
    """The server to connect to, ``name`` or ``name:port``.

    Raises:
        ValueError: It is no host name, or plain text would leave this machine.
    """
    found = given or os.environ.get("SIGNALWIRE_SPACE", "") or constants.DEFAULT_RELAY_HOST
    if _FORBIDDEN_IN_HOST.search(found):
        raise ValueError(f"Invalid host {found!r}: give a name, or name:port, such as {constants.DEFAULT_RELAY_HOST}")
    name = found if found.endswith("]") else found.rpartition(":")[0] or found
    if not tls and name not in LOOPBACK:
        raise ValueError(f"Invalid host {found!r}: tls=False sends credentials in clear; only to {', '.join(LOOPBACK)}")
    return found
