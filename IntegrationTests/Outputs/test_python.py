"""Generates a Python package from every spec of the repository, and checks the packages: against the vectors of the specs, with a
type checker and a linter, and with a live server.

    python3 IntegrationTests/Outputs/test_python.py BUILD-FOLDER [unittest options]

`IntegrationTests/Interop/environment` prints a Python that has mypy and ruff. The vectors run under each of
PYTHONS that this machine has, Python 3.9 among them.
"""

import ast
import asyncio
import importlib
import pathlib
import re
import ssl
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "IntegrationTests/Interop"))

import command  # noqa: E402
from command import server  # noqa: E402

VECTORS = pathlib.Path(__file__).with_name("python_vectors.py")
PAGE = REPOSITORY / "Docs/Python.md"
NET001 = REPOSITORY / "protocol.yaml"
PYTHONS = ["python3.9", "python3.13", sys.executable]
OLDEST = (3, 9)
TIMEOUT_SECONDS = 300
WAIT_SECONDS = 20
BUILD = pathlib.Path()

CLASHES = """protocol: Clash
frame: { header: [ type: uint8, length: uint16 ] }
messages:
  Say:
    code: 1
    from: both
    fields:
      - { name: roomName, type: uint8 }
      - { name: room_name, type: uint8 }
"""


def specs():
    """Returns the paths of the specs by the names of their packages."""
    folders = {
        "gallery": REPOSITORY / "Protocols",
        "golden": REPOSITORY / "Tests/SwitchboardGeneratorTests/Golden",
    }
    found = {f"{name}_{path.stem.lower()}": path for name, folder in folders.items() for path in folder.glob("*.yaml")}
    for path in (REPOSITORY / "Examples").glob("*/Sources/*/protocol.yaml"):
        found[f"example_{path.parent.name.lower()}"] = path
    return {"net001": NET001, **dict(sorted(found.items()))}


def imports():
    """Returns the options for the specs that others import."""
    return ["--import", f"NET001={NET001}"]


def switchboard(*arguments):
    return subprocess.run(
        [BUILD / "switchboard", *arguments], capture_output=True, text=True, timeout=TIMEOUT_SECONDS, cwd=REPOSITORY
    )


def generate(folder, name, spec):
    """Writes the package and the vectors of a spec to `folder`."""
    result = switchboard("python", spec, *imports(), "--package", name, "-o", folder)
    assert result.returncode == 0, result.stderr
    vectors = switchboard("vectors", spec, *imports(), "-o", f"{folder}/{name}.json")
    assert vectors.returncode == 0, vectors.stderr


def pythons():
    """Returns those of PYTHONS that run."""
    found = []
    for name in PYTHONS:
        try:
            subprocess.run([name, "-c", ""], capture_output=True, check=True)
            found.append(name)
        except (OSError, subprocess.CalledProcessError):
            continue
    return found


class Packages(unittest.TestCase):
    """The packages of all specs."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        for name, spec in specs().items():
            generate(cls.folder, name, spec)

    def check(self, *arguments):
        result = subprocess.run(
            arguments, cwd=self.folder, capture_output=True, text=True, timeout=TIMEOUT_SECONDS
        )
        self.assertEqual(result.returncode, 0, (result.stdout + result.stderr)[-6000:])
        return result.stdout

    def test_vectors_decode_and_encode_with_every_python(self):
        for python in pythons():
            with self.subTest(python=python):
                last = self.check(python, VECTORS, self.folder).splitlines()[-1]
                self.assertRegex(last, rf"^{len(specs())} packages, \d{{3,}} checks, 0 failures$")

    def test_the_syntax_is_that_of_the_oldest_python(self):
        for path in self.folder.rglob("*.py"):
            ast.parse(path.read_text(), feature_version=OLDEST)

    def test_a_strict_type_checker_accepts_the_packages(self):
        packages = [f"-p{name}" for name in specs()]
        self.check(sys.executable, "-m", "mypy", "--strict", "--no-error-summary", *packages)

    def test_a_linter_and_a_formatter_change_nothing(self):
        # `__all__` has the order of the imports above it.
        self.check(
            *[sys.executable, "-m", "ruff", "check", "--target-version", "py39", "--ignore", "RUF022", "--no-cache", "."]
        )
        self.check(sys.executable, "-m", "ruff", "format", "--check", "--target-version", "py39", "--no-cache", ".")

    def test_the_same_spec_makes_the_same_package(self):
        with tempfile.TemporaryDirectory() as folder:
            generate(folder, "net001", NET001)
            for path in (self.folder / "net001").glob("*.*"):
                self.assertEqual(path.read_bytes(), (pathlib.Path(folder) / "net001" / path.name).read_bytes())

    def test_a_package_says_what_made_it(self):
        head = (self.folder / "net001/messages.py").read_text().splitlines()[0]
        self.assertRegex(head, r"^# Generated by switchboard \d+\.\d+\.\d+ from protocol\.yaml\.")


class Mistakes(unittest.TestCase):
    """Specs and command lines of which no package can be made."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_names_that_python_cannot_tell_apart_are_refused_with_their_place(self):
        spec = self.folder / "clash.yaml"
        spec.write_text(CLASHES)
        result = switchboard("python", spec, "-o", self.folder)
        self.assertEqual(result.returncode, 1)
        message = "`room_name` and `roomName` are both `room_name` in Python: rename one of them"
        self.assertIn(f"{spec}:9:17: error: {message}\n", result.stderr)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["clash.yaml"])

    def test_a_wrong_package_name_ends_in_one_line(self):
        for name in ("class", "Net001", "1st", "a-b", ""):
            result = switchboard("python", NET001, "--package", name, "-o", self.folder)
            self.assertEqual((result.returncode, result.stdout), (64, ""), name)
            self.assertRegex(result.stderr, r"^switchboard: error: --package .*\n$")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_an_output_that_is_a_file_ends_in_one_line(self):
        (self.folder / "net001").write_text("mine")
        result = switchboard("python", NET001, "-o", self.folder)
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertEqual((self.folder / "net001").read_text(), "mine")


