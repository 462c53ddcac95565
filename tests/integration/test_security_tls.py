"""The line: whoever is not proved to be the host that was named gets no byte of a credential."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme
from eavesdropping import (
    A_YEAR_LATER,
    LOGINS,
    PROJECT,
    TOKEN,
    Answer,
    Impatient,
    certified,
    complaint,
    eavesdropping,
    self_signed,
    silence,
    too_old,
)
from sockets import run, until

from callfsm import RelayClient
from callfsm.transport import open_websocket, tls_context

Contexts = Callable[[trustme.CA, Path], ssl.SSLContext | None]

WRONG: dict[str, tuple[Contexts, Answer, str]] = {
    "wrong authority": (lambda _ours, _folder: certified(trustme.CA()), silence, "SIGNALWIRE_RELAY_CA_FILE"),
    "wrong name": (lambda ours, _folder: certified(ours, "other.example"), silence, "Hostname mismatch"),
    "an address only": (lambda ours, _folder: certified(ours, "127.0.0.1"), silence, "Hostname mismatch"),
    "expired": (lambda ours, _folder: certified(ours, until=A_YEAR_LATER), silence, "expired"),
    "self-signed": (lambda _ours, folder: self_signed(folder), silence, "self-signed"),
    "plain text": (lambda _ours, _folder: None, complaint, "does not speak TLS"),
    "too old": (lambda _ours, _folder: None, too_old, "TLS 1.2 is the least"),
    # Such a server hangs up without a word.
    "TLS 1.1": (lambda ours, _folder: certified(ours, newest=False), silence, r"^$|reset"),
}
"""What may be wrong with a server, what it says, and the words that must stand in the error."""


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that the client trusts."""
    ours = trustme.CA()
    ours.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SIGNALWIRE_RELAY_CA_FILE", str(tmp_path / "ca.pem"))
    for name in ("PROJECT_ID", "API_TOKEN", "JWT_TOKEN", "SPACE"):
        monkeypatch.delenv(f"SIGNALWIRE_{name}", raising=False)
    return ours


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("wrong", WRONG)
def test_no_credential_leaves(wrong: str, login: str, authority: trustme.CA, tmp_path: Path) -> None:
    """A server that does not prove to be the host hears no credential, and `connect` raises what is wrong with it."""
    make, answer, words = WRONG[wrong]

    async def main() -> None:
        async with eavesdropping(make(authority, tmp_path), answer) as heard:
            client = RelayClient(*LOGINS[login], heard.address)
            with pytest.raises(OSError, match=words) as caught:
                await client.connect()

            assert (wrong != "TLS 1.1", False, 1, "closed") == (
                heard.address in str(caught.value),
                heard.heard_secrets,
                heard.visits,
                client.state,
            )

    run(main())


@pytest.mark.parametrize("wrong", WRONG)
def test_served_again(wrong: str, authority: trustme.CA, tmp_path: Path) -> None:
    """For `run` a wrong server may be a passing trouble: it goes on trying, and still tells nothing."""
    make, answer, _words = WRONG[wrong]

    async def main() -> None:
        async with eavesdropping(make(authority, tmp_path), answer) as heard:
            client = RelayClient(PROJECT, TOKEN, host=heard.address, randomness=Impatient())
            serving = asyncio.create_task(client._serve())
            await until(lambda: heard.visits >= 3)
            still = not serving.done()
            await client.disconnect()
            await serving

            assert (True, False) == (still, heard.heard_secrets)

    run(main())


def test_the_right_server(authority: trustme.CA) -> None:
    """A server that proves to be the host is asked under that name; in clear, and in a header, stands no credential."""

    async def main() -> None:
        async with eavesdropping(certified(authority)) as heard:
            connecting = asyncio.create_task(RelayClient(PROJECT, TOKEN, host=heard.address).connect())
            await until(lambda: heard.told.endswith(b"\r\n\r\n"))
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)

            assert (["localhost"], True, False, False) == (
                heard.names,
                b"Upgrade: websocket" in heard.told,
                b"websocket" in heard.raw,
                heard.heard_secrets,
            )

    run(main())


def test_clear_text_to_another_machine(authority: trustme.CA) -> None:  # noqa: ARG001  # it clears the environment
    """What is not this machine, by its name, is not even asked for a connection in clear text."""

    async def main() -> None:
        async with eavesdropping(host="127.0.0.2", at="127.0.0.2") as heard:
            with pytest.raises(ValueError, match=r"tls=False sends credentials in clear"):
                RelayClient(PROJECT, TOKEN, host=heard.address, tls=False)
            client = RelayClient(PROJECT, TOKEN, host="localhost", tls=False)
            with pytest.raises(ValueError, match=r"tls=False sends credentials in clear"):
                client.host = heard.address
            with pytest.raises(ValueError, match=r"clear text to another machine.*wss://"):
                await open_websocket(f"ws://{heard.address}")

            assert (0, b"") == (heard.visits, bytes(heard.raw))

    run(main())


def test_least_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS 1.2 is the least, certificates are required, and names are checked."""
    monkeypatch.delenv("SIGNALWIRE_RELAY_CA_FILE", raising=False)
    context = tls_context()

    assert (ssl.TLSVersion.TLSv1_2, ssl.CERT_REQUIRED, True) == (
        context.minimum_version,
        context.verify_mode,
        context.check_hostname,
    )


def test_bundle_adds(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001  # it names the bundle
    """The bundle that is named is trusted besides the system's authorities, not instead of them."""
    both = tls_context().cert_store_stats()["x509_ca"]
    monkeypatch.delenv("SIGNALWIRE_RELAY_CA_FILE")

    assert 1 == both - tls_context().cert_store_stats()["x509_ca"]


@pytest.mark.parametrize(
    "proxy",
    [
        "ftp://user:SECRET@127.0.0.1:9",
        "http://user:SECRET@127.0.0.1:9/path",
        "http://user:SECRET/x@127.0.0.1:9",
        "http://user:x@127.0.0.1:SECRET",
        "socks5://user:SECRET@127.0.0.1:9",
    ],
)
def test_password_of_a_proxy(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that cannot be used is told as such; the password in its address stands in no error."""
    monkeypatch.delenv("SIGNALWIRE_RELAY_CA_FILE", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("https_proxy", proxy)

    with pytest.raises(OSError, match="the proxy that the environment names cannot be used: ") as caught:
        asyncio.run(open_websocket("wss://relay.invalid"))
    told = [repr(error) for error in (caught.value, caught.value.__cause__, caught.value.__context__)]

    assert [] == [each for each in told if "SECRET" in each]
