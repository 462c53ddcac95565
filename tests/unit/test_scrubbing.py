"""`callfsm.core.scrubbing`: what a log may show of frames and of other texts."""

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from callfsm.core.scrubbing import mask, scrub

SECRET = st.text(min_size=6, max_size=12).filter(lambda text: text.strip("*+0123456789.() -") != "")
KEYS = ("token", "project", "project_id", "jwt_token", "authorization_state", "password", "control_token")
PRIVATE = ("digits", "body", "payment_card_number", "payment_card_security_code", "payment_card_postal_code")


def shown(frame: Any) -> Any:
    """What is shown of a frame."""
    return json.loads(scrub(json.dumps(frame)))


@pytest.mark.parametrize("key", KEYS)
@given(value=st.text() | st.integers() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()))
def test_credentials_by_key(key: str, value: object) -> None:
    """What stands under the key of a credential is not shown, whatever it is."""
    assert shown({"a": [{key: value, "x": 1}]}) == {"a": [{key: "***", "x": 1}]}


@given(secret=SECRET, around=st.sampled_from(["", "a", "\n"]))
def test_credentials_by_value(secret: str, around: str) -> None:
    """A live credential is not shown wherever it stands, as a value or as a key."""
    assume("message".count(secret) == 0)  # else the key by which it is looked for here would go as well
    text = scrub(json.dumps({"message": [around + secret + around], around + secret: 1}), [secret])

    assert secret not in json.loads(text)["message"][0] + "".join(json.loads(text))


def test_credentials_in_disguise() -> None:
    """JSON has many ways to write a letter; none hides a key or a value."""
    text = scrub(r'{"to\u006ben":"a","x":"\u0053ECRET-1","\u0064igits":"12"}', ["SECRET-1"])

    assert json.loads(text) == {"token": "***", "x": "***", "digits": "***"}


def test_credentials_within_credentials() -> None:
    """A credential that begins with another one leaves no rest."""
    assert scrub("secret-key-long", ["secret-key", "secret-key-long"]) == "***"


@pytest.mark.parametrize("key", PRIVATE)
def test_private(key: str) -> None:
    """What is private is not shown: digits, message bodies, cards."""
    assert shown({"a": {key: "4111 #"}, "b": {key: 4111}, "c": {key: ["4", "1"]}}) == {
        each: {key: "***"} for each in "abc"
    }


@pytest.mark.parametrize("value", ["", None, [], {"max": 4}])
def test_nothing_private(value: object) -> None:
    """That nothing was pressed or written is shown, and what may be pressed."""
    assert shown({"digits": value}) == {"digits": value}


@pytest.mark.parametrize(
    ("kind", "name", "value", "expected"),
    [
        ("digit", "event", "5#", "***"),
        ("digit", "event", "finished", "finished"),
        ("digit", "event", 5, 5),
        ("speech", "text", "my card is", "***"),
        ("speech", "confidence", 0.5, 0.5),
        ("machine", "event", "MACHINE", "MACHINE"),
        ("tts", "text", "hello", "hello"),
    ],
)
def test_told_by_a_caller(kind: str, name: str, value: object, expected: object) -> None:
    """What a caller says or presses is not shown; what the program says is."""
    assert shown({"type": kind, "params": {name: value}}) == {"type": kind, "params": {name: expected}}


def test_kind_without_params() -> None:
    """A result that is not what it should be is shown as it is."""
    assert shown({"type": "speech", "params": "x"}) == {"type": "speech", "params": "x"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("+15550100001", "+1555*****01"),
        ("15550100001", "15550****01"),
        ("555 0100", "555 0*00"),
        ("911", "***"),
        ("sip:alice@example.com", "sip:***@example.com"),
        ("office", "office"),
        (15550100001, "***"),
        (True, True),
        (None, None),
        (["+15550100001"], ["+1555*****01"]),
        ({"x": "+15550100001"}, {"x": "+1555*****01"}),
    ],
)
@pytest.mark.parametrize("key", ["to_number", "from_number", "to", "from", "caller_id_number"])
def test_numbers_by_key(key: str, value: object, expected: object) -> None:
    """Where a number belongs, one without a plus is a number too."""
    assert shown({key: value}) == {key: expected}


