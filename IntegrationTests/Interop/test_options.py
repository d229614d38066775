"""Gives every option of every command a wrong value, on the command line and in the environment, and tries unknown commands and
options. Each mistake must be reported in one line that names it; one process answers for all settings of a command.

    python3 IntegrationTests/Interop/test_options.py PATH-OF-NET001 [unittest options]
"""

import functools
import itertools
import json
import pathlib
import re
import socket
import unittest

import command
from command import run, server
from net001 import *  # noqa: F403
from ports import unused_port

ARGUMENTS = {
    "serve": [],
    "ping": ["-c", "1"],
    "echo": ["text"],
    "broadcast": ["text"],
    "auth": ["alice"],
    "call": ["Ping", "timestamp=5"],
    "send": ["-"],
    "listen": [],
    "load": ["--duration", "0.1"],
    "hash-token": ["alice"],
    "status": [],
    "top": [],
    "kick": [],
    "drain": [],
    "healthcheck": [],
    "config": [],
}
OPERATORS = ("status", "top", "kick", "drain", "healthcheck")

# The variable of each option, and invalid values for it.
INTEGER = ["x", "1.5", ""]
WRONG = {
    "--config": ("NET001_CONFIG", [""]),
    "--port": ("PORT", [*INTEGER, "-1", "65536", "99999999999999999999"]),
    "--timeout": ("TIMEOUT", ["soon", "0", "-1", "nan", "inf", "1e300"]),
    "--backlog": ("BACKLOG", [*INTEGER, "0", "-1", "65536"]),
    "--event-loops": ("EVENT_LOOPS", [*INTEGER, "0", "-1", "1000000"]),
    "--max-connections": ("MAX_CONNECTIONS", [*INTEGER, "0", "-1"]),
    "--max-connections-per-address": ("MAX_CONNECTIONS_PER_ADDRESS", [*INTEGER, "-1"]),
    "--max-connections-per-user": ("MAX_CONNECTIONS_PER_USER", [*INTEGER, "-1"]),
    "--cluster-rate-limit": ("CLUSTER_RATE_LIMIT", [*INTEGER, "-1", "2000000000"]),
    "--rate-limit": ("RATE_LIMIT", [*INTEGER, "-1", "2000000000"]),
    "--global-rate-limit": ("GLOBAL_RATE_LIMIT", [*INTEGER, "-1", "2000000000"]),
    "--max-checksum-faults": ("MAX_CHECKSUM_FAULTS", [*INTEGER, "-1", "10001"]),
    "--idle-timeout": ("IDLE_TIMEOUT", ["x", "-1", "nan", "1e300", "0x10"]),
    "--frame-timeout": ("FRAME_TIMEOUT", ["x", "-1", "nan", "1e300"]),
    "--output-high-water-mark": ("OUTPUT_HIGH_WATER_MARK", [*INTEGER, "0", "-1"]),
    "--max-pending-output": ("MAX_PENDING_OUTPUT", [*INTEGER, "0", "-1"]),
    "--write-timeout": ("WRITE_TIMEOUT", ["x", "0", "-1", "nan"]),
    "--drain-timeout": ("DRAIN_TIMEOUT", ["x", "-1", "nan"]),
    "--handshake-timeout": ("HANDSHAKE_TIMEOUT", ["x", "-1", "nan"]),
    "--tls-session-lifetime": ("TLS_SESSION_LIFETIME", ["x", "-1", "nan", "604801"]),
    "--authentication-timeout": ("AUTHENTICATION_TIMEOUT", ["x", "-1", "nan"]),
    "--max-unauthenticated-payload": ("MAX_UNAUTHENTICATED_PAYLOAD", [*INTEGER, "-1"]),
    "--unix-socket": ("UNIX_SOCKET", [""]),
    "--unix-socket-mode": ("UNIX_SOCKET_MODE", ["x", "8", "1000", "rwx"]),
    "--host": ("HOST", [""]),
    "--metrics-host": ("METRICS_HOST", [""]),
    "--admin-token-file": ("ADMIN_TOKEN_FILE", [""]),
    "--metrics-port": ("METRICS_PORT", [*INTEGER, "-1", "65536"]),
    "--metrics-socket": ("METRICS_SOCKET", [""]),
    "--metrics-socket-mode": ("METRICS_SOCKET_MODE", ["x", "8", "1000", "rwx"]),
    "--log-format": ("LOG_FORMAT", ["xml", "TEXT"]),
    "--backplane": ("BACKPLANE", ["http://x", "redis://", "redis://x:0", "cache", ""]),
    "--backplane-ca": ("BACKPLANE_CA", [""]),
    "--cert": ("CERT", [""]),
    "--key": ("KEY", [""]),
    "--client-ca": ("CLIENT_CA", [""]),
    "--ca": ("CA", [""]),
    "--auth-file": ("AUTH_FILE", [""]),
    "--user": ("NET001_USER", [""]),
    "--token-file": ("NET001_TOKEN_FILE", [""]),
    "--count": (None, [*INTEGER, "0", "-1"]),
    "--interval": (None, ["x", "-1", "nan", "1e300"]),
    "--rate": (None, ["x", "-1", "nan", "1e300", "0x10"]),
    "--message": (None, ["x", "PING", ""]),
    "--connection": (None, [*INTEGER, "-1"]),
    "--connections": (None, [*INTEGER, "0", "-1", "100001"]),
    "--in-flight": (None, [*INTEGER, "0", "65537"]),
    "--size": (None, [*INTEGER, "-1", "65536"]),
    "--duration": (None, ["x", "0", "-1", "nan"]),
    "--warm-up": (None, ["x", "-1", "nan"]),
    "--messages": (None, [""]),
    "--process": (None, [*INTEGER, "0"]),
}

