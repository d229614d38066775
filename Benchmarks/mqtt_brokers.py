#!/usr/bin/env python3
"""Measures the broker of Examples/MQTTBroker against mosquitto.

    Benchmarks/mqtt_brokers.py [--rounds N] [--seconds S] [--json FILE]

Needs two cores, and mosquitto, which `Scripts/install-dependencies --tests` installs. Each broker runs on the first core,
this script on the second. The brokers take turns within a round, so that a ratio compares what ran on the same machine in
the same minute; medians are taken over rounds. What counts is the CPU time that a broker takes for a delivered message;
subscribers compare every byte. Memory is what a broker's process has resident, above that of a broker without clients.
"""

import argparse
import contextlib
import functools
import json
import os
import pathlib
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

from run import LOAD_CORE, ROOT, SERVER_CORE, allow_many_connections, cpu_seconds, resident_bytes

BROKER = ROOT / "Examples/MQTTBroker"
OURS, OTHER = "MQTTBroker", "mosquitto"

PAYLOAD_BYTES = 64
TOPIC = b"benchmark/topic"

# QoS, subscribers, messages that are sent before the first of them is awaited
ROWS = {
    "QoS 0, one at a time": (0, 1, 1),
    "QoS 0, 64 in flight": (0, 1, 64),
    "QoS 0, 64 in flight, 16 subscribers": (0, 16, 64),
    # mosquitto sends a subscriber 20 messages before it waits for their acknowledgements.
    "QoS 1, 16 in flight": (1, 1, 16),
    "QoS 1, 16 in flight, 16 subscribers": (1, 16, 16),
}
# The broker of the example refuses more than 1,024 connections.
IDLE_CLIENTS = 1000
RETAINED_MESSAGES = 10_000


def packet(kind, body):
    size, length = len(body), bytearray()
    while True:
        size, digit = divmod(size, 128)
        length.append(digit | (128 if size else 0))
        if not size:
            return bytes([kind]) + bytes(length) + body


def text(value):
    return struct.pack(">H", len(value)) + value


def publish(topic, payload, qos=0, identifier=0, retain=False):
    number = struct.pack(">H", identifier) if qos else b""
    return packet(0x30 | qos << 1 | retain, text(topic) + number + payload)


class Client:
    """A connection to a broker."""

    def __init__(self, port, name):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(packet(0x10, text(b"MQTT") + b"\x04\x02\x00\x00" + text(name.encode())))
        self.expect(b"\x20\x02\x00\x00")

    def expect(self, expected):
        found = self.receive(len(expected))
        if found != expected:
            sys.exit(f"a broker sent {found[:64].hex()} instead of {expected[:64].hex()}")

    def receive(self, count):
        chunks = []
        while count:
            chunk = self.socket.recv(count)
            if not chunk:
                sys.exit("a broker closed a connection")
            chunks.append(chunk)
            count -= len(chunk)
        return b"".join(chunks)

    def subscribe(self, topic, qos):
        self.socket.sendall(packet(0x82, b"\x00\x01" + text(topic) + bytes([qos])))
        self.expect(bytes([0x90, 3, 0, 1, qos]))

    def close(self):
        self.socket.close()


class Batch:
    """Messages that are sent at once, and what subscribers and the publisher then receive."""

    def __init__(self, qos, count):
        self.qos, self.count = qos, count
        # Identifiers of the publisher, which the broker replaces by its own.
        bodies = [bytes([index]) * PAYLOAD_BYTES for index in range(count)]
        packets = [publish(TOPIC, body, qos, index + 1) for index, body in enumerate(bodies)]
        self.sent, self.size = b"".join(packets), len(packets[0])
        self.acknowledgements = b"".join(struct.pack(">BBH", 0x40, 2, index + 1) for index in range(count))

    def deliver(self, publisher, subscribers):
        publisher.socket.sendall(self.sent)
        for subscriber in subscribers:
            if self.qos == 0:
                subscriber.expect(self.sent)
                continue
            found = bytearray(subscriber.receive(len(self.sent)))
            answer = bytearray(self.acknowledgements)
            start = self.size - PAYLOAD_BYTES - 2
            for byte in (0, 1):
                answer[2 + byte :: 4] = found[start + byte :: self.size]
                found[start + byte :: self.size] = self.sent[start + byte :: self.size]
            if found != self.sent:
                sys.exit(f"a broker sent {bytes(found[:64]).hex()} instead of {self.sent[:64].hex()}")
            subscriber.socket.sendall(answer)
        if self.qos:
            publisher.expect(self.acknowledgements)


