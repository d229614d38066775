"""Follows the README of Examples/MQTTBroker in a copy outside the repository: builds the broker, runs its tests, and drives it with
mosquitto_pub, mosquitto_sub, paho-mqtt and bytes that are not MQTT.

    python3 IntegrationTests/Downstream/test_mqtt_broker.py [--program PATH-OF-BROKER] [unittest options]

`IntegrationTests/Interop/environment` prints a Python that has paho-mqtt. With --program, the suite builds nothing.
"""

import contextlib
import itertools
import os
import queue
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

import paho.mqtt.client as mqtt
from example import Example

GENERATED_TESTS = 42
# The time that a test waits for something that must happen, in seconds.
PATIENCE = 20
# The time that a test waits for something that must not happen, in seconds.
QUIET = 0.5
CLIENTS = 50
RANDOM_STREAMS = 100
FLOOD_MESSAGES = 30

identifiers = itertools.count()


class Client:
    """A client of paho-mqtt that is connected, and the messages that it has received."""

    def __init__(self, port, name=None, clean=True, will=None, keep_alive=60, **options):
        self.messages = queue.Queue()
        self.answers = queue.Queue()
        self.ended = threading.Event()
        self.paho = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            name or f"client-{next(identifiers)}",
            clean_session=clean,
            protocol=mqtt.MQTTv311,
            reconnect_on_failure=False,
            **options,
        )
        if will:
            self.paho.will_set(**will)
        self.paho.on_message = lambda client, data, message: self.messages.put(message)
        self.paho.on_connect = lambda client, data, flags, reason, properties: self.answers.put((flags, reason))
        self.paho.on_subscribe = lambda client, data, mid, reasons, properties: self.answers.put(reasons)
        self.paho.on_unsubscribe = lambda client, data, mid, reasons, properties: self.answers.put(reasons)
        self.paho.on_disconnect = lambda client, data, flags, reason, properties: self.ended.set()
        self.paho.connect("127.0.0.1", port, keepalive=keep_alive)
        self.paho.loop_start()
        flags, reason = self.answers.get(timeout=PATIENCE)
        assert reason == 0, reason
        self.session_present = flags.session_present

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        """Sends a Disconnect."""
        self.paho.disconnect()
        self.paho.loop_stop()

    def kill(self):
        """Closes the connection without a Disconnect."""
        self.paho.socket().shutdown(socket.SHUT_RDWR)
        assert self.ended.wait(PATIENCE)
        self.paho.loop_stop()

    def subscribe(self, *filters):
        """Subscribes to pairs of a filter and a QoS, and returns what the broker grants."""
        self.paho.subscribe(list(filters))
        return [reason.value for reason in self.answers.get(timeout=PATIENCE)]

    def unsubscribe(self, name):
        self.paho.unsubscribe(name)
        self.answers.get(timeout=PATIENCE)

    def publish(self, topic, message, qos=1, retain=False):
        """Publishes a message; with QoS 1 and 2, returns when the broker has acknowledged it."""
        self.paho.publish(topic, message, qos, retain).wait_for_publish(PATIENCE)

    def receive(self):
        return self.messages.get(timeout=PATIENCE)

    def texts(self, count):
        return [self.receive().payload.decode() for _ in range(count)]

    def receives_nothing(self):
        with contextlib.suppress(queue.Empty):
            raise AssertionError(f"received {self.messages.get(timeout=QUIET).topic}")


def text(value):
    return struct.pack(">H", len(value)) + value.encode()


def connect_packet(name, keep_alive=0, will=None):
    flags = 0x02 | (0x04 if will else 0)
    payload = text("MQTT") + struct.pack(">BBH", 4, flags, keep_alive) + text(name)
    if will:
        payload += text(will) + text("gone")
    return bytes([0x10, len(payload)]) + payload


def raw(port, data):
    """Opens a connection, and sends bytes."""
    peer = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    peer.sendall(data)
    return peer


