# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of processes, in the notations of users and engines."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.values import process


def test_a_repeated_name_has_a_list_of_values():
    """Engines allow this, for example for host names."""
    entries = [("b", 1), ("a", 2), ("b", 3), ("b", 4)]
    assert process.gathered(entries) == {"a": 2, "b": [1, 3, 4]}
    assert process.spread(process.gathered(entries)) == [("a", 2), ("b", 1), ("b", 3), ("b", 4)]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("sh -c 'a b'", ["sh", "-c", "a b"]),
        (["sleep", 5], ["sleep", "5"]),
        ([""], []),
        (None, []),
    ],
)
def test_a_command_is_a_list_of_words(written, words):
    """A string is split as in a shell."""
    assert process.argv(written) == words


def test_capabilities_have_one_canonical_form():
    """Swarm writes them with CAP_."""
    assert process.capabilities(["net_admin", "CAP_NET_ADMIN", "all"]) == ["ALL", "NET_ADMIN"]
    assert process.capabilities(None) == []


def test_observed_ulimits_equal_the_requested_ones():
    """Only engines can have several with one name."""
    value = process.ulimits(["nofile:100:200", "core=-1"])
    assert value == {"nofile": "100:200", "core": "-1:-1"}
    raw = process.encode_ulimits(value)
    assert raw == [{"Name": "core", "Soft": -1, "Hard": -1}, {"Name": "nofile", "Soft": 100, "Hard": 200}]
    assert process.decode_ulimits(raw) == value
    assert process.decode_ulimits(None) == {}
    assert process.decode_ulimits([raw[0], {"Name": "core", "Hard": 1}]) == {"core": ["-1:-1", "0:1"]}


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("nofile", "is not of the form name:soft:hard"),
        ("nofile:2:1", "the soft limit is above the hard one"),
        ("nofile:-1:1", "the soft limit is above the hard one"),
    ],
)
def test_malformed_ulimits_are_rejected(written, why):
    """With the entry."""
    with pytest.raises(ValueError, match=why):
        process.ulimits([written])


def test_addresses_of_host_names():
    """In their shortest spelling."""
    assert process.hosts({"db": "2001:db8:0::1", "up": "host-gateway"}) == {"db": "2001:db8::1", "up": "host-gateway"}
    with pytest.raises(ValueError, match="db: 'other' is not an IP address, and not host-gateway"):
        process.hosts({"db": "other"})


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("", ""),
        ("term", "SIGTERM"),
        ("SIGTERM", "SIGTERM"),
        ("15", "SIGTERM"),
        ("RTMIN+3", "SIGRTMIN+3"),
        ("37", "SIGRTMIN+3"),
        ("SIGRTMAX-2", "SIGRTMAX-2"),
        ("64", "SIGRTMAX"),
        ("bogus", "bogus"),
    ],
)
def test_signals_have_one_canonical_name(written, name):
    """Numbers are converted to names."""
    assert process.signal(written) == name


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (process.check_user, "-1"),
        (process.check_user, "0:2147483648"),
        (process.check_working_dir, "srv"),
        (process.check_capabilities, ["FLY"]),
        (process.check_ulimits, {"files": "1:1"}),
        (process.check_ulimits, {"nofile": "1:9223372036854775808"}),
        (process.check_signal, "bogus"),
    ],
)
def test_values_that_engines_reject_are_rejected(check, value):
    """Before the engine is queried."""
    with pytest.raises(ValueError, match="is not|is too large"):
        check(value)
