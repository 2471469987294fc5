# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Retries for a busy registry, and limits for its answers."""

from __future__ import annotations

import json

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import ContentError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry import client, manifest, token
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.access import Access
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.challenge import Challenge
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.client import Registry
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.http import Answer, Http
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.repository import Repository
from ansible_collections.slipway.docker.plugins.module_utils.runtime.registry.token import Authorizer
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.trust import Trust


class Response:
    """A response of requests, with a body in blocks. Counts the bytes that were read."""

    def __init__(self, status=200, blocks=(b"",), **headers):
        self.status_code, self.headers = status, headers
        self.blocks, self.taken, self.closed = blocks, 0, False

    def iter_content(self, _size):
        """The body."""
        for block in self.blocks:
            self.taken += len(block)
            yield block

    def close(self):
        """Record the call."""
        self.closed = True


class Session:
    """Returns these responses one after the other; the last one repeatedly."""

    def __init__(self, *responses):
        self.responses, self.urls = list(responses), []

    def request(self, method, url, **_options):
        """The next response."""
        self.urls.append(url)
        return self.responses.pop(0) if len(self.responses) > 1 else self.responses[0]


@pytest.fixture
def asked():
    """The pauses so far, in seconds."""
    return []


@pytest.fixture
def conversation(asked):
    """A client that receives these responses."""
    pytest.importorskip("requests")

    def make(*responses):
        made = Http("r.example", Trust(verify=True, ca="", cert="", key="", name=""), 5, asked.append)
        made._session = Session(*responses)
        return made

    return make


def busy(status, after):
    """An answer that asks the client to retry later."""
    return Response(status, **({"Retry-After": after} if after else {}))


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("after", "pauses"),
    [
        (["7", "20"], [7, 20]),
        (["60"], [60]),
        (["0", "0", "0"], [0.5, 1, 2]),
        (["", "9", ""], [0.5, 9, 2]),
    ],
)
def test_a_busy_registry_is_retried_after_the_requested_time(conversation, asked, status, after, pauses):
    """Or after our own delay, if that is longer."""
    http = conversation(*(busy(status, text) for text in after), Response())
    assert http.send("GET", "https://r.example/v2/").status == 200
    assert asked == pauses


@pytest.mark.parametrize("status", [429, 503])
def test_a_too_long_requested_delay_is_an_error(conversation, asked, status):
    """Without a pause."""
    http = conversation(busy(status, "61"), Response())
    assert http.send("GET", "https://r.example/v2/").status == status
    assert asked == []
    assert len(http._session.urls) == 1


def test_a_registry_that_remains_busy_is_an_error(conversation, asked):
    """Without a pause after the last attempt."""
    http = conversation(busy(503, "3"))
    assert http.send("GET", "https://r.example/v2/", tries=3).status == 503
    assert asked == [3, 3]


def test_an_endless_body_is_not_read_completely():
    """Neither into memory nor from the network."""
    response = Response(blocks=(b"x" * 100 for _block in range(1000)))
    with pytest.raises(ContentError, match="https://r.example/v2/a answers with more than 250 bytes"):
        Answer(response, "https://r.example/v2/a?secret=x").read(250)
    assert response.taken == 300
    assert response.closed
    assert Answer(Response(blocks=[b"x" * 250]), "https://r.example/").read(250) == b"x" * 250


def endless(**headers):
    """A response that never ends."""
    return Response(200, iter(lambda: b" " * (1 << 20), None), **headers)


@pytest.fixture
def registry(conversation):
    """A registry with these responses."""
    return lambda *responses: Registry("r.example", Access(), conversation(*responses))


@pytest.mark.parametrize(
    ("read", "limit"),
    [
        (lambda registry: Repository(registry, "team/app").manifest("1"), manifest.LIMIT),
        (lambda registry: Repository(registry, "team/app").tags(), client.PAGE_LIMIT),
        (lambda registry: list(registry.catalog(100)), client.PAGE_LIMIT),
    ],
    ids=["manifest", "tags", "catalog"],
)
def test_answers_of_a_registry_have_a_size_limit(registry, read, limit):
    """Manifests, and pages of lists."""
    with pytest.raises(ContentError, match="answers with more than %d bytes" % limit):
        read(registry(endless()))


def test_answers_of_a_token_server_have_a_size_limit(conversation):
    """Tokens and errors."""
    authorizer = Authorizer(conversation(endless()), "r.example", lambda: None)
    authorizer.learn(Challenge("bearer", {"realm": "https://tokens.example/auth"}), ())
    with pytest.raises(ContentError, match="tokens.example/auth answers with more than %d bytes" % token.LIMIT):
        authorizer.header(())


def page(following):
    """A page of tags with a link to the next page."""
    body = json.dumps({"tags": ["a"]}).encode()
    return Response(200, [body], Link='<%s>; rel="next"' % following)


@pytest.mark.parametrize("again", ["/v2/a/tags/list?n=1000", "https://r.example/v2/a/tags/list?n=1000"])
def test_a_circular_list_is_an_error(registry, again):
    """An incomplete list would cause removals elsewhere."""
    made = registry(page("/v2/a/tags/list?n=1000&last=a"), page(again))
    with pytest.raises(
        ContentError, match="Cannot list the tags of a: the list of r.example returns to an earlier page"
    ):
        Repository(made, "a").tags()
    assert len(made.http._session.urls) == 2


def test_an_endless_list_is_an_error(registry, monkeypatch):
    """Each page has a link to another one."""
    monkeypatch.setattr(client, "MOST_PAGES", 5)
    made = registry(*(page("/v2/a/tags/list?last=%d" % number) for number in range(9)))
    with pytest.raises(ContentError, match="the list of r.example does not end"):
        Repository(made, "a").tags()
    assert len(made.http._session.urls) == 5


def test_a_busy_token_server_is_retried(conversation, asked):
    """Like a registry."""
    http = conversation(busy(429, "4"), Response(200, [b'{"token": "t"}']))
    authorizer = Authorizer(http, "r.example", lambda: None)
    authorizer.learn(Challenge("bearer", {"realm": "https://tokens.example/auth"}), ())
    assert authorizer.header(()) == "Bearer t"
    assert asked == [4]