def read_to_end(peer):
    """Returns what the broker sends before it closes the connection."""
    with peer, contextlib.suppress(ConnectionResetError):
        return b"".join(iter(lambda: peer.recv(4096), b""))
    return b""


class Broker:
    """The broker that all tests use."""

    program = None
    server = None
    port = 0


def setUpModule():
    example = Example("MQTTBroker", unittest.enterModuleContext(tempfile.TemporaryDirectory()))
    if Broker.program:
        example.program = Broker.program
    else:
        tests = example.test()
        assert tests == GENERATED_TESTS, f"{tests} tests were generated from the spec"
    Broker.server, port = example.serve("--system-interval", "1")
    Broker.port = int(port)
    unittest.addModuleCleanup(Broker.server.wait)
    unittest.addModuleCleanup(Broker.server.terminate)


class BrokerTestCase(unittest.TestCase):
    @property
    def port(self):
        return Broker.port

    def tearDown(self):
        self.assertIsNone(Broker.server.poll(), "the broker has ended")

    def client(self, *arguments, **options):
        return self.enterContext(Client(self.port, *arguments, **options))

    def mosquitto(self, program, *arguments):
        """Runs mosquitto_pub or mosquitto_sub, and returns its output."""
        command = [program, "-p", str(self.port), *arguments]
        result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(result.returncode, 0, f"{command}: {result.stdout}{result.stderr}")
        return result.stdout

    def subscriber(self, *arguments):
        """Starts mosquitto_sub, and returns it when it has subscribed."""
        command = ["stdbuf", "-oL", "mosquitto_sub", "-d", "-p", str(self.port), *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for line in process.stdout:
            if line.startswith("Subscribed"):
                return process
        self.fail("mosquitto_sub has not subscribed")

    def lines(self, subscriber):
        """Returns the messages that mosquitto_sub has printed, when it has ended."""
        output, _ = subscriber.communicate(timeout=PATIENCE)
        return [line for line in output.splitlines() if not line.startswith(("Client ", "Subscribed"))]


class MosquittoTests(BrokerTestCase):
    def test_each_qos(self):
        for granted in (0, 1, 2):
            subscriber = self.subscriber("-t", "rooms/+/light", "-q", str(granted), "-v", "-C", "3")
            for qos in (0, 1, 2):
                self.mosquitto("mosquitto_pub", "-t", f"rooms/{qos}/light", "-m", f"on {qos}", "-q", str(qos))
            self.assertEqual(self.lines(subscriber), [f"rooms/{qos}/light on {qos}" for qos in (0, 1, 2)])

    def test_retained(self):
        self.mosquitto("mosquitto_pub", "-t", "kept/a", "-m", "on", "-r")
        self.assertEqual(self.mosquitto("mosquitto_sub", "-t", "kept/#", "-C", "1", "-v"), "kept/a on\n")
        self.mosquitto("mosquitto_pub", "-t", "kept/a", "-n", "-r")
        watcher = self.client()
        watcher.subscribe(("kept/#", 1))
        watcher.receives_nothing()

    def test_kept_session(self):
        session = ["-i", "keeper", "-c", "-q", "1", "-t", "news"]
        self.mosquitto("mosquitto_sub", *session, "-E")
        for number in range(3):
            self.mosquitto("mosquitto_pub", "-t", "news", "-m", str(number), "-q", "1")
        self.assertEqual(self.mosquitto("mosquitto_sub", *session, "-C", "3"), "0\n1\n2\n")

    def test_will_of_a_killed_client(self):
        watcher = self.client()
        watcher.subscribe(("wills/#", 1))
        will = ["--will-payload", "gone", "--will-qos", "1", "--will-retain"]
        victim = self.subscriber("-t", "x", "--will-topic", "wills/victim", *will)
        os.kill(victim.pid, signal.SIGKILL)
        message = watcher.receive()
        self.assertEqual((message.topic, message.payload, message.qos), ("wills/victim", b"gone", 1))
        late = self.client()
        late.subscribe(("wills/victim", 0))
        self.assertTrue(late.receive().retain)
        # Without the message, the client of a later test would get it.
        watcher.publish("wills/victim", "", retain=True)
        watcher.receive()
        self.mosquitto("mosquitto_pub", "-t", "x", "-m", "x", "--will-topic", "wills/polite", *will)
        watcher.receives_nothing()

    def test_other_versions(self):
        for version in ("mqttv31", "mqttv5"):
            command = ["mosquitto_pub", "-p", str(self.port), "-V", version, "-t", "x", "-m", "x"]
            result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
            self.assertNotEqual(result.returncode, 0)
            self.assertRegex(result.stderr, "(?i)protocol version")


class PahoTests(BrokerTestCase):
    def test_each_qos(self):
        publisher = self.client()
        for granted in (0, 1, 2):
            with Client(self.port) as subscriber:
                self.assertEqual(subscriber.subscribe(("qos", granted)), [min(granted, 1)])
                for qos in (0, 1, 2):
                    publisher.publish("qos", f"{qos}", qos)
                messages = [subscriber.receive() for _ in range(3)]
                self.assertEqual([message.payload for message in messages], [b"0", b"1", b"2"])
                self.assertEqual([message.qos for message in messages], [min(qos, granted, 1) for qos in (0, 1, 2)])
                self.assertFalse(any(message.retain or message.dup for message in messages))

    def test_wildcards(self):
        publisher = self.client()
        cases = {
            "w/+/temperature": ["w/1/temperature"],
            "w/#": ["w", "w/1", "w/1/temperature", "w/2/humidity"],
            "+/1": ["w/1"],
            "w/1": ["w/1"],
        }
        subscribers = {}
        for name in cases:
            subscribers[name] = self.client()
            self.assertEqual(subscribers[name].subscribe((name, 0)), [0])
        for topic in ("w", "w/1", "w/1/temperature", "w/2/humidity", "other", "end"):
            publisher.publish(topic, topic)
        for name, topics in cases.items():
            self.assertEqual(subscribers[name].texts(len(topics)), topics)
            subscribers[name].receives_nothing()

    def test_overlapping_subscriptions(self):
        subscriber, publisher = self.client(), self.client()
        self.assertEqual(subscriber.subscribe(("o/#", 0), ("o/+", 1), ("o/a", 0)), [0, 1, 0])
        publisher.publish("o/a", "once")
        self.assertEqual(subscriber.receive().qos, 1)
        subscriber.receives_nothing()
        subscriber.unsubscribe("o/+")
        publisher.publish("o/a", "again")
        self.assertEqual(subscriber.receive().qos, 0)
        subscriber.unsubscribe("o/#")
        subscriber.unsubscribe("o/a")
        publisher.publish("o/a", "unheard")
        subscriber.receives_nothing()

    def test_system_topics(self):
        subscriber = self.client()
        subscriber.subscribe(("#", 0), ("+/switchboard_connections", 0))
        publisher = self.client()
        publisher.publish("s/a", "mine")
        self.assertEqual(subscriber.receive().topic, "s/a")
        time.sleep(1.5)
        subscriber.receives_nothing()
        subscriber.subscribe(("$SYS/+", 0), ("$SYS/switchboard_messages_received_total/Publish", 0))
        found = {}
        while not {"$SYS/switchboard_connections", "$SYS/mqtt_sessions"} <= set(found):
            message = subscriber.receive()
            found[message.topic] = int(message.payload)
        self.assertGreaterEqual(found["$SYS/mqtt_sessions"], 2)

    def test_retained(self):
        publisher, early = self.client(), self.client()
        early.subscribe(("kept/b/#", 1))
        for number in range(3):
            publisher.publish(f"kept/b/{number}", "old", retain=True)
            publisher.publish(f"kept/b/{number}", "new", retain=True)
        self.assertFalse(any(early.receive().retain for _ in range(6)))
        late = self.client()
        late.subscribe(("kept/b/+", 0))
        messages = [late.receive() for _ in range(3)]
        self.assertEqual({message.topic for message in messages}, {f"kept/b/{number}" for number in range(3)})
        self.assertTrue(all(message.retain and message.payload == b"new" and message.qos == 0 for message in messages))
        for number in range(3):
            publisher.publish(f"kept/b/{number}", "", retain=True)
        self.assertEqual(late.texts(3), ["", "", ""])
        latest = self.client()
        latest.subscribe(("kept/b/+", 0))
        latest.receives_nothing()

    def test_session_take_over(self):
        watcher, publisher = self.client(), self.client()
        watcher.subscribe(("t/will", 0))
        first = Client(self.port, "twin", clean=False, will={"topic": "t/will", "payload": "first"})
        self.assertFalse(first.session_present)
        first.subscribe(("t/a", 1))
        second = self.client("twin", clean=False)
        self.assertTrue(second.session_present)
        self.assertTrue(first.ended.wait(PATIENCE))
        first.paho.loop_stop()
        self.assertEqual(watcher.texts(1), ["first"])
        publisher.publish("t/a", "for the second")
        self.assertEqual(second.texts(1), ["for the second"])
        self.assertTrue(first.messages.empty())
        second.close()
        self.assertFalse(self.client("twin", clean=True).session_present)

    def test_redelivery(self):
        publisher = self.client()
        subscriber = Client(self.port, "forgetful", clean=False, manual_ack=True)
        subscriber.subscribe(("r/+", 1))
        for name in ("a", "b", "c"):
            publisher.publish("r/1", name)
        messages = [subscriber.receive() for _ in range(3)]
        subscriber.paho.ack(messages[1].mid, 1)
        # The acknowledgement has arrived when the broker answers this.
        subscriber.subscribe(("r/other", 1))
        subscriber.kill()
        publisher.publish("r/1", "d")
        publisher.publish("r/1", "lost", qos=0)
        again = self.client("forgetful", clean=False)
        self.assertTrue(again.session_present)
        received = [again.receive() for _ in range(3)]
        self.assertEqual([(message.payload, message.dup) for message in received], [(b"a", True), (b"c", True), (b"d", False)])
        self.assertEqual([message.mid for message in received[:2]], [messages[0].mid, messages[2].mid])
        again.receives_nothing()
        again.close()
        after = self.client("forgetful", clean=False)
        after.receives_nothing()

    def test_many_messages(self):
        subscriber, publisher = self.client(), self.client()
        subscriber.subscribe(("m", 1))
        sent = [publisher.paho.publish("m", str(number), 1) for number in range(500)]
        for publication in sent:
            publication.wait_for_publish(PATIENCE)
        self.assertEqual(subscriber.texts(500), [str(number) for number in range(500)])

    def test_large_message(self):
        subscriber, publisher = self.client(), self.client()
        subscriber.subscribe(("large", 1))
        message = random.randbytes(1_000_000)
        publisher.publish("large", message)
        self.assertEqual(subscriber.receive().payload, message)

    def test_clients_at_once(self):
        clients = []
        with contextlib.ExitStack() as stack:
            for number in range(CLIENTS):
                clients.append(stack.enter_context(Client(self.port, f"crowd-{number}")))
                clients[-1].subscribe(("crowd/+", 1))
            for number, client in enumerate(clients):
                client.paho.publish(f"crowd/{number}", str(number), 1)
            expected = sorted(map(str, range(CLIENTS)))
            for client in clients:
                self.assertEqual(sorted(client.texts(CLIENTS)), expected)

    def test_too_many_subscriptions(self):
        client = self.client()
        granted = client.subscribe(*((f"many/{number}", 1) for number in range(60)))
        self.assertEqual(granted, [1] * 60)
        granted = client.subscribe(*((f"many/{number}", 1) for number in range(50, 110)))
        self.assertEqual(granted, [1] * 50 + [0x80] * 10)


class RawTests(BrokerTestCase):
    def test_keep_alive(self):
        watcher = self.client()
        watcher.subscribe(("k/will", 0))
        lively = self.client(keep_alive=1)
        start = time.monotonic()
        silent = raw(self.port, connect_packet("silent", keep_alive=2, will="k/will"))
        self.assertEqual(read_to_end(silent), bytes.fromhex("20020000"))
        self.assertTrue(3 <= time.monotonic() - start < 6)
        self.assertEqual(watcher.texts(1), ["gone"])
        self.assertFalse(lively.ended.is_set())

    def test_frames_before_connect(self):
        for frame in ("c000", "e000", "30050001612121", "8206000100016101", "40020001", "20020000"):
            with self.subTest(frame):
                self.assertEqual(read_to_end(raw(self.port, bytes.fromhex(frame))), b"")

    def test_malformed_frames(self):
        watcher = self.client()
        watcher.subscribe(("f/#", 1))
        frames = [
            "ffffffffff", "0000", "c0ffffffff7f", "c100", "c00100", "3602", "30020000", "32050001610000", "8206000100016103",
            "80060001000161", "1000", "50020001", "3004000161ff" * 3 + "300500026600ff",
        ]  # fmt: skip
        for number, frame in enumerate(frames):
            with self.subTest(frame):
                connect = connect_packet(f"bad-{number}", will=f"f/{number}")
                answer = read_to_end(raw(self.port, connect + bytes.fromhex(frame) + bytes(200)))
                self.assertEqual(answer[:4], bytes.fromhex("20020000"))
                # An error is not a Disconnect.
                self.assertEqual(watcher.receive().topic, f"f/{number}")
        # A payload above the limit is refused before it arrives.
        self.assertEqual(read_to_end(raw(self.port, connect_packet("big") + b"\x30\x80\x80\x80\x08")), b"\x20\x02\x00\x00")

    def test_random_bytes(self):
        watcher = self.client()
        watcher.subscribe(("f/alive", 1))
        source = random.Random(311)
        for _ in range(RANDOM_STREAMS):
            first = source.choice(range(0x10, 0xF0, 0x10)) | source.choice((0, 2))
            size = source.randrange(100)
            stream = bytes([first, size]) + source.randbytes(size)
            with raw(self.port, connect_packet("random") + stream + source.randbytes(50)) as peer:
                peer.shutdown(socket.SHUT_WR)
                read_to_end(peer)
        watcher.publish("f/alive", "yes")
        self.assertEqual(watcher.texts(1), ["yes"])

    def test_slow_reader(self):
        subscribe = struct.pack(">H", 1) + text("slow/#") + b"\x00"
        with raw(self.port, connect_packet("slow", will="gone/slow") + bytes([0x82, len(subscribe)]) + subscribe) as reader:
            # The answers to both packets.
            self.assertEqual(reader.recv(9, socket.MSG_WAITALL), bytes.fromhex("200200009003000100"))
            watcher, publisher = self.client(), self.client()
            watcher.subscribe(("gone/slow", 0))
            # More than the limit of the pending output and the buffers of the kernel.
            for _ in range(FLOOD_MESSAGES):
                publisher.publish("slow/a", bytes(1_000_000))
            self.assertEqual(watcher.texts(1), ["gone"])

    def test_byte_by_byte(self):
        with raw(self.port, b"") as peer:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in connect_packet("slow") + b"\xc0\x00\xe0\x00":
                peer.sendall(bytes([byte]))
            self.assertEqual(read_to_end(peer), bytes.fromhex("20020000d000"))


if __name__ == "__main__":
    if "--program" in sys.argv:
        index = sys.argv.index("--program")
        Broker.program = os.path.abspath(sys.argv[index + 1])
        del sys.argv[index : index + 2]
    unittest.main()
