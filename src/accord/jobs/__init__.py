"""The tasks of the worker, found by their names. Shells only: each makes one call.

Jobs run at least once. What they call claims its work by UPDATE, so that a second run finds
nothing left to do.
"""

from accord.jobs import forgetting, rescue, tasks

__all__ = ["forgetting", "rescue", "tasks"]