@contextlib.contextmanager
def running_broker(name, folder):
    """Runs a broker; yields its port and process number."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if name == OURS:
        command = [BROKER / ".build/release/MQTTBroker", "serve", "--port", str(port)]
    else:
        configuration = pathlib.Path(folder) / "mosquitto.conf"
        configuration.write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type none\nset_tcp_nodelay true\n"
        )
        command = ["mosquitto", "-c", configuration]
    process = subprocess.Popen(
        ["taskset", "-c", SERVER_CORE, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"{name} does not listen")
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def measure_messages(port, pid, row, seconds):
    """Returns the microseconds of CPU for a delivered message, and the number of delivered messages a second."""
    qos, count, in_flight = row
    subscribers = [Client(port, f"subscriber{index}") for index in range(count)]
    for subscriber in subscribers:
        subscriber.subscribe(TOPIC, qos)
    publisher = Client(port, "publisher")
    batch = Batch(qos, in_flight)
    warm_up = time.monotonic() + seconds / 5
    while time.monotonic() < warm_up:
        batch.deliver(publisher, subscribers)
    delivered, cpu, start = 0, cpu_seconds(pid), time.monotonic()
    while time.monotonic() < start + seconds:
        batch.deliver(publisher, subscribers)
        delivered += in_flight * count
    elapsed = time.monotonic() - start
    cpu = cpu_seconds(pid) - cpu
    for client in [publisher, *subscribers]:
        client.close()
    return cpu / delivered * 1e6, delivered / elapsed


def measure_idle(port, pid):
    """Returns the bytes of memory for a client with a subscription."""
    before = resident_bytes(pid)
    clients = [Client(port, f"idle{index}") for index in range(IDLE_CLIENTS)]
    for index, client in enumerate(clients):
        client.subscribe(f"idle/{index}/topic".encode(), 0)
    used = resident_bytes(pid) - before
    for client in clients:
        client.close()
    return used / IDLE_CLIENTS


def measure_retained(port, pid):
    """Returns the bytes of memory for a retained message."""
    before = resident_bytes(pid)
    publisher = Client(port, "publisher")
    for index in range(RETAINED_MESSAGES):
        publisher.socket.sendall(publish(f"retained/{index}/topic".encode(), bytes(PAYLOAD_BYTES), retain=True))
    publisher.socket.sendall(b"\xc0\x00")
    publisher.expect(b"\xd0\x00")
    used = resident_bytes(pid) - before
    publisher.close()
    return used / RETAINED_MESSAGES


def main():
    parser = argparse.ArgumentParser(description="Measures the broker of Examples/MQTTBroker against mosquitto.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="of each row, for each broker, in each round")
    parser.add_argument("--json", type=pathlib.Path, help="the file for all figures")
    options = parser.parse_args()
    if options.rounds < 1 or options.seconds <= 0:
        parser.error("--rounds and --seconds must be above 0")
    if (os.cpu_count() or 1) < 2:
        sys.exit("this needs two cores")
    allow_many_connections()
    subprocess.run(["swift", "build", "-c", "release", "--package-path", BROKER], check=True)
    os.sched_setaffinity(0, {int(LOAD_CORE)})
    messages = {
        title: functools.partial(measure_messages, row=row, seconds=options.seconds) for title, row in ROWS.items()
    }
    memory = {"idle client": measure_idle, "retained message": measure_retained}
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", flush=True)
            for title, measure in (messages | memory).items():
                for name in (OURS, OTHER):
                    with running_broker(name, folder) as (port, pid):
                        figures.setdefault(title, {}).setdefault(name, []).append(measure(port, pid))
    print(f"\n{'':38}{'CPU, us a delivered message':>32}{'messages a second':>28}")
    print(f"{'':38}{OURS:>12}{OTHER:>12}{'ratio':>8}{OURS:>16}{OTHER:>12}")
    for title in messages:
        ours, other = ([statistics.median(values) for values in zip(*figures[title][name])] for name in (OURS, OTHER))
        ratio = statistics.median(a[0] / b[0] for a, b in zip(figures[title][OURS], figures[title][OTHER]))
        print(f"{title:38}{ours[0]:12.2f}{other[0]:12.2f}{ratio:8.2f}{ours[1]:16,.0f}{other[1]:12,.0f}")
    print(f"\n{'':38}{'bytes of memory':>32}")
    for title in memory:
        ours, other = (statistics.median(figures[title][name]) for name in (OURS, OTHER))
        print(f"{title:38}{ours:12,.0f}{other:12,.0f}{ours / other:8.2f}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
