"""A WebSocket of the `websockets` library that reads and writes by the batch.

Handshake, proxies, TLS, control frames and closing are the library's. Texts are taken as they are read, all of one
read together, without a task or a queue between; what is sent in one turn of the event loop leaves in one write.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from websockets.asyncio.client import ClientConnection
from websockets.frames import DATA_OPCODES, CloseCode, Frame, Opcode
from websockets.protocol import State

from callfsm.core.frames import MAX_BYTES
from callfsm.transport import Receiver

READ_BYTES: Final = 16 * 1024
"""As much as a TLS record holds. asyncio makes a buffer of 256 kB for each read of who brings none of his own, and the
remains of those cost a process that runs for long megabytes of heap."""
MAX_UNSENT: Final = 2 * MAX_BYTES
"""How many bytes may wait for a server that does not read; beyond it the line is dropped."""


class JoinedConnection(ClientConnection, asyncio.BufferedProtocol):
    """A client's connection.

    Attributes:
        failure: What the receiver has raised; the line is dropped then.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.failure: Exception | None = None
        self._receiver: Receiver | None = None
        self._read = memoryview(bytearray(READ_BYTES))
        self._arrived: list[str | bytes] = []
        self._opcode = Opcode.TEXT
        self._begun = bytearray()
        """What has come of a message that comes in pieces: its bytes alone, since there may be millions of pieces."""
        self._outgoing: list[bytes] = []
        self._posted = 0
        self._is_flushing = False

    def hear(self, receiver: Receiver) -> None:
        """Hand over what arrives, and what has arrived until now."""
        self._receiver = receiver
        self._hand_over()

    def process_event(self, event: Any) -> None:
        """Take one event of the protocol: a part of a message here, anything else as the library does."""
        if not isinstance(event, Frame) or event.opcode not in DATA_OPCODES:
            super().process_event(event)
            # Pings are answered by the library, whether the answers are read or not.
            self._drop_unread()
            return
        if event.opcode is not Opcode.CONT:
            self._opcode = event.opcode
        if event.fin and not self._begun:
            self._take(self._opcode, bytes(event.data))
            return
        self._begun += event.data
        if event.fin:
            data, self._begun = bytes(self._begun), bytearray()
            self._take(self._opcode, data)

    def _take(self, opcode: Opcode, data: bytes) -> None:
        try:
            self._arrived.append(data.decode() if opcode is Opcode.TEXT else data)
        except UnicodeDecodeError as error:
            # What has come before it is heard; RFC 6455, 8.1 wants the connection closed.
            self.protocol.fail(CloseCode.INVALID_DATA, f"{error.reason} at position {error.start}")
            self.send_data()

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Where the next read goes; always the same place."""
        return self._read

    def buffer_updated(self, nbytes: int) -> None:
        """Take what one read has brought."""
        self.data_received(bytes(self._read[:nbytes]))

    def data_received(self, data: bytes) -> None:
        """The same, for event loops that bring a buffer of their own, as uvloop does."""
        super().data_received(data)
        self._hand_over()

    def _hand_over(self) -> None:
        if self._receiver is None or not self._arrived:
            return
        arrived, self._arrived = self._arrived, []
        try:
            self._receiver(arrived)
        except Exception as error:  # noqa: BLE001  # the library would close the line without a word of why
            self.failure = error
            self.transport.abort()
        # Behind the tasks that have just been woken: what they ask leaves with it.
        self._flush_soon()

    def post(self, texts: list[str]) -> None:
        """Let texts leave, in order, with all that is posted until the end of this turn."""
        encoded = [text.encode() for text in texts]
        self._outgoing += encoded
        self._posted += sum(map(len, encoded))
        self._flush_soon()
        self._drop_unread()

    def _flush_soon(self) -> None:
        if not self._is_flushing:
            self._is_flushing = True
            self.loop.call_soon(self.flush)

    def flush(self) -> None:
        """Let what was posted leave now; after a close it is dropped."""
        self._is_flushing = False
        if not self._outgoing:
            return
        texts, self._outgoing = self._outgoing, []
        self._posted = 0
        if self.protocol.state is not State.OPEN or self.transport.is_closing():
            return
        for text in texts:
            self.protocol.send_text(text)
        self.transport.write(b"".join(self.protocol.data_to_send()))

    def _drop_unread(self) -> None:
        if self.unsent > MAX_UNSENT:
            self.transport.abort()

    @property
    def unsent(self) -> int:
        """How many bytes wait for a server that does not read."""
        written = self.transport.get_write_buffer_size() if not self.transport.is_closing() else 0
        return self._posted + written
