# Copyright (c) 2026, the slipway.docker authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connecting over TCP with TLS."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import NoReturn

from ..errors import InputError, Timeout, TlsError, TransportError
from . import tcp
from .trust import Trust

# X509_V_ERR_...: the certificate is for another name.
_OTHER_NAME = (62, 64)
_NOT_TLS = (
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "UNKNOWN_PROTOCOL",
    "RECORD_LAYER_FAILURE",
    "PACKET_LENGTH_TOO_LONG",
)


class _TlsSocket(ssl.SSLSocket):
    """A socket that explains failures: a server may reject our certificate after the handshake (TLS 1.3)."""

    def explain(self, error: OSError | None) -> TransportError | None:
        """The TLS error behind an error, if there is one."""
        reason = getattr(error, "reason", "") or ""
        return _refused(reason) if "ALERT" in reason else None


def dial(host: str, port: int, trust: Trust, timeout: float) -> socket.socket:
    """Connect, do the handshake, and verify the server's certificate.

    Raises as ``tcp.dial`` does, InputError for unusable files, and TlsError.
    """
    context = _context(trust)
    sock = tcp.dial(host, port, timeout)
    name = trust.name or host
    where = "%s port %d" % (host, port)
    try:
        return context.wrap_socket(sock, server_hostname=name)
    except ssl.SSLCertVerificationError as error:
        sock.close()
        _untrusted(error, where, name, trust)
    except socket.timeout:
        sock.close()
        raise Timeout(
            "%s accepted the connection, but did not answer the TLS handshake within %g s" % (where, timeout),
            "Check that docker_host is the address of an engine. If it is only slow, increase timeout.",
        )
    except (OSError, ValueError) as error:
        sock.close()
        reason = getattr(error, "reason", "") or ""
        if reason in _NOT_TLS:
            raise TlsError(
                "%s does not use TLS" % where,
                "Use its TLS port (usually 2376), or remove tls and validate_certs if it is meant to be unencrypted.",
            )
        if "ALERT" in reason:
            raise _refused(reason)
        raise TlsError(
            "The TLS handshake with %s was interrupted (%s)" % (where, error), "Check that it is a TLS port."
        )


def _untrusted(error: ssl.SSLCertVerificationError, where: str, name: str, trust: Trust) -> NoReturn:
    if error.verify_code in _OTHER_NAME:
        raise TlsError(
            "The certificate of %s is not valid for the name %s" % (where, name),
            "Set tls_hostname or docker_host to a name that is in the certificate.",
        )
    raise TlsError(
        "The certificate of %s is not trusted by %s (%s)"
        % (where, trust.ca or "the CAs of this system", error.verify_message),
        "Set ca_path to the CA certificate that signed it.",
    )


def _refused(reason: str) -> TlsError:
    said = reason.lower().replace("_", " ")
    if "CERT" in reason or "UNKNOWN_CA" in reason:
        return TlsError(
            "The engine requires a client certificate that it trusts (%s)" % said,
            "Set client_cert and client_key to a pair that the engine's CA has signed.",
        )
    return TlsError("The engine refused the TLS connection (%s)" % said)


def _context(trust: Trust) -> ssl.SSLContext:
    for option, path in (("ca_path", trust.ca), ("client_cert", trust.cert), ("client_key", trust.key)):
        if path:
            _refuse_unreadable(option, path)
    if trust.key and not trust.cert:
        raise InputError("client_key is set without client_cert", "Set both, or neither.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _TlsSocket
    if not trust.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif not trust.ca:
        context.load_default_certs()
    else:
        try:
            context.load_verify_locations(trust.ca)
        except (ssl.SSLError, ValueError):
            raise InputError("ca_path: %s contains no certificate" % trust.ca, "It must be a file in PEM format.")
    if trust.cert:
        _load_own(context, trust)
    return context


def _load_own(context: ssl.SSLContext, trust: Trust) -> None:
    try:
        # The password is for an encrypted key; without it OpenSSL would prompt on the terminal.
        context.load_cert_chain(trust.cert, trust.key or None, password=lambda: b"")
    except (ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", "") or ""
        if "KEY_VALUES_MISMATCH" in reason:
            raise InputError("client_key: %s is not the key of the certificate %s" % (trust.key, trust.cert))
        raise InputError(
            "client_cert, client_key: %s cannot be used (%s)"
            % (" with ".join(filter(None, (trust.cert, trust.key))), reason.lower().replace("_", " ") or "no PEM"),
            "Both are files in PEM form, and the key has no passphrase.",
        )


def _refuse_unreadable(option: str, path: str) -> None:
    try:
        with Path(path).open("rb"):
            pass
    except (OSError, ValueError) as error:
        raise InputError("%s: %s cannot be read (%s)" % (option, path, getattr(error, "strerror", None) or error))