FLAGS = {
    "--tls": "TLS",
    "--require-auth": "REQUIRE_AUTH",
    "--no-metrics": "NO_METRICS",
    "--backplane-required": "BACKPLANE_REQUIRED",
    "--debug": "DEBUG",
    "--insecure": None,
    "--reconnect": None,
    "--spin": None,
    "--json": None,
    "--check": None,
    "--example": None,
    "--markdown": None,
}


@functools.cache
def help_of(name):
    return json.loads(run(name, "--experimental-dump-help").stdout)["command"]


def options_of(name):
    """Returns the options of a command with a value, and its flags, by their long names."""
    options, flags = [], []
    for argument in help_of(name)["arguments"]:
        names = [f"--{entry['name']}" for entry in argument.get("names", []) if entry["kind"] == "long"]
        if not names or names[0] in ("--help", "--version"):
            continue
        (options if argument["kind"] == "option" else flags).append(names[0])
    return options, flags


class OneLine(unittest.TestCase):
    def refusals(self, *arguments, environment=None, stdin="token\n"):
        """Returns the lines that a command prints, one for each mistake."""
        result = run(*arguments, environment={"RATE_LIMIT": None, "GLOBAL_RATE_LIMIT": None, **(environment or {})}, stdin=stdin)
        self.assertGreater(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout, "")
        lines = result.stderr.splitlines()
        for line in lines:
            self.assertTrue(line.startswith("Error: "), lines)
            for riddle in ("NSError", "Domain=", "Code=", "Optional(", "is no ", "NET001.", "Switchboard"):
                self.assertNotIn(riddle, line)
        return lines

    def refusal(self, *arguments, environment=None, stdin="token\n"):
        """Returns the line that a command with one mistake prints."""
        lines = self.refusals(*arguments, environment=environment, stdin=stdin)
        self.assertEqual(len(lines), 1, lines)
        return lines[0]

    def serve(self, name):
        return ["--port", "0", "--metrics-port", "0"] if name == "serve" else []


