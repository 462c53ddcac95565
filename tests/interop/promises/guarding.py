"""What is promised of credentials: they go to the server that was named, and nowhere else."""

from __future__ import annotations

import json

from plain_server import PlainServer
from staging import TOKEN, Finding, Stage, promise

SECURITY = "Security"


def _has_heard_token(server: PlainServer) -> bool:
    return TOKEN in json.dumps([heard.frame for heard in server.heard])


async def _leads_to(stage: Stage, other: PlainServer) -> Finding:
    """The program has been told where to connect to; the other server must not hear the credentials."""
    how = (await stage.told("outcome"))["how"]
    astray = _has_heard_token(other)
    return Finding(
        not astray, f"`connect()` {how}, and {'the other server has the token' if astray else 'nothing was sent'}"
    )


@promise(SECURITY, "A redirect to another server is not followed with the credentials")
async def redirect_not_followed(stage: Stage) -> Finding:
    async with PlainServer(stage.certificates.context()) as other:
        stage.server.redirects_to = f"wss://localhost:{other.port}/"
        stage.tells(f"127.0.0.1:{stage.server.port}")
        return await _leads_to(stage, other)


@promise(SECURITY, "A server whose certificate nobody trusts does not get the credentials")
async def untrusted_certificate(stage: Stage) -> Finding:
    async with PlainServer(stage.certificates.context(trusted=False)) as other:
        stage.tells(f"127.0.0.1:{other.port}")
        return await _leads_to(stage, other)


@promise(SECURITY, "A server whose certificate is another host's does not get the credentials")
async def certificate_of_another_host(stage: Stage) -> Finding:
    async with PlainServer(stage.certificates.context("relay.example.test")) as other:
        stage.tells(f"127.0.0.1:{other.port}")
        return await _leads_to(stage, other)


@promise(SECURITY, "A host that holds a path, a user or a space is refused")
async def odd_hosts(stage: Stage) -> Finding:
    taken = (await stage.told("taken"))["hosts"]
    return Finding(not taken, "it is" if not taken else f"taken: {', '.join(taken)}")


@promise(SECURITY, "A program that logs everything at debug level (`logging.basicConfig`) does not log the token")
async def whole_log(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    leaked = TOKEN.encode() in stage.output
    return Finding(not leaked, "the token is in the log" if leaked else "the token is not in the log")
