"""Runs a server under mixed traffic for a given time, and checks that its resources and latency stay constant.

    python3 IntegrationTests/Resilience/soak.py PATH-OF-NET001 [--duration 60m] [--output FOLDER]

Steady clients check every byte of every reply, in order. Listeners check the number of every broadcast. Other clients connect and
disconnect, violate the protocol, or read and write too slowly. The suite samples figures all the time, writes them as CSV, draws
a chart, and checks them at the end. `make soak DURATION=60m` runs all of this.
"""

import argparse
import collections
import csv
import ctypes
import json
import multiprocessing
import pathlib
import re
import signal
import statistics
import sys
import time

import resilience
import soak_traffic as traffic
from resilience import command, figures, metrics

# The limits that the suite checks.
MAXIMUM_SLOPE_KIB_PER_MINUTE = 64
MAXIMUM_GROWTH_MIB = 16
# The growth of the number of descriptors that are not connections, and of threads.
MAXIMUM_DESCRIPTOR_GROWTH = 4
MAXIMUM_THREAD_GROWTH = 2
MAXIMUM_PING_P99_MS = 250

SAMPLE_SECONDS = 5
SHORTEST_SAMPLE_SECONDS = 1
# The first part of the time, in which pools fill and clients connect, is not checked.
WARM_UP_SHARE = 0.2
# The share of the checked time, at its end, from which the trend of memory is computed: by then memory
# is constant, if it ever is.
SLOPE_SHARE = 0.6
# The shortest run with enough samples for a trend.
LONG_SECONDS = 600
KEPT_ERRORS = 20
FEWEST_SAMPLES = 4
STOP_SECONDS = 30
PARENT_DEATH_SIGNAL = 1
OPTIONS = (
    "--max-connections", "2000", "--write-timeout", "5", "--frame-timeout", "5", "--idle-timeout", "20",
    "--max-pending-output", "1048576", "--metrics-port", "0", "--event-loops", "2",
)  # fmt: skip
UNITS = {"s": 1, "m": 60, "h": 3600, "": 1}


def seconds(text):
    found = re.fullmatch(r"(\d+)([smh]?)", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text} is no duration: 90s, 60m, 2h")
    return int(found[1]) * UNITS[found[2]]


def end_with_parent():
    """Makes the system stop this process when its parent ends."""
    ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)


class Log:
    """Reads the log of the server, which would otherwise grow for hours. Closed connections are only counted."""

    def __init__(self, lines, path):
        self.lines = lines
        self.file = open(path, "w", buffering=1)
        self.closed = collections.Counter()
        self.errors = []

    def take(self):
        new = self.lines[:]
        del self.lines[: len(new)]
        for line in new:
            if found := re.search(r" info: connection closed .*\breason=(.*)", line):
                self.closed[found[1]] += 1
                continue
            self.file.write(line)
            if re.search(r"Z (error|critical): ", line) and len(self.errors) < KEPT_ERRORS:
                self.errors.append(line.strip())


def lag_seconds(samples, last):
    """Returns the mean lag of the event loops' ticks since the last sample, and the state for the next sample."""
    name = "switchboard_event_loop_lag_seconds"
    now = (samples.get(f"{name}_sum", 0.0), samples.get(f"{name}_count", 0.0))
    count = now[1] - last[1]
    return ((now[0] - last[0]) / count if count else 0.0), now


