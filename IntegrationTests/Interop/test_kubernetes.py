"""Checks the manifest for Kubernetes: against the schemas of its API, and against the server.

    "$(IntegrationTests/Interop/environment)" IntegrationTests/Interop/test_kubernetes.py PATH-OF-NET001
"""

import pathlib
import secrets
import ssl
import tempfile
import unittest
import urllib.request

import kubernetes_validate
import yaml

import command
from command import metrics_port, run, self_signed_certificate, server
from net001 import Peer

MANIFEST = pathlib.Path(__file__).resolve().parents[2] / "Docs/kubernetes/net001.yaml"
# From the oldest version that its authors support to the newest that the schemas have.
VERSIONS = ("1.33", "1.37")
SECRETS = "/run/secrets"


def resources():
    return {resource["kind"]: resource for resource in yaml.safe_load_all(MANIFEST.read_text())}


class Manifest(unittest.TestCase):
    def setUp(self):
        self.resources = resources()
        self.pod = self.resources["Deployment"]["spec"]["template"]["spec"]
        (self.container,) = self.pod["containers"]

    def test_the_api_accepts_it_and_knows_every_key(self):
        for version in VERSIONS:
            for kind, resource in self.resources.items():
                with self.subTest(kind, version=version):
                    kubernetes_validate.validate(resource, version, strict=True)

    def test_the_schemas_refuse_a_wrong_key_and_a_wrong_value(self):
        for key, value in (("replica", 3), ("replicas", "three")):
            deployment = resources()["Deployment"]
            deployment["spec"][key] = value
            with self.assertRaises(kubernetes_validate.ValidationError):
                kubernetes_validate.validate(deployment, VERSIONS[-1], strict=True)

    def test_everything_selects_the_same_pods_and_names_ports_that_they_have(self):
        labels = self.resources["Deployment"]["spec"]["template"]["metadata"]["labels"]
        ports = {port["name"]: port["containerPort"] for port in self.container["ports"]}
        selectors = [
            self.resources["Deployment"]["spec"]["selector"]["matchLabels"],
            self.resources["Service"]["spec"]["selector"],
            self.resources["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
            self.resources["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
        ]
        self.assertEqual(selectors, [labels] * len(selectors))
        named = [port["targetPort"] for port in self.resources["Service"]["spec"]["ports"]]
        named += [port["port"] for rule in self.resources["NetworkPolicy"]["spec"]["ingress"] for port in rule["ports"]]
        named += [self.container[probe]["httpGet"]["port"] for probe in ("readinessProbe", "livenessProbe")]
        self.assertLessEqual(set(named), set(ports))
        annotations = self.resources["Deployment"]["spec"]["template"]["metadata"]["annotations"]
        self.assertEqual(annotations["prometheus.io/port"], str(ports["metrics"]))

    def test_a_pod_has_no_variables_of_services_which_have_the_names_of_settings(self):
        self.assertIs(self.pod["enableServiceLinks"], False)

    def test_a_pod_has_time_to_drain(self):
        settings = yaml.safe_load(self.resources["ConfigMap"]["data"]["net001.yaml"])
        sleep = self.container["lifecycle"]["preStop"]["sleep"]["seconds"]
        self.assertGreater(self.pod["terminationGracePeriodSeconds"], sleep + settings["drain-timeout"])

    def test_the_server_takes_the_settings_with_secrets_that_its_group_may_read(self):
        with tempfile.TemporaryDirectory() as folder:
            path = self.make_volumes(pathlib.Path(folder))
            checked = run("config", "--check", "--config", path)
            self.assertEqual((checked.returncode, checked.stdout), (0, f"{path}: ok\n"), checked.stderr)
            # The ports of the container are the defaults of the server.
            shown = run("config", "--config", path, environment={"METRICS_PORT": None}).stdout
            self.assertRegex(shown, r"(?m)^port: 5000 ")
            loopback = ("--host", "127.0.0.1", "--metrics-host", "127.0.0.1")
            with server("--config", path, *loopback) as (port, process):
                admin = f"http://127.0.0.1:{metrics_port(process)}"
                for probe in ("readinessProbe", "livenessProbe"):
                    with urllib.request.urlopen(admin + self.container[probe]["httpGet"]["path"], timeout=60) as answer:
                        self.assertEqual(answer.status, 200)
                context = ssl.create_default_context(cafile=f"{folder}/secrets/tls/tls.crt")
                with Peer(port) as peer:
                    peer.socket = context.wrap_socket(peer.socket, server_hostname="localhost")
                    peer.expect_alive()

    def make_volumes(self, root):
        """Makes the files that a pod has, and returns the path of the settings."""
        mounts = {mount["name"]: mount["mountPath"] for mount in self.container["volumeMounts"]}
        modes = {volume["name"]: volume["secret"]["defaultMode"] for volume in self.pod["volumes"] if "secret" in volume}
        certificate, key = self_signed_certificate(root, "-addext", "subjectAltName=DNS:localhost")
        contents = {
            "tls": {"tls.crt": pathlib.Path(certificate).read_text(), "tls.key": pathlib.Path(key).read_text()},
            "credentials": {
                "credentials": run("hash-token", "alice", stdin="a token\n").stdout,
                "admin-token": secrets.token_hex(16),
            },
        }
        self.assertEqual(set(contents), set(modes))
        for volume, files in contents.items():
            folder = root / "secrets" / pathlib.Path(mounts[volume]).relative_to(SECRETS)
            folder.mkdir(parents=True)
            for name, content in files.items():
                (folder / name).write_text(content)
                (folder / name).chmod(modes[volume])
        path = root / "net001.yaml"
        path.write_text(self.resources["ConfigMap"]["data"]["net001.yaml"].replace(SECRETS, f"{root}/secrets"))
        return str(path)


if __name__ == "__main__":
    command.main(__doc__)
