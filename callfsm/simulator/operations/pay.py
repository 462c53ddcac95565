"""A simulated payment: the caller is asked for a card by spoken prompts, and keys it in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from callfsm.simulator import checks
from callfsm.simulator.media import Item, Player, items, speech_seconds
from callfsm.simulator.operations.cards import (
    CARD_NUMBER,
    EXPIRATION,
    POSTAL_CODE,
    SECURITY_CODE,
    Ask,
    Rules,
    brand,
    masked,
)
from callfsm.simulator.operations.operation import Operation, Order

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg

_EVENT: Final = "calling.call.pay"
_BRANDS: Final = "visa mastercard amex"
_PROCESSING_SECONDS: Final = 1.0


class Payment(NamedTuple):
    """How to take a payment."""

    asks: tuple[Ask, ...]
    timeout: float
    attempts: int
    brands: tuple[str, ...]
    postal_code: str
    """A postcode that is known already."""
    least_postal_code: int
    token: str
    prompts: list[Any]

    @classmethod
    def read(cls, params: dict[str, Any]) -> Payment:
        """Read the params of a pay, whose kinds have been checked.

        Raises:
            RefusedError: A prompt is none.
        """
        postal_code = params.get("postal_code") or "true"
        asks = [CARD_NUMBER, EXPIRATION]
        asks += [SECURITY_CODE] * (params.get("security_code") != "false")
        asks += [POSTAL_CODE] * (postal_code == "true")
        prompts = params.get("prompts") or []
        for prompt in prompts:
            if not isinstance(prompt, dict) or not isinstance(prompt.get("for"), str):
                raise checks.RefusedError(400, f'a prompt must be an object with "for", not {prompt!r}')
            if prompt.get("play"):
                checks.media(prompt)
            actions = prompt.get("actions") or []
            if not isinstance(actions, list) or not all(isinstance(action, dict) for action in actions):
                raise checks.RefusedError(400, f"actions must be a list of objects, not {actions!r}")
        return cls(
            tuple(asks),
            float(params.get("timeout") or 5),
            int(params.get("max_attempts") or 1),
            tuple((params.get("valid_card_types") or _BRANDS).replace(",", " ").split()),
            "" if postal_code in ("true", "false") else postal_code,
            int(params.get("min_postal_code_length") or 0),
            params.get("token_type") or "reusable",
            prompts,
        )


class Pay(Operation):
    """A payment: ``for`` each thing that is asked, and ``attempt``; at the end the ``result``."""

    def __init__(self, leg: Leg, control_id: str, payment: Payment) -> None:
        super().__init__("pay", leg, control_id)
        self._payment = payment
        self._given: dict[str, str] = {}
        self._left = list(payment.asks)
        self._attempt = 1
        self._pressed = ""
        self._player: Player | None = None
        self._listening = False

    def begin(self) -> None:
        """Ask for the card number."""
        self._ask("")

    def orders(self) -> Mapping[str, Order]:
        """What can be asked of it while it runs."""
        return {"stop": lambda _params: self._conclude("relay-pay-stop")}

    def press(self, digit: str) -> None:
        """A key: it belongs to what is being asked for, and cuts the prompt short."""
        if not self._listening:
            return
        if digit == "*":
            self._conclude("caller-interrupted-with-star")
            return
        self._silence()
        if digit != "#":
            self._pressed += digit
        if digit == "#" or len(self._pressed) >= self._left[0].most:
            self._take()
        else:
            self.timers.start("digit", self._payment.timeout, self._take)

    def halt(self) -> None:
        """Ask no more."""
        super().halt()
        self._listening = False
        self._silence()

    def report_last(self) -> None:
        """Report that the caller has hung up."""
        self._conclude("caller-hung-up")

    def _silence(self) -> None:
        assert self._player is not None, "the first prompt is heard as soon as it begins"
        self._player.stop()

    def _say(self, name: str, words: str, done: partial[None]) -> None:
        playlist = self._prompt(name) or [Item("tts", words, speech_seconds(words, self.settings))]
        self._player = Player(self.leg.exchange.clock, self.leg.ear, playlist, done=done)
        self._player.start()

    def _prompt(self, name: str) -> list[Item]:
        for prompt in self._payment.prompts:
            if prompt["for"] == name:
                if prompt.get("play"):
                    return items(prompt["play"], self.settings)
                phrases = [str(action.get("phrase", "")) for action in prompt.get("actions") or []]
                return [Item("tts", phrase, speech_seconds(phrase, self.settings)) for phrase in phrases]
        return []

    def _progress(self, name: str, **more: str) -> None:
        self.say("progress", partial(self.tell, _EVENT, {"for": name, "attempt": str(self._attempt), **more}))

    def _ask(self, fault: str) -> None:
        ask = self._left[0]
        self._pressed = ""
        self._listening = True
        self._progress(ask.name, **({"error_type": fault} if fault else {}))
        self._say(ask.name, ask.words, partial(self.timers.start, "digit", self._payment.timeout, self._take))

    def _take(self) -> None:
        self.timers.cancel("digit")
        ask, self._listening = self._left[0], False
        card = self._given.get(CARD_NUMBER.name, "")
        rules = Rules(self._payment.brands, card, self._payment.least_postal_code)
        fault = ask.fault(self._pressed, rules) if self._pressed else "timeout"
        if not fault:
            self._given[ask.name] = self._pressed
            self._left.pop(0)
            self._attempt = 1
            self._go_on()
        elif self._attempt >= self._payment.attempts:
            self._conclude("too-many-failed-attempts")
        else:
            self._attempt += 1
            self._ask(fault)

    def _go_on(self) -> None:
        if self._left:
            self._ask("")
            return
        self._progress("payment-processing", **self._told())
        pause = partial(self.timers.start, "processing", _PROCESSING_SECONDS, self._process)
        self._say("payment-processing", "Your payment is being processed.", pause)

    def _process(self) -> None:
        if self._given[CARD_NUMBER.name] in self.settings.declined_cards:
            self._progress("payment-failed", error_type="card-declined")
            self._say("payment-failed", "Your payment has failed.", partial(self._conclude, "payment-connector-error"))
        else:
            self._progress("payment-completed")
            self._say("payment-completed", "Thank you. Your payment has been made.", partial(self._conclude, "success"))

    def _told(self) -> dict[str, str]:
        known = {ask.name: self._given.get(ask.name, "") for ask in (CARD_NUMBER, EXPIRATION, SECURITY_CODE)}
        number, expiration, code = known.values()
        told = {
            "payment_card_number": masked(number),
            "payment_card_type": brand(number),
            "payment_card_expiration_date": expiration,
            "payment_card_security_code": masked(code, 0),
            "payment_card_postal_code": self._given.get(POSTAL_CODE.name, self._payment.postal_code),
        }
        return {name: value for name, value in told.items() if value}

    def _conclude(self, result: str) -> None:
        self.halt()
        told = {"result": result, "payment_method": "credit-card"} | self._told()
        if result == "success":
            confirmation = self.leg.exchange.new_id()
            told |= {"payment_token": self._payment.token, "payment_confirmation_code": confirmation}
        elif result == "payment-connector-error":
            told |= {"payment_error": "card-declined", "payment_connector_error_code": "card-declined"}
        if self.settings.states_in_results:
            told["state"] = "finished"
        self.say("finished", partial(self.tell, _EVENT, told))
