"""Runs the command `net001` for the suites."""

import atexit
import contextlib
import os
import pathlib
import re
import tempfile
import shutil
import signal
import subprocess
import sys
import threading
import time
import unittest
import urllib.request

from net001 import TIMEOUT_SECONDS

PATH = None

# The suites ignore these variables of the developer's environment. Metrics are on a free port and rate limits are off; suites that
# test these set their own values.
OPTIONS = (
    *("ADMIN_TOKEN_FILE", "AUTH_FILE", "AUTHENTICATION_TIMEOUT", "BACKLOG", "BACKPLANE", "BACKPLANE_CA", "BACKPLANE_REQUIRED", "CA", "CERT", "CLIENT_CA", "CLUSTER_RATE_LIMIT", "DEBUG", "DRAIN_TIMEOUT", "EVENT_LOOPS"),
    *("FRAME_TIMEOUT", "HANDSHAKE_TIMEOUT", "HOST", "IDLE_TIMEOUT", "KEY", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PID"),
    *("LOG_FORMAT", "MAX_CHECKSUM_FAULTS", "MAX_CONNECTIONS", "MAX_CONNECTIONS_PER_ADDRESS", "MAX_PENDING_OUTPUT"),
    *("MAX_UNAUTHENTICATED_PAYLOAD", "METRICS_HOST", "METRICS_PORT", "METRICS_SOCKET", "METRICS_SOCKET_MODE",
      "NET001_CONFIG", "NET001_TOKEN",
      "NET001_TOKEN_FILE", "NET001_USER", "NO_METRICS", "NOTIFY_SOCKET"),
    *("OUTPUT_HIGH_WATER_MARK", "PORT", "REQUIRE_AUTH", "TIMEOUT", "TLS", "TLS_SESSION_LIFETIME", "UNIX_SOCKET", "UNIX_SOCKET_MODE"),
    "WRITE_TIMEOUT",
)
ENVIRONMENT = {key: value for key, value in os.environ.items() if key not in OPTIONS} | {
    "RATE_LIMIT": "0",
    "GLOBAL_RATE_LIMIT": "0",
    "METRICS_PORT": "0",
}


def variables(changes=None):
    """Returns the environment of a command with `changes`; `None` removes a variable."""
    return {key: value for key, value in {**ENVIRONMENT, **(changes or {})}.items() if value is not None}


def self_signed_certificate(folder, *options, name="localhost"):
    """Creates a certificate, valid for two days, and returns the paths of its file and of its key."""
    certificate, key = f"{folder}/{name}.pem", f"{folder}/{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        + ["-subj", f"/CN={name}", "-out", certificate, "-keyout", key, *options],
        check=True,
        capture_output=True,
    )
    return certificate, key


@contextlib.contextmanager
def server(*options, environment=None, status=0, preexec_fn=None):
    """Runs a server on a free port, stops it afterwards, and checks that it exits with `status`. `process.log` has its log."""
    process = subprocess.Popen(
        [PATH, "serve", "--port", "0", *options],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=variables(environment),
        preexec_fn=preexec_fn,
    )
    log = []
    for line in process.stderr:
        log.append(line)
        found = re.search(r"\baddress\b.*?[\d\]]:(\d+)\b", line)
        if found:
            break
    else:
        raise AssertionError("the server did not start:\n" + "".join(log))
    reader = threading.Thread(target=lambda: log.extend(process.stderr), daemon=True)
    reader.start()
    process.log = log
    try:
        yield int(found[1]), process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        ended = process.wait(timeout=TIMEOUT_SECONDS)
        reader.join(timeout=TIMEOUT_SECONDS)
        process.stderr.close()
        assert ended == status, f"the server ended with {ended}:\n" + "".join(log)


def metrics_port(process):
    """Returns the metrics port from the log of the server, which names it when the server starts to listen."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        found = re.search(r"http://[^ \"]*:(\d+)/metrics", "".join(process.log))
        if found:
            return int(found[1])
        time.sleep(0.01)
    raise AssertionError("no metrics are served:\n" + "".join(process.log))


def metric(process, name):
    """Returns the value of a metric of the server, or None."""
    with urllib.request.urlopen(f"http://127.0.0.1:{metrics_port(process)}/metrics", timeout=TIMEOUT_SECONDS) as response:
        found = re.search(rf"(?m)^{re.escape(name)} (\S+)", response.read().decode())
    return float(found[1]) if found else None


def run(*arguments, stdin="", environment=None):
    return subprocess.run(
        [PATH, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        env=variables(environment),
    )


def main(usage):
    """Runs the tests of the main module with the command whose path is the first argument."""
    # A shell that runs a suite in the background lets it ignore SIGINT, and its programs would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    global PATH
    if len(sys.argv) < 2:
        sys.exit(usage)
    PATH = within_reach_of_others(os.path.abspath(sys.argv.pop(1)))
    unittest.main()


def within_reach_of_others(path):
    """Returns a path of the program that every user can execute: a copy, if root runs the tests and the folder is private."""
    program = pathlib.Path(path).resolve()
    if os.geteuid() != 0 or all(folder.stat().st_mode & 0o001 for folder in program.parents):
        return path
    with open(program, "rb") as file:
        if file.read(4) != b"\x7fELF":
            return path
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    os.chmod(folder, 0o755)
    return shutil.copy(program, folder)
