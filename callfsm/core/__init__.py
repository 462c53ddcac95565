"""The pure half of callfsm: what a call is and how it may change, without any input or output.

Five laws hold in this package, and tests hold the laws:

1. **No row, no transition.** Whatever decides a state change is a row in `callfsm.core.tables`.
2. **Only what arrives moves a machine**: a reply, a report, the line opening or dropping, a time limit
   passing. A command (an *ask*) is checked by its guard and sends its frame; it has no destination.
3. **Effects are values.** Guards, exit hooks and enter hooks only append to a list of effects (send this
   frame, settle this wait); the asyncio half performs them, in order.
4. **Every wait ends.** When a model can no longer reach what a waiter hopes for, the waiter is told at once.
5. **No clock, no socket, no task, no logger, no randomness**, so that Hypothesis can run the core to
   exhaustion and a recording can be replayed.

A frame comes in through `Session.receive`, which parses it (`frames`), finds whose it is
(`switchboard`), fires the engine of that subject (`machine`, built from `tables`) and leaves the
consequences in `Session.effects`. A command goes out through `CallModel.ask` or `OperationModel.ask`
(`model`), whose wire form `wire` knows.
"""
