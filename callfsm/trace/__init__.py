"""Recordings made readable: their calls as a table, one call as a ladder, a sequence diagram or a page."""