class Soak:
    """The samples of one run."""

    COLUMNS = (
        "seconds", "memory_mib", "descriptors", "threads", "cpu", "connections", "messages", "lag_ms", "ping_p99_ms",
    )  # fmt: skip

    def __init__(self, process, counters, path):
        self.process = process
        self.port = command.metrics_port(process)
        self.file = open(path, "w", newline="", buffering=1)
        csv.writer(self.file).writerow(self.COLUMNS)
        self.counters = counters
        self.rows = []
        self.start = time.monotonic()
        self.lag = (0.0, 0.0)
        self.last = None

    def sample(self):
        now, held, told = time.monotonic(), figures(self.process.pid), metrics(self.port, seconds=30)
        received = sum(value for name, value in told.items() if name.startswith("switchboard_messages_received_total"))
        lag, self.lag = lag_seconds(told, self.lag)
        if self.last:
            elapsed = now - self.last[0]
            row = (
                now - self.start, held.memory_mib, held.descriptors, held.threads,
                (held.cpu_seconds - self.last[1]) / elapsed, told["switchboard_connections"],
                (received - self.last[2]) / elapsed, lag * 1000, self.counters.take_ping_p99(),
            )  # fmt: skip
            self.rows.append([round(value, 3) for value in row])
            csv.writer(self.file).writerow(self.rows[-1])
        self.last = (now, held.cpu_seconds, received)

    def column(self, name, judged_only=True):
        index = self.COLUMNS.index(name)
        first = int(len(self.rows) * WARM_UP_SHARE) if judged_only else 0
        return [row[index] for row in self.rows[first:]]


def slope(times, values):
    """Returns the median of the slopes between all pairs of samples (Theil and Sen), which single peaks do not change."""
    step = max(len(times) // 200, 1)
    points = list(zip(times, values))[::step]
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for i, a in enumerate(points) for b in points[i + 1 :] if b[0] > a[0]]
    return statistics.median(slopes) if slopes else 0.0


