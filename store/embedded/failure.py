"""Reads from the last words of a PostgreSQL that did not start what a person can do about it."""

from pathlib import Path

from store.embedded.errors import (
    DataDirectoryUnusable,
    DiskFull,
    EmbeddedError,
    PortTaken,
    ServerFailed,
)


def is_passing(output: str) -> bool:
    """Whether the cause goes away by itself: processes of a killed server are still ending."""
    return "pre-existing shared memory block" in output or "is still in use" in output


def failure_of(output: str, data: Path, port: int, log: Path) -> EmbeddedError:
    """The error that `output`, the end of `log`, stands for: of a server of `data` on `port`."""
    if "No space left on device" in output:
        return DiskFull(f"the disk of {data} is full: make room, then start again")
    if "Address already in use" in output or "could not create any TCP/IP sockets" in output:
        return PortTaken(
            f"port {port} on 127.0.0.1 was taken by another program before PostgreSQL "
            "could listen there: start again"
        )
    if "Permission denied" in output or "wrong ownership" in output:
        return DataDirectoryUnusable(
            f"PostgreSQL may not use {data} ({_reason(output)}): "
            "start as the user it belongs to, or name another folder with --data"
        )
    return ServerFailed(
        f"PostgreSQL did not start on {data} ({_reason(output)}): "
        f"its log is {log}; if its files are damaged, restore a backup"
    )


def _reason(output: str) -> str:
    """The last line that says why, without its time and process id."""
    lines = output.strip().splitlines()
    for severity in ("PANIC:", "FATAL:", "ERROR:"):
        for line in reversed(lines):
            if severity in line:
                return line.partition(severity)[2].strip()
    return lines[-1]
