# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images as archives on the way to the Engine and from it."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import transfer
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import NotFound, ServerError, StreamError


class Engine:
    """Stands in for a client: notes what is asked, reads what it is sent, and answers in these pieces."""

    def __init__(self, *answer):
        self.answer = answer
        self.asked = []
        self.sent = []

    def request(self, method, path, query=None, headers=None, raw=None, timeout=None):
        """Note a request."""
        self.asked.append((method, path, query))
        self.sent += list(raw or ())
        if isinstance(self.answer[0], Exception):
            raise self.answer[0]
        return self

    def chunks(self):
        """The body of the answer."""
        return iter(self.answer)


def test_a_load_is_followed_to_its_end():
    """Not quiet, and an error in its progress is one."""
    engine = Engine(b'{"stream":"Loaded image: app:1\\n"}\n')
    transfer.load(engine, "/a.tar", iter([b"one", b"two"]))
    assert engine.asked == [("POST", "/images/load", {"quiet": False})]
    assert engine.sent == [b"one", b"two"]
    with pytest.raises(StreamError, match="no space"):
        transfer.load(Engine(b'{"error":"no space left"}\n'), "/a.tar", iter([]))


@pytest.mark.parametrize("status", [True, False])
def test_a_layout_that_the_store_cannot_load(status):
    """As a status, or in the stream."""
    said = "open /var/lib/docker/tmp/docker-import-1/blobs/json: no such file or directory"
    answer = ServerError("The engine said: " + said, said=said) if status else b'{"error": "%s"}' % said.encode()
    with pytest.raises((ServerError, StreamError)) as caught:
        transfer.load(Engine(answer), "/a.tar", iter([]))
    assert "/a.tar may be an OCI layout, which only the containerd image store can load" in caught.value.fix


def test_a_saved_archive_is_whole():
    """It ends in zeros; what else it ends in is the Engine's error."""
    end = bytes(1024)
    engine = Engine(b"head" + end[:500], end[500:] + b"", b"")
    assert b"".join(transfer.save(engine, ["app:1", "r.example:5000/b@sha256:1"])) == b"head" + end
    assert engine.asked == [("GET", "/images/get?names=app%3A1&names=r.example%3A5000%2Fb%40sha256%3A1", None)]
    for answer, why in (
        ((b"head" + end, b'{"errorDetail":{"message":"disk full"}}\n'), "disk full"),
        ((b"head", bytes(512)), "without a message"),
        ((b"",), "without a message"),
    ):
        with pytest.raises(StreamError, match="The archive ends early") as caught:
            list(transfer.save(Engine(*answer), ["app:1"]))
        assert why in str(caught.value)


def test_an_image_that_went_before_it_was_saved():
    """Has a sentence."""
    with pytest.raises(NotFound, match=r"does not exist any more \(No such image: app:1\)"):
        list(transfer.save(Engine(NotFound("x", said="No such image: app:1")), ["app:1"]))


def test_an_import_carries_its_changes():
    """Each in a parameter of its own."""
    engine = Engine(b'{"status":"sha256:1"}\n')
    transfer.bring_in(engine, "app", "1", iter([b"tar"]), ["CMD true", "ENV a=b"])
    (method, path, _query) = engine.asked[0]
    assert (method, path) == ("POST", "/images/create?fromSrc=-&repo=app&tag=1&changes=CMD+true&changes=ENV+a%3Db")
    assert engine.sent == [b"tar"]
    with pytest.raises(StreamError, match="not a valid change"):
        transfer.bring_in(Engine(b'{"error":"FROM is not a valid change"}'), "app", "1", iter([]), [])
