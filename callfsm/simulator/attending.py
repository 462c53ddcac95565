"""What goes on in a leg without a control id, and attends to what its person does."""


class Attendant:
    """Told what the person does, and that the call is ending."""

    def press(self, digit: str) -> None:
        """The person presses a key."""

    def speech_begins(self) -> None:
        """The person begins to speak."""

    def speech_ends(self, words: str) -> None:
        """The person has said this."""

    def call_ending(self) -> None:
        """The call is ending: whatever is to be told is told now."""
