"""Follows the README of Examples/PublishedProtocols in a copy outside the repository: builds the programs, runs their tests, and talks
to them with programs of other authors, and with bytes that are not of their protocols.

    python3 IntegrationTests/Downstream/test_published_protocols.py [--programs BUILD-FOLDER] [unittest options]

`IntegrationTests/Interop/environment` prints a Python that has the clients. With --programs, the suite builds nothing.
"""

import contextlib
import os
import pathlib
import random
import re
import shutil
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
import pymodbus.client
import smpplib.client
import smpplib.consts
import smpplib.exceptions
import smpplib.smpp
from pymodbus import FramerType
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu.file_message import FileRecord
from example import REPOSITORY, SCRATCH, Example
from ports import unused_port

GENERATED_TESTS = 323
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


def gallery(name):
    """Returns a spec of the gallery, without the comment at its top."""
    return (REPOSITORY / f"Protocols/{name}.yaml").read_text().partition("\nprotocol: ")[2]


def replaced(text, *changes):
    """Returns a text after changes, each of which must apply: pairs of a regular expression and its replacement."""
    for pattern, replacement in changes:
        text, count = re.subn(pattern, replacement, text, flags=re.MULTILINE)
        assert count, f"{pattern} is not in the spec"
    return text


def memcached_spec():
    return replaced(
        gallery("Memcached"),
        ("opaque: { type: uint32, correlate: true }", "opaque: { type: uint32, doc: Any number of the client; replies repeat it. }"),
        (r"name: key, type: string, length: header\.keyLength", "name: key, type: bytes, length: header.keyLength"),
    )


# Values that a device refuses with an exception, and that can therefore be read.
REFUSED_LATER = ("It reads nothing.", "It reads more than 2000 coils.", "A coil is on or off.")
DIAGNOSE_FAILED = """  DiagnoseFailed:
    code: 0x88
    from: server
    doc: The device refuses Diagnose.
    fields:
      - { name: reason, type: Exception }

"""


def device_spec(spec):
    """Returns a spec of Modbus with the changes that both servers have."""

    def without_bounds(message):
        return re.sub(r", (min|max): [\d_]+", "", message[0])

    spec = replaced(
        spec,
        (r"^    reply: \w+\n", ""),
        ("type: uint16, closed: true, cases: { off", "type: uint16, cases: { off"),
        *((rf"^ +- {{ payload: [^}}]*{re.escape(reason)} }}\n", "") for reason in REFUSED_LATER),
        (r"^    malformed:\n(?!      )", ""),
        (r"(  ReadDeviceIdentification:(?:\n    .*)*name: kind, type: uint8), equals: 14", r"\1, default: 14"),
    )
    spec = re.sub(r"^  \w+:\n    code: .*\n    from: client\n(?:    .*\n)*", without_bounds, spec, flags=re.MULTILINE)
    return re.sub(r"^  (RecordPlace|FileRecord):\n(?:    .*\n)*", without_bounds, spec, flags=re.MULTILINE)


def modbus_rtu_spec():
    spec = replaced(
        device_spec(gallery("ModbusRTU")),
        (r"(.*\n)doc: Modbus RTU.*\n", r"\g<0>swift: { namespace: Modbus }\n"),
        (r"\n\nenums:\n", "\n\n" + DIAGNOSE_FAILED + "enums:\n"),
    )
    return spec


def modbus_spec():
    serial = modbus_rtu_spec()
    messages = serial[serial.index("  ReadExceptionStatus:") : serial.index("enums:\n")]
    # The examples are frames of a serial line.
    messages = re.sub(r"^    examples:\n(?:      .*\n)*", "", messages, flags=re.MULTILINE)
    (enums,) = re.findall(r"^  State: .*\n  Test:\n(?:    .*\n)*", serial, flags=re.MULTILINE)
    (log,) = re.findall(r"^  Log:\n(?:    .*\n)*", serial, flags=re.MULTILINE)
    spec = replaced(
        device_spec(gallery("Modbus")),
        ("transaction: { type: uint16, correlate: true }", "transaction: uint16"),
        (r"enums:\n(.*\n)", "%messages%enums:\n\\1%enums%"),
    )
    return spec.replace("%messages%", messages).replace("%enums%", enums) + log


def smpp_spec():
    spec = replaced(
        gallery("SMPP"),
        ("sequence: { type: uint32, correlate: true }", "sequence: uint32"),
        (r"^    requires: nothing\n", ""),
        (r"^    from: (client|both)\n", "\\g<0>    requires: nothing\n"),
    )
    for name in ("BindReceiver", "BindTransmitter", "BindTransceiver", "SubmitSM", "DataSM", "QuerySM", "CancelSM", "ReplaceSM"):
        spec = replaced(spec, (rf"^    reply: {name}Response\n", ""))
    return spec


class Specs(unittest.TestCase):
    """Each spec is a copy of one in Protocols, with the changes that the comment at its top names."""

    COPIES = {
        "MemcachedServer": memcached_spec,
        "ModbusServer": modbus_spec,
        "ModbusRTUServer": modbus_rtu_spec,
        "SMPPServer": smpp_spec,
        "MQTTClient": lambda: gallery("MQTT311"),
        "PostgresClient": lambda: gallery("PostgreSQL"),
    }

    def test_copies(self):
        for target, expected in self.COPIES.items():
            with self.subTest(target):
                path = REPOSITORY / f"Examples/PublishedProtocols/Sources/{target}/protocol.yaml"
                self.assertEqual(path.read_text().partition("\nprotocol: ")[2], expected())


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
        command = [Programs.folder / self.program, *self.options, "--port", str(self.port)]
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

    def test_many_quiet_requests(self):
        """More bytes of replies than the server keeps for a peer that does not read."""
        server = self.raw()
        server.set(b"long", b"x" * 1_000_000)
        server.peer.sendall(b"".join(memcached_frame(server.GETKQ, b"long", opaque=number) for number in range(500)))
        server.send(server.NOOP)
        for number in range(500):
            code, status, opaque, *_, value = server.receive()
            self.assertEqual((code, status, opaque, len(value)), (server.GETKQ, 0, number, 1_000_000))
        self.assertEqual(server.receive()[0], server.NOOP)

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


# Modbus

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3


