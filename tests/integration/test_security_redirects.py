"""A redirect is not followed: the credentials are for the host that was named, and for no other place."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import trustme
from eavesdropping import LOGINS, PROJECT, TOKEN, Eavesdropper, Impatient, answering, certified, eavesdropping
from sockets import run, until
from websockets.exceptions import InvalidStatus

from callfsm import RelayClient

PLACES = {
    "another host": "wss://{elsewhere}/",
    "another host in clear": "ws://{elsewhere}/",
    "the same host in clear": "http://{here}/",
    "the same host": "/elsewhere",
    "no place": "https://[",
    "a forged line": "wss://{elsewhere}/\x85forged",
}


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that the client trusts."""
    ours = trustme.CA()
    ours.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SIGNALWIRE_RELAY_CA_FILE", str(tmp_path / "ca.pem"))
    for name in ("PROJECT_ID", "API_TOKEN", "JWT_TOKEN", "SPACE"):
        monkeypatch.delenv(f"SIGNALWIRE_{name}", raising=False)
    return ours


class Redirection:
    """A server that sends everybody somewhere else; the address is known when both servers are."""

    def __init__(self, status: int, place: str) -> None:
        self._status = status
        self._place = place
        self.here = self.elsewhere = ""

    def __call__(self, told: bytes) -> bytes:
        """Answer a request."""
        place = self._place.format(here=self.here, elsewhere=self.elsewhere)
        return answering(f"HTTP/1.1 {self._status} Elsewhere\nLocation: {place}\nContent-Length: 0\n\n")(told)

    def between(self, here: Eavesdropper, elsewhere: Eavesdropper) -> None:
        """From here to there."""
        self.here, self.elsewhere = here.address, elsewhere.address


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("status", "login"), [(302, "jwt"), *((status, "token") for status in (300, 301, 302, 303, 307, 308))]
)
def test_not_followed(status: int, place: str, login: str, authority: trustme.CA) -> None:
    """`connect` raises where it was sent to and what to do; nobody hears a credential, and elsewhere nobody anything."""
    redirection = Redirection(status, PLACES[place])

    async def main() -> None:
        async with eavesdropping(certified(authority), redirection) as here, eavesdropping() as elsewhere:
            redirection.between(here, elsewhere)
            client = RelayClient(*LOGINS[login], here.address)
            with pytest.raises(InvalidStatus, match=rf"redirects \(HTTP {status}\).*not followed.*host") as caught:
                await client.connect()

            assert (1, 0, False, "closed", [str(caught.value)]) == (
                here.visits,
                elsewhere.visits,
                here.heard_secrets,
                client.state,
                str(caught.value).splitlines(),
            )

    run(main())


def test_served_again(authority: trustme.CA) -> None:
    """For `run` a redirect may be a passing trouble: it asks the same host again, and never the other one."""
    redirection = Redirection(302, PLACES["another host"])

    async def main() -> None:
        async with eavesdropping(certified(authority), redirection) as here, eavesdropping() as elsewhere:
            redirection.between(here, elsewhere)
            client = RelayClient(PROJECT, TOKEN, host=here.address, randomness=Impatient())
            serving = asyncio.create_task(client._serve())
            await until(lambda: here.visits >= 3)
            still = not serving.done()
            await client.disconnect()
            await serving

            assert (True, 0, False) == (still, elsewhere.visits, here.heard_secrets)

    run(main())
