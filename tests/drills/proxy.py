"""A TCP proxy that breaks connections on purpose: by count of bytes and commits, not by the clock.

It stands before PostgreSQL, Redis or the web server, on a thread and an event loop of its own, and
is told what to do from the test's thread. `forth` is client to server, `back` the way of replies.

    with Proxy(server_port) as proxy:
        proxy.cut_after(0, way="back")     # the next reply is lost, whole
        proxy.lose_commit_reply(after=3)   # the third commit from now stands; nobody hears of it

PostgreSQL's messages are read only as far as needed to know that a COMMIT succeeded (manual,
"Message Formats": CommandComplete with the tag COMMIT), so the connection must be in clear:
`sslmode=disable`.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Self

Way = Literal["forth", "back"]
_CHUNK = 65_536
_COMMITTED = b"COMMIT\0"
_ENCRYPTION_REQUESTS = (80_877_103, 80_877_104)  # SSLRequest, GSSENCRequest


class Backend:
    """Cuts PostgreSQL's reply stream into whole messages."""

    def __init__(self) -> None:
        self._rest = b""
        self.bare_bytes = 0  # answers to an encryption request: one byte, no length

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield every message that `data` completes."""
        self._rest += data
        while self._rest:
            size = 1 if self.bare_bytes else self._size()
            if size is None or len(self._rest) < size:
                return
            self.bare_bytes = max(0, self.bare_bytes - 1)
            message, self._rest = self._rest[:size], self._rest[size:]
            yield message

    def _size(self) -> int | None:
        return 1 + struct.unpack("!I", self._rest[1:5])[0] if len(self._rest) >= 5 else None


@dataclass
class _Orders:
    """What the test has asked for; read by the loop, written under the proxy's lock."""

    delay: float = 0.0
    swallow: set[Way] = field(default_factory=set)
    cut_in: dict[Way, int] = field(default_factory=dict)  # bytes left to let through
    commit_replies: list[int] = field(default_factory=list)  # commit numbers whose reply is lost


@dataclass(eq=False)
class _Link:
    """One client's connection and ours to the server behind."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    spoiled: bool = False  # bytes were swallowed: it must not be used again once healed
    backend: Backend = field(default_factory=Backend)

    def toward(self, way: Way) -> asyncio.StreamWriter:
        """Return the end that bytes of that way are written to."""
        return self.server if way == "forth" else self.client

    def reset(self) -> None:
        """Close both ends with RST: no goodbye, what is unsent is lost."""
        for writer in (self.client, self.server):
            raw = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


class Proxy:
    """Forwards a port of its own to `target_port` on this machine until told otherwise."""

    def __init__(self, target_port: int, *, port: int = 0, postgres: bool = False) -> None:
        self.target_port, self.port, self._postgres = target_port, port, postgres
        self.commits = 0
        self.lost_replies = 0
        self.passed: dict[Way, int] = {"forth": 0, "back": 0}
        self._orders = _Orders()
        self._links: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="proxy")

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_exc: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    # what a test says

    def delay(self, seconds: float) -> None:
        """Hold every chunk back, both ways."""
        with self._lock:
            self._orders.delay = seconds

    def cut_after(self, count: int, *, way: Way) -> None:
        """Let `count` more bytes through that way; reset the connection that carries the next."""
        with self._lock:
            self._orders.cut_in[way] = count

    def black_hole(self, *ways: Way) -> None:
        """Accept and swallow everything (or one way alone); connections stay open."""
        with self._lock:
            self._orders.swallow = set(ways or ("forth", "back"))

    def lose_commit_reply(self, *, after: int = 1) -> None:
        """Swallow the reply to the `after`-th commit from now and reset; the commit stands."""
        with self._lock:
            self._orders.commit_replies.append(self.commits + after)

    def reset(self) -> None:
        """Break every open connection with RST."""
        self._reset(lambda _link: True)

    def heal(self) -> None:
        """Forget every order; reset connections that lost bytes, as their streams have holes."""
        with self._lock:
            self._orders = _Orders()
        self._reset(lambda link: link.spoiled)

    # what the loop does

    def _reset(self, wanted: Callable[[_Link], bool]) -> None:
        async def act() -> None:  # a coroutine, so that the caller can wait for it
            for link in filter(wanted, tuple(self._links)):
                link.reset()

        asyncio.run_coroutine_threadsafe(act(), self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        for link in tuple(self._links):
            link.reset()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("asyncio serves a connection in a task")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            ahead = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()  # nobody behind: the client learns it at once
            return
        link = _Link(client=writer, server=ahead[1])
        self._links.add(link)
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._pump(link, reader, "forth"))
                ways.create_task(self._pump(link, ahead[0], "back"))
        finally:
            self._links.discard(link)
            link.reset()

    async def _pump(self, link: _Link, reader: asyncio.StreamReader, way: Way) -> None:
        writer = link.toward(way)
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                if delay := self._orders.delay:
                    await asyncio.sleep(delay)
                for part in self._parts(link, data, way):
                    if not self._forward(link, part, way):
                        return
                await writer.drain()
            if not link.spoiled:
                writer.write_eof()
                return
        link.reset()

    def _parts(self, link: _Link, data: bytes, way: Way) -> Iterator[bytes]:
        if not self._postgres:
            yield data
        elif way == "back":
            yield from link.backend.feed(data)
        else:
            asks = len(data) == 8 and struct.unpack("!II", data)[1] in _ENCRYPTION_REQUESTS
            link.backend.bare_bytes += asks
            yield data

    def _forward(self, link: _Link, data: bytes, way: Way) -> bool:
        """Send one part on its way. False: the connection was broken instead."""
        writer = link.toward(way)
        with self._lock:
            if self._loses_commit(data, way):
                self.lost_replies += 1
                link.reset()
                return False
            if way in self._orders.swallow:
                link.spoiled = True
                return True
            if (left := self._orders.cut_in.get(way)) is not None:
                if left < len(data):
                    del self._orders.cut_in[way]
                    self.lost_replies += way == "back"
                    self.passed[way] += left
                    self._finish(link, writer, data[:left])
                    return False
                self._orders.cut_in[way] = left - len(data)
            self.passed[way] += len(data)
        writer.write(data)
        return True

    def _loses_commit(self, data: bytes, way: Way) -> bool:
        if way != "back" or not self._postgres or data[:1] != b"C" or data[5:] != _COMMITTED:
            return False
        self.commits += 1
        if self.commits not in self._orders.commit_replies:
            return False
        self._orders.commit_replies.remove(self.commits)
        return True

    def _finish(self, link: _Link, writer: asyncio.StreamWriter, head: bytes) -> None:
        """Send the bytes before the cut, give the kernel one turn to take them, then reset."""
        if head:
            writer.write(head)
            self._loop.call_later(0.01, link.reset)
        else:
            link.reset()
