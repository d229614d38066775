"""Tests the settings of `net001`: the file of settings, the sources that override each other, the command config, and SIGHUP.

    python3 IntegrationTests/Interop/test_settings.py PATH-OF-NET001 [unittest options]
"""

import contextlib
import json
import pathlib
import re
import signal
import tempfile
import time
import unittest
import urllib.request

import command
from command import metrics_port, run, self_signed_certificate, server
from net001 import *  # noqa: F403

PAGE = pathlib.Path(__file__).resolve().parents[2] / "Docs" / "Settings.md"

# Without the variables that `command` sets for other suites.
BARE = {"RATE_LIMIT": None, "GLOBAL_RATE_LIMIT": None, "METRICS_PORT": None, "NET001_CONFIG": None}


class WithFile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = self.folder / "net001.yaml"

    def write(self, text):
        self.path.write_text(text)
        return str(self.path)

    def config(self, *arguments, environment=None):
        return run("config", *arguments, environment={**BARE, **(environment or {})})

    def settings(self, *arguments, environment=None):
        """Returns the settings in use, each with its value and its source."""
        result = self.config(*arguments, environment=environment)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        lines = [re.fullmatch(r"(?:# )?([\w-]+): (.*?) +# (.+)", line) for line in result.stdout.splitlines()]
        return {line[1]: (line[2], line[3]) for line in lines}

    def mistakes(self, *arguments, environment=None):
        """Returns the lines that both `config --check` and `serve` print."""
        checked = self.config("--check", *arguments, environment=environment)
        served = run("serve", *arguments, environment={**BARE, **(environment or {})})
        self.assertEqual((checked.stdout, served.stdout), ("", ""))
        self.assertGreater(checked.returncode, 0)
        self.assertEqual(checked.stderr, served.stderr)
        lines = checked.stderr.splitlines()
        for line in lines:
            self.assertTrue(line.startswith("Error: "), lines)
        return [line.removeprefix("Error: ") for line in lines]


class Precedence(WithFile):
    def test_the_command_line_overrides_the_environment_which_overrides_the_file_which_overrides_the_default(self):
        path = self.write("port: 1001\nmax-connections: 7\n")
        self.assertEqual(self.settings()["port"], ("5000", "default"))
        self.assertEqual(self.settings("--config", path)["port"], ("1001", f"{path}:1:7"))
        self.assertEqual(self.settings("--config", path, environment={"PORT": "1002"})["port"], ("1002", "environment variable PORT"))
        self.assertEqual(self.settings("--config", path, "--port", "1003")["port"], ("1003", "command line"))
        both = self.settings("--config", path, "--port", "1003", environment={"PORT": "1002"})
        self.assertEqual(both["port"], ("1003", "command line"))
        self.assertEqual(both["max-connections"], ("7", f"{path}:2:18"))
        self.assertEqual(self.settings(environment={"PORT": "1002"})["port"], ("1002", "environment variable PORT"))
        self.assertEqual(self.settings("--port", "1003")["port"], ("1003", "command line"))

    def test_flags_come_from_each_source_too(self):
        path = self.write("no-metrics: true\ndebug: false\n")
        used = self.settings("--config", path)
        self.assertEqual(used["no-metrics"], ("true", f"{path}:1:13"))
        self.assertEqual(used["debug"], ("false", f"{path}:2:8"))
        self.assertEqual(self.settings("--config", path, environment={"NO_METRICS": "0"})["no-metrics"], ("false", "environment variable NO_METRICS"))
        self.assertEqual(self.settings("--config", path, "--debug")["debug"], ("true", "command line"))

    def test_the_variable_that_names_the_file_has_the_prefix(self):
        path = self.write("port: 1001\n")
        self.assertEqual(self.settings(environment={"NET001_CONFIG": path})["port"], ("1001", f"{path}:1:7"))
        self.assertEqual(self.settings(environment={"CONFIG": path})["port"], ("5000", "default"))
        other = self.folder / "other.yaml"
        other.write_text("port: 1004\n")
        self.assertEqual(self.settings("--config", str(other), environment={"NET001_CONFIG": path})["port"], ("1004", f"{other}:1:7"))

    def test_a_server_has_the_values_of_the_file(self):
        path = self.write("max-connections: 1\nmetrics-port: 0\n")
        with server("--config", path) as (port, process), Peer(port) as peer:
            peer.expect_alive()
            with Peer(port) as other:
                self.assertEqual(other.error(), TOO_MANY_CONNECTIONS)
            wait_for(process, "settings", "max-connections=1")

    def test_a_relative_path_begins_at_the_folder_of_the_file(self):
        self_signed_certificate(self.folder)
        path = self.write("tls: true\ncert: localhost.pem\nkey: localhost.key\n")
        self.assertEqual(self.settings("--config", path)["cert"], (f"{self.folder}/localhost.pem", f"{path}:2:7"))
        result = self.config("--check", "--config", path)
        self.assertEqual((result.returncode, result.stdout), (0, f"{path}: ok\n"), result.stderr)

    def test_the_healthcheck_finds_the_port_in_the_file(self):
        path = self.write("max-connections: 5\nmetrics-port: 0\n")
        result = run("healthcheck", "--config", path, environment=BARE)
        self.assertIn("the metrics port is unknown because the system selects it", result.stderr)