@given(number=st.from_regex(r"\+[0-9]{7,20}", fullmatch=True))
def test_numbers_anywhere(number: str) -> None:
    """A phone number keeps its beginning and its last two digits, and its length, wherever it stands."""
    assert scrub(f"call {number}, now") == f"call {number[:5]}{'*' * (len(number) - 7)}{number[-2:]}, now"


@pytest.mark.parametrize("number", ["+1 (555) 010-0001", "+1-555-010-0001", "+1.555.010.0001", "+1 555 010 0001"])
def test_numbers_as_people_write_them(number: str) -> None:
    """Spaces and hyphens within a number do not show it."""
    assert "010" not in scrub(f"call {number}")


@pytest.mark.parametrize("number", ["+12345", "+123456", "911"])
def test_short_numbers(number: str) -> None:
    """Of a number so short that its ends would tell it, nothing is shown."""
    assert mask(number) == "*" * len(number)


@pytest.mark.parametrize(
    "address", ["https://user:PRIVATE@example.com/a.mp3", "http://PRIVATE@example.com", "rtmps://a:PRIVATE@h/x@y"]
)
def test_passwords_in_addresses(address: str) -> None:
    """What stands before the host of an address is not shown; the host is."""
    text = scrub(f"play {address}")

    assert (False, True, True) == (
        "PRIVATE" in text,
        "://***@" in text,
        "PRIVATE" not in shown({"url": address})["url"],
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("sip:alice@example.com", "sip:***@example.com"),
        ("SIPS:+15550100001@example.com;x=y", "SIPS:***@example.com;x=y"),
        ("<sip:a:b@example.com>", "<sip:***@example.com>"),
        ("sip:example.com", "sip:example.com"),
    ],
)
def test_sip_users(address: str, expected: str) -> None:
    """Who is called or calls by SIP is not shown; where is."""
    assert (expected, {"x": expected}) == (scrub(f"{address}"), shown({"x": address}))


@pytest.mark.parametrize(
    "text",
    [
        '"token": "PRIVATE"',
        "{'token': 'PRIVATE'}",
        "RelayClient(project='PRIVATE', token=\"PRIVATE\")",
        "https://x/?token=PRIVATE&a=b",
        "SIGNALWIRE_API_TOKEN=PRIVATE",
        "Authorization: Bearer PRIVATE",
        "{'Authorization': 'Basic PRIVATE'}",
        "digits='PRIVATE'",
        "{'digits': 'PRIVATE'",
        '{"body":"PRIVATE","x',
        '{"token":"a\\"PRIVATE"',
    ],
)
def test_texts(text: str) -> None:
    """In a text that is no frame, keys are known as JSON, Python, addresses and shells write them."""
    assert "PRIVATE" not in scrub(text)


def test_numbers_in_texts() -> None:
    """A number under its key is masked in the text of an exception too."""
    assert scrub("{'from_number': '15550100001'}") == "{'from_number': '15550****01'}"


@pytest.mark.parametrize("text", ["token: x", "the project is late", "to 15 of 20", "", "1 + 2"])
def test_ordinary_texts(text: str) -> None:
    """What is no secret is shown."""
    assert scrub(text, ["", "other", "x"]) == text


@given(depth=st.sampled_from([50, 101, 5_000]))
def test_deep(depth: int) -> None:
    """However deep a frame is, what is private in it is not shown."""
    assert "4321" not in scrub('{"x":' * depth + '{"digits":"4321"}' + "}" * depth)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=5) | st.sampled_from([*KEYS, *PRIVATE, "to", "type", "params"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(text=st.text() | st.text("token=:\"' +1sip@{}", max_size=20) | JSON.map(json.dumps))
def test_scrubbing_twice(text: str) -> None:
    """What has been scrubbed stays as it is."""
    assert scrub(text) == scrub(scrub(text))


@given(JSON)
def test_frames_stay_frames(frame: object) -> None:
    """What is shown of a frame has the shape that the frame has."""
    whole = {"x": frame}

    assert isinstance(shown(whole), dict)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sip_from_user", "15550100001"),
        ("sip_from_user", "PRIVATE"),
        ("sip_from_uri", "PRIVATE@pbx.example"),
        ("sip_contact_uri", "15550100001@10.0.0.1:5060"),
        ("to", "PRIVATE@example.com"),
    ],
)
def test_sip_facts(key: str, value: str) -> None:
    """Who is called by SIP is hidden also where the wire tells it without a scheme."""
    told = shown({key: value})[key]

    assert [] == [word for word in ("PRIVATE", "15550100001") if word in told]
