# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every spelling of an address that Docker takes, and a sentence for every other."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.address import Address, parse
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "text, address, shown",
    [
        ("unix:///run/d.sock", Address("unix", "/run/d.sock"), "unix:///run/d.sock"),
        ("unix://run/d.sock", Address("unix", "/run/d.sock"), "unix:///run/d.sock"),
        ("unix://", Address("unix", "/var/run/docker.sock"), "unix:///var/run/docker.sock"),
        ("UNIX:///run/d.sock", Address("unix", "/run/d.sock"), "unix:///run/d.sock"),
        ("/run/d#1?.sock", Address("unix", "/run/d#1?.sock"), "unix:///run/d#1?.sock"),
        (" unix:///run/d.sock\n", Address("unix", "/run/d.sock"), "unix:///run/d.sock"),
        ("tcp://h:1", Address("tcp", host="h", port=1), "tcp://h:1"),
        ("tcp://h", Address("tcp", host="h"), "tcp://h"),
        ("tcp://:2375", Address("tcp", host="localhost", port=2375), "tcp://localhost:2375"),
        ("tcp://", Address("tcp", host="localhost"), "tcp://localhost"),
        ("h:2375", Address("tcp", host="h", port=2375), "tcp://h:2375"),
        ("[::1]:2375", Address("tcp", host="::1", port=2375), "tcp://[::1]:2375"),
        ("tcp://[fe80::1%eth0]", Address("tcp", host="fe80::1%eth0"), "tcp://[fe80::1%eth0]"),
        ("tcp://h:1/", Address("tcp", host="h", port=1), "tcp://h:1"),
        ("tcp://h:1/pre/fix/", Address("tcp", "/pre/fix", "h", 1), "tcp://h:1/pre/fix"),
        ("http://h", Address("tcp", host="h", port=80, secure=False), "tcp://h:80"),
        ("https://h", Address("tcp", host="h", port=443, secure=True), "tcp://h:443"),
        ("https://h:9", Address("tcp", host="h", port=9, secure=True), "tcp://h:9"),
        ("ssh://h", Address("ssh", host="h"), "ssh://h"),
        ("ssh://Me@Host:22", Address("ssh", host="Host", port=22, user="Me"), "ssh://Me@Host:22"),
        ("ssh://a@b@h", Address("ssh", host="h", user="a@b"), "ssh://a@b@h"),
        (
            "ssh://me@[::1]:22/run/d.sock",
            Address("ssh", "/run/d.sock", "::1", 22, "me"),
            "ssh://me@[::1]:22/run/d.sock",
        ),
    ],
)
def test_spellings(text, address, shown):
    """Each means one address, which has one way to be shown."""
    assert parse(text) == address
    assert str(address) == shown


@pytest.mark.parametrize(
    "text, reason",
    [
        ("", "is not an address"),
        ("  ", "is not an address"),
        ("unix:///a b", "is not an address"),
        ("unix:///a\0b", "is not an address"),
        ("docker", "'docker' is not an address of an engine"),
        ("unix:/var/run/docker.sock", "is not an address of an engine"),
        ("ftp://h", "is not an address of an engine"),
        ("npipe:////./pipe/docker_engine", "npipe:// is for Windows, and engines on Windows are not supported"),
        ("fd://", "fd:// is a socket that systemd passes to a daemon, and clients cannot use it"),
        ("tcp://::1:2375", "an IPv6 address must be in brackets"),
        ("tcp://[::1]2375x", "an IPv6 address must be in brackets"),
        ("tcp://h:0", "'0' is not a port"),
        ("tcp://h:65536", "'65536' is not a port"),
        ("tcp://h:http", "'http' is not a port"),
        ("tcp://me@h", "only ssh:// can have a user"),
        ("tcp://h/?a=b", "no query"),
        ("https://h#x", "no query and no fragment"),
        ("ssh://", "ssh:// needs a host"),
        ("ssh://@h", "ssh:// needs a host, and a user"),
        ("ssh://me@", "ssh:// needs a host"),
        ("ssh://-oProxyCommand=x", "hosts and users cannot begin with a dash"),
        ("ssh://-l@h", "hosts and users cannot begin with a dash"),
        (
            "ssh://me:secret@h",
            "a password cannot be used, because ssh gets a key from its agent or its configuration",
        ),
    ],
)
def test_refusals(text, reason):
    """The message names the option, the cause and the way to write it; a password is never repeated."""
    with pytest.raises(
        InputError,
        match="^docker_host: .*%s.*Use an address such as unix:///var/run/docker.sock, tcp://HOST:2376 or ssh://USER@HOST"
        % reason,
    ) as caught:
        parse(text)
    assert "secret" not in str(caught.value)


def test_the_origin_is_named():
    """Whoever set DOCKER_HOST did not set an option."""
    with pytest.raises(InputError, match="^DOCKER_HOST: "):
        parse("?", "DOCKER_HOST")


@given(st.text() | st.from_regex(r"(unix|tcp|https?|ssh)://[a-z@:/\[\]0-9?#-]*", fullmatch=True))
def test_nothing_breaks_the_parser(text):
    """Anything is an address or an InputError, and what is shown means the same."""
    try:
        address = parse(text)
    except InputError:
        return
    if address.secure is None:
        assert parse(str(address)) == address


@pytest.mark.parametrize(
    "text", ["ssh://[", "ssh://[[", "tcp://[::1", "tcp://[::1]2376", "tcp://a]:2376", "ssh://[a[]"]
)
def test_brackets_come_in_pairs(text):
    """Around the whole host, or nowhere."""
    with pytest.raises(InputError, match=r"docker_host: .*\["):
        parse(text)


@pytest.mark.parametrize(
    "port", ["9" * 5000, "65536", "0", "-1", "\N{ARABIC-INDIC DIGIT THREE}", "2\N{SUPERSCRIPT TWO}"]
)
def test_odd_ports(port):
    """Are refused with a sentence."""
    with pytest.raises(InputError, match="is not a port") as told:
        parse("tcp://h:%s" % port)
    assert port == "-1" or len(str(told.value)) < 10_000


@pytest.mark.parametrize("path", ["/a\0b", "/a\ud800b", "unix:///a\0b"])
def test_odd_paths(path):
    """Cannot be the path of a socket."""
    with pytest.raises(InputError):
        parse(path)


@pytest.mark.parametrize(
    "written", ["ftp://u:PW@h", "u:PW@h", "tcp://u:P W@h", "tcp://u:PW@h:x", "ssh://u:PW@h", "x@PW@h"]
)
def test_no_message_has_a_password(written):
    """Wherever in the address it is."""
    with pytest.raises(InputError) as told:
        parse(written)
    assert "u:P" not in str(told.value)
    assert "PW@" not in str(told.value) or written == "x@PW@h"
