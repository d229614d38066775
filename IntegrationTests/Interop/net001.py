"""NET-001 in Python, with struct and zlib only: an implementation that shares no code with Switchboard."""

import socket
import struct
import zlib

MAGIC = 0xDEADBEEF
PING, PONG, ECHO, ECHO_REPLY, BROADCAST, AUTH, AUTH_REPLY, DATA, ERROR = 1, 2, 3, 4, 5, 6, 7, 8, 0xFF
RATE_LIMITED, TOO_MANY_CONNECTIONS, TIMEOUT, SHUTTING_DOWN = 7, 8, 9, 0x0B
TIMEOUT_SECONDS = 20


def frame(code, payload=b"", *, magic=MAGIC, version=1, checksum=None):
    covered = struct.pack(">IBBH", magic, version, code, len(payload)) + payload
    return covered + struct.pack(">I", zlib.crc32(covered) if checksum is None else checksum)


def ping(timestamp=0):
    return frame(PING, struct.pack(">Q", timestamp))


def pong(timestamp=0):
    return frame(PONG, struct.pack(">Q", timestamp))


def auth(username, token):
    name = username.encode()
    return frame(AUTH, bytes([len(name)]) + name + token.encode())


class Peer:
    """A blocking connection that sends and receives frames."""

    def __init__(self, port, host="127.0.0.1", source=None):
        source_address = (source, 0) if source else None
        self.socket = socket.create_connection((host, port), TIMEOUT_SECONDS, source_address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def read(self, count):
        """Returns exactly `count` bytes; raises EOFError when the stream ends first."""
        parts = []
        while count:
            part = self.socket.recv(count)
            if not part:
                raise EOFError
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def receive(self):
        """Returns the code and the payload of the next frame, after checking its header and checksum."""
        header = self.read(8)
        magic, version, code, length = struct.unpack(">IBBH", header)
        assert (magic, version) == (MAGIC, 1), header.hex()
        payload = self.read(length)
        (checksum,) = struct.unpack(">I", self.read(4))
        assert checksum == zlib.crc32(header + payload), "the server's checksum is wrong"
        return code, payload

    def error(self):
        """Returns the code of the next frame, which must be an ERROR."""
        code, payload = self.receive()
        assert code == ERROR, f"{code:#x} came instead of ERROR"
        payload[1:].decode()
        return payload[0]

    def expect_end(self):
        """Checks that the server closes the connection without sending anything more."""
        assert self.socket.recv(1) == b"", "the server sent something more"

    def expect_alive(self, timestamp=42):
        """Checks that the server still answers on this connection."""
        self.send(ping(timestamp))
        assert self.receive() == (PONG, struct.pack(">Q", timestamp))
