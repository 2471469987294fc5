# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server without an engine, and a host with volumes on that server, on a disk and of a plugin."""

from __future__ import annotations

import json

import pytest

DISK = "/srv/disk"


@pytest.fixture
def alone(host):
    """Whether this is a single machine without NFS and devices."""
    return host.run("ip -4 -o addr show | grep -q '10[.]77[.]0[.]'").rc != 0


@pytest.fixture
def serves(host, alone):
    """Whether this machine is the server."""
    return not alone and host.backend.get_hostname() == "n1"


@pytest.fixture
def uses(serves):
    """Whether this machine has the volumes."""
    return not serves


def inside(host, command):
    """The output of a shell in the container."""
    return host.check_output("docker exec user /bin/busybox sh -c %s", command)


def test_the_server_has_no_engine(host, serves):
    """And supports only NFS 4."""
    if serves:
        assert not host.exists("dockerd")
        assert host.file("/etc/exports.d/slipway.exports").content_string == (
            "/srv/shared 10.77.0.0/24(rw,sync,no_subtree_check,no_root_squash)\n"
        )
        versions = host.file("/proc/fs/nfsd/versions").content_string.split()
        assert "-3" in versions
        assert "+4.2" in versions


def test_data_is_kept_after_the_storage_was_removed(host, serves, alone):
    """On the disk of the server, and in the volumes that were created again."""
    if serves or alone:
        assert host.file("/var/lib/bricks/spread/spread/kept").content_string == "kept\n"
    if serves:
        assert host.file("/srv/shared/kept").content_string == "kept\n"
        return
    for place in ["/disk", "/plugged", "/spread", *([] if alone else ["/data"])]:
        assert inside(host, "cat %s/kept" % place) == "kept"


def test_files_of_the_image_are_not_copied_to_the_server(host, serves):
    """The container uses the volume with nocopy."""
    if serves:
        assert sorted(host.file("/srv/shared").listdir()) == ["kept"]


def test_volumes_are_mounted_as_declared(host, uses, alone):
    """According to the engine and the kernel."""
    if uses:
        options = "docker volume inspect -f '{{json .Options}}' %s"
        assert json.loads(host.check_output(options, "disk")) == {"type": "none", "o": "bind", "device": DISK + "/disk"}
        assert host.check_output("docker volume inspect -f '{{.Driver}}' plugged") == "plugged"
        here = host.check_output("stat -c %d /srv/disk/disk")
        assert inside(host, "stat -c %d /disk") == here
        assert here != host.check_output("stat -c %d /srv")
        assert host.file(DISK + "/disk").mode == 0o750
        assert " /spread fuse.glusterfs " in inside(host, "grep ' /spread ' /proc/mounts")
        assert host.file("/srv/gluster/spread").mode == 0o750
        if not alone:
            table = inside(host, "grep ' /data ' /proc/mounts")
            assert table.startswith(":/srv/shared /data nfs4 ")
            assert "addr=10.77.0.11" in table


def test_mounts_and_plugins_start_before_the_engine(host, uses, alone):
    """Also at the next boot."""
    if uses:
        for unit in ("srv-disk.mount", "srv-gluster.mount", "slipway-plugin-plugged.service"):
            assert unit in host.check_output("systemctl show -P After docker.service")
            assert host.check_output("systemctl is-enabled %s", unit) == "enabled"
        assert "network-online.target" in host.check_output("systemctl show -P After srv-gluster.mount")
        if not alone:
            what = host.check_output("systemctl show -P FragmentPath srv-disk.mount | xargs grep ^What=")
            assert what.startswith("What=/dev/disk/by-uuid/")


def test_the_engine_finds_the_plugin(host, uses):
    """By its spec file, because its socket is elsewhere."""
    if uses:
        assert host.file("/etc/docker/plugins/plugged.spec").content_string == "unix:///run/plugged.sock\n"


def test_the_managed_plugin_is_the_declared_one(host, uses):
    """With its settings, and enabled."""
    if uses:
        shown = json.loads(host.check_output("docker plugin inspect managed"))[0]
        assert shown["Enabled"] is True
        assert "DEBUG=1" in shown["Settings"]["Env"]
        assert shown["PluginReference"].startswith("localhost:5077/managed")


def test_no_unit_has_failed(host):
    """According to systemd."""
    assert host.check_output("systemctl list-units --failed --no-legend --plain") == ""
