"""Who goes first where the processor is short: whoever takes leads in and the database, then who
answers people, then mails and all other jobs.
"""

import os
from contextlib import suppress
from pathlib import Path

WEB, JOBS = 5, 7  # steps back, as those of `nice`


def step_back(steps: int) -> None:
    """Let others go first who are in other sessions, where Linux parts the processor between
    sessions (autogroup, see sched(7)). Elsewhere nothing happens, nor in a session that is not
    this process's own, such as that of a terminal.
    """
    if os.getsid(0) == os.getpid():
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(steps))