class Mistakes(WithFile):
    def test_each_is_told_with_its_place_and_all_at_once(self):
        path = self.write(
            "port: 99999\n"
            "max-conections: 5\n"
            "  \n"
            "rate-limit: many\n"
            "idle-timeout: '30'\n"
            "tls: maybe\n"
            "rate-limit: 5\n"
            "backlog: [1, 2]\n"
            "host:\n"
            "config: other.yaml\n"
            "--debug: true\n"
            "log-format: xml\n"
            "quite-unknown: 1\n"
        )
        self.assertEqual(
            self.mistakes("--config", path),
            [
                f'{path}:1:7: port "99999" must be between 0 and 65535.',
                f'{path}:2:1: unknown setting "max-conections"; did you mean "max-connections"?',
                f'{path}:4:13: rate-limit "many" is not an integer.',
                f'{path}:5:15: idle-timeout "30" must be a number: remove the quotes.',
                f'{path}:6:6: tls "maybe" must be true or false, without quotes.',
                f"{path}:7:1: rate-limit is set twice: remove one of the two lines (the other one is line 4)",
                f"{path}:8:10: backlog must have a single value, not a list",
                f"{path}:9:1: host has no value: add one, or remove the line",
                f'{path}:10:1: unknown setting "config": set it on the command line or in the environment',
                f'{path}:11:1: unknown setting "--debug"; did you mean "debug"?',
                f'{path}:12:13: log-format "xml" must be text or json.',
                f'{path}:13:1: unknown setting "quite-unknown"',
            ],
        )

    def test_those_of_other_sources_are_told_with_those_of_the_file(self):
        path = self.write("max-connections: 0\n")
        self.assertEqual(
            self.mistakes("--config", path, "--port", "x", environment={"BACKLOG": "y"}),
            [
                '--port "x" is not an integer.',
                'BACKLOG="y" is not an integer.',
                f'{path}:1:18: max-connections "0" must be at least 1.',
            ],
        )

    def test_a_wrong_value_that_is_overridden_is_no_mistake(self):
        path = self.write("port: many\n")
        self.assertEqual(self.settings("--config", path, "--port", "1003")["port"], ("1003", "command line"))

    def test_a_file_that_is_not_yaml_or_not_a_mapping(self):
        for text, mistake in [
            ("port: 1\n\tbacklog: 2\n", ":2:1: not YAML: "),
            ("- port\n", ":1:1: the file must have lines such as `port: 5000`, not a list"),
            ("port: *p\n", ":1:7: aliases (`*name`) are not allowed"),
            ("port: 1\n---\nport: 2\n", ":2:1: the file contains a second YAML document"),
            ("backlog: " + "[" * 50 + "\n", ":1:14: nested deeper than 4 levels"),
            ("# " + "x" * 70_000, ":1:1: the file is larger than 65536 bytes, the largest size allowed"),
        ]:
            with self.subTest(text=text[:20]):
                (line,) = self.mistakes("--config", self.write(text))
                self.assertTrue(line.startswith(str(self.path) + mistake), line)
        self.path.write_bytes(b"port: 1\nhost: \xff\n")
        self.assertEqual(self.mistakes("--config", str(self.path)), [f"{self.path}:2:7: not UTF-8: save the file in this encoding"])

    def test_a_file_that_cannot_be_read_is_named_with_the_option_or_the_variable(self):
        missing = str(self.folder / "missing.yaml")
        self.assertEqual(self.mistakes("--config", missing), [f'--config "{missing}" cannot be opened: no such file or directory'])
        self.assertEqual(
            self.mistakes(environment={"NET001_CONFIG": missing}), [f'NET001_CONFIG="{missing}" cannot be opened: no such file or directory']
        )
        self.assertEqual(self.mistakes("--config", str(self.folder)), [f'--config "{self.folder}" is not a regular file'])

    def test_settings_that_do_not_fit_together(self):
        path = self.write("tls: true\noutput-high-water-mark: 5000000\ncluster-rate-limit: 5\n")
        lines = self.mistakes_of_check("--config", path)
        self.assertIn(f"{path}:1:6: tls requires --cert (CERT) and --key (KEY).", lines)
        self.assertIn("--max-pending-output (MAX_PENDING_OUTPUT) must be at least --output-high-water-mark (5000000).", lines)
        self.assertIn(f'{path}:3:21: cluster-rate-limit "5" requires --backplane (BACKPLANE).', lines)

    def test_files_that_cannot_be_used(self):
        path = self.write("tls: true\ncert: c.pem\nkey: k.pem\nauth-file: users\n")
        lines = self.mistakes_of_check("--config", path)
        self.assertEqual(len(lines), 2, lines)
        self.assertIn(f'{path}:2:7: cert "c.pem"', lines[0])
        self.assertIn(f"{self.folder}/users: cannot be opened", lines[1])
        self.assertIn(f'{path}:4:12: auth-file "users" comes from the configuration file; --auth-file overrides it', lines[1])

    def test_addresses_that_no_server_can_have(self):
        path = self.write(f"unix-socket: {'x' * 108}\nport: 70000\nauth-file: users\n")
        lines = self.mistakes_of_check("--config", path)
        self.assertEqual(len(lines), 3, lines)
        self.assertIn("port", lines[0])
        self.assertTrue(any("users: cannot be opened" in line for line in lines), lines)
        self.assertTrue(any(f"{path}:1:14: unix-socket" in line for line in lines), lines)
        self.assertEqual(
            self.mistakes_of_check("--config", self.write("port: 6000\nmetrics-port: 6000\n")),
            [f'{path}:2:15: metrics-port "6000" must differ from --port.'],
        )
        too_high = (
            " is too high for the metrics port, which is port + 1000 by default: set --metrics-port (METRICS_PORT), "
            "or --no-metrics (NO_METRICS=1)."
        )
        self.assertEqual(self.mistakes_of_check("--config", self.write("port: 64536\n")), [f'{path}:1:7: port "64536"{too_high}'])
        self.assertEqual(self.mistakes("--port", "65535"), [f'--port "65535"{too_high}'])
        self.assertIn(f'--port "65535"{too_high}', run("status", "--port", "65535", environment=BARE).stderr)
        self.assertEqual(self.settings("--port", "65535")["metrics-port"], ("none", "default"))
        self.assertEqual(self.settings("--port", "0")["metrics-port"], ("0", "default"))
        for port, *options in [
            ("65535", "--metrics-port", "6000"), ("65535", "--metrics-socket", "/tmp/a.socket"), ("65535", "--no-metrics"), ("64535",), ("0",),
        ]:
            with self.subTest(port=port, options=options):
                result = self.config("--check", "--port", port, *options)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
        for text, mistake in [
            ("metrics-socket: a.socket\nmetrics-port: 6001\n", '1:17: metrics-socket "a.socket" replaces the metrics port: omit {0}:2:15: metrics-port "6001".'),
            ("unix-socket: a.socket\nmetrics-socket: a.socket\n", '2:17: metrics-socket "a.socket" must differ from --unix-socket.'),
            (f"metrics-socket: /{'x' * 107}\n", f"the path of a Unix-domain socket must have 1 to 107 bytes: /{'x' * 107} ({{0}}:1:17: metrics-socket"),
            ("metrics-socket: /m\nmetrics-socket-mode: 888\n", '2:22: metrics-socket-mode "888" is not an octal number.'),
            ('host: "a\\0b"\n', '1:7: host "a\\0b" must not contain a null character.'),
            ("idle-timeout: 0x10\n", '1:15: idle-timeout "0x10" is not a number of seconds.'),
        ]:
            with self.subTest(text=text[:60]):
                path = self.write(text)
                (line,) = self.mistakes_of_check("--config", path)
                self.assertIn(mistake.format(path), line)

    def test_the_options_of_a_command_are_no_settings(self):
        path = self.write("user: alice\ntimeout: 9\n")
        lines = self.mistakes_of_check("--config", path)
        self.assertEqual(len(lines), 2, lines)
        result = run("kick", "--config", path, environment=BARE)
        self.assertIn("--connection", result.stderr)
        self.assertNotEqual(result.returncode, 0)

    def mistakes_of_check(self, *arguments):
        """Returns the lines of `config --check`, which continues where `serve` stops at the first one."""
        result = self.config("--check", *arguments)
        self.assertEqual(result.stdout, "")
        self.assertGreater(result.returncode, 0)
        return [line.removeprefix("Error: ") for line in result.stderr.splitlines()]