class ModbusTestCase(HostileBytes, Served):
    """The tests of a device, over Modbus/TCP or RTU."""

    framer = FramerType.SOCKET

    def client(self):
        client = pymodbus.client.ModbusTcpClient("127.0.0.1", port=self.port, framer=self.framer, timeout=PATIENCE, retries=0)
        self.assertTrue(client.connect())
        self.addCleanup(client.close)
        return client

    def setUp(self):
        self.device = self.client()

    def frame(self, data, unit=1):
        """Returns the frame of a request: a function and its data."""
        raise NotImplementedError

    def good(self, reply):
        self.assertFalse(reply.isError(), reply)
        return reply

    def refuses(self, reply, code):
        self.assertTrue(reply.isError(), reply)
        self.assertEqual(reply.exception_code, code)

    def check(self):
        value = random.randrange(1 << 16)
        device = self.client()
        self.good(device.write_register(900, value))
        self.assertEqual(self.good(device.read_holding_registers(900)).registers, [value])

    def test_coils(self):
        states = [number % 3 == 0 for number in range(1968)]
        device = self.client()
        self.good(device.write_coils(5, states[:900]))
        self.assertEqual(self.good(device.read_coils(5, count=900)).bits[:900], states[:900])
        self.assertEqual(self.good(device.read_discrete_inputs(8, count=3)).bits[:3], states[3:6])
        for state in (True, False):
            self.good(device.write_coil(999, state))
            self.assertEqual(self.good(device.read_coils(999)).bits[0], state)
        # The coils beside those that were written.
        self.good(device.write_coils(100, [True] * 20))
        self.good(device.write_coils(105, [False] * 3))
        self.assertEqual(self.good(device.read_coils(100, count=10)).bits[:10], [True] * 5 + [False] * 3 + [True] * 2)

    def test_registers(self):
        values = [number * 523 % 65_536 for number in range(123)]
        self.good(self.device.write_registers(10, values))
        self.assertEqual(self.good(self.device.read_holding_registers(10, count=123)).registers, values)
        self.assertEqual(self.good(self.device.read_input_registers(12, count=2)).registers, values[2:4])
        self.good(self.device.write_register(11, 0xFFFF))
        self.assertEqual(self.good(self.device.read_holding_registers(10, count=3)).registers, [values[0], 0xFFFF, values[2]])

    def test_mask(self):
        self.good(self.device.write_register(40, 0x0012))
        self.good(self.device.mask_write_register(address=40, and_mask=0x00F2, or_mask=0x0025))
        self.assertEqual(self.good(self.device.read_holding_registers(40)).registers, [0x0017])

    def test_read_and_write(self):
        self.good(self.device.write_registers(50, [1, 2, 3, 4]))
        reply = self.good(self.device.readwrite_registers(read_address=50, read_count=4, write_address=51, values=[8, 9]))
        self.assertEqual(reply.registers, [1, 8, 9, 4])
        self.refuses(
            self.device.readwrite_registers(read_address=999, read_count=2, write_address=50, values=[7]), ILLEGAL_ADDRESS
        )
        self.assertEqual(self.good(self.device.read_holding_registers(50)).registers, [1])

    def test_queue(self):
        for value in range(100, 140):
            self.good(self.device.write_register(0, value))
        self.assertEqual(self.good(self.device.read_fifo_queue(address=0)).values, list(range(109, 140)))
        self.refuses(self.device.read_fifo_queue(address=1), ILLEGAL_ADDRESS)

    def test_files(self):
        first, second = bytes(range(20)), bytes(range(100, 106))
        written = [FileRecord(1, 0, first), FileRecord(10, 9_997, second)]
        self.good(self.device.write_file_record(written))
        places = [FileRecord(1, 2, record_length=16), FileRecord(10, 9_996, record_length=8)]
        parts = self.good(self.device.read_file_record(places)).records
        self.assertEqual([part.record_data for part in parts], [first[4:20], b"\0\0" + second])
        for file, record, length in ((0, 0, 2), (11, 0, 2), (1, 9_999, 4)):
            self.refuses(self.device.read_file_record([FileRecord(file, record, record_length=length)]), ILLEGAL_ADDRESS)
        self.refuses(self.device.write_file_record([FileRecord(1, 0, b"zz"), FileRecord(99, 0, b"zz")]), ILLEGAL_ADDRESS)
        (part,) = self.good(self.device.read_file_record([FileRecord(1, 0, record_length=2)])).records
        self.assertEqual(part.record_data, first[:2])
        self.refuses(self.device.read_file_record([FileRecord(1, 0, record_length=246)]), ILLEGAL_VALUE)

    def test_identification(self):
        basic = self.good(self.device.read_device_information(read_code=1)).information
        self.assertEqual(basic, {0: b"Switchboard", 1: b"PD-1", 2: b"1.0"})
        self.assertEqual(self.good(self.device.read_device_information(read_code=4, object_id=5)).information, {5: b"Device"})
        self.refuses(self.device.read_device_information(read_code=4, object_id=99), ILLEGAL_ADDRESS)
        self.refuses(self.device.read_device_information(read_code=7), ILLEGAL_VALUE)
        objects, first, replies = {}, 0, 0
        while first is not None:
            reply = self.good(self.device.read_device_information(read_code=3, object_id=first))
            objects.update(reply.information)
            first, replies = (reply.next_object_id if reply.more_follows else None), replies + 1
        self.assertEqual(list(objects), [0, 1, 2, 3, 4, 5, 6, 0x80, 0x81, 0x82])
        self.assertEqual(replies, 2)
        report = self.good(self.device.report_device_id())
        self.assertEqual((report.identifier, report.status), (b"Switchboard device", True))

    def test_exception_status(self):
        self.good(self.device.write_coils(0, [True, False, True, True, False, False, False, True]))
        self.assertEqual(self.good(self.device.read_exception_status()).status, 0b1000_1101)

    def test_diagnostics(self):
        device = self.device
        self.assertEqual(self.good(device.diag_query_data(b"\x12\x34")).message, b"\x12\x34")
        self.good(device.diag_clear_counters())
        self.good(device.read_coils(0))
        self.refuses(device.read_coils(5000), ILLEGAL_ADDRESS)
        self.assertEqual(self.good(device.diag_read_bus_message_count()).message, 3)
        self.assertEqual(self.good(device.diag_read_bus_exception_error_count()).message, 1)
        self.assertEqual(self.good(device.diag_read_device_message_count()).message, 5)
        for read in (
            device.diag_read_device_no_response_count, device.diag_read_bus_comm_error_count, device.diag_read_device_nak_count,
            device.diag_read_device_busy_count, device.diag_read_bus_char_overrun_count, device.diag_read_diagnostic_register,
            device.diag_clear_overrun_counter,
        ):  # fmt: skip
            self.assertEqual(self.good(read()).message, 0, read)
        self.good(device.diag_change_ascii_input_delimeter(delimiter=0x0D00))
        self.refuses(device.diag_read_iop_overrun_count(), ILLEGAL_FUNCTION)
        self.good(device.diag_restart_communication(True))
        self.assertEqual(self.good(device.diag_read_bus_message_count()).message, 1)

    def test_events(self):
        self.good(self.device.diag_restart_communication(True))
        self.good(self.device.read_coils(0))
        self.refuses(self.device.read_coils(5000), ILLEGAL_ADDRESS)
        self.good(self.device.write_coil(0, True))
        counter = self.good(self.device.diag_get_comm_event_counter())
        # The restart, which counts from 0, and two messages.
        self.assertEqual((counter.status, counter.count), (True, 3))
        log = self.good(self.device.diag_get_comm_event_log())
        self.assertEqual((log.status, log.event_count, log.message_count), (True, 3, 5))
        self.assertEqual(log.events, [0x80, 0x40, 0x80, 0x40, 0x80, 0x41, 0x80, 0x40, 0x80, 0x40, 0x00])

    def test_listen_only(self):
        other = self.client()
        self.device.diag_force_listen_only()
        peer = self.device.socket
        peer.sendall(self.frame(b"\x01\0\0\0\1"))
        # This restarts the line, without a reply; so the first reply is that to the last request.
        peer.sendall(self.frame(b"\x08\0\1\0\0"))
        peer.sendall(self.frame(b"\x08\0\0\x55\xaa"))
        peer.settimeout(PATIENCE)
        expected = self.frame(b"\x08\0\0\x55\xaa")
        self.assertEqual(peer.recv(len(expected), socket.MSG_WAITALL), expected)
        # Another line of the device.
        self.good(other.read_coils(0))

    def test_refusals(self):
        device = self.device
        for read in (device.read_coils, device.read_discrete_inputs, device.read_holding_registers, device.read_input_registers):
            self.good(read(999))
            self.refuses(read(1000), ILLEGAL_ADDRESS)
            self.refuses(read(999, count=2), ILLEGAL_ADDRESS)
        self.refuses(device.write_coil(1000, True), ILLEGAL_ADDRESS)
        self.refuses(device.write_register(1000, 1), ILLEGAL_ADDRESS)
        self.refuses(device.write_coils(999, [True] * 2), ILLEGAL_ADDRESS)
        self.refuses(device.write_registers(999, [1] * 2), ILLEGAL_ADDRESS)
        self.refuses(device.mask_write_register(address=1000), ILLEGAL_ADDRESS)
        peer = self.connect()
        # Requests that pymodbus does not send: wrong counts, a coil that is neither on nor off, another type of transport.
        for request, code in (
            ("01 0000 0000", 3), ("01 0000 07d1", 3), ("02 0000 07d1", 3), ("03 0000 007e", 3), ("04 0000 0000", 3),
            ("05 0000 0001", 3), ("0f 0000 0009 01 ff", 3), ("0f 0000 0000 00", 3), ("10 0000 0002 02 0001", 3),
            ("17 0000 007e 0000 0001 02 0001", 3), ("17 0000 0001 0000 0002 02 0001", 3), ("14 00", 3), ("15 00", 3),
            ("08 0000" + "1234", None), ("08 0063 0000", 1), ("08 000b 0001", 3), ("08 0001 0001", 3), ("2b 0d 01 00", 1),
        ):  # fmt: skip
            with self.subTest(request):
                request = bytes.fromhex(request)
                peer.sendall(self.frame(request))
                answer = request if code is None else bytes([request[0] | 0x80, code])
                expected = self.frame(answer)
                self.assertEqual(peer.recv(len(expected), socket.MSG_WAITALL), expected)

    def test_clients_at_once(self):
        def work(number):
            client = pymodbus.client.ModbusTcpClient("127.0.0.1", port=self.port, framer=self.framer, timeout=PATIENCE, retries=0)
            assert client.connect()
            for round in range(30):
                client.write_registers(200 + 2 * number, [number, round])
                registers = client.read_holding_registers(200 + 2 * number, count=2).registers
                assert registers == [number, round], registers
            client.close()

        at_once(work)


