# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A token server for registries. It issues Bearer tokens signed with ES256, which the real registry verifies."""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

from .certificates import Authority
from .lab import Lab

# The answers of servers, by method; None if they do not support it.
STYLES: dict[str, dict[str, tuple[str, ...] | None]] = {
    "distribution": {"GET": ("token",), "POST": ("access_token",)},
    "hub": {"GET": ("token", "access_token"), "POST": ("access_token",)},
    "oauth": {"GET": None, "POST": ("access_token",)},
}
ISSUER, SERVICE = "slipway test issuer", "slipway test registry"


def encoded(data: bytes) -> str:
    """Base64 as JSON web tokens have it."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class TokenServer:
    """Issues tokens to ``users``: by GET with their password, by POST with an identity token.

    ``rights`` are a user's permissions in all repositories (``*`` for the catalog). ``asked`` are the requests so far.
    ``style`` is one of STYLES, or "endless" for an endless answer.
    """

    def __init__(self, lab: Lab, authority: Authority) -> None:
        self.users = {"owner": "all: rights", "reader": "only one"}
        self.rights = {"owner": {"pull", "push", "delete", "*"}, "reader": {"pull"}, "": set()}
        self.identities = {"an-identity-token": "owner"}
        self.style = "distribution"
        self.life = 300
        self.stale = 0  # the number of next tokens that are already expired
        self.asked: list[dict[str, Any]] = []
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.bundle = lab.root / "tokens.pem"
        self.bundle.write_bytes(self._certificate())
        place = authority.issue("token-server", lab.subnet + ".1")
        self._server = ThreadingHTTPServer((lab.subnet + ".1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(place / "cert.pem", place / "key.pem")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.realm = "https://%s.1:%d/auth" % (lab.subnet, self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()

    def settings(self) -> dict[str, Any]:
        """The configuration of a registry that uses this token server."""
        token = {"realm": self.realm, "service": SERVICE, "issuer": ISSUER, "rootcertbundle": str(self.bundle)}
        return {"auth": {"token": token}}

    def _certificate(self) -> bytes:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tokens")])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self._key.public_key())
        builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=2))
        certificate: bytes = builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        return certificate

    def _fingerprint(self) -> str:
        """The key's name, as registry 2 computes it."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        der = self._key.public_key().public_bytes(serialization.Encoding.DER, form)
        text = base64.b32encode(hashlib.sha256(der).digest()[:30]).decode()
        return ":".join(text[start : start + 4] for start in range(0, 48, 4))

    def token(self, user: str, scopes: list[str]) -> str:
        """A signed token with the requested permissions that the user has."""
        access = []
        for scope in scopes:
            kind, _colon, rest = scope.partition(":")
            name, _colon, actions = rest.rpartition(":")
            allowed = [action for action in actions.split(",") if action in self.rights[user]]
            access.append({"type": kind, "name": name, "actions": allowed})
        now = int(time.time())
        if self.stale:
            self.stale, now = self.stale - 1, now - 3600
        claims = {"iss": ISSUER, "sub": user, "aud": SERVICE, "iat": now, "nbf": now - 5, "exp": now + self.life}
        head = {"typ": "JWT", "alg": "ES256", "kid": self._fingerprint()}
        parts = [head, {**claims, "jti": uuid.uuid4().hex, "access": access}]
        signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return signed + "." + encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def _user(self, form: dict[str, list[str]], authorization: str) -> str | None:
        """The user of a request; empty for an anonymous one, None for invalid credentials."""
        if form.get("grant_type") == ["refresh_token"]:
            return self.identities.get(form["refresh_token"][0])
        if form.get("grant_type") == ["password"]:
            user, password = form["username"][0], form["password"][0]
            return user if self.users.get(user) == password else None
        if not authorization:
            return ""
        user, _colon, password = base64.b64decode(authorization.partition(" ")[2]).decode().partition(":")
        return user if self.users.get(user) == password else None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(parse_qs(urlsplit(self.path).query))

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._answer({**form, "scope": form.get("scope", [""])[0].split()})

            def _answer(self, form: dict[str, list[str]]) -> None:
                user = server._user(form, self.headers.get("Authorization", ""))
                server.asked.append({"method": self.command, "url": self.path, "form": form, "user": user})
                if user is None or form.get("service") != [SERVICE]:
                    self._say(401, {"errors": [{"code": "UNAUTHORIZED", "message": "who are you?"}]})
                    return
                if server.style == "endless":
                    self._say(200, " " * (3 << 20))
                    return
                names = STYLES[server.style][self.command]
                if names is None:
                    self._say(405, {})
                    return
                token = server.token(user, form.get("scope", []))
                self._say(200, {**dict.fromkeys(names, token), "expires_in": server.life})

            def _say(self, status: int, body: Any) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it so)
                pass

        return Handler
