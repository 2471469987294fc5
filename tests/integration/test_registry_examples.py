# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the modules for registries, from their documentation, run against real registries."""

from __future__ import annotations

import sys

import pytest
import yaml
from harness import oci, playbook
from harness.playbook import examples, run_playbook

# Examples that need Docker Hub, Podman, a mirror, or a registry with client certificates (tested in registry/).
ELSEWHERE = {
    "Log in to Docker Hub as another user of the host",
    "Set the client certificate for a registry that requires one",
    "Pull images of a registry from a local mirror",
    "Make Podman trust a registry and log in to it",
}


@pytest.fixture
def world(engine, registry, other_registry, tmp_path, monkeypatch):
    """The objects of the examples, and replacements for names in them."""
    for one in (registry, other_registry):
        one.admit(engine)
    monkeypatch.setenv("DOCKER_CONFIG", str(engine.root / "client"))
    monkeypatch.setattr(playbook, "PYTHON", sys.executable)  # of a controller, with requests
    platforms = ("linux/amd64", "linux/arm64", "linux/arm/v7")
    many = oci.index({platform: oci.image("alpine", platform) for platform in platforms})
    app, tested = oci.image("app"), oci.image("tested")
    oci.push(other_registry, "library/alpine", many, "3.22")
    oci.push(other_registry, "example/app", app, "2.1")
    oci.push(other_registry, "example/app", oci.attached("signed", app))
    oci.push(registry, "build/app", tested, "tested")
    for number in range(10, 22):
        made = oci.image("app %d" % number, created="2020-01-%dT00:00:00Z" % number)
        oci.push(registry, "team/app", made, "1.%d" % number)
    oci.push(registry, "team/app", oci.image("release"), "v1.0")
    oci.push(registry, "team/app", oci.image("broken"), "broken")
    oci.write_tar(tmp_path / "app-1.4.tar", oci.layout({"1.4": oci.image("app 4")}))
    (tmp_path / "files").mkdir()
    for name in ("ca.pem", "old-ca.pem", "new-ca.pem"):
        (tmp_path / "files" / name).write_text(registry.authority.read_text())
    variables = {"vault_registry_password": registry.password, "tested_digest": tested.digest, "running_images": []}
    names = {
        "registry.example.com:5000": registry.host,
        "ghcr.io/example": other_registry.host + "/example",
        "name: alpine:": "name: %s/library/alpine:" % other_registry.host,
        "/media/transfer": str(tmp_path),
        "/etc/ssl/private-ca.pem": str(registry.authority),
    }
    names.update(
        dict.fromkeys(("username: pusher", "username: deploy", "username: reader"), "username: " + registry.username)
    )
    return variables, names


def test_the_examples_run(engine, registry, authority, world, tmp_path):
    """In check mode, which changes nothing, and without. A second run changes nothing."""
    variables, names = world
    tasks = [task for noun in ("registry", "registry_image", "registry_info") for task in examples(noun)]
    assert {task["name"] for task in tasks} >= ELSEWHERE, "an example has another name now"
    text = yaml.safe_dump([task for task in tasks if task["name"] not in ELSEWHERE], width=1000)
    for name, ours in names.items():
        text = text.replace(name, ours)
    trusted = {"ca_path": str(authority.certificate)}
    defaults = {
        "slipway.docker.registry": {"certs_dir": str(engine.root / "etc-docker" / "certs.d")},
        "slipway.docker.registry_image": trusted,
        "slipway.docker.registry_info": trusted,
    }
    tasks = yaml.safe_load(text)
    for task in tasks:
        source = task.get("slipway.docker.registry_image", {}).get("source", {})
        if "name" in source:
            source["ca_path"] = str(authority.certificate)
    # The credentials are removed last, because the others need them.
    tasks.sort(key=lambda task: task["name"].startswith("Remove the certificates"))
    play = {"hosts": "localhost", "gather_facts": False, "vars": variables, "module_defaults": defaults, "tasks": tasks}
    before = oci.tags(registry, "team/app")
    for arguments in (["--check", "--diff"], []):
        changed, failures, printed = run_playbook(engine, tmp_path, [play], *arguments)
        assert not failures, printed
        assert changed > 4, printed
        if arguments:
            assert oci.tags(registry, "team/app") == before
    assert oci.tags(registry, "team/app") == [*("1.%d" % number for number in range(15, 22)), "1.4", "v1.0"]
    assert oci.tags(registry, "release/app") == ["stable"]
