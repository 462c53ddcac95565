"""One promise: what is promised, and how it is measured around one client's program."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import trustme
from plain_server import CALL, Frame, PlainServer

PROGRAM: Final = Path(__file__).parent / "programs" / "program.py"
PATIENCE: Final = 5.0
"""How long something is waited for before it counts as not coming."""
LOGIN_PATIENCE: Final = 20.0
"""How long a program may take to start and log in, on a busy machine."""
TOKEN: Final = "PT5f1c7a90d2"  # noqa: S105  # of no server but the one here
_A_MOMENT: Final = 0.5
"""How long a client may take over the reply to its login; an offer right behind it would be a race."""
_KEPT_OUTPUT: Final = 4_000_000
_FOREIGN: Final = (
    "SIGNALWIRE_",
    "RELAY_",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
)
"""What a user's environment may hold, and would change what is measured."""


class Finding(NamedTuple):
    """What was measured of one client: whether the promise was kept, and what it did."""

    kept: bool
    words: str


class NotMeasuredError(Exception):
    """A program did not come to where its promise could be measured."""


@dataclass(frozen=True)
class Library:
    """A client under test."""

    module: str
    python: str


@dataclass(frozen=True)
class Promise:
    """One row of the table; the program of the same name is run with each client.

    Attributes:
        family: The part of the table it stands in.
        words: What is promised, told the same way for both.
        script: What the server does, and what is found.
        seconds: How long one run may take.
    """

    name: str
    family: str
    words: str
    script: Script
    seconds: float


@dataclass
class Stage:
    """One run of one promise's program: its server, and what it tells."""

    server: PlainServer
    certificates: Certificates
    module: str
    process: asyncio.subprocess.Process
    output: bytearray = field(default_factory=bytearray)
    _told: list[Frame] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def told(self, what: str, seconds: float = LOGIN_PATIENCE) -> Frame:
        """Wait for what the program tells of something.

        Raises:
            NotMeasuredError: It has not told it in time.
        """
        found = await self.hears(what, seconds)
        if found is None:
            raise NotMeasuredError(f"the program has not told {what!r}, but {[told['what'] for told in self._told]}")
        return found

    async def hears(self, what: str, seconds: float) -> Frame | None:
        """Wait for what the program tells of something: it, or nothing once the time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.all_told(what):
                    self._news.clear()
                    await self._news.wait()
        return next(iter(self.all_told(what)), None)

    def all_told(self, what: str) -> list[Frame]:
        """What the program has told of something until now."""
        return [told for told in self._told if told["what"] == what]

    async def outcome(self, what: str = "outcome") -> str:
        """How the program's wait has ended, in its words."""
        words = (await self.told(what))["how"]
        assert isinstance(words, str)
        return words

    async def logged_in(self, times: int = 1, seconds: float = LOGIN_PATIENCE) -> None:
        """Wait for the program's login, and until the answer to it is on its way.

        Raises:
            NotMeasuredError: It has not come.
        """
        if await self.server.hears("signalwire.connect", seconds, times=times) is None:
            raise NotMeasuredError(f"the program has not logged in {times} times")

    async def asked(self, method: str, seconds: float = LOGIN_PATIENCE, **params: object) -> Frame:
        """Wait for a request without which nothing can be measured.

        Raises:
            NotMeasuredError: It has not come.
        """
        heard = await self.server.hears(method, seconds, times=1, **params)
        if heard is None:
            raise NotMeasuredError(f"the program has not sent {method}")
        return heard.frame

    async def offers(self, call_id: str = CALL) -> None:
        """Offer the program a call, once it has logged in."""
        await self.logged_in()
        await asyncio.sleep(_A_MOMENT)
        self.server.say(self.server.offer(call_id))

    async def loses_line(self) -> None:
        """Take the program's line away, and tell it once it must have noticed; it may come back later."""
        self.server.go_down()
        await asyncio.sleep(_A_MOMENT)
        self.tells("the line is down")

    def tells(self, line: str) -> None:
        """Tell the program what it has asked for on its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())

    async def read(self) -> None:
        """Take in what the program prints, until it has left."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            if line.startswith(b"told "):
                self._told.append(json.loads(line.removeprefix(b"told ")))
                self._news.set()
            elif len(self.output) < _KEPT_OUTPUT:
                self.output += line


Script = Callable[[Stage], Awaitable[Finding]]
PROMISES: list[Promise] = []


def promise(family: str, words: str, *, seconds: float = 60.0) -> Callable[[Script], Script]:
    """Let a function be the script of a promise."""

    def keep(script: Script) -> Script:
        name: str = script.__name__
        PROMISES.append(Promise(name, family, words, script, seconds))
        return script

    return keep


class Certificates:
    """A certificate authority that the programs trust, and one that they do not."""

    def __init__(self, folder: Path) -> None:
        self.ca_file = str(folder / "ca.pem")
        self._authority = trustme.CA()
        self._authority.cert_pem.write_to_path(self.ca_file)

    def context(self, *names: str, trusted: bool = True) -> ssl.SSLContext:
        """What a server of these names shows."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority = self._authority if trusted else trustme.CA()
        authority.issue_cert(*(names or ("127.0.0.1", "localhost"))).configure_cert(context)
        return context


def _environment(server: PlainServer, ca_file: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return {
        **ours,
        "SIGNALWIRE_PROJECT_ID": "project-1",
        "SIGNALWIRE_API_TOKEN": TOKEN,
        "SIGNALWIRE_SPACE": f"127.0.0.1:{server.port}",
        "SIGNALWIRE_RELAY_CA_FILE": ca_file,
        "PYTHONUNBUFFERED": "1",
    }


@asynccontextmanager
async def _staged(promise: Promise, library: Library) -> AsyncIterator[Stage]:
    with tempfile.TemporaryDirectory() as folder:
        certificates = Certificates(Path(folder))
        async with PlainServer(certificates.context()) as server:
            process = await asyncio.create_subprocess_exec(
                library.python,
                str(PROGRAM),
                library.module,
                promise.name,
                env=_environment(server, certificates.ca_file),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                limit=2**24,
            )
            stage = Stage(server, certificates, library.module, process)
            reader = asyncio.create_task(stage.read())
            try:
                yield stage
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
                await asyncio.wait({reader}, timeout=PATIENCE)
                reader.cancel()


async def measure(promise: Promise, library: Library) -> Finding | str:
    """Run a promise's program with one client: what was found, or why nothing could be."""
    async with _staged(promise, library) as stage:
        try:
            async with asyncio.timeout(promise.seconds):
                return await promise.script(stage)
        except Exception as error:  # noqa: BLE001  # whatever goes wrong in one run, the others are made
            said = stage.output[-2000:].decode(errors="replace")
            return f"{type(error).__name__}: {error}\n{said}"


def this_python() -> str:
    """The interpreter that runs the scripts, and the programs of callfsm."""
    return sys.executable
