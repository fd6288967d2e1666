"""Asks the operating system about processes."""

import psutil


def is_gone(pid: int) -> bool:
    """Whether the process ended, even if nobody has taken note of its end yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
