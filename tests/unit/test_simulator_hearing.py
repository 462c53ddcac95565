"""What a person on the phone has heard."""

import pytest
from simulator_wire import ManualClock

from callfsm.simulator.hearing import REMEMBERED, Ear, Sound


class Person:
    """An ear, and how often it noticed something."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.noticed = 0
        self.begun: list[str] = []
        self.ear = Ear(self.clock, self._notice, lambda sound: self.begun.append(sound.text))

    def _notice(self) -> None:
        self.noticed += 1

    def hear(self, text: str, kind: str = "tts", seconds: float = 10.0) -> Sound:
        """Something begins to be heard."""
        return self.ear.begin(kind, text, seconds)


def test_words_take_their_place_in_the_speech() -> None:
    """Words are heard when the speech has come to their end."""
    person = Person()
    person.hear("one two three four five!!")  # 25 characters in ten seconds

    assert [person.ear.until_heard(words) for words in ("one", "two", "five!!")] == [1.2, 2.8, 10.0]


def test_words_already_heard_are_heard() -> None:
    """What lies behind is not waited for."""
    person = Person()
    person.hear("one two")
    person.clock.pass_(11)

    left = person.ear.until_heard("two")

    assert left is not None
    assert left <= 0


def test_case_and_spacing_do_not_matter() -> None:
    """Words are found however they are written, across line breaks and markup."""
    person = Person()
    person.hear("<speak>Press   ONE\n<break/> for sales</speak>")

    assert person.ear.until_heard("press one for SALES") is not None


@pytest.mark.parametrize(("kind", "text"), [("audio", "https://example.test/hold.mp3"), ("ringtone", "us")])
def test_what_is_not_speech_is_known_at_once(kind: str, text: str) -> None:
    """An audio file is recognised by its address and a ring tone by its name, as it begins."""
    person = Person()
    person.hear(text, kind)

    assert (person.ear.until_heard(text), person.ear.heard()) == (0.0, [text])


def test_silence_is_not_remembered() -> None:
    """Silence is nothing that was heard."""
    person = Person()
    person.hear("", "silence")

    assert person.ear.heard() == []


def test_what_was_attended_to_is_not_heard_again() -> None:
    """The next words are looked for after those that were listened to, in the same speech and in later ones."""
    person = Person()
    person.hear("press one or press two")
    person.ear.attend("press one")
    second = person.ear.until_heard("press")
    person.ear.attend("press two")
    none = person.ear.until_heard("press")
    person.hear("press three")

    assert (second is not None, none, person.ear.until_heard("press") is not None) == (True, None, True)


def test_a_pause_holds_the_words_back() -> None:
    """Words that were not reached before a pause are waited for only after it."""
    person = Person()
    sound = person.hear("one two three four five!!")
    person.clock.pass_(2)
    person.ear.halt(sound)
    person.clock.pass_(100)
    paused = [person.ear.until_heard(words) is None for words in ("one", "five")]
    person.ear.go_on(sound)

    left = person.ear.until_heard("five!!")
    assert (paused, left) == ([False, True], 8.0)


def test_what_was_cut_off_was_heard_in_part() -> None:
    """Of a speech that was cut off, the part before the cut was heard."""
    person = Person()
    sound = person.hear("one two three four five!!")
    person.clock.pass_(4)
    person.ear.halt(sound)

    assert (person.ear.heard(), person.ear.unattended()) == (["one two th"], ["one two th"])


def test_what_is_noticed() -> None:
    """Whoever listens is told of each beginning, halt and resumption."""
    person = Person()
    sound = person.hear("one")
    person.ear.halt(sound)
    person.ear.go_on(sound)

    assert (person.noticed, person.begun) == (3, ["one"])


def test_the_oldest_sounds_are_forgotten() -> None:
    """A person remembers so many sounds, and goes on from the oldest one when what they attended to is gone."""
    person = Person()
    person.hear("the first")
    person.ear.attend("the first")
    for number in range(REMEMBERED):
        person.hear(f"number {number}")

    assert (len(person.ear.heard()), person.ear.until_heard("number 0") is not None) == (REMEMBERED, True)