class WrongValues(OneLine):
    def test_every_option_of_every_command_is_in_the_tables(self):
        commands = json.loads(run("--experimental-dump-help").stdout)["command"]["subcommands"]
        self.assertEqual({entry["commandName"] for entry in commands} - {"help"}, set(ARGUMENTS))
        for name in ARGUMENTS:
            options, flags = options_of(name)
            self.assertLessEqual(set(options), set(WRONG), name)
            self.assertLessEqual(set(flags), set(FLAGS), name)

    def test_on_the_command_line_every_option_and_its_value_are_named(self):
        tried = set()
        for name, arguments in ARGUMENTS.items():
            # An option of several commands is read by the same type, so one invalid value is enough to show
            # that.
            wrong = {option: WRONG[option][1][: 1 if option in tried else None] for option in options_of(name)[0]}
            tried.update(wrong)
            for values in itertools.zip_longest(*wrong.values()):
                given = {option: value for option, value in zip(wrong, values) if value is not None}
                with self.subTest(command=name, given=given):
                    lines = self.refusals(name, *arguments, *itertools.chain(*given.items()))
                    self.assertEqual(len(lines), len(given), lines)
                    for option, value in given.items():
                        self.assertEqual(sum(f'Error: {option} "{value}" ' in line for line in lines), 1, (option, lines))

    def test_in_the_environment_every_variable_and_its_value_are_named(self):
        for name, arguments in ARGUMENTS.items():
            # The variables of these options belong to other commands.
            options = [
                option
                for option in options_of(name)[0]
                if WRONG[option][0] and not (name in OPERATORS and option == "--timeout") and (name, option) != ("load", "--event-loops")
            ]
            # The same values as on the command line, where all are tried. An empty variable is not set.
            values = {WRONG[option][0]: next(filter(None, WRONG[option][1]), None) for option in options}
            given = {variable: value for variable, value in values.items() if value}
            if given:
                with self.subTest(command=name, given=given):
                    lines = self.refusals(name, *arguments, environment=given)
                    self.assertEqual(len(lines), len(given), lines)
                    for variable, value in given.items():
                        self.assertEqual(sum(f'Error: {variable}="{value}" ' in line for line in lines), 1, (variable, lines))

    def test_a_file_that_is_not_there_is_named(self):
        for value in ("/nonexistent/file", "/tmp"):
            self.assertIn(value, self.refusal("serve", "--port", "0", "--auth-file", value))
            self.assertIn(value, self.refusal("hash-token", "alice", "--token-file", value))
            self.assertIn(value, self.refusal("ping", "--user", "a", "--token-file", value))
            self.assertIn(f'NET001_TOKEN_FILE="{value}"', self.refusal("hash-token", "alice", environment={"NET001_TOKEN_FILE": value}))

    def test_a_variable_that_says_neither_yes_nor_no(self):
        for name, flag in [("serve", flag) for flag in FLAGS if FLAGS[flag]] + [("ping", "--tls"), ("healthcheck", "--no-metrics")]:
            self.assertIn(flag, options_of(name)[1])
            with self.subTest(command=name, variable=FLAGS[flag]):
                line = self.refusal(name, *self.serve(name), *ARGUMENTS[name], environment={FLAGS[flag]: "maybe"})
                self.assertIn(f'{FLAGS[flag]}="maybe" must be 1 or 0', line)

    def test_numbers_are_written_in_digits(self):
        options = ("--max-connections", "--backlog", "--event-loops", "--rate-limit", "--port", "--max-pending-output", "--metrics-port")
        values = ("0x10", " 1", "1_000", "1e3", "९", "--debug", "99999999999999999999")
        lines = self.refusals("serve", *itertools.chain(*zip(options, values)))
        self.assertEqual(len(lines), len(options), lines)
        for option, value in zip(options, values):
            self.assertTrue(any(f'{option} "{value}" is ' in line for line in lines), (option, lines))

    def test_a_limit_that_depends_on_another_one_names_that_option(self):
        line = self.refusal("serve", "--port", "0", "--output-high-water-mark", "5000000")
        self.assertIn("--max-pending-output (MAX_PENDING_OUTPUT) must be at least --output-high-water-mark (5000000).", line)

    def test_a_variable_with_the_prefix_counts_first(self):
        both = {"NET001_PORT": "x", "PORT": "y", "NET001_RATE_LIMIT": "", "RATE_LIMIT": "z"}
        lines = self.refusals("serve", environment=both)
        self.assertEqual(len(lines), 2, lines)
        self.assertIn('Error: NET001_PORT="x" is not an integer.', lines)
        self.assertIn('Error: RATE_LIMIT="z" is not an integer.', lines)

    def test_the_command_line_wins_over_a_wrong_variable(self):
        port = unused_port()
        line = self.refusal("ping", "--port", str(port), "--timeout", "1", environment={"PORT": "x", "TIMEOUT": "x"})
        self.assertIn("connection refused", line)
        self.assertNotIn("environment", line)


