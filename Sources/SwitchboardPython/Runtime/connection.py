"""A connection to a server: pairs replies with requests, and sends heartbeats."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

from ._layouts import PROTOCOL
from ._wire import (
    DecodeError,
    Frame,
    HeaderBase,
    Message,
    Sender,
    StreamDecoder,
)

#: The number of unread messages that a client keeps; further ones replace the oldest.
INCOMING_LIMIT = 4096
#: The number of requests that may have no reply yet.
REQUESTS_IN_FLIGHT = 65_536
#: The number of bytes that one read takes at most.
READ_BYTES = 65_536


class ClientError(Exception):
    """A request that has no reply."""


class ConnectionClosed(ClientError):
    """The connection is closed."""


class RequestTimedOut(ClientError):
    """No reply came in time. The server may still handle the request."""


class ProtocolViolation(ConnectionClosed):
    """The server sent bytes or messages that do not fit the protocol."""


class ErrorReply(ClientError):
    """The server answered a request with `message`, which says what is wrong."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class _Request:
    """A request whose reply is outstanding; it stays in flight after a timeout."""

    def __init__(self, reply: type[Message]) -> None:
        self.reply = reply
        self.future: asyncio.Future[Message] = (
            asyncio.get_running_loop().create_future()
        )

    def resolve(self, message: Message) -> None:
        if not self.future.done():
            self.future.set_result(message)

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)
            # A request that no task awaits any more may fail without a report to the program.
            self.future.exception()


class Decoder(StreamDecoder):
    """Finds the messages in a stream that arrives in pieces; `sender` sends the stream."""

    def __init__(self, sender: Sender) -> None:
        super().__init__(sender, PROTOCOL.starts)


