"""The proxy does what it is told, at the byte and at the commit it was told."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from .proxy import Backend, Proxy

COMMIT = b"C" + struct.pack("!I", 11) + b"COMMIT\0"
ROLLBACK = b"C" + struct.pack("!I", 13) + b"ROLLBACK\0"
READY = b"Z" + struct.pack("!I", 5) + b"I"


class Echo:
    """A server that sends back what it hears, and remembers it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.heard = b""
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(peer,), daemon=True).start()

    def _answer(self, peer: socket.socket) -> None:
        with contextlib.suppress(OSError), peer:
            while data := peer.recv(4096):
                self.heard += data
                peer.sendall(data)


@pytest.fixture
def server() -> Iterator[Echo]:
    echo = Echo()
    yield echo
    echo.close()


@pytest.fixture
def proxy(server: Echo) -> Iterator[Proxy]:
    with Proxy(server.port) as proxy:
        yield proxy


def connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=2)


def say(client: socket.socket, data: bytes) -> bytes:
    """Send `data` and return what came back, until as much came or the connection broke."""
    back = b""
    with contextlib.suppress(ConnectionError):
        client.sendall(data)
        while len(back) < len(data) and (part := client.recv(4096)):
            back += part
    return back


def test_it_forwards_both_ways(proxy: Proxy) -> None:
    with connect(proxy) as client:
        assert say(client, b"hello") == b"hello"
    assert proxy.passed == {"forth": 5, "back": 5}


def test_a_reply_is_cut_after_n_bytes_and_the_next_connection_is_whole(proxy: Proxy) -> None:
    proxy.cut_after(3, way="back")
    with connect(proxy) as client:
        assert say(client, b"hello") == b"hel"
    with connect(proxy) as client:
        assert say(client, b"hello") == b"hello"


def test_a_lost_reply_was_heard_by_the_server(proxy: Proxy, server: Echo) -> None:
    proxy.cut_after(0, way="back")
    with connect(proxy) as client:
        assert say(client, b"pay") == b""
    assert server.heard == b"pay"
    assert proxy.lost_replies == 1


def test_a_black_hole_keeps_the_connection_and_answers_nothing(proxy: Proxy, server: Echo) -> None:
    with connect(proxy) as client:
        proxy.black_hole()
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            say(client, b"hello")
        assert server.heard == b""
        proxy.heal()
        client.settimeout(2)
        assert say(client, b"again") == b"", "a stream with a hole is not used again"


def test_one_way_lets_the_request_through_and_swallows_the_reply(
    proxy: Proxy, server: Echo
) -> None:
    proxy.black_hole("back")
    with connect(proxy) as client:
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            say(client, b"hello")
    assert server.heard == b"hello"


def test_a_reset_is_a_reset(proxy: Proxy) -> None:
    with connect(proxy) as client:
        say(client, b"hello")
        proxy.reset()
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_a_delay_holds_every_chunk_back(proxy: Proxy) -> None:
    proxy.delay(0.05)
    with connect(proxy) as client:
        begin = time.monotonic()
        assert say(client, b"hello") == b"hello"
    assert time.monotonic() - begin >= 0.1


def test_nobody_behind_is_a_closed_connection(proxy: Proxy) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    proxy.target_port = port
    with connect(proxy) as client, contextlib.suppress(ConnectionError):
        assert client.recv(1) == b""


def test_the_reply_of_the_kth_commit_is_lost_and_no_other(server: Echo) -> None:
    with Proxy(server.port, postgres=True) as proxy:
        proxy.lose_commit_reply(after=2)
        with connect(proxy) as client:
            assert say(client, COMMIT + READY) == COMMIT + READY
            assert say(client, ROLLBACK + READY) == ROLLBACK + READY
            assert say(client, COMMIT + READY) == b""
        assert (proxy.commits, proxy.lost_replies) == (2, 1)


def test_messages_are_told_apart_however_the_stream_is_cut() -> None:
    stream = READY + COMMIT + READY
    for size in range(1, len(stream)):
        backend = Backend()
        parts = [stream[i : i + size] for i in range(0, len(stream), size)]
        assert [m for part in parts for m in backend.feed(part)] == [READY, COMMIT, READY]


def test_the_answer_to_an_encryption_request_is_one_bare_byte() -> None:
    backend = Backend()
    backend.bare_bytes = 1
    assert list(backend.feed(b"N" + READY)) == [b"N", READY]
