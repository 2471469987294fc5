# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private registries on the lab's network, with TLS and usually with users."""

from __future__ import annotations

import base64
import json
import os
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from typing import Any, BinaryIO, Mapping

import bcrypt

from .certificates import Authority
from .engine import PATIENCE, Engine
from .lab import Lab


class Registry:
    """Debian's docker-registry. ``host`` is the registry in image names: ADDRESS:PORT.

    ``settings`` replace parts of its configuration; None removes one (without ``auth``, no login is required). With
    ``certified`` it requires a client certificate of the authority, such as its own in ``certificate``.
    """

    username = "tester"
    password = "a pass:word"  # with a colon, which is the separator in HTTP, and a blank

    def __init__(
        self,
        lab: Lab,
        authority: Authority,
        name: str = "registry",
        port: int = 5000,
        settings: Mapping[str, Any] | None = None,
        certified: bool = False,
    ) -> None:
        self.root = lab.root / name
        self.root.mkdir()
        self.namespace, self.address = lab.host(name)
        self.host = "%s:%d" % (self.address, port)
        self.authority = authority.certificate
        certificate = self.certificate = authority.issue(name, self.address)
        self._certified = certified
        users = self.root / "htpasswd"
        hashed = bcrypt.hashpw(self.password.encode(), bcrypt.gensalt(4)).decode()
        users.write_text("%s:%s\n" % (self.username, hashed))
        parts = {
            "version": "0.1",
            "log": {"level": "warn"},
            "storage": {"filesystem": {"rootdirectory": str(self.root / "data")}, "delete": {"enabled": True}},
            "http": {
                "addr": "0.0.0.0:%d" % port,
                "tls": {
                    "certificate": str(certificate / "cert.pem"),
                    "key": str(certificate / "key.pem"),
                    "clientcas": [str(authority.certificate)] if certified else [],
                },
            },
            "auth": {"htpasswd": {"realm": "slipway test", "path": str(users)}},
            **(settings or {}),
        }
        # JSON is YAML.
        configuration = self.root / "config.yml"
        configuration.write_text(json.dumps({key: part for key, part in parts.items() if part is not None}))
        words = ["setpriv", "--pdeathsig", "TERM", "nsenter", "--net=/run/netns/" + self.namespace]
        words += ["docker-registry", "serve", str(configuration)]
        with (self.root / "log").open("wb") as log:
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "SSL_CERT_FILE": str(authority.certificate)},
            )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.get("/v2/", authorized=False) not in (200, 401):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("the registry does not answer:\n%s" % (self.root / "log").read_text()[-3000:])
            time.sleep(0.05)

    def get(self, path: str, authorized: bool = True) -> int:
        """The status of a GET; 0 if nothing answers. Raises ssl.SSLError for an untrusted certificate."""
        return self.call("GET", path, authorized=authorized)[0]

    def call(
        self,
        method: str,
        path: str,
        body: bytes | BinaryIO | None = None,
        authorized: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body of a request; status 0 if nothing answers. ``path`` may be a whole URL.

        Raises ssl.SSLError for a certificate that is not trusted.
        """
        url = path if "://" in path else "https://%s%s" % (self.host, path)
        request = urllib.request.Request(url, data=body, method=method, headers=dict(headers or {}))
        if authorized:
            both = "%s:%s" % (self.username, self.password)
            request.add_header("Authorization", "Basic " + base64.b64encode(both.encode()).decode())
        try:
            context = ssl.create_default_context(cafile=self.authority)
            if self._certified:
                context.load_cert_chain(self.certificate / "cert.pem", self.certificate / "key.pem")
            with urllib.request.urlopen(request, context=context, timeout=60) as response:
                return int(response.status), dict(response.headers.items()), response.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers.items()), error.read()
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLError):
                raise error.reason from None
            return 0, {}, b""

    def admit(self, engine: Engine) -> None:
        """Make an engine trust this registry, and log in with its docker command."""
        engine.trust(self.host, self.authority)
        engine.docker("login", "--username", self.username, "--password-stdin", self.host, stdin=self.password)


class Mirror:
    """``origin`` is a registry without authentication, and ``through`` a pull-through mirror of it."""

    def __init__(self, lab: Lab, authority: Authority) -> None:
        self.origin = Registry(lab, authority, "origin", settings={"auth": None})
        proxied = {"auth": None, "proxy": {"remoteurl": "https://" + self.origin.host}}
        self.through = Registry(lab, authority, "mirror", settings=proxied)
