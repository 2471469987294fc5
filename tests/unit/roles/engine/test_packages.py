# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which packages the role engine wants on systems that no test of ours runs on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

ROLE = Path(__file__).parents[4] / "roles" / "engine"


def value(name: str, facts: dict[str, Any], **options: Any) -> Any:
    """A variable of the role on a host with these facts."""
    loader = DataLoader()
    variables: dict[str, Any] = {}
    for part in ("defaults", "vars"):
        variables.update(loader.load_from_file(str(ROLE / part / "main.yml"), trusted_as_template=True))
    return Templar(loader, {**variables, "ansible_facts": facts, **options}).template(variables[name])


def system(distribution: str, version: str, release: str) -> dict[str, str]:
    """The facts of a distribution."""
    return {
        "distribution": distribution,
        "distribution_version": version,
        "distribution_major_version": version.split(".")[0],
        "distribution_release": release,
        "service_mgr": "systemd",
    }


BOOKWORM = system("Debian", "12.5", "bookworm")
TRIXIE = system("Debian", "13.1", "trixie")
JAMMY = system("Ubuntu", "22.04", "jammy")
NOBLE = system("Ubuntu", "24.04", "noble")


@pytest.mark.parametrize("facts", [BOOKWORM, TRIXIE, JAMMY, NOBLE])
def test_it_is_admitted(facts: dict[str, str]) -> None:
    assert value("engine_system", facts).strip() in value("engine_systems", facts)


@pytest.mark.parametrize(
    "facts",
    [system("Debian", "11.9", "bullseye"), system("Ubuntu", "22.10", "kinetic"), system("Fedora", "41", "")],
)
def test_it_is_refused(facts: dict[str, str]) -> None:
    assert value("engine_system", facts).strip() not in value("engine_systems", facts)


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        (BOOKWORM, {"docker.io"}),
        (TRIXIE, {"docker.io", "docker-cli"}),
        (JAMMY, {"docker.io"}),
        (NOBLE, {"docker.io"}),
    ],
)
def test_the_packages_of_the_distribution(facts: dict[str, str], names: set[str]) -> None:
    assert set(value("engine_packages", facts)) == names | {"iptables", "ca-certificates", "procps"}


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
    ("here", "after", "changes"),
    [
        ({"docker.io": "20.10.24+dfsg1-1"}, ("docker-ce", "5:24.0.1-1"), True),
        ({"docker-ce": "5:24.0.1-1"}, ("docker-ce", "5:24.0.2-1"), False),
        ({"docker-ce": "5:25.0.1-1"}, ("docker-ce", "5:24.0.2-1"), True),
        ({"docker-ce": "5:25.0.1-1"}, ("iptables", "1.8.9-2"), False),
        ({}, ("docker.io", "26.1.5+dfsg1-9"), False),
    ],
)
def test_another_major_version_is_seen(here: dict[str, str], after: tuple[str, str], changes: bool) -> None:
    plan = {"here": here, "install": [{"name": after[0], "from": "", "to": after[1]}], "remove": []}
    assert value("engine_major_changes", BOOKWORM, packages_plan=plan) is changes