class ModbusTests(ModbusTestCase):
    program = "ModbusServer"
    huge = struct.pack(">HHHB", 1, 0, 0xFFFF, 1) + b"\x10"

    @property
    def frames(self):
        requests = (b"\x03\0\0\0\x10", b"\x10\0\0\0\1\2\0\1", b"\x14\7\6\0\1\0\0\0\1", b"\x2b\x0e\1\0", b"\x0b")
        return [self.frame(request) for request in requests]

    def frame(self, data, unit=1, transaction=7):
        return struct.pack(">HHHB", transaction, 0, len(data) + 1, unit) + data

    def test_transactions(self):
        """Requests that are sent at once get their replies in order, each with its transaction and its unit."""
        peer = self.connect()
        self.good(self.device.write_registers(300, list(range(100))))
        requests = [self.frame(struct.pack(">BHH", 3, 300 + number, 1), number, 1000 + number) for number in range(100)]
        peer.sendall(b"".join(requests))
        for number in range(100):
            reply = self.frame(struct.pack(">BBH", 3, 2, number), number, 1000 + number)
            self.assertEqual(peer.recv(len(reply), socket.MSG_WAITALL), reply)

    def test_unknown_function(self):
        peer = self.connect()
        peer.sendall(self.frame(b"\x41\0"))
        self.assertEqual(self.read_to_end(peer), b"")
        self.check()


