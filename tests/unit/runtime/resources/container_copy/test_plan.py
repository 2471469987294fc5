# Copyright (c) 2026, the slipway.docker authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of container_copy."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.slipway.docker.plugins.module_utils.runtime.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_copy import into, out, tree
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_copy.entries import Entry
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_copy.resource import (
    CONTAINER_COPY,
)
from ansible_collections.slipway.docker.plugins.module_utils.runtime.resources.container_copy.table import place_of
from cases import complete, hold, load

RUNNING: dict[str, Any] = {"Id": "c0ffee", "Name": "/web", "HostConfig": {}, "Mounts": []}


def entry(mode=None, **facts):
    """An entry with an octal mode."""
    return Entry(mode=None if mode is None else int(mode, 8), **facts)


def entries(facts):
    """Entries by path."""
    return None if facts is None else {name: entry(**found) for name, found in facts.items()}


def into_snapshot(source, have=None, owner=None, old=None, new=None, same=(), **facts):
    """The snapshot for a copy into a container, which is running unless a case has another state."""
    container = facts.pop("container", RUNNING)
    return into.Snapshot(
        source=entries(source),
        have=entries(have or {}),
        owner=owner and tuple(owner),
        old=old and old.encode(),
        new=new and new.encode(),
        same=frozenset(same),
        **{"container": container and {**RUNNING, **container}, **facts},
    )


def out_snapshot(source=None, have=None, **facts):
    """The snapshot for a file from a container."""
    seen = {"source": entry(**source) if source else None, "have": entry(**have) if have else None}
    return out.Snapshot(**seen, **{"container": RUNNING, **facts})


def tree_snapshot(source, have, same=(), ready=True):
    """The snapshot for a directory from a container, from /data to /srv/data."""
    return tree.Snapshot("/data", "/srv/data", RUNNING, entries(source), entries(have), frozenset(same), ready)


@pytest.mark.parametrize("case", load(__file__, "tree"))
def test_tree(case):
    """Cases from the YAML file."""
    hold(case, CONTAINER_COPY, tree_snapshot)


@pytest.mark.parametrize("case", load(__file__, "into"))
def test_into(case):
    """Cases from the YAML file. ``args``: the container, the directory; name, type, mode and owner of each entry."""
    facts = dict(case)
    args = facts.pop("args", None)
    hold(facts, CONTAINER_COPY, into_snapshot)
    if args:
        plan = CONTAINER_COPY.plan(complete(CONTAINER_COPY, case["params"]), into_snapshot(**case["observed"]))
        found = [
            [
                container.id,
                directory,
                [[below, one.kind, one.mode and "%o" % one.mode, one.uid, one.gid] for below, one in packed],
            ]
            for container, directory, packed in (step.args for step in plan.steps)
        ]
        assert found == args


@pytest.mark.parametrize("case", load(__file__, "out"))
def test_out(case):
    """Cases from the YAML file."""
    hold(case, CONTAINER_COPY, out_snapshot)


@pytest.mark.parametrize("option", ["owner_id", "group_id"])
@pytest.mark.parametrize("number", [-1, 2**32 - 1, 2**40])
def test_impossible_ids_are_rejected(option, number):
    """The system treats some as no ID or cannot store them. Each run would copy again, or end in a traceback."""
    params = {"owner_id": 0, "group_id": 2**32 - 2}
    assert CONTAINER_COPY.table.read(params) == params
    with pytest.raises(InputError, match="%s: %d is not a user or group ID, which is from 0 to" % (option, number)):
        CONTAINER_COPY.table.read({**params, option: number})


def test_a_path_that_the_engine_cannot_read_back_is_rejected():
    """It writes the file, but returns an empty archive for it, so each run would copy again."""
    with pytest.raises(InputError, match="container_path: .* is not UTF-8, which the engine does not support"):
        place_of({"container_path": "/tmp/caf\udce9"})
    assert place_of({"container_path": "/tmp/caf\u00e9/"}) == "/tmp/caf\u00e9"
