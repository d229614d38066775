"""Sends mutated messages of NET-001 to the server with boofuzz, with every field of every message mutated in many ways.

The messages are defined with boofuzz's own blocks for sizes and checksums, and its own states, and share no code with
Switchboard. The suite checks after every case that
- the server has closed the connection properly and sent only complete, correct frames,
- the server still answers an older client, which receives only complete broadcasts,
- the server answers a new client.
At the end, the server must have the same number of descriptors and almost the same memory as before.

    python3 IntegrationTests/Interop/test_fuzzer.py PATH-OF-NET001 [--full] [--cases N]

The short form sends every eighth case with one mutated field. The full form sends all of them, and as many cases with two mutated
fields; --cases sets the number of these. `IntegrationTests/Interop/environment` prints a Python that has boofuzz.
"""

import argparse
import collections
import itertools
import os
import pathlib
import random
import socket
import struct
import sys
import tempfile
import time

import boofuzz
import command
from net001 import *  # noqa: F403

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Resilience"))

import resilience  # noqa: E402

SHORT_STEP = 8
SEED = 1
MAXIMUM_FAILURES = 3
MEMORY_GROWTH_MIB = 8
# Memory settles during the first cases, which cover all messages and are not counted.
WARM_UP_CASES = 200
DESCRIPTORS_SECONDS = 10
BIG = boofuzz.BIG_ENDIAN


def request(name, code, *fields):
    """A message of NET-001, defined with the blocks of boofuzz."""
    return boofuzz.Request(
        name,
        children=(
            boofuzz.Block(
                "frame",
                children=(
                    boofuzz.DWord("magic", MAGIC, endian=BIG),
                    boofuzz.Byte("version", 1),
                    boofuzz.Byte("type", code),
                    boofuzz.Size("length", block_name="payload", length=2, endian=BIG),
                    boofuzz.Block("payload", children=fields),
                ),
            ),
            boofuzz.Checksum("checksum", block_name="frame", algorithm="crc32", endian=BIG),
        ),
    )


def messages():
    """Returns each message with the path of messages that leads to it."""
    ping_request = request("PING", PING, boofuzz.QWord("timestamp", 42, endian=BIG))
    echo_request = request("ECHO", ECHO, boofuzz.Bytes("data", b"Hello, Server!"))
    auth_request = request(
        "AUTH",
        AUTH,
        boofuzz.Size("size", block_name="username", length=1, endian=BIG),
        boofuzz.String("username", "alice"),
        boofuzz.String("token", "s3cret"),
    )
    data_request = request("DATA", DATA, boofuzz.Bytes("data", b"anything"))
    broadcast_request = request("BROADCAST", BROADCAST, boofuzz.Bytes("message", b"to all"))
    return [[ping_request], [echo_request], [auth_request], [auth_request, data_request], [broadcast_request]]


def check_blocks(paths):
    """Checks that boofuzz encodes the frames of the specification: otherwise its mutations would test little."""
    rendered = {path[-1].name: path[-1].render() for path in paths}
    expected = {
        "PING": ping(42),
        "ECHO": frame(ECHO, b"Hello, Server!"),
        "AUTH": auth("alice", "s3cret"),
        "DATA": frame(DATA, b"anything"),
        "BROADCAST": frame(BROADCAST, b"to all"),
    }
    assert rendered == expected, rendered


def single_cases(paths):
    """Returns the names of all cases with one mutated field, as boofuzz names them."""
    for path in paths:
        nodes = "->".join(node.name for node in path)
        for mutations in path[-1].get_mutations():
            yield nodes, ", ".join(f"{mutation.qualified_name}:{mutation.index}" for mutation in mutations)


def pairs(cases, count):
    """Returns `count` cases with two mutated fields of a message, the same in every run."""
    generator = random.Random(SEED)
    by_node = collections.defaultdict(list)
    for nodes, mutation in cases:
        by_node[nodes].append(mutation)
    while count:
        nodes = generator.choice(list(by_node))
        one, other = generator.sample(by_node[nodes], 2)
        if one.split(":")[0] != other.split(":")[0]:
            yield nodes, f"{one}, {other}"
            count -= 1


class Connection(boofuzz.TCPSocketConnection):
    """A connection of boofuzz that can be read until the server closes it."""

    def finish(self):
        """Ends this side, and returns the bytes that the server sends before it ends its own side."""
        self._sock.settimeout(TIMEOUT_SECONDS)
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server was first, or reset it because of what it need not read
        parts = []
        try:
            while part := self._sock.recv(65_536):
                parts.append(part)
        except ConnectionError:
            pass
        return b"".join(parts)


