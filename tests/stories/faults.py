"""Every kind of fault: each has a row here, with a docstring."""

from stories import frame_faults, line_faults, server_faults
from stories.fault_table import FAULTS

__all__ = ["FAULTS", "frame_faults", "line_faults", "server_faults"]
