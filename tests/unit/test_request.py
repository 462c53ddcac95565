"""`callfsm.core.request`: every kind of reply, judged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callfsm.core.request import ACCEPTED, GONE, LOST, REJECTED, UNKNOWN, Outcome, Request, judge, lost
from callfsm.errors import ConnectionLostError


@pytest.mark.parametrize("code", ["200", 200, 201, "299", None])
def test_success(code: object) -> None:
    """A code of exactly three digits that begins with 2 is success, and so is none at all."""
    assert judge({"result": {"code": code}}).word == ACCEPTED


def test_success_without_code() -> None:
    """A result without a code is success, and comes back whole."""
    assert judge({"result": {"protocol": "p"}}).result == {"protocol": "p"}


@pytest.mark.parametrize("code", ["2000", "199", 20, "2xx", "٢٠٠", True, [200], {"code": 200}])
def test_no_success(code: object) -> None:
    """Anything else than three such ASCII digits is a refusal."""
    assert judge({"result": {"code": code}}).word == REJECTED


@pytest.mark.parametrize("result", ["pong", ["a"], None, 7])
def test_raw_result(result: object) -> None:
    """A result that is no object comes back under ``raw``."""
    assert judge({"result": result}) == Outcome(ACCEPTED, {"raw": result})


def test_login_result() -> None:
    """The result of a login is accepted whatever ``code`` it holds."""
    assert judge({"result": {"code": "500"}}, read_code=False).word == ACCEPTED


@pytest.mark.parametrize(
    ("frame", "code", "message"),
    [
        ({"error": {"code": -32600, "message": "Invalid"}}, -32600, "Invalid"),
        ({"error": {}}, -1, "Unknown error"),
        ({"error": {"code": "busy", "message": ""}}, -1, "Unknown error"),
        ({"error": {"code": "409", "message": 7}}, 409, "7"),
        ({"error": "went wrong"}, -1, "went wrong"),
        ({"result": {"code": "400", "message": "Bad params"}}, 400, "Bad params"),
        ({"result": {"code": "many", "message": None}}, -1, "Unknown error"),
        ({"result": {"code": 1e400}}, -1, "Unknown error"),
    ],
)
def test_refusal(frame: dict[str, object], code: int, message: str) -> None:
    """A refusal tells the server's code and message; -1 and "Unknown error" where it gave none."""
    error = judge(frame).error

    assert error is not None
    assert (error.code, error.message) == (code, message)


@pytest.mark.parametrize("code", [404, "404"])
@pytest.mark.parametrize("key", ["result", "error"])
def test_unknown(code: object, key: str) -> None:
    """A 404 says unknown, in a result as well as in an error."""
    assert judge({key: {"code": code}}).word == UNKNOWN


@pytest.mark.parametrize("code", [410, "410"])
@pytest.mark.parametrize("key", ["result", "error"])
def test_gone(code: object, key: str) -> None:
    """A 410 says gone, in a result as well as in an error."""
    assert judge({key: {"code": code}}).word == GONE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "message", "x"]), inner),
    max_leaves=6,
)


@given(frame=st.dictionaries(st.sampled_from(["result", "error"]), JSON, min_size=1))
def test_any_reply(frame: dict[str, object]) -> None:
    """Every reply has an outcome: accepted without an error, or anything else with one."""
    outcome = judge(frame)

    assert (outcome.word == ACCEPTED) == (outcome.error is None)


def test_lost() -> None:
    """A request without a reply is lost, which no server has said."""
    outcome = lost(ConnectionLostError("Connection closed"))

    assert (outcome.word, outcome.answered) == (LOST, False)


def test_answered() -> None:
    """Any outcome that the server gave counts as answered, a refusal too."""
    assert judge({"error": {}}).answered


def test_requests_differ() -> None:
    """Two requests are never the same one, however alike, so that each is waited for by itself."""
    assert Request("calling.play", {}) != Request("calling.play", {})
