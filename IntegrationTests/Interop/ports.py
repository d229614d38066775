"""Unused ports, for suites that run side by side and next to other programs."""

import contextlib
import pathlib
import random
import socket

# The system chooses from these ports for clients and for servers on port 0.
SYSTEM_RANGE = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")
ATTEMPTS = 1000


def unused_port(*offsets):
    """Returns a port of 127.0.0.1 that is free, as are the ports that are higher by each of `offsets`.

    The system does not choose these ports for other programs: they stay free until a program asks for this number.
    """
    low, high = map(int, SYSTEM_RANGE.read_text().split()) if SYSTEM_RANGE.exists() else (32768, 60999)
    candidates = [port for port in range(10_000, 65_536) if not low <= port <= high]
    for _ in range(ATTEMPTS):
        port = random.choice(candidates)
        ports = [port, *(port + offset for offset in offsets)]
        if not set(ports) <= set(candidates):
            continue
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for number in ports:
                stack.enter_context(socket.create_server(("127.0.0.1", number)))
            return port
    raise AssertionError("no port is free")
