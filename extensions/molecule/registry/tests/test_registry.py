# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry, and machines that trust it."""

from __future__ import annotations

import json

import pytest

METRICS = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:5001/metrics', timeout=30).read().decode())"
HEADERS = (
    "import http.client as h, ssl; "
    "asked = h.HTTPSConnection('{0}', timeout=30, "
    "context=ssl.create_default_context(cafile='/etc/docker/certs.d/{0}/ca.crt')); "
    "asked.request('GET', '/v2/'); print(asked.getresponse().headers)"
)


def registry(host, port=5000):
    """HOST:PORT of the trusted registry with this port."""
    return host.check_output("cd /etc/docker/certs.d && ls -d *:%s", str(port))


def serves(host):
    """Whether the registry runs on this machine."""
    return host.package("docker-registry").is_installed


@pytest.mark.parametrize("port", [5000, 5002])
def test_an_image_is_pushed_and_pulled(host, port):
    """By a logged-in user, also one with a hash. The registry is not an insecure one for the engine."""
    name = "%s/tested/%s:1" % (registry(host, port), host.backend.get_hostname() or "n1")
    host.check_output(
        "set -e; cd $(mktemp -d); cp /bin/busybox .; tar -c busybox | docker import - %s >/dev/null; "
        "docker push %s; docker image rm %s; docker run --rm %s /busybox echo it runs",
        *[name] * 4,
    )
    address = registry(host).partition(":")[0]
    assert address not in host.check_output("docker info --format '{{json .RegistryConfig.InsecureRegistryCIDRs}}'")


def test_users_are_the_last_declared_ones(host):
    """A removed user is rejected and a new one accepted, without a restart."""
    login = "docker --config $(mktemp -d) login --username %s --password '%s' " + registry(host)
    assert host.run(login % ("carol", "silent night")).rc == 0
    assert host.run(login % ("alice", "correct horse")).rc != 0


def test_metrics_are_only_available_locally(host):
    """In the format of Prometheus."""
    if not serves(host):
        assert not host.socket("tcp://127.0.0.1:5001").is_listening
        return
    assert host.socket("tcp://127.0.0.1:5001").is_listening
    assert "registry_http_requests_total" in host.check_output("python3 -c %s", METRICS)


def test_the_registry_sends_its_headers(host):
    """Also without authentication, over TLS with the CA certificate."""
    headers = host.check_output("python3 -c %s", HEADERS.format(registry(host)))
    assert "X-Frame-Options: DENY" in headers
    assert "X-Content-Type-Options: nosniff" in headers


def test_a_given_hash_is_stored_unchanged(host):
    """In a file that only the registry can read."""
    if serves(host):
        kept = host.file("/etc/docker/registry/htpasswd")
        assert kept.mode == 0o600
        assert kept.user == "docker-registry"
        assert "bob:$2b$04$XOEXL3w.hdO32tu9D40TPea8AD2XU0XjVzvOzltpJw1LEr2Ytb8V6\n" in kept.content_string
        assert "silent night" not in kept.content_string


def test_the_privileges_of_a_registry_from_an_image(host):
    """It runs as the same user, without capabilities, and can write only the images."""
    if not serves(host):
        return
    (seen,) = json.loads(host.check_output("docker inspect docker-registry-second"))
    user = host.user("docker-registry")
    assert seen["Config"]["User"] == "%d:%d" % (user.uid, user.gid)
    status = host.file("/proc/%d/status" % seen["State"]["Pid"]).content_string
    assert "\nUid:\t%d\t%d\t%d\t%d\n" % ((user.uid,) * 4) in status
    assert "\nCapEff:\t0000000000000000\n" in status
    assert "\nNoNewPrivs:\t1\n" in status
    assert seen["HostConfig"]["ReadonlyRootfs"]
    assert [mount["Destination"] for mount in seen["Mounts"] if mount["RW"]] == ["/var/lib/docker-registry-second"]
    assert "docker-registry-second" in host.check_output("docker ps --format '{{.Names}}'")
    assert host.file("/var/lib/docker-registry-second/docker").user == "docker-registry"
