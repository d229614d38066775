#!/usr/bin/env python3
"""Measures net001 against a raw epoll server in C and a SwiftNIO server, all of the same protocol.

    Benchmarks/run.py [--rounds N] [--seconds S] [--json FILE] [--cells NAME,…]

Each server runs alone on the first core, the load generator (net001 load, which spins) on the second. The servers take
turns within a round, so that a ratio compares what ran on the same machine in the same minute; medians are taken over
rounds. What counts is the CPU time that the server takes for a message. Needs two cores; on a busy machine only the
ratios mean anything. net001 runs twice: without limits, as the others have none, and with the default limits on, but for
rates that are too high to reject a message. Two event loops of net001's own library are measured against one.

With TLS 1.3, net001 runs against the C server with OpenSSL. Every handshake of a row is full, or every one is resumed.

The clients are measured with the C server on the first core: tasks that each send one request after the other over one
connection, from Switchboard's client (on Swift's global executor, and on the event loop of the client), one on SwiftNIO, and
one on tokio, if there are cargo and Debian's crates (Scripts/install-dependencies --bench). The last two columns have what
Swift takes to suspend and resume these tasks, without a client.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import signal
import resource
import shutil
import socket
import ssl
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
SERVER_CORE, LOAD_CORE = "0", "1"

# How long a server may take to give back the memory of connections that have left.
SETTLING_SECONDS = 3

# The others have none.
WITHOUT_LIMITS = ["--rate-limit", "0", "--global-rate-limit", "0", "--idle-timeout", "0"]

# The defaults, but for rates that are too high to reject a message: they are counted all the same.
WITH_LIMITS = ["--rate-limit", "1000000000", "--global-rate-limit", "1000000000"]

LIMITED = "with limits"

TOKIO, ON_LOOP = "tokio", "on its executor"
# What suspending and resuming the tasks takes without a client, on Swift's global executor and on one like that of the client.
RUNTIME, RUNTIME_ON_LOOP = "Swift alone", "on an executor"

CELLS = {
    "ping-1": ("PING, 1 connection", "--message ping -c 1"),
    "ping-100": ("PING, 100 connections", "--message ping -c 100"),
    "ping-1000": ("PING, 1,000 connections", "--message ping -c 1000"),
    "ping-1000-half": ("PING, 1,000 connections, 30,000 a second", "--message ping -c 1000 --rate 30000"),
    "ping-64x50": ("PING, 64 in flight × 50", "--message ping -c 50 --in-flight 64"),
    "echo-64": ("ECHO 64 B, 64 in flight × 50", "--message echo --size 64 -c 50 --in-flight 64"),
    "echo-16k": ("ECHO 16 KiB, 4 in flight × 50", "--message echo --size 16384 -c 50 --in-flight 4"),
    "broadcast-200": ("BROADCAST 128 B to 200", "--message broadcast --size 128 -c 201 --in-flight 4"),
    "broadcast-5000": ("BROADCAST 128 B to 5,000", "--message broadcast --size 128 -c 5001 --in-flight 2"),
}


# What is measured by connections of this script's own: the function's name and its argument.
OTHER_CELLS = {
    "idle-5000": ("5,000 idle connections", "idle", 5000),
    "idle-15000": ("15,000 idle connections", "idle", 15000),
    "connect": ("connect, PING, close", "connect", 50000),
}

CONNECTIONS_AT_A_TIME = 64

# The same over TLS.
TLS_CELLS = {
    "tls-echo-64": ("ECHO 64 B, 64 in flight × 50", "--message echo --size 64 -c 50 --in-flight 64"),
    "tls-echo-16k": ("ECHO 16 KiB, 4 in flight × 50", "--message echo --size 16384 -c 50 --in-flight 4"),
}
OTHER_TLS_CELLS = {
    "tls-full": ("full handshake, PING, close", "connect", (5000, "full")),
    "tls-resumed": ("resumed handshake, PING, close", "connect", (5000, "resumed")),
    "tls-idle": ("2,000 idle connections", "idle", 2000),
}

# The figures of a row with TLS, and what they are called.
TLS_FIGURES = {
    "cpu_per_message": "CPU µs a message",
    "messages_per_second": "messages/s",
    "latency_p99": "p99 µs",
    "cpu_per_connection": "CPU µs a connection",
    "connections_per_second": "connections/s",
    "bytes_per_connection": "resident bytes a connection",
    "bytes_left": "bytes not given back",
}

# The number of tasks over one connection.
CLIENT_CELLS = {f"client-{tasks}": tasks for tasks in (1, 8, 64, 256)}

LOOPS_CELL = "loops"

# Where Debian's packages put the source of crates.
DEBIAN_CRATES = pathlib.Path("/usr/share/cargo/registry")



def frame(code):
    content = bytes.fromhex(f"DEADBEEF01{code:02x}0008") + bytes(8)
    return content + struct.pack(">I", zlib.crc32(content))


PING, PONG = frame(1), frame(2)


def make_certificate(folder):
    """The paths of a certificate for the servers, and of its key."""
    certificate, key = f"{folder}/cert.pem", f"{folder}/key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    return certificate, key


def open_connection(port, tls):
    """A connection that has been answered; `tls` is the context of TLS, or None."""
    peer = socket.create_connection(("127.0.0.1", int(port)))
    if tls:
        peer = tls.wrap_socket(peer, server_hostname="127.0.0.1")
    peer.sendall(PING)
    reply = b""
    while len(reply) < len(PONG):
        received = peer.recv(len(PONG) - len(reply))
        if not received:
            sys.exit("the server has closed a connection")
        reply += received
    if reply != PONG:
        sys.exit("a wrong reply")
    # Closed with a reset, a connection leaves no port behind that could not be used again for a minute.
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return peer


def resident_bytes(pid):
    pages = pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGESIZE")


def cpu_seconds(pid):
    threads = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def allow_many_connections():
    """Raises the limit of descriptors: a connection is one here, too."""
    hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard_limit, hard_limit))


def idle(port, pid, count, authority):
    """The memory that connections take which have said something once and nothing since."""
    tls = ssl.create_default_context(cafile=authority) if authority else None
    open_connection(port, tls).close()
    before = resident_bytes(pid)
    peers = [open_connection(port, tls) for _ in range(count)]
    during = resident_bytes(pid)
    for peer in peers:
        peer.close()
    open_connection(port, tls).close()
    time.sleep(SETTLING_SECONDS)
    return {
        "bytes_per_connection": (during - before) / count,
        "bytes_left": resident_bytes(pid) - before,
    }


def connect(port, pid, count, authority):
    """The CPU time of a connection that sends one PING, with as many open as a busy server has new ones."""
    tls = []
    if authority:
        count, kind = count
        tls = [kind, authority]
    open_connection(port, ssl.create_default_context(cafile=authority) if authority else None).close()
    before = cpu_seconds(pid)
    command = ["taskset", "-c", LOAD_CORE, product("connect-load"), port, str(count), str(CONNECTIONS_AT_A_TIME), *tls]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if result.returncode:
        sys.exit(result.stderr)
    return {"cpu_per_connection": (cpu_seconds(pid) - before) / count * 1e6, **json.loads(result.stdout)}


def product(name, package=HERE):
    return str(package / ".build" / "release" / name)


def build(name, package=HERE, *options):
    """Builds a product in release mode; returns the path of its program."""
    command = ["swift", "build", "-c", "release", "--package-path", package, *options, "--product", name]
    subprocess.run(command, check=True, stdout=sys.stderr)
    return product(name, package)


def build_servers(cells):
    """Builds what the cells need; returns net001, the command line of each server, and of each server with TLS."""
    net001 = build("net001", ROOT, "--traits", "TLS")
    epoll = [build("epoll-server"), "0"]
    serve = [net001, "serve", "--port", "0", "--event-loops", "1", "--max-connections", "20000"]
    servers = {"C epoll": epoll, "net001": [*serve, *WITHOUT_LIMITS], LIMITED: [*serve, *WITH_LIMITS]}
    if any(cell in CELLS or cell in OTHER_CELLS for cell in cells):
        servers["SwiftNIO"] = [build("nio-server"), "0"]
    if any("connect" in (OTHER_CELLS | OTHER_TLS_CELLS).get(cell, ()) for cell in cells):
        build("connect-load")
    return net001, servers


def with_tls(servers, certificate, key):
    """The command lines of the servers that have TLS."""
    return {
        "C epoll": [*servers["C epoll"], certificate, key],
        "net001": [*servers["net001"], "--tls", "--cert", certificate, "--key", key],
    }


def build_clients():
    """Builds the clients in release mode; returns the command line of each."""
    requests, nio = build("client-requests"), build("nio-client")
    clients = {"Switchboard": [requests], ON_LOOP: [requests, "--on-loop"], "SwiftNIO": [nio]}
    clients |= {RUNTIME: [requests, "--suspend-only"], RUNTIME_ON_LOOP: [requests, "--suspend-only", "--on-loop"]}
    target = HERE / ".build" / "tokio"
    crates = ["--config", 'source.crates-io.replace-with="debian"', "--config", f'source.debian.directory="{DEBIAN_CRATES}"']
    if shutil.which("cargo") is None or not DEBIAN_CRATES.is_dir():
        print("without tokio: cargo and Debian's crates are missing", file=sys.stderr)
        return clients
    subprocess.run(
        ["cargo", "build", "--release", "--offline", "--quiet", "--target-dir", target, *crates], check=True, cwd=HERE / "TokioClient"
    )
    return {TOKIO: [str(target / "release" / "tokio-client")], **clients}


@contextlib.contextmanager
def running(command):
    """Runs a server; yields its port and process number."""
    process = subprocess.Popen(
        ["taskset", "-c", SERVER_CORE, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    for line in process.stdout:
        found = re.search(r"listening (\d+)|address=\S*:(\d+)", line)
        if found:
            break
    else:
        sys.exit(f"{command[0]} did not start")
    # What else it prints is thrown away, or the pipe would fill and stop it.
    drain = subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL)
    try:
        yield found[1] or found[2], process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        drain.wait(timeout=60)


def measure(net001, command, options, seconds, authority):
    tls = ["--tls", "--ca", authority] if authority else []
    with running(command) as (port, pid):
        result = subprocess.run(
            ["taskset", "-c", LOAD_CORE, net001, "load", "--port", port, "--process", str(pid), "--spin", "--json"]
            + ["--duration", str(seconds), "--warm-up", "0.5", "--timeout", "60", "--rate", "0", *options.split(), *tls],
            capture_output=True,
            text=True,
            timeout=seconds + 120,
        )
        if result.returncode:
            sys.exit(f"{command[0]}: {result.stderr}")
        return json.loads(result.stdout)


def measure_client(command, port, tasks, seconds):
    result = subprocess.run(
        ["taskset", "-c", LOAD_CORE, *command, port, str(tasks), str(seconds)], capture_output=True, text=True, timeout=seconds + 120
    )
    if result.returncode:
        sys.exit(f"{command[0]}: {result.stderr}")
    return json.loads(result.stdout)


def client_table(results, clients):
    """The medians, and the ratios to tokio in the same round."""
    first = next(iter(clients))
    lines = [f"{'requests: CPU µs; 1/s; p50, p99 ms':36}" + "".join(f"{name:>34}" for name in clients)]
    for cell, rounds in results.items():
        row = f"{CLIENT_CELLS[cell]:4} tasks, one connection" + " " * 9
        for name in clients:
            median = {key: statistics.median(r[name][key] for r in rounds) for key in rounds[0][name]}
            ratio = statistics.median(r[name]["cpu_per_request"] / r[first]["cpu_per_request"] for r in rounds)
            times = f"{median['latency_p50'] / 1000:.2f}, {median['latency_p99'] / 1000:.2f}"
            row += f"{median['cpu_per_request']:8.2f} ({ratio:.2f}); {median['requests_per_second']:7,.0f}; {times}".rjust(34)
        lines.append(row)
    return "\n".join(lines)


def other_table(results, servers):
    lines = []
    for cell, (title, _, _) in OTHER_CELLS.items():
        for key in results[cell][0][next(iter(servers))] if cell in results else []:
            medians = (statistics.median(r[name][key] for r in results[cell]) for name in servers)
            lines.append(f"{title + ': ' + key.replace('_', ' '):46}" + "".join(f"{m:14,.1f}" for m in medians))
    return "\n".join([f"{'':46}" + "".join(f"{name:>14}" for name in servers)] + lines)


def tls_table(results):
    """The medians of the servers with TLS, and the ratios of net001 to the C server in the same round."""
    names = ("C epoll", "net001")
    lines = [f"{'TLS 1.3':62}" + "".join(f"{name:>14}" for name in names) + f"{'to C':>9}"]
    for cell, rounds in results.items():
        for key, figure in TLS_FIGURES.items():
            if key not in rounds[0]["net001"]:
                continue
            medians = [statistics.median(r[name][key] for r in rounds) for name in names]
            # Memory that is left may be less than before.
            ratio = "" if key == "bytes_left" else f"{statistics.median(r['net001'][key] / r['C epoll'][key] for r in rounds):.2f}"
            title = f"{(TLS_CELLS | OTHER_TLS_CELLS)[cell][0]}: {figure}"
            lines.append(f"{title:62}" + "".join(f"{median:14,.2f}" for median in medians) + f"{ratio:>9}")
    return "\n".join(lines)


def table(results, servers):
    """The medians as a table, and the ratios of net001 to the others, and with limits to without, in the same round."""
    lines = [f"{'CPU µs a message':42}" + "".join(f"{name:>12}" for name in servers) + f"{'to C':>9}{'to NIO':>9}{'limits':>9}"]
    for cell, rounds in results.items():
        medians = {name: statistics.median(r[name]["cpu_per_message"] for r in rounds) for name in servers}

        def ratio(name, other):
            return statistics.median(r[name]["cpu_per_message"] / r[other]["cpu_per_message"] for r in rounds)

        lines.append(
            f"{CELLS[cell][0]:42}"
            + "".join(f"{medians[name]:12.3f}" for name in servers)
            + f"{ratio('net001', 'C epoll'):9.2f}{ratio('net001', 'SwiftNIO'):9.2f}{ratio(LIMITED, 'net001'):9.2f}"
        )
    lines.append("")
    lines.append(f"{'messages/s; p50, p99, p99.9 ms':42}" + "".join(f"{name:>30}" for name in servers))
    for cell, rounds in results.items():
        row = f"{CELLS[cell][0]:42}"
        for name in servers:
            median = {
                key: statistics.median(r[name][key] for r in rounds)
                for key in ("messages_per_second", "latency_p50", "latency_p99", "latency_p99.9")
            }
            times = ", ".join(f"{median[key] / 1000:.2f}" for key in list(median)[1:])
            row += f"{median['messages_per_second']:13,.0f}; {times:>15}"
        lines.append(row)
    return "\n".join(lines)


def in_turns(cell, names, rounds, measure_one):
    """The figures of all names for each round. They take turns, because the first finds the machine in another state than the last."""
    results = []
    for number in range(rounds):
        print(f"{cell}: round {number + 1} of {rounds}", file=sys.stderr)
        start = number % len(names)
        results.append({name: measure_one(name) for name in list(names)[start:] + list(names)[:start]})
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2)
    every = [*CELLS, *OTHER_CELLS, *TLS_CELLS, *OTHER_TLS_CELLS, *CLIENT_CELLS, LOOPS_CELL]
    parser.add_argument("--cells", default=",".join(every), help="which of: " + ", ".join(every))
    parser.add_argument("--json", type=pathlib.Path, default=HERE / ".build" / "results.json")
    arguments = parser.parse_args()
    cells = arguments.cells.split(",")
    unknown = [cell for cell in cells if cell not in every]
    if unknown:
        parser.error(f"there is no cell {', '.join(unknown)}")
    if os.cpu_count() < 2:
        parser.error("two cores are needed: one for the server, one for the load")

    allow_many_connections()
    net001, servers = build_servers(cells)
    clients = build_clients() if any(cell in CLIENT_CELLS for cell in cells) else {}
    loop_scaling = build("loop-scaling") if LOOPS_CELL in cells else None
    results = {}

    def figures(server, cell, tls_certificate=None):
        options = (CELLS | TLS_CELLS).get(cell)
        if options:
            return measure(net001, server, options[1], arguments.seconds, tls_certificate)
        _, function, what = (OTHER_CELLS | OTHER_TLS_CELLS)[cell]
        with running(server) as (port, pid):
            return globals()[function](port, pid, what, tls_certificate)

    def client_figures(client, cell):
        with running(servers["C epoll"]) as (port, _):
            return measure_client(clients[client], port, CLIENT_CELLS[cell], arguments.seconds)

    for cell in [cell for cell in cells if cell in CELLS or cell in OTHER_CELLS]:
        results[cell] = in_turns(cell, servers, arguments.rounds, lambda name: figures(servers[name], cell))
    if any(cell in CELLS for cell in cells):
        print(table({cell: rounds for cell, rounds in results.items() if cell in CELLS}, servers))
    if any(cell in OTHER_CELLS for cell in cells):
        print("\n" + other_table(results, servers))
    tls_results = {}
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = make_certificate(folder)
        tls_servers = with_tls(servers, certificate, key)
        for cell in [cell for cell in cells if cell in TLS_CELLS or cell in OTHER_TLS_CELLS]:
            tls_results[cell] = in_turns(
                cell, tls_servers, arguments.rounds, lambda name: figures(tls_servers[name], cell, certificate)
            )
    if tls_results:
        print("\n" + tls_table(tls_results))
    client_results = {
        cell: in_turns(cell, clients, arguments.rounds, lambda name: client_figures(name, cell)) for cell in cells if cell in CLIENT_CELLS
    }
    if client_results:
        print("\n" + client_table(client_results, clients))
    results |= tls_results | client_results
    if LOOPS_CELL in cells:
        print(flush=True)
        subprocess.run([loop_scaling, "--rounds", str(arguments.rounds), "--seconds", str(arguments.seconds)], check=True)
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(results, indent=2))
    print(f"\nall figures: {arguments.json}")


if __name__ == "__main__":
    main()
