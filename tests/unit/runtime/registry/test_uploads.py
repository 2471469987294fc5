# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uploads to a scripted registry that can keep parts of a chunk. The real registry in other tests discards them."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import (
    ConnectionBroken,
    ContentError,
    RegistryError,
    RegistryMissing,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry import uploads
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.manifest import Descriptor, digest_of

DATA = bytes(range(100))
BLOB = Descriptor("", digest_of(DATA), len(DATA))


class Answer:
    """An answer."""

    def __init__(self, **headers):
        self.url, self.headers = "https://r/v2/a/", {name.replace("_", "-"): text for name, text in headers.items()}

    def close(self):
        """Nothing to do."""


class Registry:
    """Has one upload, with a new location in each answer. ``faults`` apply to the PATCH requests in their order."""

    def __init__(self, faults=()):
        self.faults, self.held, self.done, self.step = list(faults), b"", None, 0
        self.calls = []
        self.http = self

    def pause(self, attempt):
        """Do not wait."""

    def _location(self, **headers):
        self.step += 1
        return Answer(Location="/upload/%d?state=%d" % (self.step, self.step), **headers)

    def request(self, method, url, scopes, doing, headers=None, body=None, tries=5):
        """Answer as a registry does."""
        self.calls.append(method)
        if method == "POST":
            self.held = b""
            return self._location()
        assert url.partition("&")[0].endswith("/upload/%d?state=%d" % (self.step, self.step)), "not the newest location"
        if method == "PATCH":
            assert headers["Content-Range"] == "%d-%d" % (len(self.held), len(self.held) + len(body) - 1)
            faults, self.faults = self.faults[:1], self.faults[1:]
            for fault in faults:
                if isinstance(fault, int):
                    self.held += body[:fault]
                    raise ConnectionBroken("cut")
                if isinstance(fault, Exception):
                    raise fault
            self.held += body
            return self._location()
        if method == "GET":
            return self._location(Range="0-%d" % max(0, len(self.held) - 1))
        if method == "PUT":
            self.done = self.held + body
        return Answer()


def send(registry, data=DATA, blob=BLOB):
    """Upload data in blocks of seven bytes."""
    blocks = [data[start : start + 7] for start in range(0, len(data), 7)]
    uploads.upload(registry, "a", (), blob, lambda: iter(blocks))


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Chunks of thirty bytes."""
    monkeypatch.setattr(uploads, "CHUNK", 30)


@pytest.mark.parametrize(
    ("faults", "calls"),
    [
        ([], "POST PATCH PATCH PATCH PATCH PUT"),
        ([None, 11], "POST PATCH PATCH GET PATCH PATCH PATCH PUT"),
        ([None, 30], "POST PATCH PATCH GET PATCH PATCH PUT"),
        ([None, 11, 12, 1], "POST PATCH PATCH GET PATCH GET PATCH GET PATCH PATCH PATCH PUT"),
        ([None, RegistryError("busy", status=503)], "POST PATCH PATCH GET PATCH PATCH PATCH PUT"),
        ([None, RegistryError("range", status=416)], "POST PATCH PATCH GET PATCH PATCH PATCH PUT"),
        # The range 0-0 means one byte or none.
        ([1], "POST PATCH GET POST PATCH PATCH PATCH PATCH PUT"),
        ([RegistryMissing("unknown", status=404)], "POST PATCH POST PATCH PATCH PATCH PATCH PUT"),
    ],
)
def test_only_the_missing_part_of_a_chunk_is_sent_again(faults, calls):
    """According to the range that the registry reports."""
    registry = Registry(faults)
    send(registry)
    assert registry.done == DATA
    assert " ".join(registry.calls) == calls


def test_a_small_blob_is_sent_in_one_request():
    """Without chunks."""
    registry = Registry()
    send(registry, b"small", Descriptor("", digest_of(b"small"), 5))
    assert (registry.done, registry.calls) == (b"small", ["POST", "PUT"])


@pytest.mark.parametrize("fault", [RegistryError("no", status=403), ContentError("bad")])
def test_a_permanent_error_cancels_the_upload(fault):
    """So the registry can discard it at once."""
    registry = Registry([None, fault])
    with pytest.raises(type(fault)):
        send(registry)
    assert registry.calls[-1] == "DELETE"
    assert registry.done is None


def test_the_number_of_attempts_is_limited():
    """For chunks and for uploads."""
    with pytest.raises(ConnectionBroken):
        send(Registry([2] * 99))
    with pytest.raises(RegistryMissing):
        send(Registry([RegistryMissing("unknown", status=404)] * 99))