def growth(values):
    """Returns the change from the first quarter to the last one."""
    quarter = max(len(values) // 4, 1)
    return statistics.median(values[-quarter:]) - statistics.median(values[:quarter])


def judge(soak, counters, log, status, failure):
    """Returns each limit, whether it was kept, and the figures."""
    times, memory = soak.column("seconds"), soak.column("memory_mib")
    threads, pings = soak.column("threads"), soak.column("ping_p99_ms")
    others = [held - open_ for held, open_ in zip(soak.column("descriptors"), soak.column("connections"))]
    late = int(len(times) * (1 - SLOPE_SHARE))
    per_minute = slope(times[late:], memory[late:]) * 1024 * 60
    is_long = times[-1] - times[0] >= LONG_SECONDS
    total = counters.totals()
    closed = {kind: total[f"{kind}_closed"] for kind in ("congested", "deaf", "dribbles")}
    yield "server and traffic go on to the end", not failure, failure or "they did"
    yield "no reply is lost, doubled, changed or out of order", total["replies"] > 0 == total["wrong"], (
        f"{total['replies']:,} replies, {total['wrong']} wrong"
    )
    yield "no broadcast is lost, doubled or out of order", total["broadcasts"] > 0 == total["wrong_broadcasts"], (
        f"{total['broadcasts']:,} received, {total['wrong_broadcasts']} wrong"
    )
    yield "every fault is answered with an error", total["faults"] > 0 == total["faults_without_error"], (
        f"{total['faults']:,} were, {total['faults_without_error']} were not"
    )
    yield "memory stays where it is", growth(memory) <= MAXIMUM_GROWTH_MIB and (
        not is_long or per_minute <= MAXIMUM_SLOPE_KIB_PER_MINUTE
    ), f"{per_minute:+.1f} KiB a minute{'' if is_long else ' (too short to judge)'}, {growth(memory):+.1f} MiB in all"
    yield "descriptors stay as many", growth(others) <= MAXIMUM_DESCRIPTOR_GROWTH, (
        f"{growth(others):+.0f} beside those of connections, {max(soak.column('descriptors')):.0f} at most with them"
    )
    yield "threads stay as many", growth(threads) <= MAXIMUM_THREAD_GROWTH, f"{min(threads)} to {max(threads)}"
    yield "pings are answered in time", statistics.median(pings) <= MAXIMUM_PING_P99_MS, (
        f"p99 {statistics.median(pings):.1f} ms in the median interval, {max(pings):.1f} in the worst"
    )
    yield "slow peers are closed", min(closed.values()) > 0, ", ".join(f"{n:,} {kind}" for kind, n in closed.items())
    yield "the server logs no error", not log.errors, log.errors[0] if log.errors else "none"
    yield "the server ends in good order", status == 0, f"with status {status}"


def draw(soak, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    panels = (
        ("memory_mib", "resident memory (MiB)"), ("descriptors", "descriptors"), ("threads", "threads"),
        ("cpu", "CPU (cores)"), ("messages", "messages a second"), ("lag_ms", "mean lag of the loops (ms)"),
        ("ping_p99_ms", "p99 of a ping (ms)"),
    )  # fmt: skip
    seconds_each = soak.column("seconds", judged_only=False)
    unit, per_unit = ("minutes", 60) if seconds_each[-1] > 180 else ("seconds", 1)
    times = [value / per_unit for value in seconds_each]
    figure, axes = pyplot.subplots(len(panels), 1, sharex=True, figsize=(11, 15), layout="constrained")
    figure.suptitle(f"net001 under mixed traffic for {times[-1]:.0f} {unit}")
    for axis, (name, title) in zip(axes, panels):
        values = soak.column(name, judged_only=False)
        axis.plot(times, values, linewidth=1)
        axis.set_title(title, loc="left", fontsize=10)
        axis.set_ylim(0, max(values) * 1.15 or 1)
        axis.set_xlim(0, times[-1])
        axis.grid(alpha=0.3)
        axis.axvspan(0, times[-1] * WARM_UP_SHARE, alpha=0.08, color="grey", label="not judged")
    axes[0].legend(loc="lower right", fontsize=8)
    axes[-1].set_xlabel(unit)
    figure.savefig(path, dpi=90)


def watch(soak, log, workers, duration):
    """Samples until the time is over. Returns the reason of an earlier end, if any."""
    end = soak.start + duration
    interval = min(SAMPLE_SECONDS, max(duration / 40, SHORTEST_SAMPLE_SECONDS))
    while time.monotonic() < end:
        time.sleep(min(interval, max(end - time.monotonic(), 0)))
        if soak.process.poll() is not None:
            return f"the server has ended with {soak.process.returncode}"
        if failed := [worker.name for worker in workers if worker.exitcode is not None]:
            return f"{', '.join(failed)} failed"
        try:
            soak.sample()
        except OSError as error:
            return f"the server's metrics cannot be read: {error}"
        log.take()
    return None


def run(output, duration, counters):
    """Runs everything. Returns the samples, the log, the exit status of the server, and the failure, if any."""
    stop, status = multiprocessing.Event(), None
    try:
        with command.server(*OPTIONS, preexec_fn=end_with_parent) as (port, process):
            soak = Soak(process, counters, output / "soak.csv")
            log = Log(process.log, output / "server.log")
            workers = traffic.start(port, counters, stop)
            try:
                soak.sample()
                failure = watch(soak, log, workers, duration)
            finally:
                stop.set()
                for worker in workers:
                    worker.join(timeout=STOP_SECONDS)
                    worker.kill()
                    worker.join()
            if failed := [worker.name for worker in workers if worker.exitcode]:
                failure = failure or f"{', '.join(failed)} failed at the end"
            process.send_signal(signal.SIGTERM)
            status = process.wait(timeout=STOP_SECONDS)
    except AssertionError:
        # The exit status of the server is checked with the other results.
        if status is None:
            raise
    log.take()
    return soak, log, status, failure


def main():
    resilience.binary()
    parser = argparse.ArgumentParser()
    parser.add_argument("--duration", type=seconds, default="30s")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path(".build-soak"))
    options = parser.parse_args()
    resilience.raise_descriptor_limit()
    options.output.mkdir(parents=True, exist_ok=True)
    counters = traffic.Counters()
    soak, log, status, failure = run(options.output, options.duration, counters)
    if len(soak.rows) < FEWEST_SAMPLES:
        sys.exit(f"too few samples to judge: {failure}")
    try:
        draw(soak, options.output / "soak.png")
    except ImportError:
        print("no chart: matplotlib is not installed (IntegrationTests/Interop/environment installs it)")
    results = list(judge(soak, counters, log, status, failure))
    for promise, is_kept, said in results:
        print(f"{'kept  ' if is_kept else 'BROKEN'}  {promise}: {said}")
    print(json.dumps(counters.totals() | {"closed": log.closed}))
    print(f"see {options.output}")
    sys.exit(0 if all(is_kept for _, is_kept, _ in results) else 1)


if __name__ == "__main__":
    main()
