# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate authority for a test run."""

from __future__ import annotations

from pathlib import Path

from .lab import run

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")


class Authority:
    """Signs certificates for servers and clients. All files are PEM."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root = root
        self.certificate, self._key = root / "ca.pem", root / "ca-key.pem"
        # Python 3.13 and newer require the key usage in CA certificates.
        words = ("-subj", "/CN=slipway test authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        run("openssl", "req", "-x509", *KEY, *words, "-keyout", self._key, "-out", self.certificate)

    def issue(self, name: str, *addresses: str) -> Path:
        """Create a directory with cert.pem, key.pem and ca.pem, for servers at these addresses and for clients."""
        place = self.root / name
        place.mkdir()
        certificate, key = place / "cert.pem", place / "key.pem"
        names = ["DNS:" + name] + ["IP:" + address for address in addresses]
        words = ["req", "-x509", *KEY, "-subj", "/CN=" + name, "-keyout", str(key), "-out", str(certificate)]
        words += ["-CA", str(self.certificate), "-CAkey", str(self._key)]
        for extension in (
            "basicConstraints=critical,CA:FALSE",
            "subjectAltName=" + ",".join(names),
            "extendedKeyUsage=serverAuth,clientAuth",
        ):
            words += ["-addext", extension]
        run("openssl", *words)
        (place / "ca.pem").write_bytes(self.certificate.read_bytes())
        return place