class Documented(unittest.TestCase):
    def test_the_table_of_options_says_what_the_help_says(self):
        """Compares option, variable, range, default with its unit, and whether 0 disables, in both directions."""
        page = pathlib.Path(__file__).resolve().parents[2] / "Docs" / "Settings.md"
        rows = re.findall(r"^\| `([\w-]+)` \| `(\w+)` \| (.+?) \| (.+?) \| (?:yes|–) \| (.+) \|$", page.read_text(), re.MULTILINE)
        table = {f"--{row[0]}": (*row[1:4], "0 disables" in row[4]) for row in rows}
        self.assertEqual(len(table), len(rows), "an option stands in the table twice")
        truth = {}
        for argument in help_of("serve")["arguments"]:
            name = argument["names"][-1]["name"]
            if name in ("help", "version"):
                continue
            text = argument["abstract"]
            origin = re.search(r"\(environment: (\w+)(?:; (?!default)([^;)]+))?(?:; default: ([^)]+))?\)$", text)
            self.assertTrue(origin, f"the help of --{name} names no variable")
            default = origin[3] or ("off" if argument["kind"] == "flag" else "none")
            range_of_flag = "true or false" if argument["kind"] == "flag" else "–"
            truth["--" + name] = (origin[1], origin[2] or range_of_flag, default, "0 disables" in text)
            # A time in the table has its unit in the help, too, where the value is explained.
            self.assertEqual(default.endswith(" s"), "Seconds" in text or "seconds" in text, f"the unit of --{name}")
            self.assertEqual(default.endswith(" bytes"), "bytes" in text.lower(), f"the unit of --{name}")
        self.maxDiff = None
        self.assertEqual(table, truth)


class EmptyVariables(unittest.TestCase):
    def test_count_as_not_set(self):
        names = {entry[0] for entry in WRONG.values() if entry[0]} | {name for name in FLAGS.values() if name}
        empty = {name: "" for name in names} | {"NOTIFY_SOCKET": "", "LISTEN_PID": "", "LISTEN_FDS": "", "NET001_TOKEN": ""}
        with server("--metrics-port", "0", environment=empty) as (port, _):
            result = run("echo", "--port", str(port), "hello", environment=empty)
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "hello\n", ""))
            result = run("auth", "--port", str(port), "alice", environment=empty, stdin="token\n")
            self.assertEqual(result.returncode, 0, result.stderr)