def frames_in(data):
    """Returns the kinds of the frames in `data`; raises AssertionError if `data` contains anything else."""
    codes = []
    while data:
        assert len(data) >= 12, f"part of a frame: {data.hex()}"
        magic, version, code, length = struct.unpack_from(">IBBH", data)
        assert (magic, version) == (MAGIC, 1), f"no frame: {data[:64].hex()}"
        whole, data = data[: 12 + length], data[12 + length :]
        payload = whole[8:-4]
        assert whole == frame(code, payload), f"not the frame it should be: {whole[:64].hex()}"
        codes.append(f"answers with ERROR {payload[0]:02X}" if code == ERROR else f"answers of type {code:02X}")
    return codes


class Judge:
    """Checks the server after every case."""

    def __init__(self, port, process, connection):
        self.port, self.process, self.connection = port, process, connection
        self.bystander = Peer(port)
        self.bystander.expect_alive()
        self.cases = 0
        self.seen = collections.Counter()
        self.failures = []

    def check(self):
        self.cases += 1
        # With TCP, the end of the reply to the previous part is unknown: all received bytes count.
        self.seen.update(frames_in(self.connection.finish()))
        assert self.process.poll() is None, "the server has ended"
        with Peer(self.port) as peer:
            peer.expect_alive(self.cases)
        self.bystander.send(ping(self.cases))
        while (received := self.bystander.receive()) != (PONG, struct.pack(">Q", self.cases)):
            assert received[0] == BROADCAST, f"a bystander got {received[0]:02X}"
            self.seen["broadcasts heard"] += 1

    def judge(self, target, fuzz_data_logger, session, **_):
        try:
            self.check()
        # boofuzz would store any exception in its database, and continue.
        except Exception as error:
            self.failures.append((session.current_test_case_name, session.last_send, repr(error)))
            fuzz_data_logger.log_fail(repr(error))


def fuzz(port, process, paths, cases, folder):
    """Runs the cases; returns the results, and the figures of the server before, after the warm-up and at the end."""
    connection = Connection("127.0.0.1", port, recv_timeout=TIMEOUT_SECONDS)
    judge = Judge(port, process, connection)
    session = boofuzz.Session(
        target=boofuzz.Target(connection=connection),
        post_test_case_callbacks=[judge.judge],
        fuzz_loggers=[],
        db_filename=os.path.join(folder, "results.db"),
        # The test writes nothing unless a case fails.
        fuzz_db_keep_only_n_pass_cases=10,
        web_port=None,
        restart_threshold=1,
        restart_sleep_time=0,
    )
    for path in paths:
        for source, node in itertools.pairwise([None, *path]):
            if node.name not in {known.name for known in session.nodes.values()}:
                session.connect(source, node) if source else session.connect(node)
    before = resilience.figures(process.pid)
    settled = None
    for nodes, mutations in cases:
        session.fuzz(name=f"{nodes}:[{mutations}]")
        if judge.failures and (len(judge.failures) >= MAXIMUM_FAILURES or process.poll() is not None):
            break
        if judge.cases == WARM_UP_CASES:
            settled = resilience.figures(process.pid)
    for name, sent, error in judge.failures:
        print(f"case {name}\n  sent {sent[:256].hex()} ({len(sent)} bytes)\n  {error}", file=sys.stderr)
    if judge.failures:
        sys.exit(f"the server did not bear {len(judge.failures)} of {judge.cases} cases")
    assert judge.cases == len(cases), f"boofuzz ran {judge.cases} of {len(cases)} cases"
    resilience.wait_until(
        lambda: resilience.figures(process.pid).descriptors <= before.descriptors,
        DESCRIPTORS_SECONDS,
        f"the descriptors are not {before.descriptors} again",
    )
    ended = resilience.figures(process.pid)
    judge.bystander.socket.close()
    return judge, before, settled or before, ended


def main():
    resilience.binary()
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--cases", type=int)
    options = parser.parse_args()
    paths = messages()
    check_blocks(paths)
    cases = list(single_cases(paths))
    singles = len(cases)
    if options.full or options.cases:
        cases += pairs(cases, singles if options.cases is None else options.cases)
    else:
        cases = cases[::SHORT_STEP]
    # The order affects memory least of all, and the warm-up contains every message.
    random.Random(SEED).shuffle(cases)
    with tempfile.TemporaryDirectory() as folder, command.server("--idle-timeout", "0", "--no-metrics") as running:
        start = time.monotonic()
        judge, before, settled, ended = fuzz(*running, paths, cases, folder)
        seconds = time.monotonic() - start
    growth = ended.memory_mib - settled.memory_mib
    rows = [
        ("cases", f"{judge.cases:,}"),
        ("seconds", f"{seconds:.1f}"),
        *((name, f"{count:,}") for name, count in sorted(judge.seen.items())),
        ("descriptors before and after", f"{before.descriptors} {ended.descriptors}"),
        ("memory, MiB, settled and after", f"{settled.memory_mib:.1f} {ended.memory_mib:.1f}"),
    ]
    for name, value in rows:
        print(f"{name:32}{value:>14}")
    if growth > MEMORY_GROWTH_MIB:
        sys.exit(f"the server's memory has grown by {growth:.1f} MiB")


if __name__ == "__main__":
    main()
