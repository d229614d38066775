"""Follows the README of Examples/PublishedProtocols in a copy outside the repository: builds the programs, runs their tests, and talks
to them with programs of other authors, and with bytes that are not of their protocols.

    python3 IntegrationTests/Downstream/test_published_protocols.py [--programs BUILD-FOLDER] [unittest options]

`IntegrationTests/Interop/environment` prints a Python that has the clients. With --programs, the suite builds nothing.
"""

import contextlib
import pathlib
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import bmemcached
from example import REPOSITORY, SCRATCH, Example

GENERATED_TESTS = 107
# The time that a test waits for something that must happen, in seconds.
PATIENCE = 20
CLIENTS = 20
RANDOM_STREAMS = 100


class Programs:
    """The package that all tests use."""

    example = None
    folder = SCRATCH / "debug"
    builds = True


def setUpModule():
    Programs.example = Example("PublishedProtocols", unittest.enterModuleContext(tempfile.TemporaryDirectory()))
    if Programs.builds:
        tests = Programs.example.test()
        assert tests == GENERATED_TESTS, f"{tests} tests were generated from the specs"


class Specs(unittest.TestCase):
    """Each spec is a copy of one in Protocols, with the changes that the comment at its top names."""

    CHANGES = {
        "MemcachedServer": (
            "Memcached",
            [
                ("opaque: { type: uint32, correlate: true }", "opaque: { type: uint32, doc: Any number of the client; replies repeat it. }"),
                ("{ name: key, type: string, length: header.keyLength", "{ name: key, type: bytes, length: header.keyLength"),
            ],
        ),
    }

    def test_copies(self):
        for target, (name, changes) in self.CHANGES.items():
            with self.subTest(target):
                original, copy = (
                    path.read_text().partition("\nprotocol: ")[2]
                    for path in (
                        REPOSITORY / f"Protocols/{name}.yaml",
                        REPOSITORY / f"Examples/PublishedProtocols/Sources/{target}/protocol.yaml",
                    )
                )
                for before, after in changes:
                    self.assertIn(before, original)
                    original = original.replace(before, after)
                self.assertEqual(copy, original)


class Served(unittest.TestCase):
    """A test of a server, which runs for all tests of the class."""

    program = ""
    options = ()

    @classmethod
    def setUpClass(cls):
        cls.server, cls.port = cls.start(*cls.options)

    @classmethod
    def start(cls, *options):
        """Starts a server; after the tests of the class, SIGTERM must stop it."""
        server, port = Programs.example.start(Programs.folder / cls.program, *options)
        cls.addClassCleanup(cls.stop, server)
        return server, int(port)

    @staticmethod
    def stop(server):
        try:
            server.send_signal(signal.SIGTERM)
            status = server.wait(PATIENCE)
        finally:
            server.kill()
            server.wait()
        assert status == 0, f"the server has ended with {status}"

    def tearDown(self):
        self.assertIsNone(self.server.poll(), "the server has ended")

    def connect(self):
        peer = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.enterContext(peer)


