"""Hostile frames into a client in memory: what is sent, what must hold, and how a failure is made small."""
