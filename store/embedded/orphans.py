"""Keeps a child process from outliving its parent, even one killed with SIGKILL."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(stop: signal.Signals) -> Callable[[], None] | None:
    """What to pass as `preexec_fn` so that the kernel sends `stop` when the parent dies.

    The parent is the thread that starts the child, so start children from one that lasts.
    None where the kernel offers no such thing (anywhere but Linux).
    """
    if _LIBC is None:
        return None
    prctl, parent = _LIBC.prctl, os.getpid()

    def ask_the_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, stop)
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel
