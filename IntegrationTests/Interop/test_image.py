"""Runs `net001` with the files of the container image only, as the image's user, in a changed root folder.

    python3 IntegrationTests/Interop/test_image.py PATH-OF-NET001 [unittest options]

A suite that ends with status 77 cannot run on this machine.
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import ssl
import subprocess
import sys
import tempfile
import unittest

import command
from command import metrics_port, run, self_signed_certificate, server
from engines import redis
from net001 import *  # noqa: F403
from ports import unused_port

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()
SKIPPED = 77


def instruction(pattern):
    """Returns what the only line of the Dockerfile that matches has in its group."""
    (found,) = re.findall(pattern, DOCKERFILE, re.MULTILINE)
    return found


PATH = instruction(r"^ENV .*\bPATH=(\S+)")
USER = instruction(r"^USER (\d+:\d+)$")
ENTRYPOINT = shlex.join(json.loads(instruction(r"^ENTRYPOINT (\[.*\])$")))
CHECK = json.loads(instruction(r"^ +CMD (\[.*\])$"))


def setUpModule():
    global folder, root
    folder = tempfile.TemporaryDirectory()
    root = pathlib.Path(folder.name) / "root"
    subprocess.run([REPOSITORY / "Scripts/image-files", command.PATH, root], check=True)
    # As every engine of containers does.
    shutil.copy("/etc/hosts", root / "etc/hosts")
    command.PATH = f"{folder.name}/net001"
    with open(command.PATH, "w", opener=lambda path, flags: os.open(path, flags, 0o755)) as file:
        file.write(f"""#!/bin/sh
# tini is not process 1 here: with this variable, it does not warn.
exec env PATH={PATH} TINI_SUBREAPER=1 {shutil.which("unshare")} --mount /bin/sh -c '
    {shutil.which("mount")} --rbind /proc {root}/proc && {shutil.which("mount")} --rbind /dev {root}/dev || exit
    exec {shutil.which("chroot")} --userspec={USER} {root} {ENTRYPOINT} "$@"' - "$@"
""")


def tearDownModule():
    folder.cleanup()


def give_to_user(path):
    os.chown(path, *map(int, USER.split(":")))
    path.chmod(0o600)


class Image(unittest.TestCase):
    def test_the_health_check_and_the_drain_of_a_server_with_tls_and_a_backplane(self):
        """The server resolves a name, hashes tokens, and reads its files as the user of the image."""
        users = root / "run/users"
        users.write_text(run("hash-token", "ada", environment={"NET001_TOKEN": "secret"}).stdout)
        certificate, key = self_signed_certificate(folder.name, "-addext", "subjectAltName=DNS:localhost")
        for file in certificate, key:
            shutil.copy(file, root / "run")
        for file in users, root / "run/localhost.key":
            give_to_user(file)
        port = unused_port()
        options = ("--tls", "--cert", "/run/localhost.pem", "--key", "/run/localhost.key", "--auth-file", "/run/users")
        with redis("--port", str(port)), server(*options, "--backplane", f"redis://localhost:{port}") as (port, process):
            with Peer(port) as peer:
                peer.socket = ssl.create_default_context(cafile=certificate).wrap_socket(
                    peer.socket, server_hostname="localhost"
                )
                peer.send(auth("ada", "secret"))
                self.assertEqual(peer.receive()[0], AUTH_REPLY)
                peer.expect_alive()
                healthy = run(*CHECK[1:], environment={"METRICS_PORT": str(metrics_port(process))})
                self.assertEqual((healthy.returncode, healthy.stdout, healthy.stderr), (0, "ready\n", ""))
                process.terminate()
                self.assertEqual(peer.error(), 0x0B)

    def test_clients_trust_the_authorities_of_the_image(self):
        certificate, key = self_signed_certificate(folder.name, "-addext", "subjectAltName=DNS:localhost", name="trusted")
        name = subprocess.run(
            ["openssl", "x509", "-hash", "-noout", "-in", certificate], capture_output=True, text=True, check=True
        ).stdout.strip()
        for file in certificate, key:
            shutil.copy(file, root / "run")
        give_to_user(root / "run/trusted.key")
        with server("--tls", "--cert", "/run/trusted.pem", "--key", "/run/trusted.key") as (port, _):
            ping = ("ping", "-c", "1", "--host", "localhost", "--port", str(port), "--tls")
            self.assertIn("certificate", run(*ping).stderr)
            shutil.copy(certificate, root / f"etc/ssl/certs/{name}.0")
            self.assertEqual(run(*ping).returncode, 0)

    def test_the_authorities_are_those_of_the_system(self):
        system = pathlib.Path("/etc/ssl/certs")
        names = [file.name for file in system.glob("*.0")]
        self.assertGreater(len(names), 100)
        for name in [*names, "ca-certificates.crt"]:
            self.assertEqual((root / "etc/ssl/certs" / name).read_bytes(), (system / name).read_bytes(), name)

    def test_scanners_find_the_packages_and_readers_their_licenses(self):
        packages = re.findall(r"^Package: (\S+)$", (root / "var/lib/dpkg/status").read_text(), re.MULTILINE)
        expected = {"ca-certificates", "libc6", "libcrypt1", "libssl3", "libyaml-0-2", "tini"}
        self.assertLessEqual(expected | {"libgcc-s1"}, set(packages))
        for package in [*expected, "gcc-*-base"]:
            self.assertTrue(list(root.glob(f"usr/share/doc/{package}/copyright")), package)

    def test_the_only_programs_are_the_command_and_tini(self):
        programs = {
            file.name
            for folder in ("bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin")
            for file in (root / folder).glob("*")
        }
        self.assertEqual(programs, {"net001", "tini"})


if __name__ == "__main__":
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        print("skipped: only root can change the root folder, in a namespace of its own")
        sys.exit(SKIPPED)
    command.main(__doc__)
