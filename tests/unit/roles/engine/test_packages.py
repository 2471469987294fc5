# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the packages of the role engine on systems that no scenario covers."""

from __future__ import annotations

from typing import Any

import pytest
from role_variables import role_variable


def value(name: str, facts: dict[str, Any], **options: Any) -> Any:
    """A variable of the role on a host with these facts."""
    return role_variable("engine", name, facts, **options)


def system(distribution: str, version: str, release: str = "", family: str = "Debian") -> dict[str, str]:
    """The facts of a distribution."""
    return {
        "distribution": distribution,
        "distribution_version": version,
        "distribution_major_version": version.split(".")[0],
        "distribution_release": release,
        "os_family": family,
        "service_mgr": "systemd",
    }


BOOKWORM = system("Debian", "12.5", "bookworm")
TRIXIE = system("Debian", "13.1", "trixie")
JAMMY = system("Ubuntu", "22.04", "jammy")
NOBLE = system("Ubuntu", "24.04", "noble")
ROCKY = system("Rocky", "9.4", family="RedHat")
RHEL = system("RedHat", "10.0", family="RedHat")
FEDORA = system("Fedora", "43", family="RedHat")
LEAP = system("openSUSE Leap", "15.6", family="Suse")


@pytest.mark.parametrize("facts", [BOOKWORM, TRIXIE, JAMMY, NOBLE, ROCKY, RHEL, FEDORA, LEAP])
def test_supported_systems(facts: dict[str, str]) -> None:
    assert value("engine_system", facts).strip() in value("engine_systems", facts)


@pytest.mark.parametrize(
    "facts",
    [
        system("Debian", "11.9", "bullseye"),
        system("Ubuntu", "22.10", "kinetic"),
        system("Fedora", "41"),
        system("CentOS", "7.9"),
    ],
)
def test_unsupported_systems(facts: dict[str, str]) -> None:
    assert value("engine_system", facts).strip() not in value("engine_systems", facts)


@pytest.mark.parametrize(
    ("facts", "provider", "names"),
    [
        (BOOKWORM, "docker", {"docker.io"}),
        (TRIXIE, "docker", {"docker.io", "docker-cli"}),
        (JAMMY, "docker", {"docker.io"}),
        (NOBLE, "docker", {"docker.io"}),
        (BOOKWORM, "podman", {"podman", "netavark", "aardvark-dns", "catatonit"}),
        (TRIXIE, "podman", {"podman", "netavark", "aardvark-dns", "catatonit", "nftables"}),
    ],
)
def test_the_packages_of_the_distribution(facts: dict[str, str], provider: str, names: set[str]) -> None:
    packages = value("engine_packages", facts, engine_provider=provider)
    assert set(packages) == names | {"iptables", "ca-certificates", "procps"}


@pytest.mark.parametrize(
    ("facts", "url"),
    [
        (TRIXIE, "https://download.docker.com/linux/debian"),
        (NOBLE, "https://download.docker.com/linux/ubuntu"),
    ],
)
def test_the_repository_of_docker(facts: dict[str, str], url: str) -> None:
    options = {"engine_source": "docker"}
    assert {"docker-ce", "docker-ce-cli", "containerd.io"} < set(value("engine_packages", facts, **options))
    assert "docker-cli" not in value("engine_packages", facts, **options)
    repository = value("engine_repository", facts, **options)
    assert repository["url"] == url
    assert repository["suite"] == facts["distribution_release"]
    assert repository["components"] == ["stable"]
    assert not repository["key"]


@pytest.mark.parametrize(
    ("facts", "directory", "suite"),
    [
        (ROCKY, "centos", "9/$basearch/stable"),
        (RHEL, "rhel", "10/$basearch/stable"),
        (FEDORA, "fedora", "43/$basearch/stable"),
    ],
)
def test_the_repository_of_docker_for_rpm(facts: dict[str, str], directory: str, suite: str) -> None:
    options = {"engine_source": "docker"}
    wanted = {"docker-ce", "docker-ce-cli", "containerd.io", "container-selinux", "iptables-nft", "ca-certificates"}
    assert set(value("engine_packages", facts, **options)) == wanted | {"procps-ng"}
    repository = value("engine_repository", facts, **options)
    assert repository["url"] == "https://download.docker.com/linux/" + directory
    assert repository["suite"] == suite
    assert repository["fingerprint"] == "060A61C51B558A7F742B77AAC52FEB6B621E9F35"


