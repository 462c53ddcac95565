"""Programmable phone calls as explicit state machines, over SignalWire RELAY."""
