# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports, in the notation of users."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.values import ports


def test_exposed_ports_are_sorted_and_expanded():
    """TCP is the default protocol."""
    assert ports.exposed([80, "53/UDP", "8000-8001"]) == ["53/udp", "80/tcp", "8000/tcp", "8001/tcp"]
    assert ports.exposed({"80/tcp": {}}) == ["80/tcp"]
    assert ports.exposed(None) == []


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("80", {"80/tcp": [":"]}),
        (22, {"22/tcp": [":"]}),
        ("0:80", {"80/tcp": [":"]}),
        ("8080:80/udp", {"80/udp": [":8080"]}),
        ("192.0.2.1:8080:80", {"80/tcp": ["192.0.2.1:8080"]}),
        ("192.0.2.1::80", {"80/tcp": ["192.0.2.1:"]}),
        ("[2001:db8:0::1]:8080:80", {"80/tcp": ["2001:db8::1:8080"]}),
        ("8080-8081:80-81", {"80/tcp": [":8080"], "81/tcp": [":8081"]}),
        ("8080-8090:80", {"80/tcp": [":8080-8090"]}),
    ],
)
def test_published_ports_have_addresses_and_ports_of_the_host(entry, value):
    """The host port is empty if the Engine chooses it."""
    assert ports.published([entry]) == value


def test_a_container_port_may_be_published_several_times():
    """But each host port only once."""
    assert ports.published(["8081:80", "8080:80", "8080:80"]) == {"80/tcp": [":8080", ":8081"]}
    assert ports.published(["53:53", "53:53/udp"]) == {"53/tcp": [":53"], "53/udp": [":53"]}
    with pytest.raises(ValueError, match="'8080:81': another entry has the same host port 8080"):
        ports.published(["8080:80", "8080:81"])


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (True, "True is not a string such as '8080:80'"),
        (1342, "YAML reads 1342 for both 1342 and 22:22 without quotes"),
        ("0", "'0' is not a port from 1 to 65535"),
        ("65536", "'65536' is not a port from 1 to 65535"),
        ("81-80", "'81-80' is not a port from 1 to 65535"),
        ("80/icmp", "the protocol must be one of tcp, udp, sctp"),
        ("1-3:80-81", r"the ranges have different lengths \(3 and 2\)"),
        ("::1:8080:80", "an IPv6 address must be in brackets"),
        ("[::1]8080:80", r"is not of the form \[address\]:host:container"),
    ],
)
def test_invalid_ports_are_rejected(entry, why):
    """With the entry."""
    with pytest.raises(ValueError, match=why):
        ports.published([entry])
