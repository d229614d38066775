"""Tests the metrics, the health checks and the list of connections that `net001` serves over HTTP, and the alerts and the
dashboard in Docs.

    python3 IntegrationTests/Interop/test_metrics.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import http.client
import json
import math
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.parse

import command
from command import metrics_port, run, self_signed_certificate, server
from engines import redis
from net001 import *  # noqa: F403
from ports import unused_port

DOCS = pathlib.Path(__file__).resolve().parents[2] / "Docs"
OPEN_METRICS = "application/openmetrics-text"


def get(port, path, host="127.0.0.1", method="GET", headers={}):
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode(), response.headers
    finally:
        connection.close()


def scrape(port):
    """Checks the text line by line, and returns all samples by their names with labels."""
    status, text, headers = get(port, "/metrics")
    assert status == 200, text
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4"), headers
    samples, typed = {}, set()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in typed, f"{name} has two types"
            assert (kind == "counter") == name.endswith("_total"), line
            typed.add(name)
        elif not line.startswith("# HELP "):
            name, value = re.fullmatch(r'([a-z_]+(?:\{[^{}]*\})?) (\S+)', line).groups()
            assert name not in samples, f"{name} is there twice"
            samples[name] = float(value)
    return samples


def parse_open_metrics(text):
    """Checks a text against the rules of OpenMetrics 1.0.0 that concern counters, gauges and histograms.

    Returns the type of each family, and the values of all samples by their names with labels.
    """
    lines = text.split("\n")
    assert lines[-2:] == ["# EOF", ""], "the text must end with # EOF and a line feed"
    types, samples, family, described, last_labels, closed = {}, {}, None, set(), None, set()
    for line in lines[:-2]:
        if line.startswith("#"):
            _, keyword, name, rest = line.split(" ", 3)
            if name != family:
                assert name not in types, f"{name} is interrupted by another family"
                family, described, closed = name, set(), set()
                types[name] = "unknown"
            assert keyword not in described and "sample" not in described, f"{line} comes twice, or after samples"
            described.add(keyword)
            if keyword == "TYPE":
                assert rest in ("counter", "gauge", "histogram", "unknown"), line
                assert len(described) == 1, "the type comes first"
                types[name] = rest
            elif keyword == "UNIT":
                assert name.endswith("_" + rest), line
            else:
                assert keyword == "HELP", line
                assert re.fullmatch(r'(?:[^\\"\n]|\\[\\"n])+', rest), line
            continue
        name, labels, value = re.fullmatch(r"([a-zA-Z_:][\w:]*)(?:\{(.+)\})? (\S+)", line).groups()
        pairs = re.findall(r'([a-zA-Z_]\w*)="((?:[^\\"\n]|\\[\\"n])*)"', labels or "")
        assert ",".join(f'{key}="{text}"' for key, text in pairs) == (labels or ""), line
        assert len(dict(pairs)) == len(pairs), f"{line} has a label twice"
        assert line.rsplit(" ", 1)[0] not in samples, f"{line} is there twice"
        number = samples[line.rsplit(" ", 1)[0]] = float(value)
        described.add("sample")
        suffix = name.removeprefix(family)
        assert name.startswith(family), f"{name} is no sample of {family}"
        expected = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(types[family], ("",))
        assert suffix in expected, f"{name} is no sample of a {types[family]} {family}"
        if types[family] != "gauge":
            assert number >= 0, line
        # The samples of one series come one after another, buckets in order.
        own = tuple(pair for pair in pairs if pair[0] != "le")
        if own != last_labels:
            assert own not in closed, f"{line} is apart from its series"
            closed.add(own)
            bounds, counts = [], []
        last_labels = own
        if suffix == "_bucket":
            bound = dict(pairs)["le"]
            assert bound in ("+Inf", repr(float(bound))), f"{bound} is not in the canonical form"
            bounds.append(float(bound))
            counts.append(number)
            assert bounds == sorted(set(bounds)) and counts == sorted(counts), line
        elif suffix == "_count":
            assert bounds[-1] == math.inf and counts[-1] == number, line
    return types, samples


class Prometheus:
    """A Prometheus that scrapes a server five times a second."""

    def __init__(self, folder, admin, rules=None):
        self.web = unused_port()
        configuration = pathlib.Path(folder) / "prometheus.yml"
        configuration.write_text(
            "global: { scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms }\n"
            + (f"rule_files: ['{rules}']\n" if rules else "")
            + "scrape_configs:\n"
            + f"  - {{ job_name: net001, static_configs: [ {{ targets: ['127.0.0.1:{admin}'] }} ] }}\n"
        )
        self.process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={configuration}",
                f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{self.web}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=TIMEOUT_SECONDS)

    def ask(self, path, **parameters):
        """Returns what the API answers, or None while it does not answer."""
        assert self.process.poll() is None, "Prometheus has ended"
        with contextlib.suppress(OSError):
            status, text, _ = get(self.web, f"/api/v1/{path}?{urllib.parse.urlencode(parameters)}")
            if status != 503:
                answer = json.loads(text)
                assert answer["status"] == "success", answer
                return answer["data"]

    def query(self, expression):
        """Returns the labels and the value of each series of an expression."""
        answer = self.ask("query", query=expression)
        return [(series["metric"], float(series["value"][1])) for series in answer["result"]] if answer else []


def wait_until(question, what):
    """Asks until the answer is true, and returns it."""
    deadline = time.monotonic() + 60
    while not (answer := question()):
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
    return answer


class Metrics(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)

    def start(self, *options):
        port, process = self.stack.enter_context(server(*options))
        return port, metrics_port(process), process

    def test_count_known_traffic_exactly(self):
        port, admin, _ = self.start()
        with Peer(port) as peer, Peer(port) as listener:
            listener.expect_alive()
            peer.send(ping(1) * 600 + frame(ECHO, b"x" * 100) * 3 + frame(BROADCAST, b"news") + frame(0x77))
            for _ in range(603):
                peer.receive()
            self.assertEqual(peer.receive()[0], ERROR)
            self.assertEqual(listener.receive(), (BROADCAST, b"news"))
            samples = scrape(admin)
        for name, expected in {
            'switchboard_connections': 2,
            'switchboard_connections_accepted_total': 2,
            'switchboard_messages_received_total{message="Ping"}': 601,
            'switchboard_message_bytes_received_total{message="Ping"}': 601 * 20,
            'switchboard_messages_sent_total{message="Pong"}': 601,
            'switchboard_message_bytes_sent_total{message="Pong"}': 601 * 20,
            'switchboard_messages_received_total{message="Echo"}': 3,
            'switchboard_message_bytes_sent_total{message="EchoReply"}': 3 * 112,
            'switchboard_messages_received_total{message="Broadcast"}': 1,
            'switchboard_messages_sent_total{message="Broadcast"}': 1,
            'switchboard_messages_received_total{message="unknown"}': 1,
            'switchboard_faults_total{fault="unknownType"}': 1,
            'switchboard_messages_sent_total{message="Error"}': 1,
        }.items():
            self.assertEqual(samples[name], expected, name)
        count = samples['switchboard_handler_duration_seconds_count{message="Ping"}']
        self.assertGreaterEqual(count, 3)
        self.assertEqual(samples['switchboard_handler_duration_seconds_bucket{message="Ping",le="+Inf"}'], count)
        self.assertGreater(samples["process_resident_memory_bytes"], 1e6)
        self.assertLess(abs(samples["process_start_time_seconds"] - time.time()), 600)
        self.assertGreater(samples["process_open_fds"], 5)
        self.assertGreaterEqual(samples["process_max_fds"], samples["process_open_fds"])

    def test_say_why_connections_have_closed(self):
        port, admin, _ = self.start("--max-connections", "1")
        with Peer(port) as peer:
            peer.expect_alive()
            with Peer(port) as refused:
                refused.receive()
                refused.expect_end()
            peer.send(b"nonsense that is no frame at all")
            peer.receive()
            peer.expect_end()
        deadline = time.monotonic() + TIMEOUT_SECONDS
        name = 'switchboard_connections_closed_total{reason="invalidMagic"}'
        while scrape(admin)[name] == 0:
            self.assertLess(time.monotonic(), deadline)
        samples = scrape(admin)
        self.assertEqual(samples[name], 1)
        self.assertEqual(samples['switchboard_connections_refused_total{reason="serverIsFull"}'], 1)
        self.assertEqual(samples["switchboard_connections"], 0)

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed (apt install prometheus)")
    def test_are_accepted_by_promtool(self):
        _, admin, _ = self.start()
        text = get(admin, "/metrics")[1]
        result = subprocess.run(
            ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=60
        )
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    @unittest.skipUnless(shutil.which("prometheus"), "prometheus is not installed (apt install prometheus)")
    def test_are_scraped_by_prometheus(self):
        port, admin, _ = self.start()
        with Peer(port) as peer:
            peer.send(ping() * 42)
            for _ in range(42):
                peer.receive()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        with Prometheus(folder, admin) as prometheus:
            ((labels, value),) = wait_until(
                lambda: prometheus.query('switchboard_messages_received_total{message="Ping"}'),
                "Prometheus has not scraped the server",
            )
            self.assertEqual((labels["job"], value), ("net001", 42))
            # Only a text in OpenMetrics has units, and counters whose families have other names than their samples.
            described = {entry["metric"]: entry for entry in prometheus.ask("targets/metadata")}
            self.assertEqual(described["switchboard_messages_received"]["type"], "counter")
            self.assertEqual(described["switchboard_handler_duration_seconds"]["unit"], "seconds")
            self.assertEqual(prometheus.query("up")[0][1], 1)

    def test_in_open_metrics_keep_its_rules_and_are_the_same(self):
        port, admin, _ = self.start()
        with Peer(port) as peer:
            peer.send(ping() * 600)
            for _ in range(600):
                peer.receive()
            text, headers = get(admin, "/metrics", headers={"Accept": f"{OPEN_METRICS};version=1.0.0"})[1:]
            self.assertEqual(headers["Content-Type"], f"{OPEN_METRICS}; version=1.0.0; charset=utf-8")
            self.assertEqual(headers["Vary"], "Accept")
            plain = scrape(admin)
        types, samples = parse_open_metrics(text)
        self.assertEqual(types["switchboard_messages_received"], "counter")
        self.assertEqual(types["switchboard_connections"], "gauge")
        self.assertEqual(types["switchboard_handler_duration_seconds"], "histogram")
        self.assertNotIn("unknown", types.values())
        self.assertEqual(samples['switchboard_messages_received_total{message="Ping"}'], 600)
        self.assertGreater(samples['switchboard_handler_duration_seconds_bucket{message="Ping",le="1.0"}'], 0)
        self.assertEqual(samples.keys(), plain.keys())

    def test_the_parser_of_open_metrics_finds_mistakes(self):
        good = (
            '# TYPE a counter\n# HELP a "It\\\\s" b.\na_total{x="1"} 1\n# TYPE b_seconds histogram\n# UNIT b_seconds seconds\n'
            'b_seconds_bucket{le="1.0"} 1\nb_seconds_bucket{le="+Inf"} 2\nb_seconds_sum 3\nb_seconds_count 2\n# EOF\n'
        ).replace('"It', '\\"It').replace('s" b', 's\\" b')
        parse_open_metrics(good)
        for old, new in [
            ("# EOF\n", ""), ("# EOF\n", "# EOF"), ("a_total{", "a{"), (' 1\n# TYPE b', ' -1\n# TYPE b'), ("UNIT b_seconds seconds", "UNIT b_seconds bytes"),
            ('le="1.0"', 'le="1"'), ('le="+Inf"} 2', 'le="+Inf"} 0'), ("count 2", "count 3"), ('a_total{x="1"} 1\n', 'a_total{x="1"} 1\na_total{x="1"} 2\n'),
            ("TYPE a counter", "TYPE a gauge"), ('{x="1"}', '{x="1",}'), ("# HELP a", "# HELP b_seconds"), ('\\"It', '"It'),
        ]:  # fmt: skip
            with self.subTest(new=new):
                self.assertIn(old, good)
                with self.assertRaises((AssertionError, AttributeError)):
                    parse_open_metrics(good.replace(old, new, 1))

    def test_are_in_the_format_that_the_client_prefers(self):
        _, admin, _ = self.start()
        for accept, is_open in [
            (None, False), ("", False), ("*/*", False), ("text/plain", False), (OPEN_METRICS, True), (OPEN_METRICS.upper(), True),
            (f"{OPEN_METRICS};version=1.0.0;q=0.75,{OPEN_METRICS};version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.25,*/*;q=0.1", True),
            (f'{OPEN_METRICS}; version="1.0.0"; escaping=allow-utf-8; q=0.6, text/plain;q=0.3', True),
            (f"{OPEN_METRICS};version=0.0.1", False), (f"{OPEN_METRICS};version=2.0.0,text/plain;q=0.1", False),
            (f"{OPEN_METRICS};q=0", False), (f"{OPEN_METRICS};q=0.2,text/plain;q=0.5", False), (f"{OPEN_METRICS};q=x", False),
            (f"text/html,,;q=1,{OPEN_METRICS}", True), (f"{OPEN_METRICS};q=nan,text/plain", False),
        ]:  # fmt: skip
            with self.subTest(accept):
                headers = get(admin, "/metrics", headers={} if accept is None else {"Accept": accept})[2]
                expected = f"{OPEN_METRICS}; version=1.0.0" if is_open else "text/plain; version=0.0.4"
                self.assertEqual(headers["Content-Type"], f"{expected}; charset=utf-8")

    def test_have_output_that_peers_do_not_read(self):
        port, admin, _ = self.start("--output-high-water-mark", "100000")
        name = "switchboard_pending_output_bytes"
        self.assertEqual(scrape(admin)[name], 0)
        with Peer(port) as peer:
            peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.socket.settimeout(0.1)
            with contextlib.suppress(TimeoutError):
                while True:
                    peer.send(frame(ECHO, b"x" * 60_000))
            pending = wait_until(lambda: scrape(admin)[name], "no output is pending")
            connection = json.loads(get(admin, "/connections")[1])["connections"][0]
            self.assertEqual(connection["pending_output"], pending)
        wait_until(lambda: scrape(admin)[name] == 0, "no output is pending")

    def test_say_whether_the_server_is_ready_and_how_many_connections_it_allows(self):
        _, admin, _ = self.start("--max-connections", "123")
        samples = scrape(admin)
        self.assertEqual(samples["switchboard_ready"], 1)
        self.assertEqual(samples["switchboard_connections_limit"], 123)

    def test_are_all_in_the_table_of_the_page(self):
        _, admin, _ = self.start()
        page = (DOCS / "Metrics.md").read_text()
        rows = dict(re.findall(r"^\| `((?:switchboard|process)_\w+)` \| (\w+) \|", page, re.MULTILINE))
        types = dict(re.findall(r"^# TYPE (\S+) (\w+)$", get(admin, "/metrics")[1], re.MULTILINE))
        for name, kind in types.items():
            if name.startswith("switchboard_"):
                self.assertEqual(rows.get(name), {"histogram": "timer"}.get(kind, kind), name)
        source = (DOCS.parent / "Sources/SwitchboardServer/Metrics/ServerMetric.swift").read_text()
        declared = set(re.findall(r'case \w+ = "(switchboard_\w+)"', source))
        self.assertEqual({name for name in rows if name.startswith("switchboard_")}, declared)


def dashboard_expressions():
    """Returns the title of the row and of the panel of each expression of the dashboard, and the expression."""
    dashboard = json.loads((DOCS / "grafana/net001.json").read_text())
    row, found = None, []
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            row = panel["title"]
        for target in panel.get("targets", ()):
            found.append((row, panel["title"], target["expr"]))
    return found


@unittest.skipUnless(shutil.which("promtool"), "promtool is not installed (apt install prometheus)")
class Rules(unittest.TestCase):
    def promtool(self, *arguments):
        result = subprocess.run(
            ["promtool", *arguments], cwd=DOCS / "prometheus", capture_output=True, text=True, timeout=60
        )
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_of_the_alerts_do_what_their_tests_say(self):
        self.promtool("test", "rules", "rules.test.yml")
        tests = (DOCS / "prometheus/rules.test.yml").read_text()
        alerts = re.findall(r"^ +- alert: (\w+)$", (DOCS / "prometheus/rules.yml").read_text(), re.MULTILINE)
        self.assertGreater(len(alerts), 10)
        for alert in alerts:
            self.assertRegex(tests, rf"alertname: {alert}\n +eval_time: \w+\n +exp_alerts:\n", alert)

    def test_are_valid_and_name_a_section_of_troubleshooting(self):
        self.promtool("check", "config", "prometheus.yml")
        rules = (DOCS / "prometheus/rules.yml").read_text()
        headings = re.findall(r"^## (.*)$", (DOCS / "Troubleshooting.md").read_text(), re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        sections = re.findall(r'section: "Docs/Troubleshooting.md#([^"]+)"', rules)
        self.assertEqual(len(sections), rules.count("- alert:"))
        self.assertLessEqual(set(sections), anchors)


@unittest.skipUnless(shutil.which("prometheus"), "prometheus is not installed (apt install prometheus)")
class Dashboard(unittest.TestCase):
    """The dashboard and the alerts, with a real Prometheus that scrapes a server with TLS, AUTH and, with Redis, a backplane."""

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.has_backplane = shutil.which("redis-server") is not None

    def start(self):
        certificate, key = self_signed_certificate(self.folder, "-addext", "subjectAltName=DNS:localhost")
        options = ["--tls", "--cert", certificate, "--key", key]
        if self.has_backplane:
            options += ["--backplane", self.stack.enter_context(redis()).url]
        self.port, self.server = self.stack.enter_context(server(*options))
        self.context = ssl.create_default_context(cafile=certificate)

    def talk(self):
        """Sends traffic of all kinds."""
        peer = Peer(self.port)
        peer.socket = self.context.wrap_socket(peer.socket, server_hostname="localhost")
        with peer:
            for request in (auth("alice", "token"), auth("", "token"), frame(ECHO, b"x"), ping(), frame(0x77)):
                peer.send(request)
                peer.receive()
            peer.send(frame(BROADCAST, b"news"))
            peer.expect_alive()

    def test_have_expressions_that_a_real_prometheus_answers(self):
        self.start()
        admin = metrics_port(self.server)
        with Prometheus(self.folder, admin, DOCS / "prometheus/rules.yml") as prometheus:
            self.talk()
            wait_until(lambda: prometheus.query("switchboard_ready"), "Prometheus has not scraped the server")
            for row, title, expression in dashboard_expressions():
                if row == "Cluster" and not self.has_backplane:
                    continue
                for variable, value in {"$job": "net001", "$instance": ".*", "$__rate_interval": "20s"}.items():
                    expression = expression.replace(variable, value)
                self.assertNotIn("$", expression, title)

                def has_data():
                    values = [value for _, value in prometheus.query(expression)]
                    if any(not math.isnan(value) for value in values):
                        return True
                    self.talk()

                wait_until(has_data, f"{title} has no data: {expression}")

            def groups():
                answer = prometheus.ask("rules")["groups"]
                return answer if all(rule["health"] != "unknown" for group in answer for rule in group["rules"]) else None

            rules = [rule for group in wait_until(groups, "the rules are not evaluated") for rule in group["rules"]]
            self.assertEqual([rule["name"] for rule in rules if rule["health"] != "ok"], [])
            # The expression of a rule may have no result. Each of its metrics has, before it is compared.
            declared = set(re.findall(r"\b(?:switchboard|process)_\w+", " ".join(rule["query"] for rule in rules)))
            for name in declared:
                if self.has_backplane or "backplane" not in name:
                    wait_until(lambda: prometheus.query(name), f"{name} has no data")
            firing = {rule["name"] for rule in rules if rule["state"] == "firing"}
            self.assertLessEqual(firing, {"CertificateExpires"})

    def test_has_a_title_and_a_query_for_each_panel_and_fits_the_grid(self):
        dashboard = json.loads((DOCS / "grafana/net001.json").read_text())
        panels = dashboard["panels"]
        self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
        self.assertEqual([panel["title"] for panel in panels if panel["type"] == "row"],
                         ["Overview", "Messages", "Connections", "Event loops and process", "TLS and AUTH", "Cluster"])  # fmt: skip
        taken = set()
        for panel in panels:
            self.assertTrue(panel["title"])
            place = panel["gridPos"]
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
            self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
            self.assertFalse(cells & taken, f"{panel['title']} lies on another panel")
            taken |= cells
            for target in panel.get("targets", ()):
                self.assertEqual(target["datasource"]["uid"], "${datasource}")
        variables = [variable["name"] for variable in dashboard["templating"]["list"]]
        self.assertEqual(variables, ["datasource", "job", "instance"])


class Health(unittest.TestCase):
    def test_is_shown_before_and_while_the_server_drains(self):
        with server("--drain-timeout", "5") as (port, process), contextlib.ExitStack() as stack:
            admin = metrics_port(process)
            self.assertEqual(get(admin, "/healthz")[:2], (200, "ok\n"))
            self.assertEqual(get(admin, "/readyz")[:2], (200, "ready\n"))
            # So many that the server needs a while to close them one after another.
            peers = [stack.enter_context(Peer(port)) for _ in range(400)]
            for peer in peers:
                peer.expect_alive()
            process.send_signal(signal.SIGTERM)
            deadline = time.monotonic() + TIMEOUT_SECONDS
            while (answer := get(admin, "/readyz")[:2])[0] == 200:
                self.assertLess(time.monotonic(), deadline)
            self.assertEqual(answer, (503, "stopping\n"))
            self.assertEqual(get(admin, "/healthz")[0], 200)
            samples = scrape(admin)
            self.assertEqual(samples["switchboard_ready"], 0)

    def test_nothing_else_is_there(self):
        with server() as (_, process):
            admin = metrics_port(process)
            self.assertEqual(get(admin, "/secrets")[0], 404)
            self.assertEqual(get(admin, "/metrics", method="POST")[0], 405)
            self.assertEqual(get(admin, "/healthz", method="HEAD")[:2], (200, ""))


class Connections(unittest.TestCase):
    def connections(self, admin, query=""):
        status, text, headers = get(admin, "/connections" + query)
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
        return json.loads(text)

    def test_are_listed_with_what_they_have_done(self):
        with server() as (port, process), Peer(port) as first, Peer(port) as second:
            admin = metrics_port(process)
            name = 'Eve "\\ \n</script>'
            first.send(auth(name, "token") + ping() * 9)
            for _ in range(10):
                first.receive()
            second.send(frame(0x77))
            second.error()
            report = self.connections(admin, "?sort=rate")
            self.assertEqual(report["open"], 2)
            busy, idle = report["connections"]
            self.assertEqual((busy["user"], busy["messages"], busy.get("last_error")), (name, 10, None))
            self.assertEqual(busy["bytes_in"], len(auth(name, "token")) + 9 * 20)
            self.assertEqual(idle["last_error"], "unknownType")
            self.assertGreater(busy["messages_per_second"], idle["messages_per_second"])
            oldest, youngest = self.connections(admin, "?sort=age")["connections"]
            self.assertGreaterEqual(oldest["age_seconds"], youngest["age_seconds"])
            self.assertEqual(len(self.connections(admin, "?limit=1")["connections"]), 1)
            self.assertEqual(self.connections(admin, "?limit=0")["open"], 2)

    def test_that_have_closed_are_listed_with_the_reason(self):
        with server() as (port, process):
            admin = metrics_port(process)
            for _ in range(1100):
                with Peer(port) as peer:
                    peer.expect_alive()
            deadline = time.monotonic() + TIMEOUT_SECONDS
            while self.connections(admin)["open"]:
                self.assertLess(time.monotonic(), deadline)
            closed = self.connections(admin)["closed"]
            self.assertEqual(len(closed), 1000)
            self.assertEqual({entry["reason"] for entry in closed}, {"endOfStream"})
            self.assertEqual(closed[0]["connection"]["messages"], 1)

    def test_wrong_questions_are_refused(self):
        with server() as (_, process):
            admin = metrics_port(process)
            for query in ["?sort=name", "?limit=-1", "?limit=10001", "?limit=x", "?limit=99999999999999999999"]:
                self.assertEqual(get(admin, "/connections" + query)[0], 400, query)

    def test_are_shown_to_this_machine_only(self):
        address = next((a for a in own_addresses() if not a.startswith("127.")), None)
        if not address:
            self.skipTest("this machine has no address but that of its loopback")
        with server("--metrics-host", "0.0.0.0") as (_, process):
            admin = metrics_port(process)
            self.assertEqual(get(admin, "/healthz", host=address)[0], 200)
            forged = {"X-Forwarded-For": "127.0.0.1"}
            self.assertEqual(get(admin, "/connections", host=address, headers=forged)[0], 403)


def own_addresses():
    return {entry[4][0] for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}


class Options(unittest.TestCase):
    def test_a_port_in_use_is_one_clear_line(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            result = run("serve", "--port", "0", "--metrics-port", str(port))
        self.assertEqual(result.returncode, 1)
        errors = [line for line in result.stderr.splitlines() if line.startswith("Error:")]
        self.assertEqual(len(errors), 1, result.stderr)
        self.assertIn(f"cannot serve metrics on 127.0.0.1:{port}: ", errors[0])

    def test_metrics_are_a_thousand_ports_higher_unless_it_is_said(self):
        port = unused_port(1000)
        with server("--port", str(port), environment={"METRICS_PORT": None}) as (_, process):
            self.assertEqual(metrics_port(process), port + 1000)

    def test_no_metrics(self):
        with server("--no-metrics") as (port, process):
            with Peer(port) as peer:
                peer.expect_alive()
        self.assertNotIn("/metrics", "".join(process.log))

    def test_a_port_that_is_none(self):
        result = run("serve", "--port", "0", environment={"METRICS_PORT": "70000"})
        self.assertNotEqual(result.returncode, 0)
        self.assertIn('METRICS_PORT="70000" must be between 0 and 65535.', result.stderr)


if __name__ == "__main__":
    command.main(__doc__)
