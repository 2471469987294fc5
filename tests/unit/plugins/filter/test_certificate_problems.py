# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter certificate_problems, with certificates made by openssl."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from ansible_collections.slipway.docker.plugins.filter.certificate_problems import certificate_problems
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

NAMES = "DNS:registry.example.com,DNS:*.apps.example.com,IP:10.0.0.1,IP:fd00::1"


def openssl(*words: str) -> None:
    """Run openssl."""
    subprocess.run(["openssl", *words], check=True, capture_output=True)


def expired(here: Path) -> None:
    """Make an expired certificate; not all versions of openssl can."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "old")])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + timedelta(hours=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("10.0.0.1"))])
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    (here / "old.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    (here / "old.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@pytest.fixture(scope="module")
def pems(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Certificates and keys by name: a CA, an intermediate CA, a server's, and invalid ones."""
    here = tmp_path_factory.mktemp("certificates")

    def make(name: str, subject: str, *words: str, issuer: str = "") -> None:
        new = ["req", "-x509", "-newkey", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-subj", subject]
        new += ["-CA", str(here / (issuer + ".crt")), "-CAkey", str(here / (issuer + ".key"))] if issuer else []
        openssl(*new, "-keyout", str(here / (name + ".key")), "-out", str(here / (name + ".crt")), *words)

    make("ca", "/CN=authority")
    make("middle", "/CN=middle", issuer="ca")
    make("server", "/CN=server", "-addext", "subjectAltName=" + NAMES, issuer="middle")
    make("bare", "/CN=registry.example.com")
    expired(here)
    openssl("ec", "-in", str(here / "server.key"), "-aes256", "-passout", "pass:x", "-out", str(here / "locked.key"))
    return {path.name: path.read_text() for path in Path(here).iterdir()}


@pytest.mark.parametrize(
    "name", ["registry.example.com", "Registry.example.com", "a.apps.example.com", "10.0.0.1", "fd00:0::1"]
)
def test_a_valid_certificate_has_no_problems(pems: dict[str, str], name: str) -> None:
    chain = pems["server.crt"] + pems["middle.crt"]
    assert certificate_problems(chain, pems["server.key"], [name], pems["ca.crt"]) == []


@pytest.mark.parametrize(
    ("certificate", "key", "names", "authorities", "says"),
    [
        (["old.crt"], "old.key", ["10.0.0.1"], [], "has expired"),
        (["server.crt"], "ca.key", ["10.0.0.1"], [], "does not match the certificate"),
        (["server.crt"], "locked.key", ["10.0.0.1"], [], "encrypted"),
        (["server.crt"], "ca.crt", ["10.0.0.1"], [], "the private key is not valid PEM"),
        (["ca.key"], "ca.key", ["10.0.0.1"], [], "the certificate is not valid PEM"),
        (["server.crt"], "server.key", ["10.0.0.2"], [], "not valid for 10.0.0.2, only for"),
        (["server.crt"], "server.key", ["a.b.apps.example.com"], [], "not valid for a.b.apps.example.com"),
        (["bare.crt"], "bare.key", ["registry.example.com"], [], "no subject alternative names"),
        (["server.crt"], "server.key", ["10.0.0.1"], ["ca.crt"], "the issuer CN=middle is neither"),
        (["server.crt", "middle.crt"], "server.key", ["10.0.0.1"], ["bare.crt"], "the issuer CN=authority is neither"),
        (["server.crt"], "server.key", ["10.0.0.1"], ["ca.key"], "the CA certificates are not valid PEM"),
    ],
)
def test_an_invalid_certificate_has_one_problem(
    pems: dict[str, str], certificate: list[str], key: str, names: list[str], authorities: list[str], says: str
) -> None:
    texts = ["".join(pems[name] for name in group) for group in (certificate, authorities)]
    found = certificate_problems(texts[0], pems[key], names, texts[1])
    assert len(found) == 1
    assert says in found[0]
