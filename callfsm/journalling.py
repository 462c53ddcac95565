"""The journal of a client: which recorder records it, and when that begins and rests."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from callfsm.pump import Pump

if TYPE_CHECKING:
    from callfsm.recorder import Recorder


def _recorder(journal: str | os.PathLike[str] | Recorder) -> Recorder:
    from callfsm.recorder import Recorder  # noqa: PLC0415  # few programs record

    if isinstance(journal, Recorder):
        return journal
    if not isinstance(journal, str | os.PathLike):
        raise TypeError(f"journal={journal!r}: a path or a Recorder")
    return Recorder(journal)


class Journalling:
    """What a client does about its journal. See `callfsm.RelayClient`."""

    _pump: Pump
    _recorder: Recorder | None

    @property
    def journal(self) -> Recorder | None:
        """What records the client; ``None`` when nothing does."""
        return self._recorder

    @journal.setter
    def journal(self, journal: str | os.PathLike[str] | Recorder | None) -> None:
        """Record the client from now on, in this file; set it before the client connects.

        Raises:
            TypeError: It is neither a path nor a `Recorder`.
            ValueError: It names no file, or one that another client of this process records into.
            FileNotFoundError: The folder of the file is not there.
            IsADirectoryError: It is a folder.
        """
        recorder = None if journal is None else _recorder(journal)
        before = self._recorder
        if before is not None and before is not recorder:
            before.detach()  # The new one may write the same file.
        try:
            if recorder is not None:
                recorder.attach(self._pump)
        except ValueError:
            if before is not None:
                before.attach(self._pump)
            raise
        self._recorder = recorder

    def _begin_recording(self) -> None:
        if self._recorder is not None:
            self._recorder.begin()

    async def _end_recording(self) -> None:
        recorder = self._recorder
        if recorder is not None:
            recorder.rest()
            # The disk may be slow, and other clients may live on this loop.
            await asyncio.get_running_loop().run_in_executor(None, recorder.close)
