"""A call as a picture: in a notebook, it is its diagram."""

import pytest
from clock import in_virtual_time, turns
from scripted import answered

from callfsm import Call, diagram
from callfsm.diagrams import FORMATS
from callfsm.picturing import CallPicture


class Nobody:
    """A transport that sends nothing."""

    async def execute(self, _method: str, _params: dict[str, object]) -> dict[str, object]:
        """Accept whatever is asked."""
        return {}


def made(state: str = "created") -> Call:
    """A call that is made by hand."""
    return Call(Nobody(), "call-1", "node-1", "project-1", "office", state=state)


def moved() -> Call:
    """A call that was answered and has ended."""
    call = made()
    for state in ("created", "ringing", "answered", "answered", "ended"):
        call.receive({"event_type": "calling.call.state", "params": {"call_id": "call-1", "call_state": state}})
    return call


WAY = [("created", "answered", "answered"), ("answered", "ended", "ended")]


@pytest.mark.parametrize("form", FORMATS)
@in_virtual_time
async def test_diagram(form: str) -> None:
    """A call is drawn with the state that it is in, and the way that it took there."""
    assert diagram("call", form, current="ended", path=WAY) == moved().diagram(form)


@in_virtual_time
async def test_before_anything_has_happened() -> None:
    """A call that has not moved yet is drawn where it is."""
    assert diagram("call", current="answered") == made("answered").diagram()


@in_virtual_time
async def test_calls_of_a_client() -> None:
    """The way of a client's call is that of the transitions that observers are told."""
    async with answered() as (call, server):
        server.state("ending")
        await turns()

        assert (
            diagram(
                "call",
                current="ending",
                path=[("created", "answer_accepted", "answered"), ("answered", "ending", "ending")],
            )
            == call.diagram()
        )


@in_virtual_time
async def test_a_notebook_shows_it() -> None:
    """A notebook is given the picture as SVG and as Markdown, and one line of plain text."""
    call = moved()
    shown = call._repr_mimebundle_()

    assert {
        "image/svg+xml": call.diagram("svg"),
        "text/markdown": f"`{call!r}`\n\n```mermaid\n{call.diagram()}```\n",
        "text/plain": repr(call),
    } == shown


@in_virtual_time
async def test_hostile_id() -> None:
    """An id that the server has made up is text in a notebook, whatever stands in it."""
    shown = Call(Nobody(), "`\n\n<b>\x1b[31m", "node-1", "project-1", "office")._repr_mimebundle_()

    assert "`<Call id='\\n\\n<b>\\x1b[31m state=created direction=>`" == shown["text/markdown"].splitlines()[0]
    assert shown["text/plain"].isprintable()


@in_virtual_time
async def test_only_what_is_wanted() -> None:
    """A notebook may ask for some forms only, or for all but some."""
    call = moved()

    assert (["text/plain"], ["image/svg+xml", "text/plain"]) == (
        list(call._repr_mimebundle_(include={"text/plain"})),
        list(call._repr_mimebundle_(exclude=["text/markdown"])),
    )


@in_virtual_time
async def test_nothing_is_kept_that_grows() -> None:
    """However much is heard of a call, three steps are the most that it remembers."""
    call = made()
    for state in ("answered", *["answered", "ringing"] * 100, "ending", "ending", "ended", "ended"):
        call.receive({"event_type": "calling.call.state", "params": {"call_id": "call-1", "call_state": state}})

    assert 3 == len(call._way)


def test_a_call_that_has_not_moved_costs_nothing() -> None:
    """A call keeps no list of its own until it moves."""
    assert () == CallPicture._way


@in_virtual_time
async def test_unknown_form() -> None:
    """A form that there is not is told, with those that there are."""
    with pytest.raises(ValueError, match="there is no format 'crayon'; there are mermaid"):
        made().diagram("crayon")
