"""The helpers of the suites in this folder: figures of the server's process, and the modules of IntegrationTests/Interop."""

import contextlib
import dataclasses
import os
import pathlib
import resource
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Interop"))

import command  # noqa: E402

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
POLL_SECONDS = 0.02


@dataclasses.dataclass(frozen=True)
class Figures:
    """The resources of a process at one moment."""

    memory_bytes: int
    descriptors: int
    threads: int
    cpu_seconds: float

    @property
    def memory_mib(self):
        return self.memory_bytes / 2**20


def figures(pid):
    """Returns the figures of a process: resident memory, open descriptors, threads and CPU time.

    Descriptors of timers do not count, because Dispatch opens one when it first needs it.
    """
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    with open(f"/proc/{pid}/statm") as file:
        pages = int(file.read().split()[1])
    return Figures(
        memory_bytes=pages * PAGE_BYTES,
        descriptors=sum(not link.endswith("[timerfd]") for link in descriptor_links(pid)),
        threads=int(fields[17]),
        cpu_seconds=(int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND,
    )


def descriptor_links(pid):
    """Returns the files that the descriptors of a process refer to."""
    for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            yield os.readlink(link)


def raise_descriptor_limit():
    """Raises the limit of descriptors of this process and its children as far as the system allows."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def wait_until(condition, seconds, what):
    """Waits until `condition()` is true; after `seconds`, fails with `what` as the message."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(POLL_SECONDS)


def metrics(port, seconds=5):
    """Returns the metrics of the server: a dictionary from the name of a series, with its labels, to its value."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=seconds) as response:
        lines = response.read().decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def binary():
    """Takes the path of the command from the first argument, for ``command.server``."""
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(f"usage: {sys.argv[0]} PATH_OF_NET001 [OPTIONS]")
    command.PATH = os.path.abspath(sys.argv.pop(1))