async def open_streams(
    host: str, port: int, ssl: Any, timeout: float
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connects to a server within `timeout` seconds."""
    opening = asyncio.open_connection(host, port, ssl=ssl or None)
    return await asyncio.wait_for(opening, timeout)


class Connection:
    """An open connection to a server."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        request_timeout: float = 30,
        heartbeat_interval: float = 30,
    ) -> None:
        self.request_timeout = request_timeout
        #: The number of unread messages that were dropped because there were too many.
        self.dropped_count = 0
        self._reader = reader
        self._writer = writer
        self._decoder = Decoder(Sender.SERVER)
        self._ordered: deque[_Request] = deque()
        self._numbered: dict[int, _Request] = {}
        self._number = 0
        self._incoming: deque[Frame] = deque()
        self._arrived = asyncio.Event()
        self._error: ConnectionClosed | None = None
        #: Whether the program has closed the connection.
        self._is_wanted = False
        self._last_output = time.monotonic()
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._receive())]
        if PROTOCOL.heartbeat is not None and heartbeat_interval > 0:
            beat = self._beat(PROTOCOL.heartbeat, heartbeat_interval)
            self._tasks.append(loop.create_task(beat))

    @property
    def is_closed(self) -> bool:
        """Whether the connection is closed."""
        return self._error is not None

    async def close(self) -> None:
        """Closes the connection; requests without a reply fail."""
        self._is_wanted = True
        self._end(ConnectionClosed("the client is closed"))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def send(
        self,
        message: Message,
        *,
        header: HeaderBase | None = None,
        correlation: Any = None,
    ) -> None:
        """Sends `message`, to which no reply is expected.

        `correlation` is that of the server's request that the message answers. Raises
        `EncodeError` if the message cannot be encoded.
        """
        self._write(message, header, correlation)
        await self._drain()

    async def request(
        self,
        message: Message,
        *,
        header: HeaderBase | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Sends `message`, and returns its reply.

        Raises `ErrorReply` if the server answers with an error, `RequestTimedOut` after
        `timeout` seconds, and `ConnectionClosed` if the connection ends before.
        """
        reply = message._kind.reply
        if reply is None:
            raise TypeError(f"{type(message).__name__} has no reply: use send")
        if len(self._ordered) + len(self._numbered) >= REQUESTS_IN_FLIGHT:
            raise ClientError("too many requests have no reply yet")
        request = _Request(reply)
        is_numbered = PROTOCOL.correlation_bytes > 0
        number = self._next_number() if is_numbered else 0
        correlation = PROTOCOL.correlation(number) if is_numbered else None
        self._write(message, header, correlation)
        if reply._kind.form.is_of_replies:
            self._decoder.expected.add(reply, correlation)
        if is_numbered:
            self._numbered[number] = request
        else:
            self._ordered.append(request)
        seconds = self.request_timeout if timeout is None else timeout
        try:
            await self._drain()
            answer = await asyncio.wait_for(asyncio.shield(request.future), seconds)
        except asyncio.TimeoutError:
            request.future.cancel()
            raise RequestTimedOut(f"no reply within {seconds} s") from None
        except asyncio.CancelledError:
            request.future.cancel()
            raise
        if PROTOCOL.is_error(answer):
            raise ErrorReply(answer)
        return answer

    def __aiter__(self) -> AsyncIterator[Frame]:
        """Iterates over the messages of the server that are no replies."""
        return self.incoming()

    async def incoming(self) -> AsyncIterator[Frame]:
        """Yields the messages of the server that are no replies, until the connection ends.

        Raises `ConnectionClosed` at the end, unless the program has closed the connection.
        """
        while True:
            while self._incoming:
                yield self._incoming.popleft()
            if self._error is not None:
                if self._is_wanted:
                    return
                raise self._error
            self._arrived.clear()
            await self._arrived.wait()

    async def __aenter__(self) -> Any:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # Output

    def _write(
        self, message: Message, header: HeaderBase | None, correlation: Any
    ) -> None:
        if self._error is not None:
            raise self._error
        frame = message.encode(header, correlation, Sender.CLIENT)
        self._decoder.form = message._kind.then.get(Sender.SERVER, self._decoder.form)
        self._writer.write(frame)
        self._last_output = time.monotonic()

    async def _drain(self) -> None:
        try:
            await self._writer.drain()
        except OSError as error:
            self._end(ConnectionClosed(f"the connection has broken: {error}"))

    def _next_number(self) -> int:
        largest = (1 << 8 * PROTOCOL.correlation_bytes) - 1
        while True:
            self._number = self._number % largest + 1
            if self._number not in self._numbered:
                return self._number

    async def _beat(self, message: Callable[[], Message], interval: float) -> None:
        """Sends heartbeats while the connection is idle; closes it if no reply comes."""
        while self._error is None:
            idle = time.monotonic() - self._last_output
            if idle < interval:
                await asyncio.sleep(interval - idle)
                continue
            try:
                await self.request(message())
            except ErrorReply:
                continue
            except RequestTimedOut:
                self._end(ConnectionClosed("the server did not answer a heartbeat"))
            except ClientError:
                return

    # Input

    async def _receive(self) -> None:
        error = ConnectionClosed("the server closed the connection")
        try:
            while data := await self._reader.read(READ_BYTES):
                for frame in self._decoder.feed(data):
                    self._deliver(frame)
        except ProtocolViolation as violation:
            error = violation
        except DecodeError as problem:
            error = ProtocolViolation(
                f"the server sent bytes that are no message: {problem}"
            )
        except OSError as problem:
            error = ConnectionClosed(f"the connection has broken: {problem}")
        self._end(error)

    def _deliver(self, frame: Frame) -> None:
        message = frame.message
        is_error = PROTOCOL.is_error(message)
        if is_error and PROTOCOL.ends_connection(message):
            self._add(frame)
            self._end(ConnectionClosed(f"the server closed the connection: {message}"))
        elif PROTOCOL.correlation_bytes > 0:
            self._deliver_numbered(frame, is_error)
        elif self._ordered and (
            is_error or isinstance(message, self._ordered[0].reply)
        ):
            self._ordered.popleft().resolve(message)
        elif isinstance(message, PROTOCOL.replies):
            name = type(message).__name__
            raise ProtocolViolation(
                f"the server sent {name}, which no request waits for"
            )
        else:
            self._add(frame)

    def _deliver_numbered(self, frame: Frame, is_error: bool) -> None:
        number = PROTOCOL.number(frame.correlation)
        is_reply = is_error or isinstance(frame.message, PROTOCOL.replies)
        if number == 0 or not is_reply:
            self._add(frame)
            return
        request = self._numbered.pop(number, None)
        if request is None or not (
            is_error or isinstance(frame.message, request.reply)
        ):
            name = type(frame.message).__name__
            raise ProtocolViolation(f"the server sent {name} for the request {number}")
        request.resolve(frame.message)

    def _add(self, frame: Frame) -> None:
        if len(self._incoming) >= INCOMING_LIMIT:
            self._incoming.popleft()
            self.dropped_count += 1
        self._incoming.append(frame)
        self._arrived.set()

    def _end(self, error: ConnectionClosed) -> None:
        if self._error is not None:
            return
        self._error = error
        for request in [*self._ordered, *self._numbered.values()]:
            request.fail(error)
        self._ordered.clear()
        self._numbered.clear()
        self._arrived.set()
        self._writer.close()
