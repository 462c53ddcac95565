"""Run one program with one client.

    python program.py LIBRARY NAME

LIBRARY is `signalwire.relay` or `callfsm`; each program uses only what both have.
"""

import asyncio
import importlib
import sys
from pathlib import Path

from telling import PROGRAMS

library, name = sys.argv[1:]
for file in sorted(Path(__file__).parent.glob("*_programs.py")):
    importlib.import_module(file.stem)
running = PROGRAMS[name](importlib.import_module(library))
if running is not None:
    asyncio.run(running)
