# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Podman after all changes of the scenario."""

from __future__ import annotations

import json

CONNECT = "import socket; socket.socket(socket.AF_UNIX).connect('/run/docker.sock')"


def asked(host, path, user="root"):
    """The answer of the engine on Docker's socket."""
    program = (
        "import http.client, socket, sys; c = http.client.HTTPConnection('d'); "
        "c.sock = socket.socket(socket.AF_UNIX); c.sock.connect('/var/run/docker.sock'); "
        "c.request('GET', sys.argv[1]); print(c.getresponse().read().decode())"
    )
    return host.check_output("runuser -u %s -- python3 -c %s %s", user, program, path)


def test_podman_is_running_and_enabled(host):
    """With systemd, without failed units, for all users with access."""
    assert host.service("podman.socket").is_running
    assert host.service("podman.socket").is_enabled
    assert host.service("podman-restart").is_enabled
    assert host.check_output("systemctl list-units --failed --no-legend --plain") == ""
    assert asked(host, "/_ping", "alice") == "OK"
    assert json.loads(asked(host, "/version"))["Components"][0]["Name"] == "Podman Engine"


def test_only_root_and_the_group_have_access(host):
    """To one socket with two names."""
    socket = host.file("/run/docker.sock")
    assert (socket.user, socket.group, socket.mode) == ("root", "docker", 0o660)
    assert host.file("/run/podman/podman.sock").linked_to == "/run/docker.sock"
    assert host.run("runuser -u nobody -- python3 -c %s", CONNECT).rc != 0


def test_containers_are_as_the_configuration_says(host):
    """Limits, logs and networks. The proxy is not passed to them."""
    shown = json.loads(asked(host, "/containers/one/json"))
    assert shown["State"]["Running"]
    assert shown["HostConfig"]["LogConfig"]["Type"] in ("k8s-file", "json-file")
    assert {"Name": "RLIMIT_NOFILE", "Soft": 1024, "Hard": 1024} in shown["HostConfig"]["Ulimits"]
    assert "secret" not in json.dumps(shown)
    networks = json.loads(asked(host, "/networks"))
    assert next(one for one in networks if one["Name"] == "tested")["IPAM"]["Config"][0]["Subnet"].startswith("10.78.")


def test_containers_resolve_each_other_by_name(host):
    """On a common network."""
    assert "10.78." in host.check_output("podman exec one /busybox nslookup two")


def test_only_root_can_read_the_password_of_the_proxy(host):
    """systemd does not show it either."""
    assert host.file("/etc/docker/proxy.env").mode == 0o600
    assert "secret" not in host.check_output("systemctl show podman.service")
