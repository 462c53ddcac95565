"""Coverage of the machines over a whole test run, all workers of pytest-xdist included."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from callfsm.testing.coverage import MachineCoverage
from callfsm.testing.coverage_report import percent
from callfsm.testing.options import number, setting
from callfsm.testing.relay import Relay

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

_KEY: Final = "callfsm_coverage"


class CoveragePlugin:
    """Sums up what every relay of this process has seen; the controller of workers gets what those have summed up."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.wanted = number(config, "cov-fail-under") if setting(config, "cov-fail-under") else 0.0
        self.total = MachineCoverage()
        self.lost = 0
        """How many workers have ended without a word."""
        Relay.watchers.append(self._note)

    def _note(self, relay: Relay) -> None:
        self.total += MachineCoverage.of(relay)

    @property
    def falls_short(self) -> bool:
        """Whether less of the call machine was covered than was asked for."""
        return not self.config.getoption("collectonly") and self.total.summary().transitions.percent < self.wanted

    def pytest_unconfigure(self) -> None:
        """Look at no relay any more."""
        Relay.watchers.remove(self._note)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what a worker has summed up."""
        told = getattr(node, "workeroutput", {}).get(_KEY)
        if told is None:
            self.lost += 1
        else:
            self.total += MachineCoverage.from_json(told)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Hand over what was summed up: to the controller, or into the files that were asked for."""
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output[_KEY] = self.total.to_json()
            return
        self._write("cov-json", self.total.to_json())
        self._write("cov-diagram", self.total.diagram())
        if self.falls_short and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _write(self, option: str, text: str) -> None:
        name = setting(self.config, option)
        if name:
            path = Path(self.config.invocation_params.dir, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Show the table, and whether it is too little."""
        if setting(self.config, "cov").lower() in {"true", "1", "yes", "on"}:
            terminalreporter.section("coverage of the machines")
            terminalreporter.write_line(self.total.report())
        if self.lost:
            terminalreporter.write_line(
                f"what {self.lost} workers took is missing: they ended before they told", red=True
            )
        if self.falls_short:
            taken = self.total.summary().transitions
            terminalreporter.write_line(
                f"FAIL callfsm: {taken} transitions of the call machine ({percent(taken)}) were taken; "
                f"--callfsm-cov-fail-under asks for {self.wanted:g} %",
                red=True,
            )