class Command(WithFile):
    def test_the_settings_in_use_are_a_file_with_the_same_settings(self):
        first = self.settings("--port", "1003", "--host", "::1", "--idle-timeout", "2.5", "--unix-socket", "/tmp/a b", "--debug")
        text = self.config("--port", "1003", "--host", "::1", "--idle-timeout", "2.5", "--unix-socket", "/tmp/a b", "--debug").stdout
        second = self.settings("--config", self.write(text))
        self.assertEqual({key: value for key, (value, _) in first.items()}, {key: value for key, (value, _) in second.items()})
        self.assertEqual(first["unix-socket"][0], '"/tmp/a b"')

    def test_passwords_are_not_printed(self):
        for arguments, environment in [
            (["--config", self.write("backplane: redis://user:secret@127.0.0.1:1\n")], {}),
            ([], {"BACKPLANE": "redis://user:secret@127.0.0.1:1"}),
        ]:
            result = self.config(*arguments, environment=environment)
            self.assertEqual(result.returncode, 0, result.stderr)
            # A file with stars in place of the password would be of no use.
            self.assertRegex(result.stdout, r"(?m)^# backplane: .*127\.0\.0\.1:1")
            self.assertNotIn("secret", result.stdout + result.stderr)
        result = self.config("--check", "--config", self.write("backplane: http://user:secret@127.0.0.1:1\n"))
        self.assertIn(":1:12: backplane", result.stderr)
        self.assertNotIn("secret", result.stdout + result.stderr)

    def test_the_example_has_every_setting_and_its_default(self):
        example = self.config("--example").stdout
        keys = re.findall(r"^#([\w-]+): ", example, re.MULTILINE)
        self.assertEqual(set(keys), set(self.settings()))
        self.assertEqual(len(keys), len(set(keys)))
        # Uncommented, lines with a value are the defaults.
        lines = [line[1:] for line in example.splitlines() if re.match(r"#[\w-]+: (?!VALUE|/path)", line)]
        self.assertGreater(len(lines), 25)
        used = self.settings("--config", self.write("\n".join(lines)))
        self.assertEqual({key: value for key, (value, _) in used.items()}, {key: value for key, (value, _) in self.settings().items()})

    def test_check_without_a_file(self):
        result = self.config("--check")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "settings: ok\n", ""))

    def test_the_page_has_the_table_that_the_command_prints(self):
        table = self.config("--markdown").stdout
        self.assertIn(table, PAGE.read_text(), "update Docs/Settings.md with the output of `net001 config --markdown`")
        options = {f"`{name}`" for name in self.settings()} | {"`config`"}
        self.assertEqual({line.split(" | ")[0].removeprefix("| ") for line in table.splitlines()[2:]}, options)


