"""Runs SwiftPM."""

import signal
import subprocess


def swift(*arguments, cwd):
    """Runs `swift` without a terminal, and returns the result; its output includes that of standard error.

    SwiftPM sometimes crashes in libdispatch while it runs plugins. That says nothing about the package, so it runs once more.
    """
    for _ in range(2):
        result = subprocess.run(
            ["swift", *arguments],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=1800,
        )
        if result.returncode != -signal.SIGSEGV:
            break
    return result