@pytest.mark.parametrize(
    ("facts", "options", "names"),
    [
        (FEDORA, {}, ["moby-engine", "docker-cli"]),
        (ROCKY, {}, []),
        (LEAP, {}, ["docker"]),
        (LEAP, {"engine_source": "docker"}, []),
        (ROCKY, {"engine_provider": "podman"}, ["podman", "netavark", "aardvark-dns"]),
        (LEAP, {"engine_provider": "podman"}, ["podman", "netavark", "aardvark-dns", "catatonit"]),
        (BOOKWORM, {"engine_provider": "podman"}, ["podman", "netavark", "aardvark-dns", "catatonit"]),
        (JAMMY, {"engine_provider": "podman"}, []),
    ],
)
def test_the_brand_of_the_engine(facts: dict[str, str], options: dict[str, str], names: list[str]) -> None:
    assert value("engine_brand", facts, **options)["names"] == names


SOURCES = {"engine_source": "docker"}


@pytest.mark.parametrize(
    ("facts", "options", "packages"),
    [
        (BOOKWORM, SOURCES, ["docker-compose-plugin", "docker-buildx-plugin"]),
        (TRIXIE, SOURCES, ["docker-compose-plugin", "docker-buildx-plugin"]),
        (ROCKY, SOURCES, ["docker-compose-plugin", "docker-buildx-plugin"]),
        (TRIXIE, {}, ["docker-compose", "docker-buildx"]),
        (JAMMY, {}, ["docker-compose-v2", "docker-buildx"]),
        (NOBLE, {}, ["docker-compose-v2", "docker-buildx"]),
        (FEDORA, {}, ["docker-compose", "docker-buildx"]),
        (LEAP, {}, ["docker-compose", "docker-buildx"]),
    ],
)
def test_plugins_come_from_any_source(facts: dict[str, str], options: dict[str, str], packages: list[str]) -> None:
    wanted = {**options, "engine_plugins": ["compose", "buildx"]}
    assert value("engine_plugin_packages", facts, **wanted) == packages
    assert value("engine_plugins_lacking", facts, **wanted) == []
    assert set(packages) < set(value("engine_packages", facts, **wanted))
    assert not set(packages) & set(value("engine_packages", facts, **options))
    assert not set(packages) & set(value("engine_brand", facts, **wanted)["conflicts"])


@pytest.mark.parametrize("wanted", [["compose"], ["buildx"], ["compose", "buildx"]])
def test_plugins_that_debian_12_does_not_have(wanted: list[str]) -> None:
    assert value("engine_plugins_lacking", BOOKWORM, engine_plugins=wanted) == wanted
    assert value("engine_plugin_packages", BOOKWORM, engine_plugins=wanted) == []


def test_plugins_can_be_a_string() -> None:
    assert value("engine_plugin_packages", TRIXIE, engine_plugins="compose") == ["docker-compose"]


def test_plugins_that_are_removed_with_conflicting_packages() -> None:
    plan = {"here": {}, "install": [], "remove": ["docker-ce", "docker-buildx-plugin", "docker-compose-plugin"]}
    removed = value("engine_plugins_removed", TRIXIE, packages_plan=plan)
    assert sorted(removed) == ["docker-buildx-plugin", "docker-compose-plugin"]


@pytest.mark.parametrize(
    ("here", "after", "changes"),
    [
        ({"docker.io": "20.10.24+dfsg1-1"}, ("docker-ce", "5:24.0.1-1"), True),
        ({"docker-ce": "5:24.0.1-1"}, ("docker-ce", "5:24.0.2-1"), False),
        ({"docker-ce": "5:25.0.1-1"}, ("docker-ce", "5:24.0.2-1"), True),
        ({"docker-ce": "5:25.0.1-1"}, ("iptables", "1.8.9-2"), False),
        ({"moby-engine": "27.3.1-2.fc43"}, ("moby-engine", "28.3.3-1.fc43"), True),
        ({}, ("docker.io", "26.1.5+dfsg1-9"), False),
    ],
)
def test_a_different_major_version_is_detected(here: dict[str, str], after: tuple[str, str], changes: bool) -> None:
    plan = {"here": here, "install": [{"name": after[0], "from": "", "to": after[1]}], "remove": []}
    assert value("engine_major_changes", BOOKWORM, packages_plan=plan) is changes