def wait_for(process, *parts, count=1):
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while sum(all(part in line for part in parts) for line in list(process.log)) < count:
        assert time.monotonic() < deadline, f"{parts} is not in the log:\n" + "".join(process.log)
        time.sleep(0.01)


class Hangup(WithFile):
    def test_changes_limits_that_clients_see(self):
        path = self.write("max-connections: 2\nrate-limit: 0\nglobal-rate-limit: 0\nmetrics-port: 0\n")
        bare = {**BARE}
        with server("--config", path, environment=bare) as (port, process), Peer(port) as first, Peer(port) as second:
            first.expect_alive()
            second.expect_alive()
            with Peer(port) as third:
                self.assertEqual(third.error(), TOO_MANY_CONNECTIONS)
            self.write("max-connections: 3\nrate-limit: 10\nglobal-rate-limit: 0\nmetrics-port: 0\nport: 1\n")
            process.send_signal(signal.SIGHUP)
            wait_for(process, "setting changed", "setting=max-connections", "from=2", "to=3", f"source={path}:1:18")
            wait_for(process, "setting changed", "setting=rate-limit", "from=0", "to=10")
            wait_for(process, " reloaded", "what=settings")
            admin = f"http://127.0.0.1:{metrics_port(process)}"
            with urllib.request.urlopen(admin + "/metrics", timeout=60) as answer:
                self.assertIn("\nswitchboard_connections_limit 3\n", answer.read().decode())
            with urllib.request.urlopen(admin + "/status", timeout=60) as answer:
                self.assertEqual(json.load(answer)["server"]["maximum_connections"], 3)
            # The port of this server is on the command line, which overrides the file.
            self.assertNotIn("setting=port", "".join(process.log))
            with Peer(port) as third:
                third.expect_alive()
                with Peer(port) as fourth:
                    self.assertEqual(fourth.error(), TOO_MANY_CONNECTIONS)
                # An event loop takes the new rate in its next iteration.
                deadline = time.monotonic() + TIMEOUT_SECONDS
                codes = []
                while ERROR not in codes:
                    self.assertLess(time.monotonic(), deadline)
                    first.send(ping() * 50)
                    codes = [first.receive()[0] for _ in range(50)]
            # Lines that are removed give settings their defaults.
            self.write("rate-limit: 0\nmetrics-port: 0\n")
            process.send_signal(signal.SIGHUP)
            wait_for(process, "setting changed", "setting=max-connections", "from=3", "to=1000", "source=default")

    def test_makes_room_for_all_connections_before_they_come(self):
        # Otherwise the system enlarges the table of descriptors in small steps, and event loops wait each time.
        def room(process):
            return int(re.search(r"FDSize:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1])

        path = self.write("max-connections: 10\n")
        with server("--config", path) as (port, process):
            self.assertLess(room(process), 3000)
            self.write("max-connections: 3000\n")
            process.send_signal(signal.SIGHUP)
            wait_for(process, " reloaded", "what=settings")
            self.assertGreaterEqual(room(process), 3000)
        with server("--config", path) as (port, process):
            self.assertGreaterEqual(room(process), 3000)

    def test_changes_timeouts_and_the_limit_of_each_address(self):
        path = self.write("idle-timeout: 60\n")
        with server("--config", path) as (port, process), Peer(port) as early:
            early.expect_alive()
            self.write("idle-timeout: 2\nmax-connections-per-address: 2\nframe-timeout: 2\n")
            process.send_signal(signal.SIGHUP)
            wait_for(process, " reloaded", "what=settings")
            # The event loop runs the change before it serves connections that come later.
            with Peer(port) as later:
                # Otherwise another event loop may accept the third before this one.
                later.expect_alive()
                # The connection that was open before counts.
                with Peer(port) as third:
                    self.assertEqual(third.error(), TOO_MANY_CONNECTIONS)
                self.assertEqual(later.error(), TIMEOUT)
            early.expect_alive()

    def test_says_what_needs_a_restart_each_time(self):
        path = self.write("backlog: 100\n")
        with server("--config", path) as (port, process):
            self.write("backlog: 200\n")
            for count in (1, 2):
                process.send_signal(signal.SIGHUP)
                wait_for(process, "setting not changed", "setting=backlog", "from=100", "to=200", "restart the server", count=count)

    def test_a_file_with_mistakes_changes_nothing(self):
        path = self.write("max-connections: 1\n")
        with server("--config", path) as (port, process), Peer(port) as peer:
            peer.expect_alive()
            for count, text in enumerate(["max-connections: 5\nport: many\nbaklog: 5\n", "max-connections: 5\ntls: true\n", "max-connections: [", None], 1):
                if text is None:
                    self.path.unlink()
                else:
                    self.write(text)
                process.send_signal(signal.SIGHUP)
                wait_for(process, "not reloaded, previous version stays in use", "what=settings", count=count)
                with Peer(port) as other:
                    self.assertEqual(other.error(), TOO_MANY_CONNECTIONS)
            log = "".join(process.log)
            self.assertIn(f'{path}:3:1: unknown setting "baklog"; did you mean "backlog"?', log)
            self.assertIn(f"{path}:2:6: tls requires", log)
            self.assertNotIn("setting changed", log)
            self.write("max-connections: 5\n")
            process.send_signal(signal.SIGHUP)
            wait_for(process, "setting changed", "setting=max-connections", "from=1", "to=5")

    def test_the_start_log_has_the_settings_and_their_sources(self):
        path = self.write("drain-timeout: 7\nbackplane-required: false\n")
        with server("--config", path, "--debug", "--log-format", "json") as (_, process):
            wait_for(process, '"setting":"drain-timeout"')
            lines = [json.loads(line) for line in list(process.log)]
            changed = next(line for line in lines if line["message"] == "settings")
            self.assertEqual((changed["drain-timeout"], changed["debug"], changed["log-format"]), ("7", "true", "json"))
            self.assertNotIn("backlog", changed)
            wait_for(process, '"setting":"require-auth"')
            lines = [json.loads(line) for line in list(process.log)]
            sources = {line["setting"]: (line["value"], line["source"]) for line in lines if line["message"] == "setting"}
            self.assertEqual(sources["drain-timeout"], ("7", f"{path}:1:16"))
            self.assertEqual(sources["port"], ("0", "command line"))
            self.assertEqual(sources["backlog"], ("1024", "default"))
            self.assertEqual(sources["rate-limit"], ("0", "environment variable RATE_LIMIT"))


if __name__ == "__main__":
    command.main(__doc__)
