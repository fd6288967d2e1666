"""A socket that reads and writes in large pieces for a client that asks for single bytes."""

import contextlib
import socket
from typing import Protocol

READ_BYTES = 64 * 1024
CLOSE_TIMEOUT_S = 1.0

_QUICK_ACK: int | None = getattr(socket, "TCP_QUICKACK", None)  # Linux alone has it


class RawSocket(Protocol):
    """What is used of a non-blocking socket, plain or TLS."""

    def recv(self, size: int, /) -> bytes: ...
    def send(self, data: bytes | bytearray, /) -> int: ...
    def sendall(self, data: bytes | bytearray, /) -> None: ...
    def settimeout(self, seconds: float, /) -> None: ...
    def setblocking(self, flag: bool, /) -> None: ...
    def setsockopt(self, level: int, option: int, value: int, /) -> None: ...
    def fileno(self) -> int: ...
    def close(self) -> None: ...


class BufferedSocket:
    """paho reads each packet with three calls of `recv` and writes each by its own `send`.

    Here most of these cost no system call. What was sent leaves with `flush`; `close` flushes.

    A peer without TCP_NODELAY holds its next packet back until the last one is confirmed, which
    Linux puts off by up to 40 ms in the hope of an answer to ride on: so confirm at once.
    """

    def __init__(self, raw: RawSocket) -> None:
        self._raw = raw
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._in = b""
        self._at = 0
        self._out = bytearray()

    def recv(self, size: int) -> bytes:
        """Up to `size` bytes; b"" at the end. Raises BlockingIOError, OSError as a socket does."""
        if self._at == len(self._in):
            self._in = self._raw.recv(max(size, READ_BYTES))
            self._at = 0
            if _QUICK_ACK is not None:  # the kernel forgets it again
                self._raw.setsockopt(socket.IPPROTO_TCP, _QUICK_ACK, 1)
        piece = self._in[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def pending(self) -> bool:
        """Whether `recv` has something without waiting that `select` does not tell of."""
        if self._at < len(self._in):
            return True
        tls_pending = getattr(self._raw, "pending", None)
        return bool(tls_pending and tls_pending())

    def send(self, data: bytes | bytearray) -> int:
        """Take all of `data`, to leave with the next `flush`."""
        self._out += data
        return len(data)

    def unsent(self) -> bool:
        return bool(self._out)

    def flush(self) -> None:
        """Send what the peer takes now. Raises OSError: the connection is gone."""
        with contextlib.suppress(BlockingIOError):
            while self._out:
                del self._out[: self._raw.send(self._out)]

    def fileno(self) -> int:
        return self._raw.fileno()

    def setblocking(self, flag: bool) -> None:
        self._raw.setblocking(flag)

    def close(self) -> None:
        if self._out:
            with contextlib.suppress(OSError):
                self._raw.settimeout(CLOSE_TIMEOUT_S)
                self._raw.sendall(self._out)
        self._raw.close()
