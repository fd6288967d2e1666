"""The buffered socket gives and takes the bytes of the socket under it, in their order."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.buffered_socket import BufferedSocket


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
        far, _ = server.accept()
        return near, far


@pytest.fixture
def ends() -> Iterator[tuple[BufferedSocket, socket.socket]]:
    near, far = tcp_pair()
    near.setblocking(False)
    with near, far:
        yield BufferedSocket(near), far


@given(st.binary(min_size=1, max_size=300), st.lists(st.integers(1, 40), min_size=1))
def test_any_sequence_of_reads_gives_the_bytes_in_order(sent: bytes, sizes: list[int]) -> None:
    near, far = tcp_pair()
    with near, far:
        near.setblocking(False)
        buffered = BufferedSocket(near)
        far.sendall(sent)
        got = b""
        while len(got) < len(sent):
            for size in sizes:
                if len(got) < len(sent):
                    piece = buffered.recv(size)
                    assert 0 < len(piece) <= size
                    got += piece
        assert got == sent
        assert not buffered.pending()


def test_reading_with_nothing_there_blocks_as_a_socket_does(
    ends: tuple[BufferedSocket, socket.socket],
) -> None:
    with pytest.raises(BlockingIOError):
        ends[0].recv(1)


def test_end_of_the_stream_is_an_empty_read(ends: tuple[BufferedSocket, socket.socket]) -> None:
    near, far = ends
    far.sendall(b"ab")
    far.close()
    assert (near.recv(1), near.recv(5), near.recv(1)) == (b"a", b"b", b"")


def test_sent_bytes_leave_together_with_flush(ends: tuple[BufferedSocket, socket.socket]) -> None:
    near, far = ends
    far.setblocking(False)
    assert (near.send(b"ab"), near.send(b"c")) == (2, 1)
    with pytest.raises(BlockingIOError):
        far.recv(9)
    near.flush()
    far.setblocking(True)
    assert far.recv(9) == b"abc"
    assert not near.unsent()


def test_full_socket_keeps_the_rest_for_the_next_flush(
    ends: tuple[BufferedSocket, socket.socket],
) -> None:
    near, far = ends
    near.send(bytes(20_000_000))
    near.flush()
    assert near.unsent()
    received = 0
    while received < 20_000_000:
        received += len(far.recv(1 << 20))
        near.flush()
    assert not near.unsent()


def test_close_sends_what_was_not_flushed(ends: tuple[BufferedSocket, socket.socket]) -> None:
    near, far = ends
    near.send(b"bye")
    near.close()
    assert (far.recv(9), far.recv(9)) == (b"bye", b"")
