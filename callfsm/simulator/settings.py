"""What can be set about a simulated RELAY server. All durations are simulated seconds."""

from dataclasses import dataclass, field


@dataclass
class Settings:
    """Who may log in, how long things take, and what the server says unasked."""

    project: str = "simulated-project"
    token: str = field(default="simulated-token", repr=False)
    jwt_token: str = field(default="", repr=False)
    """A JWT that is accepted in the place of project and token; none when empty."""
    space: str = "simulated-space"
    epoch: float = 0.0
    """Seconds since 1970 at which the simulator's clock shows 0; timestamps on the wire count from it."""

    seconds_per_character: float = 0.06
    least_speech_seconds: float = 0.3
    audio_seconds: float = 3.0
    """How long every audio file is."""
    ringtone_seconds: float = 5.0
    key_seconds: float = 0.2
    """From one pressed key to the next, and for each digit that the server sends."""
    page_seconds: float = 1.0
    """How long a page of a fax takes."""
    agent_answer: str = "You said: {words}"
    """What an AI agent answers to everything."""
    agent_greeting: str = "Hello, how can I help you?"
    """What an AI agent says first."""
    transfer_seconds: float = 5.0
    """How long a call that was transferred goes on elsewhere."""
    message_seconds: float = 0.1
    """From one state of a text message to the next."""
    declined_cards: frozenset[str] = frozenset({"4000000000000002"})
    """The cards with which no payment can be made."""
    ring_delay: float = 0.1
    """From a dialled leg's ``created`` to its ``ringing``."""
    ending_seconds: float = 0.05
    """From ``ending`` to ``ended``."""
    ring_limit: float = 120.0
    """An inbound call that nobody answers ends after this long."""
    session_hold: float = 30.0
    """How long a session and its calls wait for a client whose link has dropped."""
    acknowledgement_seconds: float = 1.0
    """An event that is not acknowledged after so long counts as missed."""

    early_media: bool = False
    """Whether media commands are taken before the call is answered."""
    late_recordings: bool = False
    """Whether a recording, fax or transcription that its call ended is reported after ``ended``, not before it."""
    states_in_results: bool = True
    """Whether the last report of a fax or a payment has a ``state`` besides its result. The wire's description has
    none there; the official client waits for one."""
    last_reports: frozenset[str] = frozenset({"record", "send_fax", "receive_fax", "transcribe", "pay"})
    """The kinds of operation of which a last report comes when their call ends."""
    max_entries: int = 50_000
    """How much the journal holds before it drops its oldest entries."""
    max_past_calls: int = 1_000
    """How many calls that are over are still told apart (410) from calls that never were (404)."""
