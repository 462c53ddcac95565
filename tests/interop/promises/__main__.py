"""Measure, promise by promise, what callfsm and the official client keep, and write docs/promises.md.

    python tests/interop/promises PYTHON-THAT-HAS-SIGNALWIRE-SDK [PROMISE...]

With the names of promises only those are measured, and printed. The exit status is 1 when callfsm breaks a
promise, 2 when one could not be measured.
"""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
import time
from pathlib import Path

from staging import PROMISES, Finding, Library, Promise, measure, this_python
from table import page, told

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "docs" / "promises.md"
FAMILIES = (
    "waiting",
    "operating",
    "commanding",
    "offering",
    "dialing",
    "messaging",
    "listening",
    "receiving",
    "connecting",
    "guarding",
    "resuming",
)
AT_ONCE = 8
LONG = 100.0

Measured = dict[tuple[str, str], Finding | str]


async def measure_all(promises: list[Promise], libraries: tuple[Library, Library]) -> Measured:
    """Measure every promise with both clients, those first that take longest."""
    places = asyncio.Semaphore(AT_ONCE)
    measured: Measured = {}

    async def one(promise: Promise, library: Library) -> None:
        # What takes long only waits: it takes nobody's place.
        if promise.seconds >= LONG:
            measured[promise.name, library.module] = await measure(promise, library)
            return
        async with places:
            measured[promise.name, library.module] = await measure(promise, library)

    async with asyncio.TaskGroup() as group:
        for promise in sorted(promises, key=lambda promise: -promise.seconds):
            for library in libraries:
                group.create_task(one(promise, library))
    return measured


def report(promises: list[Promise], libraries: tuple[Library, Library], measured: Measured) -> int:
    """Print what was found: the exit status."""
    status, unmeasured = 0, []
    for promise in promises:
        print(f"{promise.words} [{promise.name}]")
        for library in libraries:
            finding = measured[promise.name, library.module]
            print(f"    {library.module}: {told(finding) if isinstance(finding, Finding) else finding}")
            if isinstance(finding, str):
                status = 2
                unmeasured.append(f"{promise.name} with {library.module}")
            elif library is libraries[1] and not finding.kept:
                status = max(status, 1)
    if unmeasured:
        print(f"not measured: {', '.join(unmeasured)}")
    return status


def write_page(libraries: tuple[Library, Library], measured: Measured) -> None:
    """Write the page of what was found of every promise."""
    found = {key: finding for key, finding in measured.items() if isinstance(finding, Finding)}
    official, ours = (library.module for library in libraries)
    findings = {name: (found[name, official], found[name, ours]) for name, _ in found}
    packages = ("signalwire-sdk", "callfsm")
    versions = [versions_of(library, name) for library, name in zip(libraries, packages, strict=True)]
    PAGE.write_text(page(PROMISES, findings, (versions[0], versions[1])), encoding="utf-8")


def versions_of(library: Library, package: str) -> str:
    """The package's version where the library is installed, what carries its frames there, and what runs it."""
    script = (
        "import platform; from importlib.metadata import version; "
        f"print('{package}', version('{package}'), 'with websockets', version('websockets'), "
        "'on Python', platform.python_version())"
    )
    return subprocess.run([library.python, "-c", script], capture_output=True, text=True, check=True).stdout.strip()


def main(python: str, *names: str) -> int:
    """Measure all promises, or those that are named: the exit status."""
    begun = time.monotonic()
    for family in FAMILIES:
        importlib.import_module(family)
    if unknown := set(names) - {promise.name for promise in PROMISES}:
        sys.exit(f"there is no promise {', '.join(sorted(unknown))}; there are {', '.join(p.name for p in PROMISES)}")
    promises = [promise for promise in PROMISES if not names or promise.name in names]
    libraries = (Library("signalwire.relay", python), Library("callfsm", this_python()))
    measured = asyncio.run(measure_all(promises, libraries))
    status = report(promises, libraries, measured)
    if not names and status < 2:
        write_page(libraries, measured)
    print(f"measured {len(promises)} promises in {time.monotonic() - begun:.0f} s")
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if sys.argv[1:] else __doc__)
