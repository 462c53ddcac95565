"""Who, or what, is at the far end of a leg."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """A human who listens, unless told otherwise."""

    greeting: str = ""
    """What an answering machine says; a human has none."""
    beep: bool = True
    """Whether the answering machine beeps after its greeting."""
    fax_tones: frozenset[str] = frozenset()
    """The tones of a fax machine: ``CNG`` of one that calls, ``CED`` of one that answers."""
    document: str = ""
    """What a fax machine sends."""
    pages: int = 0
    takes_fax: bool = False

    @property
    def is_machine(self) -> bool:
        """Whether an answering machine has picked up."""
        return bool(self.greeting)

    @property
    def is_fax(self) -> bool:
        """Whether it is a fax machine."""
        return bool(self.fax_tones)


HUMAN = Person()


def answering_machine(greeting: str, *, beep: bool = True) -> Person:
    """An answering machine with this greeting.

    Raises:
        ValueError: The greeting is empty.
    """
    if not greeting:
        raise ValueError("greeting='': an answering machine says something")
    return Person(greeting=greeting, beep=beep)


def fax_machine(document: str = "", pages: int = 2) -> Person:
    """A fax machine: one that sends a document, or else one that takes what it is sent."""
    if document:
        return Person(fax_tones=frozenset({"CNG"}), document=document, pages=pages)
    return Person(fax_tones=frozenset({"CED"}), takes_fax=True)