class VariablesInErrors(OneLine):
    def test_a_host_that_somebody_else_has_set_is_named(self):
        host = "x86_64-conda-linux-gnu.invalid"
        for name in ("ping", "echo", "load", "serve"):
            with self.subTest(command=name):
                line = self.refusal(name, *self.serve(name), *ARGUMENTS[name], environment={"HOST": host})
                self.assertIn(f'HOST="{host}" comes from the environment; --host overrides it', line)

    def test_a_port_where_nobody_is_is_named_too(self):
        port = unused_port()
        line = self.refusal("ping", environment={"PORT": str(port)})
        self.assertIn(f'PORT="{port}" comes from the environment', line)

    def test_files_are_named_with_the_variable(self):
        tls = {"TLS": "1", "CERT": "/nonexistent/cert", "KEY": "/nonexistent/key"}
        self.assertIn('CERT="/nonexistent/cert"', self.refusal("serve", "--port", "0", environment=tls))
        self.assertIn('AUTH_FILE="/nonexistent/a"', self.refusal("serve", "--port", "0", environment={"AUTH_FILE": "/nonexistent/a"}))
        self.assertIn('UNIX_SOCKET="/nonexistent/s"', self.refusal("ping", environment={"UNIX_SOCKET": "/nonexistent/s"}))

    def test_a_port_for_metrics_that_is_taken_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = str(other.getsockname()[1])
            self.assertIn(f'METRICS_PORT="{port}"', self.refusal("serve", "--port", "0", environment={"METRICS_PORT": port}))


class Usage(OneLine):
    def test_an_unknown_command_is_said_to_be_one_and_the_nearest_is_suggested(self):
        for wrong, right in [("pnig", "ping"), ("ehco", "echo"), ("serv", "serve"), ("brodcast", "broadcast"), ("LISTEN", "listen"), ("hashtoken", "hash-token")]:
            self.assertEqual(self.refusal(wrong), f'Error: unknown command "{wrong}"; did you mean "{right}"? (see \'net001 --help\')')
        self.assertEqual(self.refusal("frobnicate"), "Error: unknown command \"frobnicate\" (see 'net001 --help')")
        self.assertIn('unknown command "pnig"', self.refusal("help", "pnig"))
        self.assertIn("unknown command", self.refusal("", "--port", "1"))

    def test_the_usage_is_that_of_the_command(self):
        for name, arguments in ARGUMENTS.items():
            self.assertIn(f"Usage: net001 {name} [<options>]", self.refusal(name, *arguments, "--bogus"))
            self.assertIn(f"USAGE: net001 {name} [<options>]", run(name, "--help").stdout)
        self.assertIn("Usage: net001 serve [<options>]", self.refusal("--bogus"))
        self.assertEqual(self.refusal("echo"), "Error: Missing expected argument '<text>'. Usage: net001 echo [<options>] <text>")
        self.assertIn("Usage: net001 ping", self.refusal("ping", "--count"))
        self.assertIn("Usage: net001 serve", self.refusal("serve", "--tls=maybe"))

    def test_the_version(self):
        result = run("--version")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"^net001 \d+\.\d+\.\d+\n$")

    def test_options_that_need_others(self):
        self.assertIn('--cert "x" requires --tls', self.refusal("serve", "--port", "0", "--cert", "x"))
        self.assertIn('KEY="y" requires --tls', self.refusal("serve", "--port", "0", environment={"KEY": "y"}))
        self.assertIn("--insecure requires --tls", self.refusal("ping", "--insecure"))
        self.assertIn("--cert (CERT) and --key (KEY) require each other", self.refusal("ping", "--tls", "--key", "x"))
        self.assertIn("--tls (TLS) requires --cert (CERT) and --key (KEY)", self.refusal("serve", "--tls"))
        self.assertIn("--require-auth (REQUIRE_AUTH) requires --auth-file", self.refusal("serve", "--require-auth"))
        self.assertIn('--user "a" requires a token', self.refusal("echo", "--user", "a", "x"))
        self.assertIn("requires --user", self.refusal("echo", "--token-file", "x", "x"))
        for arguments in ([], ["--user", "a", "--connection", "1"]):
            self.assertIn("kick requires either --connection or --user", self.refusal("kick", *arguments))
        for arguments in (["kick", "--user", "a"], ["drain"]):
            line = self.refusal(*arguments, environment={"METRICS_PORT": None})
            self.assertIn("requires the token of the server: set --admin-token-file (ADMIN_TOKEN_FILE)", line)


if __name__ == "__main__":
    command.main(__doc__)
