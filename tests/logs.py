"""What a log holds, for the tests of its lines."""

import pytest


def lines(caplog: pytest.LogCaptureFixture, event: str) -> list[str]:
    """The lines of one event."""
    return [record.getMessage() for record in caplog.records if record.getMessage().split()[0] == event]
