# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS with certificates on both sides, with a real engine, and all ways in which it can fail."""

from __future__ import annotations

import shutil
import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from harness.certificates import Authority
from harness.driver import failed, run_module, succeeded
from harness.lab import run


@pytest.fixture(scope="session")
def mine(authority):
    """A directory with a client certificate, its key and the CA certificate."""
    return authority.issue("client")


@pytest.fixture(scope="session")
def stranger(lab):
    """The same, from a CA that the engine does not trust."""
    return Authority(lab.root / "stranger").issue("client")


@pytest.fixture
def options(tls_engine, mine):
    """Options that work."""
    return {
        "name": "xy",
        "docker_host": "tcp://" + tls_engine.address,
        "validate_certs": True,
        "ca_path": str(mine / "ca.pem"),
        "client_cert": str(mine / "cert.pem"),
        "client_key": str(mine / "key.pem"),
    }


def refusal(options, environ=None, **params):
    """The error for changed options; None removes an option."""
    params = {name: value for name, value in {**options, **params}.items() if value is not None}
    return failed(run_module("volume_info", params, environ=environ))


def works(environ=None, **params):
    """Asserts that the engine is reached."""
    succeeded(run_module("volume_info", {"name": "xy", **params}, environ=environ))


def test_with_certificates_on_both_sides(tls_engine, options, mine):
    """By options, by their old names, by https, and with the key in the certificate's file."""
    works(**options)
    works(**{**options, "docker_host": "https://%s:2376" % tls_engine.address, "validate_certs": None})
    works(**{**options, "tls_hostname": "tls"})
    older = {
        "ca_path": "cacert_path",
        "client_cert": "cert_path",
        "client_key": "key_path",
        "validate_certs": "tls_verify",
    }
    works(**{older.get(name, name): value for name, value in options.items()})
    both = mine / "both.pem"
    both.write_bytes((mine / "cert.pem").read_bytes() + (mine / "key.pem").read_bytes())
    works(**{**options, "client_cert": str(both), "client_key": None})


def test_by_the_environment(tls_engine, mine, stranger):
    """As for the docker command: DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, or its default directory."""
    host = {"DOCKER_HOST": "tcp://" + tls_engine.address}
    works({**host, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(mine)})
    works({**host, "DOCKER_TLS_VERIFY": "1", "DOCKER_CONFIG": str(mine), "DOCKER_CERT_PATH": ""})
    works({**host, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(mine), "DOCKER_TLS_HOSTNAME": "tls"})
    works({**host, "DOCKER_TLS": "1", "DOCKER_TLS_VERIFY": "", "DOCKER_CERT_PATH": str(mine)}, ca_path="/nowhere")
    files = {"ca_path": "ca.pem", "client_cert": "cert.pem", "client_key": "key.pem"}
    better = {option: str(mine / file) for option, file in files.items()}
    works({**host, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(stranger)}, **better)
    unset = {"DOCKER_HOST": "%s:2376" % tls_engine.address, "DOCKER_TLS_VERIFY": "", "DOCKER_CERT_PATH": str(mine)}
    assert "The engine requires TLS" in refusal({"name": "xy"}, unset)
    message = refusal({"name": "xy"}, {**host, "DOCKER_TLS_VERIFY": "maybe"})
    assert "DOCKER_TLS_VERIFY: 'maybe' is not a boolean" in message


def test_by_a_context(tls_engine, mine, stranger, tmp_path):
    """It contains the certificates. TLS options are rejected in addition to it."""
    for name, where in (("good", mine), ("bad", stranger)):
        parts = ["ca=%s/ca.pem" % where, "cert=%s/cert.pem" % where, "key=%s/key.pem" % where]
        host = "host=tcp://" + tls_engine.address
        for suffix, further in (("", []), ("-unverified", ["skip-tls-verify=true"])):
            tls_engine.docker(
                "--config",
                str(tmp_path),
                "context",
                "create",
                name + suffix,
                "--docker",
                ",".join([host, *parts, *further]),
            )
    config = {"DOCKER_CONFIG": str(tmp_path)}
    works(config, cli_context="good")
    works(config, cli_context="good-unverified")
    works({**config, "DOCKER_CONTEXT": "good"})
    assert "is not trusted by" in refusal({"name": "xy"}, config, cli_context="bad")
    assert "requires a client certificate that it trusts" in refusal(
        {"name": "xy"}, config, cli_context="bad-unverified"
    )
    message = refusal({"name": "xy"}, config, cli_context="good", validate_certs=True)
    assert "validate_certs: cannot be used with the context good, which has its own TLS settings" in message


def test_encryption_without_verification(options, stranger):
    """``tls`` accepts any server, but the server still requires a client certificate."""
    unverified = {**options, "validate_certs": None, "tls": True, "tls_hostname": "whatever"}
    works(**unverified)
    works(**{**unverified, "ca_path": str(stranger / "ca.pem")})
    message = refusal(unverified, client_cert=None, client_key=None)
    assert "The engine requires a client certificate that it trusts" in message


def test_the_wrong_ca(options, stranger):
    """Another one, and those of the system."""
    message = refusal(options, ca_path=str(stranger / "ca.pem"))
    assert "port 2376 is not trusted by %s (" % (stranger / "ca.pem") in message
    assert "Set ca_path to the CA certificate that signed it." in message
    assert "is not trusted by the CAs of this system" in refusal(options, ca_path=None)


