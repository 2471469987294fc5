# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contexts of the docker command: which one counts, and what is in it."""

from __future__ import annotations

import hashlib
import json

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.context import Endpoint, choose
from ansible_collections.slipway.docker.plugins.module_utils.runtime.transport.trust import Trust


class Store:
    """A configuration directory of the docker command."""

    def __init__(self, root):
        self.root = root
        self.environ = {"DOCKER_CONFIG": str(root), "HOME": "/nonexistent"}

    def context(self, name, endpoint, parts=()):
        """Write a context; returns the directory of its certificates."""
        key = hashlib.sha256(name.encode()).hexdigest()
        meta = self.root / "contexts" / "meta" / key
        meta.mkdir(parents=True)
        (meta / "meta.json").write_text(json.dumps({"Name": name, "Metadata": {}, "Endpoints": endpoint}))
        tls = self.root / "contexts" / "tls" / key / "docker"
        tls.mkdir(parents=True)
        for part in parts:
            (tls / (part + ".pem")).write_text("")
        return tls

    def choose(self, docker_host=None, context=None, **environ):
        """The engine that is meant."""
        return choose(docker_host, context, {**self.environ, **environ})


@pytest.fixture
def store(tmp_path):
    """A directory with the contexts a and b, of which b is the current one."""
    made = Store(tmp_path)
    made.context("a", {"docker": {"Host": "tcp://a"}})
    made.context("b", {"docker": {"Host": "tcp://b"}})
    (tmp_path / "config.json").write_text('{"currentContext": "b"}')
    return made


def test_the_order_of_places(store):
    """Options, DOCKER_HOST, DOCKER_CONTEXT, the current context, the usual socket."""
    assert store.choose("tcp://o", DOCKER_HOST="tcp://h", DOCKER_CONTEXT="a") == Endpoint("tcp://o", "docker_host")
    assert store.choose(None, "a", DOCKER_HOST="tcp://h").host == "tcp://a"
    assert store.choose(DOCKER_HOST="tcp://h", DOCKER_CONTEXT="a") == Endpoint("tcp://h", "DOCKER_HOST")
    assert store.choose(DOCKER_CONTEXT="a") == Endpoint("tcp://a", "cli_context a", "a")
    assert store.choose(DOCKER_HOST="", DOCKER_CONTEXT="").host == "tcp://b"
    (store.root / "config.json").unlink()
    assert store.choose() == Endpoint("unix:///var/run/docker.sock", "docker_host")


def test_the_default_context(store):
    """It stands for DOCKER_HOST or the usual socket, whatever the current context is."""
    assert store.choose(None, "default").host == "unix:///var/run/docker.sock"
    assert store.choose(None, "default", DOCKER_HOST="tcp://h", DOCKER_CONTEXT="a").host == "tcp://h"
    assert store.choose(DOCKER_CONTEXT="default").host == "unix:///var/run/docker.sock"


def test_the_home_directory(store, tmp_path):
    """Where DOCKER_CONFIG is not set."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".docker").symlink_to(tmp_path)
    assert choose(None, None, {"HOME": str(tmp_path / "home")}).host == "tcp://b"
    assert choose(None, None, {"HOME": str(tmp_path / "nobody")}).host == "unix:///var/run/docker.sock"


@pytest.mark.parametrize("parts", [(), ("ca",), ("ca", "cert", "key")])
@pytest.mark.parametrize("skip", [True, False])
def test_how_a_context_trusts(store, parts, skip):
    """By its certificates; without any and without the wish to skip verification, there is no TLS."""
    tls = store.context("c", {"docker": {"Host": "tcp://c", "SkipTLSVerify": skip}}, parts)
    files = {part: str(tls / (part + ".pem")) for part in parts}
    expected = Trust(verify=not skip, **files) if parts or skip else None
    assert store.choose(None, "c").trust == expected


@pytest.mark.parametrize("endpoints", [{}, None, {"kubernetes": {}}, {"docker": {}}, {"docker": None}])
def test_a_context_without_an_engine(store, endpoints):
    """As those for other orchestrators were."""
    store.context("c", endpoints)
    with pytest.raises(InputError, match="cli_context: the context c has no address of an engine"):
        store.choose(None, "c")


@pytest.mark.parametrize("text", ["{", "[]", "\xff"])
def test_a_configuration_that_cannot_be_read(store, text):
    """Nobody shall reach another engine than the one that was chosen there."""
    (store.root / "config.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=r"config.json .*Correct the file, or set docker_host"):
        store.choose()
    assert store.choose("tcp://o").host == "tcp://o"


def test_two_answers_to_one_question(store):
    """The docker command refuses it as well."""
    with pytest.raises(InputError, match="docker_host and cli_context are mutually exclusive"):
        store.choose("tcp://o", "a")


def test_a_context_that_is_not_there(store):
    """It is named, and where it was looked for."""
    with pytest.raises(InputError, match="cli_context: there is no context ../x in %s" % store.root):
        store.choose(None, "../x")