class HostileBytes:
    """Tests of every server: bytes that are not of its protocol do no harm to other clients."""

    # Some frames of the protocol.
    frames = ()
    # The start of a frame that announces more bytes than the server takes.
    huge = b""

    def check(self):
        """Checks that a client works."""
        raise NotImplementedError

    def read_to_end(self, peer):
        """Returns what the server sends before it closes the connection."""
        with contextlib.suppress(ConnectionResetError):
            return b"".join(iter(lambda: peer.recv(65_536), b""))
        return b""

    def throw(self, data):
        """Sends bytes and the end of the input, and waits until the server closes the connection."""
        peer = self.connect()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, OSError):
            peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)
        self.read_to_end(peer)
        peer.close()

    def test_random_bytes(self):
        source = random.Random(7)
        for _ in range(RANDOM_STREAMS):
            self.throw(source.randbytes(source.randrange(1, 200)))
        self.check()

    def test_frames_with_wrong_bits(self):
        source = random.Random(8)
        for _ in range(RANDOM_STREAMS):
            frame = bytearray(source.choice(self.frames))
            for _ in range(source.randrange(1, 5)):
                frame[source.randrange(len(frame))] ^= 1 << source.randrange(8)
            self.throw(bytes(frame))
        self.check()

    def test_cut_frames(self):
        for frame in self.frames:
            for end in {1, len(frame) // 2, len(frame) - 1}:
                self.throw(frame[:end])
        self.check()

    def test_huge_length(self):
        peer = self.connect()
        peer.sendall(self.huge)
        self.assertEqual(self.read_to_end(peer), b"")
        self.check()

    def test_byte_by_byte(self):
        peer = self.connect()
        for byte in self.frames[0]:
            peer.sendall(bytes([byte]))
        self.assertTrue(peer.recv(1))
        self.check()

    def test_port_in_use(self):
        command = [Programs.folder / self.program, "--port", str(self.port)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        self.assertNotEqual(result.returncode, 0)
        self.assertRegex(result.stderr, f"(?i)error: .*{self.port}.*in use")


def at_once(action, count=CLIENTS):
    """Calls `action` with 0, 1, … in threads of their own."""
    errors = []

    def run(number):
        try:
            action(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a client has not finished"
    if errors:
        raise errors[0]


# memcached


def memcached_frame(code, key=b"", extras=b"", value=b"", opaque=0, cas=0):
    length = len(key) + len(extras) + len(value)
    return struct.pack(">BBHBBHIIQ", 0x80, code, len(key), len(extras), 0, 0, length, opaque, cas) + extras + key + value


class MemcachedConnection:
    """A connection that sends frames of memcached's binary protocol and reads replies."""

    GET, SET, ADD, REPLACE, DELETE, INCREMENT, DECREMENT, QUIT, FLUSH, GETQ, NOOP, VERSION = range(12)
    GETK, GETKQ, APPEND, PREPEND, STAT, SETQ, ADDQ, REPLACEQ, DELETEQ, INCREMENTQ, DECREMENTQ = range(0x0C, 0x17)
    QUITQ, FLUSHQ, APPENDQ, PREPENDQ = range(0x17, 0x1B)
    TOUCH, GAT, GATQ = 0x1C, 0x1D, 0x1E
    LIST_MECHANISMS, GATK, GATKQ = 0x20, 0x23, 0x24

    def __init__(self, peer):
        self.peer = peer
        self.stream = peer.makefile("rb")
        self.count = 0

    def send(self, code, *arguments, **fields):
        """Sends a request, and returns its opaque number."""
        self.count += 1
        self.peer.sendall(memcached_frame(code, *arguments, opaque=self.count, **fields))
        return self.count

    def receive(self):
        """Returns code, status, opaque, CAS, extras, key and value of a reply."""
        header = self.stream.read(24)
        if not header:
            return None
        magic, code, keys, extras, _, status, length, opaque, cas = struct.unpack(">BBHBBHIIQ", header)
        assert magic == 0x81, header
        body = self.stream.read(length)
        return code, status, opaque, cas, body[:extras], body[extras : extras + keys], body[extras + keys :]

    def ask(self, code, *arguments, **fields):
        """Sends a request; returns status, CAS, extras, key and value of its reply."""
        opaque = self.send(code, *arguments, **fields)
        reply = self.receive()
        assert reply[0] == code and reply[2] == opaque, reply
        return reply[1], *reply[3:]

    def set(self, key, value, flags=0, expiry=0):
        status, cas, *_ = self.ask(self.SET, key, struct.pack(">II", flags, expiry), value)
        assert status == 0, status
        return cas

    def value(self, key):
        """Returns the value of a key, or the status of the reply."""
        status, _, _, _, value = self.ask(self.GET, key)
        return value if status == 0 else status


NOT_FOUND, EXISTS, TOO_LARGE, INVALID, NOT_STORED, NOT_A_NUMBER, UNKNOWN = 1, 2, 3, 4, 5, 6, 0x81


class MemcachedTests(HostileBytes, Served):
    program = "MemcachedServer"
    frames = (
        memcached_frame(0x0A),
        memcached_frame(0x01, b"key", bytes(8), b"value"),
        memcached_frame(0x0C, b"key"),
        memcached_frame(0x05, b"number", bytes(20)),
        memcached_frame(0x08, extras=bytes(3) + b"\x09"),
        memcached_frame(0x10),
    )
    huge = struct.pack(">BBHBBHIIQ", 0x80, 1, 3, 8, 0, 0, 0xFFFF_FFFF, 0, 0)

    def raw(self):
        return MemcachedConnection(self.connect())

    def client(self, port=None):
        client = bmemcached.Client((f"127.0.0.1:{port or self.port}",), socket_timeout=PATIENCE)
        self.addCleanup(client.disconnect_all)
        return client

    def check(self):
        client = self.client()
        self.assertTrue(client.set("check", "works"))
        self.assertEqual(client.get("check"), "works")

    # libmemcached

    def run_tool(self, *command):
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
        self.assertEqual(result.returncode, 0, result.stdout)
        return result.stdout

    def test_memccapable(self):
        output = self.run_tool("memccapable", "-b", "-h", "127.0.0.1", "-p", str(self.port))
        self.assertEqual(output.count("[pass]"), 27, output)
        self.assertIn("All tests passed", output)

    def test_memcslap(self):
        for test in ("set", "get", "mget"):
            options = ["--binary", "--concurrency=4", "--execute-number=500", "--initial-load=500"]
            self.run_tool("memcslap", f"--servers=127.0.0.1:{self.port}", f"--test={test}", *options)

    def test_memcaslap(self):
        options = ["--binary", "--threads=2", "--concurrency=16", "--execute_number=4000", "--verify=1.0", "--division=10"]
        output = self.run_tool("memcaslap", f"--servers=127.0.0.1:{self.port}", *options)
        for name in ("get_misses", "verify_misses", "verify_failed"):
            self.assertIn(f"{name}: 0\n", output)

    # python-binary-memcached

    def test_values(self):
        client = self.client()
        for value in ("text", "größer", b"\x00\xff", 5, ["a", {"b": 2}], b"x" * 100_000):
            self.assertTrue(client.set("value", value))
            self.assertEqual(client.get("value"), value)
        self.assertIsNone(client.get("none"))
        self.assertTrue(client.delete("value"))
        self.assertIsNone(client.get("value"))

    def test_add_and_replace(self):
        client = self.client()
        self.assertFalse(client.replace("new", "1"))
        self.assertTrue(client.add("new", "2"))
        self.assertFalse(client.add("new", "3"))
        self.assertTrue(client.replace("new", "4"))
        self.assertEqual(client.get("new"), "4")

    def test_cas(self):
        client = self.client()
        client.set("versioned", "a")
        value, version = client.gets("versioned")
        self.assertEqual(value, "a")
        self.assertTrue(client.cas("versioned", "b", version))
        self.assertFalse(client.cas("versioned", "c", version))
        self.assertEqual(client.get("versioned"), "b")

    def test_numbers(self):
        client = self.client()
        self.assertEqual(client.incr("visits", 5, default=3), 3)
        self.assertEqual(client.incr("visits", 5), 8)
        self.assertEqual(client.decr("visits", 2), 6)
        self.assertEqual(client.decr("visits", 100), 0)

    def test_many_keys(self):
        client = self.client()
        values = {f"many-{number}": f"value {number}" for number in range(300)}
        self.assertEqual(client.set_multi(values), [])
        self.assertEqual(client.get_multi([*values, "none"]), values)
        self.assertTrue(client.delete_multi(list(values)))
        self.assertEqual(client.get_multi(list(values)), {})

    def test_value_limit(self):
        client = self.client()
        largest = random.Random(1).randbytes(1 << 20)
        self.assertTrue(client.set("large", largest))
        self.assertEqual(client.get("large"), largest)
        with self.assertRaisesRegex(bmemcached.exceptions.MemcachedException, "Too large"):
            client.set("large", largest + b"x")
        # Not the earlier value.
        self.assertIsNone(client.get("large"))

    def test_statistics(self):
        client = self.client()
        before, after = ({}, {})
        for statistics in (before, after):
            (values,) = client.stats().values()
            statistics.update({name: int(value) for name, value in values.items() if value.isdigit()})
            client.set("counted", "x")
            client.get("counted")
            client.get("not there")
        self.assertEqual({name: after[name] - before[name] for name in ("cmd_set", "get_hits", "get_misses")},
                         {"cmd_set": 1, "get_hits": 1, "get_misses": 1})  # fmt: skip
        (settings,) = client.stats("settings").values()
        self.assertEqual(settings["item_size_max"], b"1048576")

    def test_memory_limit(self):
        _, port = self.start("--memory", "1")
        client = self.client(port)
        client.set("used", "often")
        for number in range(200):
            self.assertTrue(client.set(f"fill-{number}", random.randbytes(10_000)))
            self.assertEqual(client.get("used"), "often")
        present = [number for number in range(200) if client.get(f"fill-{number}")]
        self.assertEqual(present, list(range(200 - len(present), 200)))
        self.assertTrue(95 <= len(present) <= 104, len(present))
        (values,) = client.stats().values()
        self.assertEqual(int(values["evictions"]), 200 - len(present))
        self.assertLessEqual(int(values["bytes"]), 1 << 20)

    def test_clients_at_once(self):
        self.client().delete("shared")

        def count(number):
            client = bmemcached.Client((f"127.0.0.1:{self.port}",), socket_timeout=PATIENCE)
            client.incr("shared", 0, default=0)
            for round in range(50):
                assert client.incr("shared", 1) > 0
                assert client.set(f"own-{number}", round)
                assert client.get(f"own-{number}") == round
            client.disconnect_all()

        at_once(count)
        self.assertEqual(self.client().incr("shared", 0), 50 * CLIENTS)

    # Frames

    def test_quiet_requests(self):
        server = self.raw()
        server.set(b"q", b"1", flags=5)
        # Only these four get replies.
        server.send(server.GETQ, b"none")
        found = server.send(server.GETQ, b"q")
        server.send(server.SETQ, b"r", bytes(8), b"2")
        failed = server.send(server.ADDQ, b"q", bytes(8), b"3")
        server.send(server.REPLACEQ, b"q", bytes(8), b"4")
        server.send(server.INCREMENTQ, b"q", struct.pack(">QQI", 3, 0, 0))
        server.send(server.DECREMENTQ, b"q", struct.pack(">QQI", 1, 0, 0))
        server.send(server.APPENDQ, b"q", value=b"0")
        server.send(server.PREPENDQ, b"q", value=b"1")
        with_key = server.send(server.GETKQ, b"q")
        server.send(server.DELETEQ, b"r")
        again = server.send(server.DELETEQ, b"r")
        server.send(server.GATQ, b"r", bytes(4))
        server.send(server.GATKQ, b"r", bytes(4))
        end = server.send(server.NOOP)
        code, status, opaque, _, extras, key, value = server.receive()
        self.assertEqual((code, status, opaque, extras, key, value), (server.GETQ, 0, found, struct.pack(">I", 5), b"", b"1"))
        self.assertEqual(server.receive()[:3], (server.ADDQ, EXISTS, failed))
        code, status, opaque, _, _, key, value = server.receive()
        self.assertEqual((code, status, opaque, key, value), (server.GETKQ, 0, with_key, b"q", b"160"))
        self.assertEqual(server.receive()[:3], (server.DELETEQ, NOT_FOUND, again))
        self.assertEqual(server.receive()[:3], (server.NOOP, 0, end))

    def test_versions(self):
        server = self.raw()
        first = server.set(b"c", b"1")
        second = server.set(b"c", b"2")
        self.assertNotEqual(first, second)
        self.assertEqual(server.ask(server.GET, b"c")[1], second)
        step = struct.pack(">QQI", 1, 0, 0)
        for code, extras, value in (
            (server.SET, bytes(8), b"3"), (server.REPLACE, bytes(8), b"3"), (server.APPEND, b"", b"3"), (server.PREPEND, b"", b"3"),
            (server.INCREMENT, step, b""), (server.DECREMENT, step, b""), (server.DELETE, b"", b""),
        ):  # fmt: skip
            self.assertEqual(server.ask(code, b"c", extras, value, cas=first)[0], EXISTS)
        self.assertEqual(server.ask(server.SET, b"none", bytes(8), b"3", cas=first)[0], NOT_FOUND)
        self.assertEqual(server.value(b"c"), b"2")
        status, third, *_ = server.ask(server.INCREMENT, b"c", step, cas=second)
        self.assertEqual((status, server.value(b"c")), (0, b"3"))
        self.assertEqual(server.ask(server.DELETE, b"c", cas=third)[0], 0)
        self.assertEqual(server.value(b"c"), NOT_FOUND)

    def test_counting(self):
        server = self.raw()

        def count(code, delta, initial=0, expiry=0):
            status, _, _, _, value = server.ask(code, b"count", struct.pack(">QQI", delta, initial, expiry))
            return struct.unpack(">Q", value)[0] if status == 0 else status

        server.ask(server.DELETE, b"count")
        self.assertEqual(count(server.INCREMENT, 1, 9, 0xFFFF_FFFF), NOT_FOUND)
        self.assertEqual(count(server.DECREMENT, 1, 9), 9)
        self.assertEqual(count(server.INCREMENT, 2**64 - 10), 2**64 - 1)
        self.assertEqual(count(server.INCREMENT, 3), 2)
        self.assertEqual(count(server.DECREMENT, 3), 0)
        server.set(b"count", b"12 monkeys")
        self.assertEqual(count(server.INCREMENT, 3), NOT_A_NUMBER)

    def test_extending(self):
        server = self.raw()
        self.assertEqual(server.ask(server.APPEND, b"none", value=b"x")[0], NOT_STORED)
        self.assertEqual(server.ask(server.PREPEND, b"none", value=b"x")[0], NOT_STORED)
        server.set(b"e", b"b", flags=3)
        self.assertEqual(server.ask(server.APPEND, b"e", value=b"c")[0], 0)
        self.assertEqual(server.ask(server.PREPEND, b"e", value=b"a")[0], 0)
        _, _, extras, _, value = server.ask(server.GET, b"e")
        self.assertEqual((extras, value), (struct.pack(">I", 3), b"abc"))
        server.set(b"e", bytes(1 << 20))
        self.assertEqual(server.ask(server.APPEND, b"e", value=b"x")[0], TOO_LARGE)

    def test_expiry(self):
        server = self.raw()
        server.set(b"short", b"1", expiry=1)
        server.set(b"touched", b"2", flags=9, expiry=1)
        server.set(b"past", b"3", expiry=1_000_000_000)
        self.assertEqual(server.value(b"past"), NOT_FOUND)
        self.assertEqual(server.value(b"short"), b"1")
        self.assertEqual(server.ask(server.TOUCH, b"none", bytes(4))[0], NOT_FOUND)
        status, _, extras, key, value = server.ask(server.GATK, b"touched", struct.pack(">I", 100))
        self.assertEqual((status, extras, key, value), (0, struct.pack(">I", 9), b"touched", b"2"))
        time.sleep(1.1)
        self.assertEqual(server.value(b"short"), NOT_FOUND)
        self.assertEqual(server.value(b"touched"), b"2")
        self.assertEqual(server.ask(server.GAT, b"touched", struct.pack(">I", 1_000_000_000))[4], b"2")
        self.assertEqual(server.value(b"touched"), NOT_FOUND)

    def test_flush_with_a_delay(self):
        _, port = self.start()
        server = MemcachedConnection(self.enterContext(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)))
        server.set(b"f", b"1")
        self.assertEqual(server.ask(server.FLUSH, extras=struct.pack(">I", 1))[0], 0)
        self.assertEqual(server.value(b"f"), b"1")
        time.sleep(1.1)
        self.assertEqual(server.value(b"f"), NOT_FOUND)
        server.set(b"f", b"2")
        server.send(server.FLUSHQ)
        self.assertEqual(server.value(b"f"), NOT_FOUND)

    def test_keys_of_any_bytes(self):
        server = self.raw()
        # The same text in two forms of Unicode, and bytes that are no text.
        for key in ("é".encode(), "e\u0301".encode(), b"\xff\x00", b"k" * 250):
            server.set(key, key)
        for key in ("é".encode(), "e\u0301".encode(), b"\xff\x00", b"k" * 250):
            self.assertEqual(server.value(key), key)

    def test_malformed_requests(self):
        for frame in (
            memcached_frame(0x00), memcached_frame(0x00, b"k" * 251), memcached_frame(0x01, b"k", bytes(4), b"v"),
            memcached_frame(0x0A, value=b"x"), b"\x81" + memcached_frame(0x0A)[1:], b"get k\r\n" * 10,
        ):  # fmt: skip
            with self.subTest(frame[:32]):
                peer = self.connect()
                peer.sendall(frame)
                self.assertEqual(self.read_to_end(peer), b"")
        self.check()

    def test_other_requests(self):
        server = self.raw()
        self.assertEqual(server.ask(server.VERSION)[::4], (0, b"1.0.0"))
        self.assertEqual(server.ask(server.LIST_MECHANISMS)[0], UNKNOWN)
        self.assertEqual(server.ask(server.STAT, b"nonsense")[0], NOT_FOUND)
        quit = server.send(server.QUIT)
        self.assertEqual(server.receive()[:3], (server.QUIT, 0, quit))
        self.assertIsNone(server.receive())
        server = self.raw()
        server.send(server.QUITQ)
        self.assertIsNone(server.receive())


if __name__ == "__main__":
    if "--programs" in sys.argv:
        index = sys.argv.index("--programs")
        Programs.folder, Programs.builds = pathlib.Path(sys.argv[index + 1]).resolve(), False
        del sys.argv[index : index + 2]
    unittest.main()
