# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site on each of its machines."""

from __future__ import annotations

import json


def inspect(host, name):
    """A container as the engine shows it."""
    return json.loads(host.check_output("docker container inspect %s" % name))[0]


def test_the_page_is_served(host):
    """By the web container, which has connected to the other container by name, and that one has used its volume."""
    ask = 'import urllib.request as u; print(u.urlopen("http://%s/", timeout=60).read().decode())'
    page = host.check_output("python3 -c '%s'" % (ask % host.check_output("docker port site-web 8080")))
    assert "Served by web." in page
    assert "This volume was filled from the image." in page


def test_the_containers_run_the_image_of_the_registry(host):
    """By digest, the same image on all machines."""
    for name in ("site-web", "site-backend"):
        found = inspect(host, name)
        assert found["State"]["Health"]["Status"] == "healthy"
        assert found["Config"]["Image"].startswith("10.77.0.11:5000/webapp@sha256:")


def test_the_registry_is_trusted_without_being_insecure(host):
    """With its CA certificate. It is not an insecure registry for the engine."""
    assert host.file("/etc/docker/certs.d/10.77.0.11:5000/ca.crt").exists
    assert "10.77" not in host.check_output("docker info --format '{{json .RegistryConfig}}'")


def test_only_root_can_read_the_login(host):
    """In the client's configuration."""
    kept = host.file("/root/.docker/config.json")
    assert kept.mode == 0o600
    assert "10.77.0.11:5000" in json.loads(kept.content_string)["auths"]


def test_the_services_are_enabled(host):
    """The registry only on the first machine."""
    names = ["docker", "docker-registry"] if host.backend.get_hostname() == "n1" else ["docker"]
    for name in names:
        assert host.service(name).is_enabled
        assert host.service(name).is_running
    assert host.package("docker-registry").is_installed is ("docker-registry" in names)
    assert host.check_output("systemctl list-units --failed --no-legend --plain") == ""
