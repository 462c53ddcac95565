"""Every kind of step: each has a row here, with a docstring."""

from stories import call_steps, operation_steps
from stories.acting import STEPS

__all__ = ["STEPS", "call_steps", "operation_steps"]
