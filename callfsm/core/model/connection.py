"""What the core remembers of the connection: the session's name, the credentials, the refusals in a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from callfsm import constants
from callfsm.core.effects import Params
from callfsm.core.model.subject import Line, Subject
from callfsm.core.request import Outcome
from callfsm.core.words import text
from callfsm.errors import RelayError

AUTHENTICATION_FAILED: Final = frozenset({-32002, -32003})
"""Codes that say the credentials are wrong; any other refused login may pass by itself."""

MAX_KEPT: Final = 16 * 1024
"""The longest word of the server's that is kept, and given back at every login; theirs are far below 1,000 characters."""


@dataclass
class Settings:
    """What the core needs to know of the client. It may change between connections."""

    project: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    jwt_token: str = field(default="", repr=False)
    contexts: list[str] = field(default_factory=list)
    early_media: bool = False
    max_active_calls: int = 1_000
    max_refusals: int = constants.RECONNECT_MAX_AUTH_ATTEMPTS
    takes_calls: bool = False
    """Whether anybody is there to handle an inbound call."""


class TurnedAway(NamedTuple):
    """Why an inbound call is not taken, in our words, and the reason that the server is given."""

    why: str
    reason: str


class Conversation(Line, Protocol):
    """What the connection does to the conversation that it carries."""

    def send_login(self, params: Params) -> None:
        """Send the credentials."""

    def resume(self, *, fresh: bool) -> None:
        """Online: send what has waited. When ``fresh``, the server knows no call of ours any more."""

    def interrupt(self, *, for_good: bool) -> None:
        """No line: what is in flight gets no reply; when ``for_good``, nothing else does either."""


class ConnectionModel(Subject):
    """The client's connection, as the core knows it."""

    machine = "connection"

    __slots__ = (
        "authorization_state",
        "conversation",
        "going_away",
        "identity",
        "protocol",
        "reason",
        "refusal",
        "refusals",
        "resumed",
        "settings",
    )

    def __init__(self, conversation: Conversation, settings: Settings) -> None:
        super().__init__(conversation)
        self.conversation = conversation
        self.settings = settings
        self.protocol = ""
        """The server's name for this session; given back at the next login, it takes the session up again."""
        self.authorization_state = ""
        self.identity = ""
        self.resumed = False
        self.going_away = False
        """Whether no new calls are wanted, also after the line was away."""
        self.refusals = 0
        """Refused logins since the last accepted one; failures of other kinds between them count for nothing."""
        self.reason = ""
        """Why the connection is where it is; ``""`` when all is well."""
        self.refusal: RelayError | None = None
        """Why the last login failed."""

    @property
    def name(self) -> str:
        """What logs and errors call it."""
        return "connection"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The credentials as they are now."""
        return self.settings.token, self.settings.jwt_token, self.settings.project, self.authorization_state

    @property
    def online(self) -> bool:
        """Whether commands go out now."""
        return self.state in ("online", "draining")

    @property
    def given_up(self) -> bool:
        """Whether nobody is going to open the line again by itself."""
        return self.state in ("closed", "refused")

    def login_params(self) -> Params:
        """The params of ``signalwire.connect``: a JWT goes alone, and what is empty is left out."""
        settings = self.settings
        credentials = {"project": settings.project, "token": settings.token}
        params: Params = {
            "version": constants.PROTOCOL_VERSION,
            "agent": constants.AGENT_STRING,
            "event_acks": True,
            "authentication": {"jwt_token": settings.jwt_token} if settings.jwt_token else credentials,
            "contexts": [] if self.going_away else list(settings.contexts),
            "protocol": self.protocol,
            "authorization_state": self.authorization_state if self.protocol else "",
        }
        return {name: value for name, value in params.items() if value not in ("", [])}

    def hear_login(self, outcome: Outcome) -> None:
        """Hear how the login ended."""
        self.refusal = outcome.error
        self.reason = outcome.error.message if outcome.error is not None else ""
        if outcome.error is None:
            self.fire("accepted", outcome.result)
        else:
            self.fire("refused" if outcome.error.code in AUTHENTICATION_FAILED else "login_failed")

    def why_declined(self, active_calls: int) -> TurnedAway | None:
        """Why one call more is not taken beside this many; ``None`` when it is."""
        if active_calls >= self.settings.max_active_calls:
            return TurnedAway("max_active_calls reached", constants.END_REASON_BUSY)
        if self.going_away:
            return TurnedAway("going away", constants.END_REASON_DECLINE)
        return None if self.settings.takes_calls else TurnedAway("no on_call handler", constants.END_REASON_DECLINE)

    def note_authorization(self, params: Params) -> None:
        """Remember the latest authorization state; an empty one takes nothing away."""
        self.authorization_state = _kept(params, "authorization_state") or self.authorization_state

    def start_fresh(self) -> None:
        """The server wants the next login to begin a new session."""
        self.protocol = self.authorization_state = ""

    def log_in(self, _payload: object) -> None:
        """Enter hook of authenticating: send the credentials."""
        self.cascade = "log_in"

    def note_session(self, result: Params) -> None:
        """Hook: remember what the server calls this session."""
        protocol = _kept(result, "protocol")
        self.resumed = bool(self.protocol) and protocol in ("", self.protocol)
        self.protocol = protocol or self.protocol
        self.identity = _kept(result, "identity") or self.identity
        self.refusals = 0
        self.refusal = None

    def note_refusal(self, _payload: object) -> None:
        """Hook: one more refusal in a row."""
        self.refusals += 1

    def note_start(self, _payload: object) -> None:
        """Hook: the program connects: new calls are wanted, and its credentials are taken to be new."""
        self.going_away = False
        self.refusals = 0

    def note_leaving(self, _payload: object) -> None:
        """Hook: no new calls are wanted any more."""
        self.going_away = True

    def leaving(self, _payload: object) -> bool:
        """Guard: no new calls are wanted."""
        return self.going_away

    def refusals_left(self, _payload: object) -> bool:
        """Guard: the credentials may be tried again."""
        return self.refusals + 1 < self.settings.max_refusals

    def send_queued(self, _payload: object) -> None:
        """Enter hook of online: what has waited for the line goes out."""
        self.cascade = "resume"

    def lose_requests(self, _payload: object) -> None:
        """Enter hook of every state without a line: what is in flight will get no reply."""
        self.cascade = "interrupt"

    def _run_cascade(self) -> None:
        cascade, self.cascade = self.cascade, ""
        if cascade == "log_in":
            self.conversation.send_login(self.login_params())
        elif cascade == "resume":
            self.conversation.resume(fresh=not self.resumed)
        else:
            self.conversation.interrupt(for_good=self.given_up)


def _kept(params: Params, key: str) -> str:
    value = text(params, key)
    return value if len(value) <= MAX_KEPT else ""
