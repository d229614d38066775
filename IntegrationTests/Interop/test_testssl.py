"""Runs testssl, an independent scanner, against the TLS of the server.

The server must offer TLS 1.2 and 1.3 and nothing older. testssl must not report a finding of severity MEDIUM or above, except for
findings that follow from the certificate of this test or from how testssl tests.

    python3 IntegrationTests/Interop/test_testssl.py PATH-OF-NET001 [--full]

The short form checks versions, preferences and forward secrecy. The full form also checks each cipher, the certificate, all
weaknesses that testssl knows and simulated clients; it takes minutes. `IntegrationTests/Interop/environment` installs testssl.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import command
from test_tls import Authority, SecurePeer, trusting

SHORT = ("--protocols", "--std", "--server-preference", "--fs", "--server-defaults")
SHORT_SECONDS, FULL_SECONDS = 300, 1200
# Long enough for an idle connection of testssl, and short enough for testssl to notice the timeout.
OPENSSL_SECONDS, CONNECT_SECONDS = "10", "5"
SEVERE = ("MEDIUM", "HIGH", "CRITICAL", "WARN", "FATAL")
OLD_VERSIONS = ("SSLv2", "SSLv3", "TLS1", "TLS1_1")
NEW_VERSIONS = ("TLS1_2", "TLS1_3")
ALLOWED = {
    "cert_chain_of_trust": "its authority was made a moment ago, and nobody trusts it",
    "cert_expirationStatus": "it is for two days",
    "cert_notAfter": "it is for two days",
    "cert_revocation": "its authority offers neither a list of what it revoked nor answers",
    # From testssl 3.2 on.
    "overall_grade": "follows from the chain of trust",
    # A TLS 1.3 server sends tickets after the handshake, which ends the wait of `openssl s_client` when it has no input. On a busy
    # machine testssl then has no session to resume. test_resumption.py tests resumption, also with s_client.
    "sessionresumption_ticket": "testssl does not wait for the ticket",
}


def scan(port, folder, full):
    """Returns the findings of testssl, as in its JSON."""
    path = shutil.which("testssl") or shutil.which("testssl.sh")
    if not path:
        sys.exit("testssl is not installed: IntegrationTests/Interop/environment installs it")
    output = pathlib.Path(folder) / "findings.json"
    arguments = [
        *("--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "--ip", "127.0.0.1"),
        *("--openssl-timeout", OPENSSL_SECONDS, "--connect-timeout", CONNECT_SECONDS, "--jsonfile", str(output)),
        *(() if full else SHORT),
        f"127.0.0.1:{port}",
    ]
    # Keep the files of testssl in the folder, and use no proxy.
    environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    result = subprocess.run(
        [path, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=folder,
        # Without the ciphers of GOST: they need an engine that some builds of openssl lack, of which testssl warns.
        env=environment | {"TMPDIR": folder, "TEMPDIR": folder, "PHONE_OUT": "false", "NO_ENGINE": "true"},
        timeout=FULL_SECONDS if full else SHORT_SECONDS,
    )
    if not output.exists():
        sys.exit(f"testssl ended with {result.returncode} and found nothing:\n{result.stdout}{result.stderr}")
    return json.loads(output.read_text())


def judge(findings):
    """Returns a sentence for each requirement that the findings violate."""
    found = {finding["id"]: finding for finding in findings}
    wrong = []
    for version in (*OLD_VERSIONS, *NEW_VERSIONS):
        text = found.get(version, {"finding": "not looked at"})["finding"]
        if not text.startswith("not offered" if version in OLD_VERSIONS else "offered"):
            wrong.append(f"{version}: {text}")
    for finding in findings:
        # testssl numbers several certificates: "cert_trust <hostCert#1>".
        name = finding["id"].split(" ")[0]
        if finding["severity"] in SEVERE and name not in ALLOWED:
            wrong.append(f"{finding['severity']} {finding['id']}: {finding['finding']}")
    return wrong


def main():
    if len(sys.argv) < 2 or sys.argv[2:] not in ([], ["--full"]):
        sys.exit(__doc__)
    command.PATH = os.path.abspath(sys.argv[1])
    full = "--full" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(folder, "authority")
        certificate, key = authority.issue("server", "DNS:localhost,IP:127.0.0.1")
        with command.server("--tls", "--cert", certificate, "--key", key, "--no-metrics") as (port, _):
            findings = scan(port, folder, full)
            with SecurePeer(port, trusting(authority.path)) as peer:
                peer.expect_alive()
    wrong = judge(findings)
    severities = [finding["severity"] for finding in findings]
    for severity in ("OK", "INFO", "LOW", *SEVERE):
        print(f"{severity:10}{severities.count(severity):>6}")
    for finding in findings:
        reason = ALLOWED.get(finding["id"].split(" ")[0])
        if finding["severity"] in SEVERE and reason:
            print(f"allowed: {finding['severity']} {finding['id']}: {reason}")
    if wrong:
        sys.exit("the server's TLS is not as promised:\n" + "\n".join(wrong))
    print("testssl found nothing that it should not")


if __name__ == "__main__":
    main()
