# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pure parts of the registry client: uploads, pages, errors and access."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    InputError,
    RegistryDenied,
    RegistryError,
    RegistryMissing,
    RegistryUnsupported,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.access import (
    Access,
    access_of,
    is_loopback,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.client import _NEXT
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.http import origin, retry_after, shown
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.refusals import refusal
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.uploads import read_range, regroup
from hypothesis import given
from hypothesis import strategies as st

OWN = {"username": None, "password": None, "ca_path": None, "client_cert": None, "client_key": None}
OWN |= {"validate_certs": None}
SHARED = {"timeout": 60, "config_path": None, "certs_dir": "/nonexistent"}


@given(st.lists(st.binary(max_size=40)), st.integers(min_value=1, max_value=50))
def test_chunks_contain_the_same_bytes(blocks, size):
    """All but the last have the requested size."""
    chunks = list(regroup(blocks, size))
    assert b"".join(chunks) == b"".join(blocks)
    assert all(len(chunk) == size for chunk in chunks[:-1])
    assert all(chunks)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("0-1023", (0, 1023)), ("bytes=0-5", (0, 5)), ("0-0", (0, 0)), ("", (0, 0)), ("x", (0, 0)), ("5-", (0, 0))],
)
def test_ranges_are_parsed(text, numbers):
    """As registries send them."""
    assert read_range(text) == numbers


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        ("7", 7),
        ("Fri, 02 Jan 2026 03:04:15 GMT", 10),
        ("Fri, 02 Jan 2026 03:00:00 GMT", 0),
        ("soon", 0),
        ("-1", 0),
    ],
)
def test_retry_after_is_parsed(text, seconds):
    """Seconds, or a date."""
    assert retry_after(text, 1767323045) == seconds


@pytest.mark.parametrize(
    ("header", "url"),
    [
        ('</v2/_catalog?last=a&n=1>; rel="next"', "/v2/_catalog?last=a&n=1"),
        ('<https://r/x>; rel="prev", </y>; rel="next"', "/y"),
        ("</v2/a>; rel=next", "/v2/a"),
        ('</v2/a>; rel="last"', None),
        ("", None),
    ],
)
def test_the_link_to_the_next_page_is_parsed(header, url):
    """From the header Link."""
    match = _NEXT.search(header)
    assert (match.group(1) if match else None) == url


def test_urls_are_shown_without_secrets():
    """The query may contain a signature, and the user part a password."""
    assert shown("https://user:secret@r:5000/v2/a?sig=secret#x") == "https://r:5000/v2/a"
    assert origin("https://r/v2/") == origin("https://u@r:443/other")
    assert origin("https://r/") != origin("http://r/")
    assert origin("https://r/") != origin("https://r:5000/")


class Said:
    """An answer."""

    def __init__(self, status, body=b"", **headers):
        self.status, self.body, self.headers = status, body, headers

    def read(self, limit):
        """The body."""
        return self.body


@pytest.mark.parametrize(
    ("answer", "secret", "kind", "words"),
    [
        (Said(401), False, RegistryDenied, "UNAUTHORIZED (401). Set username and password"),
        (Said(401), True, RegistryDenied, "UNAUTHORIZED (401). Check username and password"),
        (
            Said(403),
            True,
            RegistryDenied,
            "DENIED (403). This account is not allowed to do that. Change its permissions, or use another account",
        ),
        (
            Said(405),
            True,
            RegistryUnsupported,
            "UNSUPPORTED (405). The registry is read-only, is a mirror, or has deletion disabled",
        ),
        (
            Said(404, b'{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry"}]}'),
            True,
            RegistryMissing,
            (
                "NAME_UNKNOWN (404): repository name not known to registry. The repository does not "
                "exist, or this account has no access to it. Check its name"
            ),
        ),
        (Said(404, b"<html>"), True, RegistryMissing, "says (404)."),
        (Said(429), False, RegistryError, "TOOMANYREQUESTS (429). Wait, log in"),
        (Said(429, **{"Retry-After": "3600"}), False, RegistryError, "Wait for 3600 seconds,"),
        (
            Said(503, b'{"error": "down", "details": "for repair"}'),
            True,
            RegistryError,
            "(503): for repair. The registry has an internal error",
        ),
        (Said(400, b'{"errors":[]}'), True, RegistryError, "(400)."),
        (Said(400, b"[1]"), True, RegistryError, "(400)."),
    ],
)
def test_errors_have_the_code_and_a_remedy(answer, secret, kind, words):
    """In one or two sentences."""
    error = refusal(answer, "get a thing", "r.example", secret)
    assert error.__class__ is kind
    assert str(error).startswith("Cannot get a thing: r.example says ")
    assert words in str(error)
    assert error.status == answer.status


@pytest.mark.parametrize(
    ("host", "is_it"),
    [
        ("localhost", True),
        ("localhost:5000", True),
        ("127.0.0.1:5000", True),
        ("127.1.2.3", True),
        ("[::1]:5000", True),
        ("192.0.2.1:5000", False),
        ("localhost.example", False),
        ("127.example.com", False),
    ],
)
def test_names_of_the_local_machine(host, is_it):
    """Those that the engine regards as local."""
    assert is_loopback(host) is is_it


def test_ca_certificates(tmp_path):
    """From the task, or from the engine's directory. The local machine needs none."""
    place = tmp_path / "r:5000"
    place.mkdir()
    for name in ("ca.crt", "client.cert", "client.key"):
        (place / name).write_text("x")
    other = tmp_path / "other.pem"
    other.write_text("x")
    found = Access(certs_dir=str(tmp_path)).trust("r:5000")
    assert (found.verify, found.ca, found.cert) == (True, str(place / "ca.crt"), str(place / "client.cert"))
    found = Access(certs_dir=str(tmp_path), ca=str(other), cert=str(other)).trust("r:5000")
    assert (found.ca, found.cert, found.key) == (str(other), str(other), "")
    assert Access(certs_dir=str(tmp_path)).trust("r:5001").ca == ""
    assert not Access().trust("localhost:5000").verify
    assert Access(ca=str(other)).trust("localhost:5000").verify
    assert Access(verify=True).trust("localhost:5000").verify
    assert not Access(verify=False).trust("r").verify


def test_repr_contains_no_password():
    """It may be printed by accident."""
    access = access_of({**OWN, "username": "me", "password": "canary"}, SHARED)
    assert "canary" not in repr(access)
    assert access.credentials("r").password == "canary"


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"username": "me"}, "must be set together"),
        ({"password": "x"}, "must be set together"),
        ({"username": "a:b", "password": "x"}, "colon"),
        ({"client_key": "/k"}, "client_key is set without client_cert"),
        ({"validate_certs": False, "ca_path": "/c"}, "has no effect"),
    ],
)
def test_contradictory_options_are_rejected(params, why):
    """With their names."""
    with pytest.raises(InputError, match=why):
        access_of({**OWN, **params}, SHARED)
