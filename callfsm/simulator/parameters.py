"""Which params each command takes, as a table; the first fault is told.

Params that are not in the table pass, as the real server lets them: it learns new ones. What stands in the
table is what all sources agree on; where they differ, the table is the milder.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from callfsm.simulator.checks import LARGEST, Params, RefusedError

_MOST_DIGITS: Final = 9

_KINDS: Final[dict[str, tuple[str, Callable[[Any], bool]]]] = {
    "text": ("a string that is not empty", lambda value: isinstance(value, str) and value != ""),
    "string": ("a string", lambda value: isinstance(value, str)),
    "count": (
        "a string of digits",
        lambda value: isinstance(value, str) and value.isdecimal() and len(value) <= _MOST_DIGITS,
    ),
    "number": (
        "a number, 0 or more",
        lambda value: isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LARGEST,
    ),
    "whole": (
        "a whole number, 0 or more",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST,
    ),
    "flag": ("true or false", lambda value: isinstance(value, bool)),
    "object": ("an object", lambda value: isinstance(value, dict)),
    "list": ("a list", lambda value: isinstance(value, list)),
    "either": ("a string that is not empty, or an object", lambda value: isinstance(value, dict | str) and value != ""),
}

# fmt: off
_TABLE: Final = {
    # Each word is name:kind, with ! when it must be there, and =a|b with the values that are allowed.
    "calling.detect":           "control_id:text! detect:object! timeout:number",
    "calling.send_fax":         "control_id:text! document:text! identity:string header_info:string",
    "calling.receive_fax":      "control_id:text!",
    "calling.tap":              "control_id:text! tap:object! device:object!",
    "calling.stream":           "control_id:text! url:text! name:string codec:string track:string "
                                "status_url_method:string=GET|POST custom_parameters:object",
    "calling.transcribe":       "control_id:text! status_url:string",
    "calling.pay":              "control_id:text! payment_connector_url:text! input:string timeout:count "
                                "max_attempts:count min_postal_code_length:count security_code:string=true|false "
                                "postal_code:string payment_method:string=credit-card "
                                "token_type:string=one-time|reusable valid_card_types:string parameters:list prompts:list",
    "calling.ai":               "control_id:text! agent:text prompt:either post_prompt:either hints:list languages:list "
                                "params:object global_data:object SWAIG:object",
    "calling.amazon_bedrock":   "prompt:either post_prompt:either params:object global_data:object SWAIG:object",
    "calling.ai_message":       "message_text:string role:string=system|user|assistant reset:object global_data:object",
    "calling.ai_hold":          "timeout:count prompt:string",
    "calling.ai_unhold":        "prompt:string",
    "calling.ai_sidecar":       "lang:text! hints:list params:object permissions:object",
    "calling.ai_sidecar.ask":   "text:text!",
    "calling.ai_sidecar.poke":  "text:text!",
    "calling.live_transcribe":  "action:either!",
    "calling.live_translate":   "action:either!",
    "calling.echo":             "timeout:number",
    "calling.refer":            "device:object!",
    "calling.transfer":         "dest:either!",
    "calling.user_event":       "event:object!",
    "calling.bind_digit":       "digits:text! bind_method:text! params:object realm:text max_triggers:whole",
    "calling.clear_digit_bindings": "realm:text",
    "calling.queue.enter":      "control_id:text! queue_name:text! wait_time:whole status_url:string wait_url:string",
    "calling.queue.leave":      "control_id:text! queue_name:text! queue_id:string",
    "calling.join_conference":  "name:text! muted:flag beep:string=true|false|onEnter|onExit start_on_enter:flag "
                                "end_on_exit:flag max_participants:whole region:string=global|us|eu|ch coach:string "
                                "record:string=do-not-record|record-from-start trim:string=trim-silence|do-not-trim",
    "calling.leave_conference": "conference_id:text!",
    "calling.join_room":        "name:text!",
    "calling.begin":            "device:object! tag:string max_duration:number",
    "calling.call":             "device:object! tag:string max_duration:number",
    "messaging.send":           "to_number:text! from_number:text! body:string media:list tags:list context:string",
    "signalwire.execute":       "method:text! params:object!",
    "provisioning.configure":   "target:text! local_endpoint:text! external_endpoint:text! relay_connector_id:text!",
}
# fmt: on


class Param(NamedTuple):
    """One param of a command."""

    name: str
    kind: str
    required: bool
    allowed: tuple[str, ...]


def _param(word: str) -> Param:
    told, _, allowed = word.partition("=")
    name, _, kind = told.partition(":")
    return Param(name, kind.rstrip("!"), kind.endswith("!"), tuple(allowed.split("|")) if allowed else ())


PARAMETERS: Final[dict[str, tuple[Param, ...]]] = {
    method: tuple(_param(word) for word in words.split()) for method, words in _TABLE.items()
}
"""The params that are checked, by method; the first commands of the simulator check theirs where they read them."""


def check(method: str, params: Params) -> None:
    """Go on only if the params of a command are of the right kinds; ``null`` counts as not given.

    Raises:
        RefusedError: One is not, or is missing.
    """
    for param in PARAMETERS.get(method, ()):
        value = params.get(param.name)
        if value is None and not param.required:
            continue
        kind, accepts = _KINDS[param.kind]
        if not accepts(value):
            raise RefusedError(400, f"{param.name} must be {kind}, not {value!r}")
        if param.allowed and value not in param.allowed:
            raise RefusedError(400, f"{param.name} must be one of {', '.join(param.allowed)}, not {value!r}")
