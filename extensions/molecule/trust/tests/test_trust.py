# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Docker and Podman use the files that the role has written."""

from __future__ import annotations


def registry(host):
    """HOST:PORT of the trusted registry."""
    return host.check_output("ls /etc/docker/certs.d")


def test_podman_pulls_an_image_that_docker_has_pushed(host):
    """Each with its own trust and login."""
    name = "%s/tested/%s:1" % (registry(host), host.backend.get_hostname() or "n1")
    host.check_output(
        "set -e; cd $(mktemp -d); cp /bin/busybox .; tar -c busybox | docker import - %s >/dev/null; docker push %s",
        name,
        name,
    )
    # Without Docker's files, which Podman would also read.
    hidden = "mv /root/.docker /root/hidden; mv /etc/docker/certs.d /etc/docker/hidden; "
    shown = "; code=$?; mv /root/hidden /root/.docker; mv /etc/docker/hidden /etc/docker/certs.d; exit $code"
    assert host.run(hidden + "podman login --get-login " + registry(host) + shown).stdout.strip() == "alice"
    storage = "podman --root $(mktemp -d) --runroot $(mktemp -d) --storage-driver vfs "
    pulled = host.run(hidden + storage + "pull " + name + shown)
    assert pulled.rc == 0, pulled.stderr


def test_podmans_files(host):
    """The same as Docker's. Only root can read the password."""
    trusted = host.file("/etc/containers/certs.d/%s/ca.crt" % registry(host))
    assert trusted.mode == 0o644
    assert trusted.content == host.file("/etc/docker/certs.d/%s/ca.crt" % registry(host)).content
    assert host.file("/root/.config/containers/auth.json").mode == 0o600


def test_removed_registries(host):
    """Nothing of them is left, and no mirrors if none are declared."""
    for place in ("docker", "containers"):
        assert host.check_output("ls /etc/%s/certs.d", place) == registry(host)
        assert host.check_output("ls /etc/%s/certs.d/%s", place, registry(host)) == "ca.crt"
