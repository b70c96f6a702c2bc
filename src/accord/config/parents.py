"""A child that ends when the process that started it does, however that one ended."""

import ctypes
import os
import platform
import signal
import threading
import time

# The supervisor's process id; without it there is nobody to follow.
PARENT = "ACCORD_SUPERVISOR"
PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ends this process by SIGTERM when its supervisor is gone, if it has one."""
    parent = int(os.environ.get(PARENT, "0"))
    if parent:
        die_with(parent)


def die_with(parent: int) -> None:
    """Ends this process by SIGTERM when its parent is gone. On Linux the kernel sees to it."""
    if platform.system() == "Linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), signal.SIGTERM)
        return
    threading.Thread(target=_watch, args=[parent], daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