def test_an_untrusted_client(options, stranger):
    """Without a certificate, and with one from another CA."""
    for params in (
        {"client_cert": None, "client_key": None},
        {"client_cert": str(stranger / "cert.pem"), "client_key": str(stranger / "key.pem")},
    ):
        message = refusal(options, **params)
        assert "The engine requires a client certificate that it trusts" in message
        assert "Set client_cert and client_key to a pair that the engine's CA has signed." in message


def test_a_certificate_for_another_name(options, tls_engine):
    """The error has the expected name."""
    message = refusal(options, tls_hostname="elsewhere.example")
    assert (
        "The certificate of %s port 2376 is not valid for the name elsewhere.example."
    ) % tls_engine.address in message
    assert "Set tls_hostname or docker_host to a name that is in the certificate" in message


@contextmanager
def listening(talk):
    """The address of a server that calls this function for each connection."""

    def answer():
        with suppress(OSError), listener.accept()[0] as peer:
            talk(peer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=answer, daemon=True).start()
        yield "tcp://127.0.0.1:%d" % listener.getsockname()[1]


def test_an_expired_certificate(options, authority):
    """The error has the reason from OpenSSL."""
    place = authority.issue("expired", "127.0.0.1")
    request, expired, key, copy = place / "r", place / "old", place / "key.pem", ("-copy_extensions", "copyall")
    run("openssl", "x509", "-x509toreq", "-in", place / "cert.pem", "-signkey", key, *copy, "-out", request)
    signer = ("-CA", authority.certificate, "-CAkey", authority.root / "ca-key.pem", "-days", "0")
    run("openssl", "x509", "-req", "-in", request, *signer, *copy, "-out", expired)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(expired, key)
    time.sleep(1.1)  # it is valid in the second of its creation
    with listening(lambda peer: server.wrap_socket(peer, server_side=True)) as host:
        assert "(certificate has expired)" in refusal(options, docker_host=host)


def test_a_server_that_closes_the_connection_during_the_handshake(options):
    """For example, a proxy without a server."""
    with listening(lambda peer: peer.recv(1000)) as host:
        assert "The TLS handshake with 127.0.0.1 port" in refusal(options, docker_host=host)


@pytest.mark.parametrize(
    "option, content, message",
    [
        ("ca_path", None, "ca_path: {} cannot be read (No such file or directory)"),
        ("client_cert", None, "client_cert: {} cannot be read (No such file or directory)"),
        ("client_key", None, "client_key: {} cannot be read (No such file or directory)"),
        ("ca_path", "rubbish", "ca_path: {} contains no certificate. It must be a file in PEM format."),
        ("ca_path", "", "ca_path: {} contains no certificate"),
        ("client_cert", "rubbish", "cannot be used ("),
        ("client_key", "rubbish", "cannot be used ("),
    ],
)
def test_invalid_files(options, tmp_path, option, content, message):
    """The error has the option and the file."""
    file = tmp_path / "file.pem"
    if content is not None:
        file.write_text(content)
    assert message.format(file) in refusal(options, **{option: str(file)})


def test_invalid_keys(options, stranger, mine, tmp_path):
    """Another certificate's, one with a passphrase (which is not requested), and none."""
    assert "is not the key of the certificate" in refusal(options, client_key=str(stranger / "key.pem"))
    locked = tmp_path / "locked.pem"
    run("openssl", "pkey", "-in", mine / "key.pem", "-aes256", "-passout", "pass:secret", "-out", locked)
    assert "the key has no passphrase" in refusal(options, client_key=str(locked))
    assert "client_key is set without client_cert" in refusal(options, client_cert=None)
    assert "cannot be used" in refusal(options, client_key=None)


def test_a_certificate_directory_without_a_ca(options, mine, tmp_path):
    """With DOCKER_CERT_PATH, the CAs of the system are not used."""
    for part in ("cert.pem", "key.pem"):
        shutil.copy(mine / part, tmp_path)
    environ = {"DOCKER_HOST": options["docker_host"], "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tmp_path)}
    assert "ca_path: %s/ca.pem cannot be read (No such file" % tmp_path in refusal({"name": "xy"}, environ)


def test_plain_http_to_a_tls_port(options, tls_engine):
    """Whether or not the first request negotiates a version."""
    message = refusal({"name": "xy"}, docker_host="tcp://%s:2376" % tls_engine.address)
    assert "The engine requires TLS. Set validate_certs (or tls" in message
    assert refusal({"name": "xy"}, docker_host="tcp://%s:2376" % tls_engine.address, api_version="1.41") == message


def test_tls_to_a_plain_http_port(options):
    """It answers in HTTP, like an engine without TLS."""

    def complain(peer):
        peer.recv(1000)
        peer.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request")

    with listening(complain) as host:
        message = refusal(options, docker_host=host)
    assert (
        "does not use TLS. Use its TLS port (usually 2376), or remove tls and validate_certs if it is "
        "meant to be unencrypted"
    ) in message


def test_a_silent_server(options):
    """The timeout also limits the handshake."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        began = time.monotonic()
        message = refusal(options, docker_host="tcp://127.0.0.1:%d" % listener.getsockname()[1], timeout=2)
    assert 2 <= time.monotonic() - began < 10
    assert "did not answer the TLS handshake within 2 s" in message


def test_changes_over_tls(tls_engine, options):
    """Reading and writing with one connection."""
    result = succeeded(run_module("volume", {**options, "name": "over-tls"}))
    assert result["changed"]
    assert tls_engine.names("volume") == ["over-tls"]
    assert not succeeded(run_module("volume", {**options, "name": "over-tls"}))["changed"]
    tls_engine.docker("volume", "rm", "over-tls")