class Client(unittest.IsolatedAsyncioTestCase):
    """The generated client of NET-001 and a live server."""

    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        generate(folder, "live_net001", NET001)
        sys.path.insert(0, folder)
        cls.addClassCleanup(sys.path.remove, folder)
        cls.net001 = importlib.import_module("live_net001")

    def serve(self, *options):
        return self.enterContext(server(*options))[0]

    async def connect(self, port, **settings):
        return await self.enterAsyncContext(await self.net001.connect("127.0.0.1", port, **settings))

    async def test_requests_get_their_replies_in_order(self):
        client = await self.connect(self.serve())
        pong = await client.ping(self.net001.Ping(timestamp=7))
        self.assertEqual(pong, self.net001.Pong(timestamp=7))
        echoes = [client.echo(self.net001.Echo(data=bytes([number]) * 1000)) for number in range(100)]
        replies = await asyncio.gather(*echoes)
        self.assertEqual([reply.data for reply in replies], [bytes([number]) * 1000 for number in range(100)])

    async def test_broadcasts_reach_other_clients(self):
        port = self.serve()
        sender, receiver = await self.connect(port), await self.connect(port)
        await receiver.ping(self.net001.Ping(timestamp=0))
        await sender.data(self.net001.Data(data=b"ignored"))
        await sender.broadcast(self.net001.Broadcast(message=b"hello"))
        async for frame in receiver:
            self.assertEqual(frame.message, self.net001.Broadcast(message=b"hello"))
            break

    async def test_credentials_are_sent_and_not_shown(self):
        client = await self.connect(self.serve())
        auth = self.net001.Auth(username="alice", token="s3cret")
        self.assertNotIn("s3cret", repr(auth))
        reply = await client.auth(auth)
        self.assertTrue(reply.success)
        self.assertRegex(reply.session_id, "^[0-9a-f]{32}$")

    async def test_an_error_in_place_of_a_reply_is_raised(self):
        users = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "users"
        users.touch(mode=0o600)
        users.write_text(command.run("hash-token", "alice", stdin="s3cret\n").stdout)
        client = await self.connect(self.serve("--require-auth", "--auth-file", users))
        with self.assertRaises(self.net001.ErrorReply) as context:
            await client.echo(self.net001.Echo(data=b"x"))
        self.assertIs(context.exception.message.code, self.net001.ErrorCode.AUTHENTICATION_FAILED)
        self.assertFalse(client.is_closed)

    async def test_a_heartbeat_keeps_an_idle_connection(self):
        port = self.serve("--idle-timeout", "2")
        client = await self.connect(port, heartbeat_interval=0.5)
        silent = await self.connect(port, heartbeat_interval=0)
        with self.assertRaises(self.net001.ConnectionClosed):
            async for _ in silent:
                pass
        self.assertFalse(client.is_closed)
        await client.ping(self.net001.Ping(timestamp=1))

    async def test_tls_encrypts_the_connection(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        certificate, key = command.self_signed_certificate(folder, *names)
        port = self.serve("--tls", "--cert", certificate, "--key", key)
        context = ssl.create_default_context(cafile=certificate)
        client = await self.connect(port, ssl=context)
        reply = await client.echo(self.net001.Echo(data=b"secret"))
        self.assertEqual(reply.data, b"secret")

    async def test_a_server_that_never_answers_times_out(self):
        async def swallow(reader, writer):
            await reader.read()
            writer.close()

        listener = await asyncio.start_server(swallow, "127.0.0.1", 0)
        client = await self.connect(listener.sockets[0].getsockname()[1], heartbeat_interval=0)
        with self.assertRaises(self.net001.RequestTimedOut):
            await client.ping(self.net001.Ping(timestamp=0), timeout=0.05)
        await client.close()
        with self.assertRaises(self.net001.ConnectionClosed):
            await client.ping(self.net001.Ping(timestamp=0))
        listener.close()

    async def test_bytes_that_are_no_message_end_the_connection(self):
        async def babble(reader, writer):
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await reader.read()
            writer.close()

        listener = await asyncio.start_server(babble, "127.0.0.1", 0)
        client = await self.connect(listener.sockets[0].getsockname()[1])
        with self.assertRaisesRegex(self.net001.ProtocolViolation, "invalidMagic"):
            async with asyncio.timeout(WAIT_SECONDS):
                async for _ in client:
                    pass
        listener.close()


class Page(unittest.TestCase):
    """The examples of Docs/Python.md."""

    def test_the_examples_run_as_the_page_shows(self):
        blocks = re.findall(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", PAGE.read_text(), re.DOTALL)
        self.assertGreaterEqual(len(blocks), 2)
        with tempfile.TemporaryDirectory() as folder, server() as (port, _):
            generate(folder, "net001", NET001)
            for code, output in blocks:
                code = code.replace("5000", str(port))
                result = subprocess.run(
                    [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=WAIT_SECONDS
                )
                self.assertEqual((result.returncode, result.stdout, result.stderr), (0, output, ""), code)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    BUILD = pathlib.Path(sys.argv[1]).resolve()
    sys.argv[1] = str(BUILD / "net001")
    command.main(__doc__)
