"""What callfsm raises, and whose doing it is.

    RelayError                   the server refused, or could not be asked
     +-- IllegalCommandError     you asked for what the state machine forbids; nothing was sent
     +-- CallEndedError          you wait for, or keep asking of, a call that has ended
     +-- AuthenticationError     the server does not accept the credentials
     +-- DialError               nobody answered: failed, timed out, or given up
     +-- ConnectionLostError     the line dropped; the command may or may not have run
     +-- RequestTimeoutError     no reply came in time; the command may or may not have run

Where the official SDK raises a builtin (``ValueError``, ``asyncio.TimeoutError``), so does callfsm.
Errors that no server sent carry the code -1.
"""

from collections.abc import Sequence


class RelayError(Exception):
    """A command that the RELAY server refused, or that could not be carried out.

    Attributes:
        code: The server's code (an HTTP-like number or a JSON-RPC code); -1 when no server sent one.
        message: What went wrong, in one sentence.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"RELAY error {code}: {message}")
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[object, ...]:
        # Exception's own way would hand the formatted text back as the code.
        return (_rebuild, (type(self), self.__dict__))


def _rebuild(error_class: type[RelayError], facts: dict[str, object]) -> RelayError:
    error = error_class.__new__(error_class)
    Exception.__init__(error, f"RELAY error {facts['code']}: {facts['message']}")
    error.__dict__.update(facts)
    return error


class IllegalCommandError(RelayError):
    """A command that the state machine forbids now. Nothing was sent and no state moved.

    Attributes:
        command: The method that was called, such as ``play``.
        subject: What it was asked of, such as ``call 0b9a…`` or ``play c0ff…``.
        state: The state that forbade it.
        permitted: The commands that would have been allowed in this state.
    """

    def __init__(self, command: str, subject: str, state: str, *, why: str, permitted: Sequence[str]) -> None:
        allowed = ", ".join(permitted) or "nothing"
        super().__init__(-1, f"cannot {command} {subject} while it is {state}: {why}; allowed now: {allowed}")
        self.command = command
        self.subject = subject
        self.state = state
        self.permitted = tuple(permitted)


class CallEndedError(RelayError):
    """The call is over, so what was waited for can no longer happen.

    Attributes:
        call_id: The call.
        end_reason: Why it ended; one of the ``END_REASON_`` constants, or ``passed``, ``lost`` or ``gone``.
    """

    def __init__(self, call_id: str, end_reason: str, *, hope: str) -> None:
        super().__init__(-1, f"call {call_id} has ended ({end_reason or 'no reason given'}): {hope}")
        self.call_id = call_id
        self.end_reason = end_reason


class AuthenticationError(RelayError):
    """The server does not accept the project and token (or the JWT). Trying again will not help."""


class DialError(RelayError):
    """An outbound call that nobody answered.

    Attributes:
        tag: The tag of the dial.
        reason: ``failed``, ``timed out`` or ``lost``, or what the server gave as the reason.
    """

    def __init__(self, tag: str, reason: str, *, message: str) -> None:
        super().__init__(-1, message)
        self.tag = tag
        self.reason = reason


class ConnectionLostError(RelayError):
    """The line dropped before the reply came. Commands are never sent a second time by themselves."""

    def __init__(self, message: str) -> None:
        super().__init__(-1, message)


class RequestTimeoutError(RelayError):
    """The server gave no reply within the time limit. Other commands and the line are untouched.

    Attributes:
        method: The wire method that went unanswered.
        seconds: How long it was waited for.
    """

    def __init__(self, method: str, seconds: float) -> None:
        super().__init__(-1, f"Request timeout for {method}: no reply within {seconds:g} s")
        self.method = method
        self.seconds = seconds
