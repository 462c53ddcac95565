"""Simulated conferences: members who hear each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from callfsm.simulator.attending import Attendant

if TYPE_CHECKING:
    from callfsm.simulator.exchange import Exchange
    from callfsm.simulator.leg import Leg
    from callfsm.simulator.session import Session

_EVENT: Final = "calling.conference"
_BYTES_PER_SECOND: Final = 8_000
MOST: Final = 250


class Conference:
    """A conference. It starts with the first member who may start it, and is gone when it is empty."""

    def __init__(self, exchange: Exchange, params: dict[str, Any]) -> None:
        self.exchange = exchange
        self.name = params["name"]
        self.conference_id = exchange.new_id()
        self.most = params.get("max_participants") or MOST
        self.members: list[Member] = []
        self._region = params.get("region") or "global"
        self._recorded = params.get("record") == "record-from-start"
        self._started: float | None = None

    @classmethod
    def named(cls, exchange: Exchange, params: dict[str, Any]) -> Conference:
        """The conference of this name; it is made when there is none."""
        return exchange.conferences.get(params["name"]) or cls(exchange, params)

    def enter(self, member: Member) -> None:
        """Somebody joins."""
        self.exchange.conferences[self.name] = self
        self.members.append(member)
        if self._started is None and member.starts:
            self._started = self.exchange.clock.now()
            self._tell_everybody("conference-start")
            if self._recorded:
                self._tell_everybody("record-start")
        member.tell("participant-join")

    def leave(self, member: Member) -> None:
        """Somebody leaves; with the last one, or one who ends it, it is over."""
        sessions = self._sessions()
        self.members.remove(member)
        member.tell("participant-leave")
        if member.ends:
            for other in list(self.members):
                self.members.remove(other)
                other.drop()
                other.tell("participant-leave")
            self._end(sessions, "participant-with-end-conference-on-exit-left", member)
        elif not self.members:
            self._end(sessions, "last-participant-left", member)

    def facts(self, status: str) -> dict[str, Any]:
        """What every event of it tells."""
        return {
            "conference_id": self.conference_id,
            "name": self.name,
            "region": self._region,
            "size": len(self.members),
            "status": status,
        }

    def _sessions(self) -> list[Session | None]:
        return list(dict.fromkeys(member.leg.session for member in self.members))

    def _tell_everybody(self, status: str) -> None:
        for session in self._sessions():
            self.exchange.send_event(session, _EVENT, self.facts(status), None)

    def _end(self, sessions: list[Session | None], reason: str, last: Member) -> None:
        del self.exchange.conferences[self.name]
        told: dict[str, Any] = {"reason_ended": reason, "call_id_ending_conf": last.leg.call_id}
        if self._recorded and self._started is not None:
            seconds = int(self.exchange.clock.now() - self._started)
            told |= {
                "recording_url": f"https://files.simulator.invalid/{self.conference_id}.mp3",
                "recording_duration": seconds,
                "recording_file_size": seconds * _BYTES_PER_SECOND,
            }
        for session in sessions:
            self.exchange.send_event(session, _EVENT, self.facts("conference-end") | told, None)


class Member(Attendant):
    """A call in a conference."""

    def __init__(self, leg: Leg, conference: Conference, params: dict[str, Any]) -> None:
        self.leg = leg
        self.conference = conference
        self.starts = params.get("start_on_enter", True)
        self.ends = params.get("end_on_exit", False)
        self._muted = params.get("muted", False)
        self._coached = params.get("coach") or ""

    def join(self) -> None:
        """Become a member."""
        self.leg.attendants["conference"] = self
        self.conference.enter(self)

    def leave(self) -> None:
        """Be a member no more."""
        self.drop()
        self.conference.leave(self)

    def drop(self) -> None:
        """Attend to the person no more."""
        self.leg.attendants.pop("conference", None)

    def call_ending(self) -> None:
        """Whoever has hung up is a member no more."""
        self.leave()

    def speech_ends(self, words: str) -> None:
        """The others hear it; of a coach, only the one who is coached."""
        if self._muted:
            return
        for other in self.conference.members:
            if other is not self and self._coached in ("", other.leg.call_id):
                other.leg.hear_speech(words)

    def tell(self, status: str) -> None:
        """Report that it has joined or left."""
        told: dict[str, Any] = {
            "muted": self._muted,
            "hold": False,
            "coaching": bool(self._coached),
            "end_on_leave": self.ends,
            "start_on_join": self.starts,
        }
        if self._coached:
            told["call_id_to_coach"] = self._coached
        self.leg.stand(_EVENT, status, self.conference.facts(status) | told)
