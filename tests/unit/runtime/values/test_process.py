# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a process is run with, as users and engines write it."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.values import process


def test_a_repeated_name_has_a_list_of_its_values():
    """Engines allow that, for example for host names."""
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
    """A string is split like in a shell."""
    assert process.argv(written) == words


def test_capabilities_have_one_form():
    """Swarm writes them with CAP_."""
    assert process.capabilities(["net_admin", "CAP_NET_ADMIN", "all"]) == ["ALL", "NET_ADMIN"]
    assert process.capabilities(None) == []


def test_the_engine_shows_the_ulimits_that_it_got():
    """Also several for one name, which only engines have."""
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
def test_a_malformed_ulimit_is_refused(written, why):
    """With the entry."""
    with pytest.raises(ValueError, match=why):
        process.ulimits([written])


def test_host_names_have_addresses():
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
def test_a_signal_has_one_name(written, name):
    """Its number is one of its spellings."""
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
def test_what_engines_reject_is_refused(check, value):
    """Before an engine is asked."""
    with pytest.raises(ValueError, match="is not|is too large"):
        check(value)
