# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images as archives on the way to the Engine and from it."""

from __future__ import annotations

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.engine import transfer
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import NotFound, ServerError, StreamError
from scripted import Call, Engine, refused

LOAD = "POST /images/load?quiet=0"
SAVE = "GET /images/get?names=app:1"


def test_a_load_is_followed_to_its_end():
    """Not quiet, and an error in its progress is one."""
    with Engine(Call(LOAD, {"stream": "Loaded image: app:1\n"}, body=b"onetwo")) as client:
        transfer.load(client, "/a.tar", iter([b"one", b"two"]))
    with Engine(Call(LOAD, {"error": "no space left"})) as client, pytest.raises(StreamError, match="no space"):
        transfer.load(client, "/a.tar", iter([]))


@pytest.mark.parametrize("status", [True, False])
def test_a_layout_that_the_store_cannot_load(status):
    """As a status, or in the stream."""
    said = "open /var/lib/docker/tmp/docker-import-1/blobs/json: no such file or directory"
    call = refused(LOAD, 500, said) if status else Call(LOAD, {"error": said})
    with Engine(call) as client, pytest.raises(ServerError if status else StreamError) as caught:
        transfer.load(client, "/a.tar", iter([]))
    assert "/a.tar may be an OCI layout, which only the containerd image store can load" in caught.value.fix


def test_a_saved_archive_is_whole():
    """It ends in zeros; what else it ends in is the Engine's error."""
    end = bytes(1024)
    whole = (b"head" + end[:500], end[500:] + b"", b"")
    with Engine(Call(SAVE + "&names=r.example:5000/b@sha256:1", whole)) as client:
        assert b"".join(transfer.save(client, ["app:1", "r.example:5000/b@sha256:1"])) == b"head" + end
    assert client.connection.requests[0].target == (
        "/v1.41/images/get?names=app%3A1&names=r.example%3A5000%2Fb%40sha256%3A1"
    )
    for answer, why in (
        ((b"head" + end, b'{"errorDetail":{"message":"disk full"}}\n'), "disk full"),
        ((b"head", bytes(512)), "without a message"),
        ((b"",), "without a message"),
    ):
        with Engine(Call(SAVE, answer)) as client, pytest.raises(StreamError, match="The archive ends early") as caught:
            list(transfer.save(client, ["app:1"]))
        assert why in str(caught.value)


def test_an_image_that_went_before_it_was_saved():
    """Has a sentence."""
    with (
        Engine(refused(SAVE, 404, "No such image: app:1")) as client,
        pytest.raises(NotFound, match=r"does not exist any more \(No such image: app:1\)"),
    ):
        list(transfer.save(client, ["app:1"]))


def test_an_import_carries_its_changes():
    """Each in a parameter of its own."""
    create = "POST /images/create?fromSrc=-&repo=app&tag=1"
    with Engine(Call(create + "&changes=CMD true&changes=ENV a=b", {"status": "sha256:1"}, body=b"tar")) as client:
        transfer.bring_in(client, "app", "1", iter([b"tar"]), ["CMD true", "ENV a=b"])
    assert client.connection.requests[0].target.endswith("&changes=CMD+true&changes=ENV+a%3Db")
    with (
        Engine(Call(create, {"error": "FROM is not a valid change"})) as client,
        pytest.raises(StreamError, match="not a valid change"),
    ):
        transfer.bring_in(client, "app", "1", iter([]), [])
