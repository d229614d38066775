"""Starts the engines of backplanes, redis-server and nats-server, for the suites."""

import contextlib
import pathlib
import socket
import subprocess
import tempfile
import time

from ports import unused_port


class Engine:
    """A process that joins servers, which a test stops, continues and kills."""

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not self.is_ready():
            assert self.process.poll() is None, f"{self.command[0]} has ended"
            time.sleep(0.01)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Redis(Engine):
    """A redis-server on a Unix-domain socket."""

    def __init__(self, folder, *options):
        self.socket = f"{folder}/redis.sock"
        self.url = f"redis+unix://{self.socket}"
        self.command = ["redis-server", "--port", "0", "--unixsocket", self.socket, "--save", "", "--dir", folder, *options]
        self.start()

    def start(self):
        pathlib.Path(self.socket).unlink(missing_ok=True)
        super().start()

    def is_ready(self):
        return pathlib.Path(self.socket).exists()


class NATS(Engine):
    """A nats-server on a free port of the loopback, with JetStream unless a test says otherwise."""

    def __init__(self, folder, settings="", jetstream=True):
        self.address = ("127.0.0.1", unused_port())
        self.place = "{}:{}".format(*self.address)
        self.url = f"nats://{self.place}"
        stream = f'jetstream {{ store_dir: "{folder}/store" }}\n' if jetstream else ""
        file = pathlib.Path(folder) / "nats.conf"
        file.write_text(f'listen: "{self.place}"\n{stream}{settings}\n')
        self.command = ["nats-server", "--config", str(file)]
        self.start()

    def is_ready(self):
        with contextlib.suppress(OSError), socket.create_connection(self.address, 1) as probe:
            return probe.recv(5) == b"INFO "
        return False


@contextlib.contextmanager
def running(engine, *arguments, **settings):
    with tempfile.TemporaryDirectory(prefix="net001-") as folder:
        process = engine(folder, *arguments, **settings)
        try:
            yield process
        finally:
            process.kill()


def redis(*options):
    return running(Redis, *options)


def nats(settings="", **options):
    return running(NATS, settings, **options)