class ModbusRTUTests(ModbusTestCase):
    program = "ModbusRTUServer"
    framer = FramerType.RTU
    # The number of registers' bytes is more than a frame has.
    huge = struct.pack(">BBHHB", 1, 0x10, 0, 1, 0xFF)
    frames = ModbusTests.frames

    def frame(self, data, unit=1):
        frame = bytes([unit]) + data
        return frame + struct.pack(">H", FramerRTU.compute_CRC(frame))

    def test_queue(self):
        """Without pymodbus, which expects a frame with two bytes less."""
        for value in range(100, 140):
            self.good(self.device.write_register(0, value))
        peer = self.connect()
        peer.sendall(self.frame(b"\x18\0\0") + self.frame(b"\x18\0\1"))
        reply = self.frame(struct.pack(">BHH31H", 0x18, 64, 31, *range(109, 140))) + self.frame(b"\x98\2")
        self.assertEqual(peer.recv(len(reply), socket.MSG_WAITALL), reply)

    def test_other_devices(self):
        peer = self.connect()
        # Only the last of these gets a reply: others are for another device, for all devices, and damaged.
        peer.sendall(self.frame(b"\x06\0\x50\0\1", unit=2))
        peer.sendall(self.frame(b"\x06\0\x51\0\1", unit=0))
        peer.sendall(self.frame(b"\x06\0\x52\0\1")[:-1] + b"\0")
        peer.sendall(self.frame(b"\x03\0\x50\0\3"))
        reply = self.frame(b"\x03\6\0\0\0\1\0\0")
        self.assertEqual(peer.recv(len(reply), socket.MSG_WAITALL), reply)

    def test_unit(self):
        _, port = self.start("--unit", "17")
        peer = self.enterContext(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
        peer.sendall(self.frame(b"\x07") + self.frame(b"\x07", unit=17))
        reply = self.frame(b"\x07\0", unit=17)
        self.assertEqual(peer.recv(len(reply), socket.MSG_WAITALL), reply)


# The class that the two above inherit has no server of its own.
del ModbusTestCase


# SMPP

OK, WRONG_COMMAND, WRONG_BIND_STATUS, ALREADY_BOUND, WRONG_DESTINATION, BIND_FAILED, WRONG_PASSWORD, WRONG_SYSTEM_ID = (
    0, 0x03, 0x04, 0x05, 0x0B, 0x0D, 0x0E, 0x0F,
)  # fmt: skip
CANCEL_FAILED, REPLACE_FAILED, QUEUE_FULL, WRONG_PRIORITY, WRONG_SCHEDULE, WRONG_VALIDITY, QUERY_FAILED = (
    0x11, 0x13, 0x14, 0x06, 0x61, 0x62, 0x67,
)  # fmt: skip
EN_ROUTE, DELIVERED, EXPIRED, DELETED, UNDELIVERABLE = 1, 2, 3, 4, 5
GENERIC_NACK, RESPONSE = 0x8000_0000, 0x8000_0000
INTERNATIONAL = {"source_addr_ton": 1, "source_addr_npi": 1, "dest_addr_ton": 1, "dest_addr_npi": 1}


def smpp_frame(command, body=b"", sequence=1, status=0):
    return struct.pack(">IIII", 16 + len(body), command, status, sequence) + body


def smpp_bind(name=b"ada", password=b"secret", command=9):
    return smpp_frame(command, name + b"\0" + password + b"\0\0\x34\0\0\0")


def smpp_text(destination, text, sequence=2, validity=b"", service=b""):
    body = service + b"\0" + b"\1\x01ada\0" + b"\1\x01" + destination + b"\0" + bytes(3) + b"\0" + validity + b"\0"
    return smpp_frame(4, body + b"\1\0\0\0" + bytes([len(text)]) + text, sequence)


class SMPPClient:
    """A client of smpplib that has bound, and the messages that it has received."""

    def __init__(self, port, kind="transceiver", name="ada", password="secret", **options):
        self.smpp = smpplib.client.Client("127.0.0.1", port, timeout=PATIENCE, allow_unknown_opt_params=True)
        self.received, self.sent, self.failed = [], [], []
        # What the client answers.
        self.status = OK
        self.smpp.set_message_received_handler(self.take)
        # smpplib calls these for errors, too.
        self.smpp.set_message_sent_handler(lambda pdu: pdu.is_error() or self.sent.append(pdu.message_id.decode()))
        self.smpp.set_query_resp_handler(lambda pdu: pdu.is_error() or self.sent.append(int(pdu.message_state)))
        self.smpp.set_error_pdu_handler(lambda pdu: self.failed.append(int(pdu.status)))
        self.smpp.connect()
        try:
            getattr(self.smpp, f"bind_{kind}")(system_id=name, password=password, **options)
        except Exception:
            self.close()
            raise

    def close(self):
        self.smpp.state = smpplib.consts.SMPP_CLIENT_STATE_OPEN
        self.smpp.disconnect()

    def take(self, pdu):
        self.received.append(pdu)
        return self.status

    def until(self, condition):
        """Reads until a condition holds."""
        while not condition():
            self.smpp.read_once(auto_send_enquire_link=False)

    def submit(self, destination, text, source="ada", **options):
        """Sends a message; returns its identifier, or the status of the response."""
        before = len(self.sent), len(self.failed)
        text = text.encode() if isinstance(text, str) else text
        self.smpp.send_message(
            source_addr=source, destination_addr=destination, short_message=text, **{**INTERNATIONAL, **options}
        )
        self.until(lambda: (len(self.sent), len(self.failed)) != before)
        return self.failed.pop() if len(self.failed) > before[1] else self.sent.pop()

    def state(self, id, source="ada"):
        """Returns the state of a message, or the status of the response."""
        self.smpp.query_message(message_id=id, source_addr_ton=1, source_addr_npi=1, source_addr=source)
        self.until(lambda: self.sent or self.failed)
        return self.failed.pop() if self.failed else self.sent.pop()

    def receive(self):
        self.until(lambda: self.received)
        return self.received.pop(0)


class SMPPTests(HostileBytes, Served):
    program = "SMPPServer"
    options = ("--account", "ada:secret", "--account", "ben:word", "--account", "eve:x", "--enquire-interval", "2")
    frames = (smpp_frame(0x15), smpp_bind(), smpp_text(b"ben", b"hello"), smpp_frame(6))
    huge = struct.pack(">IIII", 0xFFFF_FFFF, 9, 0, 1)

    def client(self, *arguments, **options):
        client = SMPPClient(self.port, *arguments, **options)
        self.addCleanup(client.close)
        return client

    def ask(self, peer, frame):
        """Sends a request; returns command, status, sequence and body of what the centre sends next."""
        peer.sendall(frame)
        return self.answer(peer)

    def answer(self, peer):
        header = peer.recv(16, socket.MSG_WAITALL)
        length, *fields = struct.unpack(">IIII", header)
        return *fields, peer.recv(length - 16, socket.MSG_WAITALL) if length > 16 else b""

    def check(self):
        destination = f"check-{random.randrange(1 << 30)}"
        receiver = self.client("receiver", "eve", "x", addr_ton=1, addr_npi=1, address_range=destination)
        sender = self.client("transmitter")
        self.assertIsInstance(sender.submit(destination, "works"), str)
        self.assertEqual(receiver.receive().short_message, b"works")

    def test_message(self):
        receiver = self.client("receiver", "ben", "word")
        sender = self.client()
        id = sender.submit("ben", "größer".encode("latin-1"), data_coding=3)
        message = receiver.receive()
        self.assertEqual(message.short_message, "größer".encode("latin-1"))
        self.assertEqual((message.source_addr, message.destination_addr), (b"ada", b"ben"))
        self.assertEqual((int(message.data_coding), int(message.esm_class)), (3, 0))
        # The answer of the receiver has arrived before the answer to this.
        receiver.smpp.unbind()
        self.assertEqual(sender.state(id), DELIVERED)

    def test_receipt(self):
        receiver = self.client("receiver", "ben", "word")
        sender = self.client("transceiver")
        id = sender.submit("ben", "with a receipt, please", registered_delivery=1)
        receiver.receive()
        receipt = sender.receive()
        self.assertEqual((receipt.source_addr, receipt.destination_addr), (b"ben", b"ada"))
        self.assertEqual(int(receipt.esm_class), 4)
        self.assertEqual((receipt.receipted_message_id.rstrip(b"\0").decode(), int(receipt.message_state)), (id, DELIVERED))
        pattern = rf"id:{id} sub:001 dlvrd:001 submit date:\d{{10}} done date:\d{{10}} stat:DELIVRD err:000 text:with a receipt, plea"
        self.assertRegex(receipt.short_message.decode(), f"^{pattern}$")

    def test_receipt_of_a_failure(self):
        receiver = self.client("receiver", "ben", "word")
        sender = self.client("transceiver")
        receiver.status = 0x65
        for receipts, expected in ((0, 0), (1, 1), (2, 1)):
            id = sender.submit("ben", "no", registered_delivery=receipts)
            receiver.receive()
            if expected:
                self.assertIn(b"stat:UNDELIV", sender.receive().short_message)
            # The centre may take the answer of the receiver later than this question.
            while (state := sender.state(id)) == EN_ROUTE:
                pass
            self.assertEqual(state, UNDELIVERABLE)
        receiver.status = OK
        # A receipt only if delivery fails.
        sender.submit("ben", "yes", registered_delivery=2)
        sender.submit("ben", "yes", registered_delivery=1)
        receiver.receive(), receiver.receive()
        self.assertIn(b"stat:DELIVRD", sender.receive().short_message)
        self.assertEqual(sender.received, [])

    def test_waiting_messages(self):
        sender = self.client()
        ids = [sender.submit("waiting-1", f"{number}") for number in range(50)]
        self.assertEqual(sender.state(ids[0]), EN_ROUTE)
        other = self.client("transceiver", "ben", "word", addr_ton=1, addr_npi=1, address_range="waiting-2")
        receiver = self.client("transceiver", "eve", "x", addr_ton=1, addr_npi=1, address_range="waiting-")
        self.assertEqual([receiver.receive().short_message for _ in range(50)], [b"%d" % number for number in range(50)])
        # The longest range counts.
        sender.submit("waiting-2", "for the other")
        self.assertEqual(other.receive().short_message, b"for the other")

    def test_lost_receiver(self):
        sender = self.client("transmitter")
        peer = self.connect()
        self.assertEqual(self.ask(peer, smpp_bind(b"ben", b"word", 1))[:2], (RESPONSE | 1, OK))
        ids = [sender.submit("ben", f"again {number}") for number in range(20)]
        # The window of the receiver, which answers nothing.
        for number in range(10):
            command, _, sequence, body = self.answer(peer)
            self.assertEqual((command, sequence), (5, number + 1))
            self.assertTrue(body.endswith(b"again %d" % number))
        peer.close()
        receiver = self.client("receiver", "ben", "word")
        self.assertEqual([receiver.receive().short_message for _ in ids], [b"again %d" % number for number in range(20)])

    def test_long_text(self):
        receiver = self.client("receiver", "ben", "word")
        sender = self.client("transceiver")
        text = random.Random(3).randbytes(4000)
        sender.submit("ben", b"", message_payload=text, sar_msg_ref_num=7, sar_total_segments=2, sar_segment_seqnum=1)
        message = receiver.receive()
        self.assertEqual((message.message_payload, int(message.sar_msg_ref_num), message.short_message), (text, 7, b""))
        self.assertEqual(sender.submit("ben", b"", message_payload=bytes(4097)), 1)

    def test_data_sm(self):
        receiver = self.client("receiver", "ben", "word")
        sender = self.client("transceiver")
        sender.smpp.send_pdu(
            smpplib.smpp.make_pdu(
                "data_sm", client=sender.smpp, source_addr="ada", destination_addr="ben", registered_delivery=1,
                message_payload=b"data", **INTERNATIONAL,
            )  # fmt: skip
        )
        response = sender.smpp.read_pdu()
        self.assertEqual((response.command, response.status), ("data_sm_resp", OK))
        self.assertEqual(receiver.receive().message_payload, b"data")
        self.assertIn(b"stat:DELIVRD", sender.receive().short_message)

    def test_binds(self):
        for arguments, status in (
            (("transmitter", "ada", "wrong"), WRONG_PASSWORD), (("receiver", "nobody", "x"), WRONG_SYSTEM_ID),
            (("transceiver", "ada", ""), WRONG_PASSWORD),
        ):  # fmt: skip
            with self.assertRaises(smpplib.exceptions.PDUError) as error:
                self.client(*arguments)
            self.assertEqual(error.exception.args[1], status)
        for command in (1, 2, 9):
            peer = self.connect()
            answer = self.ask(peer, smpp_bind(command=command))
            self.assertEqual(answer, (RESPONSE | command, OK, 1, b"SWITCHBOARD\0\x02\x10\0\1\x34"))
            self.assertEqual(self.ask(peer, smpp_bind(command=command))[:3], (RESPONSE | command, ALREADY_BOUND, 1))
            self.assertEqual(self.ask(peer, smpp_frame(6, sequence=9)), (RESPONSE | 6, OK, 9, b""))
            self.assertEqual(self.read_to_end(peer), b"")
        # A client that is not authenticated is not kept.
        peer = self.connect()
        self.assertEqual(self.ask(peer, smpp_bind(password=b"wrong"))[1], WRONG_PASSWORD)
        self.assertEqual(self.read_to_end(peer), b"")

    def test_commands_before_a_bind(self):
        peer = self.connect()
        address = b"\1\1ada\0"
        for frame in (
            smpp_text(b"ben", b"hello"), smpp_frame(3, b"1\0" + address), smpp_frame(8, b"\x001\0" + address * 2),
            smpp_frame(7, b"1\0" + address + bytes(5)), smpp_frame(0x103, b"\0" + address * 2 + bytes(3)),
        ):  # fmt: skip
            command = struct.unpack(">I", frame[4:8])[0]
            self.assertEqual(self.ask(peer, frame)[:2], (RESPONSE | command, WRONG_BIND_STATUS))
        self.assertEqual(self.ask(peer, smpp_frame(0x15, sequence=5)), (RESPONSE | 0x15, OK, 5, b""))
        self.assertEqual(self.ask(peer, smpp_bind(command=1))[1], OK)
        # A receiver does not send.
        self.assertEqual(self.ask(peer, smpp_text(b"ben", b"hello"))[1], WRONG_BIND_STATUS)

    def test_too_many_sessions(self):
        peers = [self.connect() for _ in range(11)]
        statuses = [self.ask(peer, smpp_bind(b"eve", b"x"))[1] for peer in peers]
        self.assertEqual(statuses, [OK] * 10 + [BIND_FAILED])
        for peer in peers:
            peer.close()
        # The centre notices the end of the connections a moment later.
        deadline = time.monotonic() + PATIENCE
        while self.ask(self.connect(), smpp_bind(b"eve", b"x"))[1] != OK:
            self.assertLess(time.monotonic(), deadline)

    def test_unknown_command(self):
        peer = self.connect()
        self.ask(peer, smpp_bind())
        self.assertEqual(self.ask(peer, smpp_frame(0x99, b"abc", sequence=77)), (GENERIC_NACK, WRONG_COMMAND, 77, b""))
        # The centre has no SubmitMulti, and clients do not send DeliverSM.
        self.assertEqual(self.ask(peer, smpp_frame(0x21, bytes(30), sequence=78)), (GENERIC_NACK, WRONG_COMMAND, 78, b""))
        self.assertEqual(self.ask(peer, smpp_frame(5, bytes(30), sequence=79)), (GENERIC_NACK, WRONG_COMMAND, 79, b""))
        # No answer to an answer: the next frame answers the last request.
        self.assertEqual(self.ask(peer, smpp_frame(GENERIC_NACK) + smpp_frame(0x15, sequence=80))[2], 80)

    def test_generic_nack_of_a_client(self):
        sender = self.client("transceiver")
        peer = self.connect()
        self.ask(peer, smpp_bind(b"ben", b"word", 1))
        sender.submit("ben", "what?", registered_delivery=1)
        command, _, sequence, _ = self.answer(peer)
        peer.sendall(smpp_frame(GENERIC_NACK, sequence=sequence, status=3))
        self.assertIn(b"stat:UNDELIV", sender.receive().short_message)

    def test_refused_messages(self):
        sender = self.client("transceiver")
        for options, status in (
            ({"destination": ""}, WRONG_DESTINATION), ({"priority_flag": 4}, WRONG_PRIORITY),
            ({"schedule_delivery_time": "260101000000000+"}, WRONG_SCHEDULE), ({"validity_period": "2601010000000000"}, WRONG_VALIDITY),
            ({"validity_period": "250101000000000+"}, WRONG_VALIDITY), ({"registered_delivery": 3}, 7),
        ):  # fmt: skip
            with self.subTest(options):
                self.assertEqual(sender.submit(options.pop("destination", "x"), "text", **options), status)

    def test_expiry(self):
        sender = self.client("transceiver")
        id = sender.submit("expires", "soon", validity_period="000000000001000R", registered_delivery=1)
        self.assertEqual(sender.state(id), EN_ROUTE)
        receipt = sender.receive()
        self.assertIn(f"id:{id} sub:001 dlvrd:000".encode(), receipt.short_message)
        self.assertIn(b"stat:EXPIRED", receipt.short_message)
        self.assertEqual(sender.state(id), EXPIRED)

    def test_query(self):
        sender = self.client("transceiver")
        id = sender.submit("asked", "about")
        self.assertEqual(sender.state(id), EN_ROUTE)
        self.assertEqual(sender.state("none"), QUERY_FAILED)
        self.assertEqual(sender.state(id, source="ben"), QUERY_FAILED)
        # The message of another account.
        self.assertEqual(self.client("transceiver", "ben", "word").state(id), QUERY_FAILED)

    def test_cancel_and_replace(self):
        sender, peer = self.client("transceiver"), self.connect()
        self.ask(peer, smpp_bind(command=2))
        ids = [sender.submit("changed", f"{number}") for number in range(4)]
        address = b"\1\1ada\0"

        def cancel(id, destination=b"changed"):
            return self.ask(peer, smpp_frame(8, b"\0" + id.encode() + b"\0" + address + b"\1\1" + destination + b"\0"))[:2]

        def replace(id, text):
            body = id.encode() + b"\0" + address + bytes(2) + bytes(2) + bytes([len(text)]) + text
            return self.ask(peer, smpp_frame(7, body))[:2]

        self.assertEqual(cancel(ids[1]), (RESPONSE | 8, OK))
        self.assertEqual(sender.state(ids[1]), DELETED)
        self.assertEqual(cancel(ids[1]), (RESPONSE | 8, CANCEL_FAILED))
        self.assertEqual(replace(ids[2], b"new"), (RESPONSE | 7, OK))
        self.assertEqual(replace(ids[1], b"new"), (RESPONSE | 7, REPLACE_FAILED))
        receiver = self.client("receiver", "ben", "word", addr_ton=1, addr_npi=1, address_range="changed")
        self.assertEqual([receiver.receive().short_message for _ in range(3)], [b"0", b"new", b"3"])
        receiver.smpp.unbind()
        self.assertEqual(cancel(ids[0]), (RESPONSE | 8, CANCEL_FAILED))
        # Without an identifier, all messages between two addresses.
        ids = [sender.submit("changed", "x") for _ in range(3)]
        self.assertEqual(cancel("", b"other"), (RESPONSE | 8, CANCEL_FAILED))
        self.assertEqual(cancel(""), (RESPONSE | 8, OK))
        self.assertEqual([sender.state(id) for id in ids], [DELETED] * 3)

    def test_replacement_if_present(self):
        sender = self.client("transceiver")
        first = sender.submit("news", "old", replace_if_present_flag=1)
        self.assertEqual(sender.submit("news", "newest", replace_if_present_flag=1), first)
        receiver = self.client("receiver", "ben", "word", addr_ton=1, addr_npi=1, address_range="news")
        self.assertEqual(receiver.receive().short_message, b"newest")

    def test_full_queue(self):
        _, port = self.start("--account", "ada:secret", "--messages", "5")
        sender = SMPPClient(port)
        self.addCleanup(sender.close)
        for _ in range(5):
            self.assertIsInstance(sender.submit("nobody", "x"), str)
        self.assertEqual(sender.submit("nobody", "x"), QUEUE_FULL)

    def test_enquire_link(self):
        client = self.client("transceiver")
        client.smpp.send_pdu(smpplib.smpp.make_pdu("enquire_link", client=client.smpp))
        self.assertEqual(client.smpp.read_pdu().command, "enquire_link_resp")
        silent = self.connect()
        self.ask(silent, smpp_bind(command=1))
        # The centre asks every 2 s. The client that answers stays, the other one is closed after 4 s.
        asked, end = 0, time.monotonic() + 6
        while time.monotonic() < end:
            pdu = client.smpp.read_pdu()
            self.assertEqual(pdu.command, "enquire_link")
            client.smpp._enquire_link_received(pdu)
            asked += 1
        self.assertGreaterEqual(asked, 3)
        self.assertEqual(self.answer(silent)[0], 0x15)
        self.read_to_end(silent)
        self.assertIsInstance(client.submit("later", "still there"), str)

    def test_clients_at_once(self):
        def talk(number):
            name = f"crowd-{number:02}"
            account = ("ada", "secret") if number % 2 else ("ben", "word")
            client = SMPPClient(self.port, "transceiver", *account, addr_ton=1, addr_npi=1, address_range=name)
            for round in range(20):
                client.submit(name, f"{round}")
            texts = [client.receive().short_message for _ in range(20)]
            client.close()
            assert texts == [b"%d" % round for round in range(20)], texts

        at_once(talk, 16)

    def test_options(self):
        result = subprocess.run([Programs.folder / self.program, "--account", "ada"], capture_output=True, text=True)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("NAME:PASSWORD", result.stderr)


# MQTT


class Mosquitto:
    """A mosquitto of its own, and its log."""

    def __init__(self, *settings):
        self.folder = tempfile.TemporaryDirectory()
        self.log = pathlib.Path(self.folder.name) / "log"
        self.port = unused_port()
        path = pathlib.Path(self.folder.name) / "mosquitto.conf"
        lines = [f"listener {self.port} 127.0.0.1", f"log_dest file {self.log}", "log_type all", *settings]
        if os.getuid() == 0:
            # Otherwise it becomes a user that cannot write the log.
            lines.append("user root")
        path.write_text("\n".join(lines) + "\n")
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self.process = subprocess.Popen([program, "-c", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                assert time.monotonic() < deadline and self.process.poll() is None, "mosquitto did not start"
                time.sleep(0.01)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def wait_for(self, pattern, count=1):
        """Waits until as many lines of the log have a pattern."""
        deadline = time.monotonic() + PATIENCE
        while len(re.findall(pattern, self.log.read_text())) < count:
            assert time.monotonic() < deadline, f"{pattern} is not in the log: {self.log.read_text()}"
            time.sleep(0.05)


class MQTTTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = Mosquitto("allow_anonymous true")
        cls.addClassCleanup(cls.broker.stop)

    def command(self, name, *arguments, port=None):
        return [Programs.folder / "MQTTClient", name, "--port", str(port or self.broker.port), "--timeout", "5", *arguments]

    def publish(self, *arguments, stdin=None, port=None):
        result = subprocess.run(
            self.command("publish", *arguments, port=port), input=stdin, capture_output=True, text=True, timeout=60
        )
        self.assertEqual(result.returncode, 0, result.stderr)

    def subscribe(self, id, *arguments):
        """Starts the client, and returns it when the broker has its subscriptions."""
        process = subprocess.Popen(
            self.command("subscribe", "--id", id, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.broker.wait_for(f"Sending SUBACK to {id}")
        return process

    def output(self, process):
        output, errors = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0, errors)
        return output

    def mosquitto_pub(self, *arguments):
        subprocess.run(["mosquitto_pub", "-p", str(self.broker.port), *arguments], check=True, timeout=PATIENCE)

    def mosquitto_sub(self, id, *arguments):
        """Starts mosquitto_sub, and returns it when the broker has its subscriptions."""
        process = subprocess.Popen(
            ["mosquitto_sub", "-p", str(self.broker.port), "-i", id, "-F", "%t %q %r %p", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.broker.wait_for(f"Sending SUBACK to {id}")
        return process

    def test_publish(self):
        subscriber = self.mosquitto_sub("p1", "-t", "p/#", "-q", "1", "-C", "5")
        self.publish("p/a", "größer")
        self.publish("--qos", "1", "p/b", "once")
        self.publish("--qos", "1", "p/lines", stdin="first\nsecond\n\n")
        self.assertEqual(
            self.output(subscriber).splitlines(),
            ["p/a 0 0 größer", "p/b 1 0 once", "p/lines 1 0 first", "p/lines 1 0 second", "p/lines 1 0 "],
        )

    def test_retained(self):
        self.publish("--qos", "1", "--retain", "kept", "on")
        self.assertEqual(self.output(self.mosquitto_sub("r1", "-t", "kept", "-C", "1")), "kept 0 1 on\n")
        self.assertEqual(self.output(self.subscribe("r2", "--count", "1", "kept")), "on\n")

    def test_subscribe(self):
        for qos in ("0", "1"):
            subscriber = self.subscribe(f"s{qos}", "--qos", qos, "--count", "3", "--show-topic", "s/+/light", "t/#")
            self.mosquitto_pub("-t", "s/hall/light", "-m", "on", "-q", "0")
            self.mosquitto_pub("-t", "other", "-m", "unheard", "-q", "1")
            self.mosquitto_pub("-t", "t", "-m", "größer", "-q", "1")
            self.mosquitto_pub("-t", "t/a/b", "-m", "off", "-q", "2")
            self.assertEqual(self.output(subscriber), "s/hall/light on\nt größer\nt/a/b off\n")

    def test_large_message(self):
        text = "x" * 1_000_000
        subscriber = self.subscribe("large", "--qos", "1", "--count", "1", "large")
        self.publish("--qos", "1", "large", stdin=text + "\n")
        self.assertEqual(self.output(subscriber), text + "\n")

    def test_kept_session(self):
        session = ["--keep-session", "--qos", "1", "k"]
        self.mosquitto_pub("-t", "k", "-m", "before", "-q", "1")
        first = self.subscribe("keeper", "--count", "1", *session)
        self.mosquitto_pub("-t", "k", "-m", "0", "-q", "1")
        self.assertEqual(self.output(first), "0\n")
        for number in range(1, 4):
            self.mosquitto_pub("-t", "k", "-m", str(number), "-q", "1")
        command = self.command("subscribe", "--id", "keeper", "--count", "3", *session)
        result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(result.stdout, "1\n2\n3\n", result.stderr)
        # The client has acknowledged all messages: the next one gets nothing but a new one.
        self.mosquitto_pub("-t", "k", "-m", "4", "-q", "1")
        command = ["mosquitto_sub", "-p", str(self.broker.port), "-c", "-i", "keeper", "-q", "1", "-t", "k", "-C", "1"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(result.stdout, "4\n")

    def test_keep_alive(self):
        subscriber = self.subscribe("lively", "--keep-alive", "1", "--count", "1", "alive")
        # The broker closes a silent connection after 1.5 s.
        self.broker.wait_for("Received PINGREQ from lively", 3)
        self.mosquitto_pub("-t", "alive", "-m", "yes")
        self.assertEqual(self.output(subscriber), "yes\n")

    def test_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            subscriber = self.subscribe(f"signal-{number}", "signals")
            self.mosquitto_pub("-t", "signals", "-m", "ready")
            self.assertEqual(subscriber.stdout.readline(), "ready\n")
            subscriber.send_signal(number)
            self.assertEqual(self.output(subscriber), "")
            self.broker.wait_for(f"Received DISCONNECT from signal-{number}")

    def test_clients_at_once(self):
        subscribers = [self.subscribe(f"crowd-{number}", "--qos", "1", "--count", "15", "crowd") for number in range(15)]
        at_once(lambda number: self.publish("--qos", "1", "crowd", f"{number}"), 15)
        expected = sorted(f"{number}" for number in range(15))
        for subscriber in subscribers:
            self.assertEqual(sorted(self.output(subscriber).splitlines()), expected)

    def fails(self, pattern, *command):
        result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        # A crash has a negative status.
        self.assertGreater(result.returncode, 0, result.stderr)
        self.assertRegex(result.stderr, pattern)

    def test_refusals(self):
        broker = Mosquitto("allow_anonymous false")
        self.addCleanup(broker.stop)
        self.fails("Error: .*notAuthorized", *self.command("publish", "a", "b", port=broker.port))
        self.fails("(?i)Error: .*refused", *self.command("publish", "a", "b", port=unused_port()))
        self.fails("--keep-session requires --id", *self.command("publish", "--keep-session", "a", "b"))
        self.fails("1 to 65535", *self.command("publish", "", "b"))

    def test_lost_broker(self):
        broker = Mosquitto("allow_anonymous true")
        self.addCleanup(broker.stop)
        subscriber = subprocess.Popen(
            self.command("subscribe", "--id", "lost", "a", port=broker.port), stderr=subprocess.PIPE, text=True
        )
        self.addCleanup(subscriber.kill)
        broker.wait_for("Sending SUBACK to lost")
        broker.process.kill()
        _, errors = subscriber.communicate(timeout=PATIENCE)
        self.assertGreater(subscriber.returncode, 0)
        self.assertIn("Error: ", errors)

    def test_broken_brokers(self):
        """The client ends with an error, whatever a broker sends."""
        source = random.Random(5)
        answers = [
            b"", b"\x20", b"\x20\2\0\x05", b"\x20\xff\xff\xff\xff", b"\x20\xff\xff\xff\x7f", b"\xd0\0" * 10, b"\x90\3\0\1\0",
            b"\x20\2\0\0\x32\3\0\1a", b"\x20\2\0\0\x90\3\0\1\x80", b"\x20\2\0\0\x90\2\0\1", b"\x20\2\0\0\x30\4\0\2\xff\xff",
        ] + [source.randbytes(source.randrange(1, 100)) for _ in range(10)]  # fmt: skip
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(PATIENCE)
            for answer in answers:
                with self.subTest(answer):
                    client = subprocess.Popen(
                        self.command("subscribe", "a", port=server.getsockname()[1]), stderr=subprocess.PIPE, text=True
                    )
                    peer, _ = server.accept()
                    peer.recv(1000)
                    peer.sendall(answer)
                    peer.shutdown(socket.SHUT_WR)
                    _, errors = client.communicate(timeout=PATIENCE)
                    peer.close()
                    self.assertGreater(client.returncode, 0, errors)
                    self.assertIn("Error: ", errors)


class PostgreSQL:
    """A PostgreSQL server in a folder of its own, on a free port of the loopback."""

    # The server does not run as root.
    user = "postgres" if os.geteuid() == 0 else None

    def __init__(self, folder):
        self.port = unused_port()
        self.data = pathlib.Path(folder) / "data"
        (self.bin,) = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
        if self.user:
            shutil.chown(folder, self.user)
        password = pathlib.Path(folder) / "password"
        password.write_text("secret")
        self.run("initdb", "-D", self.data, "-U", "ada", "--auth=trust", "--no-sync", "--encoding=UTF8", f"--pwfile={password}")
        (self.data / "pg_hba.conf").write_text(
            "host all ada 127.0.0.1/32 trust\nhost all grace 127.0.0.1/32 password\nhost all eve 127.0.0.1/32 scram-sha-256\n"
        )
        options = ["-c", "fsync=off", "-c", f"unix_socket_directories={folder}", "-c", "listen_addresses=127.0.0.1"]
        self.process = subprocess.Popen(
            [self.bin / "postgres", "-D", self.data, "-p", str(self.port), *options],
            user=self.user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE
        while subprocess.run([self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode:
            assert self.process.poll() is None and time.monotonic() < deadline, "PostgreSQL does not start"
            time.sleep(0.05)

    def run(self, program, *arguments):
        subprocess.run([self.bin / program, *arguments], user=self.user, check=True, capture_output=True, timeout=60)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)


class PostgresClient(unittest.TestCase):
    """The client queries a PostgreSQL server."""

    @classmethod
    def setUpClass(cls):
        cls.server = PostgreSQL(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.addClassCleanup(cls.server.stop)
        for user in ["grace", "eve"]:
            query = f"CREATE USER {user} PASSWORD 'secret'"
            assert cls.query(query).stdout == "-- CREATE ROLE\n"

    @classmethod
    def query(cls, sql, user="ada", *options):
        program = Programs.folder / "PostgresClient"
        place = ["--port", str(cls.server.port), "--user", user, "--database", "postgres"]
        return subprocess.run([program, *place, *options, sql], capture_output=True, text=True, timeout=PATIENCE)

    def test_rows(self):
        result = self.query("SELECT 1 AS one, 'bølt' AS name, NULL::int8 AS nothing UNION ALL SELECT 2, '', 3 ORDER BY 1")
        self.assertEqual(result.stdout, "one\tname\tnothing\n1\tbølt\t\\N\n2\t\t3\n-- SELECT 2\n")
        self.assertEqual((result.stderr, result.returncode), ("", 0))

    def test_several_statements_and_a_large_result(self):
        result = self.query("CREATE TABLE t (n int); INSERT INTO t SELECT generate_series(1, 100000); SELECT n FROM t ORDER BY n")
        expected = "-- CREATE TABLE\n-- INSERT 0 100000\nn\n" + "".join(f"{n}\n" for n in range(1, 100_001)) + "-- SELECT 100000\n"
        self.assertEqual(result.stdout, expected)

    def test_copy(self):
        self.assertEqual(self.query("COPY (SELECT 1, 'a' UNION SELECT 2, 'b' ORDER BY 1) TO STDOUT").stdout, "1\ta\n2\tb\n-- COPY 2\n")
        result = self.query("CREATE TABLE empty (n int); COPY empty FROM STDIN")
        self.assertIn("there is no data to copy", result.stderr)

    def test_errors(self):
        result = self.query("SELECT nope; SELECT 1 UNION SELECT 2")
        self.assertNotIn("SELECT 2", result.stdout)
        self.assertIn('ERROR: column "nope" does not exist (42703)', result.stderr)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn('database "missing" does not exist (3D000)', self.query("SELECT 1", "ada", "--database", "missing").stderr)
        self.assertEqual(self.query("").stdout, "")

    def test_passwords(self):
        self.assertEqual(self.query("SELECT 1 AS n", "grace", "--password", "secret").stdout, "n\n1\n-- SELECT 1\n")
        self.assertIn("(28P01)", self.query("SELECT 1", "grace", "--password", "wrong").stderr)
        self.assertIn("the server asks for a password", self.query("SELECT 1", "grace").stderr)
        self.assertIn("a way to authenticate (10) that is not supported", self.query("SELECT 1", "eve", "--password", "secret").stderr)

    def test_no_server(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        self.assertNotEqual(self.query("SELECT 1", "ada", "--port", str(port)).returncode, 0)

    def test_a_server_that_sends_other_bytes(self):
        for answer in [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"R\0\0\0\3", b"Z\xff\xff\xff\xff", b"N"]:
            with self.subTest(answer=answer), socket.create_server(("127.0.0.1", 0)) as listener:
                program = Programs.folder / "PostgresClient"
                port = str(listener.getsockname()[1])
                client = subprocess.Popen([program, "--port", port, "SELECT 1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                peer, _ = listener.accept()
                with peer:
                    startup = peer.recv(1000)
                    self.assertEqual(startup[4:8], b"\0\3\0\0")
                    self.assertEqual(struct.unpack(">I", startup[:4]), (len(startup),))
                    peer.sendall(answer)
                _, errors = client.communicate(timeout=PATIENCE)
                self.assertTrue(errors)
                self.assertEqual(client.returncode, 1)


if __name__ == "__main__":
    if "--programs" in sys.argv:
        index = sys.argv.index("--programs")
        Programs.folder, Programs.builds = pathlib.Path(sys.argv[index + 1]).resolve(), False
        del sys.argv[index : index + 2]
    unittest.main()
