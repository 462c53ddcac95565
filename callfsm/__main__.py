"""``python -m callfsm`` is the command ``callfsm``."""

from callfsm.cli import main

main()
