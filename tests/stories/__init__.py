"""Stories: random programs, random callers and random faults, between the real client and the real simulator.

A *story* is a value (`stories.story`), drawn from one seed (`stories.drawing`). `stories.telling` lets it happen in
virtual time, over a line in memory on which its faults act; `stories.watching` looks on and knows what must never
be seen; `stories.shrinking` makes a story that went wrong as short as it can be.
"""
