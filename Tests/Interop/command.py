"""The command `net001`, as these tests run it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
import unittest

from net001 import TIMEOUT_SECONDS

PATH = None

# What the developer has set for himself is not to change what is tested. Tests of rates set their own.
OPTIONS = ("HOST", "PORT", "DEBUG", "TIMEOUT", "NET001_TOKEN", "AUTH_FILE", "REQUIRE_AUTH", "TLS", "UNIX_SOCKET")
ENVIRONMENT = {key: value for key, value in os.environ.items() if key not in OPTIONS} | {
    "RATE_LIMIT": "0",
    "GLOBAL_RATE_LIMIT": "0",
}


@contextlib.contextmanager
def server(*options, environment=None, status=0, preexec_fn=None):
    """A server on a free port, stopped again afterwards, which must end with `status`. Its log is in `process.log`."""
    process = subprocess.Popen(
        [PATH, "serve", "--port", "0", *options],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**ENVIRONMENT, **(environment or {})},
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
    """Where the server says that its metrics are: it does so once, about when it says where it listens."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        found = re.search(r"http://[^ \"]*:(\d+)/metrics", "".join(process.log))
        if found:
            return int(found[1])
        time.sleep(0.01)
    raise AssertionError("no metrics are served:\n" + "".join(process.log))


def run(*arguments, stdin="", environment=None):
    return subprocess.run(
        [PATH, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        env={**ENVIRONMENT, **(environment or {})},
    )


def main(usage):
    """Runs the tests of the main module against the command whose path is the first argument."""
    global PATH
    if len(sys.argv) < 2:
        sys.exit(usage)
    PATH = os.path.abspath(sys.argv.pop(1))
    unittest.main()
