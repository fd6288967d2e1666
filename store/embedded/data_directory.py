"""The folder that `gatehouse up` keeps everything in, and the lock that gives it to one process."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.embedded.errors import DataDirectoryInUse, DataDirectoryUnusable, DiskFull

MINIMUM_FREE_BYTES = 256 * 1024 * 1024
_LOCK = "lock"


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold the data directory `home`, made first if need be, until the block ends.

    The lock goes with the process: however it ends, the next one gets it.
    Raises DataDirectoryInUse: another process holds it.
    Raises DataDirectoryUnusable: we may not write there.
    """
    try:
        if not home.is_dir():
            home.mkdir(parents=True)
            home.chmod(0o711)  # the server's account passes through; what is secret is 0600
        lock = os.open(home / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as reason:
        raise DataDirectoryUnusable(
            f"{home} cannot be written ({reason.strerror}): "
            "start as the user it belongs to, or name another folder with --data"
        ) from reason
    try:
        _take(lock, home)
        yield
    finally:
        os.close(lock)


def _take(lock: int, home: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 32, 0).decode().strip() or "unknown"
        raise DataDirectoryInUse(
            f"{home} is in use by process {holder}, another `gatehouse up`: "
            f"stop that one first (kill {holder}), or name another folder with --data"
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)


def require_room(folder: Path, *, minimum_bytes: int = MINIMUM_FREE_BYTES) -> None:
    """Raises DiskFull: the disk under `folder` has less than `minimum_bytes` free."""
    free = shutil.disk_usage(folder).free
    if free < minimum_bytes:
        raise DiskFull(
            f"the disk of {folder} has {free // 2**20} MiB free and the database needs "
            f"{minimum_bytes // 2**20} MiB: make room, or name another folder with --data"
        )
