"""Runs a server under mixed traffic for as long as one likes, and judges whether it stays as it was.

    python3 Tests/Resilience/soak.py PATH-OF-NET001 [--duration 60m] [--output FOLDER]

Steady clients check every byte of every reply, in order; listeners check the numbers of every broadcast; others come and
go, break the protocol, or read and write too slowly. Figures are sampled all the while, written as CSV and drawn as a
picture, and judged at the end. `make soak DURATION=60m` does all of it.
"""

import argparse
import csv
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

# What is promised.
MAXIMUM_SLOPE_KIB_PER_MINUTE = 64
MAXIMUM_GROWTH_MIB = 16
MAXIMUM_DESCRIPTOR_GROWTH = 64
MAXIMUM_PING_P99_MS = 250

SAMPLE_SECONDS = 5
SHORTEST_SAMPLE_SECONDS = 1
# The first part, in which pools fill and clients connect, is not judged.
WARM_UP_SHARE = 0.2
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


def lag_seconds(samples, last):
    """The mean lag of the event loops' ticks since the last sample, and the state for the next."""
    name = "switchboard_event_loop_lag_seconds"
    now = (samples.get(f"{name}_sum", 0.0), samples.get(f"{name}_count", 0.0))
    count = now[1] - last[1]
    return ((now[0] - last[0]) / count if count else 0.0), now


class Soak:
    """The samples of one run."""

    COLUMNS = (
        "seconds", "memory_mib", "descriptors", "threads", "cpu", "connections", "messages", "lag_ms", "ping_p99_ms",
    )  # fmt: skip

    def __init__(self, process, counters):
        self.process = process
        self.port = command.metrics_port(process)
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
        self.last = (now, held.cpu_seconds, received)

    def column(self, name, judged_only=True):
        index = self.COLUMNS.index(name)
        first = int(len(self.rows) * WARM_UP_SHARE) if judged_only else 0
        return [row[index] for row in self.rows[first:]]


def slope(times, values):
    """The median of the slopes between all pairs of samples (Theil and Sen): single peaks do not move it."""
    step = max(len(times) // 200, 1)
    points = list(zip(times, values))[::step]
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for i, a in enumerate(points) for b in points[i + 1 :] if b[0] > a[0]]
    return statistics.median(slopes) if slopes else 0.0


def judge(soak, counters, status, log):
    """Every promise, whether it was kept, and the figures."""
    times, memory = soak.column("seconds"), soak.column("memory_mib")
    descriptors, threads = soak.column("descriptors"), soak.column("threads")
    quarter = max(len(memory) // 4, 1)
    per_minute = slope(times, memory) * 1024 * 60
    growth = statistics.median(memory[-quarter:]) - statistics.median(memory[:quarter])
    opened = statistics.median(descriptors[-quarter:]) - statistics.median(descriptors[:quarter])
    p99 = statistics.median(soak.column("ping_p99_ms"))
    errors = [line for line in log if re.search(r"\b(error|critical)\b", line)]
    total = counters.totals()
    long_enough = times[-1] - times[0] >= 600
    yield "no reply is lost, doubled, changed or out of order", total["wrong"] == 0, (
        f"{total['replies']:,} replies, {total['wrong']} wrong"
    )
    yield "no broadcast is lost, doubled or out of order", total["wrong_broadcasts"] == 0, (
        f"{total['broadcasts']:,} received, {total['wrong_broadcasts']} wrong"
    )
    yield "memory stays where it is", growth <= MAXIMUM_GROWTH_MIB and (
        not long_enough or per_minute <= MAXIMUM_SLOPE_KIB_PER_MINUTE
    ), f"{per_minute:+.1f} KiB a minute, {growth:+.1f} MiB from the first quarter to the last"
    yield "descriptors stay as many", opened <= MAXIMUM_DESCRIPTOR_GROWTH, f"{opened:+.0f}, {max(descriptors)} at most"
    yield "threads stay as many", max(threads) <= threads[0] + 8, f"{min(threads)} to {max(threads)}"
    yield "pings are answered in time", p99 <= MAXIMUM_PING_P99_MS, f"p99 {p99:.1f} ms in the median interval"
    yield "slow peers are closed", total["slow_closed"] > 0 or not long_enough, f"{total['slow_closed']:,} of them"
    yield "the server logs no error", not errors, errors[0].strip() if errors else "none"
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
    minutes = [value / 60 for value in soak.column("seconds", judged_only=False)]
    figure, axes = pyplot.subplots(len(panels), 1, sharex=True, figsize=(11, 15), layout="constrained")
    figure.suptitle(f"net001 under mixed traffic for {minutes[-1]:.0f} minutes")
    for axis, (name, title) in zip(axes, panels):
        axis.plot(minutes, soak.column(name, judged_only=False), linewidth=1)
        axis.set_title(title, loc="left", fontsize=10)
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
        axis.axvspan(0, minutes[-1] * WARM_UP_SHARE, alpha=0.08, color="grey", label="not judged")
    axes[0].legend(loc="lower right", fontsize=8)
    axes[-1].set_xlabel("minutes")
    figure.savefig(path, dpi=90)


def watch(soak, workers, duration):
    """Samples until the time is over; ends earlier when one who makes traffic has failed."""
    end = soak.start + duration
    interval = min(SAMPLE_SECONDS, max(duration / 40, SHORTEST_SAMPLE_SECONDS))
    while time.monotonic() < end:
        if soak.process.poll() is not None:
            last = "".join(soak.process.log[-20:])
            raise AssertionError(f"the server has ended with {soak.process.returncode}:\n{last}")
        dead = [worker.name for worker in workers if worker.exitcode]
        if dead:
            raise AssertionError(f"{', '.join(dead)} failed")
        soak.sample()
        time.sleep(min(interval, max(end - time.monotonic(), 0)))
    soak.sample()


def main():
    resilience.binary()
    parser = argparse.ArgumentParser()
    parser.add_argument("--duration", type=seconds, default="30s")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path(".build-soak"))
    options = parser.parse_args()
    resilience.raise_descriptor_limit()
    options.output.mkdir(parents=True, exist_ok=True)
    counters = traffic.Counters()
    stop = multiprocessing.Event()
    with command.server(*OPTIONS) as (port, process):
        workers = traffic.start(port, counters, stop)
        try:
            soak = Soak(process, counters)
            watch(soak, workers, options.duration)
        finally:
            stop.set()
            for worker in workers:
                worker.join(timeout=30)
                worker.kill()
        if any(worker.exitcode for worker in workers):
            sys.exit("some traffic failed: " + ", ".join(w.name for w in workers if w.exitcode))
        process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=30)
        log = list(process.log)
    with open(options.output / "soak.csv", "w", newline="") as file:
        csv.writer(file).writerows([Soak.COLUMNS, *soak.rows])
    (options.output / "server.log").write_text("".join(log))
    try:
        draw(soak, options.output / "soak.png")
    except ImportError:
        print("no picture: matplotlib is missing (Tests/Interop/environment sets it up)")
    results = list(judge(soak, counters, status, log))
    for promise, is_kept, said in results:
        print(f"{'kept  ' if is_kept else 'BROKEN'}  {promise}: {said}")
    print(json.dumps(counters.totals()))
    print(f"see {options.output}")
    sys.exit(0 if all(is_kept for _, is_kept, _ in results) else 1)


if __name__ == "__main__":
    main()
