"""Measures what the page of the metrics port costs while a browser shows it: CPU and memory of the server, memory of the browser.

    python3 IntegrationTests/Resilience/page_cost.py PATH-OF-NET001 [--duration 60m] [--connections 10000]

The script opens many connections that seldom send, and measures the server without a viewer. It then opens the page in Chromium, and
measures it for the duration, and for a shorter time with a filter. The limit of CPU time is that of a release build.
`make page-cost DURATION=60m` runs all of this. `IntegrationTests/Interop/environment` prints a Python that has Selenium, and
`Scripts/install-dependencies --tests` installs Chromium.
"""

import argparse
import contextlib
import signal
import subprocess
import sys
import time

import resilience
from resilience import command, figures, metrics, wait_until
from soak import end_with_parent, seconds

from browser import Browser

# The limits that the script checks.
MAXIMUM_CPU_PERCENT = 1.0
MAXIMUM_SERVER_GROWTH_MIB = 4
MAXIMUM_PAGE_GROWTH_MIB = 1
MAXIMUM_NODE_GROWTH = 100
OLDEST_REPORT_SECONDS = 3

MESSAGES_PER_SECOND = 200
EVENT_LOOPS = 2
# The page keeps the reports of one minute.
WARM_UP_SECONDS = 75
# The time without a viewer and the time with a filter are this share of the duration, between these limits.
REFERENCE_SHARE, SHORTEST_REFERENCE_SECONDS, LONGEST_REFERENCE_SECONDS = 0.2, 30, 300
OPEN_SECONDS = 120
LOAD_SECONDS = 86_400
# A part of the addresses of some connections.
FILTER = "127.0.0.1:414"
MIB = 1 << 20


@contextlib.contextmanager
def load(port, connections):
    """Holds open connections, of which each sends a message now and then."""
    process = subprocess.Popen(
        [command.PATH, "load", "--port", str(port), "--connections", str(connections)]
        + ["--rate", str(MESSAGES_PER_SECOND), "--duration", str(LOAD_SECONDS)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=command.variables(),
        preexec_fn=end_with_parent,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def cpu_percent(pid, duration):
    """Returns how much of a core the process uses, in percent."""
    start, used = time.monotonic(), figures(pid).cpu_seconds
    time.sleep(duration)
    return 100 * (figures(pid).cpu_seconds - used) / (time.monotonic() - start)


class Page:
    """The page in a browser."""

    def __init__(self, browser, port):
        self.browser = browser
        browser.command("Performance.enable")
        browser.open(f"http://127.0.0.1:{port}/")
        browser.wait("return document.getElementById('state').textContent === 'ready'")

    def figures(self):
        """Returns the figures of the browser by name, after it has freed what the page does not use."""
        self.browser.command("HeapProfiler.collectGarbage")
        return {metric["name"]: metric["value"] for metric in self.browser.command("Performance.getMetrics")["metrics"]}

    def filter(self, text):
        self.browser.driver.find_element("id", "filter").send_keys(text)
        self.browser.wait("return !document.getElementById('count').textContent.startsWith('200 of')")

    @property
    def counts(self):
        """The numbers of listed and of open connections."""
        return self.browser.text("#count")

    @property
    def report_age(self):
        """The time since the last report in seconds."""
        return self.browser.read("return Date.now() / 1000 - latest.time")


def measure(options):
    """Yields each promise, whether it was kept, and the figures."""
    reference = min(max(options.duration * REFERENCE_SHARE, SHORTEST_REFERENCE_SECONDS), LONGEST_REFERENCE_SECONDS)
    settings = (
        "--metrics-port", "0", "--max-connections", str(options.connections), "--idle-timeout", "0",
        "--event-loops", str(EVENT_LOOPS),
    )  # fmt: skip
    with contextlib.ExitStack() as stack:
        port, server = stack.enter_context(command.server(*settings, preexec_fn=end_with_parent))
        admin = command.metrics_port(server)
        traffic = stack.enter_context(load(port, options.connections))
        wait_until(
            lambda: metrics(admin, OPEN_SECONDS)["switchboard_connections"] == options.connections,
            OPEN_SECONDS,
            f"{options.connections} connections are open",
        )
        without = cpu_percent(server.pid, reference)
        browser = stack.enter_context(Browser())
        page = Page(browser, admin)
        time.sleep(WARM_UP_SECONDS)
        before, memory_before = page.figures(), figures(server.pid).memory_mib
        watched = cpu_percent(server.pid, options.duration)
        after, memory_after = page.figures(), figures(server.pid).memory_mib
        counts, report_age = page.counts, page.report_age
        page.filter(FILTER)
        filtered, filtered_counts = cpu_percent(server.pid, reference), page.counts

        yield "the page is shown to the end", report_age < OLDEST_REPORT_SECONDS and traffic.poll() is None, (
            f"the last report is {report_age:.1f} s old; {counts} connections"
        )
        for name, used in (("the page", watched), (f"the page with a filter ({filtered_counts})", filtered)):
            yield f"{name} costs the server at most {MAXIMUM_CPU_PERCENT:g} % of a core", used - without <= MAXIMUM_CPU_PERCENT, (
                f"{used - without:.2f} % ({used:.2f} % with the page, {without:.2f} % without)"
            )
        growth = memory_after - memory_before
        yield "the memory of the server does not grow", growth <= MAXIMUM_SERVER_GROWTH_MIB, (
            f"{memory_before:.1f} MiB, then {memory_after:.1f} MiB"
        )
        heap_before, heap_after = (values["JSHeapUsedSize"] / MIB for values in (before, after))
        yield "the memory of the page does not grow", heap_after - heap_before <= MAXIMUM_PAGE_GROWTH_MIB, (
            f"{heap_before:.2f} MiB, then {heap_after:.2f} MiB of JavaScript's heap"
        )
        nodes_before, nodes_after = (values["Nodes"] for values in (before, after))
        yield "the page does not keep more nodes", nodes_after - nodes_before <= MAXIMUM_NODE_GROWTH, (
            f"{nodes_before:.0f}, then {nodes_after:.0f}"
        )
        busy = 100 * (after["TaskDuration"] - before["TaskDuration"]) / (after["Timestamp"] - before["Timestamp"])
        print(f"The page keeps the browser's main thread busy for {busy:.1f} % of the time.")


def main():
    resilience.binary()
    parser = argparse.ArgumentParser()
    parser.add_argument("--duration", type=seconds, default="60m")
    parser.add_argument("--connections", type=int, default=10_000)
    options = parser.parse_args()
    # The traffic and the browser end too when this process is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    resilience.raise_descriptor_limit()
    results = list(measure(options))
    width = max(len(promise) for promise, _, _ in results)
    for promise, is_kept, said in results:
        print(f"{'kept  ' if is_kept else 'BROKEN'}  {promise:{width}}  {said}")
    sys.exit(0 if all(is_kept for _, is_kept, _ in results) else 1)


if __name__ == "__main__":
    main()
