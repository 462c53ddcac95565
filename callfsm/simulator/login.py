"""How a client logs in, and takes its session up again."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from callfsm.simulator import checks
from callfsm.simulator.checks import RefusedError
from callfsm.simulator.session import Client, Session

if TYPE_CHECKING:
    from callfsm.simulator.commands.asked import Asked
    from callfsm.simulator.exchange import Exchange
    from callfsm.simulator.settings import Settings

_AUTHENTICATION_FAILED: Final = -32002
_INVALID_REQUEST: Final = -32600


def log_in(asked: Asked) -> None:
    """Check the credentials, and begin a session or take one up again.

    Raises:
        RefusedError: The credentials are wrong, or the client has logged in already.
    """
    if asked.client.session is not None:
        raise RefusedError(_INVALID_REQUEST, "Invalid request: this connection has logged in already")
    authenticate(asked)
    contexts = checks.contexts(asked.params) if asked.params.get("contexts") else None
    session = _session(asked.exchange, asked.params)
    if contexts is not None:
        session.contexts = list(dict.fromkeys(contexts))
    session.acknowledges = bool(asked.params.get("event_acks"))
    _replace(session, asked.client)
    asked.answer(describe(session))
    session.catch_up()
    state = {"authorization_state": f"{asked.exchange.new_id()}:{session.channel}"}
    asked.exchange.send_event(session, "signalwire.authorization.state", state, None)


def authenticate(asked: Asked) -> None:
    """Go on only with the right credentials.

    Raises:
        RefusedError: They are wrong.
    """
    told = asked.params.get("authentication")
    if not isinstance(told, dict) or not _accepted(told, asked.exchange.settings):
        data = {"signalwire_error_code": "AUTH_REQUIRED"}
        raise RefusedError(_AUTHENTICATION_FAILED, "Authentication failed", data=data)


def _accepted(told: dict[str, Any], settings: Settings) -> bool:
    if told.get("jwt_token"):
        return bool(settings.jwt_token) and _same(told["jwt_token"], settings.jwt_token)
    return _same(told.get("project"), settings.project) and _same(told.get("token"), settings.token)


def _same(told: object, expected: str) -> bool:
    # JSON can spell letters that UTF-8 cannot; who sends one is refused like any other.
    return isinstance(told, str) and secrets.compare_digest(told.encode(errors="surrogatepass"), expected.encode())


def _session(exchange: Exchange, params: dict[str, Any]) -> Session:
    known = exchange.sessions.get(str(params.get("protocol") or ""))
    if known is not None:
        return known
    signature, random = (exchange.new_id().replace("_", "-") for _ in range(2))
    # Some clients send a protocol back only if its second field is the signature of their authorization.
    protocol = f"signalwire_{signature}_{random}_{exchange.settings.space}"
    session = exchange.sessions[protocol] = Session(exchange, protocol)
    return session


def _replace(session: Session, client: Client) -> None:
    before = session.client
    if before is not None:
        before.session = None
        before.link.close()
    session.take_up(client)


def describe(session: Session) -> dict[str, Any]:
    """A session, as its client is told of it."""
    settings = session.exchange.settings
    return {
        "protocol": session.protocol,
        "identity": f"{session.channel}@{session.exchange.node_id}",
        "authorization": {
            "project_id": settings.project,
            "space_id": settings.space,
            "scopes": ["calling"],
            "signature": session.protocol.split("_")[1],
        },
        "ice_servers": [],
    }
