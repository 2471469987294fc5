# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine of an engine that is to trust a registry."""

from __future__ import annotations

import json
import stat
import subprocess

import pytest
from harness.driver import Modules, run_module
from harness.image import BASE


class Inside(Modules):
    """Runs modules in the engine's namespaces, where /etc/docker belongs to the engine."""

    environ: dict[str, str]

    def __call__(self, name, /, check=False, diff=True, **params):
        """Run a module with these options."""
        params = {"docker_host": self.engine.host, **params}
        return run_module(name, params, check=check, diff=diff, inside=self.engine, environ=self.environ)


class Host:
    """The files of the engine's machine."""

    def __init__(self, engine, registry, place):
        self.engine = engine
        self.trusted = self.certificates(registry.host) / "ca.crt"
        self.config = place / "docker" / "config.json"

    def certificates(self, registry):
        """The directory with the engine's certificates for a registry (HOST:PORT)."""
        return self.engine.root / "etc-docker" / "certs.d" / registry

    def auths(self):
        """The logins in config.json."""
        return json.loads(self.config.read_text())["auths"]

    def docker(self, *arguments):
        """Run the docker command with this configuration. Returns the error, empty for success."""
        words = ["docker", "--config", str(self.config.parent), "--host", self.engine.host, *arguments]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        return done.stderr.strip() or "failed" if done.returncode else ""

    @staticmethod
    def mode(path):
        """The permissions of a file or directory."""
        return stat.S_IMODE(path.stat().st_mode)

    def push(self, registry, name):
        """Push an image with the docker command and this configuration. Returns whether it succeeds."""
        self.engine.docker("tag", BASE, "%s/%s" % (registry.host, name))
        return not self.docker("push", "%s/%s" % (registry.host, name))


@pytest.fixture
def host(engine, registry, tmp_path):
    """A machine that does not trust the registry yet."""
    host = Host(engine, registry, tmp_path)
    host.trusted.unlink(missing_ok=True)
    if host.trusted.parent.exists():
        host.trusted.parent.rmdir()
    return host


@pytest.fixture
def module(engine, host):
    """Runs modules on that machine."""
    module = Inside(engine)
    module.environ = {"DOCKER_CONFIG": str(host.config.parent)}
    return module


@pytest.fixture
def params(registry):
    """The options for trust and login."""
    return {
        "registry": registry.host,
        "registry_ca": registry.authority.read_text(),
        "username": registry.username,
        "password": registry.password,
    }
