# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter podman_settings."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.slipway.docker.plugins.filter.podman_settings import FilterModule

podman_settings = FilterModule().filters()["podman_settings"]


@pytest.mark.parametrize(
    ("config", "containers"),
    [
        ({}, {}),
        ({"dns": ["192.0.2.53"], "dns-opts": ["ndots:1"]}, {"dns_servers": ["192.0.2.53"], "dns_options": ["ndots:1"]}),
        ({"dns-search": ["example.org"], "init": True}, {"dns_searches": ["example.org"], "init": True}),
        (
            {"log-driver": "json-file", "log-opts": {"max-size": "10m"}},
            {"log_driver": "k8s-file", "log_size_max": 10485760},
        ),
        ({"log-driver": "journald", "log-opts": {}}, {"log_driver": "journald"}),
        ({"default-shm-size": "64MiB"}, {"shm_size": "67108864"}),
        ({"default-shm-size": 4096}, {"shm_size": "4096"}),
        (
            {"default-ulimits": {"nofile": {"Hard": 64, "Soft": 64}, "core": {"Hard": 0}}},
            {"default_ulimits": ["nofile=64:64", "core=0:0"]},
        ),
    ],
)
def test_settings_of_containers(config: dict[str, Any], containers: dict[str, Any]) -> None:
    made = podman_settings(config)
    assert tomllib.loads(made["containers"]).get("containers", {}) == containers
    assert (made["registries"], made["problems"]) == ("", [])


def test_settings_in_other_sections() -> None:
    config = {
        "default-address-pools": [{"base": "10.1.0.0/16", "size": 24}],
        "max-concurrent-downloads": 2,
        "init": True,
    }
    assert tomllib.loads(podman_settings(config)["containers"]) == {
        "containers": {"init": True},
        "engine": {"image_parallel_copies": 2},
        "network": {"default_subnet_pools": [{"base": "10.1.0.0/16", "size": 24}]},
    }


def test_registries() -> None:
    config = {
        "insecure-registries": ["one.example.org:5000"],
        "registry-mirrors": ["https://two.example.org", "http://127.0.0.1:5001/"],
    }
    assert tomllib.loads(podman_settings(config)["registries"])["registry"] == [
        {"location": "one.example.org:5000", "insecure": True},
        {
            "location": "docker.io",
            "mirror": [{"location": "two.example.org"}, {"location": "127.0.0.1:5001", "insecure": True}],
        },
    ]


def test_a_proxy_is_not_passed_to_containers() -> None:
    assert tomllib.loads(podman_settings({}, True)["containers"]) == {"containers": {"http_proxy": False}}


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"icc": False}, "icc has no counterpart in Podman"),
        (
            {"default-ulimits": {"nofile": {"Hard": 64, "Soft": 32}}},
            "default-ulimits must have equal Soft and Hard limits with Podman, which swaps them: nofile",
        ),
        (
            {"log-driver": "syslog"},
            "log-driver must be one of journald, json-file, k8s-file, none with Podman, not syslog",
        ),
        (
            {"log-opts": {"max-size": "1m", "max-file": "3"}},
            "log-opts contains max-file, but Podman supports only max-size",
        ),
        (
            {"log-opts": {"max-size": "1.5m"}},
            "max-size is 1.5m, but Podman supports only integers with an optional k, m or g",
        ),
        (
            {"insecure-registries": ["192.0.2.0/24"]},
            "insecure-registries contains 192.0.2.0/24, but Podman supports only hosts",
        ),
    ],
)
def test_unsupported_settings_are_problems(config: dict[str, Any], says: str) -> None:
    assert podman_settings(config)["problems"] == [says]


def test_other_types_than_a_dictionary_are_rejected() -> None:
    with pytest.raises(AnsibleFilterError, match="needs a dictionary"):
        podman_settings(["init"])
