"""`callfsm.environment`: what a client is told by its arguments and by the environment."""

import re

import pytest

from callfsm import environment
from callfsm.core.model import Settings

NAMES = (
    "SIGNALWIRE_PROJECT_ID",
    "SIGNALWIRE_API_TOKEN",
    "SIGNALWIRE_JWT_TOKEN",
    "SIGNALWIRE_SPACE",
    "RELAY_MAX_ACTIVE_CALLS",
)


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def settings(
    project: str | None = "project-1",
    token: str | None = "token-1",  # noqa: S107  # of no server
    jwt_token: str | None = None,
    contexts: list[str] | None = None,
    max_active_calls: int | None = None,
) -> Settings:
    """The settings that these arguments give."""
    return environment.settings(project, token, jwt_token, contexts, max_active_calls)


def test_arguments() -> None:
    """What is given by argument is taken."""
    found = settings("p", "t", "j", ["a", "b"], 7)

    assert ("p", "t", "j", ["a", "b"], 7) == (
        found.project,
        found.token,
        found.jwt_token,
        found.contexts,
        found.max_active_calls,
    )


@pytest.mark.parametrize("empty", [None, ""])
def test_environment(monkeypatch: pytest.MonkeyPatch, empty: str | None) -> None:
    """What is left out, or empty, is read from the environment."""
    monkeypatch.setenv("SIGNALWIRE_PROJECT_ID", "p")
    monkeypatch.setenv("SIGNALWIRE_API_TOKEN", "t")
    monkeypatch.setenv("SIGNALWIRE_JWT_TOKEN", "j")
    found = settings(empty, empty, empty)

    assert ("p", "t", "j") == (found.project, found.token, found.jwt_token)


def test_arguments_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """An argument beats the environment."""
    monkeypatch.setenv("SIGNALWIRE_PROJECT_ID", "other")

    assert settings("mine").project == "mine"


@pytest.mark.parametrize("token", ["", "token-1"])
def test_no_project(token: str) -> None:
    """Without a project, the error names it and its variable, and says nothing about the token."""
    with pytest.raises(ValueError, match=r"^project is required.*SIGNALWIRE_PROJECT_ID$") as caught:
        settings("", token)

    assert "token is required" not in str(caught.value)


def test_no_token() -> None:
    """Without a token, the error names it and its variable, and says nothing about the project."""
    with pytest.raises(ValueError, match=r"^token is required.*SIGNALWIRE_API_TOKEN$") as caught:
        settings("project-1", "")

    assert "project is required" not in str(caught.value)


def test_jwt_alone() -> None:
    """A JWT is enough; the project stays empty."""
    found = settings(None, None, "jwt-1")

    assert ("", "", "jwt-1") == (found.project, found.token, found.jwt_token)


def test_jwt_and_project() -> None:
    """A project beside a JWT is kept."""
    assert settings("project-1", None, "jwt-1").project == "project-1"


@pytest.mark.parametrize(
    ("given", "in_environment", "expected"),
    [
        (None, None, 1_000),
        (None, "", 1_000),
        (None, "200", 200),
        (None, "many", 1_000),
        (None, "0", 1),
        (5, "200", 5),
        (0, None, 1),
        (-3, None, 1),
    ],
)
def test_max_active_calls(
    monkeypatch: pytest.MonkeyPatch, given: int | None, in_environment: str | None, expected: int
) -> None:
    """The argument counts, else the variable, else 1,000; it is never less than 1."""
    if in_environment is not None:
        monkeypatch.setenv("RELAY_MAX_ACTIVE_CALLS", in_environment)

    assert expected == settings(max_active_calls=given).max_active_calls


def test_contexts_are_copied() -> None:
    """The list that was given is not the client's own."""
    given = ["a"]
    settings(contexts=given).contexts.append("b")

    assert ["a"] == given


@pytest.mark.parametrize(("given", "place"), [("sales", "contexts='sales'"), (5, "contexts=5"), ([5], "contexts[0]=5")])
def test_contexts_are_a_list(given: object, place: str) -> None:
    """A context by itself is no list: its letters would be taken for contexts."""
    with pytest.raises(ValueError, match=rf"^RelayClient\({re.escape(place)}\): must be "):
        settings(contexts=given)  # type: ignore[arg-type]  # that is what is wrong with it


@pytest.mark.parametrize("name", ["project", "token", "jwt_token"])
def test_credentials_are_texts(name: str) -> None:
    """A credential that is no text is refused by name, and not shown."""
    with pytest.raises(TypeError, match=f"^{name} must be a text, not bytes$"):
        settings(**{name: b"secret"})  # type: ignore[arg-type]  # that is what is wrong with it


def test_repr_keeps_secrets() -> None:
    """Settings can be shown without their credentials."""
    shown = repr(settings("p", "secret-token", "secret-jwt"))

    assert "secret" not in shown


@pytest.mark.parametrize("given", [None, ""])
def test_default_host(given: str | None) -> None:
    """Without a host, the public server is meant."""
    assert environment.host(given, tls=True) == "relay.signalwire.com"


def test_host_from_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty host is read from the environment."""
    monkeypatch.setenv("SIGNALWIRE_SPACE", "space.example:8443")

    assert environment.host("", tls=True) == "space.example:8443"


@pytest.mark.parametrize("given", ["example.com", "example.com:9000", "127.0.0.1:1", "[::1]:443", "localhost"])
def test_hosts(given: str) -> None:
    """A name is a host, with or without a port."""
    assert given == environment.host(given, tls=True)


@pytest.mark.parametrize(
    "given",
    ["a/b", "user@host", "host?x", "host#x", "host\r\nX: y", "a b", "a\tb", "a\x00b", "wss://host", "a\\b", "a\x7f"],
)
def test_no_host(given: str) -> None:
    """What could mean another address than it seems to is refused."""
    with pytest.raises(ValueError, match="Invalid host"):
        environment.host(given, tls=True)


@pytest.mark.parametrize("given", ["localhost:1", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:8080"])
def test_clear_text_on_loopback(given: str) -> None:
    """Without TLS, this machine is a host."""
    assert given == environment.host(given, tls=False)


@pytest.mark.parametrize("given", ["example.com", "localhost.example.com", "127.0.0.1.example.com:80", "10.0.0.1", ""])
def test_clear_text_elsewhere(given: str) -> None:
    """Without TLS, no other machine is a host: the credentials would go there in clear."""
    with pytest.raises(ValueError, match=r"Invalid host.*tls=False"):
        environment.host(given, tls=False)
